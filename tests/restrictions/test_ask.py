"""Restriction is asked: sealed, its clock of three days, who is told and reminded."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, delivery
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import audit, destruction, exclusions, outbox, reports, restrictions, three_days
from pepa.domain.outbox import Notice
from pepa.errors import Failure, NotAllowed, NotFound
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.reports import Exclusion, Report
from pepa.models.restrictions import Restriction
from pepa.policy import Reporter
from tests.duty.rosters import person
from tests.people import member, tell

AT = datetime(2026, 12, 24, 22, 40, tzinfo=clock.JAKARTA)  # the night before a holiday and a weekend
HOUR = timedelta(hours=1)
HOW = "Tandasirih: ia sendiri, lewat pesan"


@pytest.fixture(autouse=True)
def _night(context: Flask) -> Iterator[None]:
    with transaction() as session:
        session.execute(sa.update(Report).values(answer_due_at=None, stage="read", held_by_id=person("hadi")))
    with clock.frozen(AT):
        yield


@pytest.fixture
def reporter(context: Flask) -> Reporter:
    found = tell(urgency="soon")
    reports.hold(member("bayu"), found.report_id)
    return found


def ask(reporter: Reporter, by: str = "ratna", **values: Any) -> UUID:
    given = {"asked_at": AT, "how": HOW, "once": "a", **values}
    return restrictions.ask(member(by), reporter.report_id, **given)


def told() -> list[str]:
    db.session.rollback()
    query = sa.select(Person.login).join(OutboxRow, OutboxRow.person_id == Person.id)
    rows = query.where(OutboxRow.notice == Notice.RESTRICTION.value, OutboxRow.channel == "mail")
    return sorted(db.session.scalars(rows))


@pytest.mark.both
def test_it_is_sealed_and_those_who_answer_for_the_report_are_told(context: Flask, reporter: Reporter) -> None:
    made = ask(reporter)
    assert ask(reporter) == made, "sent twice it is one"
    row = db.session.get_one(Restriction, made)
    assert b"Tandasirih" not in row.body_sealed
    assert (row.asked_at, row.due_at) == (clock.hour(AT), clock.hour(AT) + 72 * HOUR), "no minute of hers in the clear"
    assert row.hours_left == 71
    _, (known,) = restrictions.show(member("bayu"), reporter.report_id)
    assert known.said == {"how": HOW}
    assert told() == ["bayu", "wulan"]
    acts = [act.act for act in audit.acts_on(reporter.report_id)]
    assert "restriction.asked" in acts


def test_one_at_a_time(context: Flask, reporter: Reporter) -> None:
    ask(reporter)
    with pytest.raises(restrictions.AskedAlready):
        ask(reporter, by="bayu", once="b")


@pytest.mark.parametrize(
    ("values", "failure"),
    [
        ({"asked_at": AT + HOUR}, restrictions.NotYetAsked),
        ({"asked_at": AT - timedelta(days=400)}, restrictions.LongAgo),
        ({"how": " "}, restrictions.HowUnsaid),
    ],
)
def test_what_is_not_taken(context: Flask, reporter: Reporter, values: dict[str, Any], failure: type[Failure]) -> None:
    with pytest.raises(failure):
        ask(reporter, **values)
    assert restrictions.of(reporter.report_id) is None


@pytest.mark.parametrize(
    ("by", "failure"), [("hadi", NotAllowed), ("joko", NotAllowed), ("nadia", NotAllowed), ("intan", NotFound)]
)
def test_who_may_not(context: Flask, reporter: Reporter, by: str, failure: type[Failure]) -> None:
    with pytest.raises(failure):
        ask(reporter, by=by)


def test_whoever_may_not_know_of_the_report(context: Flask, reporter: Reporter) -> None:
    with transaction() as session:
        session.add(Exclusion(report_id=reporter.report_id, excluded_id=person("wulan")))
    ask(reporter)
    assert told() == ["bayu"]
    with pytest.raises(NotFound):
        restrictions.show(member("wulan"), reporter.report_id)
    with pytest.raises(NotFound):
        restrictions.decide(member("wulan"), reporter.report_id, decision="restricted", version=1)


@pytest.mark.both
def test_nights_and_holidays_count_and_each_mark_is_reminded_of_once(context: Flask, reporter: Reporter) -> None:
    ask(reporter)
    reminded = []
    for hour in range(80):
        with clock.frozen(clock.hour(AT) + hour * HOUR):
            reminded += [hour] * restrictions.remind()
    assert reminded == [24, 48, 66, 72]
    assert told() == sorted(["bayu"] * 5 + ["wulan"] * 5 + ["hadi"])


def test_noted_late_the_marks_that_lie_behind_are_not_reminded_of(context: Flask, reporter: Reporter) -> None:
    with clock.frozen(AT + 50 * HOUR):
        ask(reporter)
        assert restrictions.remind() == 0
    with clock.frozen(AT + 67 * HOUR):
        assert [restrictions.remind(), restrictions.remind()] == [1, 0]


def test_whoever_has_the_report_next_is_told_at_once_and_reminded_anew(context: Flask, reporter: Reporter) -> None:
    ask(reporter, asked_at=AT - 73 * HOUR)
    before = told()
    exclusions.exclude(reporter, about="office")
    assert {login for login in told() if login not in before} == {"intan"}
    (row,) = db.session.scalars(sa.select(Restriction))
    assert (row.reminded, restrictions.remind()) == (three_days.OVER, 0)


def test_decided_before_it_left_a_reminder_is_not_sent(context: Flask, reporter: Reporter, config: Config) -> None:
    ask(reporter)
    (due, *rest) = outbox.claim()
    for row in (due, *rest):
        outbox.failed(row.id, 0)
    assert restrictions.stands(due)
    restrictions.decide(member("wulan"), reporter.report_id, decision="restricted", version=1)
    assert not restrictions.stands(due)
    with clock.frozen(AT + HOUR):
        assert delivery.send_due(config) == 0
    with clock.frozen(AT + 30 * HOUR):
        assert restrictions.remind() == 0
    assert told() == []


def test_it_goes_with_its_report(context: Flask, reporter: Reporter) -> None:
    made = ask(reporter)
    destruction.destroy(reporter.report_id)
    db.session.rollback()
    assert db.session.get(Restriction, made) is None
    assert told() == []
