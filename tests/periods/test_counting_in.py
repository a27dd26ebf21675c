"""A quarter: its days, its neighbours, and where a session of a day counts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from pepa import clock
from pepa.domain import periods
from tests.people import member

DAYS = st.dates(date(2000, 1, 1), date(2199, 9, 30))


@given(DAYS)
def test_each_day_lies_in_one_quarter(day: date) -> None:
    code = periods.of(day)
    assert periods.is_code(code)
    assert periods.first_day(code) <= day <= periods.last_day(code)
    assert periods.before(periods.after(code)) == code
    assert periods.first_day(periods.after(code)) == periods.last_day(code) + timedelta(days=1)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-Q5", "2026-Q0", "1999-Q1", "2026-Q4 ", "2026-q4", "٢٠٢٦-Q4", "x" * 99]
)
def test_what_is_no_quarter_is_refused(text: str) -> None:
    assert not periods.is_code(text)
    with pytest.raises(periods.NoPeriod):
        periods.first_day(text)


def test_the_day_of_serang_counts_not_that_of_greenwich() -> None:
    with clock.frozen(datetime(2026, 12, 31, 17, 30, tzinfo=UTC)):
        assert periods.current() == "2027-Q1"
    with clock.frozen(datetime(2026, 12, 31, 16, 59, tzinfo=UTC)):
        assert periods.current() == "2026-Q4"


@pytest.mark.both
def test_a_session_counts_in_the_quarter_of_its_day_until_that_is_closed(context: Flask) -> None:
    now = datetime(2026, 10, 2, 3, tzinfo=UTC)
    day = date(2026, 9, 30)
    with clock.frozen(now):
        assert periods.counting_in(day, now) == ("2026-Q3", False)
        periods.close(member("hadi"), "2026-Q3")
        assert periods.counting_in(day, now) == ("2026-Q4", True)
        assert periods.counting_in(date(2026, 10, 1), now) == ("2026-Q4", False)


def test_a_quarter_closed_under_a_clock_that_went_ahead_is_passed_over(context: Flask) -> None:
    with clock.frozen(datetime(2027, 1, 1, 3, tzinfo=UTC)):
        periods.close(member("hadi"), "2026-Q3")
        periods.close(member("hadi"), "2026-Q4")
    assert periods.counting_in(date(2026, 9, 30), datetime(2026, 10, 2, tzinfo=UTC)) == ("2027-Q1", True)
