"""The alarm by mail, to a real SMTP server on loopback (domain.md rule 31; C11, A22)."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from uuid import uuid4

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Handler
from flask import Flask

from pepa import clock, delivery
from pepa.config import Config
from pepa.db import db, transaction
from pepa.delivery import mail
from pepa.domain import duty, intake, outbox, reports
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from tests import people

STORY = "Rahasia: suara dari rumah sebelah."


class Postbox(Handler):
    """Keeps what arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived: list[EmailMessage] = []
        self.url = ""

    def handle_message(self, message: EmailMessage) -> None:
        self.arrived.append(message)


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    box = Postbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    box.url = f"smtp://127.0.0.1:{port}"
    yield box
    server.stop()


def settled(context: Flask, url: str) -> Config:
    """The installation with that mail server, and nothing of the seeds that still asks for somebody."""
    config: Config = context.config["PEPA"]
    for login in ("ratna", "intan"):
        me = people.member(login)
        for report in duty.alarms_for(me):
            reports.hold(me, report.report.id)
    return replace(config, mail_url=url)


def urgent() -> None:
    assert intake.deliver(intake.mint_ticket(), what=STORY, urgency="now", place="Jalan Contoh 9").stored


def test_the_alarm_reaches_whoever_is_on_duty(context: Flask, postbox: Postbox) -> None:
    config = settled(context, postbox.url)
    urgent()
    on_duty = duty.now_for(people.member("ratna")).now
    assert on_duty is not None
    address = on_duty.person.email
    assert duty.ring() == 1
    assert delivery.send_due(config) == 1
    (message,) = postbox.arrived
    assert message["To"] == address
    assert message["Subject"] == "Ada 1 hal menunggu"
    whole = message.as_string()
    for secret in (STORY, "Rahasia", "Jalan", "L-", "sekarang", "Kasemen", "Contoh,"):
        assert secret not in whole
    assert "/petugas/" in whole
    assert delivery.send_due(config) == 0, "told once"


def test_it_goes_on_to_the_next_until_somebody_holds(context: Flask, postbox: Postbox) -> None:
    config = settled(context, postbox.url)
    urgent()
    at, told = clock.now(), []
    for _ in range(3):
        with clock.frozen(at):
            assert duty.ring() == 1
            assert duty.ring() == 0, "not before five minutes are over"
            delivery.send_due(config)
            told.append(postbox.arrived[-1]["To"])
        at += timedelta(minutes=5, seconds=1)
    assert len(set(told)) == 3, "each time somebody else"
    me = people.member("ratna")
    report = duty.alarms_for(me)[0]
    reports.hold(me, report.report.id)
    with clock.frozen(at):
        assert duty.ring() == 0


def test_what_does_not_leave_is_tried_again(context: Flask, postbox: Postbox) -> None:
    config = settled(context, "smtp://127.0.0.1:9")
    urgent()
    assert duty.ring() == 1
    assert delivery.send_due(config) == 0
    row = db.session.scalars(sa.select(OutboxRow).where(OutboxRow.sent_at.is_(None))).one()
    assert row.tries == 1
    outbox_id = row.id
    db.session.rollback()
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        assert delivery.send_due(replace(config, mail_url=postbox.url)) == 1
    assert str(outbox_id) in postbox.arrived[0]["Message-ID"]


def test_sent_but_not_marked_is_sent_again_under_the_same_id(context: Flask, postbox: Postbox) -> None:
    """A worker that is killed between sending and marking: at least once, and the second is known as one."""
    config = settled(context, postbox.url)
    urgent()
    duty.ring()
    (due,) = outbox.claim()
    assert due.address
    mail.carry(config.mail_url, config.mail_from, config.base_url, due.address, due.id)
    assert outbox.claim() == [], "leased"
    with clock.frozen(clock.now() + outbox.LEASE + timedelta(seconds=1)):
        assert delivery.send_due(config) == 1
    ids = [message["Message-ID"] for message in postbox.arrived]
    assert len(ids) == 2
    assert len(set(ids)) == 1


@pytest.mark.parametrize(
    "address", ["a@contoh.example\r\nBcc: x@contoh.example", "a@contoh.example\nSubject: x", "a b@contoh.example", ""]
)
def test_no_address_breaks_out_of_its_header(address: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        mail.written("piket@contoh.example", "http://localhost", address, uuid4())


def test_an_address_that_cannot_be_written_stops_nobody_else(context: Flask, postbox: Postbox) -> None:
    config = settled(context, postbox.url)
    urgent()
    on_duty = duty.now_for(people.member("ratna")).now
    assert on_duty is not None
    first = on_duty.person_id
    with transaction() as session:
        session.get_one(Person, first).email = "a\r\nBcc: x@contoh.example"
    at = clock.now()
    for _ in range(2):
        with clock.frozen(at):
            duty.ring()
            delivery.send_due(config)
        at += timedelta(minutes=6)
    assert len(postbox.arrived) >= 1
    assert all("Bcc" not in message.as_string() for message in postbox.arrived)
