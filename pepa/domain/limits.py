"""Limits: by when a report is read and answered (domain.md rules 3 and 4). Minutes count from when somebody is there,
working days by the holiday table of Asia/Jakarta.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import object_session

from pepa import clock
from pepa.db import Kept, db
from pepa.domain import settings
from pepa.models.duty import Shift
from pepa.models.lateness import Limit, Telling
from pepa.models.places import Holiday
from pepa.models.reports import Report, Stage, Urgency

OPENS, CLOSES = time(8), time(16)  # of a working day, where no roster says more


def is_working_day(day: date, holidays: set[date]) -> bool:
    """Monday to Friday and no holiday of the table."""
    return day.weekday() < 5 and day not in holidays


def working_day_after(day: date, count: int, holidays: set[date]) -> date:
    """The count-th working day after a day (count 1: the next one)."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day, holidays)
    return day


@dataclass(frozen=True)
class _Ahead:
    """What the clocks need of roster and calendar: every new report asks for it.

    shifts: beginning and end, by organisation, the earliest first
    """

    shifts: dict[UUID, list[tuple[datetime, datetime]]]
    holidays: set[date]


def _read_ahead() -> _Ahead:
    shifts = sa.select(Shift.organisation_id, Shift.starts_at, Shift.ends_at).order_by(Shift.starts_at)
    since = clock.now() - timedelta(days=1)
    found: dict[UUID, list[tuple[datetime, datetime]]] = {}
    for organisation_id, starts_at, ends_at in db.session.execute(shifts.where(Shift.ends_at > since)):
        found.setdefault(organisation_id, []).append((starts_at, ends_at))
    return _Ahead(found, set(db.session.scalars(sa.select(Holiday.on))))


_ahead = Kept(_read_ahead)


def read_from(organisation_id: UUID, moment: datetime) -> datetime:
    """When somebody reads: now where one is on duty or the office is open, else when the first of the two begins."""
    coming = (starts_at for starts_at, ends_at in _ahead().shifts.get(organisation_id, ()) if ends_at > moment)
    opens = _open_from(moment)
    return max(moment, min(next(coming, opens), opens))


def _open_from(moment: datetime) -> datetime:
    """The moment itself in opening hours, when an alarm goes to everybody who reads; else when the office opens."""
    here, holidays = moment.astimezone(clock.JAKARTA), _ahead().holidays
    day = here.date()
    if is_working_day(day, holidays) and here.time() < CLOSES:
        return max(moment, datetime.combine(day, OPENS, clock.JAKARTA))
    return datetime.combine(working_day_after(day, 1, holidays), OPENS, clock.JAKARTA)


@dataclass(frozen=True)
class _Length:
    """How long a limit is: minutes, or working days that end at closing time. One of the two is None."""

    minutes: int | None
    days: int | None


def _length(limit: Limit, urgency: Urgency) -> _Length:
    """As the settings `reading_…` and `contact_…` say."""
    kept, name = settings.read(), "reading" if limit is Limit.READ else "contact"
    if urgency in (Urgency.NOW, Urgency.TODAY):
        return _Length(getattr(kept, f"{name}_{urgency.value}_minutes"), None)
    return _Length(None, getattr(kept, f"{name}_{urgency.value}_days"))


def _closing(moment: datetime, days: int) -> datetime:
    last = working_day_after(moment.astimezone(clock.JAKARTA).date(), days, _ahead().holidays)
    return datetime.combine(last, CLOSES, clock.JAKARTA)


def reading_limit(organisation_id: UUID, urgency: Urgency, moment: datetime) -> datetime:
    """By when a new report is read first, rounded up to a quarter of an hour."""
    length = _length(Limit.READ, urgency)
    if length.minutes is None:
        return _closing(moment, length.days or 0)
    return clock.quarter_up(read_from(organisation_id, moment) + timedelta(minutes=length.minutes))


def answer_limit(organisation_id: UUID, urgency: Urgency, moment: datetime) -> datetime:
    """By when it is answered, rounded up to an hour: it tells no more of its coming than `received_at` does."""
    length = _length(Limit.ANSWER, urgency)
    if length.minutes is None:
        return _closing(moment, length.days or 0)
    return clock.hour_up(read_from(organisation_id, moment) + timedelta(minutes=length.minutes))


def twice(limit: Limit, urgency: Urgency, due_at: datetime) -> datetime:
    """When a limit is over by as much as it is long: the head is told then (rule 5)."""
    length = _length(limit, urgency)
    return _closing(due_at, length.days) if length.days else due_at + timedelta(minutes=length.minutes or 0)


# A report's own limits


def begin_anew(report: Report) -> None:
    """A report that somebody has to read, again or at another office: its clocks and its alarm begin now."""
    assert report.holder_id is not None
    read_again(report)
    report.read_at = report.read_by_id = report.held_at = report.held_by_id = report.continued_at = None
    report.answer_due_at = answer_limit(report.holder_id, report.urgency, clock.now())
    report.alarm_at, report.alarm_step = None, 0
    forget_tellings(report, Limit.ANSWER)


def read_again(report: Report) -> None:
    """It is unread once more, by a limit of its own: that the one before was over says nothing of it."""
    assert report.holder_id is not None
    report.stage = Stage.RECEIVED.value
    report.read_due_at = reading_limit(report.holder_id, report.urgency, clock.now())
    forget_tellings(report, Limit.READ)


def begin_answer(report: Report) -> None:
    """Something came that asks for an answer; where one is due already, that one stands."""
    if report.holder_id is not None and report.answer_due_at is None and report.withdrawn_at is None:
        report.answer_due_at = answer_limit(report.holder_id, report.urgency, clock.now())
        forget_tellings(report, Limit.ANSWER)


def answered(report: Report) -> None:
    """It was answered. What came while that was typed or said asks for an answer of its own."""
    report.answer_due_at = None
    if report.is_unread or report.continued_at is not None:
        begin_answer(report)


def bring_forward(report: Report) -> None:
    """Its urgency was raised, or it is to be read again: limits counted from now, never later than they were."""
    assert report.holder_id is not None
    now = clock.now()
    answer = answer_limit(report.holder_id, report.urgency, now)
    report.answer_due_at = min(answer, report.answer_due_at or answer)
    if report.is_unread:
        reading = reading_limit(report.holder_id, report.urgency, now)
        report.read_due_at = min(reading, report.read_due_at or reading)


def put_off(report: Report) -> None:
    """Its urgency was lowered, with a reason: what is still due counts from its coming, by the lower one, but never
    ends sooner than it did: what it answers may have come long after the report."""
    assert report.holder_id is not None
    if report.answer_due_at is not None:
        answer = answer_limit(report.holder_id, report.urgency, report.received_at)
        report.answer_due_at = max(answer, report.answer_due_at)
    if report.is_unread:
        reading = reading_limit(report.holder_id, report.urgency, report.received_at)
        report.read_due_at = max(reading, report.read_due_at or reading)


def forget_tellings(report: Report, *limits: Limit) -> None:
    """Whoever answers for it is to be told anew."""
    session = object_session(report)
    assert session is not None
    ours = (Telling.report_id == report.id, Telling.limit.in_([limit.value for limit in limits]))
    session.execute(sa.delete(Telling).where(*ours))
