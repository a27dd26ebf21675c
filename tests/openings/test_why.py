"""What makes a report somebody's work when they open it; where nothing does, whoever leads is told."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import callbacks, excesses, hand_ins, intake, reports
from pepa.domain.openings import Why
from pepa.errors import NotFound
from pepa.models.audit import AuditEntry
from pepa.models.duty import Shift
from pepa.models.excesses import Excess, Kind
from pepa.models.installation import Setting
from pepa.models.outbox import OutboxRow
from pepa.models.reports import Channel, Exclusion
from pepa.policy import Member
from tests.people import member, tell

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _roster(context: Flask) -> None:
    """Bayu is on duty, nobody else."""
    with transaction() as session:
        session.execute(sa.delete(Shift))
        session.execute(sa.delete(OutboxRow))
        session.execute(sa.delete(Excess))
    put_on("bayu", AT - timedelta(hours=1), AT + timedelta(hours=7))


def put_on(login: str, starts_at: datetime, ends_at: datetime) -> None:
    one = member(login)
    with transaction() as session:
        session.add(
            Shift(organisation_id=one.organisation_id, person_id=one.person_id, starts_at=starts_at, ends_at=ends_at)
        )


def opened_as(actor: Member, at: datetime = AT, **told: str) -> str:
    """What an opening of a new report is recorded with."""
    with clock.frozen(at):
        return why_of(actor, tell(**told).report_id)


def why_of(actor: Member, report_id: object) -> str:
    reports.open_for(actor, report_id)  # type: ignore[arg-type]
    rows = sa.select(AuditEntry).where(AuditEntry.act == "report.opened", AuditEntry.thing_id == report_id)
    return db.session.scalars(rows.order_by(AuditEntry.number.desc()).limit(1)).one().note


def alerted() -> list[str]:
    query = sa.select(OutboxRow).where(OutboxRow.notice == "openings")
    names = {member(login).person_id: login for login in ("wulan", "hadi", "ratna", "joko", "intan")}
    return sorted(names[row.person_id] for row in db.session.scalars(query))


def test_each_reason(context: Flask) -> None:
    ratna, bayu = member("ratna"), member("bayu")
    assert opened_as(bayu) == Why.DUTY
    assert opened_as(ratna) == Why.OUTSIDE
    assert opened_as(ratna, urgency="now") == Why.CALLED
    assert opened_as(ratna, AT + timedelta(hours=8)) == Why.NOBODY
    with clock.frozen(AT):
        held, promised = tell().report_id, tell(phone="0812-0000-1111").report_id
        reports.hold(ratna, held)
        assert why_of(ratna, held) == Why.HELD
        times = {"from_at": AT, "until_at": AT + timedelta(hours=1)}
        callbacks.promise(bayu, promised, person_id=ratna.person_id, reason="Ia yang minta", once="m", **times)
        assert why_of(ratna, promised) == Why.PROMISED
        taken = hand_ins.hand_in(ratna, intake.mint_ticket(), what="Cerita", channel=Channel.COUNTER).report_id
        assert why_of(ratna, taken) == Why.BROUGHT
        assert why_of(member("wulan"), taken) == Why.OUTSIDE


def test_an_opening_outside_is_told_to_whoever_leads_once_a_day(context: Flask) -> None:
    opened_as(member("bayu"))
    assert (alerted(), excesses.unseen_by(member("wulan"))) == ([], [])
    opened_as(member("ratna"))
    opened_as(member("ratna"))
    assert alerted() == ["hadi", "wulan"]
    (told,) = excesses.unseen_by(member("wulan"))
    assert (told.name, told.kind, told.reports) == ("Ratna Contoh", Kind.OUTSIDE, 2)
    excesses.look_at(member("wulan"), told.id)
    assert excesses.unseen_by(member("hadi")) == []


def test_the_same_report_twice_is_one(context: Flask) -> None:
    with clock.frozen(AT):
        report_id = tell().report_id
        why_of(member("ratna"), report_id)
        why_of(member("ratna"), report_id)
    (told,) = excesses.unseen_by(member("wulan"))
    assert told.reports == 1


def test_nobody_is_told_of_their_own_or_of_what_is_hidden_from_them(context: Flask) -> None:
    with clock.frozen(AT):
        report_id, wulan = tell().report_id, member("wulan")
        with transaction() as session:
            session.add(Exclusion(report_id=report_id, excluded_id=wulan.person_id))
        why_of(member("ratna"), report_id)
        assert alerted() == ["hadi"]
        assert excesses.unseen_by(wulan) == []
        (told,) = excesses.unseen_by(member("hadi"))
        excesses.look_at(wulan, told.id)
        assert excesses.unseen_by(member("hadi")), "who does not see it cannot have looked at it"
        why_of(wulan, tell().report_id)
        assert excesses.unseen_by(wulan) == []
        with pytest.raises(NotFound):
            excesses.look_at(member("intan"), told.id)


def test_more_than_a_day_s_number_is_told_once_a_day(context: Flask) -> None:
    with transaction() as session:
        session.merge(Setting(key="openings_a_day", value="3"))
    bayu = member("bayu")
    for hour in range(3):
        opened_as(bayu, AT + timedelta(hours=hour))
    assert excesses.unseen_by(member("wulan")) == []
    for minute in range(2):
        opened_as(bayu, AT + timedelta(hours=4, minutes=minute))
    (told,) = excesses.unseen_by(member("wulan"))
    assert (told.name, told.kind) == ("Bayu Contoh", Kind.DAY)
    acts = list(db.session.scalars(sa.select(AuditEntry.act).where(AuditEntry.act == "openings.many")))
    assert acts == ["openings.many"]
    opened_as(bayu, AT + timedelta(hours=17, minutes=1))  # past midnight in Serang
    assert len(excesses.unseen_by(member("wulan"))) == 1


def test_the_mail_names_nothing(context: Flask) -> None:
    opened_as(member("ratna"))
    row = db.session.scalars(sa.select(OutboxRow).where(OutboxRow.notice == "openings").limit(1)).one()
    assert row.report_id is None
    assert db.session.scalars(sa.select(Excess.report_id).where(Excess.kind == Kind.OUTSIDE)).one()
