"""By when a report is read first: minutes from when somebody is on duty, working days by the calendar of Serang."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pepa import clock
from pepa.db import Kept, db, transaction
from pepa.domain import limits
from pepa.models.installation import Setting
from pepa.models.places import Holiday
from pepa.models.reports import Urgency
from tests.duty.rosters import roster
from tests.people import office

ZONE = clock.JAKARTA
Limit = Callable[[str, datetime], datetime]
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
moments = st.integers(0, 2 * 365 * 86400 - 1).map(lambda s: datetime(2026, 1, 1, tzinfo=ZONE) + timedelta(seconds=s))
some_holidays = st.sets(days, max_size=40)


def at(day: int, hour: int, minute: int = 0, month: int = 3, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


@pytest.fixture
def limit(context: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Limit]:
    """reading_limit of the intake office, with an empty roster."""
    with clock.frozen(at(1, 0, month=1)):
        roster()
        intake = office()
        monkeypatch.setattr(Kept, "seconds", 600)
        Kept.forget()
        yield lambda urgency, moment: limits.reading_limit(intake, Urgency(urgency), moment)
    Kept.forget()


# Working days


@given(days, some_holidays)
def test_a_working_day_is_no_weekend_and_no_holiday(day: date, holidays: set[date]) -> None:
    assert limits.is_working_day(day, holidays) == (day.isoweekday() <= 5 and day not in holidays)


@given(days, st.integers(1, 10), some_holidays)
def test_counting_working_days(day: date, count: int, holidays: set[date]) -> None:
    found = limits.working_day_after(day, count, holidays)
    between = [day + timedelta(days=n) for n in range(1, (found - day).days + 1)]
    assert limits.is_working_day(found, holidays)
    assert sum(limits.is_working_day(one, holidays) for one in between) == count


@given(days, st.integers(1, 5), st.integers(1, 5), some_holidays)
def test_counting_goes_on_from_where_it_was(day: date, first: int, then: int, holidays: set[date]) -> None:
    there = limits.working_day_after(day, first, holidays)
    assert limits.working_day_after(there, then, holidays) == limits.working_day_after(day, first + then, holidays)


@given(days, st.integers(1, 5), some_holidays, days)
def test_a_holiday_more_never_makes_it_earlier(day: date, count: int, holidays: set[date], more: date) -> None:
    before = limits.working_day_after(day, count, holidays)
    assert limits.working_day_after(day, count, holidays | {more}) >= before


# Limits in working days


def test_one_working_day_ends_at_closing_time(limit: Limit) -> None:
    assert limit("soon", at(4, 10)) == at(5, 16)  # Wednesday to Thursday
    assert limit("soon", at(6, 23, 59)) == at(9, 16)  # Friday night to Monday
    assert limit("plan", at(4, 10)) == at(9, 16)  # three days over a weekend


def test_the_day_is_jakartas_and_not_utcs(limit: Limit) -> None:
    late, early = at(4, 23, 30), at(5, 0, 30)
    assert late.astimezone(UTC).date() == early.astimezone(UTC).date()
    assert limit("soon", late) == at(5, 16)
    assert limit("soon", early) == at(6, 16)
    assert limit("soon", early.astimezone(UTC)) == at(6, 16)


def test_holidays_of_the_table_do_not_count(limit: Limit) -> None:
    with transaction() as session:
        session.execute(sa.delete(Holiday))
        session.add_all(
            Holiday(on=date(2026, 3, day), name="Libur", kind="national", source="test", is_certain=True)
            for day in (19, 20, 23)
        )
    Kept.forget()
    assert limit("soon", at(18, 10)) == at(24, 16)  # Thursday, Friday, Monday are holidays


def test_over_the_year_s_end(limit: Limit) -> None:
    """The first of January is a holiday in the seeded table; 2027's is a Friday."""
    assert db.session.get(Holiday, date(2027, 1, 1))
    assert limit("soon", at(31, 10, month=12)) == at(4, 16, month=1, year=2027)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moments, st.sampled_from(["soon", "plan"]))
def test_a_limit_in_days_lies_ahead_on_a_working_day(limit: Limit, moment: datetime, urgency: str) -> None:
    found = limit(urgency, moment)
    holidays = limits._ahead().holidays
    here = found.astimezone(ZONE)
    assert found > moment
    assert (here.hour, here.minute) == (16, 0)
    assert limits.is_working_day(here.date(), holidays)
    assert limit("plan", moment) > limit("soon", moment)
    later = moment + timedelta(hours=7)
    assert limit(urgency, later) >= found, "whoever comes later is never read earlier"


# Limits in minutes


def test_minutes_count_from_now_where_somebody_is_on_duty(context: Flask) -> None:
    with clock.frozen(at(4, 10)):
        roster(("ratna", at(4, 8), at(4, 16)))
        assert limits.reading_limit(office(), Urgency.NOW, at(4, 10, 41)) == at(4, 11)
        assert limits.reading_limit(office(), Urgency.NOW, at(4, 10, 45)) == at(4, 11), "a quarter itself stays"
        assert limits.reading_limit(office(), Urgency.TODAY, at(4, 10, 41)) == at(4, 12, 45)


def test_at_night_they_count_from_the_next_shift(context: Flask) -> None:
    with clock.frozen(at(4, 10)):
        roster(("ratna", at(4, 8), at(4, 16)), ("bayu", at(5, 7, 30), at(5, 16)))
        assert limits.reading_limit(office(), Urgency.NOW, at(4, 16)) == at(5, 7, 45)
        assert limits.reading_limit(office(), Urgency.TODAY, at(5, 3)) == at(5, 9, 30)


def test_without_a_roster_when_the_office_is_open(limit: Limit) -> None:
    assert limit("now", at(4, 10)) == at(4, 10, 15)  # everybody who reads is alarmed
    assert limit("today", at(4, 15, 59)) == at(4, 18)
    assert limit("now", at(4, 6)) == at(4, 8, 15)  # before opening time
    assert limit("now", at(4, 20)) == at(5, 8, 15)
    assert limit("now", at(6, 20)) == at(9, 8, 15)  # Friday evening
    assert limit("now", at(7, 6)) == at(9, 8, 15)  # Saturday morning


def test_a_shift_far_off_does_not_wait_for_it(context: Flask) -> None:
    with clock.frozen(at(4, 10)):
        roster(("ratna", at(25, 8), at(25, 16)))
        assert limits.reading_limit(office(), Urgency.NOW, at(4, 10)) == at(4, 10, 15)
        assert limits.reading_limit(office(), Urgency.NOW, at(4, 20)) == at(5, 8, 15)


def test_minutes_and_days_are_settings(limit: Limit) -> None:
    with transaction() as session:
        for key, value in (("reading_now_minutes", "30"), ("reading_soon_days", "2")):
            session.merge(Setting(key=key, value=value))
    Kept.forget()
    assert limit("now", at(4, 6)) == at(4, 8, 30)
    assert limit("soon", at(4, 10)) == at(6, 16)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moments)
def test_a_limit_in_minutes_is_a_quarter_and_no_promise_that_cannot_be_kept(limit: Limit, moment: datetime) -> None:
    now, today = limit("now", moment), limit("today", moment)
    assert moment < now <= today
    assert (now.minute % 15, now.second, now.microsecond) == (0, 0, 0)
    here = (now - timedelta(minutes=15)).astimezone(ZONE)
    assert limits.is_working_day(here.date(), limits._ahead().holidays), "nobody is there on other days"
