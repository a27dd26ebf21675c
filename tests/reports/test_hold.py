"""Saya pegang: the first to press it holds it, and the alarm stops."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import duty, inbox, reports
from pepa.errors import NotAllowed
from pepa.models.audit import AuditEntry
from pepa.models.reports import Report
from tests.people import member, tell

pytestmark = pytest.mark.both
AT = datetime.combine(clock.today() + timedelta(days=1), time(10, 41, 27), clock.JAKARTA)


def test_the_first_one_holds_it(context: Flask) -> None:
    with clock.frozen(AT):
        reporter = tell(urgency="now")
        duty.ring()
        held = reports.hold(member("ratna"), reporter.report_id)
        assert (held.held_by_id, held.held_at) == (member("ratna").person_id, AT)
    with clock.frozen(AT + timedelta(minutes=1)):
        later = reports.hold(member("bayu"), reporter.report_id)
    assert (later.held_by_id, later.held_at) == (member("ratna").person_id, AT), "whoever comes later finds who"
    assert later.is_unread, "holding is not reading"
    assert not later.is_alarming
    assert later.alarm_at == clock.hour(AT), "the exact time is cut"
    held_by = sa.select(AuditEntry.person_id).where(AuditEntry.act == "report.held")
    rows = db.session.scalars(held_by.where(AuditEntry.thing_id == reporter.report_id))
    assert list(rows) == [member("ratna").person_id]


def test_of_two_at_once_one_holds_it(context: Flask) -> None:
    reporter = tell(urgency="now")
    people = [member("ratna"), member("bayu"), member("wulan")]

    def hold(number: int) -> str:
        with context.app_context():
            held = str(reports.hold(people[number], reporter.report_id).held_by_id)
            db.session.remove()
            return held

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(hold, range(3)))) == 1
    db.session.rollback()
    held_by = sa.select(sa.func.count()).where(AuditEntry.act == "report.held")
    assert db.session.scalar(held_by.where(AuditEntry.thing_id == reporter.report_id)) == 1


@pytest.mark.parametrize("login", ["hadi", "sekar", "dian", "joko"])
def test_those_who_do_not_read_do_not_hold(context: Flask, login: str) -> None:
    reporter = tell(urgency="now")
    with pytest.raises(NotAllowed):
        reports.hold(member(login), reporter.report_id)
    db.session.rollback()
    assert db.session.get_one(Report, reporter.report_id).held_by_id is None


def test_holding_needs_no_urgency(context: Flask) -> None:
    reporter = tell(urgency="soon")
    assert reports.hold(member("ratna"), reporter.report_id).held_by_id
    names = reports.holders_of(inbox.list_for(member("ratna"), inbox.Filters(), size=500))
    assert names[member("ratna").person_id] == "Ratna Contoh"
