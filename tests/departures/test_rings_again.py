"""A report that somebody who left had in hand: what nobody who stays has read rings anew, what was sorted does not."""

from datetime import timedelta

from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import departures, duty, reports, triage
from pepa.models.reports import Report, Stage
from pepa.policy import Reporter
from tests.members.people import forget_told, membership, told, words
from tests.people import member, tell


def held(*, read_by: str = "") -> Reporter:
    """An urgent one that rang for some while before bayu took it."""
    reporter = tell(urgency="now")
    for minutes in (0, 30, 60):
        with clock.frozen(clock.now() + timedelta(minutes=minutes)):
            duty.ring()
    if read_by:
        reports.open_for(member(read_by), reporter.report_id)
    reports.hold(member("bayu"), reporter.report_id)
    return reporter


def leave() -> None:
    departures.leave(member("wulan"), membership("bayu"), manner="ordinary", passphrase=words("wulan"))
    forget_told()


def row(reporter: Reporter) -> Report:
    db.session.rollback()
    return db.session.get_one(Report, reporter.report_id)


def test_what_they_had_not_read_rings_at_once_and_its_limit_stands(context: Flask) -> None:
    reporter = held()
    before = row(reporter).read_due_at
    leave()
    assert (row(reporter).alarm_at, row(reporter).alarm_step, row(reporter).read_due_at) == (None, 0, before)
    duty.ring()
    assert told("alarm")


def test_what_they_alone_had_read_is_to_be_read_once_more(context: Flask) -> None:
    reporter = held(read_by="bayu")
    assert row(reporter).stage == Stage.READ
    with clock.frozen(clock.now() + timedelta(hours=2)):
        leave()
        found = row(reporter)
        assert (found.stage, found.read_by_id, found.is_alarming) == (Stage.RECEIVED, None, True)
        assert found.read_due_at > clock.now()
        duty.ring()
        assert told("alarm")


def test_what_a_colleague_has_read_is_let_go_and_no_more(context: Flask) -> None:
    reporter = held(read_by="ratna")
    leave()
    assert (row(reporter).stage, row(reporter).held_by_id) == (Stage.READ, None)


def test_what_was_sorted_stays_sorted(context: Flask) -> None:
    reporter = held(read_by="bayu")
    triage.judge(member("bayu"), reporter.report_id, urgency="now", number=0, once="j")
    leave()
    assert (row(reporter).stage, row(reporter).held_by_id) == (Stage.TRIAGED, None)
