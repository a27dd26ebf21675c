"""It ends by itself, and by whoever opened it, holds the report or leads."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import emergencies, reporters, withdrawals
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.emergencies import Emergency
from pepa.models.reports import Exclusion
from tests.duty.rosters import person
from tests.emergencies.test_begin import HOUR, SATURDAY, WHY, held, opened
from tests.people import member, tell


@pytest.mark.both
def test_after_eight_hours_it_is_shut(context: Flask, database: str) -> None:
    with clock.frozen(SATURDAY):
        emergency_id = opened(held())
    with clock.frozen(SATURDAY + 8 * HOUR - timedelta(seconds=1)):
        emergencies.show(member("sekar"), emergency_id)
    for at in (SATURDAY + 8 * HOUR, SATURDAY - HOUR):
        with clock.frozen(at), pytest.raises(NotFound):
            emergencies.show(member("sekar"), emergency_id)
    with clock.frozen(SATURDAY + 9 * HOUR):
        assert emergencies.mine(member("sekar")) == []
        emergencies.end(member("wulan"), emergency_id)
    db.session.rollback()
    assert db.session.get_one(Emergency, emergency_id).ended_at is None, "it was over"


@pytest.mark.parametrize("login", ["sekar", "bayu", "wulan"])
def test_they_end_it(context: Flask, login: str) -> None:
    with clock.frozen(SATURDAY):
        report_id = held()
        emergency_id = opened(report_id)
        for _ in range(2):
            emergencies.end(member(login), emergency_id)
        with pytest.raises(NotFound):
            emergencies.show(member("sekar"), emergency_id)
        (told,) = emergencies.of(member("bayu"), [report_id])
    assert (told.emergency.ended_by_id, told.may_end) == (person(login), False)
    ended = sa.select(AuditEntry.person_id).where(AuditEntry.act == "emergency.ended")
    assert list(db.session.scalars(ended)) == [person(login)]


def test_others_do_not(context: Flask) -> None:
    emergency_id = opened(held())
    for login in ("ratna", "intan", "rahmat"):
        with pytest.raises(NotFound):
            emergencies.end(member(login), emergency_id)
    for login in ("hadi", "dian", "joko", "nadia"):
        with pytest.raises(NotAllowed):
            emergencies.end(member(login), emergency_id)


def test_whoever_may_not_know_ends_none_and_reads_of_none(context: Flask) -> None:
    report_id = held()
    emergency_id = opened(report_id)
    with transaction() as session:
        session.add(Exclusion(report_id=report_id, excluded_id=person("wulan")))
    with pytest.raises(NotFound):
        emergencies.end(member("wulan"), emergency_id)
    assert emergencies.of(member("wulan"), [report_id]) == []


def test_whoever_reads_the_report_reads_why(context: Flask) -> None:
    report_id = held()
    opened(report_id)
    told = {login: emergencies.of(member(login), [report_id])[0] for login in ("bayu", "ratna", "wulan")}
    assert {login: (one.reason, one.may_end) for login, one in told.items()} == {
        "bayu": (WHY, True), "ratna": (WHY, False), "wulan": (WHY, True)
    }  # fmt: skip


def test_what_its_reporter_cancels_is_shut(context: Flask) -> None:
    reporter = tell()
    emergency_id = opened(reporter.report_id)
    withdrawals.withdraw(reporter, came_by=())
    with pytest.raises(NotFound):
        emergencies.show(member("sekar"), emergency_id)
    assert reporters.by_token(reporter.token) is None
