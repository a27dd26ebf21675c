"""Files of a report that have arrived: sealed on the disk, described in a sealed row (vault.md § 5)."""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock, storage
from pepa.db import db, transaction
from pepa.domain import boxes, keys
from pepa.errors import Conflict
from pepa.models.attachments import Attachment, Kind

log = logging.getLogger("pepa.attachments")
A_DAY = timedelta(days=1)  # after which a file without a row is nobody's
OURS = re.compile("[0-9a-f]{32}")  # whatever else somebody laid there is left alone
LOT = 500  # names that are asked for at once


@dataclass(frozen=True, repr=False)
class Attached:
    """A file as its sealed row describes it.

    name    as the phone called it; shown, never used for anything
    sha256  of what arrived, in hex
    at      the exact instant
    taken   who took the original away, when and for what reason
    looks   who looked at it while it was locked, likewise; released: who let go of the lock
    guard   that it is locked, or None
    """

    id: UUID
    name: str
    kind: Kind
    size: int
    sha256: str
    at: datetime
    key: keys.Token
    taken: tuple["Taken", ...] = ()
    looks: tuple["Taken", ...] = ()
    released: tuple["Taken", ...] = ()
    guard: "Guard | None" = None


@dataclass(frozen=True, repr=False)
class Taken:
    """What somebody did with a file, when and why: took the original, looked while it was locked, unlocked it."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, repr=False)
class Guard:
    """A picture of a child's body: shown to nobody but those who were named.

    by       who locked it
    viewers  person ids and names, at most two
    """

    by: str
    at: datetime
    viewers: tuple[tuple[UUID, str], ...]

    def lets(self, person_id: UUID) -> bool:
        """Whether this person was named."""
        return any(person_id == viewer_id for viewer_id, _ in self.viewers)


def written(attached: Attached) -> dict[str, Any]:
    """A file as it stands in a sealed document, its own key with it."""
    return {
        "name": attached.name,
        "kind": attached.kind.value,
        "size": attached.size,
        "sha256": attached.sha256,
        "at": attached.at.isoformat(),
        "key": attached.key.reveal().hex(),
    }


def of(file_id: UUID, told: dict[str, Any]) -> Attached:
    """The file again that was written so."""
    return Attached(
        id=file_id,
        name=told["name"],
        kind=Kind(told["kind"]),
        size=told["size"],
        sha256=told["sha256"],
        at=datetime.fromisoformat(told["at"]),
        key=keys.Token(bytes.fromhex(told["key"])),
        taken=_signed(told.get("taken", ())),
        looks=_signed(told.get("looks", ())),
        released=_signed(told.get("released", ())),
        guard=_guard(told["guard"]) if told.get("guard") else None,
    )


def _signed(entries: Sequence[dict[str, str]]) -> tuple[Taken, ...]:
    return tuple(Taken(one["by"], datetime.fromisoformat(one["at"]), one["reason"]) for one in entries)


def _guard(told: dict[str, Any]) -> Guard:
    viewers = tuple((UUID(hex=person_id), name) for person_id, name in told["viewers"])
    return Guard(told["by"], datetime.fromisoformat(told["at"]), viewers)


def row(box: boxes.OpenBox, report_id: UUID, attached: Attached) -> boxes.Row:
    """The row of a file that stands on the disk."""
    epoch, sealed = boxes.seal_body(box, "attachment", attached.id, written(attached))
    values = {"id": attached.id, "report_id": report_id, "sent_at": clock.hour(attached.at)}
    return boxes.Row(Attachment, {**values, "body_epoch": epoch, "body_sealed": sealed})


def all_of(box: boxes.OpenBox, report_id: UUID) -> Sequence[Attached]:
    """Every file of a report that this box opens, the oldest first. Raises Broken when a row was tampered with."""
    rows = db.session.scalars(sa.select(Attachment).where(Attachment.report_id == report_id))
    return sorted((of(row.id, document(box, row)) for row in rows), key=lambda attached: attached.at)


def count(report_id: UUID) -> int:
    """How many files of a report have arrived."""
    query = sa.select(sa.func.count()).select_from(Attachment).where(Attachment.report_id == report_id)
    return db.session.scalar(query) or 0


def document(box: boxes.OpenBox, row: Attachment) -> dict[str, Any]:
    """A row's sealed body, as it stands. Raises Broken."""
    told = boxes.open_body(box, "attachment", row.id, row.body_epoch, row.body_sealed)
    return {"taken": [], "looks": [], "released": [], "guard": None, **told}


@contextmanager
def rewriting(
    box: boxes.OpenBox, file_id: UUID, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> Iterator[Session]:
    """Seal a row's body anew with what changes in it, in one transaction with what the caller records.

    Raises Conflict where somebody changed it in the same moment.
    """
    row = db.session.get_one(Attachment, file_id)
    before, told = row.body_sealed, document(box, row)
    epoch, sealed = boxes.seal_body(box, "attachment", file_id, {**told, **change(told)})
    with transaction() as session:
        same = (Attachment.id == file_id, Attachment.body_sealed == before)
        changed = session.execute(sa.update(Attachment).where(*same).values(body_epoch=epoch, body_sealed=sealed))
        if not changed.rowcount:  # type: ignore[attr-defined]
            raise Conflict
        yield session


def content(attached: Attached) -> Iterator[bytes]:
    """A file's bytes, a frame at a time. Raises Broken, perhaps at its end; also where the file is not there."""
    try:
        file = storage.files().open(attached.id.hex)
    except FileNotFoundError:
        file = None
    if file is None:
        raise keys.Unopened(str(attached.id))
    with file:
        yield from boxes.open_file(attached.key, attached.id, attached.size, file.read)


# Forgetting


def drop(session: Session, report_id: UUID) -> Sequence[UUID]:
    """Delete the rows of a report that is destroyed, in that transaction; `unlink` what is returned once it stands.

    A file without a row is found by `purge`; a row without a file would be a loss that nobody sees.
    """
    ids = list(session.scalars(sa.select(Attachment.id).where(Attachment.report_id == report_id)))
    session.execute(sa.delete(Attachment).where(Attachment.report_id == report_id))
    return ids


def unlink(ids: Sequence[UUID]) -> None:
    """Remove files whose rows are gone, or never came to be. What the disk refuses, `purge` tries again."""
    for file_id in ids:
        try:
            storage.files().drop(file_id.hex)
        except OSError as error:
            log.error("a file could not be removed: %s", type(error).__name__)


def unlink_unowned(ids: Sequence[UUID]) -> int:
    """Remove those of these files that no report has. Returns how many."""
    there = set(db.session.scalars(sa.select(Attachment.id).where(Attachment.id.in_(ids))))
    unlink([file_id for file_id in ids if file_id not in there])
    return len(ids) - len(there)


def purge() -> int:
    """Remove what killed workers left: drafts, links, and after a day files without a row. Returns how many."""
    names = storage.files().names(clock.hour(clock.now()) - A_DAY)
    gone = storage.files().sweep() + storage.sweep_links()
    ids = (UUID(hex=name) for name in names if OURS.fullmatch(name))
    while some := list(islice(ids, LOT)):
        gone += unlink_unowned(some)
    return gone
