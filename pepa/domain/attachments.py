"""Files of a report that have arrived: sealed on the disk, described in a sealed row (vault.md § 5)."""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock, storage
from pepa.db import db
from pepa.domain import boxes, keys
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
    """

    id: UUID
    name: str
    kind: Kind
    size: int
    sha256: str
    at: datetime
    key: keys.Token
    taken: tuple["Taken", ...] = ()


@dataclass(frozen=True, repr=False)
class Taken:
    """Somebody took an original away."""

    by: str
    at: datetime
    reason: str


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
        taken=tuple(
            Taken(one["by"], datetime.fromisoformat(one["at"]), one["reason"]) for one in told.get("taken", ())
        ),
    )


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
    return {"taken": [], **boxes.open_body(box, "attachment", row.id, row.body_epoch, row.body_sealed)}


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
    """Remove what workers left that were killed: drafts, and after a day files without a row. Returns how many."""
    names = storage.files().names(clock.hour(clock.now()) - A_DAY)
    gone = storage.files().sweep()
    ids = (UUID(hex=name) for name in names if OURS.fullmatch(name))
    while some := list(islice(ids, LOT)):
        gone += unlink_unowned(some)
    return gone
