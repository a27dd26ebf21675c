"""Destroying what is over (vault.md, Losing nothing): its keys, its rows, its files, its spool file.

A tombstone stays, so that neither an older file, an older database nor the same form brings it back. What is destroyed
is due by the clock, so a clock that leapt destroys nothing for a day.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock, storage
from pepa.db import Base, db, insert_once, transaction
from pepa.domain import attachments, audit, holdings, installation, links, sessions
from pepa.models import TABLES
from pepa.models.boxes import Box
from pepa.models.installation import Clearing, Once
from pepa.models.reports import Report, ReporterKey, Stage, Tombstone

GAP = timedelta(hours=26)  # between two looks; a machine that stood still so long may have a wrong clock
WARY = timedelta(days=1)
REMEMBERED = timedelta(days=40)  # longer than any backup is kept
log = logging.getLogger("pepa.destruction")


def is_gone(ticket_hash: bytes) -> bool:
    """Whether a ticket's report was destroyed: asked of the disk, which costs a report that arrives next to nothing."""
    return storage.spool().is_marked(ticket_hash.hex(), storage.GONE)


def has_tombstone(ticket_hash: bytes) -> bool:
    """The same, asked of the database: for a file that the spool still or again has. No where it does not answer."""
    try:
        return db.session.get(Tombstone, ticket_hash) is not None
    except sa.exc.SQLAlchemyError:
        db.session.rollback()
        return False


def purge() -> int:
    """Destroy what is due, in full, and finish what was cut off before. Returns how many reports were destroyed."""
    now = clock.now()
    if not _is_clock_trusted():
        return 0
    due = sa.select(Report.id).where(Report.destroy_at <= now)
    gone = sum(_destroy_one(report_id) for report_id in db.session.scalars(due).all())
    if gone:
        db.session.remove()
        installation.compact()
    return gone


def _is_clock_trusted() -> bool:
    """Kept in the database: whoever starts after a leap has no other way to know of it."""
    now = clock.now()
    with transaction() as session:
        row = session.get(Clearing, 1)
        if row is None:
            session.add(Clearing(id=1, looked_at=now))
            return True
        if now < row.looked_at:
            row.wary_until = None  # it was put back, perhaps put right
        elif now - row.looked_at > GAP:
            row.wary_until = now + WARY
            log.error("a day passed unseen, or the clock leapt: nothing is destroyed for a day")
        row.looked_at = now
        return row.wary_until is None or now >= row.wary_until


def be_wary(session: Session, until: datetime) -> None:
    """Nothing is destroyed for being old before then."""
    session.merge(Clearing(id=1, looked_at=clock.now(), wary_until=until))


def is_wary() -> bool:
    """Whether the clock leapt lately, so that nothing is destroyed for being old."""
    until = db.session.scalar(sa.select(Clearing.wary_until))
    return until is not None and clock.now() < until


def _destroy_one(report_id: UUID) -> bool:
    """One that fails must not keep the others; it is tried again at the next look."""
    try:
        return destroy(report_id, only_due=True)
    except (sa.exc.SQLAlchemyError, OSError) as error:
        db.session.rollback()
        log.error("a report could not be destroyed: %s", type(error).__name__)
        return False


def destroy(report_id: UUID, *, only_due: bool = False, only_draft: bool = False) -> bool:
    """Destroy a report now. False where it is gone already, or was held back or sent at this moment.

    Raises OSError where the disk refuses the mark: the rows are gone then, and `apply_marks` finishes.
    """
    with transaction() as session:
        report = session.get(Report, report_id)
        if report is None or (only_due and not _is_due(report)):
            return False
        ticket_hash, was_draft = session.get_one(ReporterKey, report_id).ticket_hash, report.stage == Stage.DRAFT
        if only_draft and not was_draft:
            return False
        files = _delete(session, report)
        insert_once(session, Tombstone, {"ticket_hash": ticket_hash})
        if was_draft:  # nobody of the staff ever knew of it
            audit.record_anonymous(session, "report.destroyed", report_id)
        else:
            audit.record(session, "report.destroyed", None, report_id)
    attachments.unlink(files)
    bury(ticket_hash)
    return True


def _is_due(report: Report) -> bool:
    return report.destroy_at is not None and report.destroy_at <= clock.now()


def bury(ticket_hash: bytes) -> None:
    """The spool forgets a report, and remembers that it is gone: in this order. Raises OSError."""
    name, spool = ticket_hash.hex(), storage.spool()
    spool.mark(name, storage.GONE)
    spool.drop(name)


def _delete(session: Session, report: Report) -> list[UUID]:
    """Every row that hangs on a report, whichever table it is in. Returns the files whose rows are gone."""
    session.expire(report)
    report_id, box_id = report.id, report.box_id
    holdings.destroyed(session, report)
    files = list(attachments.drop(session, report_id))
    links.drop(session, report_id)
    made = {report_id, *files}
    for table in reversed(Base.metadata.sorted_tables):
        if "report_id" in table.c:
            hangs = table.c.report_id == report_id
            if "id" in table.c:
                made |= set(session.scalars(sa.select(table.c.id).where(hangs)))
            session.execute(sa.delete(table).where(hangs))
    session.execute(sa.delete(Once).where(Once.made_id.in_(made)))
    sessions.drop_drafts_on(session, report_id)
    session.execute(sa.delete(Report).where(Report.id == report_id))
    for name in ("grants", "epochs"):
        session.execute(sa.delete(TABLES[name]).where(TABLES[name].c.box_id == box_id))
    session.execute(sa.delete(Box).where(Box.id == box_id))
    return files


def apply_marks() -> int:
    """Destroy again what is marked as destroyed and an older database has. By `arrivals.replay`; returns how many.

    A mark goes once it is older than any backup; the tombstone stays.
    """
    spool, marked = storage.spool(), list(storage.spool().marked(storage.GONE))
    names = [bytes.fromhex(name) for name, _ in marked]
    there = sa.select(ReporterKey.report_id).where(ReporterKey.ticket_hash.in_(names))
    again = sum(destroy(report_id) for report_id in db.session.scalars(there).all())
    for name, since in marked:
        if clock.hour(clock.now()) - since > REMEMBERED:
            spool.unmark(name, storage.GONE)
    return again
