"""Locking: at once, when nobody moves, after ten hours; what was being typed is kept, sealed (B12, B13, C06, D19)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import keys, sessions
from pepa.models.organisations import Membership, Organisation
from pepa.models.people import Draft, Person, StaffSession
from pepa.seeds.demo import Account
from tests import cast
from tests.client import Client
from tests.staff.test_log_in import log_in

Accounts = dict[str, Account]
HALF = "Setengah kalimat yang"


def test_cookie_row_and_key_belong_together(context: Flask) -> None:
    mine, theirs = cast.cookie_of("ratna"), cast.cookie_of("bayu")
    at_work = sessions.member(mine)
    assert at_work is not None
    assert at_work.name == "Ratna Contoh"
    assert sessions.member(mine[:64] + theirs[64:]) is None, "the id of one with the key of another"
    assert sessions.member(theirs[:64] + mine[64:]) is None
    for spoiled in ("", "x", mine[:-1], mine + "0", "0" * 128, mine[:64], mine[64:] + mine[:64], "é" * 128, None):
        assert sessions.member(spoiled) is None, spoiled


def test_a_row_without_its_cookie_opens_nothing(context: Flask) -> None:
    cast.cookie_of("ratna")
    (row,) = db.session.scalars(sa.select(StaffSession)).all()
    for known in (row.id_hash, b"\0" * 32, row.secret_sealed[:32]):
        assert keys.open_session(row.secret_sealed, keys.Token(known), row.id_hash) is None


def test_lock_now_kills_the_copied_cookie(app: Flask) -> None:
    """D19: one request, and the row with the key is gone; a copy of the cookie opens nothing."""
    client = cast.at_work(app, "ratna")
    assert client.open("/petugas/").h1 == "Kotak masuk"
    copied = client.cookie("__Host-p")
    assert copied
    page = client.submit("Kunci sekarang")
    assert page.h1 == "Masuk"
    assert page.has("SUDAH terkunci.")
    assert client.cookie("__Host-p") is None
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(StaffSession)) == 0
    thief = Client(app)
    thief.set_cookie("__Host-p", copied)
    assert thief.open("/petugas/").h1 == "Masuk"


def test_idle_time_takes_the_key_away(app: Flask) -> None:
    client = cast.at_work(app, "ratna")
    began = clock.now()
    for minute in (14, 28, 42):
        with clock.frozen(began + timedelta(minutes=minute)):
            assert client.open("/petugas/").h1 == "Kotak masuk"
    with clock.frozen(began + timedelta(minutes=42 + 16)):
        assert client.open("/petugas/").h1 == "Masuk"
    with app.app_context():
        assert db.session.scalars(sa.select(StaffSession.secret_sealed)).all() == [b""]


def test_ten_hours_are_the_most(app: Flask) -> None:
    client = Client(app)
    began = clock.now()
    with app.app_context():
        client.set_cookie("__Host-p", cast.cookie_of("ratna", minutes=60))
    for minute in range(50, 600, 50):
        with clock.frozen(began + timedelta(minutes=minute)):
            assert client.get("/petugas/piket").status == 200
    with clock.frozen(began + timedelta(minutes=601)):
        assert client.get("/petugas/piket").status == 303


def test_a_page_that_asks_for_itself_keeps_nothing_open(app: Flask) -> None:
    client = cast.at_work(app, "ratna")
    began = clock.now()
    for minute in (3, 6, 9, 12, 14):
        with clock.frozen(began + timedelta(minutes=minute)):
            assert client.get("/petugas/?tab=baru&segar=1").status == 200
    with clock.frozen(began + timedelta(minutes=18)):
        assert client.get("/petugas/?tab=baru&segar=1").status == 303


def test_to_htmx_the_wall_is_a_redirect_to_where_the_person_was(app: Flask) -> None:
    headers = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#alarms"}
    here = {"HX-Current-URL": "https://localhost/petugas/piket?hari=28"}
    page = Client(app).get("/petugas/?segar=1", headers={**headers, **here})
    assert page.status == 200
    assert page.headers["HX-Redirect"] == "/petugas/masuk?back=/petugas/piket?hari%3D28"
    foreign = {"HX-Current-URL": "https://evil.example//evil.example/petugas"}
    page = Client(app).get("/petugas/?segar=1", headers={**headers, **foreign})
    assert page.headers["HX-Redirect"] == "/petugas/masuk"


@pytest.mark.parametrize("what", ["person", "membership", "organisation"])
def test_whoever_has_left_is_out_with_the_next_request(app: Flask, what: str) -> None:
    client = cast.at_work(app, "ratna")
    assert client.open("/petugas/").h1 == "Kotak masuk"
    with app.app_context(), transaction() as session:
        person = session.scalars(sa.select(Person).where(Person.login == "ratna")).one()
        membership = session.scalars(sa.select(Membership).where(Membership.person_id == person.id)).one()
        organisation = session.get_one(Organisation, membership.organisation_id)
        {"person": person, "membership": membership, "organisation": organisation}[what].is_active = False
    assert client.open("/petugas/").h1 == "Masuk"


def test_typing_survives_the_lock(app: Flask, accounts: Accounts) -> None:
    client = cast.at_work(app, "ratna")
    with app.app_context():
        path = f"/petugas/laporan/{cast.tell().report_id}"
    client.open(path)
    with clock.frozen(clock.now() + timedelta(minutes=20)):
        page = client.submit("Kirim jawaban", text=HALF)
        assert page.h1 == "Masuk"
        assert page.has("Terkunci. Ketikan Anda disimpan terkunci.")
        page = log_in(client, accounts["ratna"])
        assert page.has("Ketikan tadi ada di sini.")
        assert page.address == path
        assert page.value("text") == ""
        assert client.click("Pakai").value("text") == HALF
        assert not cast.at_work(app, "bayu").open(path).has("Ketikan tadi"), "it is hers alone"
        page = client.submit("Kirim jawaban", text=f"{HALF} selesai.")
        assert page.has(f"{HALF} selesai.")
        assert not page.has("Ketikan tadi"), "once it was sent it is offered no more"


def test_what_was_typed_can_be_thrown_away(app: Flask) -> None:
    with app.app_context():
        path = f"/petugas/laporan/{cast.tell().report_id}"
        sessions.keep_draft(cast.cookie_of("ratna"), path, {"text": HALF})
        (kept,) = db.session.scalars(sa.select(Draft.body_sealed)).all()
        assert HALF.encode() not in kept
    client = cast.at_work(app, "ratna")
    client.open(path)
    page = client.submit("Buang")
    assert page.address == path
    assert page.has("Ketikan tadi dibuang.")
    assert not page.has("Ketikan tadi ada di sini.")


def test_typing_comes_along_with_another_button(app: Flask) -> None:
    """A script copies what is typed into the form that leads away; here what it sends."""
    with app.app_context():
        one, other = (f"/petugas/laporan/{cast.tell().report_id}" for _ in range(2))
    client = cast.at_work(app, "ratna")
    token = client.open(one).value("csrf_token")
    carried = {"typed_at": one, "typed.text": HALF, "csrf_token": token, "end": "1"}
    assert client.post(f"{other}/pegang", carried).status == 303
    assert client.open(f"{one}?ketikan=pakai").value("text") == HALF
    page = client.post("/petugas/kunci", {**carried, "typed.text": "Lebih panjang"})
    assert page.location == f"/petugas/masuk?back={one}"
    assert cast.at_work(app, "ratna").open(f"{one}?ketikan=pakai").value("text") == "Lebih panjang"


def test_typing_for_a_page_that_is_not_ours_is_dropped(app: Flask) -> None:
    client = cast.at_work(app, "ratna")
    token = client.open("/petugas/piket").value("csrf_token")
    for path in ("//evil.example", "/lapor", "", "/petugas/../x"):
        client.post("/petugas/ketikan", {"typed_at": path, "typed.text": HALF, "csrf_token": token, "end": "1"})
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Draft)) == 0


def test_a_roster_half_typed_survives_as_it_was_typed(app: Flask, accounts: Accounts) -> None:
    client = cast.at_work(app, "wulan")
    client.open("/petugas/piket")
    with clock.frozen(clock.now() + timedelta(minutes=20)):
        client.submit("Tambah piket", starts_at="1/12/2026 08.00", ends_at="besok siang")
        log_in(client, accounts["wulan"])
        page = client.click("Pakai")
        assert page.value("starts_at") == "01/12/2026 08.00"
        assert page.value("ends_at") == "besok siang"
