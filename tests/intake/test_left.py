"""Somebody leaves by the exit while her report is only on the spool, or while nobody can be told in the database.

What she left stays shut: when the report comes home, when an older database is put back, when the form is sent again.
"""

import errno

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import storage
from pepa.config import Config
from pepa.db import db
from pepa.domain import arrivals, intake, reporters, reports, tickets
from pepa.models.reports import Reading
from tests.intake.test_replay import lose
from tests.intake.troubles import TROUBLES, locked
from tests.people import member, tell

WHAT = "Pintu dibanting lagi."


def ways_in(token: bytes) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).where(Reading.token_hash == token)) or 0


@pytest.mark.parametrize("trouble", ["locked", "read only"])
def test_a_report_that_only_the_spool_has_comes_home_without_its_way_in(
    hasty: Flask, config: Config, trouble: str
) -> None:
    ticket = intake.mint_ticket()
    with TROUBLES[trouble](config):
        sent = intake.deliver(ticket, what=WHAT)
        assert sent.stored is False
        with pytest.raises(sa.exc.SQLAlchemyError):
            reporters.leave(reporters.cookie(sent.token))
        assert arrivals.sender(sent.token) is None, "not even that it waits"
        with pytest.raises(intake.Left):
            intake.deliver(ticket, what=WHAT)
    assert arrivals.replay() == 1
    assert reports.open_for(member("ratna"), sent.report_id).told.what == WHAT
    assert ways_in(tickets.token_hash(sent.token)) == 0
    assert arrivals.sender(sent.token) is None
    with pytest.raises(intake.Left):
        intake.deliver(ticket, what=WHAT)


def test_a_resend_that_brings_it_home_shows_nothing(hasty: Flask, config: Config) -> None:
    ticket = intake.mint_ticket()
    with locked(config):
        sent = intake.deliver(ticket, what=WHAT)
    reporters.leave(reporters.cookie(sent.token))
    with pytest.raises(intake.Left):
        intake.deliver(ticket, what=WHAT, alone=True)
    assert reports.open_for(member("ratna"), sent.report_id).told.what == WHAT, "but it did come home"
    assert ways_in(tickets.token_hash(sent.token)) == 0


@pytest.mark.parametrize("trouble", ["locked", "read only"])
def test_a_way_in_that_could_not_be_shut_reads_nothing_and_is_cleared_away(
    hasty: Flask, config: Config, trouble: str
) -> None:
    """The report was in the database before; only leaving meets the trouble."""
    reporter = tell(WHAT)
    mark, handle = tickets.token_hash(reporter.token), reporters.handle(reporter.token)
    with TROUBLES[trouble](config):
        with pytest.raises(sa.exc.SQLAlchemyError):
            reporters.leave(reporters.cookie(reporter.token))
        assert reporters.by_cookie(reporters.cookie(reporter.token)) is None
    assert ways_in(mark) == 1
    assert reporters.by_handle(handle) is None
    assert arrivals.sender(reporter.token) is None
    arrivals.replay()
    assert ways_in(mark) == 0


@pytest.mark.both
def test_an_older_database_brings_no_way_in_back(context: Flask) -> None:
    reporter, other = tell(WHAT), tell("Lain")
    reporters.leave(reporters.cookie(reporter.token))
    lose(reporter, other)
    assert arrivals.replay() == 2
    assert arrivals.sender(reporter.token) is None
    assert arrivals.sender(other.token), "whoever has not left reads on"


def test_a_disk_that_takes_no_mark_keeps_nobody_from_leaving(
    context: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reporter = tell(WHAT)

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, WHAT)

    monkeypatch.setattr(storage.os, "fsync", refuse)
    reporters.leave(reporters.cookie(reporter.token))
    assert ways_in(tickets.token_hash(reporter.token)) == 0
    assert "could not be marked" in caplog.text
    assert WHAT not in caplog.text


def test_a_typed_code_leaves_no_mark(context: Flask) -> None:
    """Only a fresh report's ticket stands in the spool: other ways in end with their row."""
    code = reporters.code(tell(WHAT))
    assert code
    token = reporters.open_code(code)
    before = sorted(storage.spool().folder.rglob("*"))
    reporters.leave(reporters.cookie(token))
    assert reporters.by_token(token) is None
    assert sorted(storage.spool().folder.rglob("*")) == before
