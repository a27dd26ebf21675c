"""Safe hours as people write them: understood whole, or not at all."""

from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepa import clock
from pepa.domain import hours

WEEK, WORK = frozenset(range(7)), frozenset(range(5))
times = st.times(time(6), time(20, 59)).map(lambda at: at.replace(second=0, microsecond=0))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=clock.JAKARTA)


@pytest.mark.parametrize(
    ("text", "days", "spans"),
    [
        ("09.00-11.00", WEEK, [(time(9), time(11))]),
        ("Senin-Jumat 09.00–11.00", WORK, [(time(9), time(11))]),
        ("Senin sampai Jum'at, pukul 09:00 sampai 11:30 WIB", WORK, [(time(9), time(11, 30))]),
        ("jam 2 siang sampai jam 4 sore", WEEK, [(time(14), time(16))]),
        ("Selasa dan Kamis 13-15", frozenset({1, 3}), [(time(13), time(15))]),
        ("setiap hari 08.00 s/d 10.00, 13.00 s/d 14.00", WEEK, [(time(8), time(10)), (time(13), time(14))]),
        ("hari kerja setelah jam 9 pagi", WORK, [(time(9), time(21))]),
        ("Sabtu sebelum jam 11 siang", frozenset({5}), [(time(7), time(11))]),
        ("Jumat-Senin 10.00-12.00", frozenset({4, 5, 6, 0}), [(time(10), time(12))]),
        ("Monday to Friday 09:00 to 11:00", WORK, [(time(9), time(11))]),
        ("8 malam - 9 malam", WEEK, [(time(20), time(21))]),
        ("00.00-23.59", WEEK, [(time(0), time(23, 59))]),
        ("09.00-11.00, Senin dan Rabu", frozenset({0, 2}), [(time(9), time(11))]),
        ("setiap hari Rabu 09.00-11.00", frozenset({2}), [(time(9), time(11))]),
        ("setiap Rabu 09.00-11.00", frozenset({2}), [(time(9), time(11))]),
        ("tiap hari kerja 09.00-11.00", WORK, [(time(9), time(11))]),
    ],
)
def test_understood(text: str, days: frozenset[int], spans: list[tuple[time, time]]) -> None:
    found = hours.read(text)
    assert found == hours.Hours(days, tuple(spans))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pagi saja",
        "jam 2 sampai 4",  # of the afternoon, or of the night
        "jam 2 sampai jam 4 sore",
        "setelah jam 9",
        "09.00-11.00 kecuali Rabu",
        "jangan 09.00-11.00",
        "kalau suami kerja, 09.00-11.00",
        "11.00-09.00",
        "25.00-26.00",
        "09.99-11.00",
        "12 malam - 1 pagi",
        "7 siang - 8 siang",
        "09.00",
        "Senin",
        "Senin 09.00-11.00, Selasa 13.00-15.00",  # which day has which hours is for an officer to read
        "hari kerja setelah jam 17.00, Sabtu setelah jam 09.00",
        "09.00-11.00 Senin, 13.00-15.00 Selasa",
        "Senin 09.00-11.00 dan Rabu",
        "setiap hari 09.00-11.00, Minggu 13.00-15.00",
        "# 09.00-11.00 @ kecuali",
    ],
)
def test_not_understood_at_all(text: str) -> None:
    assert hours.read(text) is None


@given(times, times, st.sampled_from(["-", " - ", " sampai ", "–", " s/d "]), st.sampled_from([".", ":"]))
def test_what_is_written_is_what_is_read(first: time, last: time, to: str, point: str) -> None:
    text = f"{first:%H}{point}{first:%M}{to}{last:%H}{point}{last:%M}"
    found = hours.read(text)
    assert found == (hours.Hours(WEEK, ((first, last),)) if first < last else None)


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_or_not(text: str) -> None:
    found = hours.read(text)
    assert found is None or all(start < end for start, end in found.spans)


def test_a_call_lies_inside_or_it_does_not() -> None:
    found = hours.read("Rabu 09.00-11.00")
    assert found
    assert found.hold(at(4, 9), at(4, 11))
    assert not found.hold(at(4, 8, 59), at(4, 10))
    assert not found.hold(at(4, 10), at(4, 11, 1))
    assert not found.hold(at(5, 9), at(5, 10)), "a Thursday"
    assert not found.hold(at(4, 10), at(5, 10))


def test_the_night_is_quiet() -> None:
    assert not hours.is_quiet(at(4, 7), at(4, 21))
    assert hours.is_quiet(at(4, 6, 59), at(4, 8))
    assert hours.is_quiet(at(4, 20), at(4, 21, 1))
    assert hours.is_quiet(at(4, 20), at(5, 8))
