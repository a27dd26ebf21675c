"""The alarm: whoever is on duty, then the next, every five minutes until somebody holds it (domain.md rule 31)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, duty, reports
from pepa.domain.outbox import Notice
from pepa.models.audit import AuditEntry, Chain
from pepa.models.installation import Setting
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.reports import Exclusion, Report
from tests.duty.rosters import person, roster
from tests.people import member, tell

AT = datetime(2026, 3, 4, 8, 0, tzinfo=clock.JAKARTA)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _on_duty(context: Flask) -> Iterator[None]:
    """Ratna is on duty and Bayu comes next; the demo's own reports are held."""
    with transaction() as session:
        session.execute(sa.update(Report).values(held_by_id=person("hadi")))
    with clock.frozen(AT):
        roster(("ratna", AT, AT + 8 * HOUR), ("bayu", AT + 8 * HOUR, AT + 16 * HOUR))
        yield


def told() -> list[str]:
    """Who was told, in the order of telling."""
    db.session.rollback()
    query = sa.select(Person.login).join(OutboxRow).where(OutboxRow.notice == Notice.ALARM.value)
    return list(db.session.scalars(query.order_by(OutboxRow.due_at)))


def ring(minutes: float = 0) -> int:
    with clock.frozen(AT + minutes * MINUTE):
        return duty.ring()


@pytest.mark.both
def test_at_once_and_then_every_five_minutes_to_the_next(context: Flask) -> None:
    reporter = tell(urgency="now")
    rung = [minute for minute in range(26) if ring(minute)]
    assert rung == [0, 5, 10, 15, 20, 25]
    assert told() == ["ratna", "bayu", "wulan", "ratna", "bayu", "wulan"], "on duty, next, everybody who reads, again"
    assert db.session.get_one(Report, reporter.report_id).alarm_step == 6


@pytest.mark.both
def test_held_it_is_quiet(context: Flask) -> None:
    reporter = tell(urgency="now")
    ring()
    ring(5)
    with clock.frozen(AT + 7 * MINUTE):
        reports.hold(member("bayu"), reporter.report_id)
    assert [ring(minute) for minute in (10, 15, 60)] == [0, 0, 0]
    assert told() == ["ratna", "bayu"]


def test_read_it_is_quiet(context: Flask) -> None:
    reporter = tell(urgency="now")
    ring()
    reports.open_for(member("ratna"), reporter.report_id)
    assert ring(10) == 0


@pytest.mark.parametrize("urgency", ["today", "soon", None])
def test_only_what_is_needed_now(context: Flask, urgency: str | None) -> None:
    tell(urgency=urgency)
    assert ring() == 0


def test_each_report_rings_for_itself(context: Flask) -> None:
    tell(urgency="now")
    assert ring() == 1
    tell(urgency="now")
    assert ring(2) == 1
    assert [ring(minute) for minute in (5, 7)] == [1, 1]


@pytest.mark.both
def test_looking_twice_rings_once(context: Flask) -> None:
    tell(urgency="now")
    assert [ring(), ring(), ring(0.5)] == [1, 0, 0]


def test_nobody_on_duty_the_next_is_told(context: Flask) -> None:
    roster(("bayu", AT + 8 * HOUR, AT + 16 * HOUR))
    tell(urgency="now")
    assert [ring(minute) for minute in (0, 5, 10)] == [1, 1, 1]
    assert told() == ["bayu", "ratna", "wulan"]


def test_an_empty_roster_tells_everybody_who_reads(context: Flask) -> None:
    roster()
    tell(urgency="now")
    assert [ring(minute) for minute in (0, 5, 10)] == [1, 1, 1]
    assert sorted(told()) == ["bayu", "ratna", "wulan"]


def test_nobody_left_to_tell(context: Flask) -> None:
    roster()
    with transaction() as session:
        session.execute(sa.update(Person).where(Person.login.in_(["ratna", "bayu", "wulan"])).values(is_active=False))
    tell(urgency="now")
    assert ring() == 1, "whoever leads hears it: nobody reads any more"
    assert told() in (["hadi"], ["joko"])
    with transaction() as session:
        others = ["hadi", "joko", "dian", "sekar"]
        session.execute(sa.update(Person).where(Person.login.in_(others)).values(is_active=False))
    tell(urgency="now")
    assert ring(0.1) == 0
    with transaction() as session:
        session.execute(sa.update(Person).where(Person.login == "wulan").values(is_active=True))
    assert ring(0.2) == 1, "as soon as somebody is there"
    assert told()[-1] == "wulan"


def test_whoever_has_left_is_told_nothing_though_still_on_the_roster(context: Flask) -> None:
    with transaction() as session:
        session.execute(sa.update(Person).where(Person.login == "ratna").values(is_active=False))
    tell(urgency="now")
    ring()
    assert told() == ["bayu"]


def test_another_office_s_people_are_not_told(context: Flask) -> None:
    tell(urgency="now", about="office")
    for minute in (0, 5, 10):
        ring(minute)
    assert set(told()) == {"intan", "rahmat"}


def test_whom_it_is_about_is_not_told(context: Flask) -> None:
    reporter = tell(urgency="now")
    with transaction() as session:
        session.add(Exclusion(report_id=reporter.report_id, excluded_id=person("ratna")))
    for minute in (0, 5, 10):
        ring(minute)
    assert set(told()) == {"bayu", "wulan"}


def test_how_often_is_a_setting(context: Flask) -> None:
    with transaction() as session:
        session.merge(Setting(key="alarm_minutes", value="2"))
    tell(urgency="now")
    assert [minute for minute in range(7) if ring(minute)] == [0, 2, 4, 6]


def test_it_is_recorded_by_the_hour(context: Flask) -> None:
    """It follows the report within seconds: an exact time would tell when that came."""
    reporter = tell(urgency="now")
    ring(3.5)
    (entry,) = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.act == "report.alarmed").where(AuditEntry.thing_id == reporter.report_id)
    )
    assert (entry.at, entry.note) == (AT, str(person("ratna")))
    assert audit.first_broken(Chain.STAFF) is None


def test_the_open_page_says_who_is_told_next(context: Flask) -> None:
    reporter = tell(urgency="now")
    (before,) = duty.alarms_for(member("ratna"))
    assert (before.report.id, before.next_to, before.next_at) == (reporter.report_id, None, None)
    ring()
    db.session.rollback()
    (after,) = duty.alarms_for(member("ratna"))
    assert (after.next_to, after.next_at) == ("Bayu Contoh", AT + 5 * MINUTE)
    assert duty.alarms_for(member("intan")) == []


@pytest.mark.parametrize("jump", [timedelta(days=-1), timedelta(days=-365)])
def test_a_clock_that_is_put_back_does_not_silence_it(context: Flask, jump: timedelta) -> None:
    """Case A10: a time that lies further ahead than any that we set is not waited for."""
    tell(urgency="now")
    assert ring() == 1
    minutes = jump / MINUTE
    assert ring(minutes) == 1
    assert [ring(minutes + 4), ring(minutes + 5)] == [0, 1]


def test_two_workers_who_look_at_once_ring_once(context: Flask) -> None:
    for _ in range(5):
        tell(urgency="now")
    start = Barrier(3)

    def look(_: int) -> int:
        with context.app_context():
            start.wait(10)
            rung = duty.ring()
            db.session.remove()
            return rung

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(look, range(3))) == 5
    assert told() == ["ratna"] * 5
