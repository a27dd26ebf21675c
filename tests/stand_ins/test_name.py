"""A stand-in is told what the absent colleague is told, from the first day to the last, and gets no right by it."""

from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import mornings, outbox, roles, stand_ins, tasks
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.organisations import Membership
from pepa.models.reports import Exclusion
from pepa.models.stand_ins import StandIn
from tests import cast
from tests.members.people import forget_told, membership, told
from tests.people import member, office, tell
from tests.stand_ins import away

TODAY = date(2026, 11, 25)


def name(by: str, absent: str, person: str, first: date | None, last: date | None, once: str = "1") -> None:
    stand_ins.name(
        member(by), membership(absent), person_id=member(person).person_id, from_on=first, until_on=last, once=once
    )


@pytest.mark.both
def test_both_are_told_and_both_names_are_recorded(context: Flask, database: str) -> None:
    made = away.named("ratna", "bayu")
    assert away.named("ratna", "bayu") == made, "the same form again"
    assert told("stand_in") == {"bayu"}
    ratna, bayu = member("ratna").person_id, member("bayu").person_id
    (note,) = db.session.scalars(sa.select(AuditEntry.note).where(AuditEntry.act == "stand_in.named"))
    assert note.split()[:2] == [str(ratna), str(bayu)]
    (running,) = stand_ins.away(office())
    assert (running.absent.name, running.person.name) == ("Ratna Contoh", "Bayu Contoh")
    forget_told()
    stand_ins.end(member("wulan"), made)
    assert told("stand_in") == {"ratna", "bayu"}
    assert stand_ins.away(office()) == []


@pytest.mark.parametrize(("days", "is_told"), [(-1, False), (0, True), (6, True), (7, False)])
def test_from_the_first_day_to_the_last(context: Flask, days: int, is_told: bool) -> None:
    away.named("ratna", "bayu", days=7)
    forget_told()
    with clock.frozen(clock.now() + timedelta(days=days)):
        with transaction() as session:
            outbox.tell(session, member("ratna").person_id, outbox.Notice.ALARM)
        assert ("bayu" in told("alarm")) is is_told
        assert "ratna" in told("alarm")


def test_whoever_may_not_know_of_a_report_is_not_told_of_it(context: Flask) -> None:
    away.named("ratna", "bayu")
    report_id = tell().report_id
    with transaction() as session:
        session.add(Exclusion(report_id=report_id, excluded_id=member("bayu").person_id))
    forget_told()
    with transaction() as session:
        outbox.tell(session, member("ratna").person_id, outbox.Notice.ALARM, report_id)
    assert told("alarm") == {"ratna"}


def test_whoever_lost_the_reading_role_stands_in_no_more(context: Flask) -> None:
    away.named("ratna", "bayu")
    forget_told()
    roles.choose(member("joko"), membership("bayu"), roles=["case_manager"], version=1)
    assert stand_ins.away(office()) == []
    assert told("stand_in") == {"ratna", "bayu"}


def test_whoever_is_given_another_role_stands_in_still(context: Flask) -> None:
    away.named("ratna", "bayu")
    roles.choose(member("joko"), membership("bayu"), roles=["intake_officer", "data_officer"], version=1)
    assert [one.person.login for one in stand_ins.away(office())] == ["bayu"]


def test_what_is_one_s_own_is_told_to_nobody_else(context: Flask) -> None:
    away.named("ratna", "bayu")
    forget_told()
    with transaction() as session:
        outbox.tell(session, member("ratna").person_id, outbox.Notice.MEMBERS)
    assert told("members") == {"ratna"}


def test_the_morning_s_mail_has_the_tasks_of_who_is_away(context: Flask) -> None:
    ratna, bayu = member("ratna"), member("bayu")
    tasks.create(ratna, deed="contact", due_on=clock.today(), holder_id=ratna.person_id, once="t")
    assert mornings.of(bayu.person_id).is_empty
    away.named("ratna", "bayu")
    assert len(mornings.of(bayu.person_id).today) == len(mornings.of(ratna.person_id).today) == 1


@pytest.mark.parametrize(
    ("first", "last", "fault"),
    [
        (None, TODAY, stand_ins.NoDays),
        (TODAY, TODAY - timedelta(days=1), stand_ins.DaysBackwards),
        (TODAY, TODAY + timedelta(days=181), stand_ins.TooLong),
        (TODAY - timedelta(days=9), TODAY - timedelta(days=1), stand_ins.DaysOver),
    ],
)
def test_days_that_cannot_be_are_refused(
    context: Flask, first: date | None, last: date | None, fault: type[Exception]
) -> None:
    with clock.frozen(datetime.combine(TODAY, time(12), clock.JAKARTA)), pytest.raises(fault):
        name("ratna", "ratna", "bayu", first, last)


def test_one_at_a_time(context: Flask) -> None:
    today = clock.today()
    away.named("ratna", "bayu", days=7)
    with pytest.raises(stand_ins.Overlaps):
        name("ratna", "ratna", "wulan", today + timedelta(days=6), today + timedelta(days=8))
    name("ratna", "ratna", "wulan", today + timedelta(days=7), today + timedelta(days=8))
    assert db.session.scalars(sa.select(sa.func.count(StandIn.id))).one() == 2


def test_only_a_colleague_who_may_do_what_is_told(context: Flask) -> None:
    today = clock.today()
    logins = {one.login for one in stand_ins.offered(db.session.get_one(Membership, membership("ratna")))}
    assert logins == {"bayu", "wulan"}
    for other in ("dian", "joko", "nadia", "ratna"):
        with pytest.raises(stand_ins.NobodyChosen):
            name("ratna", "ratna", other, today, today)


@pytest.mark.parametrize("by", ["bayu", "sekar", "nadia", "intan"])
def test_for_somebody_else_only_whoever_leads(context: Flask, by: str) -> None:
    with pytest.raises((NotFound, NotAllowed)):
        name(by, "ratna", "bayu", clock.today(), clock.today())
    name("wulan", "ratna", "bayu", clock.today(), clock.today())


def test_it_stands_on_both_people_s_pages(app: Flask) -> None:
    client = cast.at_work(app, "wulan")
    with app.app_context():
        pages = [f"/petugas/anggota/{membership(login)}" for login in ("ratna", "bayu")]
    client.get(pages[0])
    client.get(client.page.link("Catat pengganti") if client.page else "")
    day = clock.today().strftime("%d/%m/%Y")
    with app.app_context():
        bayu = str(member("bayu").person_id)
    assert client.submit("Simpan", person_id=bayu, from_on=day, until_on=day).has("Pengganti SUDAH dicatat.")
    for path in pages:
        assert client.get(path).has("Ratna Contoh tidak ada", "Penggantinya Bayu Contoh.")
    client.get(pages[0])
    assert client.submit("Akhiri Bayu Contoh").has("Pengganti SUDAH diakhiri.")
