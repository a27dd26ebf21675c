"""About somebody of the office or of a partner, told later: they are turned away from that moment on."""

from collections.abc import Sequence
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import storage
from pepa.db import db, transaction
from pepa.domain import arrivals, boxes, cards, duty, exclusions, inbox, reporters, reports, tickets
from pepa.errors import Busy, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.boxes import Grant, HolderKind
from pepa.models.cards import Card
from pepa.models.organisations import OrganisationKind
from pepa.models.outbox import OutboxRow
from pepa.models.reports import Exclusion, Report, Stage
from pepa.policy import Reporter
from tests.intake.test_replay import lose
from tests.people import holder, member, office, tell

OFFICE = {"about": "office"}


def row(reporter: Reporter) -> Report:
    db.session.rollback()
    return db.session.get_one(Report, reporter.report_id)


def listed(login: str) -> set[UUID]:
    return {report.id for report in inbox.list_for(member(login), inbox.Filters())}


def holders(reporter: Reporter) -> set[UUID]:
    return set(db.session.scalars(sa.select(Grant.holder_id).where(Grant.box_id == reporter.box_id)))


def said(login: str, reporter: Reporter) -> Sequence[str]:
    return [message.text for message in reports.open_for(member(login), reporter.report_id).messages]


@pytest.mark.both
def test_about_the_office_the_independent_holder_has_it_from_here_on(context: Flask) -> None:
    reporter = tell("Isi", urgency="now")
    reports.hold(member("ratna"), reporter.report_id)
    reports.open_for(member("ratna"), reporter.report_id)
    reports.answer(member("ratna"), reporter.report_id, text="Jawaban kantor", once="1")
    cards.complete(member("ratna"))
    exclusions.exclude(reporter, **OFFICE)
    report = row(reporter)
    assert (report.holder_id, report.stage) == (office("independent"), Stage.RECEIVED)
    assert (report.held_by_id, report.read_at, report.read_by_id) == (None, None, None)
    assert report.id not in listed("ratna")
    assert report.id in listed("intan")
    opened = reports.open_for(member("intan"), report.id)
    assert opened.told.what == "Isi"
    assert [m.text for m in opened.messages] == ["Jawaban kantor", f"{exclusions.NOTE}: Kantor Contoh"]
    assert holders(reporter) == {office("independent"), reporter.report_id}
    with pytest.raises(NotFound):
        reports.open_for(member("ratna"), report.id)
    with pytest.raises(NotFound):
        boxes.open_for(member("ratna"), reporter.box_id)


@pytest.mark.both
def test_no_trace_is_left_to_those_who_were_turned_away(context: Flask) -> None:
    reporter = tell("Siti Zubaidah", urgency="now")
    ratna = member("ratna")
    cards.complete(ratna)
    assert [one.report.id for one in cards.search(ratna, typed="zubaidah")] == [reporter.report_id]
    unread, alarms = inbox.counts(ratna).unread, len(duty.alarms_for(ratna))
    exclusions.exclude(reporter, **OFFICE)
    assert cards.search(ratna, typed="zubaidah") == []
    assert (inbox.counts(ratna).unread, len(duty.alarms_for(ratna))) == (unread - 1, alarms - 1)
    assert db.session.get(Card, (office(), reporter.report_id)) is None
    told = set(db.session.scalars(sa.select(OutboxRow.person_id)))
    assert duty.ring() >= 1
    now_told = set(db.session.scalars(sa.select(OutboxRow.person_id))) - told
    assert {member("intan").person_id, member("rahmat").person_id} & now_told, "whoever has it now is alarmed"
    cards.complete(member("intan"))
    assert [one.report.id for one in cards.search(member("intan"), typed="zubaidah")] == [reporter.report_id]


def test_about_a_partner_the_office_keeps_it_and_knows_whom_to_leave_out(context: Flask) -> None:
    reporter = tell("Isi")
    exclusions.exclude(reporter, about="partner", about_partner=office("hospital"))
    assert row(reporter).holder_id == office()
    assert db.session.get(Exclusion, (reporter.report_id, office("hospital")))
    (note,) = said("ratna", reporter)
    assert note.startswith(f"{exclusions.NOTE}: ")
    exclusions.exclude(reporter, about="partner", about_partner=office("shelter"))
    assert len(said("ratna", reporter)) == 2


@pytest.mark.both
def test_a_partner_that_is_named_later_waits_for_whoever_has_it(context: Flask) -> None:
    """Else it would be asked to help in a report about itself."""
    reporter, ratna = tell("Isi", urgency="today"), member("ratna")
    opened = reports.open_for(ratna, reporter.report_id)
    reports.answer(ratna, reporter.report_id, text="Kami baca.", once=opened.once)
    exclusions.exclude(reporter, about="partner", about_partner=office("hospital"))
    assert row(reporter).answer_due_at
    waiting = inbox.list_for(ratna, inbox.Filters(continued=True), size=500)
    assert reporter.report_id in {report.id for report in waiting}
    assert [found for found, _ in exclusions.named(reporter.report_id)] == [office("hospital")]


def test_a_case_waits_for_whoever_has_it_from_here_on(context: Flask) -> None:
    reporter = tell("Isi")
    reports.open_for(member("ratna"), reporter.report_id)
    with transaction() as session:
        session.get_one(Report, reporter.report_id).stage = Stage.CASE.value
    exclusions.exclude(reporter, **OFFICE)
    report = row(reporter)
    assert (report.stage, report.read_at, report.continued_at) == (Stage.RECEIVED, None, None)
    assert report.read_due_at


def test_a_partner_who_had_a_grant_loses_it(context: Flask) -> None:
    reporter = tell("Isi")
    box = boxes.open_for(reporter, reporter.box_id)
    with transaction() as session:
        boxes.share(session, box, holder("hospital"))
    assert office("hospital") in holders(reporter)
    exclusions.exclude(reporter, about=None, about_partner=office("hospital"))
    assert holders(reporter) == {office(), reporter.report_id}
    newest = boxes.open_for(member("ratna"), reporter.box_id)
    assert newest.number == 2
    assert (HolderKind.ORGANISATION.value, office("hospital")) not in newest.holders


@pytest.mark.both
def test_sent_again_it_is_done_once(context: Flask) -> None:
    reporter = tell("Isi")
    for _ in range(3):
        exclusions.exclude(reporter, **OFFICE)
    assert len(said("intan", reporter)) == 1
    acts = sa.select(sa.func.count()).where(AuditEntry.act == "report.turned")
    assert db.session.scalar(acts) == 1


@pytest.mark.parametrize("named", [{"about": None}, {"about": "partner"}, {"about": "nobody"}])
def test_nobody_named_changes_nothing(context: Flask, named: dict[str, str | None]) -> None:
    reporter = tell("Isi")
    with pytest.raises(exclusions.NobodyNamed):
        exclusions.exclude(reporter, **named)
    assert row(reporter).holder_id == office()


def test_the_independent_holder_cannot_be_named(context: Flask) -> None:
    with pytest.raises(exclusions.NobodyNamed):
        exclusions.exclude(tell("Isi"), about="partner", about_partner=office(OrganisationKind.INDEPENDENT.value))


def test_a_message_under_way_stays_readable(context: Flask) -> None:
    reporter = tell("Isi")
    reporters.write(reporter, text="Sebelum", once="1")
    exclusions.exclude(reporter, **OFFICE)
    reporters.write(reporter, text="Sesudah", once="2")
    texts = said("intan", reporter)
    assert (texts[0], texts[-1]) == ("Sebelum", "Sesudah")
    code = reporters.code(reporter)
    assert code
    again = reporters.by_token(reporters.open_code(code))
    assert again
    reports.answer(member("intan"), reporter.report_id, text="Kami baca.", once="3")


@pytest.mark.both
def test_the_spool_brings_it_back_to_whom_she_chose(context: Flask) -> None:
    """An older database knows nothing of her choice: the spool does."""
    reporter = tell("Isi")
    exclusions.exclude(reporter, **OFFICE)
    lose(reporter)
    kept = storage.spool().get(tickets.token_hash(reporter.token).hex())
    assert kept
    assert arrivals.take_in(kept)
    report = row(reporter)
    assert report.holder_id == office("independent")
    assert reports.open_for(member("intan"), report.id).told.what == "Isi"
    assert report.id not in listed("ratna")


def test_without_a_holder_that_could_read_it_nothing_changes(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    reporter = tell("Isi")

    def away(*_: object) -> None:
        raise boxes.keys.KeysUnsound

    monkeypatch.setattr(boxes, "organisation_holder", away)
    with pytest.raises(Busy):
        exclusions.exclude(reporter, **OFFICE)
    monkeypatch.undo()
    assert row(reporter).holder_id == office()
    assert reports.open_for(member("ratna"), reporter.report_id).told.what == "Isi"
