"""Emergency opening: at a weekend, only a colleague is there, and somebody who does not read reports has to read one.

A reason is typed, it lasts some hours, whoever holds the report and the supervisors are told at once. It is a row and
no key: within one organisation that is policy and audit, and nobody of another organisation ever opens by it. Who may
not know of a report (`walls`) does not come to know of it so: to them its code names nothing.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import (
    additions,
    audit,
    boxes,
    keys,
    lateness,
    messages,
    onces,
    openings,
    outbox,
    reports,
    settings,
    walls,
)
from pepa.errors import Invalid, NotFound
from pepa.models.cases import Case, CaseReport
from pepa.models.emergencies import Emergency
from pepa.models.organisations import Organisation
from pepa.models.people import Person
from pepa.models.reports import Report
from pepa.policy import Member, Permission, can, require
from pepa.words import N_

DOMAIN = "emergency"
VERB = "emergency.begin"


class NoReason(Invalid):
    says = N_("Tulis alasannya. Satu kalimat sudah cukup.")
    field = "reason"


class CodeUnknown(Invalid):
    """There is none, or it is another office's, or hidden from the actor: one sentence for all three."""

    says = N_("Kode ini tidak ada. Contoh: L-4K7Q2M atau K-4K7Q2M.")
    field = "code"


@dataclass(frozen=True)
class Told:
    """One emergency opening as colleagues read it. reason: None where it was sealed to somebody else; may_end: here and
    now, by whoever reads it"""

    emergency: Emergency
    name: str
    reason: str | None
    may_end: bool


@dataclass(frozen=True)
class Shown:
    """A report as whoever opened it in an emergency reads it: what was told and added, and how to call; no files."""

    emergency: Emergency
    opened: reports.Opened
    added: Sequence[additions.Added]


# Opening


def begin(actor: Member, *, code: str, reason: str, once: str) -> UUID:
    """Open a report, or all that a case holds, for `emergency_hours`. What is open already is not opened twice. The
    same form sent again is the same act. Returns the emergency, of a case its first report's.

    Raises NoReason, CodeUnknown (recorded), KeysUnsound.
    """
    require(actor, Permission.OPEN_EMERGENCY)
    if not reason.strip():
        raise NoReason
    if made := onces.made(db.session(), VERB, actor.person_id, once):
        return made
    rows = [_row(actor, report_id, reason) for report_id in _meant(actor, code)]
    with transaction() as session:
        if made := onces.made(session, VERB, actor.person_id, once):
            return made
        kept = [_kept(session, actor, row) for row in rows]
        onces.keep(session, VERB, actor.person_id, once, kept[0])
        return kept[0]


def _meant(actor: Member, code: str) -> list[UUID]:
    """The reports that a code names, a report's or a case's. Raises CodeUnknown, recorded."""
    signs = "".join(sign for sign in code.upper() if sign.isalnum())
    found: list[UUID] = []
    with suppress(reports.ReferenceUnknown):
        if len(signs) == 7 and signs[0] == "K":
            held = sa.select(CaseReport.report_id).join(Case).where(Case.id.between(*reports.ids_of(signs[1:])))
            named = Report.id.in_(held)
        else:
            named = Report.id.between(*reports.ids_of(signs))
        found = list(db.session.scalars(_openable(actor).where(named).order_by(Report.received_at, Report.id)))
    if not found:
        audit.refused("emergency.refused", actor)
        raise CodeUnknown
    return found


def _openable(actor: Member) -> sa.Select[UUID]:
    """The ids of what an emergency may open: the own office's, not hidden, not cancelled."""
    ours = (Report.holder_id == actor.organisation_id, Report.id.not_in(walls.hidden(actor)))
    return sa.select(Report.id).where(*ours, Report.withdrawn_at.is_(None))


def _row(actor: Member, report_id: UUID, reason: str) -> Emergency:
    office, row_id, now = db.session.get_one(Organisation, actor.organisation_id), uuid4(), clock.now()
    return Emergency(
        id=row_id,
        report_id=report_id,
        organisation_id=office.id,
        person_id=actor.person_id,
        begun_at=now,
        until_at=now + timedelta(hours=settings.read().emergency_hours),
        generation=office.generation,
        body_sealed=boxes.seal_slip(office, DOMAIN, row_id, {"reason": reason.strip()}),
    )


def _kept(session: Session, actor: Member, row: Emergency) -> UUID:
    """It, or the one that runs. Whoever holds the report and whoever answers for it are told at once."""
    running = session.scalar(_running(actor).where(Emergency.report_id == row.report_id).limit(1))
    if running:
        return running.id
    if session.scalar(_openable(actor).where(Report.id == row.report_id)) is None:  # taken away in this moment
        raise CodeUnknown
    session.add(row)
    audit.record(session, "emergency.begun", actor, row.report_id)
    report = session.get_one(Report, row.report_id)
    others = [one for one in lateness.answering(session, report) if one != actor.person_id]
    for person_id in others or walls.may_know(session, report.id, lateness.heads(session, report)):
        outbox.tell(session, person_id, outbox.Notice.EMERGENCY, report.id)
    return row.id


def _running(actor: Member) -> sa.Select[Emergency]:
    """The actor's own that run; what was hidden from them meanwhile, or went elsewhere, is open no more."""
    now = clock.now()
    runs = (Emergency.ended_at.is_(None), Emergency.begun_at <= now, Emergency.until_at > now)
    mine = (Emergency.person_id == actor.person_id, Emergency.organisation_id == actor.organisation_id)
    return sa.select(Emergency).where(*mine, *runs, Emergency.report_id.in_(_openable(actor)))


def mine(actor: Member) -> Sequence[tuple[Emergency, str]]:
    """The actor's own that run, each with its report's code, the first to end first."""
    require(actor, Permission.OPEN_EMERGENCY)
    query = _running(actor).join(Report, Report.id == Emergency.report_id).add_columns(Report)
    rows = db.session.execute(query.order_by(Emergency.until_at, Emergency.id))
    return [(row, report.reference) for row, report in rows]


def show(actor: Member, emergency_id: UUID) -> Shown:
    """The report, while it runs. That it was opened is recorded; it stays unread, and an alarm goes on.

    Raises NotFound, Broken or KeysUnsound, recorded.
    """
    require(actor, Permission.OPEN_EMERGENCY)
    row = db.session.scalar(_running(actor).where(Emergency.id == emergency_id))
    if row is None:
        audit.refused("emergency.refused", actor, None)
        raise NotFound
    report = db.session.get_one(Report, row.report_id)
    with reports.recorded(actor, report.id):
        box = boxes.open_for(actor, report.box_id)
        told = reports.Told.of(boxes.open_body(box, "report", report.id, report.body_epoch, report.body_sealed))
        opened = reports.Opened(report, box, told, messages.all_of(box, report.id), (), None, "")
    added = additions.to(actor, opened)
    with transaction() as session:
        if session.scalar(_running(actor).where(Emergency.id == emergency_id)) is None:  # ended in this moment
            raise NotFound
        audit.record(session, "report.opened", actor, report.id, openings.Why.EMERGENCY.value)
    return Shown(db.session.get_one(Emergency, emergency_id), opened, added)


# Whoever has the report


def of(actor: Member, report_ids: Collection[UUID]) -> Sequence[Told]:
    """Those of these reports, of whoever reads them, the newest first."""
    require(actor, Permission.SEE_OPENINGS)
    seen = reports.visible_to(actor).where(Report.id.in_(report_ids)).with_only_columns(Report.id)
    query = sa.select(Emergency, Person.name, Report.held_by_id).join(Person, Person.id == Emergency.person_id)
    query = query.join(Report, Report.id == Emergency.report_id)
    here = (Emergency.report_id.in_(seen), Emergency.organisation_id == actor.organisation_id)
    rows = db.session.execute(query.where(*here).order_by(Emergency.begun_at.desc(), Emergency.id))
    return [
        Told(row, name, _why(actor, row), row.is_running and _answers_for(actor, held_by))
        for row, name, held_by in rows
    ]


def _answers_for(actor: Member, held_by_id: UUID | None) -> bool:
    return held_by_id == actor.person_id or can(actor, Permission.WATCH_OPENINGS)


def _why(actor: Member, row: Emergency) -> str | None:
    with suppress(keys.Unopened):
        if told := boxes.open_slip(actor, row.generation, DOMAIN, row.id, row.body_sealed):
            return str(told["reason"])
    return None


def end(actor: Member, emergency_id: UUID) -> Emergency:
    """Before its time: by whoever opened it, whoever holds the report, or whoever leads. Done twice it is done once.

    Raises NotFound.
    """
    require(actor, Permission.END_EMERGENCY)
    with transaction() as session:
        row = session.get(Emergency, emergency_id)
        if row is None or row.organisation_id != actor.organisation_id or not _may_end(session, actor, row):
            raise NotFound
        if row.is_running:
            row.ended_at, row.ended_by_id = clock.now(), actor.person_id
            audit.record(session, "emergency.ended", actor, row.report_id)
        return row


def shut(session: Session) -> None:
    """A copy was put back: one that was ended since the copy was made opens nothing again, so all that run are over."""
    running = sa.update(Emergency).where(Emergency.ended_at.is_(None), Emergency.until_at > clock.now())
    session.execute(running.values(ended_at=clock.now(), ended_by_id=Emergency.person_id))


def _may_end(session: Session, actor: Member, row: Emergency) -> bool:
    if row.person_id == actor.person_id:
        return True
    held_by_id = session.scalar(sa.select(Report.held_by_id).where(Report.id == row.report_id))
    reads = can(actor, Permission.READ_REPORTS) and bool(reports.among(actor, [row.report_id]))
    return reads and _answers_for(actor, held_by_id)
