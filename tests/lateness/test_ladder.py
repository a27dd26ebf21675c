"""Somebody is always told: the next rung of the ladder, where an office has no head or some may not know."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import duty, lateness, outbox, police, reports, withdrawals
from pepa.domain.faults import Fault
from pepa.domain.outbox import Notice
from pepa.models.lateness import Telling
from pepa.models.notices import NoticeRow
from pepa.models.organisations import Membership, Role
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.reports import Exclusion, Report
from pepa.models.stand_ins import StandIn
from tests.duty.rosters import person, roster
from tests.people import member, office, tell

AT = datetime(2026, 3, 4, 8, 0, tzinfo=clock.JAKARTA)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
OFFICE = ("bayu", "dian", "hadi", "joko", "ratna", "sekar", "wulan")


@pytest.fixture(autouse=True)
def _alone(context: Flask) -> Iterator[None]:
    with transaction() as session:
        values = {"held_by_id": person("hadi"), "answer_due_at": None, "stage": "read"}
        session.execute(sa.update(Report).values(**values))
    with clock.frozen(AT):
        roster(("ratna", AT, AT + 12 * HOUR), ("bayu", AT + 12 * HOUR, AT + 24 * HOUR))
        yield


def told(notice: Notice = Notice.LATE_READING) -> list[str]:
    db.session.rollback()
    query = sa.select(Person.login).join(OutboxRow).where(OutboxRow.notice == notice.value)
    return sorted(db.session.scalars(query))


def look(minutes: int) -> int:
    with clock.frozen(AT + minutes * MINUTE):
        return lateness.tell()


def keep_from(report_id: UUID, *logins: str) -> None:
    with transaction() as session:
        session.add_all(Exclusion(report_id=report_id, excluded_id=person(login)) for login in logins)


@pytest.mark.both
def test_an_office_without_a_head_tells_at_twice_whoever_was_not_told(context: Flask, database: str) -> None:
    """The independent holder: whoever leads it was told at the limit already."""
    roster(("intan", AT, AT + 24 * HOUR), kind="independent")
    tell(urgency="now", about="office")
    look(16)
    assert told() == ["intan"], "on duty and the only supervisor"
    look(31)
    assert told() == ["intan", "rahmat"]


def test_where_all_were_told_whoever_answers_hears_it_again(context: Flask) -> None:
    roster(("rahmat", AT, AT + 24 * HOUR), kind="independent")
    tell(urgency="now", about="office")
    look(16)
    assert told() == ["intan", "rahmat"]
    look(31)
    assert told() == ["intan", "intan", "rahmat"]


def test_whoever_is_on_duty_may_not_know_so_the_next_is_told(context: Flask) -> None:
    reporter = tell(urgency="now")
    keep_from(reporter.report_id, "ratna")
    look(16)
    assert told() == ["bayu", "wulan"]


def test_whoever_holds_it_may_know_no_more(context: Flask) -> None:
    reporter = tell(urgency="today")
    reports.open_for(member("bayu"), reporter.report_id)
    reports.hold(member("bayu"), reporter.report_id)
    keep_from(reporter.report_id, "bayu")
    look(6 * 60 + 1)
    assert told(Notice.LATE_ANSWER) == ["ratna", "wulan"]


@pytest.mark.both
def test_nobody_on_duty_and_no_supervisor_may_know(context: Flask, database: str) -> None:
    """It was told to nobody at all."""
    reporter = tell(urgency="now")
    keep_from(reporter.report_id, "ratna", "bayu", "wulan")
    assert look(16) == 1
    assert told() == ["hadi"]
    with transaction() as session:
        assert session.get_one(Telling, (reporter.report_id, "read", 1)).has_superior
    look(31)
    assert told() == ["hadi", "hadi"]


def test_last_whoever_else_works_there(context: Flask) -> None:
    reporter = tell(urgency="now")
    keep_from(reporter.report_id, "ratna", "bayu", "wulan", "hadi", "joko")
    assert look(16) == 1
    assert told() == ["dian", "sekar"]
    assert lateness.faults() == []


def test_nobody_at_all_is_said_at_the_machine_alone(context: Flask) -> None:
    reporter = tell(urgency="now")
    keep_from(reporter.report_id, *OFFICE)
    assert look(16) == 0
    assert told() == []
    with clock.frozen(AT + 16 * MINUTE):
        assert lateness.faults() == [Fault("late.alone", values={"n": 1})], "a number, and no code"
    assert lateness.faults() == [], "not late yet"


def test_the_alarm_goes_on_to_whoever_leads(context: Flask) -> None:
    """Every reader may be kept from a report: it rang for nobody."""
    reporter = tell(urgency="now")
    keep_from(reporter.report_id, "ratna", "bayu", "wulan")
    assert duty.ring() == 1
    with clock.frozen(AT + 5 * MINUTE):
        assert duty.ring() == 1
    assert told(Notice.ALARM) == ["hadi", "joko"]


def test_so_do_those_that_were_put_aside(context: Flask) -> None:
    reporter = tell(urgency="now")
    with transaction() as session:
        session.get_one(Report, reporter.report_id).is_aside = True
    keep_from(reporter.report_id, "ratna", "bayu", "wulan", "joko")
    assert duty.ring() == 1
    assert told(Notice.ASIDE) == ["hadi"]


def test_the_police_clock_goes_on_too_and_waits_where_nobody_may_know(context: Flask) -> None:
    reporter = tell(urgency="now")
    police.begin(member("ratna"), reporter.report_id, told_by="survivor")
    keep_from(reporter.report_id, *OFFICE)
    with clock.frozen(AT + 25 * HOUR):
        assert police.remind() == 0
        with transaction() as session:
            session.execute(sa.delete(Exclusion).where(Exclusion.excluded_id == person("hadi")))
        assert police.remind() == 1
    assert told(Notice.POLICE) == ["hadi"]


def test_a_report_that_is_cancelled_is_told_to_whoever_may_know(context: Flask) -> None:
    reporter = tell(urgency="now")
    keep_from(reporter.report_id, "ratna", "bayu", "wulan")
    withdrawals.withdraw(reporter, came_by=())
    assert told(Notice.CANCELLED) == ["hadi"]


# Whoever is there, on leave or kept away

ROLES = st.sets(st.sampled_from([role for role in Role if role is not Role.OUTREACH_WORKER]), min_size=1, max_size=2)
ONE = st.fixed_dictionaries({"roles": ROLES, "there": st.booleans(), "kept_away": st.booleans()})


@given(
    people=st.fixed_dictionaries(dict.fromkeys(OFFICE, ONE)),
    on_duty=st.lists(st.sampled_from(OFFICE), max_size=3),
    holder=st.none() | st.sampled_from(OFFICE),
    away=st.none() | st.permutations(OFFICE).map(lambda some: some[:2]),
)
@settings(max_examples=20, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_somebody_is_always_told_and_nobody_who_may_not_know(
    context: Flask, people: dict[str, dict], on_duty: list[str], holder: str | None, away: list[str] | None
) -> None:
    _begin_anew()
    roster(*((login, AT + n * 8 * HOUR, AT + (n + 1) * 8 * HOUR) for n, login in enumerate(on_duty)))
    reporter = tell(urgency="now")
    _arrange(reporter.report_id, people, holder, away)
    able = {login for login, one in people.items() if one["there"] and not one["kept_away"]}
    duty.ring()
    for minutes in (16, 31):
        look(minutes)
        late = told()
        assert bool(late) == bool(able), "somebody at the limit"
    assert set(late) <= able
    assert set(told(Notice.ALARM)) <= able
    assert bool(told(Notice.ALARM)) == (bool(able) and holder is None)
    assert len(list(db.session.scalars(sa.select(Telling)))) == (2 if able else 0)
    with clock.frozen(AT + 31 * MINUTE):
        assert len(lateness.faults()) == (not able)
        assert all(lateness.stands(due) for due in outbox.claim(100) if due.notice is Notice.LATE_READING)


def _begin_anew() -> None:
    with transaction() as session:
        for table in (OutboxRow, NoticeRow, Telling, Exclusion, StandIn):
            session.execute(sa.delete(table))
        session.execute(sa.update(Report).values(held_by_id=person("hadi"), answer_due_at=None, stage="read"))


def _arrange(report_id: UUID, people: dict[str, dict], holder: str | None, away: list[str] | None) -> None:
    with transaction() as session:
        for login, one in people.items():
            found = sa.select(Membership).where(Membership.person_id == person(login))
            row = session.scalars(found).one()
            row.roles, row.is_active = " ".join(sorted(one["roles"])), one["there"]
            if one["kept_away"]:
                session.add(Exclusion(report_id=report_id, excluded_id=person(login)))
        report = session.get_one(Report, report_id)
        report.held_by_id, report.answer_due_at = person(holder) if holder else None, None
        if away:
            ids = {"absent_id": person(away[0]), "person_id": person(away[1]), "made_by_id": person(away[0])}
            span = {"from_on": AT.date(), "until_on": AT.date(), "made_at": AT}
            session.add(StandIn(organisation_id=office(), **ids, **span))
