"""Each minute only what was lately put into the spool is looked at; nothing is missed by that."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, disk, storage
from pepa.db import db
from pepa.domain import arrivals, tickets
from pepa.models.reports import Report
from pepa.policy import Reporter
from tests.intake.test_replay import lose
from tests.people import tell

AT = datetime(2031, 3, 4, 3, 41, 27, tzinfo=UTC)  # after the demo's own
HOUR = timedelta(hours=1)


def file_of(reporter: Reporter) -> Path:
    return disk.place(storage.spool().folder, tickets.token_hash(reporter.token).hex())


def told_at(at: datetime) -> Reporter:
    """A report that the database lost, whose file says when it came."""
    with clock.frozen(at):
        reporter = tell()
    lose(reporter)
    return reporter


@pytest.fixture
def asked(context: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names that the database is asked for."""
    names: list[str] = []
    really = arrivals._missing

    def missing(some: list[str]) -> Iterator[str]:
        names.extend(some)
        return really(some)

    monkeypatch.setattr(arrivals, "_missing", missing)
    return names


def test_the_first_look_is_at_everything_then_only_at_what_is_new(context: Flask, asked: list[str]) -> None:
    old = [told_at(AT - day * 24 * HOUR) for day in (1, 2, 3)]
    with clock.frozen(AT):
        assert arrivals.replay() == 3
        assert len(asked) == len(list(storage.spool().names()))
    asked.clear()
    lose(old[1])
    new = told_at(AT + 30 * HOUR)
    with clock.frozen(AT + 30 * HOUR):
        assert arrivals.replay() == 1
    assert asked == [file_of(new).name], "the old one's hour is over, and so is that of its folder"


def test_a_database_that_was_away_for_hours_gets_what_came_meanwhile(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.frozen(AT):
        arrivals.replay()
    early, late = told_at(AT + HOUR), told_at(AT + 9 * HOUR)

    def silent(names: list[str]) -> list[str]:
        raise sa.exc.OperationalError("", {}, Exception())

    with monkeypatch.context() as away:
        away.setattr(arrivals, "_missing", silent)
        for hours in range(1, 10):
            with clock.frozen(AT + hours * HOUR), pytest.raises(sa.exc.OperationalError):
                arrivals.replay()
    with clock.frozen(AT + 10 * HOUR):
        assert arrivals.replay() == 2
    assert all(db.session.get(Report, one.report_id) for one in (early, late))


@pytest.mark.parametrize("minutes", [0, 59])
def test_an_hour_s_last_minute_is_not_missed(context: Flask, minutes: int) -> None:
    """A file's time is the beginning of its hour: earlier than the look before it."""
    with clock.frozen(AT):
        arrivals.replay()
    reporter = told_at(AT + timedelta(minutes=minutes))
    with clock.frozen(AT + timedelta(minutes=60)):
        assert arrivals.replay() == 1
    assert db.session.get(Report, reporter.report_id)


def test_after_the_clock_was_put_back_everything_is_looked_at(context: Flask) -> None:
    with clock.frozen(AT):
        arrivals.replay()
    reporter = told_at(AT - 5 * HOUR)
    with clock.frozen(AT - 5 * HOUR):
        assert arrivals.replay() == 1
    assert db.session.get(Report, reporter.report_id)


def test_once_a_day_everything_is_looked_at(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a copy of the spool was laid in beside a running program, with old times."""
    passed = 0.0
    monkeypatch.setattr(clock, "monotonic", lambda: passed)
    old = told_at(AT - 90 * HOUR)
    away = file_of(old).rename(file_of(old).with_name("away"))
    with clock.frozen(AT):
        arrivals.replay()
    away.rename(file_of(old))
    long_ago = (AT - 90 * HOUR).timestamp()
    os.utime(file_of(old).parent, (long_ago, long_ago))
    found = []
    for passed in (60.0, 86_000.0, 86_400.0, 86_460.0):
        with clock.frozen(AT + timedelta(seconds=passed)):
            found.append(arrivals.replay())
    assert found == [0, 0, 1, 0]


def test_more_than_one_lot(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "LOT", 2)
    gone = [told_at(AT) for _ in range(5)]
    (storage.spool().folder / "no").mkdir()
    (storage.spool().folder / "no" / "such-name").write_bytes(b"x")
    assert arrivals.replay() == 5
    assert all(db.session.get(Report, one.report_id) for one in gone)
