"""The inbox: by the limit of reading, so that what is late stands on top; narrowed; each office its own."""

from datetime import datetime, time, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import additions, cards, inbox, reporters, reports, triage
from pepa.errors import NotAllowed
from pepa.models.additions import RedFlag
from pepa.models.reports import Report, Stage, Urgency
from tests.people import member, office, tell

AT = datetime.combine(clock.today() + timedelta(days=1), time(10, 41, 27), clock.JAKARTA)


def listed(wanted: inbox.Filters, login: str = "ratna") -> set[UUID]:
    return {row.id for row in inbox.list_for(member(login), wanted, size=500)}


@pytest.mark.both
def test_unread_ones_by_their_limit_so_that_late_ones_stand_on_top(context: Flask) -> None:
    for hours, urgency in ((0, "soon"), (1, "now"), (2, "today"), (3, "now"), (4, None)):
        with clock.frozen(AT + timedelta(hours=hours)):
            tell(urgency=urgency)
    rows = inbox.list_for(member("ratna"), size=500).items
    limits = [row.read_due_at for row in rows if row.read_due_at]
    assert limits == sorted(limits)
    assert len(limits) == len(rows) >= 5


@pytest.mark.both
def test_all_of_them_by_urgency_and_then_the_oldest(context: Flask) -> None:
    for hours, urgency in ((0, "soon"), (1, "now"), (2, "today"), (3, "now"), (4, None)):
        with clock.frozen(AT + timedelta(hours=hours)):
            tell(urgency=urgency)
    rows = inbox.list_for(member("ratna"), inbox.Filters(), size=500).items
    order = [(list(Urgency).index(row.urgency), row.received_at) for row in rows]
    assert order == sorted(order)
    assert {row.urgency for row in rows} == {Urgency.NOW, Urgency.TODAY, Urgency.SOON}


@pytest.mark.both
def test_each_filter_narrows(context: Flask) -> None:
    ratna = member("ratna")
    mine, other = tell(urgency="now", kecamatan="36.73.02").report_id, tell(urgency="soon").report_id
    reports.hold(ratna, mine)
    for wanted in (
        inbox.Filters(urgency="now", held=inbox.ME),
        inbox.Filters(kecamatan="36.73.02", held=inbox.ME),
        inbox.Filters(stage=Stage.RECEIVED, held=inbox.ME),
        inbox.Filters(channel="web", held=inbox.ME),
    ):
        assert mine in listed(wanted), wanted
        assert other not in listed(wanted), wanted
    for wanted in (inbox.Filters(channel="phone"), inbox.Filters(stage=Stage.CASE), inbox.Filters(continued=True)):
        assert not listed(wanted) & {mine, other}, wanted
    assert mine not in listed(inbox.Filters(held=inbox.NOBODY))
    assert other in listed(inbox.Filters(held=inbox.NOBODY))


@pytest.mark.both
def test_a_danger_is_found_on_the_sealed_cards(context: Flask) -> None:
    calm, grave = tell("Suara pecah."), tell("Ada yang luka.")
    additions.add(grave, answers=additions.Who(weapon="yes", strangled="yes", children="no"), once="1")
    additions.add(calm, answers=additions.Who(weapon="no"), once="1")
    found = listed(inbox.Filters(danger=True))
    assert grave.report_id in found
    assert calm.report_id not in found
    page = inbox.list_for(member("ratna"), size=500)
    marks = inbox.marks_of(member("ratna"), page)
    assert marks[grave.report_id].flags == [RedFlag.WEAPON, RedFlag.STRANGLED]
    assert marks[calm.report_id].flags == []
    assert grave.report_id not in listed(inbox.Filters(danger=True), "intan")


def test_what_an_officer_judged_holds_over_what_was_told(context: Flask) -> None:
    reporter, ratna = tell("Ada yang luka."), member("ratna")
    additions.add(reporter, answers=additions.Who(weapon="yes"), once="1")

    def flags() -> list[RedFlag]:
        return list(inbox.marks_of(ratna, inbox.list_for(ratna, inbox.Filters(), size=500))[reporter.report_id].flags)

    assert flags() == [RedFlag.WEAPON]
    reports.open_for(ratna, reporter.report_id, shows_messages=True)
    triage.judge(ratna, reporter.report_id, urgency="now", flags=["strangled"], number=0, once="1")
    assert flags() == [RedFlag.STRANGLED]
    additions.add(reporter, answers=additions.Who(suicidal="yes"), once="2")
    assert flags() == [RedFlag.STRANGLED, RedFlag.SUICIDAL], "told after that"


def test_a_part_while_some_was_added_and_when_or_who_was_not(context: Flask) -> None:
    reporter, ratna = tell(), member("ratna")

    def mark() -> cards.Marks:
        return inbox.marks_of(ratna, inbox.list_for(ratna, inbox.Filters(), size=500))[reporter.report_id]

    assert not mark().is_part, "she added nothing yet"
    additions.add(reporter, answers=additions.When(ago="days"), once="1")
    assert mark().is_part
    assert mark().added == {"when"}
    additions.add(reporter, answers=additions.Who(hurt="Saya"), once="1")
    assert not mark().is_part


@pytest.mark.both
def test_what_is_added_after_reading_waits_until_somebody_looks(context: Flask) -> None:
    """A second message is as unread as the first one was."""
    reporter, ratna = tell(), member("ratna")
    reporters.write(reporter, text="Sebelum dibaca.", once="1")
    assert reporter.report_id not in listed(inbox.Filters(continued=True)), "the first reading reads all of it"
    reports.open_for(ratna, reporter.report_id, shows_messages=True)
    before = inbox.counts(ratna).continued
    reporters.write(reporter, text="Sesudah dibaca.", once="2")
    assert reporter.report_id in listed(inbox.Filters(continued=True))
    assert inbox.counts(ratna).continued == before + 1
    added_at = db.session.get_one(Report, reporter.report_id).continued_at
    assert added_at is not None
    assert added_at == clock.hour(added_at)
    reports.open_for(member("bayu"), reporter.report_id, shows_messages=True)
    assert reporter.report_id not in listed(inbox.Filters(continued=True))


@pytest.mark.both
def test_page_by_page_each_report_once(context: Flask) -> None:
    for n in range(9):
        tell(urgency=("now", "today", "soon")[n % 3])
    everything = [row.id for row in inbox.list_for(member("ratna"), size=500)]
    seen, at = [], None
    while True:
        page = inbox.list_for(member("ratna"), at=at, size=4)
        seen += [row.id for row in page]
        if page.later is None:
            break
        at = page.later
    assert seen == everything
    assert len(set(seen)) == len(seen) >= 9


@pytest.mark.both
def test_each_office_its_own(context: Flask) -> None:
    about_us, about_them = tell(about="office"), tell(about="nobody")
    ours = {row.id for row in inbox.list_for(member("ratna"), inbox.Filters(), size=500)}
    theirs = {row.id for row in inbox.list_for(member("intan"), inbox.Filters(), size=500)}
    assert about_them.report_id in ours - theirs
    assert about_us.report_id in theirs - ours
    holders = {row.id: row.holder_id for row in db.session.execute(sa.select(Report.id, Report.holder_id))}
    assert {holders[report_id] for report_id in ours} == {office()}
    assert {holders[report_id] for report_id in theirs} == {office("independent")}


def test_by_stage(context: Flask) -> None:
    reporter, ratna = tell(), member("ratna")
    received = {row.id for row in inbox.list_for(ratna, size=500)}
    assert reporter.report_id in received
    reports.open_for(ratna, reporter.report_id, shows_messages=True)
    assert reporter.report_id not in {row.id for row in inbox.list_for(ratna, size=500)}
    assert reporter.report_id in {row.id for row in inbox.list_for(ratna, inbox.Filters(stage=Stage.READ), size=500)}
    assert {row.id for row in inbox.list_for(ratna, inbox.Filters(), size=500)} > received


def test_counted_no_further_than_asked(context: Flask) -> None:
    for _ in range(3):
        tell()
    ratna = member("ratna")
    waiting = sum(1 for _ in inbox.list_for(ratna, size=500))
    assert inbox.counts(ratna).unread == waiting
    assert inbox.counts(ratna, 2).unread == 2


@pytest.mark.parametrize("login", ["hadi", "sekar", "dian", "joko", "nadia", "galih"])
def test_those_who_do_not_read_see_no_list(context: Flask, login: str) -> None:
    for ask in (lambda: inbox.list_for(member(login)), lambda: inbox.counts(member(login)).unread):
        with pytest.raises(NotAllowed):
            ask()


def test_listing_is_not_reading_and_opens_nothing(context: Flask) -> None:
    reporter = tell("Isi")
    list(inbox.list_for(member("ratna"), size=500))
    assert db.session.get_one(Report, reporter.report_id).is_unread


@pytest.mark.both
def test_what_was_read_and_not_answered_waits_by_the_limit_of_its_answer(context: Flask) -> None:
    ratna = member("ratna")
    later, sooner, unread = tell(urgency="soon"), tell(urgency="now"), tell(urgency="now")
    for reporter in (later, sooner):
        reports.open_for(ratna, reporter.report_id, shows_messages=True)
    waiting = [row.id for row in inbox.list_for(ratna, inbox.Filters(owed=True), size=500)]
    assert unread.report_id not in waiting
    assert waiting.index(sooner.report_id) < waiting.index(later.report_id)
    before = inbox.counts(ratna).owed
    reports.answer(ratna, sooner.report_id, text="Kami datang.", once="1")
    assert sooner.report_id not in listed(inbox.Filters(owed=True))
    assert inbox.counts(ratna).owed == before - 1
    reporters.write(sooner, text="Kapan?", once="2")
    assert sooner.report_id in listed(inbox.Filters(owed=True)), "she asked again"
