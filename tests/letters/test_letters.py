"""Letters of other bodies: sealed like any report, acknowledged, due until somebody says what was done (rule 34)."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.config import Config
from pepa.db import db
from pepa.domain import attachments, boxes, hand_ins, intake, letters, reports, uploads
from pepa.errors import NotAllowed, NotFound
from pepa.models.messages import Message
from pepa.models.reports import Channel, Report
from tests.people import member, office, tell
from tests.uploads.samples import REFUSED, TAKEN, photo
from tests.uploads.test_add import bytes_of, on_disk

ASKS = "Mohon pendampingan untuk anak yang kami rawat."
DAY = date(2026, 11, 24)
LETTER: dict[str, Any] = {
    "body": "hospital",
    "sender": "RS Contoh",
    "number": "445/12/RS/2026",
    "sent_on": DAY,
    "what": ASKS,
}


def bring(*contents: bytes, once: str = "1", login: str = "ratna") -> list[attachments.Attached]:
    brought = letters.Brought()
    try:
        for number, content in enumerate(contents):
            part = brought.begin(f"surat-{number}.pdf")
            part.write(content)
            part.end()
        return list(letters.bring(member(login), brought, once=once))
    finally:
        brought.drop()


def take_in(ticket: str = "", once: str = "1", **more: Any) -> hand_ins.HandedIn:
    return letters.take_in(member("ratna"), ticket or intake.mint_ticket(), once=once, **{**LETTER, **more})


@pytest.mark.both
def test_a_letter_with_its_scans(context: Flask) -> None:
    bring(TAKEN["pdf"], photo())
    ratna, made = member("ratna"), take_in(urgency="today")
    opened = reports.open_for(ratna, made.report_id)
    assert (opened.report.channel, opened.told.what) == ("letter", ASKS)
    assert opened.told.letter == {
        "body": "hospital", "sender": "RS Contoh", "number": "445/12/RS/2026", "sent_on": "2026-11-24"
    }  # fmt: skip
    found = attachments.all_of(boxes.open_for(ratna, opened.report.box_id), made.report_id)
    assert sorted(bytes_of(one) for one in found) == sorted([TAKEN["pdf"], photo()])
    assert opened.report.answer_due_at, "an answer is due"


def test_the_same_form_again_is_the_same_letter(context: Flask) -> None:
    ticket = intake.mint_ticket()
    bring(TAKEN["pdf"])
    first = take_in(ticket)
    bring(TAKEN["pdf"])
    assert take_in(ticket).report_id == first.report_id


def test_scans_stay_while_something_else_is_wrong(context: Flask, config: Config) -> None:
    """cases/citizen 37."""
    bring(TAKEN["pdf"])
    with pytest.raises(uploads.UnknownKind):
        bring(REFUSED["html"], photo())
    assert len(bring()) == 2
    assert len(on_disk(config)) == 2
    assert bring(once="2") == [], "another form has none of them"
    with pytest.raises(letters.DayAhead):
        take_in(sent_on=clock.today() + timedelta(days=1))
    made = take_in()
    assert attachments.count(made.report_id) == 2


def test_what_the_sender_is_told_is_had_once(context: Flask) -> None:
    ratna, made = member("ratna"), take_in()
    receipt = letters.receipt(ratna)
    assert receipt
    report = db.session.get_one(Report, made.report_id)
    assert (receipt.number, receipt.sent_on, receipt.taken_on) == ("445/12/RS/2026", DAY, clock.today())
    assert (receipt.reference, receipt.due_at) == (report.reference, report.answer_due_at)
    assert letters.receipt(ratna) is None


def test_about_the_office_itself_only_the_independent_holder_knows_more(context: Flask) -> None:
    made = take_in(about="office")
    assert db.session.get_one(Report, made.report_id).holder_id == office("independent")
    receipt = letters.receipt(member("ratna"))
    assert receipt
    assert (receipt.reference, receipt.due_at) == (None, None)


@pytest.mark.both
def test_due_until_it_was_answered(context: Flask) -> None:
    ratna, made = member("ratna"), take_in()
    reports.open_for(ratna, made.report_id)
    first = letters.reply(ratna, made.report_id, text="Kami jemput besok.", replied_on=clock.today(), once="1")
    assert letters.reply(ratna, made.report_id, text="Kami jemput besok.", replied_on=None, once="1") == first
    opened = reports.open_for(ratna, made.report_id)
    assert opened.report.answer_due_at is None
    (message,) = opened.messages
    assert (message.text, message.replied_on, message.author) == ("Kami jemput besok.", clock.today(), "Ratna Contoh")
    sealed = db.session.scalars(sa.select(Message.body_sealed).where(Message.id == first)).one()
    assert b"jemput" not in sealed


def test_what_nobody_has_read_is_still_to_be_answered(context: Flask) -> None:
    made = take_in()
    letters.reply(member("ratna"), made.report_id, text="Kami jemput besok.", replied_on=None, once="1")
    assert db.session.get_one(Report, made.report_id).answer_due_at


def test_an_answer_has_words_and_a_day_that_has_come(context: Flask) -> None:
    ratna, made = member("ratna"), take_in()
    with pytest.raises(letters.NothingWritten):
        letters.reply(ratna, made.report_id, text=" ", replied_on=None, once="1")
    with pytest.raises(letters.DayAhead):
        letters.reply(ratna, made.report_id, text="a", replied_on=clock.today() + timedelta(days=1), once="1")


def test_only_a_letter_is_answered_so(context: Flask) -> None:
    ratna = member("ratna")
    with pytest.raises(NotFound):
        letters.reply(ratna, tell().report_id, text="a", replied_on=None, once="1")
    theirs = take_in(about="office")
    with pytest.raises(NotFound):
        letters.reply(ratna, theirs.report_id, text="a", replied_on=None, once="1")


@pytest.mark.parametrize("login", ["sekar", "nadia"])
def test_only_duty_takes_letters_in(context: Flask, login: str) -> None:
    with pytest.raises(NotAllowed):
        letters.take_in(member(login), intake.mint_ticket(), once="1", **LETTER)
    with pytest.raises(NotAllowed):
        bring(login=login)


def test_a_letter_without_anything_else_said(context: Flask) -> None:
    made = take_in(body=None, sender="", number="", sent_on=None)
    told = reports.open_for(member("ratna"), made.report_id).told
    assert told.letter == {"body": "", "sender": "", "number": "", "sent_on": ""}
    assert db.session.get_one(Report, made.report_id).channel == Channel.LETTER
