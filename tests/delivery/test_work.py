"""The worker: rings, sends, brings home, clears away; nothing of it keeps the rest from being done."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, delivery, storage
from pepa.config import Config
from pepa.db import db, transaction
from pepa.delivery import console, mail
from pepa.domain import anchors, arrivals, duty, outbox, reports, sheets, tickets
from pepa.domain.outbox import Notice
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.reports import Report
from tests.delivery import smtp
from tests.duty.rosters import person
from tests.intake.test_replay import lose
from tests.people import member, tell

MARK = "Kalimat yang tidak boleh bocor"


@pytest.fixture(autouse=True)
def _held(context: Flask) -> None:
    """The demo's own reports ring nobody, none of them is late, and this morning's anchor was made."""
    anchors.make()
    with transaction() as session:
        quiet = {"held_by_id": person("hadi"), "stage": "read", "answer_due_at": None}
        session.execute(sa.update(Report).values(**quiet))
        session.execute(sa.delete(OutboxRow))


@pytest.fixture(autouse=True)
def printed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """With which address sheets were looked after; tests/sheets tries what is made of them."""
    asked: list[str] = []
    monkeypatch.setattr(sheets, "build_due", lambda base_url: len(asked.append(base_url) or asked))  # type: ignore[func-returns-value]
    return asked


@pytest.fixture
def by_mail(config: Config) -> Iterator[tuple[Config, smtp.Box]]:
    with smtp.serving() as box:
        yield replace(config, mail_url=f"smtp://127.0.0.1:{box.port}", mail_from="piket@contoh.example"), box


def notices() -> list[OutboxRow]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(OutboxRow)))


@contextmanager
def working(app: Flask, config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The worker in a thread, with short pauses, until the end."""
    monkeypatch.setattr(delivery, "PAUSE", 0.02)
    monkeypatch.setitem(app.config, "PEPA", config)
    stop = threading.Event()
    thread = threading.Thread(target=delivery.work, args=(app, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds, for ten seconds at most."""
    end = clock.monotonic() + 10
    while not holds():
        db.session.rollback()
        assert clock.monotonic() < end, "it did not come to hold"
        threading.Event().wait(0.02)


@pytest.mark.both
def test_an_alarm_reaches_whoever_is_on_duty_by_mail(
    context: Flask, by_mail: tuple[Config, smtp.Box], monkeypatch: pytest.MonkeyPatch
) -> None:
    config, box = by_mail
    reporter = tell(f"{MARK}. Nama saya Bunga.", urgency="now", place="Jalan Mawar 7", phone="0812-3456")
    with working(context, config, monkeypatch):
        until(lambda: box.letters)
        until(lambda: all(row.sent_at for row in notices()))
    (message,), (row,) = box.mails, notices()
    told = smtp.text_of(message)
    report = db.session.get_one(Report, reporter.report_id)
    for word in (MARK, "Bunga", "Mawar", "0812", report.reference, report.id.hex, str(report.id), str(report.box_id)):
        assert word not in told
    assert message["Message-ID"] == f"<{row.id}@localhost>"
    assert box.letters[0].rcpt_tos == [db.session.get_one(Person, row.person_id).email]
    assert report.alarm_step == 1


def test_it_rings_until_somebody_holds(context: Flask, by_mail: tuple[Config, smtp.Box]) -> None:
    config, box = by_mail
    now = clock.hour(clock.now()) + timedelta(minutes=5)  # no shift ends before the last of these
    with clock.frozen(now):
        reporter = tell(urgency="now")
    for minutes in (0, 5, 10):
        with clock.frozen(now + timedelta(minutes=minutes)):
            duty.ring()
            assert delivery.send_due(config) == 1
    assert len({letter.rcpt_tos[0] for letter in box.letters}) == 3
    reports.hold(member("ratna"), reporter.report_id)
    with clock.frozen(now + timedelta(minutes=15)):
        duty.ring()
        assert delivery.send_due(config) == 0


def test_killed_after_sending_and_before_marking_it_sends_the_same_again(
    context: Flask, by_mail: tuple[Config, smtp.Box], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least once, and known as one by its Message-ID."""
    config, box = by_mail
    with transaction() as session:
        outbox.tell(session, person("ratna"), Notice.ALARM)

    class Killed(BaseException):
        pass

    def kill(outbox_id: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "sent", kill)
        with pytest.raises(Killed):
            delivery.send_due(config)
    assert delivery.send_due(config) == 0, "leased: nobody sends it twice at once"
    with clock.frozen(clock.now() + outbox.LEASE + timedelta(seconds=1)):
        assert delivery.send_due(config) == 1
        assert delivery.send_due(config) == 0
    ids = [message["Message-ID"] for message in box.mails]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_what_did_not_leave_is_tried_again(context: Flask, by_mail: tuple[Config, smtp.Box]) -> None:
    config, box = by_mail
    box.refuse += ["451 later", "451 later"]
    with transaction() as session:
        outbox.tell(session, person("ratna"), Notice.ALARM)
    now = clock.now()
    left = []
    for seconds in (0, 10, 31, 60, 92):
        with clock.frozen(now + timedelta(seconds=seconds)):
            left.append(delivery.send_due(config))
    assert left == [0, 0, 0, 0, 1]
    (row,) = notices()
    assert row.tries == 3
    assert row.sent_at


@pytest.mark.parametrize(
    "address", ["ratna@contoh.example\r\nBcc: orang@lain.example", "ratna", "", "@@", "ratna@ü.example"]
)
def test_one_address_that_no_mail_can_be_written_to_holds_nobody_up(
    context: Flask, by_mail: tuple[Config, smtp.Box], address: str, caplog: pytest.LogCaptureFixture
) -> None:
    config, box = by_mail
    with transaction() as session:
        session.get_one(Person, person("ratna")).email = address
        for login in ("bayu", "ratna", "wulan"):
            outbox.tell(session, person(login), Notice.ALARM)
    delivery.send_due(config)
    reached = {to for letter in box.letters for to in letter.rcpt_tos}
    assert reached >= {"bayu@contoh.example", "wulan@contoh.example"}
    assert "orang@lain.example" not in reached
    assert "orang@lain.example" not in caplog.text


def test_without_a_mail_server_the_console_says_that_something_waits(
    context: Flask, config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    reporter = tell(MARK, urgency="now")
    duty.ring()
    with caplog.at_level(logging.WARNING, "pepa.notices"):
        assert delivery.send_due(config) == 1
    (row,) = notices()
    (said,) = [record.getMessage() for record in caplog.records if record.name == "pepa.notices"]
    assert Notice.ALARM.label in said
    assert str(row.id) in said
    for word in (MARK, "Ratna", "ratna", str(reporter.report_id)):
        assert word not in said


def test_the_console_says_whole_sentences(context: Flask, config: Config, caplog: pytest.LogCaptureFixture) -> None:
    reporter = tell(MARK, urgency="now")
    with transaction() as session:
        outbox.tell(session, person("ratna"), Notice.LATE_READING, reporter.report_id)
    due_at = db.session.get_one(Report, reporter.report_id).read_due_at
    assert due_at
    with caplog.at_level(logging.WARNING, "pepa.notices"), clock.frozen(due_at + timedelta(minutes=1)):
        assert delivery.send_due(config) == 1
    (said,) = [record.getMessage() for record in caplog.records if record.name == "pepa.notices"]
    assert "%" not in said
    assert MARK not in said


def test_somebody_without_an_address_is_told_on_the_console(
    context: Flask, by_mail: tuple[Config, smtp.Box], monkeypatch: pytest.MonkeyPatch
) -> None:
    config, box = by_mail
    said: list[str] = []
    monkeypatch.setattr(console, "carry", lambda sentence, notice_id: said.append(sentence))
    with transaction() as session:
        session.get_one(Person, person("ratna")).email = None
        outbox.tell(session, person("ratna"), Notice.KEYS)
    assert delivery.send_due(config) == 1
    assert (said, box.letters) == ([Notice.KEYS.label], [])


def test_it_brings_spooled_reports_home_at_once(
    context: Flask, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    reporter = tell(MARK)
    lose(reporter)
    with working(context, config, monkeypatch):
        until(lambda: db.session.get(Report, reporter.report_id))
    assert storage.spool().get(tickets.token_hash(reporter.token).hex()), "and the spool keeps it"


def test_one_job_that_fails_does_not_keep_the_others_from_being_done(
    context: Flask, by_mail: tuple[Config, smtp.Box], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> int:
        raise RuntimeError(MARK)

    config, box = by_mail
    monkeypatch.setattr(arrivals, "replay", fail)
    monkeypatch.setattr(delivery.sessions, "purge", fail)
    tell(urgency="now")
    with working(context, config, monkeypatch):
        until(lambda: box.letters)
    assert "failed: RuntimeError" in caplog.text
    assert MARK not in caplog.text


def test_a_database_that_is_away_is_asked_again(
    context: Flask, by_mail: tuple[Config, smtp.Box], monkeypatch: pytest.MonkeyPatch
) -> None:
    config, box = by_mail
    tell(urgency="now")
    really, asked = outbox.claim, []

    def away(limit: int = 20) -> object:
        asked.append(limit)
        if len(asked) < 4:
            raise sa.exc.OperationalError("select", {}, Exception("away"))
        return really(limit)

    monkeypatch.setattr(outbox, "claim", away)
    with working(context, config, monkeypatch):
        until(lambda: box.letters)
    assert len(asked) >= 4


def test_sheets_are_looked_after_in_every_round(
    context: Flask, config: Config, printed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with working(context, config, monkeypatch):
        until(lambda: len(printed) >= 2)
    assert set(printed) == {config.base_url}


def test_a_press_that_hangs_does_not_keep_the_alarm_from_ringing(
    context: Flask, by_mail: tuple[Config, smtp.Box], monkeypatch: pytest.MonkeyPatch
) -> None:
    config, box = by_mail
    begun, ended = threading.Event(), threading.Event()

    def hang(_: str) -> int:
        begun.set()
        ended.wait(20)
        return 0

    monkeypatch.setattr(sheets, "build_due", hang)
    try:
        with working(context, config, monkeypatch):
            assert begun.wait(10)
            tell(urgency="now")
            until(lambda: box.letters)
            assert not ended.is_set()
            ended.set()
    finally:
        ended.set()


def test_told_to_stop_it_rests_no_longer(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "PAUSE", 3600.0)
    looked, ring = threading.Event(), duty.ring

    def heard() -> int:
        looked.set()
        return ring()

    monkeypatch.setattr(duty, "ring", heard)
    stop = threading.Event()
    thread = threading.Thread(target=delivery.work, args=(context, stop))
    thread.start()
    assert looked.wait(20)
    stop.set()
    thread.join(20)
    assert not thread.is_alive()


def test_mail_speaks_of_no_console(monkeypatch: pytest.MonkeyPatch, context: Flask, config: Config) -> None:
    monkeypatch.setattr(mail, "carry", lambda *_: pytest.fail("console: sends no mail"))
    with transaction() as session:
        outbox.tell(session, person("ratna"), Notice.ALARM)
    assert delivery.send_due(config) == 1
