"""Somebody who may not know of a report comes to lead the office: whoever reads it is asked to hand it on."""

import pytest
from flask import Flask

from pepa.db import transaction
from pepa.domain import conflicts, nameables, roles
from pepa.models.organisations import Membership
from pepa.policy import Reporter
from tests import cast
from tests.duty.rosters import person
from tests.members.people import membership
from tests.people import member, tell


def named(login: str = "bayu") -> Reporter:
    sent = tell("Isi")
    conflicts.name(member("wulan"), sent.report_id, named_id=person(login), reason="Kerabat", once="n")
    return sent


def lead(login: str = "bayu") -> None:
    roles.choose(member("joko"), membership(login), roles=["head"], version=1)


def led(login: str) -> list[object]:
    return [report.id for report in nameables.about_whoever_leads(member(login))]


@pytest.mark.both
def test_its_readers_are_told_and_nobody_else(context: Flask, database: str) -> None:
    sent = named()
    assert (led("wulan"), nameables.kept_out([sent.report_id]).leads) == ([], False)
    lead()
    assert led("wulan") == led("ratna") == [sent.report_id]
    assert nameables.kept_out([sent.report_id]).leads
    assert led("intan") == []
    with transaction() as session:
        session.get_one(Membership, membership("bayu")).roles = "head supervisor"
    assert led("bayu") == [], "who reads as well, and is the one who may not know"


def test_once_it_is_handed_on_nothing_is_said(context: Flask) -> None:
    sent = named()
    lead()
    conflicts.hand_on(member("ratna"), sent.report_id, reason="Memimpin", once="h")
    assert led("ratna") == []


def test_at_the_desk(app: Flask) -> None:
    with app.app_context():
        sent = named()
    ratna = cast.at_work(app, "ratna")
    assert not ratna.open(f"/petugas/laporan/{sent.report_id}").has("memimpin kantor")
    with app.app_context():
        lead()
    assert ratna.open("/petugas/hari-ini").has("Yang tidak boleh tahu laporan ini sekarang memimpin kantor.")
    assert ratna.open(f"/petugas/laporan/{sent.report_id}").has("Serahkan laporan ini ke pemegang mandiri.")
    for login in ("joko", "bayu"):
        assert not cast.at_work(app, login).open("/petugas/hari-ini").has("memimpin kantor")
