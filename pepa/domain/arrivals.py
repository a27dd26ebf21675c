"""Reports on their way into the database: on the spool first, then in its rows, once and no more (ADR 4).

Beside a spool's file may stand a mark that says what happened since: whoever brings the file home again honours it.
"""

import logging
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from pepa import storage
from pepa.db import Crowd, Pen, db, transaction
from pepa.domain import audit, boxes, keys, parcels, reporters, tickets
from pepa.models.reports import Reading, Report, ReporterKey
from pepa.policy import Reporter

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
    """Insert a spooled report unless it is there already. True when this call inserted it."""
    return insert(parcels.read(content))[1]


def _arrive_together(pen: Pen, reports: Sequence[Sequence[boxes.Row]]) -> None:
    boxes.insert(pen, [row for rows in reports for row in rows])
    audit.record_anonymous(pen, "report.delivered", *map(report_id, reports))


_arrive = Crowd(_arrive_together)


def insert(rows: Sequence[boxes.Row], more: Sequence[boxes.Row] = ()) -> tuple[UUID, bool]:
    """The id of the report that the ticket has now, and whether this call made it. more: rows for either case."""
    try:
        _arrive([*_still_open(rows), *more])
    except sa.exc.IntegrityError:
        ticket_hash = next(row.values["ticket_hash"] for row in rows if row.table is ReporterKey)
        with transaction() as session:
            stands = session.scalar(sa.select(ReporterKey.report_id).where(ReporterKey.ticket_hash == ticket_hash))
            if stands is None:
                raise
            boxes.insert(session, more)
        return stands, False
    return report_id(rows), True


def _still_open(rows: Sequence[boxes.Row]) -> list[boxes.Row]:
    """Without the way in of somebody who has left meanwhile."""
    return [row for row in rows if row.table is not Reading or not reporters.has_left(row.values["token_hash"])]


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
        if storage.spool().get(mark.hex()) is None:
            raise
        raise reporters.Waiting from error
    return found


def replay() -> int:
    """Bring every spooled report into the database that is not there, and shut what is marked as left; at start and by
    `delivery`. Returns how many reports came home."""
    _shut_what_was_left()
    known = {mark.hex() for mark in db.session.scalars(sa.select(ReporterKey.ticket_hash))}
    missing = [name for name in storage.spool().names() if name not in known]
    return sum(_bring_home(name) for name in missing)


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
    except (ValueError, LookupError, TypeError, StopIteration, sa.exc.IntegrityError) as error:
        db.session.rollback()
        log.critical("a spooled report cannot be read: %s, %s", name[:8], type(error).__name__)
        return False


def report_id(rows: Sequence[boxes.Row]) -> UUID:
    """Which report these rows are."""
    found = next(row.values["id"] for row in rows if row.table is Report)
    assert isinstance(found, UUID)
    return found
