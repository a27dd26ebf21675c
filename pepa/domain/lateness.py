"""What is late, and to whom that is told (domain.md rule 5): at the limit whoever holds it and the supervisors, at
twice the limit the head; each once. When a notice is sent, the state is looked at again.

Some offices have no head, and some of those who should be told may not know of the report. Then the next rung of a
ladder is told, within the office that has it and never outside: as long as one of it may know, somebody is told.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, duty, limits, outbox, walls
from pepa.domain.faults import Fault
from pepa.models.lateness import Limit, Telling
from pepa.models.notices import NoticeRow
from pepa.models.organisations import Membership, Role
from pepa.models.people import Person
from pepa.models.reports import Report, Stage

AT_LIMIT, AT_TWICE = 1, 2
ANSWERABLE = (Stage.RECEIVED, Stage.READ, Stage.TRIAGED, Stage.CASE)
MOST = 200  # reports looked at in one turn; those that were told of are not looked at again
AT_MOST = 5  # notices of one kind to one person in an hour: all say the same, that something is late
NOTICES = {Limit.READ: outbox.Notice.LATE_READING, Limit.ANSWER: outbox.Notice.LATE_ANSWER}


def due_at(report: Report, limit: Limit) -> datetime | None:
    """When this limit of a report ends, while it runs."""
    if limit is Limit.READ:
        return report.read_due_at if report.is_unread else None
    return report.answer_due_at if report.stage in ANSWERABLE and report.withdrawn_at is None else None


def is_late(report: Report, limit: Limit) -> bool:
    """Due is not late: a limit is over once its moment has passed."""
    due = due_at(report, limit)
    return due is not None and clock.now() > due


def was_told(report_id: UUID, limit: Limit) -> datetime | None:
    """The hour at which a superior was told that this limit of a report is over; None where none was."""
    told = sa.select(Telling.told_at).where(Telling.report_id == report_id, Telling.limit == limit.value)
    return db.session.scalar(told.where(Telling.has_superior).order_by(Telling.step).limit(1))


def tell() -> int:
    """Tell of each limit that is over now. Called by `delivery`; returns how many limits were told of."""
    return sum(_tell_one(report_id, limit, step) for limit, step, report_id in _over())


def _over() -> list[tuple[Limit, int, UUID]]:
    """What is over and not told yet. Those that were put aside are looked over together, so nobody is told of each."""
    now, found = clock.now(), []
    ends = {
        Limit.READ: (Report.read_due_at, Report.stage == Stage.RECEIVED.value),
        Limit.ANSWER: (Report.answer_due_at, Report.stage.in_([stage.value for stage in ANSWERABLE])),
    }
    for limit, (column, runs) in ends.items():
        for step in (AT_LIMIT, AT_TWICE):
            told = sa.exists().where(Telling.report_id == Report.id, Telling.limit == limit.value, Telling.step == step)
            late = (runs, column < now, Report.is_aside.is_(False), Report.withdrawn_at.is_(None), ~told)
            query = sa.select(Report.id, Report.urgency, column).where(*late).order_by(column, Report.id).limit(MOST)
            found += [
                (limit, step, report_id)
                for report_id, urgency, due in db.session.execute(query)
                if due and (step == AT_LIMIT or limits.twice(limit, urgency, due) < now)
            ]
    return found


def faults() -> list[Fault]:
    """A limit that is over while nobody of the office that has the report may be told. It is said at the machine's own
    shell and on no page: whoever looks at a page may be one of those who must not hear of it, even as a number."""
    late = (db.session.get(Report, report_id) for _, step, report_id in _over() if step == AT_LIMIT)
    alone = {one.id for one in late if one and one.holder_id and not answering(db.session(), one)}
    return [Fault("late.alone", values={"n": len(alone)})] if alone else []


def _tell_one(report_id: UUID, limit: Limit, step: int) -> bool:
    with transaction() as session:
        report = session.get(Report, report_id)
        if report is None or report.holder_id is None or not is_late(report, limit):
            return False
        if session.get(Telling, (report_id, limit.value, step)):
            return False
        people = answering(session, report) if step == AT_LIMIT else above(session, report, limit)
        if not people:
            return False  # nobody is there to be told yet: whoever comes is
        told = tell_each(session, report, people, NOTICES[limit])
        superiors = {*supervisors(session, report), *heads(session, report)}
        keep(session, report, limit, step, has_superior=not superiors.isdisjoint(told))
        return True


def tell_each(session: Session, report: Report, people: Iterable[UUID], notice: outbox.Notice) -> list[UUID]:
    """Tell those of them who may know, but nobody more than `AT_MOST` of the same in an hour. Returns whom."""
    able = walls.may_know(session, report.id, list(dict.fromkeys(people)))
    told = [person_id for person_id in able if not _were_many_told(session, person_id, notice)]
    for person_id in told:
        outbox.tell(session, person_id, notice, report.id)
    return told


def keep(session: Session, report: Report, limit: Limit, step: int, *, has_superior: bool = False) -> None:
    """That it was told of, so that it is told once; in the transaction that tells."""
    kept = {"step": step, "told_at": clock.hour(clock.now()), "has_superior": has_superior}
    session.add(Telling(report_id=report.id, limit=limit.value, **kept))
    audit.record_prompted(session, "report.late", report.id, f"{limit.value} {step}")


# Who is told: the ladder


def answering(session: Session, report: Report) -> list[UUID]:
    """Who is told at the limit, all of them able to know: whoever holds it, else whoever is on duty or comes next; and
    the supervisors. Where there are none of either, the heads and whoever reads; last whoever else works there."""
    at_work = [*holder(session, report), *_able(session, report, supervisors(session, report))]
    if at_work:
        return list(dict.fromkeys(at_work))
    reading = [person.id for person in duty.readers(_office(report))]
    rest = _able(session, report, [*heads(session, report), *reading])
    return list(dict.fromkeys(rest)) or duty.able(session, _office(report), report.id, clock.now())


def holder(session: Session, report: Report) -> list[UUID]:
    """Whoever holds a report, while they are there and may know of it; else the first of the roster who may."""
    there = _members(session, _office(report), lambda roles: True)
    turns = duty.turns(session, _office(report), clock.now(), there)
    held_by = [report.held_by_id] if report.held_by_id in there else []
    return _able(session, report, [*held_by, *turns])[:1]


def above(session: Session, report: Report, limit: Limit) -> list[UUID]:
    """Who is told at twice the limit: the heads. An office without one has the supervisors who were not told, then
    whoever else reads and was not; once all were, those who answer for it hear it again."""
    told = _told_of(session, report, limit)
    leading = _able(session, report, supervisors(session, report))
    reading = _able(session, report, [person.id for person in duty.readers(_office(report))])
    rungs = (
        _able(session, report, heads(session, report)),
        [person_id for person_id in leading if person_id not in told],
        [person_id for person_id in reading if person_id not in told],
        leading,
    )
    return next(filter(None, rungs), []) or duty.able(session, _office(report), report.id, clock.now())


def _told_of(session: Session, report: Report, limit: Limit) -> set[UUID]:
    """Who was told since this limit was found to be over; one that began anew is told anew."""
    since = session.scalar(sa.select(Telling.told_at).where(*_first(report.id, limit)))
    if since is None:
        return set()
    of = (NoticeRow.report_id == report.id, NoticeRow.notice == NOTICES[limit].value, NoticeRow.told_at >= since)
    return set(session.scalars(sa.select(NoticeRow.person_id).where(*of)))


def _first(report_id: UUID, limit: Limit) -> tuple[sa.ColumnElement[bool], ...]:
    return (Telling.report_id == report_id, Telling.limit == limit.value, Telling.step == AT_LIMIT)


def _able(session: Session, report: Report, people: Sequence[UUID]) -> list[UUID]:
    return walls.may_know(session, report.id, people)


def _office(report: Report) -> UUID:
    assert report.holder_id is not None
    return report.holder_id


def supervisors(session: Session, report: Report) -> list[UUID]:
    """Who answers for the officers of the office that has a report."""
    return _members(session, _office(report), lambda roles: Role.SUPERVISOR in roles)


def heads(session: Session, report: Report) -> list[UUID]:
    """Who answers for that office."""
    return _members(session, _office(report), lambda roles: Role.HEAD in roles)


def _members(session: Session, office_id: UUID, wanted: Callable[[frozenset[Role]], bool]) -> list[UUID]:
    query = (
        sa.select(Membership)
        .join(Person)
        .where(Membership.organisation_id == office_id, Membership.is_active, Person.is_active)
        .order_by(Person.name)
    )
    return [membership.person_id for membership in session.scalars(query) if wanted(membership.role_set)]


def _were_many_told(session: Session, person_id: UUID, notice: outbox.Notice) -> bool:
    since = clock.hour(clock.now())
    same = (NoticeRow.person_id == person_id, NoticeRow.notice == notice.value, NoticeRow.told_at >= since)
    return len(list(session.scalars(sa.select(NoticeRow.id).where(*same).limit(AT_MOST)))) == AT_MOST


def stands(due: outbox.Due) -> bool:
    """Whether what a notice says is still so at the moment at which it leaves."""
    if due.report_id is None:
        return True
    report = db.session.get(Report, due.report_id)
    if report is None or not _may_hear(report, due.person_id):
        return False
    if report.withdrawn_at is not None:
        return due.notice is outbox.Notice.CANCELLED
    for limit, notice in NOTICES.items():
        if due.notice is notice:
            return is_late(report, limit)
    if due.notice is outbox.Notice.ALARM:
        waits = report.is_unread or report.continued_at is not None
        return waits and report.held_by_id in (None, due.person_id)
    return True


def _may_hear(report: Report, person_id: UUID) -> bool:
    """Whether somebody is still of the office that has a report, and may know of it: it may have been turned away."""
    there = (Membership.organisation_id == report.holder_id, Membership.person_id == person_id)
    query = sa.select(Membership.id).join(Person).where(*there, Membership.is_active, Person.is_active)
    return db.session.scalar(query) is not None and walls.may_know(db.session(), report.id, [person_id]) != []


def words(due: outbox.Due, left: int = 0) -> str:
    """What a notice says: a code at most, and no word of what it is about. left: hours, of a clock that runs."""
    if due.report_id is None:
        return due.notice.label
    report = db.session.get_one(Report, due.report_id)
    return due.notice.label % {"kode": report.reference, "n": left}
