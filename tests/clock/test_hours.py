"""Time is aware, in UTC, and coarse where it must be."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepa import clock

zones = st.sampled_from([UTC, clock.JAKARTA])
since_1970 = st.integers(0, 4 * 10**15).map(lambda microseconds: timedelta(microseconds=microseconds))
moments = st.builds(lambda since, zone: (datetime.fromtimestamp(0, UTC) + since).astimezone(zone), since_1970, zones)


@given(moments)
def test_an_hour_begins_before_and_ends_after(at: datetime) -> None:
    hour = clock.hour(at)
    assert hour <= at < hour + timedelta(hours=1)
    assert (hour.minute, hour.second, hour.microsecond) == (0, 0, 0)
    assert clock.hour(hour) == hour


@given(moments)
def test_a_quarter_is_never_earlier_and_less_than_a_quarter_later(at: datetime) -> None:
    quarter = clock.quarter_up(at)
    assert at <= quarter < at + timedelta(minutes=15)
    assert (quarter.minute % 15, quarter.second, quarter.microsecond) == (0, 0, 0)
    assert clock.quarter_up(quarter) == quarter


def test_the_day_is_jakartas() -> None:
    with clock.frozen(datetime(2026, 12, 31, 16, 59, tzinfo=UTC)):
        assert clock.today() == date(2026, 12, 31)
    with clock.frozen(datetime(2026, 12, 31, 17, 0, tzinfo=UTC)):
        assert clock.today() == date(2027, 1, 1)


def test_minutes_are_counted_alike_in_every_zone() -> None:
    here = datetime(2026, 3, 1, 7, 30, 59, tzinfo=clock.JAKARTA)
    assert clock.minute(here) == clock.minute(here.astimezone(UTC)) == int(here.timestamp()) // 60
    with clock.frozen(here):
        assert clock.minute() == clock.minute(here)


def test_now_is_aware_and_runs() -> None:
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().utcoffset() == timedelta(0)


def test_a_frozen_clock_stands_nests_and_runs_on() -> None:
    outer, inner = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=timezone(timedelta(hours=7)))
    with clock.frozen(outer):
        with clock.frozen(inner):
            assert clock.now() == inner
            assert clock.now().utcoffset() == timedelta(0)
        assert clock.now() == outer
        before = clock.monotonic()
        assert clock.monotonic() >= before, "time-outs do not hang on the clock that is set"
    assert clock.now() > inner


def test_a_frozen_clock_runs_on_after_a_failure() -> None:
    with pytest.raises(KeyError), clock.frozen(datetime(2020, 1, 1, tzinfo=UTC)):
        raise KeyError
    assert clock.now().year > 2020


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(TypeError, match="naive"), clock.frozen(datetime(2026, 1, 1)):  # noqa: DTZ001
        raise AssertionError("it was taken")
