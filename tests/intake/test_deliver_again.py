"""A form that is sent again is the same report with the same code (case A08), and loses no word."""

from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import storage
from pepa.config import Config
from pepa.db import db
from pepa.domain import intake, reporters, reports, tickets
from pepa.models.messages import Message
from pepa.models.reports import Report, ReporterKey
from tests import processes
from tests.intake import senders
from tests.people import member

pytestmark = pytest.mark.both


def counts() -> tuple[int, int]:
    """Reports, and files of the spool."""
    db.session.rollback()
    rows = db.session.scalar(sa.select(sa.func.count()).select_from(Report))
    return rows or 0, len(list(storage.spool().names()))


def test_five_times_is_once(context: Flask) -> None:
    before, ticket = counts(), intake.mint_ticket()
    sent = [intake.deliver(ticket, what="Isi") for _ in range(5)]
    assert len({delivered.report_id for delivered in sent}) == 1
    assert [delivered.new for delivered in sent] == [True, False, False, False, False]
    assert len({delivered.token.reveal() for delivered in sent}) == 1
    reporter = reporters.by_token(sent[0].token)
    assert reporter
    assert len({reporters.code(reporter) for _ in range(3)}) == 1
    assert counts() == (before[0] + 1, before[1] + 1)
    assert reports.open_for(member("ratna"), sent[0].report_id).messages == []


def test_two_threads_at_once(context: Flask) -> None:
    before, ticket = counts(), intake.mint_ticket()
    sent = senders.send(ticket, 4)
    assert len({report_id for report_id, _, _ in sent}) == 1
    assert [new for _, new, _ in sent].count(True) == 1
    assert len({code for _, _, code in sent} - {None}) == 1
    assert counts() == (before[0] + 1, before[1] + 1)


def test_two_processes_at_once(config: Config, context: Flask) -> None:
    before, ticket = counts(), intake.mint_ticket()
    sent = list(chain(*processes.both(config, senders.send, ticket, 3)))
    assert len({report_id for report_id, _, _ in sent}) == 1
    assert [new for _, new, _ in sent].count(True) == 1
    codes = {code for _, _, code in sent} - {None}
    assert len(codes) == 1
    assert counts() == (before[0] + 1, before[1] + 1)
    (code,) = codes
    reporter = reporters.by_token(reporters.open_code(str(code)))
    assert reporter
    assert str(reporter.report_id) == sent[0][0]


def test_that_help_is_needed_now_after_all_is_heard(context: Flask) -> None:
    """Back, "Sekarang", send: it rings, and whoever reads sees what was changed."""
    ticket = intake.mint_ticket()
    first = intake.deliver(ticket, what="Isi", urgency="soon")
    calm = db.session.get_one(Report, first.report_id)
    before = (calm.is_alarming, calm.read_due_at)
    intake.deliver(ticket, what="Isi", urgency="now")
    intake.deliver(ticket, what="Isi", urgency="soon")
    db.session.rollback()
    report = db.session.get_one(Report, first.report_id)
    assert (before[0], report.is_alarming) == (False, True), "raised, and never lowered"
    assert before[1] is not None
    assert report.read_due_at is not None
    assert report.read_due_at < before[1]
    written = reports.open_for(member("ratna"), first.report_id).messages
    assert [message.text for message in written] == ["Perlu ditolong kapan? Sekarang"]


def test_a_text_that_was_changed_meanwhile_is_added(context: Flask) -> None:
    ticket = intake.mint_ticket()
    first = intake.deliver(ticket, what="Isi", place="Di sini", urgency="soon")
    second = intake.deliver(ticket, what="Isi yang lebih panjang", place="Di sini", urgency="soon")
    third = intake.deliver(ticket, what="Isi", place="Di sana", phone="0812", urgency="soon")
    for _ in range(2):
        intake.deliver(ticket, what="Isi yang lebih panjang", place="Di sini", urgency="soon")
        intake.deliver(ticket, what="Isi", place="Di sana", phone="0812", urgency="soon")
    assert first.report_id == second.report_id == third.report_id
    opened = reports.open_for(member("ratna"), first.report_id)
    assert (opened.told.what, opened.told.place) == ("Isi", "Di sini"), "what was sent is never edited"
    assert [written.text for written in opened.messages] == ["Isi yang lebih panjang", "Di sana\n\n0812"]


def test_two_texts_at_once_are_both_there(context: Flask) -> None:
    ticket = intake.mint_ticket()

    def send(what: str) -> None:
        with context.app_context():
            intake.deliver(ticket, what=what)
            db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(send, ["Satu", "Dua"]))
    report_id = intake.deliver(ticket, what="Satu").report_id
    opened = reports.open_for(member("ratna"), report_id)
    assert {opened.told.what, *(written.text for written in opened.messages)} == {"Satu", "Dua"}


def test_after_the_exit_nothing_of_it_is_shown_again(context: Flask) -> None:
    ticket = intake.mint_ticket()
    delivered = intake.deliver(ticket, what="Isi")
    reporters.leave(reporters.cookie(delivered.token))
    with pytest.raises(intake.Left):
        intake.deliver(ticket, what="Isi")
    db.session.rollback()
    assert db.session.get(Report, delivered.report_id), "what was sent stays sent"
    assert db.session.scalar(sa.select(Message.id).where(Message.report_id == delivered.report_id)) is None


def test_a_spool_that_was_lost_makes_no_second_report(context: Flask) -> None:
    """The database alone knows the ticket then; what was changed is still added to the report that is there."""
    before, ticket = counts(), intake.mint_ticket()
    first = intake.deliver(ticket, what="Isi")
    storage.spool().drop(tickets.token_hash(first.token).hex())
    again = intake.deliver(ticket, what="Isi, dan lagi")
    assert (again.report_id, again.new, again.stored) == (first.report_id, False, True)
    assert counts()[0] == before[0] + 1
    opened = reports.open_for(member("ratna"), first.report_id)
    assert [written.text for written in opened.messages] == ["Isi, dan lagi"]


def test_two_forms_are_two_reports(context: Flask) -> None:
    sent = [intake.deliver(intake.mint_ticket(), what="Isi yang sama") for _ in range(2)]
    assert sent[0].report_id != sent[1].report_id
    hashes = sa.select(ReporterKey.ticket_hash).where(ReporterKey.report_id.in_([one.report_id for one in sent]))
    assert len(set(db.session.scalars(hashes))) == 2
    people = [reporters.by_token(one.token) for one in sent]
    codes = {reporters.code(reporter) for reporter in people if reporter}
    assert len(codes) == 2
