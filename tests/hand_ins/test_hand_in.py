"""What an officer writes down arrives like a report of the web, and whoever wrote it down cannot read it by that."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, storage
from pepa.db import db
from pepa.domain import arrivals, devices, hand_ins, intake, keys, reporters, reports, tickets
from pepa.errors import Busy, NotAllowed
from pepa.models.audit import AuditEntry, Chain
from pepa.models.organisations import Organisation
from pepa.models.reports import Channel, Exclusion, Reading, Report, ReporterKey, Stage, Urgency
from pepa.policy import Device, Reporter, System
from tests.people import member, office, tell

TOLD = "Ibu itu menelepon dari warung."


def phone() -> Device:
    device_id = devices.register(member("wulan"), label="HP piket", once="1")
    groups = devices.code_of(devices.get_for(member("wulan"), device_id))
    assert groups
    found = devices.by_cookie(devices.join(code="".join(groups)))
    assert found
    return found


def hand_in(what: str = TOLD, ticket: str = "", by: Any = None, **told: Any) -> hand_ins.HandedIn:
    actor = by or member("ratna")
    return hand_ins.hand_in(actor, ticket or intake.mint_ticket(), what=what, **{"channel": Channel.PHONE, **told})


def count(table: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


@pytest.mark.both
def test_a_locked_phone_hands_in_and_an_officer_reads(context: Flask) -> None:
    taken = hand_in(by=phone(), phone="0812 000 0000", urgency="now")
    report = db.session.get_one(Report, taken.report_id)
    assert (report.channel, report.urgency, report.stage) == ("phone", Urgency.NOW, Stage.RECEIVED)
    assert report.received_at == clock.hour(report.received_at)
    told = reports.open_for(member("ratna"), taken.report_id).told
    assert (told.what, told.phone, told.taken_by) == (TOLD, "0812 000 0000", "HP piket")


def test_nobody_reads_by_the_ticket_of_the_form(context: Flask) -> None:
    ticket, readings = intake.mint_ticket(), count(Reading)
    hand_in(ticket=ticket, with_code=True)
    assert count(Reading) == readings
    token = tickets.read(ticket)
    assert token
    assert reporters.by_token(token) is None
    assert arrivals.sender(token) is None


def test_the_same_form_is_one_report_and_other_words_are_another(context: Flask) -> None:
    """A reply that is lost is normal; so is an officer who corrects a word before pressing again."""
    ticket, by = intake.mint_ticket(), member("ratna")
    first, again = hand_in(ticket=ticket, by=by), hand_in(ticket=ticket, by=by)
    changed = hand_in("Ibu itu menelepon dari pasar.", ticket=ticket, by=by)
    assert first.report_id == again.report_id != changed.report_id
    assert reports.open_for(by, changed.report_id).told.what == "Ibu itu menelepon dari pasar."
    acts = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.act == "report.taken_in"))
    assert sorted(act.thing_id.hex for act in acts if act.thing_id) == sorted(
        [first.report_id.hex, changed.report_id.hex]
    )


def test_who_took_it_is_recorded_by_the_hour(context: Flask) -> None:
    by = member("ratna")
    taken = hand_in(by=by, channel=Channel.COUNTER)
    act = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.act == "report.taken_in", AuditEntry.thing_id == taken.report_id)
    ).one()
    assert (act.chain, act.person_id, act.note) == (Chain.STAFF, by.person_id, "counter")
    assert act.at == clock.hour(act.at)


def test_about_the_office_goes_to_the_independent_holder_alone(context: Flask) -> None:
    taken = hand_in(by=phone(), about="office")
    assert db.session.get_one(Report, taken.report_id).holder_id == office("independent")
    assert reports.open_for(member("intan"), taken.report_id).told.what == TOLD
    with pytest.raises(reports.NotFound):
        reports.open_for(member("ratna"), taken.report_id)


def test_about_a_partner_is_hidden_from_it(context: Flask) -> None:
    taken = hand_in(about="partner", about_partner=office("hospital"))
    assert db.session.get(Exclusion, (taken.report_id, office("hospital")))


@pytest.mark.both
def test_a_code_is_shown_once_and_again_when_the_form_is_sent_again(context: Flask) -> None:
    ticket, by = intake.mint_ticket(), member("ratna")
    taken = hand_in(ticket=ticket, by=by, with_code=True)
    groups = hand_ins.code_of(taken.handle)
    assert groups
    assert hand_ins.code_of(taken.handle) is None
    assert hand_ins.code_of(hand_in(ticket=ticket, by=by, with_code=True).handle) == groups
    assert db.session.get_one(ReporterKey, taken.report_id).is_once


def test_without_a_code_nothing_opens_it_but_the_desk(context: Flask) -> None:
    taken = hand_in()
    assert taken.handle == ""
    key = db.session.get_one(ReporterKey, taken.report_id)
    assert (key.code_locator, key.code_sealed, key.is_once) == (None, None, False)


def test_the_spool_keeps_it_where_the_database_does_not(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise sa.exc.OperationalError("", {}, Exception())

    by = phone()
    monkeypatch.setattr(arrivals, "_arrive", refuse)
    taken = hand_in(by=by)
    monkeypatch.undo()
    assert db.session.get(Report, taken.report_id) is None
    assert arrivals.replay() == 1
    assert reports.open_for(member("ratna"), taken.report_id).told.what == TOLD


def test_a_key_that_is_not_ours_stops_it(context: Flask) -> None:
    by, files = member("ratna"), list(storage.spool().names(None))
    db.session.execute(sa.update(Organisation).where(Organisation.kind == "intake").values(public_key=bytes(32)))
    db.session.commit()
    with pytest.raises(Busy):
        hand_in(by=by)
    assert list(storage.spool().names(None)) == files


def test_a_spoiled_ticket_is_said(context: Flask) -> None:
    with pytest.raises(intake.TicketSpoiled):
        hand_in(ticket="x")


@pytest.mark.parametrize("login", ["sekar", "hadi", "dian", "joko", "nadia"])
def test_only_duty_hands_in(context: Flask, login: str) -> None:
    with pytest.raises(NotAllowed):
        hand_in(by=member(login))


def test_reporters_and_jobs_do_not(context: Flask) -> None:
    reporter: Reporter = tell()
    for actor in (reporter, System()):
        with pytest.raises(NotAllowed):
            hand_in(by=actor)


def test_sealing_fails_before_anything_is_kept(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise keys.KeysUnsound

    monkeypatch.setattr(intake, "sealed_rows", refuse)
    with pytest.raises(Busy):
        hand_in()
