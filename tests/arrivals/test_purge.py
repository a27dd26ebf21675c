"""What a killed worker left in the spool: a whole report comes home, the rest goes; nothing that is under way does."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, storage
from pepa.db import db
from pepa.domain import arrivals, intake, reporters, reports, tickets
from pepa.models.reports import Report, ReporterKey
from pepa.policy import Reporter
from tests.intake.test_replay import lose
from tests.people import member, tell

AT = datetime(2026, 3, 4, 3, 41, 27, tzinfo=UTC)


def draft(content: bytes, at: datetime) -> Path:
    """As `Spool.put` leaves it when its worker is killed."""
    folder = storage.spool().folder / "ab"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / ".0123456789abcdef"
    path.write_bytes(content)
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def content_of(reporter: Reporter) -> bytes:
    content = storage.spool().get(tickets.token_hash(reporter.token).hex())
    assert content
    return content


def test_only_what_is_older_than_an_hour_goes(context: Flask) -> None:
    """minutes: before the hour that it is now; a draft that is being written says this minute, or this hour."""
    for minutes, stays in ((-41, True), (0, True), (60, True), (61, False), (600, False)):
        path = draft(b"half a rep", clock.hour(AT) - timedelta(minutes=minutes))
        with clock.frozen(AT):
            assert arrivals.purge() == (not stays), minutes
        assert path.exists() is stays, minutes


def test_cut_in_the_middle_it_goes_and_nothing_comes(context: Flask) -> None:
    reporter = tell()
    whole = content_of(reporter)
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Report))
    for content in (b"", whole[: len(whole) // 2], whole[:-1], b"[]", b"7"):
        path = draft(content, AT - timedelta(hours=3))
        with clock.frozen(AT):
            assert arrivals.purge() == 1
        assert not path.exists()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Report)) == before


@pytest.mark.both
def test_whole_it_comes_home(context: Flask) -> None:
    """It was written and synced; only its name was missing. She saw no answer, and may not have sent it again."""
    reporter = tell("Isi")
    content, name = content_of(reporter), tickets.token_hash(reporter.token).hex()
    lose(reporter)
    storage.spool().drop(name)
    path = draft(content, AT - timedelta(hours=3))
    with clock.frozen(AT):
        assert arrivals.purge() == 1
    assert not path.exists()
    assert storage.spool().get(name) == content
    assert reports.open_for(member("ratna"), reporter.report_id).told.what == "Isi"


def test_sent_again_meanwhile_there_is_one_report(context: Flask) -> None:
    ticket = intake.mint_ticket()
    first = reporters.by_token(intake.deliver(ticket, what="Isi").token)
    assert first
    content = content_of(first)
    lose(first)
    storage.spool().drop(tickets.token_hash(first.token).hex())
    again = intake.deliver(ticket, what="Isi")
    draft(content, clock.now() - timedelta(hours=3))
    assert arrivals.purge() == 1
    mark = tickets.token_hash(first.token)
    found = db.session.scalars(sa.select(ReporterKey.report_id).where(ReporterKey.ticket_hash == mark)).all()
    assert found == [again.report_id]
