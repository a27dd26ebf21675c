"""Suspended, gone on with, ended: who comes in, what opens, what is left."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import (
    boxes,
    exclusions,
    feeds,
    holders,
    intake,
    organisations,
    outbox,
    readiness,
    rekeys,
    sessions,
    standings,
    tasks,
)
from pepa.errors import NotAllowed, NotFound
from pepa.models.boxes import Box, Grant
from pepa.models.organisations import KeyWrap, Membership, Organisation, Standing
from pepa.models.people import Person, StaffSession
from tests import cast
from tests.members.people import forget_told, told, words
from tests.people import holder, member, office, tell


def row(kind: str = "legal_aid") -> Organisation:
    db.session.rollback()
    return db.session.get_one(Organisation, office(kind))


def end(kind: str = "legal_aid") -> Organisation:
    return standings.end(member("joko"), office(kind), passphrase=words("joko"))


@pytest.mark.both
def test_suspended_nobody_of_it_comes_in_from_the_next_request_on(context: Flask, database: str) -> None:
    cookie = cast.cookie_of("nadia")
    at_work = sessions.member(cookie)
    assert at_work
    address = feeds.make(at_work, once="f")
    standings.suspend(member("joko"), office("legal_aid"))
    assert sessions.member(cookie) is None
    assert db.session.scalars(sa.select(StaffSession.id_hash)).all() == []
    with pytest.raises(NotFound):
        feeds.bookings_at(address)
    assert row().standing is Standing.SUSPENDED
    standings.resume(member("joko"), office("legal_aid"))
    assert row().standing is Standing.ACTIVE
    assert feeds.bookings_at(address)
    assert sessions.member(cast.cookie_of("nadia"))


def test_what_it_holds_stays_while_it_is_suspended(context: Flask) -> None:
    reporter = tell()
    with transaction() as session:
        boxes.share(session, boxes.open_for(member("ratna"), reporter.box_id), holder("legal_aid"))
    standings.suspend(member("joko"), office("legal_aid"))
    assert not db.session.get_one(Box, reporter.box_id).rotation_due
    assert holders.able(office("legal_aid"))


@pytest.mark.both
def test_ended_it_opens_nothing_that_others_hold_and_they_turn_it(context: Flask, database: str) -> None:
    reporter, nadia = tell(), member("nadia")
    with transaction() as session:
        boxes.share(session, boxes.open_for(member("ratna"), reporter.box_id), holder("legal_aid"))
    cookie = cast.cookie_of("nadia")
    end()
    assert sessions.member(cookie) is None
    assert row().standing is Standing.ENDED
    assert db.session.scalars(sa.select(KeyWrap).where(KeyWrap.organisation_id == office("legal_aid"))).all() == []
    with pytest.raises(NotFound):
        boxes.open_for(nadia, reporter.box_id)
    assert db.session.get_one(Box, reporter.box_id).rotation_due
    assert boxes.open_for(member("ratna"), reporter.box_id).number == 2
    grants = db.session.scalars(sa.select(Grant.holder_id).where(Grant.box_id == reporter.box_id)).all()
    assert set(grants) == {office(), reporter.report_id}


def test_its_people_are_out_and_those_who_work_elsewhere_stay(context: Flask) -> None:
    nadia, tegar = member("nadia").person_id, member("tegar").person_id
    with transaction() as session:
        session.add(Membership(person_id=tegar, organisation_id=office("police"), roles="worker"))
    end()
    assert db.session.get_one(Person, nadia).is_active is False
    assert db.session.get_one(Person, tegar).is_active is True


def test_what_it_had_open_for_others_is_theirs_again(context: Flask) -> None:
    wulan, nadia = member("wulan"), member("nadia")
    task_id = tasks.create(
        wulan, deed="contact", due_on=clock.today(), holder_id=office("legal_aid"), once="t", text="Isi"
    )
    mine = tasks.get_for(nadia, task_id)
    tasks.assign(nadia, task_id, holder_id=nadia.person_id, version=mine.version)
    forget_told()
    end()
    opened = tasks.open_for(member("wulan"), task_id)
    assert (opened.text, opened.task.organisation_id, opened.task.person_id) == ("Isi", office(), None)
    assert told("tasks_left") == {"wulan", "hadi"}
    assert tasks.change(member("ratna"), task_id, deed="contact", due_on=clock.today(), wording=1, text="Baru") == 2


def test_it_stays_while_something_would_open_for_nobody_else(context: Flask) -> None:
    nadia = member("nadia")
    own = tasks.create(nadia, deed="contact", due_on=clock.today(), holder_id=nadia.person_id, once="t", text="Isi")
    assert standings.alone(office("legal_aid")) == 1
    with pytest.raises(standings.OpensAlone):
        end()
    assert row().is_active
    tasks.assign(nadia, own, holder_id=office("police"), version=tasks.get_for(nadia, own).version)
    assert standings.alone(office("legal_aid")) == 0
    end()
    assert tasks.open_for(member("puspa"), own).text == "Isi"


@pytest.mark.parametrize("kind", ["intake", "independent"])
def test_the_two_root_holders_are_never_suspended_or_ended(context: Flask, kind: str) -> None:
    """Exactly one of each kind stands."""
    with pytest.raises(standings.Stays):
        standings.suspend(member("joko"), office(kind))
    with pytest.raises(standings.Stays):
        end(kind)
    assert row(kind).is_active
    assert not [fault for fault in readiness.faults(context.config["PEPA"]) if fault.topic == "roots"]


def test_an_end_is_for_good(context: Flask) -> None:
    end()
    for verb in (standings.suspend, standings.resume):
        with pytest.raises(organisations.EndedAlready):
            verb(member("joko"), office("legal_aid"))


def test_whoever_keeps_no_organisations_changes_none(context: Flask) -> None:
    for login in ("wulan", "hadi", "nadia", "intan"):
        with pytest.raises(NotAllowed):
            standings.suspend(member(login), office("legal_aid"))


def test_the_passphrase_is_asked_before_an_end(context: Flask) -> None:
    with pytest.raises(sessions.WrongPassphrase):
        standings.end(member("joko"), office("legal_aid"), passphrase="bukan ini")
    assert rekeys.holds(member("nadia"), office("legal_aid"))


def test_pages_ask_first(app: Flask) -> None:
    client = cast.at_work(app, "joko")
    with app.app_context():
        path, secret = f"/petugas/lembaga/{office('legal_aid')}", words("joko")
    client.get(path)
    client.get(client.page.link("Tahan") if client.page else path)
    assert client.submit("Ya, tahan").has("Lembaga ini ditahan")
    assert client.submit("Lanjutkan lagi").has("Lembaga ini bisa masuk lagi")
    client.get(f"{path}/akhiri")
    assert client.submit("Ya, akhiri", passphrase="bukan ini").status == 422
    with clock.frozen(clock.now() + timedelta(seconds=5)):  # a wrong one is delayed
        assert client.submit("Ya, akhiri", passphrase=secret).has("Lembaga ini SUDAH berakhir")


def test_a_notice_that_waits_is_not_sent_to_who_is_out(context: Flask) -> None:
    """Between the enqueuing and the sending somebody may have left."""
    nadia, rahmat = member("nadia").person_id, member("rahmat").person_id
    report_id = tell().report_id
    forget_told()
    with transaction() as session:
        for person_id in (nadia, member("wulan").person_id):
            outbox.tell(session, person_id, outbox.Notice.MEMBERS)
        outbox.tell(session, rahmat, outbox.Notice.ALARM, report_id)  # of the other office's report
    standings.suspend(member("joko"), office("legal_aid"))
    due = {one.person_id: one for one in outbox.claim()}
    assert not outbox.reaches(due[nadia])
    assert not outbox.reaches(due[rahmat])
    assert outbox.reaches(due[member("wulan").person_id])


def test_whoever_tells_may_still_name_one_that_is_suspended(context: Flask) -> None:
    """It may be suspended for just that."""
    named = (office("legal_aid"), "LBH Teratai Contoh")
    standings.suspend(member("joko"), office("legal_aid"))
    assert named in intake.state().partners
    assert named in exclusions.partners()
    standings.end(member("joko"), office("legal_aid"), passphrase=words("joko"))
    assert named not in intake.state().partners
