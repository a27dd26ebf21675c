"""What was put aside and asks for help now rings together, goes round, and is never lost from sight."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, duty, reports
from pepa.domain.outbox import Notice
from pepa.models.audit import AuditEntry, Chain
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.reports import Exclusion, Report
from tests.duty.rosters import person, roster
from tests.people import member, office, tell

AT = datetime(2026, 3, 4, 8, 0, tzinfo=clock.JAKARTA)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _on_duty(context: Flask) -> Iterator[None]:
    with transaction() as session:
        session.execute(sa.update(Report).values(held_by_id=person("hadi")))
        session.execute(sa.delete(OutboxRow))
    with clock.frozen(AT):
        roster(("ratna", AT, AT + 8 * HOUR), ("bayu", AT + 8 * HOUR, AT + 16 * HOUR))
        yield


def aside(count: int = 1, urgency: str = "now", about: str | None = None) -> list[UUID]:
    made = [tell(urgency=urgency, about=about).report_id for _ in range(count)]
    with transaction() as session:
        session.execute(sa.update(Report).where(Report.id.in_(made)).values(is_aside=True))
    return made


def ring(minutes: float = 0) -> int:
    with clock.frozen(AT + minutes * MINUTE):
        return duty.ring()


def told(notice: Notice = Notice.ASIDE) -> list[str]:
    db.session.rollback()
    query = sa.select(Person.login).join(OutboxRow).where(OutboxRow.notice == notice.value)
    return list(db.session.scalars(query.order_by(OutboxRow.due_at)))


@pytest.mark.both
def test_one_notice_for_all_and_then_the_next_person(context: Flask) -> None:
    made = aside(5)
    assert [minute for minute in range(12) if ring(minute)] == [0, 5, 10]
    assert told() == ["ratna", "bayu", "wulan"]
    assert told(Notice.ALARM) == []
    reports.look_over(member("bayu"), made)
    assert ring(60) == 0


@pytest.mark.both
def test_what_comes_meanwhile_waits_for_the_next_notice(context: Flask) -> None:
    aside(2)
    assert ring() == 1
    aside(3)
    assert [minute for minute in range(1, 11) if ring(minute)] == [5, 10]
    assert {report.alarm_step for report in db.session.scalars(sa.select(Report).where(Report.is_aside))} == {3}


def test_beside_it_a_real_one_rings_for_itself(context: Flask) -> None:
    aside(3)
    tell(urgency="now")
    assert ring() == 2
    assert (told(), told(Notice.ALARM)) == (["ratna"], ["ratna"])


def test_not_urgent_it_rings_nobody(context: Flask) -> None:
    aside(3, urgency="today")
    assert ring() == 0


def test_put_back_it_rings_for_itself(context: Flask) -> None:
    (one, *_) = aside(2)
    ring()
    reports.put_back(member("ratna"), [one])
    assert [ring(minute) for minute in (1, 5)] == [0, 2]
    assert told(Notice.ALARM) == ["bayu"], "the next person: the first was told, and looked"


def test_each_office_is_told_of_its_own(context: Flask) -> None:
    aside(2)
    aside(2, about="office")
    assert ring() == 2
    assert set(told()) - {"ratna"} <= {"intan", "rahmat"}


@pytest.mark.both
def test_who_may_know_of_none_of_them_is_not_told(context: Flask) -> None:
    made = aside(2)
    with transaction() as session:
        session.add_all(Exclusion(report_id=one, excluded_id=person("ratna")) for one in made)
        session.add(Exclusion(report_id=made[0], excluded_id=person("bayu")))
    assert [ring(minute) for minute in (0, 5, 10)] == [1, 1, 1]
    assert told() == ["bayu", "wulan", "bayu"]


def test_it_is_recorded_by_the_hour(context: Flask) -> None:
    aside(2)
    ring(3.5)
    (entry,) = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.act == "aside.alarmed"))
    assert (entry.at, entry.thing_id, entry.note) == (AT, office(), str(person("ratna")))
    assert audit.first_broken(Chain.STAFF) is None


def test_a_clock_that_is_put_back_does_not_silence_it(context: Flask) -> None:
    aside(2)
    assert ring() == 1
    assert ring(-60 * 24 * 30) == 1


def test_very_many_real_ones_send_few_notices(context: Flask) -> None:
    """All notices say the same: whoever is told five times in five minutes is on the page that shows every one."""
    for _ in range(9):
        tell(urgency="now")
    assert ring() == 9, "each is rung, and goes round"
    assert told(Notice.ALARM) == ["ratna"] * duty.AT_MOST
    tell(urgency="now")
    assert ring(1) == 1
    assert told(Notice.ALARM) == ["ratna"] * duty.AT_MOST
    assert ring(5.5) == 9
    assert told(Notice.ALARM) == ["ratna"] * duty.AT_MOST + ["bayu"] * duty.AT_MOST
    tell(urgency="now")
    assert ring(7) == 2
    assert told(Notice.ALARM).count("ratna") == duty.AT_MOST + 1, "five minutes later she may be told again"
