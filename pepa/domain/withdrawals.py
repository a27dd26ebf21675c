"""Cancelling by the code (vault.md, Losing nothing): the code ends at once, the report is hidden and kept a while.

Whoever cancels may be made to. So officers have it sealed for fourteen days, marked, and where it is about a child,
sexual violence or high danger, or nobody has said yet that it is not, nothing is destroyed before somebody has looked.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock, storage
from pepa.db import db, transaction
from pepa.domain import additions, audit, lateness, onces, outbox, reporters, reports
from pepa.errors import Conflict
from pepa.models.audit import AuditEntry
from pepa.models.cases import CaseReport
from pepa.models.people import Person
from pepa.models.reports import TRANSITIONS, CoarseGroup, KeptBack, Report, ReporterKey, Stage, Urgency
from pepa.policy import Member, Permission, Reporter, require
from pepa.words import N_

KEPT = timedelta(days=14)
_ANY = UUID(int=0)  # after it her report is found by nothing that she holds
KEEP, RELEASE = "report.kept", "report.released"
log = logging.getLogger("pepa.withdrawals")


class NotWithdrawn(Conflict):
    says = N_("Laporan ini tidak dibatalkan.")


@dataclass(frozen=True)
class Decided:
    """What an officer decided last about a cancelled report. reason: None where it may be destroyed."""

    at: datetime
    name: str
    reason: KeptBack | None


def withdraw(reporter: Reporter, *, came_by: Sequence[str]) -> None:
    """End the code and every way in now, and hide the report where it is not sorted yet. Sent again it is done once.

    came_by   `reporters.came_by`, for `was_withdrawn`
    """
    require(reporter, Permission.WRITE_AS_REPORTER)
    dangers = bool(additions.flags_of(reporter))
    with transaction() as session:
        report = session.get_one(Report, reporter.report_id)
        name = _withdraw(session, report, dangers)
        for proof in came_by:
            if not onces.made(session, "report.withdraw", _ANY, proof):
                onces.keep(session, "report.withdraw", _ANY, proof, report.id)
    _mark(name)


def was_withdrawn(came_by: Sequence[str]) -> bool:
    """Whether whoever comes by this has cancelled a report: her reply was lost, and her form is sent again."""
    return any(onces.made(db.session(), "report.withdraw", _ANY, proof) for proof in came_by)


def _withdraw(session: Session, report: Report, dangers: bool = False) -> str:
    if report.withdrawn_at is None:
        hour = clock.hour(clock.now())
        report.withdrawn_at = hour
        if Stage.WITHDRAWN in TRANSITIONS[Stage(report.stage)] and session.get(CaseReport, report.id) is None:
            report.stage = Stage.WITHDRAWN.value
            report.destroy_at = None if dangers or _must_be_seen(report) else _earliest(hour)
            report.read_due_at = clock.hour(report.read_due_at) if report.read_due_at else None
            report.alarm_at = clock.hour(report.alarm_at) if report.alarm_at else None
            report.answer_due_at = None
        audit.record_anonymous(session, "report.withdrawn", report.id)
        _tell(session, report)
    return reporters.end_code(session, report.id)


def _tell(session: Session, report: Report) -> None:
    """Whoever holds it, else whoever is on duty, else the supervisors, else who may know: it left the list of what is
    to be done."""
    if report.holder_id is not None:
        people = lateness.holder(session, report) or lateness.answering(session, report)
        lateness.tell_each(session, report, people, outbox.Notice.CANCELLED)


def _must_be_seen(report: Report) -> bool:
    """What a report is about stands in its words, which no job can read: unread or unsorted, it may be any of these.
    Whoever forces her may live with her, and what happens in a household may be sexual too."""
    return report.read_at is None or report.urgency is Urgency.NOW or report.coarse_group != CoarseGroup.OTHER


def _earliest(withdrawn_at: datetime) -> datetime:
    """Fourteen whole days after an act of which only the hour is known."""
    return withdrawn_at + timedelta(hours=1) + KEPT


def _mark(name: str) -> None:
    """So that an older database, or the spool alone, brings it back as what it is: cancelled."""
    try:
        storage.spool().mark(name, storage.WITHDRAWN)
    except OSError as error:
        log.error("that a report was cancelled could not be marked: %s", type(error).__name__)


def apply_marks() -> int:
    """Cancel again what is marked as cancelled and came back as it was before; mark what could not be marked. By
    `arrivals.replay`; returns how many were cancelled."""
    marked = {bytes.fromhex(name) for name, _ in storage.spool().marked(storage.WITHDRAWN)}
    query = sa.select(ReporterKey.ticket_hash, Report.id, Report.withdrawn_at).join_from(ReporterKey, Report)
    wanted = query.where(sa.or_(Report.withdrawn_at.is_not(None), ReporterKey.ticket_hash.in_(marked)))
    again = []
    for mark, report_id, withdrawn_at in db.session.execute(wanted).all():
        if withdrawn_at is None:
            again.append(report_id)
        elif mark not in marked:
            _mark(mark.hex())
    for report_id in again:
        with transaction() as session:
            _withdraw(session, session.get_one(Report, report_id))
    return len(again)


# What an officer does with it


def keep_back(actor: Member, report_id: UUID, *, reason: str) -> Report:
    """ "Tahan": it is not destroyed until somebody says so. reason: a code of `KeptBack`.

    Raises NotWithdrawn, NotFound.
    """
    require(actor, Permission.DECIDE_WITHDRAWN)
    with reports.changing(actor, report_id) as (session, report):
        _check(report)
        report.destroy_at = None
        last = decided(report_id)
        if last is None or last.reason != reason:
            audit.record(session, KEEP, actor, report_id, KeptBack(reason).value)
        return report


def release(actor: Member, report_id: UUID) -> Report:
    """ "Sudah dilihat, boleh dihapus": the fourteen days hold all the same. Raises NotWithdrawn, NotFound."""
    require(actor, Permission.DECIDE_WITHDRAWN)
    with reports.changing(actor, report_id) as (session, report):
        _check(report)
        if report.destroy_at is None and report.withdrawn_at is not None:
            report.destroy_at = _earliest(report.withdrawn_at)
            audit.record(session, RELEASE, actor, report_id)
        return report


def _check(report: Report) -> None:
    if report.stage != Stage.WITHDRAWN:
        raise NotWithdrawn


UNDECIDED = (
    Report.stage == Stage.WITHDRAWN.value,
    ~sa.exists().where(AuditEntry.thing_id == Report.id, AuditEntry.act.in_([KEEP, RELEASE])),
)  # cancelled by their code, and nobody of the office looked


def decided(report_id: UUID) -> Decided | None:
    """Who decided last about a report, what, and why."""
    query = (
        sa.select(AuditEntry.at, AuditEntry.act, AuditEntry.note, Person.name)
        .join(Person, Person.id == AuditEntry.person_id)
        .where(AuditEntry.thing_id == report_id, AuditEntry.act.in_([KEEP, RELEASE]))
        .order_by(AuditEntry.number.desc())
    )
    row = db.session.execute(query.limit(1)).first()
    return Decided(row.at, row.name, KeptBack(row.note) if row.act == KEEP else None) if row else None
