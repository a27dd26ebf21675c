"""Somebody leaves: nothing opens for them any more, what they had in hand waits for others, the last one stays."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import (
    approvals,
    callbacks,
    departures,
    duty,
    feeds,
    holders,
    intake,
    keys,
    rekeys,
    reports,
    roles,
    sessions,
    stand_ins,
    tasks,
    visits,
)
from pepa.errors import NotAllowed, NotFound
from pepa.models.approvals import Approval
from pepa.models.boxes import Box
from pepa.models.callbacks import Callback
from pepa.models.duty import Shift
from pepa.models.organisations import KeyWrap, Membership, Organisation
from pepa.models.outbox import OutboxRow
from pepa.models.people import Draft, Person
from pepa.models.reports import Report
from pepa.policy import Member
from tests import cast
from tests.members.people import forget_told, membership, newcomer, told, words
from tests.people import member, office, tell
from tests.stand_ins import away
from tests.visits import calendar


def leave(by: str, login: str, manner: str = "ordinary") -> Membership:
    return departures.leave(member(by), membership(login), manner=manner, passphrase=words(by))


def person(login: str) -> Person:
    db.session.rollback()
    return db.session.scalars(sa.select(Person).where(Person.login == login)).one()


def wraps(login: str) -> int:
    return db.session.scalars(
        sa.select(sa.func.count()).select_from(KeyWrap).where(KeyWrap.person_id == person(login).id)
    ).one()


def administrators(*logins: str) -> None:
    """Give the role to these, directly."""
    with transaction() as session:
        for login in logins:
            row = session.get_one(Membership, membership(login))
            row.roles = f"{row.roles} administrator"


@pytest.mark.both
def test_nothing_opens_for_them_from_the_next_request_on(context: Flask, database: str) -> None:
    cookie = cast.cookie_of("bayu")
    at_work = sessions.member(cookie)
    assert at_work
    address = feeds.make(at_work, once="f")
    leave("wulan", "bayu")
    assert sessions.member(cookie) is None
    assert wraps("bayu") == 0
    assert person("bayu").is_active is False
    with pytest.raises(NotFound):
        feeds.bookings_at(address)
    assert "bayu" not in {one.membership.person.login for one in holders.of(office())}
    assert told("members") >= {"ratna", "wulan", "joko"}
    assert "bayu" not in told("members")


def test_what_they_had_in_hand_waits_for_others(context: Flask) -> None:
    bayu, reporter = member("bayu"), tell(urgency="now")
    reports.hold(bayu, reporter.report_id)
    task = tasks.create(bayu, deed="contact", due_on=clock.today(), holder_id=bayu.person_id, once="t", text="Isi")
    forget_told()
    turns = sa.select(sa.func.count(Shift.id)).where(Shift.person_id == bayu.person_id, Shift.ends_at > clock.now())
    assert db.session.scalars(turns).one()
    found = departures.plan(member("wulan"), membership("bayu"))
    assert (found.tasks, found.reports >= 1, found.shifts > 0, found.elsewhere, found.refused) == (
        1, True, True, [], None,
    )  # fmt: skip
    leave("wulan", "bayu")
    row = db.session.get_one(Report, reporter.report_id)
    assert (row.held_by_id, row.is_alarming) == (None, True), "it rings again"
    assert db.session.scalars(turns).one() == 0
    assert tasks.open_for(member("wulan"), task).task.person_id is None
    assert told("hand_on") == {"wulan", "hadi"}
    assert told("tasks_left") >= {"wulan"}


def test_where_only_they_led_whoever_stays_hears_of_what_waits(context: Flask) -> None:
    wulan, reporter = member("wulan"), tell(urgency="now")
    with transaction() as session:
        session.get_one(Membership, membership("hadi")).roles = "case_manager"
    reports.hold(wulan, reporter.report_id)
    forget_told()
    leave("joko", "wulan")
    assert told("hand_on") >= {"ratna", "bayu"}


def test_a_turn_that_runs_ends_now_and_stays_in_the_roster_of_before(context: Flask) -> None:
    ratna, now = member("ratna"), clock.now()
    with transaction() as session:
        session.execute(sa.delete(Shift))
        session.add(
            Shift(
                organisation_id=office(),
                person_id=ratna.person_id,
                starts_at=now - timedelta(hours=1),
                ends_at=now + timedelta(hours=1),
            )
        )
    leave("wulan", "ratna")
    assert duty.at(office(), clock.now() + timedelta(seconds=1)).now is None
    assert db.session.scalars(sa.select(sa.func.count(Shift.id))).one() == 1


def test_they_go_along_on_no_visit_any_more(context: Flask) -> None:
    crew_ids = [member("bayu").person_id, member("ratna").person_id]
    with clock.frozen(calendar.EARLY):
        visit_id = calendar.planned(member("dian"), crew_ids=crew_ids)
        forget_told()
        leave("wulan", "bayu")
    assert [one.login for one in visits.crew(visit_id)] == ["ratna"]
    assert "dian" in told("hand_on")


def test_notices_drafts_and_stand_ins_of_theirs_go(context: Flask) -> None:
    bayu = member("bayu")
    sessions.keep_for(bayu, "/petugas/hari-ini", {"text": "Belum selesai"})
    away.named("ratna", "bayu")
    assert told("stand_in") == {"bayu"}
    leave("wulan", "bayu")
    waiting = sa.select(OutboxRow.id).where(OutboxRow.person_id == bayu.person_id, OutboxRow.sent_at.is_(None))
    assert db.session.scalars(waiting).all() == []
    assert db.session.scalars(sa.select(Draft.path).where(Draft.person_id == bayu.person_id)).all() == []
    assert stand_ins.away(office()) == []


def test_a_first_yes_of_theirs_counts_no_more(context: Flask) -> None:
    who = newcomer()
    approvals.approve(member("bayu"), who.membership_id, public_key=who.key, passphrase=words("bayu"))
    leave("wulan", "bayu")
    assert db.session.get(Approval, who.membership_id) is None


def test_whoever_works_elsewhere_too_stays_there(context: Flask) -> None:
    bayu = person("bayu").id
    with transaction() as session:
        session.add(Membership(person_id=bayu, organisation_id=office("legal_aid"), roles="worker"))
    sessions.keep_for(member("ratna"), "/petugas/hari-ini", {"text": "x"})
    departures.leave(member("wulan"), membership("bayu", "intake"), manner="ordinary", passphrase=words("wulan"))
    assert person("bayu").is_active
    assert db.session.get_one(Membership, membership("bayu", "legal_aid")).is_active


@pytest.mark.both
def test_under_suspicion_the_key_is_made_anew(context: Flask, database: str) -> None:
    reporter, bayu = tell(), member("bayu")
    leave("wulan", "bayu", "suspected")
    assert keys.generation_of(office()) == 2
    row = db.session.get_one(Organisation, office())
    assert row.rekey_due is False
    assert db.session.get_one(Box, reporter.box_id).rotation_due
    reports.answer(member("ratna"), reporter.report_id, text="Sesudahnya", once="a")
    with pytest.raises(NotFound):
        reports.open_for(bayu, tell().report_id)  # an old ring opens nothing that came since


def test_where_nobody_is_at_hand_who_opens_the_key_waits_to_be_made(context: Flask) -> None:
    leave("joko", "bayu", "suspected")
    assert keys.generation_of(office()) == 1
    assert db.session.get_one(Organisation, office()).rekey_due
    assert rekeys.is_due(member("ratna"))
    assert not rekeys.is_due(member("joko"))
    rekeys.renew(member("ratna"), passphrase=words("ratna"))
    assert not db.session.get_one(Organisation, office()).rekey_due


def test_the_last_who_opens_cannot_leave(context: Flask) -> None:
    leave("nadia", "tegar")
    who = newcomer("baru", "legal_aid", "coordinator")
    with pytest.raises(departures.LastHolder):
        departures.leave(member("joko"), membership("nadia"), manner="ordinary", passphrase=words("joko"))
    approvals.approve(member("nadia"), who.membership_id, public_key=who.key, passphrase=words("nadia"))
    leave("joko", "nadia")
    assert holders.able(office("legal_aid")) == {who.person_id}


def test_the_last_who_reads_cannot_leave_nor_lose_the_role(context: Flask) -> None:
    for login in ("ratna", "bayu"):
        leave("wulan", login)
    with pytest.raises(departures.LastReader):
        leave("joko", "wulan")
    found = departures.plan(member("joko"), membership("wulan")).refused
    assert isinstance(found, departures.LastReader)
    with pytest.raises(departures.LastReader):
        roles.choose(member("joko"), membership("wulan"), roles=["case_manager"], version=1)


def test_when_the_only_officer_left_a_report_still_arrives_and_rings(context: Flask) -> None:
    for login in ("ratna", "bayu"):
        leave("wulan", login)
    assert intake.state().open
    forget_told()
    reporter = tell(urgency="now")
    assert duty.ring() >= 1
    assert told("alarm") == {"wulan"}
    assert reports.open_for(member("wulan"), reporter.report_id)


def test_the_last_administrator_cannot_leave(context: Flask) -> None:
    administrators("hadi")
    leave("hadi", "joko")
    with pytest.raises(NotFound):
        leave("hadi", "hadi")
    administrators("sekar")
    leave("sekar", "hadi")
    assert person("hadi").is_active is False


@pytest.mark.both
def test_of_two_administrators_who_put_each_other_out_one_stays(context: Flask, database: str) -> None:
    administrators("hadi")
    pairs = [("hadi", "joko"), ("joko", "hadi")]
    people: dict[str, tuple[Member, str]] = {login: (member(login), words(login)) for login, _ in pairs}
    ids, start = {login: membership(login) for login in people}, Barrier(2)

    def puts_out(pair: tuple[str, str]) -> str:
        by, login = pair
        with context.app_context():
            start.wait(10)
            try:
                departures.leave(people[by][0], ids[login], manner="ordinary", passphrase=people[by][1])
            except departures.LastAdministrator:
                return "told"
            finally:
                db.session.remove()
            return "out"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(puts_out, pairs)) == ["out", "told"]
    db.session.rollback()
    left = [one for one in holders.of(office()) if "administrator" in one.membership.roles]
    assert len(left) == 1


@pytest.mark.both
def test_of_the_last_two_who_leave_at_once_one_is_told(context: Flask, database: str) -> None:
    actor, secret = member("joko"), words("joko")
    ids, start = [membership("nadia"), membership("tegar")], Barrier(2)

    def goes(membership_id: object) -> str:
        with context.app_context():
            start.wait(10)
            try:
                departures.leave(actor, membership_id, manner="ordinary", passphrase=secret)  # type: ignore[arg-type]
            except departures.LastHolder:
                return "told"
            finally:
                db.session.remove()
            return "left"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(goes, ids)) == ["left", "told"]
    db.session.rollback()
    assert len(holders.able(office("legal_aid"))) == 1


@pytest.mark.parametrize(
    ("by", "login"),
    [
        ("ratna", "bayu"),  # an officer
        ("nadia", "melati"),  # another organisation's coordinator
        ("wulan", "hadi"),  # a supervisor does not put out the head
        ("joko", "rahmat"),  # of the independent holder its own people decide
        ("wulan", "wulan"),  # never by own hand
    ],
)
def test_whom_it_is_not_for_finds_nobody(context: Flask, by: str, login: str) -> None:
    with pytest.raises((NotFound, NotAllowed)):
        leave(by, login)
    assert person(login).is_active


def test_how_and_the_passphrase_are_asked(context: Flask) -> None:
    with pytest.raises(departures.NoManner):
        departures.leave(member("wulan"), membership("bayu"), manner=None, passphrase=words("wulan"))
    with pytest.raises(sessions.WrongPassphrase):
        departures.leave(member("wulan"), membership("bayu"), manner="ordinary", passphrase="bukan ini")
    assert person("bayu").is_active


@pytest.mark.both
def test_a_call_that_they_promised_is_kept_by_somebody_who_reads(context: Flask, database: str) -> None:
    sent = tell("Isi", phone="0812-0000-1111")
    now = clock.now()
    times = {"from_at": now, "until_at": now + timedelta(hours=1)}
    callbacks.promise(
        member("bayu"), sent.report_id, person_id=member("bayu").person_id, reason="Ia minta", once="p", **times
    )
    leave("wulan", "bayu")
    keeper = db.session.scalars(sa.select(Callback.person_id)).one()
    assert keeper in {one.id for one in duty.readers(office())} - {person("bayu").id}
