"""What a reporter reads: received, read, answers. Never what was sent, never a name."""

from datetime import datetime, time, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import follow_up, reporters, reports
from pepa.models.audit import AuditEntry
from pepa.models.messages import Message, Side
from pepa.models.organisations import Role
from pepa.models.reports import Report
from pepa.policy import Reporter
from pepa.vault.secret import Broken
from tests.people import member, tell

AT = datetime.combine(clock.today() + timedelta(days=1), time(10, 41, 27), clock.JAKARTA)


@pytest.fixture
def reporter(context: Flask) -> Reporter:
    with clock.frozen(AT):
        return tell("Isi", urgency="now")


def test_while_nobody_has_read_it(reporter: Reporter) -> None:
    with clock.frozen(AT + timedelta(minutes=5)):
        seen = follow_up.following(reporter)
    assert (seen.received_at, seen.read_at, seen.read_by, seen.messages) == (clock.hour(AT), None, None, ())
    assert seen.due_at == AT.replace(minute=0, second=0) + timedelta(hours=1)
    assert seen.late is False
    assert (seen.holder, seen.about_office) == ("Kantor Contoh", False)


def test_late_is_said_honestly(reporter: Reporter) -> None:
    with clock.frozen(AT.replace(hour=11, minute=0, second=0)):
        assert follow_up.following(reporter).late is False
    with clock.frozen(AT.replace(hour=11, minute=0, second=1)):
        assert follow_up.following(reporter).late is True


@pytest.mark.both
def test_once_it_was_read(reporter: Reporter) -> None:
    with clock.frozen(AT + timedelta(hours=3)):
        reports.open_for(member("wulan"), reporter.report_id)
        seen = follow_up.following(reporter)
    assert seen.read_at == AT + timedelta(hours=3)
    assert seen.read_by is Role.SUPERVISOR, "a role, not a name"
    assert seen.due_at == db.session.get_one(Report, reporter.report_id).answer_due_at, "now the answer is due"


def test_opening_again_does_not_change_when_it_was_read(reporter: Reporter) -> None:
    for hours in (1, 2):
        with clock.frozen(AT + timedelta(hours=hours)):
            reports.open_for(member("ratna"), reporter.report_id)
    assert follow_up.following(reporter).read_at == AT + timedelta(hours=1)


@pytest.mark.both
def test_answers_in_their_order_without_names(reporter: Reporter) -> None:
    for n, login in enumerate(("ratna", "wulan", "ratna")):
        with clock.frozen(AT + timedelta(hours=n)):
            reports.answer(member(login), reporter.report_id, text=f"Jawaban {n}", once=str(n))
    with clock.frozen(AT):
        reporters.write(reporter, text="Ini dari saya", once="x")
    seen = follow_up.following(reporter)
    assert [written.text for written in seen.messages] == ["Jawaban 0", "Jawaban 1", "Jawaban 2"]
    assert {written.side for written in seen.messages} == {Side.OFFICE}
    assert [written.at for written in seen.messages] == [AT + timedelta(hours=n) for n in range(3)]
    assert "Isi" not in repr(seen), "what was sent is never shown"
    assert "Ini dari saya" not in repr(seen)


def test_about_the_office_says_who_holds_it(context: Flask) -> None:
    seen = follow_up.following(tell(about="office"))
    assert (seen.holder, seen.about_office) == ("Inspektorat Contoh", True)


def test_an_answer_that_was_tampered_with_is_not_shown(reporter: Reporter) -> None:
    first = reports.answer(member("ratna"), reporter.report_id, text="Satu", once="a")
    second = reports.answer(member("ratna"), reporter.report_id, text="Dua", once="b")
    with transaction() as session:
        one, other = session.get_one(Message, first), session.get_one(Message, second)
        one.body_sealed, other.body_sealed = other.body_sealed, one.body_sealed
    with pytest.raises(Broken) as broken:
        follow_up.following(reporter)
    assert str(broken.value) in {str(first), str(second)}, "the row's id and nothing else"
    acts = sa.select(AuditEntry.act).where(AuditEntry.thing_id == reporter.report_id, AuditEntry.chain == "anonymous")
    assert list(db.session.scalars(acts.order_by(AuditEntry.number)))[-1] == "report.broken"


def test_each_page_has_a_new_mark_for_its_form(reporter: Reporter) -> None:
    assert follow_up.following(reporter).once != follow_up.following(reporter).once
