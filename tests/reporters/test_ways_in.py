"""Cookies and handles: how long they read, how they end, and that a stolen database opens none of them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import intake, reporters, tickets
from pepa.models.reports import Handle, Reading, Report, ReporterKey
from pepa.policy import Reporter
from tests.people import tell

AT = datetime(2026, 3, 4, 3, 41, 27, tzinfo=UTC)


@pytest.fixture
def reporter(context: Flask) -> Reporter:
    with clock.frozen(AT):
        return tell("Isi")


# Cookies


@pytest.mark.parametrize(("minutes", "reads"), [(0, True), (10, True), (11, False), (60 * 24, False)])
def test_a_cookie_reads_ten_minutes(reporter: Reporter, minutes: int, reads: bool) -> None:
    with clock.frozen(AT):
        cookie = reporters.cookie(reporter.token)
    with clock.frozen(AT + timedelta(minutes=minutes)):
        assert bool(reporters.by_cookie(cookie)) is reads
        assert bool(reporters.token_of_cookie(cookie)) is reads


def test_each_page_gives_ten_minutes_more(reporter: Reporter) -> None:
    for minutes in range(0, 60, 9):
        with clock.frozen(AT + timedelta(minutes=minutes)):
            cookie = reporters.cookie(reporter.token)
    with clock.frozen(AT + timedelta(minutes=54 + 10)):
        assert reporters.by_cookie(cookie)
    with clock.frozen(AT + timedelta(minutes=54 + 11)):
        assert reporters.by_cookie(cookie) is None


@pytest.mark.parametrize("text", ["", "x", "A" * 70, "\x00" * 70, "é" * 70, None])
def test_what_is_no_cookie_reads_nothing(reporter: Reporter, text: str | None) -> None:
    assert reporters.by_cookie(text) is None
    assert reporters.token_of_cookie(text) is None
    reporters.leave(text)
    with clock.frozen(AT):
        assert reporters.by_cookie(reporters.cookie(reporter.token))


def test_a_ticket_is_no_cookie_and_a_cookie_no_handle(reporter: Reporter) -> None:
    ticket, cookie, handle = intake.mint_ticket(), reporters.cookie(reporter.token), reporters.handle(reporter.token)
    assert reporters.by_cookie(ticket) is None
    assert reporters.by_cookie(handle) is None
    assert reporters.by_handle(cookie) is None
    assert reporters.by_handle(ticket) is None
    assert reporters.by_handle(handle), "and was not used up by any of it"


def test_a_cookie_of_one_report_opens_no_other(reporter: Reporter, context: Flask) -> None:
    other = tell("Lain")
    with transaction() as session:
        readings = sa.select(Reading).where(Reading.report_id.in_([reporter.report_id, other.report_id]))
        first, second = session.scalars(readings)
        first.secret_sealed, second.secret_sealed = second.secret_sealed, first.secret_sealed
    assert reporters.by_token(reporter.token) is None
    assert reporters.by_token(other.token) is None


@pytest.mark.both
def test_exit_closes_the_way_in_and_keeps_the_report(reporter: Reporter) -> None:
    with clock.frozen(AT):
        cookie = reporters.cookie(reporter.token)
        reporters.leave(cookie)
        reporters.leave(cookie)
        assert reporters.by_cookie(cookie) is None
    assert db.session.get(Report, reporter.report_id)


def test_exit_works_with_a_cookie_that_no_longer_reads(reporter: Reporter) -> None:
    with clock.frozen(AT):
        cookie = reporters.cookie(reporter.token)
    with clock.frozen(AT + timedelta(hours=5)):
        reporters.leave(cookie)
    assert reporters.by_token(reporter.token) is None


def test_the_database_keeps_no_token(reporter: Reporter) -> None:
    digits = reporters.code(reporter)
    assert digits
    typed = reporters.open_code(digits)
    kept = b"".join(
        value
        for table in (Reading, ReporterKey, Handle)
        for row in db.session.execute(sa.select(table.__table__))
        for value in row
        if isinstance(value, bytes)
    )
    for token in (reporter.token, typed):
        assert token.reveal() not in kept
        assert tickets.token_hash(token) in kept


# Handles


def test_a_handle_is_used_once(reporter: Reporter) -> None:
    handle = reporters.handle(reporter.token)
    first = reporters.by_handle(handle)
    assert first
    assert (first.report_id, first.token) == (reporter.report_id, reporter.token)
    assert reporters.by_handle(handle) is None


@pytest.mark.parametrize(("minutes", "opens"), [(0, True), (2, True), (3, False), (60, False)])
def test_a_handle_lives_two_minutes(reporter: Reporter, minutes: int, opens: bool) -> None:
    with clock.frozen(AT):
        handle = reporters.handle(reporter.token)
    with clock.frozen(AT + timedelta(minutes=minutes)):
        assert bool(reporters.by_handle(handle)) is opens


def test_a_handle_that_is_not_needed_dies_unused(reporter: Reporter) -> None:
    handle = reporters.handle(reporter.token)
    reporters.forget_handle(handle)
    reporters.forget_handle("x")
    assert reporters.by_handle(handle) is None


def test_a_handle_of_somebody_who_left_opens_nothing(reporter: Reporter) -> None:
    handle = reporters.handle(reporter.token)
    reporters.leave(reporters.cookie(reporter.token))
    assert reporters.by_handle(handle) is None


@pytest.mark.parametrize("text", ["", "x", "A" * 70, "\x00", "../..", "é" * 70])
def test_what_is_no_handle_opens_nothing(reporter: Reporter, text: str) -> None:
    assert reporters.by_handle(text) is None


@pytest.mark.both
def test_of_two_who_use_a_handle_at_once_one_gets_in(reporter: Reporter, context: Flask) -> None:
    handle = reporters.handle(reporter.token)

    def use(_: int) -> bool:
        with context.app_context():
            found = reporters.by_handle(handle)
            db.session.remove()
            return found is not None

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [False, False, False, True]


# Clearing away


def test_a_handle_is_not_cleared_before_its_two_minutes(reporter: Reporter) -> None:
    """Rows know the hour only: one made at 3:59:30 must still open at 4:01."""
    with clock.frozen(AT.replace(minute=59, second=30)):
        handle = reporters.handle(reporter.token)
    with clock.frozen(AT.replace(hour=4, minute=1, second=0)):
        reporters.purge()
        assert reporters.by_handle(handle)


@pytest.mark.both
def test_dead_handles_are_cleared_away(reporter: Reporter) -> None:
    with clock.frozen(AT):
        reporters.handle(reporter.token)
    with clock.frozen(AT + timedelta(hours=1)):
        assert reporters.purge() == 1
    with clock.frozen(AT + timedelta(hours=1)):
        assert reporters.purge() == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Handle)) == 0


@pytest.mark.both
def test_a_ticket_s_way_in_outlives_its_form(reporter: Reporter) -> None:
    """Sending again is taken for 72 hours; without this row it could not be told from an exit."""
    with clock.frozen(AT + timedelta(hours=72, minutes=30)):
        reporters.purge()
        assert reporters.by_token(reporter.token)
    with clock.frozen(AT + timedelta(hours=74)):
        reporters.purge()
        assert reporters.by_token(reporter.token) is None


def test_a_code_s_way_in_is_gone_the_next_day(reporter: Reporter) -> None:
    digits = reporters.code(reporter)
    assert digits
    with clock.frozen(AT):
        token = reporters.open_code(digits)
    with clock.frozen(AT + timedelta(hours=23)):
        reporters.purge()
        assert reporters.by_token(token)
    with clock.frozen(AT + timedelta(hours=25)):
        reporters.purge()
        assert reporters.by_token(token) is None
