"""Emergency opening: with a reason, for eight hours, and whoever holds the report and leads is told at once."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import cases, conflicts, duty, emergencies, reports, triage
from pepa.domain.outbox import Notice
from pepa.errors import NotAllowed
from pepa.models.audit import AuditEntry
from pepa.models.emergencies import Emergency
from pepa.models.excesses import Excess
from pepa.models.installation import Setting
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.reports import Exclusion, Report, reference_of
from tests.duty.rosters import person, roster
from tests.people import member, office, tell

SATURDAY = datetime(2026, 11, 28, 21, 0, tzinfo=clock.JAKARTA)
HOUR = timedelta(hours=1)
WHY = "Ia menelepon saya. Rekan yang memegang tidak bisa dihubungi."


def opened(report_id: UUID, once: str = "1", **changed: str) -> UUID:
    typed = {"code": reference_of(report_id), "reason": WHY} | changed
    return emergencies.begin(member("sekar"), once=once, **typed)


def held(what: str = "Kemarin malam ada suara pecah.", **told: str) -> UUID:
    """A report that Bayu holds."""
    report_id = tell(what, **told).report_id
    reports.open_for(member("bayu"), report_id)
    reports.hold(member("bayu"), report_id)
    return report_id


def told() -> list[str]:
    db.session.rollback()
    query = sa.select(Person.login).join(OutboxRow).where(OutboxRow.notice == Notice.EMERGENCY.value)
    return sorted(db.session.scalars(query))


@pytest.mark.both
def test_it_opens_and_both_are_told_at_once(context: Flask, database: str) -> None:
    with clock.frozen(SATURDAY):
        report_id = held()
        emergency_id = opened(report_id)
        assert told() == ["bayu", "wulan"]
        row = db.session.get_one(Emergency, emergency_id)
        assert (row.begun_at, row.until_at) == (SATURDAY, SATURDAY + 8 * HOUR)
        assert WHY.encode() not in row.body_sealed
        shown = emergencies.show(member("sekar"), emergency_id)
        assert shown.opened.told.what == "Kemarin malam ada suara pecah."
        query = sa.select(AuditEntry.act, AuditEntry.note).where(AuditEntry.thing_id == report_id)
        acts = [tuple(one) for one in db.session.execute(query.where(AuditEntry.person_id == person("sekar")))]
    assert acts == [("emergency.begun", ""), ("report.opened", "emergency")]
    assert list(db.session.scalars(sa.select(Excess).where(Excess.person_id == person("sekar")))) == []


def test_nobody_holds_it_so_whoever_is_on_duty_is_told(context: Flask) -> None:
    with clock.frozen(SATURDAY):
        roster(("ratna", SATURDAY - HOUR, SATURDAY + HOUR))
        opened(tell().report_id)
    assert told() == ["ratna", "wulan"]


def test_whoever_may_not_know_is_not_told_of_it(context: Flask) -> None:
    report_id = held()
    with transaction() as session:
        session.add_all(Exclusion(report_id=report_id, excluded_id=person(one)) for one in ("bayu", "ratna", "wulan"))
    opened(report_id)
    assert told() == ["hadi"]


def test_without_a_reason_nothing_opens(context: Flask) -> None:
    report_id = held()
    with pytest.raises(emergencies.NoReason):
        opened(report_id, reason="  ")
    assert (told(), emergencies.mine(member("sekar"))) == ([], [])


def test_it_stays_unread_and_goes_on_ringing(context: Flask) -> None:
    """She who answers is somebody else."""
    with transaction() as session:
        session.execute(sa.update(Report).values(held_by_id=person("hadi")))
    report_id = tell(urgency="now").report_id
    emergencies.show(member("sekar"), opened(report_id))
    assert db.session.get_one(Report, report_id).is_unread
    assert duty.ring() == 1


@pytest.mark.parametrize("code", ["L-ZZZZZZ", "K-ZZZZZZ", "apa saja", "", "L-4K7Q2MX"])
def test_a_code_that_names_nothing(context: Flask, code: str) -> None:
    with pytest.raises(emergencies.CodeUnknown):
        opened(UUID(int=1), code=code)
    refused = sa.select(AuditEntry.person_id).where(AuditEntry.act == "emergency.refused")
    assert list(db.session.scalars(refused)) == [person("sekar")]


def test_a_conflict_is_never_overcome_by_it(context: Flask) -> None:
    """The same words as for a code that there is not; and what is hidden later is open no more."""
    hidden, later = held("Yang satu"), held("Yang lain")
    conflicts.name(member("wulan"), hidden, named_id=person("sekar"), reason="Keluarga", once="1")
    with pytest.raises(emergencies.CodeUnknown):
        opened(hidden)
    emergency_id = opened(later)
    conflicts.name(member("wulan"), later, named_id=person("sekar"), reason="Keluarga", once="2")
    with pytest.raises(emergencies.NotFound):
        emergencies.show(member("sekar"), emergency_id)
    assert emergencies.mine(member("sekar")) == []


def test_a_case_opens_with_all_that_it_holds_unless_one_is_hidden(context: Flask) -> None:
    first, second = held("Satu"), held("Dua")
    bayu, case_id = member("bayu"), None
    for number, report_id in enumerate((first, second)):
        triage.judge(bayu, report_id, urgency="today", number=0, once=f"j{number}")
        case_id = cases.open_from(bayu, report_id, case_id=case_id, number=1, once=f"c{number}")
    code = cases.get_for(bayu, case_id).reference if case_id else ""
    opened(first, code=code)
    assert {row.report_id for row, _ in emergencies.mine(member("sekar"))} == {first, second}
    assert told() == ["bayu", "bayu", "wulan", "wulan"]
    with transaction() as session:
        session.add(Exclusion(report_id=second, excluded_id=person("sekar")))
    assert emergencies.mine(member("sekar")) == []
    with pytest.raises(emergencies.CodeUnknown):
        opened(first, once="2", code=code)


def test_another_office_s_report_opens_to_nobody_of_here(context: Flask) -> None:
    report_id = tell(about="office").report_id
    with pytest.raises(emergencies.CodeUnknown):
        opened(report_id)
    assert db.session.get_one(Report, report_id).holder_id == office("independent")


@pytest.mark.parametrize("login", ["ratna", "wulan", "hadi", "dian", "joko", "intan", "nadia", "tegar", "asep"])
def test_it_is_for_case_managers(context: Flask, login: str) -> None:
    report_id = held()
    with pytest.raises(NotAllowed):
        emergencies.begin(member(login), code=reference_of(report_id), reason=WHY, once="1")


def test_sent_twice_or_open_already_it_is_one(context: Flask) -> None:
    report_id = held()
    first = opened(report_id)
    assert [opened(report_id), opened(report_id, once="2")] == [first, first]
    assert told() == ["bayu", "wulan"]


def test_how_long_is_a_setting(context: Flask) -> None:
    with transaction() as session:
        session.merge(Setting(key="emergency_hours", value="2"))
    with clock.frozen(SATURDAY):
        row = db.session.get_one(Emergency, opened(held()))
        assert row.until_at == SATURDAY + 2 * HOUR
