"""Opening a report: the first opening is its reading, every opening is recorded, refusals too."""

from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, duty, inbox, reporters, reports
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry, Chain
from pepa.models.boxes import Box
from pepa.models.reports import Exclusion, Report, Stage
from pepa.policy import Reporter
from pepa.vault.secret import Broken
from tests.people import member, office, tell

AT = datetime.combine(clock.today() + timedelta(days=1), time(10, 41, 27), clock.JAKARTA)


@pytest.fixture
def reporter(context: Flask) -> Reporter:
    with clock.frozen(AT):
        return tell("Isi", urgency="now")


def recorded(reporter: Reporter) -> list[tuple[str, object, object]]:
    db.session.rollback()
    query = sa.select(AuditEntry).where(AuditEntry.thing_id == reporter.report_id, AuditEntry.chain == "staff")
    entries = db.session.scalars(query.order_by(AuditEntry.number))
    return [(entry.act, entry.person_id, entry.organisation_id) for entry in entries]


@pytest.mark.both
def test_the_first_opening_is_the_reading(reporter: Reporter) -> None:
    ratna, wulan = member("ratna"), member("wulan")
    with clock.frozen(AT + timedelta(minutes=4)):
        opened = reports.open_for(ratna, reporter.report_id, shows_messages=True)
    assert opened.report.stage == Stage.READ
    assert (opened.report.read_by_id, opened.report.read_at) == (ratna.person_id, AT + timedelta(minutes=4))
    with clock.frozen(AT + timedelta(hours=1)):
        again = reports.open_for(wulan, reporter.report_id, shows_messages=True)
    assert (again.report.read_by_id, again.report.read_at) == (ratna.person_id, AT + timedelta(minutes=4))
    assert [name for _, name in audit.opened_by(again.acts)] == ["Ratna Contoh", "Wulan Contoh"]
    assert [at for at, _ in audit.opened_by(again.acts)] == [AT + timedelta(minutes=4), AT + timedelta(hours=1)]
    assert recorded(reporter) == [
        ("report.opened", ratna.person_id, office()),
        ("report.opened", wulan.person_id, office()),
    ]
    assert audit.first_broken(Chain.STAFF) is None


@pytest.mark.both
@pytest.mark.parametrize("is_read", [False, True])
def test_what_comes_while_it_is_opened_still_waits(
    reporter: Reporter, is_read: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the reading of the messages and the note that they were read."""
    ratna = member("ratna")
    if is_read:
        reports.open_for(ratna, reporter.report_id, shows_messages=True)
        reporters.write(reporter, text="Satu", once="1")
    all_of = reports.messages.all_of

    def then_writes(*which: object) -> object:
        found = all_of(*which)  # type: ignore[arg-type]
        reporters.write(reporter, text="Dua", once="2")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(reports.messages, "all_of", then_writes)
        opened = reports.open_for(ratna, reporter.report_id, shows_messages=True)
    assert [message.text for message in opened.messages] == ["Satu"] * is_read
    waiting = inbox.Filters(continued=True)
    assert reporter.report_id in {report.id for report in inbox.list_for(ratna, waiting, size=500)}
    assert len(reports.open_for(ratna, reporter.report_id, shows_messages=True).messages) == 1 + is_read
    assert reporter.report_id not in {report.id for report in inbox.list_for(ratna, waiting, size=500)}


@pytest.mark.both
def test_reading_cuts_the_times_that_told_the_minute(reporter: Reporter) -> None:
    with clock.frozen(AT):
        duty.ring()
    db.session.rollback()
    before = db.session.get_one(Report, reporter.report_id)
    assert before.read_due_at == AT.replace(hour=11, minute=0, second=0)
    assert before.alarm_at == AT + timedelta(minutes=5)
    with clock.frozen(AT + timedelta(minutes=2)):
        reports.open_for(member("ratna"), reporter.report_id, shows_messages=True)
    after = db.session.get_one(Report, reporter.report_id)
    assert after.read_due_at == AT.replace(hour=11, minute=0, second=0)
    assert after.alarm_at == clock.hour(AT + timedelta(minutes=5))


@pytest.mark.parametrize("login", ["intan", "nadia", "puspa"])
def test_another_office_s_report_is_not_there(reporter: Reporter, login: str) -> None:
    actor = member(login)
    with pytest.raises((NotFound, NotAllowed)):
        reports.open_for(actor, reporter.report_id, shows_messages=True)
    assert db.session.get_one(Report, reporter.report_id).is_unread


@pytest.mark.both
def test_a_refusal_is_recorded(reporter: Reporter) -> None:
    intan = member("intan")
    with pytest.raises(NotFound):
        reports.open_for(intan, reporter.report_id, shows_messages=True)
    assert recorded(reporter) == [("report.refused", intan.person_id, office("independent"))]


def test_what_is_not_there_reads_like_what_is_not_hers(reporter: Reporter) -> None:
    intan, failures = member("intan"), []
    for report_id in (uuid4(), reporter.report_id):
        with pytest.raises(NotFound) as failure:
            reports.open_for(intan, report_id)
        failures.append((type(failure.value), failure.value.says, failure.value.values))
    assert failures[0] == failures[1]


@pytest.mark.both
@pytest.mark.parametrize("whom", ["person", "organisation"])
def test_an_exclusion_hides_it_everywhere(reporter: Reporter, whom: str) -> None:
    """Lists, counts, alarms, opening, holding, answering: it does not exist (citizen 52)."""
    bayu = member("bayu")
    seen = len(inbox.list_for(bayu, inbox.Filters(), size=500).items)
    waiting = inbox.counts(bayu).unread
    assert reporter.report_id in {alarm.report.id for alarm in duty.alarms_for(bayu)}
    with transaction() as session:
        hidden = bayu.person_id if whom == "person" else bayu.organisation_id
        session.add(Exclusion(report_id=reporter.report_id, excluded_id=hidden))
    assert len(inbox.list_for(bayu, inbox.Filters(), size=500).items) == seen - 1
    assert inbox.counts(bayu).unread == waiting - 1
    assert reporter.report_id not in {report.id for report in inbox.list_for(bayu, size=500)}
    assert reporter.report_id not in {alarm.report.id for alarm in duty.alarms_for(bayu)}
    for verb in (
        lambda: reports.open_for(bayu, reporter.report_id, shows_messages=True),
        lambda: reports.hold(bayu, reporter.report_id),
        lambda: reports.answer(bayu, reporter.report_id, text="x", once="a"),
        lambda: reports.get_for(bayu, reporter.report_id),
    ):
        with pytest.raises(NotFound):
            verb()
    assert db.session.get_one(Report, reporter.report_id).is_unread
    if whom == "person":
        assert reports.open_for(member("ratna"), reporter.report_id, shows_messages=True).told.what == "Isi"


@pytest.mark.parametrize("column", ["body_sealed", "body_epoch", "box_id"])
def test_what_was_tampered_with_is_recorded_and_not_read(reporter: Reporter, column: str) -> None:
    other = tell("Lain")
    with transaction() as session:
        report, another = session.get_one(Report, reporter.report_id), session.get_one(Report, other.report_id)
        if column == "box_id":
            spare = Box(id=uuid4(), epoch=1, rotation_due=False)
            session.add(spare)
            session.flush()
            another.box_id = spare.id
            session.flush()
            report.box_id = other.box_id
        elif column == "body_epoch":
            report.body_epoch = 2
        else:
            report.body_sealed = another.body_sealed
    ratna = member("ratna")
    with pytest.raises(Broken):
        reports.open_for(ratna, reporter.report_id, shows_messages=True)
    assert recorded(reporter) == [("report.broken", ratna.person_id, office())]
    assert db.session.get_one(Report, reporter.report_id).is_unread, "nobody has read it"


def test_a_later_format_s_unknown_fields_are_left_alone() -> None:
    told = reports.Told.of({"what": "Isi", "place": "Di sini", "invented_later": 7})
    assert (told.what, told.place, told.phone, told.told_at) == ("Isi", "Di sini", "", None)


def test_stages_go_one_way(context: Flask) -> None:
    reporter = tell()
    reports.open_for(member("ratna"), reporter.report_id, shows_messages=True)
    with pytest.raises(reports.MovedOn):
        reports.move(db.session.get_one(Report, reporter.report_id), Stage.DRAFT)
