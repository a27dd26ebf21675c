"""Lifting: by somebody who leads and is not concerned, with a reason; what was said stays to be read."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import boxes, conflicts, exclusions, reports
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.conflicts import ConflictAct
from pepa.models.organisations import Membership
from pepa.models.reports import Exclusion, Report, Stage
from tests.duty.rosters import person
from tests.people import holder, member, office, tell

WHY = "Salah orang."


@pytest.mark.both
def test_who_said_it_of_themselves_never_takes_it_back(context: Flask) -> None:
    sent, wulan = tell("Isi"), member("wulan")
    made = conflicts.declare(wulan, sent.report_id, once="1")
    with pytest.raises(NotFound):
        conflicts.lift(wulan, sent.report_id, made, reason=WHY)
    with pytest.raises(NotFound):
        conflicts.told(wulan, sent.report_id, made)
    with pytest.raises(NotAllowed):
        conflicts.lift(member("ratna"), sent.report_id, made, reason=WHY)
    assert db.session.get(Exclusion, (sent.report_id, wulan.person_id))


@pytest.mark.both
def test_somebody_who_leads_lifts_it_with_a_reason(context: Flask) -> None:
    sent, wulan = tell("Isi"), member("wulan")
    made = conflicts.declare(member("ratna"), sent.report_id, once="1")
    with pytest.raises(conflicts.NoReason):
        conflicts.lift(wulan, sent.report_id, made, reason="")
    conflicts.lift(wulan, sent.report_id, made, reason=WHY)
    assert reports.get_for(member("ratna"), sent.report_id)
    told = conflicts.history(wulan, sent.report_id)
    assert [one.act for one in told] == [ConflictAct.DECLARED, ConflictAct.LIFTED]
    assert told[-1].reason == WHY
    assert conflicts.standing(wulan, sent.report_id) == []
    with pytest.raises(conflicts.LiftedAlready):
        conflicts.lift(wulan, sent.report_id, made, reason=WHY)
    acts = sa.select(AuditEntry.act).where(AuditEntry.act.like("conflict.%")).order_by(AuditEntry.number)
    assert db.session.scalars(acts).all() == ["conflict.declared", "conflict.lifted"]


def test_a_partners_grant_does_not_come_back(context: Flask) -> None:
    sent, wulan = tell("Isi"), member("wulan")
    made = conflicts.name(wulan, sent.report_id, named_id=office("hospital"), reason="Isi", once="1")
    conflicts.lift(wulan, sent.report_id, made, reason=WHY)
    kinds = {holder_id for _, holder_id in boxes.open_for(wulan, sent.box_id).holders}
    assert holder("hospital").id not in kinds


def test_what_the_reporter_said_is_nobodys_to_lift(context: Flask) -> None:
    sent, wulan = tell("Isi"), member("wulan")
    made = conflicts.name(wulan, sent.report_id, named_id=office("hospital"), reason="Isi", once="1")
    exclusions.exclude(sent, about="partner", about_partner=office("hospital"))
    with pytest.raises(conflicts.LiftedAlready):
        conflicts.lift(wulan, sent.report_id, made, reason=WHY)
    assert db.session.get(Exclusion, (sent.report_id, office("hospital")))


@pytest.mark.both
def test_what_the_office_handed_on_by_mistake_is_given_back(context: Flask) -> None:
    sent = tell("Isi")
    made = conflicts.hand_on(member("ratna"), sent.report_id, reason="Isi", once="1")
    conflicts.lift(member("intan"), sent.report_id, made, reason=WHY)
    db.session.rollback()
    report = db.session.get_one(Report, sent.report_id)
    assert (report.holder_id, report.stage) == (office(), Stage.RECEIVED)
    assert reports.open_for(member("ratna"), sent.report_id).told.what == "Isi"
    with pytest.raises(NotFound):
        reports.get_for(member("intan"), sent.report_id)
    with pytest.raises(NotFound):
        boxes.open_for(member("intan"), sent.box_id)
    assert [one.reason for one in conflicts.history(member("wulan"), sent.report_id)] == [None, WHY]


def test_it_is_not_given_back_to_where_nobody_may_read_it(context: Flask) -> None:
    sent = tell("Isi")
    for login in ("bayu", "wulan"):
        conflicts.declare(member(login), sent.report_id, once=login)
    made = conflicts.hand_on(member("ratna"), sent.report_id, reason="Isi", once="1")
    with transaction() as session:
        session.execute(sa.update(Membership).where(Membership.person_id == person("ratna")).values(is_active=False))
    with pytest.raises(conflicts.NobodyReads):
        conflicts.lift(member("intan"), sent.report_id, made, reason=WHY)
    db.session.rollback()
    assert reports.get_for(member("intan"), sent.report_id).holder_id == office("independent")
    assert conflicts.standing(member("intan"), sent.report_id)


def test_an_act_of_another_report_is_none_of_this_one(context: Flask) -> None:
    sent, other, wulan = tell("Isi"), tell("Lain"), member("wulan")
    made = conflicts.declare(member("ratna"), other.report_id, once="1")
    with pytest.raises(NotFound):
        conflicts.lift(wulan, sent.report_id, made, reason=WHY)
    lifted = conflicts.lift(wulan, other.report_id, made, reason=WHY)
    with pytest.raises(NotFound):
        conflicts.lift(wulan, other.report_id, lifted.id, reason=WHY)
    assert person("ratna") == lifted.excluded_id
