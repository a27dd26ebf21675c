""" "Janji hari ini": what whoever is at work promised, and what is due, late first (domain.md rule 42)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import load_only

from pepa import clock
from pepa.db import db
from pepa.domain import alerts, callbacks, handovers, lateness, police, reports, restrictions, swaps
from pepa.models.callbacks import Callback
from pepa.models.duty import Swap
from pepa.models.lateness import Limit
from pepa.models.police import PoliceClock
from pepa.models.reports import Report, Stage
from pepa.models.restrictions import Restriction
from pepa.policy import Member, Permission, can, require

AHEAD = timedelta(hours=8)  # at night the list reaches into the morning
MOST, MOST_WAITING = 50, 6
SHOWN = ("urgency", "stage", "read_due_at", "answer_due_at", "read_at", "held_by_id", "withdrawn_at")


@dataclass(frozen=True)
class Entry:
    """One thing of the day.

    at       when it begins; due_at: after which it is late
    limit    of a report: that of reading or of answering; else None
    """

    at: datetime
    due_at: datetime
    report: Report
    limit: Limit | None = None
    callback: Callback | None = None

    @property
    def is_late(self) -> bool:
        return clock.now() > self.due_at


@dataclass(frozen=True)
class Day:
    """entries: late ones first, then by time. holders: names by id. waiting: what was answered, and waits for her.

    restrictions: what was asked and waits for the actor's decision
    """

    entries: Sequence[Entry]
    holders: dict[UUID, str]
    waiting: Sequence[Report]
    clocks: Sequence[PoliceClock]
    restrictions: Sequence[Restriction]
    swaps: Sequence[Swap]
    handover: handovers.HandedOver | None
    unreached: Sequence[str]


def of(actor: Member) -> Day:
    """What the actor's day holds: the own reports and those that nobody holds; a supervisor's, the whole office's."""
    require(actor, Permission.READ_REPORTS)
    until = _until()
    due, calls = _due(actor, until), callbacks.of_the_day(actor, until)
    entries = [*_calls(calls), *_limits(due)]
    newest = handovers.newest(actor, 1)
    return Day(
        entries=sorted(entries, key=lambda entry: (not entry.is_late, entry.at, str(entry.report.id))),
        holders=reports.holders_of(due),
        waiting=_waiting(actor),
        clocks=police.running_for(actor),
        restrictions=restrictions.waiting_for(actor) if can(actor, Permission.NOTE_DECISION) else (),
        swaps=[one for one in swaps.waiting(actor) if actor.person_id in (one.asked_of_id, one.asked_by_id)],
        handover=newest[0] if newest else None,
        unreached=alerts.unreached(actor) if can(actor, Permission.KEEP_ROSTER) else (),
    )


def _until() -> datetime:
    end = datetime.combine(clock.today() + timedelta(days=1), time(0), clock.JAKARTA)
    return max(end, clock.now() + AHEAD)


def _calls(found: Sequence[Callback]) -> Iterator[Entry]:
    for one in found:
        yield Entry(one.from_at, one.until_at, one.report, callback=one)


def _limits(found: Sequence[Report]) -> Iterator[Entry]:
    for report in found:
        limit = Limit.READ if report.is_unread else Limit.ANSWER
        if at := lateness.due_at(report, limit):
            yield Entry(at, at, report, limit)


def _due(actor: Member, until: datetime) -> Sequence[Report]:
    unread = sa.and_(Report.stage == Stage.RECEIVED.value, Report.read_due_at < until)
    later = [stage.value for stage in lateness.ANSWERABLE if stage is not Stage.RECEIVED]
    unanswered = sa.and_(Report.stage.in_(later), Report.answer_due_at < until)
    query = reports.visible_to(actor).where(
        Report.is_aside.is_(False), Report.withdrawn_at.is_(None), sa.or_(unread, unanswered)
    )
    if not can(actor, Permission.KEEP_ROSTER):
        query = query.where(sa.or_(Report.held_by_id == actor.person_id, Report.held_by_id.is_(None)))
    due = sa.case((Report.stage == Stage.RECEIVED.value, Report.read_due_at), else_=Report.answer_due_at)
    query = query.options(_shown()).order_by(due, Report.id)
    return list(db.session.scalars(query.limit(MOST)))


def _waiting(actor: Member) -> Sequence[Report]:
    """The actor's own, answered, and she has not written since; the last answered first."""
    stages = [stage.value for stage in (Stage.READ, Stage.TRIAGED)]
    query = reports.visible_to(actor).where(
        Report.held_by_id == actor.person_id,
        Report.stage.in_(stages),
        Report.answer_due_at.is_(None),
        Report.withdrawn_at.is_(None),
    )
    newest_first = query.options(_shown()).order_by(Report.read_at.desc(), Report.id).limit(MOST_WAITING)
    return list(db.session.scalars(newest_first))


def _shown() -> sa.orm.interfaces.LoaderOption:
    return load_only(*(getattr(Report, name) for name in SHOWN))
