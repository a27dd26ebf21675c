"""What is open elsewhere, where one is reached, and several organisations: chosen, gone over to, left."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import account, devices, sessions
from pepa.errors import NotFound
from pepa.models.installation import Setting
from pepa.models.organisations import Membership, Organisation
from tests import cast
from tests.account.own import row, secrets_of
from tests.client import Client
from tests.staff.test_log_in import log_in


def also_at(login: str, kind: str, roles: str = "worker") -> None:
    """Somebody of the cast works in another organisation as well."""
    with transaction() as session:
        session.add(Membership(person_id=row(login).id, organisation_id=cast.people.office(kind), roles=roles))


def test_what_is_open_is_listed_and_locked(app: Flask) -> None:
    with app.app_context():
        other, theirs = cast.cookie_of("ratna"), cast.cookie_of("bayu")
    client = cast.at_work(app, "ratna")
    page = client.open("/petugas/akun")
    assert page.has("Di sini", "Di tempat lain")
    page = client.submit("Kunci semua yang lain")
    assert page.has("Di tempat lain akun Anda SUDAH terkunci.")
    assert not page.tree.find("button", string="Kunci semua yang lain")
    with app.app_context():
        assert sessions.member(other) is None
        assert sessions.member(theirs)


def test_what_was_idle_too_long_is_not_open(context: Flask) -> None:
    cast.cookie_of("ratna")
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        assert [one.is_this for one in account.opened(cast.member("ratna"))] == [True]


def test_addresses_are_one_s_own_and_roles_are_not(app: Flask) -> None:
    client = cast.at_work(app, "ratna")
    with app.app_context():
        words = secrets_of("ratna").passphrase
    client.open("/petugas/akun")
    client.click("Ubah email dan nomor")
    typed = {"email": "ratna@baru.example", "phone": "0812 0000 1234", "passphrase": words}
    assert client.submit("Simpan", **{**typed, "email": "ratna"}).has("Alamat email ini belum lengkap.")
    page = client.submit("Simpan", **{**typed, "passphrase": "bukan yang ini"})
    assert page.status == 422
    assert page.value("email") == "ratna@baru.example"
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        assert client.submit("Simpan", **typed).has("Email dan nomor SUDAH disimpan.", "ratna@baru.example")
        token = client.open("/petugas/akun/alamat").value("csrf_token")
        more = {**typed, "roles": "head administrator", "login": "x", "is_active": "", "csrf_token": token, "end": "1"}
        assert client.post("/petugas/akun/alamat", more).status == 303
    with app.app_context():
        assert (row("ratna").email, row("ratna").login) == ("ratna@baru.example", "ratna")
        assert cast.member("ratna").roles == {"intake_officer"}


def test_whoever_works_in_two_chooses_after_logging_in(app: Flask) -> None:
    with app.app_context():
        also_at("ratna", "legal_aid")
        account_of = {"ratna": secrets_of("ratna")}
    client = Client(app)
    client.get("/petugas/masuk")
    page = log_in(client, account_of["ratna"])
    assert page.h1 == "Pindah lembaga"
    assert page.has("Kantor Contoh sekarang", "LBH Teratai Contoh", "petugas lembaga")
    page = client.submit("Pindah ke sini LBH Teratai Contoh")
    assert page.has("Anda SUDAH pindah lembaga.", "Ratna Contoh, LBH Teratai Contoh.")
    assert client.get("/petugas/piket").status == 404, "here she is no officer"
    client.open("/petugas/akun/lembaga")
    assert client.submit("Pindah ke sini Kantor Contoh").has("Ratna Contoh, Kantor Contoh.")
    assert client.get("/petugas/piket").status == 200


def test_the_way_that_one_was_on_leads_on(app: Flask) -> None:
    with app.app_context():
        also_at("ratna", "legal_aid")
        ratna = secrets_of("ratna")
    client = Client(app)
    client.get("/petugas/masuk?back=/petugas/piket")
    assert log_in(client, ratna).address == "/petugas/piket"


@pytest.mark.parametrize("what", ["membership", "organisation", "other", "nothing"])
def test_nobody_goes_where_they_do_not_work(context: Flask, what: str) -> None:
    me = cast.member("ratna")
    also_at("ratna", "legal_aid")
    there = next(place.membership_id for place in account.places(me) if not place.is_this)
    with transaction() as session:
        if what == "membership":
            session.get_one(Membership, there).is_active = False
        if what == "organisation":
            session.get_one(Organisation, cast.people.office("legal_aid")).is_active = False
    others = db.session.scalars(sa.select(Membership.id).where(Membership.person_id == row("tegar").id)).one()
    to = {"other": others, "nothing": uuid4()}.get(what, there)
    with pytest.raises(NotFound):
        account.move(me, to)


def test_one_that_is_looked_at_first_says_so(app: Flask) -> None:
    """A copy was put back: whoever went there would be thrown out."""
    client = cast.at_work(app, "ratna")
    with app.app_context():
        me = cast.member("ratna")
        also_at("ratna", "legal_aid")
        with transaction() as session:
            session.get_one(Organisation, cast.people.office("legal_aid")).confirm_due = True
    page = client.open("/petugas/akun/lembaga")
    assert page.has("LBH Teratai Contoh", "Data baru saja dipulihkan: diperiksa dulu.")
    assert not page.has("Pindah ke sini")
    with app.app_context():
        there = next(place.membership_id for place in account.places(me) if not place.is_this)
        with pytest.raises(sessions.BeingConfirmed):
            account.move(me, there)
    assert client.open("/petugas/akun").status == 200, "she is still at work"


def test_a_computer_of_the_office_may_stay_open_longer(app: Flask) -> None:
    with app.app_context():
        wulan, ratna = cast.member("wulan"), secrets_of("ratna")
        made = {kind: devices.register(wulan, label=kind, once=kind, is_computer=kind == "pc") for kind in ("pc", "hp")}
        typed = {kind: "".join(devices.code_of(devices.get_for(wulan, one)) or []) for kind, one in made.items()}
        cookies = {kind: devices.join(code=code) for kind, code in typed.items()}
        with transaction() as session:
            session.get_one(Setting, "computer_minutes").value = "60"
    for kind, minutes in (("pc", 60), ("hp", 15), ("", 15)):
        client = Client(app)
        if kind:
            client.set_cookie("__Host-d", cookies[kind])
        with clock.frozen(clock.now() + timedelta(minutes={"pc": 0, "hp": 2, "": 4}[kind])):
            client.get("/petugas/masuk")
            assert log_in(client, ratna).has(f"Terkunci setelah {minutes} menit tanpa gerak.")
