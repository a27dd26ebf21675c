"""A report that is taken in: sealed, twice on disk, once in the list."""

from datetime import datetime, time, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, storage
from pepa.db import db
from pepa.domain import arrivals, intake, reporters, reports, tickets
from pepa.models.boxes import Epoch, Grant
from pepa.models.reports import Exclusion, Reading, Report, ReporterKey, Urgency
from tests.people import member, office, tell

AT = datetime.combine(clock.today() + timedelta(days=1), time(10, 41, 27, 123456), clock.JAKARTA)  # in the roster


@pytest.mark.both
def test_what_was_told_is_read_by_the_office(context: Flask) -> None:
    told = {
        "what": "Baris satu\nBaris dua",
        "urgency": "now",
        "place": "Rumah Bu RT",
        "phone": "0812 0000 0001",
        "speaker": "self",
        "kecamatan": "36.73.01",
        "about": "nobody",
    }
    with clock.frozen(AT):
        reporter = tell(**told)
    opened = reports.open_for(member("ratna"), reporter.report_id)
    assert {name: getattr(opened.told, name) for name in told} == told
    assert opened.told.told_at == AT, "the exact time is sealed"
    report = opened.report
    assert (report.received_at, report.holder_id) == (clock.hour(AT), office())
    assert (report.channel, report.kecamatan, report.urgency) == ("web", "36.73.01", Urgency.NOW)


def test_the_text_alone_is_enough(context: Flask) -> None:
    reporter = tell("Satu kalimat.")
    report = db.session.get_one(Report, reporter.report_id)
    assert (report.urgency, report.stage, report.coarse_group) == (Urgency.TODAY, "received", "unknown")
    assert report.kecamatan == "unknown"
    assert reporters.told(reporter).what == "Satu kalimat."


def test_a_child_who_writes_is_a_matter_of_children(context: Flask) -> None:
    assert db.session.get_one(Report, tell(speaker="child").report_id).coarse_group == "child"


@pytest.mark.parametrize(
    "text",
    [
        "NUL \x00 di tengah",
        "lone \ud800 surrogate \udfff",
        "😀👩‍👩‍👧‍👦🇮🇩",
        "e" + "\u0301" * 5000,
        "ꦲꦏ꧀ꦱꦫꦗꦮ عربي ١٢٣",
        "CR\rLF\r\nLF\nNEL\u0085LS\u2028",
        "\u202eterbalik\u202c \u200b ",
        "'; drop table reports; --",
        " ",
    ],
    ids=["nul", "surrogates", "emoji", "marks", "scripts", "breaks", "bidi", "sql", "space"],
)
@pytest.mark.both
def test_any_text_comes_back_as_it_went(context: Flask, text: str) -> None:
    """Case A13."""
    reporter = tell(text, place=text, phone=text)
    told = reports.open_for(member("ratna"), reporter.report_id).told
    assert (told.what, told.place, told.phone) == (text, text, text)
    reporters.write(reporter, text=text + "x", once="a")
    (written,) = reports.open_for(member("ratna"), reporter.report_id).messages
    assert written.text == text + "x"


@pytest.mark.both
def test_a_text_that_is_too_long_keeps_its_first_part(context: Flask) -> None:
    text = "a" * intake.LONGEST + "bcd"
    delivered = intake.deliver(intake.mint_ticket(), what=text)
    assert (delivered.kept, delivered.total) == (intake.LONGEST, intake.LONGEST + 3)
    told = reports.open_for(member("ratna"), delivered.report_id).told
    assert told.what == "a" * intake.LONGEST
    exact = intake.deliver(intake.mint_ticket(), what="a" * intake.LONGEST)
    assert (exact.kept, exact.total) == (intake.LONGEST, intake.LONGEST)


@pytest.mark.both
def test_about_a_partner_it_is_hidden_from_that_partner(context: Flask) -> None:
    reporter = tell(about="partner", about_partner=office("hospital"))
    excluded = sa.select(Exclusion.excluded_id).where(Exclusion.report_id == reporter.report_id)
    assert list(db.session.scalars(excluded)) == [office("hospital")]
    told = reports.open_for(member("ratna"), reporter.report_id).told
    assert (told.about, told.about_partner) == ("partner", str(office("hospital")))


def test_about_the_office_the_independent_holder_has_it(context: Flask) -> None:
    reporter = tell(about="office")
    assert db.session.get_one(Report, reporter.report_id).holder_id == office("independent")
    assert reports.open_for(member("intan"), reporter.report_id).told.about == "office"


def test_nothing_in_the_rows_tells_more_than_the_hour(context: Flask) -> None:
    with clock.frozen(AT):
        reporter = tell(urgency="now")
    report = db.session.get_one(Report, reporter.report_id)
    assert report.received_at == clock.hour(AT)
    assert report.read_due_at == AT.replace(hour=11, minute=0, second=0, microsecond=0), "10:56 and up to the quarter"
    assert (report.alarm_at, report.read_at, report.held_at) == (None, None, None)
    made = db.session.scalar(sa.select(Reading.made_at).where(Reading.report_id == reporter.report_id))
    assert made == clock.hour(AT)


def test_ids_say_nothing_about_the_order(context: Flask) -> None:
    reporter_ids = [tell().report_id for _ in range(12)]
    assert sorted(reporter_ids) != reporter_ids
    assert {report_id.version for report_id in reporter_ids} == {4}
    references = {db.session.get_one(Report, report_id).reference for report_id in reporter_ids}
    assert len(references) == 12
    assert all(len(reference) == 8 and reference.startswith("L-") for reference in references)


def test_the_spool_has_the_very_rows(context: Flask) -> None:
    delivered = intake.deliver(intake.mint_ticket(), what="Isi")
    content = storage.spool().get(tickets.token_hash(delivered.token).hex())
    assert content
    assert arrivals.take_in(content) is False, "the database has it"
    key = db.session.get_one(ReporterKey, delivered.report_id)
    assert key.ticket_hash == tickets.token_hash(delivered.token)
    assert key.code_locator is None, "a code is made later, outside of this"
    box_id = db.session.get_one(Report, delivered.report_id).box_id
    assert len(list(db.session.scalars(sa.select(Epoch).where(Epoch.box_id == box_id)))) == 1
    assert len(list(db.session.scalars(sa.select(Grant).where(Grant.box_id == box_id)))) == 2


@pytest.mark.parametrize("ticket", ["", "x", "A" * 70, "A" * 10_000, "\x00", "é" * 70])
def test_a_forged_ticket_is_spoiled(context: Flask, ticket: str) -> None:
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Report))
    with pytest.raises(intake.TicketSpoiled):
        intake.deliver(ticket, what="Isi")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Report)) == before


def test_a_cookie_is_no_ticket_and_a_changed_one_is_none(context: Flask) -> None:
    reporter = tell()
    with pytest.raises(intake.TicketSpoiled):
        intake.deliver(reporters.cookie(reporter.token), what="Isi")
    ticket = intake.mint_ticket()
    swapped = ("B" if ticket[0] == "A" else "A") + ticket[1:]
    with pytest.raises(intake.TicketSpoiled):
        intake.deliver(swapped, what="Isi")


@pytest.mark.parametrize(("hours", "is_taken"), [(0, True), (71, True), (72, True), (73, False), (24 * 365, False)])
def test_a_form_may_lie_open_three_days(context: Flask, hours: int, is_taken: bool) -> None:
    with clock.frozen(AT):
        ticket = intake.mint_ticket()
    with clock.frozen(AT + timedelta(hours=hours)):
        if is_taken:
            assert intake.deliver(ticket, what="Isi").stored
        else:
            with pytest.raises(intake.TicketSpoiled):
                intake.deliver(ticket, what="Isi")
