"""Whoever was turned away learns nothing more of a report: an office by its reporter, a person by an exclusion.

Searched for: lists and their counts, alarms, the search, what was being typed, notices that wait, what is late.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, delivery
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import additions, cards, duty, exclusions, inbox, lateness, reporters, reports, sessions
from pepa.models.lateness import Telling
from pepa.models.outbox import OutboxRow
from pepa.models.reports import Exclusion, Report
from pepa.policy import Reporter
from tests.duty.rosters import person, roster
from tests.people import member, tell

AT = datetime(2026, 3, 4, 8, 0, tzinfo=clock.JAKARTA)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TABS = (inbox.Filters(), inbox.UNREAD, inbox.Filters(continued=True), inbox.Filters(danger=True))


@pytest.fixture(autouse=True)
def _alone(context: Flask) -> Iterator[None]:
    """Ratna is on duty; nothing of the demo's is due."""
    with transaction() as session:
        session.execute(sa.update(Report).values(held_by_id=person("hadi"), answer_due_at=None, stage="read"))
        session.execute(sa.delete(OutboxRow))
    with clock.frozen(AT):
        roster(("ratna", AT, AT + 24 * HOUR))
        yield


def of_the_office(reporter: Reporter) -> list[str]:
    exclusions.exclude(reporter, about="office")
    return ["ratna", "bayu", "wulan", "hadi"]


def of_one_person(reporter: Reporter) -> list[str]:
    with transaction() as session:
        session.add(Exclusion(report_id=reporter.report_id, excluded_id=person("ratna")))
    return ["ratna"]


def seen(login: str) -> dict[str, object]:
    """Whatever somebody sees that a report adds to."""
    actor = member(login)
    return {
        "lists": [{report.id for report in inbox.list_for(actor, tab, size=500)} for tab in TABS],
        "counts": inbox.counts(actor),
        "alarms": {alarm.report.id for alarm in duty.alarms_for(actor)},
        "found": {one.report.id for one in cards.search(actor, typed="zubaidah")},
    }


def named_at_the_desk(login: str) -> set[UUID]:
    """The reports on which somebody was typing, and of which the desk says so."""
    actor = member(login)
    return reports.among(actor, [UUID(path.rpartition("/")[2]) for path in sessions.unsent(actor)])


@pytest.mark.both
@pytest.mark.parametrize("turn_away", [of_the_office, of_one_person])
def test_turned_away_means_that_nothing_leaves(
    context: Flask, config: Config, monkeypatch: pytest.MonkeyPatch, turn_away: Callable[[Reporter], list[str]]
) -> None:
    before = {login: seen(login) for login in ("ratna", "bayu", "wulan")}
    reporter = tell("Siti Zubaidah", urgency="now")
    assert seen("ratna") != before["ratna"]
    sessions.keep_for(member("ratna"), f"/petugas/laporan/{reporter.report_id}", {"text": "Ibu, kami"})
    additions.add(reporter, answers=additions.Who(weapon="yes"), once="a")
    reporters.write(reporter, text="Masih di sini", once="b")
    duty.ring()
    with clock.frozen(AT + 3 * HOUR):
        lateness.tell()
    assert named_at_the_desk("ratna") == {reporter.report_id}

    turned = turn_away(reporter)
    for login in turned:
        if login in before:
            assert seen(login) == before[login]
    assert named_at_the_desk("ratna") == set()
    told: list[object] = []
    monkeypatch.setattr(delivery, "_carry", lambda _, due: told.append(due.person_id))
    for hours in (0, 4, 30):
        with clock.frozen(AT + hours * HOUR):
            duty.ring()
            lateness.tell()
            delivery.send_due(config)
    assert told, "others are told"
    assert not {person(login) for login in turned} & set(told)
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Telling)), "and it is late for them"
