"""Whoever holds the code sees little until an officer made sure that she is the survivor; that can be taken back."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import confirmations, follow_up, reporters
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.reports import ConfirmedBy, Report, Stage, Unconfirmed
from pepa.policy import Reporter
from tests.people import member, office, tell


@pytest.fixture
def reporter(context: Flask) -> Reporter:
    return tell()


def put(reporter: Reporter, stage: Stage) -> None:
    with transaction() as session:
        session.get_one(Report, reporter.report_id).stage = stage.value


def acts(reporter: Reporter) -> list[tuple[str, str]]:
    query = sa.select(AuditEntry.act, AuditEntry.note).where(AuditEntry.thing_id == reporter.report_id)
    return [tuple(row) for row in db.session.execute(query.where(AuditEntry.act.like("reporter.%")))]


@pytest.mark.parametrize("stage", [Stage.CASE, Stage.HELP])
def test_a_stage_is_for_whoever_was_confirmed(reporter: Reporter, stage: Stage) -> None:
    put(reporter, stage)
    assert follow_up.following(reporter).stage is None
    confirmations.confirm(member("ratna"), reporter.report_id, way="met")
    assert follow_up.following(reporter).stage is stage
    confirmations.take_back(member("bayu"), reporter.report_id, reason="watched")
    assert follow_up.following(reporter).stage is None


@pytest.mark.parametrize("way", ConfirmedBy)
def test_it_is_recorded_with_the_way_and_done_once(reporter: Reporter, way: ConfirmedBy) -> None:
    report = confirmations.confirm(member("ratna"), reporter.report_id, way=way)
    seen = confirmations.of(report)
    assert seen
    assert seen.name == member("ratna").name
    confirmations.confirm(member("bayu"), reporter.report_id, way="met")
    assert acts(reporter) == [("reporter.confirmed", way.value)]
    assert db.session.get_one(Report, reporter.report_id).confirmed_by_id == member("ratna").person_id


def test_taken_back_with_a_reason_and_once(reporter: Reporter) -> None:
    confirmations.take_back(member("ratna"), reporter.report_id, reason="mistake")
    assert acts(reporter) == []
    confirmations.confirm(member("ratna"), reporter.report_id, way="met")
    for reason in Unconfirmed:
        report = confirmations.take_back(member("ratna"), reporter.report_id, reason=reason)
        assert confirmations.of(report) is None
    assert acts(reporter) == [("reporter.confirmed", "met"), ("reporter.unconfirmed", "mistake")]


@pytest.mark.parametrize("way", ["", "message", "Met"])
def test_no_other_way(reporter: Reporter, way: str) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        confirmations.confirm(member("ratna"), reporter.report_id, way=way)
    assert confirmations.of(db.session.get_one(Report, reporter.report_id)) is None


def test_not_by_another_office(reporter: Reporter) -> None:
    with pytest.raises(NotFound):
        confirmations.confirm(member("intan"), reporter.report_id, way="met")
    with pytest.raises(NotAllowed):
        confirmations.confirm(member("asep"), reporter.report_id, way="met")
    assert office() == db.session.get_one(Report, reporter.report_id).holder_id


def test_another_code_does_not_undo_it(reporter: Reporter) -> None:
    """Who has the new code had the old one: the officer knows, and can take it back."""
    confirmations.confirm(member("ratna"), reporter.report_id, way="met")
    digits = reporters.code(reporter)
    assert digits
    typed = reporters.by_token(reporters.open_code(digits))
    assert typed
    assert follow_up.following(typed).stage is Stage.RECEIVED
