"""Put aside, never refused: what looks like a machine is taken like everything else (case 69; 46: tests/citizen)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, storage
from pepa import db as database
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import arrivals, duty, floods, follow_up, inbox, intake, outbox, reporters, reports
from pepa.models.outbox import OutboxRow
from pepa.models.reports import Report
from pepa.seeds import demo, reading
from tests.citizen.walks import STORY, digits, enter
from tests.client import Client
from tests.duty.rosters import person
from tests.installations import opened
from tests.intake.test_replay import lose
from tests.people import member

NOW = datetime(2026, 11, 25, 3, 4, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def watching(config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The program as it runs, but that it waits for no disk; the demo's own reports are held."""
    monkeypatch.setitem(database.SQLITE_PRAGMAS, "synchronous", 0)
    monkeypatch.setattr(storage.os, "fsync", lambda handle: None)
    with opened(config) as app:
        monkeypatch.setattr(floods, "watch", floods.Watch())
        with app.app_context():
            hadi = person("hadi")
            with transaction() as session:
                session.execute(sa.update(Report).values(held_by_id=hadi))
                session.execute(sa.delete(OutboxRow))
        yield app


@pytest.fixture
def inside(watching: Flask) -> Iterator[Flask]:
    """The same with its context open, for verbs."""
    with watching.app_context():
        yield watching


def newest(app: Flask) -> Report:
    """The only report that is not the demo's."""
    with app.app_context():
        return db.session.scalars(sa.select(Report).where(Report.held_by_id.is_(None))).one()


def sent(what: str, *, seconds: float = 90, **told: str) -> intake.Delivered:
    """A report whose form was open so long."""
    now = clock.now()
    with clock.frozen(now - timedelta(seconds=seconds)):
        ticket = intake.mint_ticket()
    with clock.frozen(now):
        return intake.deliver(ticket, what=what, **told)  # type: ignore[arg-type]


def is_aside(report_id: UUID) -> bool:
    db.session.rollback()
    return db.session.get_one(Report, report_id).is_aside


def test_taken_with_its_code_and_its_answer(inside: Flask) -> None:
    with clock.frozen(NOW):
        delivered = sent(STORY, seconds=1)
        assert is_aside(delivered.report_id)
        reporter = reporters.by_token(delivered.token)
        assert reporter
        code = reporters.code(reporter)
        assert code
        reports.answer(member("ratna"), delivered.report_id, text="Kami baca.", once="a")
        back = reporters.by_token(reporters.open_code(code))
        assert back
        assert [one.text for one in follow_up.following(back).messages] == ["Kami baca."]
        assert reports.open_for(member("ratna"), delivered.report_id).told.what == STORY


def test_aside_it_comes_home_from_the_spool(inside: Flask) -> None:
    with clock.frozen(NOW):
        delivered = sent(STORY, subject="Cheap pills")
        reporter = reporters.by_token(delivered.token)
        assert reporter
        lose(reporter)
        assert arrivals.replay() == 1
        assert is_aside(delivered.report_id)


def test_sent_again_it_stays_where_it_was(inside: Flask) -> None:
    with clock.frozen(NOW):
        ticket = intake.mint_ticket()
    made = []
    for seconds in (20, 21, 22, 4000):
        with clock.frozen(NOW + timedelta(seconds=seconds)):
            made.append(intake.deliver(ticket, what=STORY).report_id)
    assert len(set(made)) == 1
    assert not is_aside(made[0])


def test_a_form_that_comes_back_is_as_old_as_one_that_was_read(watching: Flask) -> None:
    """Its ticket was spoilt, so it has a new one; she presses Kirim at once."""
    client = Client(watching)
    page = client.open("/lapor")
    client.post("/lapor", {"ticket": page.value("ticket")[:-3] + "xxx", "what": STORY, "end": "1"})
    digits(client.submit("Kirim"))
    assert not newest(watching).is_aside


def test_through_the_door_a_machine_is_told_what_everybody_is_told(watching: Flask) -> None:
    client = Client(watching)
    ticket = client.open("/lapor").value("ticket")
    answer = client.post("/lapor", {"ticket": ticket, "what": STORY, "subject": "Cheap pills", "end": "1"})
    assert answer.status == 303
    code = digits(client.get("/lapor"))
    assert enter(Client(watching), code).has("Belum dibaca.")
    assert newest(watching).is_aside


def test_whoever_comes_back_with_the_code_is_no_machine(inside: Flask) -> None:
    with clock.frozen(NOW):
        delivered = sent(STORY, seconds=1)
        reporter = reporters.by_token(delivered.token)
        assert reporter
        code = reporters.code(reporter)
        assert code
        reporters.write(reporter, text="Sekali lagi", once="a")
        assert is_aside(delivered.report_id), "the same browser may be the machine's"
        back = reporters.by_token(reporters.open_code(code))
        assert back
        reporters.write(back, text="Saya di rumah tetangga.", once="b")
    assert not is_aside(delivered.report_id)


def test_very_many_machines_in_a_minute(inside: Flask) -> None:
    """Case 69: none lost, one notice for all of them, real ones on top. (All 700: `bench/flood.py`.)"""
    me, real, many = member("ratna"), [], 140
    for n in range(many):
        with clock.frozen(NOW + n * MINUTE / many):
            if n in (70, 71):
                urgency = "now" if n == 70 else "today"
                real.append(sent(f"Sungguhan {n}", seconds=95, urgency=urgency).report_id)
            sent(f"Beli obat murah di sini, nomor {n}.", seconds=6, urgency="now" if n % 2 else "soon")
            if n % 10 == 0:
                duty.ring()
    with clock.frozen(NOW + MINUTE):
        duty.ring()
        listed = [report.id for report in inbox.list_for(me) if report.held_by_id is None]
        alarms = [report.id for report in reports.alarms_for(me)]
        told = [row.notice for row in db.session.scalars(sa.select(OutboxRow))]
    aside = list(inbox.list_aside(me, size=1000))
    assert len(aside) == many - floods.SOME, "none lost"
    assert set(listed) >= set(real)
    assert len(listed) == len(real) + floods.SOME
    assert real[0] in alarms
    assert told.count(outbox.Notice.ASIDE.value) == 1
    assert told.count(outbox.Notice.ALARM.value) == len(alarms) <= floods.SOME + 1


def test_the_demo_s_own_reports_are_nobody_s_flood(inside: Flask) -> None:
    """They are sent all at once, by the seed."""
    for seed in reading.demo_reports():
        with clock.frozen(NOW - timedelta(hours=seed.hours_ago)):
            assert not is_aside(demo._deliver(seed, {})), seed.what
