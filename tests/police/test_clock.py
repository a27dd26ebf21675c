"""The police clock: 3x24 hours, holidays included; it reminds, never sends, and ends in three ways alone (rule 1)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, delivery
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import destruction, lateness, outbox, police, reports
from pepa.domain.outbox import Notice
from pepa.errors import Failure, NotAllowed, NotFound
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.police import PoliceClock, PoliceEnding, ToldBy
from pepa.models.reports import Exclusion, Report
from pepa.policy import Reporter
from tests.duty.rosters import person, roster
from tests.people import member, tell

AT = datetime(2026, 3, 18, 22, 40, tzinfo=clock.JAKARTA)  # the night before holidays and a weekend
HOUR = timedelta(hours=1)
MARK = "Tandakata LP/123"


@pytest.fixture(autouse=True)
def _night(context: Flask) -> Iterator[None]:
    with transaction() as session:
        session.execute(sa.update(Report).values(answer_due_at=None, stage="read", held_by_id=person("hadi")))
    with clock.frozen(AT):
        roster(("ratna", AT, AT + 24 * HOUR), ("bayu", AT + 24 * HOUR, AT + 48 * HOUR))
        yield


@pytest.fixture
def reporter(context: Flask) -> Reporter:
    return tell(urgency="soon")


def begin(reporter: Reporter, by: str = "ratna", **values: Any) -> PoliceClock:
    return police.begin(member(by), reporter.report_id, **{"told_by": "survivor", **values})


def end(reporter: Reporter, by: str = "ratna", **values: Any) -> PoliceClock:
    return police.end(member(by), reporter.report_id, **values)


def told() -> list[str]:
    db.session.rollback()
    query = sa.select(Person.login).join(OutboxRow).where(OutboxRow.notice == Notice.POLICE.value)
    return sorted(db.session.scalars(query))


@pytest.mark.both
def test_it_counts_from_the_hour_of_her_report_through_holidays(context: Flask, reporter: Reporter) -> None:
    found = begin(reporter)
    assert found.from_at == clock.hour(AT), "a little early, and no minute of hers in the clear"
    assert found.due_at == clock.hour(AT) + 72 * HOUR
    assert police.hours_left(found) == 71


def test_told_later_it_counts_from_then(context: Flask, reporter: Reporter) -> None:
    with clock.frozen(AT + 30 * HOUR):
        found = begin(reporter, from_at=AT + 29 * HOUR, told_by="psychologist")
        assert found.from_at == clock.hour(AT + 29 * HOUR)
        with pytest.raises(police.NotYet):
            begin(tell(), from_at=AT + 31 * HOUR)


def test_a_bystander_s_telling_starts_none(context: Flask, reporter: Reporter) -> None:
    assert {one.value for one in ToldBy} == {"survivor", "health", "psychologist", "social_worker"}
    with pytest.raises(ValueError, match="witness"):
        begin(reporter, told_by="witness")


def test_it_is_begun_once(context: Flask, reporter: Reporter) -> None:
    begin(reporter)
    with pytest.raises(police.BegunAlready):
        begin(reporter, by="bayu")


@pytest.mark.parametrize(
    ("by", "failure"), [("hadi", NotAllowed), ("joko", NotAllowed), ("nadia", NotAllowed), ("intan", NotFound)]
)
def test_who_may_not(context: Flask, reporter: Reporter, by: str, failure: type[Failure]) -> None:
    with pytest.raises(failure):
        begin(reporter, by=by)


@pytest.mark.both
def test_it_reminds_at_24_48_and_66_hours_and_once_it_is_over(context: Flask, reporter: Reporter) -> None:
    begin(reporter)
    reports.hold(member("bayu"), reporter.report_id)
    start = clock.hour(AT)
    rung = []
    for hours in range(80):
        with clock.frozen(start + hours * HOUR):
            if police.remind():
                rung.append(hours)
    assert rung == [24, 48, 66, 72]
    assert told() == ["bayu"] * 4 + ["hadi"] + ["wulan"] * 4
    assert db.session.get_one(PoliceClock, reporter.report_id).ended_at is None, "it ends by nobody's forgetting"


def test_nobody_holds_it_so_whoever_is_on_duty_is_reminded(context: Flask, reporter: Reporter) -> None:
    begin(reporter)
    with clock.frozen(AT + 24 * HOUR):
        police.remind()
    assert told() == ["bayu", "wulan"]


def test_a_machine_that_stood_still_reminds_once(context: Flask, reporter: Reporter) -> None:
    begin(reporter)
    with clock.frozen(AT + 70 * HOUR):
        assert [police.remind(), police.remind()] == [1, 0]
    assert told() == ["wulan"]


def test_whoever_may_not_know_is_not_reminded(context: Flask, reporter: Reporter) -> None:
    begin(reporter)
    with transaction() as session:
        session.add(Exclusion(report_id=reporter.report_id, excluded_id=person("wulan")))
    with clock.frozen(AT + 24 * HOUR):
        police.remind()
    assert told() == ["bayu"]


def test_ended_before_it_left_a_reminder_is_not_sent(context: Flask, reporter: Reporter, config: Config) -> None:
    """B44, again at the moment of sending."""
    begin(reporter)
    with clock.frozen(AT + 24 * HOUR):
        police.remind()
        (due, _) = outbox.claim()
        assert police.words(due) == f"Batas waktu {_code(reporter)}: sisa 47 jam. Buka program."
        for row in outbox.claim():
            outbox.failed(row.id, 0)
        end(reporter, by="bayu", ending="reported", on="19/03/2026", number=MARK)
        assert not police.stands(due)
        with clock.frozen(AT + 25 * HOUR):
            assert delivery.send_due(config) == 0
    assert told() == []


def _code(reporter: Reporter) -> str:
    return db.session.get_one(Report, reporter.report_id).reference


@pytest.mark.both
@pytest.mark.parametrize(
    ("by", "values"),
    [
        ("ratna", {"ending": "reported", "on": "19/03/2026", "number": MARK}),
        ("ratna", {"ending": "by_other", "details": MARK}),
        ("wulan", {"ending": "decided", "details": MARK}),
    ],
)
def test_it_ends_in_three_ways_and_what_was_noted_is_sealed(
    context: Flask, reporter: Reporter, by: str, values: dict[str, str]
) -> None:
    begin(reporter)
    end(reporter, by=by, **values)
    db.session.rollback()
    row = db.session.get_one(PoliceClock, reporter.report_id)
    assert row.ended_at
    assert MARK.encode() not in row.body_sealed
    _, running = police.show(member("bayu"), reporter.report_id)
    assert running
    assert (running.ending, running.told_by) == (PoliceEnding(values["ending"]), ToldBy.SURVIVOR)
    assert MARK in running.said.values()
    with pytest.raises(police.EndedAlready):
        end(reporter, by=by, **values)
    with clock.frozen(AT + 100 * HOUR):
        assert police.remind() == 0


@pytest.mark.parametrize(
    ("values", "failure"),
    [
        ({"ending": "reported", "on": "19/03/2026"}, police.DetailsMissing),
        ({"ending": "reported", "number": "1"}, police.DetailsMissing),
        ({"ending": "by_other"}, police.DetailsMissing),
        ({"ending": "decided", "details": "Kepala memutuskan"}, police.HeadDecides),
    ],
)
def test_what_does_not_end_it(
    context: Flask, reporter: Reporter, values: dict[str, str], failure: type[Failure]
) -> None:
    begin(reporter)
    with pytest.raises(failure):
        end(reporter, **values)
    db.session.rollback()
    assert db.session.get_one(PoliceClock, reporter.report_id).ended_at is None


def test_those_that_run_the_nearest_end_first(context: Flask, reporter: Reporter) -> None:
    begin(reporter)
    with clock.frozen(AT + 5 * HOUR):
        later = tell()
        begin(later)
        theirs = tell(about="office")
        police.begin(member("intan"), theirs.report_id, told_by="health")
        found = [one.report_id for one in police.running_for(member("bayu"))]
    assert found == [reporter.report_id, later.report_id]


def test_it_goes_with_its_report(context: Flask, reporter: Reporter) -> None:
    begin(reporter)
    with clock.frozen(AT + 24 * HOUR):
        police.remind()
    destruction.destroy(reporter.report_id)
    db.session.rollback()
    assert db.session.get(PoliceClock, reporter.report_id) is None
    assert told() == [], "and so does what was to be told of it"
    assert lateness.was_told(reporter.report_id, lateness.Limit.POLICE) is None
