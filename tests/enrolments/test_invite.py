"""Inviting by a link: who may, with which roles; shown once, mailed once, sent again, cancelled."""

import logging
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, delivery
from pepa.db import db
from pepa.delivery import mail
from pepa.domain import enrolments, joining
from pepa.errors import NotAllowed, NotFound
from pepa.models.enrolments import Enrolment
from pepa.models.organisations import Organisation, Role
from pepa.models.outbox import OutboxRow
from tests import cast
from tests.client import Client
from tests.joining.newcomers import link

ALL = [role.value for role in Role]
OFFICE = [role for role in ALL if role not in ("coordinator", "worker")]
HOLDER = [role for role in ALL if role != "administrator"]
LED = ("head", "administrator")  # a supervisor gives neither
PARTNERS = ["coordinator", "worker", "outreach_worker"]


def address_on(page: Any) -> str:
    code = page.tree.select_one("dd code")
    assert code
    return str(code.get_text())


def test_a_link_is_shown_once(app: Flask) -> None:
    client = cast.at_work(app, "wulan")
    client.open("/petugas/undang")
    page = client.submit("Buat tautan", name="Citra Contoh", roles=["intake_officer", "case_manager"])
    assert page.h1 == "Tautan untuk Citra Contoh"
    address = address_on(page)
    assert page.tree.select_one(".scan svg")
    token = address.rpartition("/")[2]
    listed = client.open("/petugas/undang")
    assert listed.has("Citra Contoh", "manajer kasus, petugas penerima", "Dibuat Wulan Contoh")
    assert token not in listed.body.decode()
    assert Client(app).get(urlsplit(address).path).h1 == "Anda diundang"
    with app.app_context():
        row = db.session.scalars(sa.select(Enrolment)).one()
        assert row.token_sealed is None
        assert token.encode() not in row.token_hash


def test_sent_twice_is_one_link(app: Flask) -> None:
    client = cast.at_work(app, "wulan")
    page = client.open("/petugas/undang")
    fields = {"name": "Citra", "roles": "case_manager", "organisation_id": page.value("organisation_id"), "end": "1",
              "once": page.value("once"), "csrf_token": page.value("csrf_token")}  # fmt: skip
    assert client.post("/petugas/undang", fields).status == 200
    assert client.post("/petugas/undang", fields).status == 303
    with app.app_context():
        assert db.session.scalars(sa.select(sa.func.count()).select_from(Enrolment)).one() == 1


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"name": " "}, "Tulis nama orangnya."),
        ({"roles": []}, "Pilih paling sedikit satu peran."),
        ({"email": "citra@contoh"}, "Alamat email ini belum lengkap."),
        ({"email": "citra@contoh.example, lain@contoh.example"}, "Alamat email ini belum lengkap."),
    ],
)
def test_a_mistake_keeps_what_was_typed(app: Flask, typed: dict[str, Any], says: str) -> None:
    client = cast.at_work(app, "wulan")
    client.open("/petugas/undang")
    given = {"name": "Citra Contoh", "email": "citra@contoh.example", "roles": ["case_manager"], **typed}
    page = client.submit("Buat tautan", **given)
    assert page.status == 422
    assert page.has(says)
    assert page.value("email") == given["email"]


@pytest.mark.parametrize(
    ("who", "kind", "roles"),
    [
        ("joko", "intake", OFFICE),
        ("joko", "independent", []),
        ("joko", "legal_aid", PARTNERS),
        ("wulan", "intake", [role for role in OFFICE if role not in LED]),
        ("wulan", "independent", []),
        ("wulan", "legal_aid", []),
        ("intan", "independent", HOLDER),
        ("intan", "intake", []),
        ("nadia", "legal_aid", PARTNERS),
        ("nadia", "psychologist", []),
        ("nadia", "intake", []),
        *((who, "intake", []) for who in ("ratna", "sekar", "hadi", "dian")),
        ("rahmat", "independent", []),
        ("tegar", "legal_aid", []),
        ("asep", "community", []),
    ],
)
def test_who_gives_which_roles_where(context: Flask, who: str, kind: str, roles: list[str]) -> None:
    to, given = cast.people.office(kind), []
    me = cast.member(who)
    for role in ALL:
        try:
            enrolments.invite(me, organisation_id=to, roles=[role], name="C", email="", once=role)
        except (NotAllowed, NotFound, enrolments.RoleElsewhere):
            continue
        given.append(role)
    assert given == roles
    assert db.session.scalars(sa.select(sa.func.count()).select_from(Enrolment)).one() == len(roles)


def test_of_several_roles_each_has_to_be_one_s_to_give(context: Flask) -> None:
    with pytest.raises(enrolments.RoleElsewhere):
        link("nadia", roles=("worker", "supervisor"))
    with pytest.raises(NotFound):
        link("nadia", to=uuid4(), roles=("worker",))


def test_a_link_of_elsewhere_is_not_there(context: Flask) -> None:
    link("nadia", roles=("worker",))
    made = db.session.scalars(sa.select(Enrolment.id)).one()
    for who in ("wulan", "melati"):
        assert enrolments.list_for(cast.member(who)) == []
        for verb in (enrolments.again, enrolments.cancel, enrolments.get_for):
            with pytest.raises(NotFound):
                verb(cast.member(who), made)
    for who in ("tegar", "ratna"):
        with pytest.raises(NotAllowed):
            enrolments.get_for(cast.member(who), made)
    assert [row.id for row in enrolments.list_for(cast.member("joko"))] == [made]


def test_sent_again_the_first_link_is_dead(app: Flask) -> None:
    with app.app_context():
        first = link("wulan")
    client = cast.at_work(app, "wulan")
    client.open("/petugas/undang")
    with clock.frozen(clock.now() + timedelta(minutes=10)):
        second = address_on(client.submit("Kirim lagi Citra Contoh")).rpartition("/")[2]
    assert second != first
    assert Client(app).get(f"/petugas/bergabung/{first}").status == 404
    assert Client(app).get(f"/petugas/bergabung/{second}").status == 200


def test_one_that_is_over_can_be_sent_again(context: Flask) -> None:
    token = link("wulan")
    enrolment_id = joining.at(token).id
    with clock.frozen(clock.now() + timedelta(days=8)):
        assert not joining.at(token).is_open
        assert [row.id for row in enrolments.list_for(cast.member("wulan"))] == [enrolment_id]
        made = enrolments.again(cast.member("wulan"), enrolment_id)
        assert made.token
        assert joining.at(made.token).is_open
    with clock.frozen(clock.now() + timedelta(days=46)):
        enrolments.purge()
        assert db.session.get(Enrolment, enrolment_id) is None


def test_cancelling_asks_first_and_ends_it(app: Flask) -> None:
    with app.app_context():
        token = link("wulan")
    client = cast.at_work(app, "wulan")
    client.open("/petugas/undang")
    assert client.click("Batalkan Citra Contoh").h1 == "Batalkan undangan ini?"
    assert client.submit("Ya, batalkan").has("Undangan itu dibatalkan.", "Tidak ada undangan yang menunggu.")
    assert Client(app).get(f"/petugas/bergabung/{token}").has("Tautan ini dibatalkan.")
    with app.app_context(), pytest.raises(enrolments.Over):
        enrolments.again(cast.member("wulan"), joining.at(token).id)


def sent(monkeypatch: pytest.MonkeyPatch, app: Flask) -> list[EmailMessage]:
    """What leaves by mail, and nothing else."""
    told: list[EmailMessage] = []

    def carry(url: str, sender: str, base_url: str, address: str, notice_id: UUID, *rest: Any, **more: Any) -> None:
        told.append(mail.written(sender, base_url, address, notice_id, *rest, **more))

    monkeypatch.setattr(mail, "carry", carry)
    config = app.config["PEPA"]
    delivery.send_due(cast.people.Config(**{**vars(config), "mail_url": "smtp://localhost"}))
    return told


def test_a_mail_carries_the_link_and_then_a_hash_is_left(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    token = link("wulan", email="citra@contoh.example")
    (kept,) = db.session.scalars(sa.select(Enrolment.token_sealed)).all()
    assert kept
    assert token.encode() not in kept
    (message,) = (mail for mail in sent(monkeypatch, context) if mail["Subject"] == "Undangan")
    assert message["To"] == "citra@contoh.example"
    assert message["Subject"] == "Undangan"
    assert f"http://localhost/petugas/bergabung/{token}" in message.get_content()
    assert db.session.scalars(sa.select(Enrolment.token_sealed)).all() == [None]
    assert "Undangan" not in {mail["Subject"] for mail in sent(monkeypatch, context)}


def test_one_that_was_cancelled_meanwhile_is_not_mailed(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    token = link("wulan", email="citra@contoh.example")
    enrolments.cancel(cast.member("wulan"), joining.at(token).id)
    assert "Undangan" not in {mail["Subject"] for mail in sent(monkeypatch, context)}
    assert db.session.scalar(sa.select(OutboxRow).where(OutboxRow.enrolment_id.is_not(None))) is None


def test_no_log_holds_a_link(context: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither where no mail server is set, nor where a page behind it breaks."""
    token = link("wulan", email="citra@contoh.example")
    client = Client(context)

    def broken(_: str) -> Enrolment:
        raise RuntimeError(token)

    with caplog.at_level(logging.DEBUG):
        delivery.send_due(context.config["PEPA"])
        monkeypatch.setattr(joining, "at", broken)
        assert client.get(f"/petugas/bergabung/{token}").status == 500
    assert "RuntimeError" in caplog.text
    assert token not in caplog.text


def test_whoever_may_not_is_shown_no_door(app: Flask) -> None:
    for login in ("ratna", "tegar"):
        client = cast.at_work(app, login)
        assert client.get("/petugas/undang").status == 404
        assert "Undang anggota" not in client.open("/petugas/").text
    page = cast.at_work(app, "nadia").open("/petugas/undang")
    assert not page.tree.find("select", attrs={"name": "organisation_id"})
    assert page.has("Lembaga: LBH Teratai Contoh")
    with app.app_context():
        names = db.session.execute(sa.select(Organisation.name, Organisation.kind)).all()
    offered = cast.at_work(app, "joko").open("/petugas/undang")
    assert all((name in offered.text) is (kind != "independent") for name, kind in names)
