"""Simpan dulu: kept for her code alone, changed, sent or thrown away; nobody else learns of it before it is sent."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, storage
from pepa.config import Config
from pepa.db import db
from pepa.domain import (
    arrivals,
    boxes,
    cards,
    destruction,
    duty,
    inbox,
    intake,
    reporters,
    reports,
    tickets,
    unsent,
)
from pepa.errors import Busy, NotFound
from pepa.models.audit import AuditEntry, Chain
from pepa.models.boxes import Grant
from pepa.models.reports import Exclusion, Report, Stage, Urgency
from tests.destruction.test_purge import look
from tests.intake.test_replay import lose
from tests.intake.troubles import locked
from tests.people import member, office
from tests.unsent.texts import AT, DAY, HOUR, TOLD, change, kept, row, save

# Kept


@pytest.mark.both
def test_her_code_alone_opens_it(context: Flask) -> None:
    with clock.frozen(AT):
        reporter = save("Isi", **TOLD)
    grants = db.session.scalars(sa.select(Grant).where(Grant.box_id == reporter.box_id)).all()
    assert [(grant.holder_kind, grant.holder_id) for grant in grants] == [("reporter", reporter.report_id)]
    code = reporters.code(reporter)
    assert code
    again = reporters.by_token(reporters.open_code(code))
    assert again
    assert kept(again).what == "Isi"
    assert row(reporter).destroy_at == clock.hour(AT) + HOUR + 365 * DAY


@pytest.mark.both
def test_the_clear_says_nothing_of_it(context: Flask) -> None:
    with clock.frozen(AT):
        reporter = save("Isi", speaker="child", about="partner", about_partner=office("hospital"), **TOLD)
    report = row(reporter)
    assert (report.stage, report.holder_id, report.read_due_at) == (Stage.DRAFT, None, None)
    assert (report.coarse_group, report.kecamatan, report.urgency) == ("unknown", "unknown", Urgency.SOON)
    assert db.session.scalar(sa.select(Exclusion).where(Exclusion.report_id == report.id)) is None


@pytest.mark.parametrize("login", ["ratna", "intan", "wulan"])
def test_staff_find_nothing_anywhere(context: Flask, login: str) -> None:
    """Citizen 52, for a report that is nobody's yet: lists, counts, alarms, search, address, audit."""
    who = member(login)
    duty.ring()  # what the demo brings
    before = (inbox.counts(who).unread, len(duty.alarms_for(who)))
    reporter = save("Sulastri di Kasemen", urgency="now", about="office" if login == "intan" else None)
    assert duty.ring() == 0
    assert (inbox.counts(who).unread, len(duty.alarms_for(who))) == before
    for stage in (*Stage, "all"):
        assert reporter.report_id not in {one.id for one in inbox.list_for(who, inbox.Filters(stage=stage))}
    assert not [one for one in cards.search(who, typed="sulastri") if one.report.id == reporter.report_id]
    for act in (reports.get_for, reports.open_for, reports.hold):
        with pytest.raises(NotFound):
            act(who, reporter.report_id)
    with pytest.raises(NotFound):
        boxes.open_for(who, reporter.box_id)
    acts = sa.select(AuditEntry.act).where(AuditEntry.thing_id == reporter.report_id)
    staff = set(db.session.scalars(acts.where(AuditEntry.chain == Chain.STAFF.value)))
    assert staff == {"report.refused"}, "their own guesses above, as for any id"
    assert set(db.session.scalars(acts.where(AuditEntry.chain == Chain.ANONYMOUS.value))) == {"report.saved"}


def test_a_machine_is_no_matter_here(context: Flask) -> None:
    assert row(save("Isi", subject="http://")).is_aside is False


def test_what_is_over_the_limit_is_not_cut_away(context: Flask) -> None:
    with pytest.raises(intake.TooLong):
        save("x" * (intake.LONGEST + 1))
    assert save("x" * intake.LONGEST)


def test_it_comes_home_from_the_spool_as_it_is(context: Flask) -> None:
    reporter = save("Isi")
    lose(reporter)
    arrivals.replay()
    assert (row(reporter).stage, kept(reporter).what) == (Stage.DRAFT, "Isi")


def test_without_the_database_nothing_is_called_saved(hasty: Flask, config: Config) -> None:
    """Only her code would open it, and no code can be made: 503, with the text still in the box."""
    ticket = intake.mint_ticket()
    with locked(config):
        for keep in (True, False):
            with pytest.raises(Busy):
                intake.deliver(ticket, what="Isi", keep=keep)
    reporter = save("Isi", ticket)
    assert kept(reporter).what == "Isi"


# The same form again


@pytest.mark.both
def test_saved_again_it_is_the_same_one(context: Flask) -> None:
    ticket = intake.mint_ticket()
    reporter = save("Isi", ticket)
    code = reporters.code(reporter)
    again = save("Isi", ticket)
    assert (again.report_id, reporters.code(again)) == (reporter.report_id, code)
    save("Isi yang dibetulkan", ticket)
    assert kept(reporter).what == "Isi yang dibetulkan"
    assert (kept(reporter).version, row(reporter).stage) == (0, Stage.DRAFT)


@pytest.mark.both
@pytest.mark.parametrize("what", ["Isi", "Isi tanpa nama"])
def test_then_sent_with_the_same_form_it_is_sent_as_it_reads_there(context: Flask, what: str) -> None:
    """She saved, went back, changed her mind: what she took out before sending is read by nobody."""
    ticket = intake.mint_ticket()
    reporter = save("Isi", ticket)
    sent = intake.deliver(ticket, what=what)
    assert sent.report_id == reporter.report_id
    opened = reports.open_for(member("ratna"), reporter.report_id)
    assert (opened.told.what, opened.messages) == (what, [])


@pytest.mark.both
def test_sent_first_then_saved_it_stays_sent_and_nothing_more_is_sent(context: Flask) -> None:
    ticket = intake.mint_ticket()
    sent = intake.deliver(ticket, what="Isi")
    assert intake.deliver(ticket, what="Isi", keep=True).report_id == sent.report_id
    with pytest.raises(unsent.SentMeanwhile):
        intake.deliver(ticket, what="Isi dan lebih", keep=True)
    assert reports.open_for(member("ratna"), sent.report_id).messages == []


def test_a_page_from_before_it_was_changed_puts_nothing_back(context: Flask) -> None:
    ticket = intake.mint_ticket()
    reporter = save("Satu", ticket)
    change(reporter, "Dua")
    for keep in (True, False):
        with pytest.raises(unsent.ChangedMeanwhile) as changed:
            intake.deliver(ticket, what="Satu, lain", keep=keep)
        assert changed.value.stands.what == "Dua"
    assert kept(reporter).what == "Dua"


# Changed


@pytest.mark.both
def test_changed_under_the_same_code(context: Flask) -> None:
    reporter = save("Satu")
    code = reporters.code(reporter)
    change(reporter, "Dua", 0)
    change(reporter, "Dua", 0)
    assert (kept(reporter).what, kept(reporter).version) == ("Dua", 1), "the second sending changes nothing"
    change(reporter, "Tiga", 1)
    assert kept(reporter).what == "Tiga"
    assert reporters.by_token(reporters.open_code(code or ""))


def test_two_tabs_lose_nothing(context: Flask) -> None:
    reporter = save("Satu")
    change(reporter, "Dari tab satu", 0)
    with pytest.raises(unsent.ChangedMeanwhile) as changed:
        change(reporter, "Dari tab dua", 0)
    assert changed.value.stands.what == "Dari tab satu"
    assert kept(reporter).what == "Dari tab satu"


@pytest.mark.both
def test_two_tabs_at_once(context: Flask) -> None:
    reporter = save("Satu")

    def put(what: str) -> bool:
        with context.app_context():
            try:
                change(reporter, what, 0)
            except unsent.ChangedMeanwhile:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(put, ["Dua", "Tiga", "Empat", "Lima"]))
    assert sum(done) == 1, "the others are told, with their text in their box"
    assert kept(reporter).version == 1


def test_the_spool_has_the_new_text_too(context: Flask) -> None:
    reporter = save("Satu")
    before = storage.spool().get(tickets.token_hash(reporter.token).hex())
    change(reporter, "Dua")
    lose(reporter)
    assert storage.spool().get(tickets.token_hash(reporter.token).hex()) != before
    arrivals.replay()
    assert kept(reporter).what == "Dua"


# Thrown away, and a year on


@pytest.mark.both
def test_thrown_away_it_is_nowhere(context: Flask) -> None:
    ticket = intake.mint_ticket()
    reporter = save("Isi", ticket)
    code = reporters.code(reporter)
    unsent.throw_away(reporter, came_by=["cookie"])
    db.session.rollback()
    assert db.session.get(Report, reporter.report_id) is None
    with pytest.raises(reporters.CodeUnknown):
        reporters.open_code(code or "")
    for keep in (True, False):
        with pytest.raises(intake.Left):
            intake.deliver(ticket, what="Isi", keep=keep)
    assert unsent.was_thrown_away(["cookie"])
    assert not unsent.was_thrown_away(["another"])
    staff = sa.select(AuditEntry).where(AuditEntry.thing_id == reporter.report_id, AuditEntry.chain == "staff")
    assert db.session.scalar(staff) is None


def test_what_was_sent_is_not_thrown_away(context: Flask) -> None:
    reporter = save("Isi")
    unsent.send(reporter)
    with pytest.raises(unsent.SentMeanwhile):
        unsent.throw_away(reporter, came_by=())
    assert row(reporter)


@pytest.mark.both
def test_a_year_on_it_is_destroyed_and_its_code_is_unknown(context: Flask) -> None:
    """The fourth of the failures that look the same: expired."""
    with clock.frozen(AT):
        reporter, sent = save("Isi"), save("Lain")
        codes = [reporters.code(one) or "" for one in (reporter, sent)]
        unsent.send(sent)
    assert look(AT + 365 * DAY) == 0
    assert kept(reporter).what == "Isi"
    assert look(AT + 365 * DAY + HOUR) == 1
    with pytest.raises(reporters.CodeUnknown):
        reporters.open_code(codes[0])
    assert reporters.open_code(codes[1])
    assert destruction.is_gone(tickets.token_hash(reporter.token))
