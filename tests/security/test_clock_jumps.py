"""A clock that jumps loses nothing, clears nothing away early, and locks nobody out (case A10).

Tickets and cookies: tests/citizen. Alarms: tests/duty/test_ring.py. Notices: tests/outbox. Here: all the rest.
"""

import dataclasses
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, delivery
from pepa.config import Config
from pepa.db import db
from pepa.domain import follow_up, intake, keys, locks, reporters, reports, sessions
from pepa.errors import Busy
from pepa.models.people import Person
from pepa.models.reports import Reading, Report
from pepa.seeds.demo import Account
from tests.people import member, tell

YEAR, DAY, MINUTE = timedelta(days=365), timedelta(days=1), timedelta(minutes=1)
WRONG = "salah sama sekali tetapi panjang"


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


# What is over


def test_nothing_is_cleared_away_because_the_clock_leapt(
    context: Flask, config: Config, now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reporter = tell("Isi")
    passed = 0.0
    monkeypatch.setattr(clock, "monotonic", lambda: passed)
    with clock.frozen(now):
        watch = delivery._Time()
    looks = [(60, 1), (120, 2), (180, 60 * 24 * 365), (240, 60 * 24 * 365 + 1), (300, 5), (360, 6)]
    trusted = []
    for passed, minutes in looks:  # noqa: B007 - read by the clock
        with clock.frozen(now + minutes * MINUTE):
            trusted.append(watch.can_be_trusted())
            if trusted[-1]:
                reporters.purge()
    assert trusted == [True, True, False, False, False, False]
    assert caplog.text.count("leapt ahead") == 1
    assert reporters.by_token(reporter.token), "her way in is still there when the clock is right again"
    passed = 180 + delivery.WARY + 60
    with clock.frozen(now + DAY + 4 * MINUTE):
        assert watch.can_be_trusted(), "a day later it is cleared away again"


def test_a_clock_that_runs_a_little_wrong_is_trusted(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    passed = 0.0
    monkeypatch.setattr(clock, "monotonic", lambda: passed)
    with clock.frozen(now):
        watch = delivery._Time()
    for turn in range(1, 50):
        passed = turn * 60.0
        with clock.frozen(now + timedelta(seconds=turn * 61)):
            assert watch.can_be_trusted()


@pytest.mark.parametrize("jump", [-DAY, -YEAR])
def test_a_clock_that_is_put_back_clears_nothing_away(context: Flask, now: datetime, jump: timedelta) -> None:
    reporter = tell("Isi")
    handle = reporters.handle(reporter.token)
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Reading))
    with clock.frozen(now + jump):
        assert reporters.purge() == 0
        assert sessions.purge() == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Reading)) == before
    assert reporters.by_handle(handle)


# What is due


@pytest.mark.parametrize("jump", [-DAY, YEAR])
def test_limits_stay_sane(context: Flask, now: datetime, jump: timedelta) -> None:
    """Each is some minutes or days after the moment that the program believes in, never in between two beliefs."""
    before = db.session.get_one(Report, tell(urgency="now").report_id).read_due_at
    with clock.frozen(now + jump):
        report = db.session.get_one(Report, tell(urgency="now").report_id)
        assert report.read_due_at
        assert now + jump < report.read_due_at < now + jump + timedelta(days=14)
    after = db.session.get_one(Report, tell(urgency="now").report_id).read_due_at
    assert before
    assert after
    assert timedelta() <= after - before <= timedelta(minutes=15)


def test_a_report_read_under_a_wrong_clock_is_read(context: Flask, now: datetime) -> None:
    reporter = tell("Isi")
    with clock.frozen(now - DAY):
        reports.open_for(member("ratna"), reporter.report_id)
        reporters.write(reporter, text="Tambahan", once="a")
    with clock.frozen(now + YEAR):
        reports.answer(member("ratna"), reporter.report_id, text="Jawaban", once="b")
    seen = follow_up.following(reporter)
    assert seen.read_at == now - DAY
    assert [written.text for written in seen.messages] == ["Jawaban"]


# Members


def log_in(account: Account, at: datetime, words: str | None = None) -> str:
    with clock.frozen(at):
        code = locks.totp_now(account.totp_secret)
        return sessions.log_in(login=account.login, passphrase=words or account.passphrase, code=code)


def test_a_wrong_log_in_under_a_wrong_clock_locks_nobody_out(
    context: Flask, accounts: dict[str, Account], now: datetime
) -> None:
    with pytest.raises(sessions.WrongLogin):
        log_in(accounts["ratna"], now + YEAR, WRONG)
    assert log_in(accounts["ratna"], now + MINUTE), "the wait of a clock that was put back is over"


def test_a_session_that_was_seen_in_the_future_is_locked(
    context: Flask, accounts: dict[str, Account], now: datetime
) -> None:
    """Or fifteen idle minutes would be a day."""
    cookie = log_in(accounts["ratna"], now)
    with clock.frozen(now - DAY):
        assert sessions.member(cookie) is None
    with clock.frozen(now + MINUTE):
        assert sessions.member(cookie) is None, "and stays locked"
    other = log_in(accounts["bayu"], now)
    with clock.frozen(now - 2 * MINUTE):
        assert sessions.member(other), "a clock that is put right a little disturbs nobody"


def test_a_totp_step_is_used_once_whatever_the_clock_says(
    context: Flask, accounts: dict[str, Account], now: datetime
) -> None:
    ratna = accounts["ratna"]
    with clock.frozen(now):
        code = locks.totp_now(ratna.totp_secret)
        sessions.log_in(login="ratna", passphrase=ratna.passphrase, code=code)
    step = db.session.scalar(sa.select(Person.totp_step).where(Person.login == "ratna"))
    for jump in (timedelta(), timedelta(seconds=-30), timedelta(seconds=30)):
        with clock.frozen(now + jump), pytest.raises(sessions.WrongLogin):
            sessions.log_in(login="ratna", passphrase=ratna.passphrase, code=code)
    db.session.rollback()
    assert db.session.scalar(sa.select(Person.totp_step).where(Person.login == "ratna")) == step


# Time-outs and zones


def test_time_outs_do_not_hang_on_the_clock(context: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for a slot gives up, though the clock stands still: else this test would not end."""
    here = keys.here()
    monkeypatch.setattr(keys, "_installed", dataclasses.replace(here, patience=0.1))
    with clock.frozen(now), here.typed.take(5), pytest.raises(Busy), keys.slot(here.typed):
        raise AssertionError("there was a slot")


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    yield monkeypatch
    monkeypatch.undo()
    time.tzset()


def test_another_zone_in_the_middle_changes_nothing(context: Flask, now: datetime, zone: pytest.MonkeyPatch) -> None:
    """As when a machine's zone is set, or summer time begins where there is one."""
    ticket = intake.mint_ticket()
    with clock.frozen(now):
        reporter, today = tell("Isi", urgency="now"), clock.today()
        cookie = reporters.cookie(reporter.token)
        report = db.session.get_one(Report, reporter.report_id)
        before = (report.received_at, report.read_due_at, clock.minute())
        for name in ("America/St_Johns", "Pacific/Kiritimati", "Europe/Berlin", "UTC"):
            zone.setenv("TZ", name)
            time.tzset()
            db.session.expire_all()
            report = db.session.get_one(Report, reporter.report_id)
            assert (report.received_at, report.read_due_at, clock.minute()) == before, name
            assert clock.today() == today
            assert reporters.by_cookie(cookie)
    assert intake.deliver(ticket, what="Isi").stored
