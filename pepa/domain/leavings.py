"""What somebody leaves behind who may know of a report no more: it goes back to the desk, and rings there anew."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, duty, lateness, limits, sessions, walls
from pepa.models.callbacks import Callback
from pepa.models.notices import NoticeRow
from pepa.models.outbox import OutboxRow
from pepa.models.reports import Exclusion, Report


def take_back(session: Session, report_ids: Collection[UUID]) -> int:
    """Nobody who may not know of one of these reports keeps anything of it: neither the report itself nor a promise to
    call, no notice, no text that they were typing. In the transaction of the act; returns from how many reports."""
    found = _left(session, report_ids)
    for report_id, gone in found.items():
        sessions.drop_drafts_on(session, report_id, gone)
        for table in (OutboxRow, NoticeRow):
            session.execute(sa.delete(table).where(table.report_id == report_id, table.person_id.in_(gone)))
        report = session.get_one(Report, report_id)
        hand_calls_on(session, report, gone)
        _free(session, report, gone)
    return len(found)


def _left(session: Session, report_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Who has something of a report that they may not know of, by report."""
    reading = sa.select(Report.id, Report.held_by_id).union_all(sa.select(Report.id, Report.read_by_id)).subquery()
    calls = sa.select(Callback.report_id, Callback.person_id).where(Callback.done_at.is_(None)).subquery()
    waiting = sa.select(OutboxRow.report_id, OutboxRow.person_id)
    told = waiting.union(sa.select(NoticeRow.report_id, NoticeRow.person_id)).subquery()
    having = set(sessions.typing_on(session, report_ids))
    for one in (reading, calls, told):
        of, who = one.c
        having |= {(row[0], row[1]) for row in session.execute(sa.select(of, who).where(of.in_(report_ids))) if row[1]}
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for report_id, person_id in having & walls.kept_from(session, report_ids, {person_id for _, person_id in having}):
        found[report_id].add(person_id)
    return found


def hand_calls_on(session: Session, report: Report, gone: Collection[UUID]) -> None:
    """A call that was promised is kept by whoever is on duty, or comes next; where nobody is, the desk sees it late."""
    open_still = (Callback.report_id == report.id, Callback.done_at.is_(None), Callback.person_id.in_(gone))
    chain = duty.chain(session, report.holder_id, clock.now()) if report.holder_id else []
    if able := walls.may_know(session, report.id, chain):
        session.execute(sa.update(Callback).where(*open_still).values(person_id=able[0]))


def _free(session: Session, report: Report, gone: set[UUID]) -> None:
    """What only they had is to be read by somebody else, from now on; what was settled stays so."""
    had = report.held_by_id in gone or (report.held_by_id is None and report.read_by_id in gone)
    if report.read_by_id in gone:
        report.read_by_id = None
    if not had:
        return
    report.held_by_id = report.held_at = None
    if report.holder_id is not None and report.stage in lateness.ANSWERABLE:
        report.alarm_at, report.alarm_step = None, 0
        limits.read_again(report)
    audit.record(session, "report.handed_back", None, report.id)


def sweep() -> int:
    """The same for whoever came to be somebody who may not know: a membership makes that, too. By `delivery`; returns
    from how many reports something was taken back."""
    walled = set(db.session.scalars(sa.select(Exclusion.report_id).distinct()))
    found = _left(db.session(), walls.beside(db.session(), walled)) if walled else {}
    if not found:
        return 0
    with transaction() as session:
        return take_back(session, list(found))
