"""Duty: who reads now, who next, and the alarm that goes round until somebody holds (domain.md rule 31)."""

from collections.abc import Collection, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, onces, outbox, reports, settings, walls
from pepa.errors import Invalid, NotFound
from pepa.models.duty import Shift
from pepa.models.organisations import Membership, Role
from pepa.models.people import Person
from pepa.models.reports import Report
from pepa.policy import Member, Permission, require
from pepa.words import N_

LONGEST = timedelta(hours=24)
AT_MOST = 5  # alarms to one person in one pause


class ShiftBackwards(Invalid):
    says = N_("Selesai lebih awal daripada mulai. Betulkan jamnya.")
    field = "ends_at"


class ShiftTooLong(Invalid):
    says = N_("Satu piket paling lama 24 jam. Bagi menjadi dua.")
    field = "ends_at"


class ShiftOver(Invalid):
    says = N_("Piket ini sudah lewat. Betulkan harinya.")
    field = "ends_at"


class NotAColleague(Invalid):
    says = N_("Orang ini tidak membaca laporan di kantor ini. Pilih yang lain.")
    field = "person_id"


@dataclass(frozen=True)
class OnDuty:
    """Who reads now, until when, and who comes next. Nothing is None but where the roster is empty."""

    now: Shift | None
    next: Shift | None


def at(organisation_id: UUID, moment: datetime) -> OnDuty:
    """Who is on duty for an organisation at a moment, and who after that."""
    shifts = (
        sa.select(Shift)
        .options(joinedload(Shift.person))
        .where(Shift.organisation_id == organisation_id, Shift.ends_at > moment)
        .order_by(Shift.starts_at, Shift.id)
        .limit(3)
    )
    ahead = list(db.session.scalars(shifts))
    now = next((shift for shift in ahead if shift.starts_at <= moment), None)
    later = [shift for shift in ahead if shift is not now]
    return OnDuty(now, later[0] if later else None)


def now_for(actor: Member) -> OnDuty:
    """Who is on duty in the actor's organisation."""
    require(actor, Permission.SEE_ROSTER)
    return at(actor.organisation_id, clock.now())


def roster_for(actor: Member, days: int = 14) -> Sequence[Shift]:
    """The shifts of the coming days, first the one that runs."""
    require(actor, Permission.SEE_ROSTER)
    until = clock.now() + timedelta(days=days)
    query = (
        sa.select(Shift)
        .options(joinedload(Shift.person))
        .where(Shift.organisation_id == actor.organisation_id, Shift.ends_at > clock.now(), Shift.starts_at < until)
        .order_by(Shift.starts_at, Shift.id)
    )
    return list(db.session.scalars(query))


def gaps_in(shifts: Sequence[Shift], days: int) -> list[tuple[datetime, datetime]]:
    """Stretches of the coming days in which a roster, the earliest shift first, has nobody."""
    free_from = clock.now()
    until = free_from + timedelta(days=days)
    gaps = []
    for shift in shifts:
        if shift.starts_at > free_from:
            gaps.append((free_from, shift.starts_at))
        free_from = max(free_from, shift.ends_at)
    return [*gaps, (free_from, until)] if free_from < until else gaps


def colleagues(actor: Member) -> Sequence[Person]:
    """Who may be put on duty: members of the actor's organisation who may read its reports."""
    require(actor, Permission.SEE_ROSTER)
    return readers(actor.organisation_id)


def colleagues_on(actor: Member, report_id: UUID) -> Sequence[Person]:
    """Those of them who may know that this report exists."""
    there = {person.id: person for person in colleagues(actor)}
    return [there[person_id] for person_id in walls.may_know(db.session(), report_id, list(there))]


def readers(organisation_id: UUID) -> list[Person]:
    """Those of an organisation who may read its reports, by name."""
    query = (
        sa.select(Membership)
        .options(joinedload(Membership.person))
        .join(Person)
        .where(Membership.organisation_id == organisation_id, Membership.is_active, Person.is_active)
        .order_by(Person.name, Person.id)
    )
    reading = {Role.INTAKE_OFFICER, Role.SUPERVISOR}
    return [m.person for m in db.session.scalars(query) if m.role_set & reading]


def add(actor: Member, *, person_id: UUID, starts_at: datetime, ends_at: datetime, once: str) -> UUID:
    """Put somebody on duty. Two people may be on duty at once.

    Raises ShiftBackwards, ShiftTooLong, ShiftOver, NotAColleague.
    """
    require(actor, Permission.KEEP_ROSTER)
    if ends_at <= starts_at:
        raise ShiftBackwards
    if ends_at - starts_at > LONGEST:
        raise ShiftTooLong
    if ends_at <= clock.now():
        raise ShiftOver
    with transaction() as session:
        if made := onces.made(session, "duty.add", actor.organisation_id, once):
            return made
        if person_id not in {person.id for person in readers(actor.organisation_id)}:
            raise NotAColleague
        shift = Shift(organisation_id=actor.organisation_id, person_id=person_id, starts_at=starts_at, ends_at=ends_at)
        session.add(shift)
        session.flush()
        onces.keep(session, "duty.add", actor.organisation_id, once, shift.id)
        audit.record(session, "duty.added", actor, shift.id)
        return shift.id


def shift_for(actor: Member, shift_id: UUID) -> Shift:
    """Load and authorise in one step. Raises NotFound."""
    require(actor, Permission.KEEP_ROSTER)
    shift = db.session.get(Shift, shift_id)
    if shift is None or shift.organisation_id != actor.organisation_id:
        raise NotFound
    return shift


def remove(actor: Member, shift_id: UUID) -> None:
    """Take a shift off the roster; one that is gone already stays gone. Raises NotFound for another office's."""
    require(actor, Permission.KEEP_ROSTER)
    with transaction() as session:
        shift = session.get(Shift, shift_id)
        if shift is None:
            return
        if shift.organisation_id != actor.organisation_id:
            raise NotFound
        session.delete(shift)
        audit.record(session, "duty.removed", actor, shift_id)


# The alarm


@dataclass(frozen=True)
class Alarm:
    """A report that asks for somebody now. next_to, next_at: who is told next, and when; None before the first was."""

    report: Report
    next_to: str | None
    next_at: datetime | None


def alarms_for(actor: Member) -> Sequence[Alarm]:
    """What asks for the actor now, the oldest first."""
    found = reports.alarms_for(actor)
    if not found:
        return []
    people = chain(db.session(), actor.organisation_id, clock.now())  # the actor reads, and may know
    names = {person.id: person.name for person in readers(actor.organisation_id)}
    unknowing = walls.kept_from(db.session(), [report.id for report in found], people)
    return [_alarm(report, [names[one] for one in people if (report.id, one) not in unknowing]) for report in found]


def _alarm(report: Report, able: list[str]) -> Alarm:
    """able: the names of those who are told of it, in turn."""
    if report.alarm_at is None or not able:
        return Alarm(report, None, None)
    return Alarm(report, able[report.alarm_step % len(able)], report.alarm_at)


def ring() -> int:
    """Alarm the next person about each report that nobody holds. Called by `delivery`; returns how many were told.

    The chain of a report is whoever is on duty, then who comes next, then everybody of the office who reads; then
    from the start, every `alarm_minutes` until somebody holds it. Whoever may not know of it is passed over (`able`).
    What was put aside rings together: one notice for all.
    """
    now = clock.now()
    # A time much further off than we ever set was set by a clock that has been put back since.
    due = sa.or_(Report.alarm_at.is_(None), Report.alarm_at <= now, Report.alarm_at > now + 2 * _pause())
    ids = sa.select(Report.id).where(*reports.calling(aside=False), due).order_by(Report.received_at, Report.id)
    offices = sa.select(Report.holder_id).where(*reports.calling(aside=True), due).distinct()
    alone = [_ring_one(report_id) for report_id in list(db.session.scalars(ids))]
    together = [_ring_aside(office_id) for office_id in list(db.session.scalars(offices)) if office_id]
    return sum(alone) + sum(together)


def _ring_one(report_id: UUID) -> int:
    with transaction() as session:
        now, report = clock.now(), session.get(Report, report_id)
        if report is None or report.holder_id is None or not report.is_alarming:
            return 0
        if report.alarm_at and now < report.alarm_at <= now + 2 * _pause():
            return 0
        people = able(session, report.holder_id, report.id, now)
        if not people:
            return 0
        person_id = people[report.alarm_step % len(people)]
        if not _were_many_told(session, report, now):
            outbox.tell(session, person_id, outbox.Notice.ALARM, report.id)
        report.alarm_step += 1
        report.alarm_at = now + _pause()
        audit.record_prompted(session, "report.alarmed", report.id, str(person_id))
        return 1


def _were_many_told(session: Session, report: Report, now: datetime) -> bool:
    """Whether as many others as `AT_MOST` rang for the same person within one pause. All notices say the same, that
    something waits: who writes in the middle of a flood stands on the page that those before called to."""
    same_person = (Report.holder_id == report.holder_id, Report.alarm_step == report.alarm_step + 1)
    lately = (Report.alarm_at > now, Report.alarm_at <= now + _pause())
    query = sa.select(Report.id).where(*reports.calling(aside=False), *same_person, *lately)
    return len(list(session.scalars(query.limit(AT_MOST)))) == AT_MOST


def _ring_aside(office_id: UUID) -> int:
    """One notice to the next person for all that were put aside and ask for help now; what joins them waits for the
    next."""
    ours = (*reports.calling(aside=True), Report.holder_id == office_id)
    with transaction() as session:
        now = clock.now()
        ahead = sa.select(sa.func.min(Report.alarm_at)).where(*ours, Report.alarm_at > now)
        next_at = session.scalar(ahead.where(Report.alarm_at <= now + 2 * _pause()))
        step = session.scalar(sa.select(sa.func.max(Report.alarm_step)).where(*ours)) or 0
        told = 0
        if next_at is None:
            rungs = _rungs(session, office_id, now)
            people = next(filter(None, (_able_for_any(session, ours, rung) for rung in rungs)), [])
            if not people:
                return 0
            person_id = people[step % len(people)]
            outbox.tell(session, person_id, outbox.Notice.ASIDE, organisation_id=office_id)
            audit.record_prompted(session, "aside.alarmed", office_id, str(person_id))
            next_at, step, told = now + _pause(), step + 1, 1
        session.execute(sa.update(Report).where(*ours).values(alarm_at=next_at, alarm_step=step))
        return told


def _able_for_any(session: Session, ours: Sequence[sa.ColumnElement[bool]], people: list[UUID]) -> list[UUID]:
    """Those of them who may know of at least one of these reports."""
    return [
        person_id
        for person_id in people
        if session.scalar(sa.select(Report.id).where(*ours, Report.id.not_in(walls.hidden_of(person_id))).limit(1))
    ]


def _pause() -> timedelta:
    return timedelta(minutes=settings.read().alarm_minutes)


def chain(session: Session, organisation_id: UUID, now: datetime) -> list[UUID]:
    """Whom an office's alarm goes to, in turn: who is on duty, who comes next, then everybody who reads."""
    everybody = [person.id for person in readers(organisation_id)] or _leads(session, organisation_id)
    return list(dict.fromkeys(turns(session, organisation_id, now, everybody) + everybody))


def turns(session: Session, organisation_id: UUID, now: datetime, among: Collection[UUID]) -> list[UUID]:
    """Who is on duty, and who comes next; among: who may be, for whoever has left is told nothing."""
    shifts = session.scalars(
        sa.select(Shift)
        .where(Shift.organisation_id == organisation_id, Shift.ends_at > now)
        .order_by(Shift.starts_at, Shift.id)
        .limit(4)
    )
    return list(dict.fromkeys(shift.person_id for shift in shifts if shift.person_id in among))


def able(session: Session, organisation_id: UUID, report_id: UUID, now: datetime) -> list[UUID]:
    """Whom of an office the alarm of one report goes to, in turn. Where nobody of the chain may know of it, whoever
    leads is called, and last whoever else works there: somebody is, as long as one of the office may know."""
    rungs = (walls.may_know(session, report_id, rung) for rung in _rungs(session, organisation_id, now))
    return next(filter(None, rungs), [])


def _rungs(session: Session, organisation_id: UUID, now: datetime) -> Iterator[list[UUID]]:
    yield chain(session, organisation_id, now)
    yield _leads(session, organisation_id)
    yield _with_roles(session, organisation_id, frozenset(Role) - {Role.OUTREACH_WORKER})


def _leads(session: Session, organisation_id: UUID) -> list[UUID]:
    """Where nobody reads reports any more, whoever leads has to hear that one waits."""
    return _with_roles(session, organisation_id, {Role.HEAD, Role.ADMINISTRATOR, Role.COORDINATOR})


def _with_roles(session: Session, organisation_id: UUID, roles: Set[Role]) -> list[UUID]:
    here = (Membership.organisation_id == organisation_id, Membership.is_active, Person.is_active)
    query = sa.select(Membership).join(Person).where(*here).order_by(Person.name, Person.id)
    return [membership.person_id for membership in session.scalars(query) if membership.role_set & roles]
