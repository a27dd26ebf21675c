"""Reports on their way into the database: on the spool first, then in its rows, once and no more (ADR 4).

Beside a spool's file may stand a mark that says what happened since: whoever brings the file home again honours it.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from pepa import clock, storage
from pepa.db import Crowd, Pen, db, transaction
from pepa.domain import (
    audit,
    boxes,
    cards,
    codes,
    destruction,
    homecomings,
    incidents,
    keys,
    parcels,
    rekeys,
    reporters,
    tickets,
    withdrawals,
)
from pepa.models.backups import Incident
from pepa.models.reports import Reading, Report, ReporterKey, Stage
from pepa.policy import Reporter

A_DAY, LOT = 86_400.0, 500  # seconds; names
UNREADABLE = (ValueError, LookupError, TypeError, StopIteration)
log = logging.getLogger("pepa.arrivals")


def settle(rows: Sequence[boxes.Row], more: Sequence[boxes.Row] = ()) -> UUID | None:
    """Into the database now, if it answers: the report that this ticket has there. The spool has it in any case."""
    try:
        return insert(rows, more)[0]
    except sa.exc.SQLAlchemyError as error:
        db.session.rollback()
        log.error("a report waits in the spool: %s", type(error).__name__)
        return None


def take_in(content: bytes) -> bool:
    """Insert a spooled report unless it is there already, or was destroyed. True when this call inserted it."""
    rows = parcels.read(content)
    mark = _ticket_hash(rows)
    if _is_over(mark):
        destruction.bury(mark)
        return False
    return insert(homecomings.fitting(rows))[1]


def _is_over(mark: bytes) -> bool:
    return destruction.is_gone(mark) or destruction.has_tombstone(mark)


def _arrive_together(pen: Pen, reports: Sequence[Sequence[boxes.Row]]) -> None:
    boxes.insert(pen, [row for rows in reports for row in [*rows, *_cards(rows)]])
    for act, kept in (("report.delivered", False), ("report.saved", True)):
        if ids := [report_id(rows) for rows in reports if is_draft(rows) is kept]:
            audit.record_anonymous(pen, act, *ids)


def _cards(rows: Sequence[boxes.Row]) -> list[boxes.Row]:
    """A report stands on its holder's shelf from the first moment; a draft on nobody's."""
    found = [row.values for row in rows if row.table is Report]
    return [cards.empty(values["holder_id"], values["id"]) for values in found if values["holder_id"]]


_arrive = Crowd(_arrive_together)


def insert(rows: Sequence[boxes.Row], more: Sequence[boxes.Row] = ()) -> tuple[UUID, bool]:
    """The id of the report that the ticket has now, and whether this call made it. more: rows for either case."""
    try:
        _arrive([*_still_open(rows), *more])
    except sa.exc.IntegrityError:
        with transaction() as session:
            stands = session.scalar(
                sa.select(ReporterKey.report_id).where(ReporterKey.ticket_hash == _ticket_hash(rows))
            )
            if stands is None:
                raise
            boxes.insert(session, more)
        return stands, False
    return report_id(rows), True


def _ticket_hash(rows: Sequence[boxes.Row]) -> bytes:
    return bytes(next(row.values["ticket_hash"] for row in rows if row.table is ReporterKey))


def _still_open(rows: Sequence[boxes.Row]) -> list[boxes.Row]:
    """Without the way in of somebody who has left meanwhile, and without a code for one use that was used."""
    kept = (row for row in rows if row.table is not Reading or not reporters.has_left(row.values["token_hash"]))
    return [_without_code(row) if _is_used(row) else row for row in kept]


def _is_used(row: boxes.Row) -> bool:
    return "code_locator" in row.values and reporters.has_left(row.values["ticket_hash"])


def _without_code(row: boxes.Row) -> boxes.Row:
    whole = {
        name: value for name, value in row.values.items() if name not in ("code_locator", "code_sealed", "is_once")
    }
    return boxes.Row(row.table, whole)


def sender(token: keys.Token) -> Reporter | None:
    """Whoever sent a report with this token and has not left; a report that waits in the spool is brought in first.

    Raises reporters.Waiting where the database does not answer but the spool has the report.
    """
    mark = tickets.token_hash(token)
    if reporters.has_left(mark):
        return None
    try:
        found = reporters.by_token(token)
        if found is None and (content := storage.spool().get(mark.hex())) is not None and take_in(content):
            found = reporters.by_token(token)
    except sa.exc.SQLAlchemyError as error:
        db.session.rollback()
        content = storage.spool().get(mark.hex())
        if content is None:
            raise
        raise reporters.Waiting(draft=is_draft(parcels.read(content))) from error
    return found


@dataclass(frozen=True)
class _Look:
    """A look at the spool during which the database answered. since: what the next one begins with."""

    spool: storage.Spool
    began: datetime
    since: datetime
    all_at: float


_last: _Look | None = None


def replay() -> int:
    """Bring every spooled report into the database that is not there, and shut what is marked as left; at start and by
    `delivery`. Returns how many reports came home.

    All are looked at first, once a day, and when the clock was put back; else what was put since the last look at which
    the database answered.
    """
    global _last
    _shut_what_was_left()
    spool, now, last = storage.spool(), clock.now(), _last
    if last and (last.spool is not spool or now < last.began or clock.monotonic() - last.all_at >= A_DAY):
        last = None
    all_at = last.all_at if last else clock.monotonic()
    if last is None:
        rekeys.take_home()
    names = list(spool.names(last.since if last else None))
    home = sum(_bring_home(name) for name in _missing(names))
    if last is None:
        destruction.apply_marks()
        withdrawals.apply_marks()
        if incident := incidents.last():  # the spool may have been laid there later than the copy
            homecomings.catch_up(_differing(incident))
            codes.end_replaced(clock.hour(incident.from_at))
    _last = _Look(spool, now, clock.hour(now) - timedelta(hours=1), all_at)
    return home


def _missing(names: Sequence[str]) -> Iterator[str]:
    """Those that the database does not have, asked for in lots."""
    for start in range(0, len(names), LOT):
        marks = {name: mark for name in names[start : start + LOT] if (mark := _mark(name))}
        query = sa.select(ReporterKey.ticket_hash).where(ReporterKey.ticket_hash.in_(marks.values()))
        known = set(db.session.scalars(query))
        yield from (name for name, mark in marks.items() if mark not in known)


def _differing(incident: Incident) -> list[homecomings.Said]:
    """What was laid since the copy was made, of reports that it has as they were."""
    since, found = list(storage.spool().names(clock.hour(incident.from_at))), []
    for start in range(0, len(since), LOT):
        contents = (storage.spool().get(name) for name in since[start : start + LOT])
        found += homecomings.differing([rows for content in contents if content and (rows := _read(content))])
    return found


def _read(content: bytes) -> list[boxes.Row]:
    with suppress(*UNREADABLE):
        rows = parcels.read(content)
        report_id(rows)
        box_id(rows)
        return rows
    return []


def stuck() -> int:
    """How many files of the spool say what the database does not know: reports that could not come home, or whose
    holder or secrets are older here."""
    missing = sum(not _is_over(mark) for name in _missing(list(storage.spool().names())) if (mark := _mark(name)))
    incident = incidents.last()
    return missing + (len(_differing(incident)) if incident else 0)


def _mark(name: str) -> bytes | None:
    """The hash that a name spells; whatever else lies in the folder is none of ours."""
    with suppress(ValueError):
        return bytes.fromhex(name)
    return None


def _shut_what_was_left() -> None:
    """Ways in that nobody could shut when somebody left: the mark has kept them from reading, their rows may go."""
    tickets_alone = sa.select(Reading.token_hash).where(Reading.kind == "ticket")
    left = [mark for mark in db.session.scalars(tickets_alone) if reporters.has_left(mark)]
    if left:
        with transaction() as session:
            session.execute(sa.delete(Reading).where(Reading.token_hash.in_(left)))


def _bring_home(name: str) -> bool:
    """One file that cannot be read must not keep the others from coming home."""
    content = storage.spool().get(name)
    try:
        return content is not None and take_in(content)
    except (*UNREADABLE, sa.exc.IntegrityError) as error:
        db.session.rollback()
        log.critical("a spooled report cannot be read: %s, %s", name[:8], type(error).__name__)
        return False


def purge() -> int:
    """Drafts that killed workers left: a whole one comes home, as its sender meant it; each then goes.

    Returns how many.
    """
    gone = 0
    for draft in storage.spool().abandoned(clock.hour(clock.now()) - timedelta(hours=1)):
        with suppress(FileNotFoundError):
            _take_in(draft.read_bytes())
            draft.unlink()
            gone += 1
    return gone


def _take_in(content: bytes) -> None:
    try:
        mark = _ticket_hash(parcels.read(content))
    except UNREADABLE:
        return  # cut where the worker was killed: it was not acknowledged
    if not destruction.is_gone(mark):
        storage.spool().put(mark.hex(), content)
        _bring_home(mark.hex())


def is_draft(rows: Sequence[boxes.Row]) -> bool:
    """Whether these rows are of a text that is only kept for its writer."""
    return any(row.values["stage"] == Stage.DRAFT for row in rows if row.table is Report)


def report_id(rows: Sequence[boxes.Row]) -> UUID:
    """Which report these rows are."""
    found = next(row.values["id"] for row in rows if row.table is Report)
    assert isinstance(found, UUID)
    return found


def box_id(rows: Sequence[boxes.Row]) -> UUID:
    """Which box they are in."""
    found = next(row.values["box_id"] for row in rows if row.table is Report)
    assert isinstance(found, UUID)
    return found


def spool_anew(of: UUID) -> None:
    """The spool's file of a report, as its rows are now: what was changed since it came is not to come home as it was.

    Where the disk refuses, the older one stays.
    """
    session = db.session()
    session.rollback()
    name, rows = parcels.of(session, of)
    try:
        if storage.spool().has(name):
            storage.spool().replace(name, parcels.write(rows))
    except OSError as error:
        log.error("the spool's file of a report is older than its rows: %s", type(error).__name__)
