"""The card on the phone: its QR, its PIN, its way out; the office prints it once; it opens no other door."""

import re

from flask import Flask

from pepa.domain import cadres
from pepa.policy import Permission
from tests import cast
from tests.client import Client
from tests.outreach.evenings import carded


def test_the_office_prints_a_card_that_says_nothing(app: Flask) -> None:
    office = cast.at_work(app, "dian")
    office.open("/petugas/kader")
    page = office.submit("Tambah kader", name="Siti Contoh", kelurahan_code="36.73.01.1001")
    assert page.h1 == "Siti Contoh"
    page = office.submit("Kartu baru, dengan PIN baru")
    card = page.tree.select_one(".wallet")
    assert card
    assert card.find("svg")
    assert not re.search("pepa|kekerasan|perempuan|anak|lapor|calling", card.text, re.IGNORECASE)
    pin = page.tree.select(".wallet code")[0].text
    code = page.tree.select(".wallet .mini")[0].text
    assert pin not in card.text
    phone = Client(app)
    phone.open("/petugas/kartu")
    page = phone.submit("Buka", code=code.lower(), pin=pin)
    assert page.h1 == "Kegiatan saya"
    again = office.open(f"{page.address}")
    assert not again.has(pin)


def test_pressed_twice_it_is_the_same_card(app: Flask) -> None:
    office = cast.at_work(app, "dian")
    office.open("/petugas/kader")
    page = office.submit("Tambah kader", name="Siti Contoh", kelurahan_code="36.73.01.1001")
    fields = {name: page.value(name) for name in ("code", "pin", "csrf_token")} | {"end": "1"}
    for _ in range(2):
        shown = office.post(f"{page.address}/kartu", fields)
        assert shown.has(fields["pin"])
    with app.app_context():
        assert cadres.by_cookie(cadres.open_card(code=fields["code"], pin=fields["pin"]))
    spoiled = office.post(f"{page.address}/kartu", {**fields, "pin": "1"})
    assert spoiled.status == 409


def test_a_wrong_pin_is_said_and_the_wait_as_well(app: Flask, phone: Client) -> None:
    with app.app_context():
        code, _ = carded("Wati Contoh")
    other = Client(app)
    other.open(f"/k/{code}")
    for _ in range(cadres.FREE_TRIES + 1):
        page = other.submit("Buka", pin="xx")
        assert page.status == 422
        assert page.has("Kartu atau PIN ini tidak cocok.")
    assert other.submit("Buka", pin="xx").has("Coba lagi dalam 5 detik.")
    assert not other.cookie("__Host-k")


def test_an_unknown_card_reads_like_a_wrong_pin(app: Flask, phone: Client) -> None:
    other = Client(app)
    other.open("/k/ABCDEFGH")
    assert other.submit("Buka", pin="123456").has("Kartu atau PIN ini tidak cocok.")


def test_another_card_on_the_same_phone_asks_for_its_own_pin(app: Flask, phone: Client) -> None:
    assert phone.open("/petugas/kartu").h1 == "Kegiatan saya"
    with app.app_context():
        code, pin = carded("Wati Contoh")
    assert phone.open(f"/k/{code}").h1 == "Buka kartu"
    assert phone.submit("Buka", pin=pin).h1 == "Kegiatan saya"
    assert phone.open(f"/k/{code.lower()}").h1 == "Kegiatan saya", "its own, which is open"
    page = phone.open("/petugas/kegiatan/catat")
    assert page.tree.select_one("#main bdi").text == "Wati Contoh"  # type: ignore[union-attr]


def test_leaving_ends_it(phone: Client) -> None:
    page = phone.submit("Keluar")
    assert page.h1 == "Buka kartu"
    assert page.has("Anda SUDAH keluar.")
    assert phone.get("/petugas/kegiatan").location == "/petugas/masuk?back=/petugas/kegiatan"


def test_once_it_was_ended_the_phone_is_told(app: Flask, phone: Client) -> None:
    with app.app_context():
        me = cast.member("dian")
        cadres.end(me, cadres.list_for(me).items[0].id)
    page = phone.get("/petugas/kegiatan")
    assert page.location == "/petugas/kartu"
    assert phone.open("/petugas/kartu").has("Kartu sudah tertutup.")


def test_a_card_opens_nothing_else(app: Flask, phone: Client) -> None:
    """Every door of the wing but those of its own pages answers as to a stranger."""
    own = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("staff.") and not rule.arguments and "GET" in (rule.methods or ()):
            view = app.view_functions[rule.endpoint]
            access = getattr(view, "access", None)
            page = phone.get(str(rule))
            if getattr(view, "by_card", False):
                assert access == Permission.LOG_OUTREACH
                assert page.status == 200, rule
                own += 1
            elif access != "public":
                assert page.status == 303, rule
                assert (page.location or "").startswith("/petugas/masuk"), rule
    assert own >= 4


def test_the_phone_s_own_worker_and_page_hold_no_secret(phone: Client) -> None:
    script = phone.get("/petugas/kegiatan/sw.js")
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert script.headers["Cache-Control"] == "no-cache"
    shell = phone.get("/petugas/kegiatan/catat/luring")
    assert shell.value("teaching") == ""
    assert not shell.has("Siti Contoh")
    assert not shell.tree.find("input", attrs={"name": "csrf_token"})
    policy = shell.headers["Content-Security-Policy"]
    assert "script-src 'self'; worker-src 'self'" in policy
    assert "unsafe" not in policy


def test_the_log_in_page_leads_whoever_has_a_card_to_it(app: Flask) -> None:
    client = Client(app)
    client.open("/petugas/masuk")
    assert client.click("Punya kartu kader?").h1 == "Buka kartu"
