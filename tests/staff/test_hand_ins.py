"""The short form: from a registered phone that nobody unlocked, at the desk, at the counter; nothing is shown after."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db
from pepa.domain import devices, reports, sessions
from pepa.models.reports import Report
from pepa.policy import Permission
from tests import cast
from tests.client import Client

TOLD = "Ibu itu menelepon dari warung."


def registered(app: Flask) -> Client:
    """A browser on a registered phone, by the pages that people use."""
    client = cast.at_work(app, "wulan")
    client.open("/petugas/piket")
    client.click("HP kantor")
    page = client.submit("Buat kode", label="HP piket")
    groups = page.tree.select_one("code[translate=no]")
    assert groups
    code = groups.text
    phone = Client(app)
    phone.get("/petugas/hp/daftar")
    page = phone.submit("Daftarkan", code=code)
    assert page.h1 == "Telepon"
    assert page.has("HP ini SUDAH terdaftar.")
    return phone


def only_report(app: Flask, channel: str) -> Report:
    with app.app_context():
        return db.session.scalars(sa.select(Report).where(Report.channel == channel)).one()


def test_from_the_lock_screen_of_a_registered_phone(app: Flask) -> None:
    phone = registered(app)
    page = phone.open("/petugas/")
    assert page.h1 == "Masuk"
    phone.click("Telepon")
    page = phone.submit("Simpan", what=TOLD, urgency="now")
    assert page.h1 == "Tersimpan"
    assert not page.has(TOLD)
    report = only_report(app, "phone")
    with app.app_context():
        told = reports.open_for(cast.member("ratna"), report.id).told
    assert (told.what, told.taken_by, report.urgency.value) == (TOLD, "HP piket", "now")


def test_the_cookie_is_the_browser_s_alone(app: Flask) -> None:
    phone = registered(app)
    assert phone.cookie("__Host-d")
    client = cast.at_work(app, "wulan")
    with app.app_context():
        device_id = devices.list_for(cast.member("wulan"))[0].id
    client.get(f"/petugas/hp/{device_id}/hapus")
    assert client.submit("Ya, akhiri").has("HP itu tidak bisa mengirim lagi.")
    page = phone.post("/petugas/telepon", {"what": TOLD, "end": "1"})
    assert page.location == "/petugas/masuk?back=/petugas/telepon"
    with app.app_context():
        assert not db.session.scalar(sa.select(sa.func.count()).where(Report.channel == "phone"))


def test_a_phone_opens_nothing_else(app: Flask) -> None:
    """Every door of the wing but those three answers as to a stranger (D10)."""
    phone = registered(app)
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("staff.") and not rule.arguments and "GET" in (rule.methods or ()):
            access = getattr(app.view_functions[rule.endpoint], "access", None)
            page = phone.get(str(rule))
            if access == Permission.HAND_IN and getattr(app.view_functions[rule.endpoint], "by_device", False):
                assert page.status == 200, rule
            elif access != "public":
                assert page.status == 303, rule
                assert (page.location or "").startswith("/petugas/masuk"), rule


def test_the_phone_says_nothing_of_who_was_logged_in(app: Flask) -> None:
    """Whoever is at work takes it; once locked, the phone does, whoever was there before (cases B8)."""
    phone = registered(app)
    with app.app_context():
        phone.set_cookie("__Host-p", cast.cookie_of("ratna"))
    phone.open("/petugas/telepon")
    phone.submit("Simpan", what="Satu")
    phone.open("/petugas/")
    phone.submit("Kunci sekarang")
    phone.open("/petugas/telepon")
    phone.submit("Simpan", what="Dua")
    with app.app_context():
        ratna = cast.member("ratna")
        found = db.session.scalars(sa.select(Report).where(Report.channel == "phone"))
        told = [reports.open_for(ratna, report.id).told for report in list(found)]
    assert {one.what: one.taken_by for one in told} == {"Satu": "Ratna Contoh", "Dua": "HP piket"}


def test_a_form_that_was_begun_locked_is_taken_after_unlocking(app: Flask) -> None:
    phone = registered(app)
    phone.open("/petugas/telepon")
    with app.app_context():
        phone.set_cookie("__Host-p", cast.cookie_of("ratna"))
    assert phone.submit("Simpan", what=TOLD).h1 == "Tersimpan"


def test_a_guest_at_the_counter(app: Flask) -> None:
    client = cast.at_work(app, "ratna")
    client.open("/petugas/")
    client.click("Tamu datang")
    page = client.submit("Simpan", what=" ")
    assert page.status == 422
    assert page.has("Tulis dulu yang diceritakan. Satu kalimat sudah cukup.")
    page = client.submit("Simpan", what=TOLD, kecamatan="36.73.02", speaker="self")
    assert page.h1 == "Tersimpan"
    assert only_report(app, "counter").kecamatan == "36.73.02"


def test_the_code_is_read_out_once_and_then_gone(app: Flask) -> None:
    client = cast.at_work(app, "ratna")
    client.open("/petugas/telepon")
    page = client.submit("Simpan, lalu bacakan kode", what=TOLD)
    shown = page.tree.select_one("code[translate=no]")
    assert shown
    assert re.fullmatch(r"(\d{4} ){4}\d{4}", shown.text)
    assert page.has("Kode ini untuk satu kali; setelah masuk, Anda dapat kode baru yang saya tidak tahu.")
    again = client.get(page.address)
    assert not again.has(shown.text)
    assert again.has("Kode tidak ditampilkan lagi.")


def test_cut_on_the_way_nothing_is_kept(app: Flask) -> None:
    phone = registered(app)
    page = phone.get("/petugas/telepon")
    page = phone.post("/petugas/telepon", {"what": TOLD, "ticket": page.value("ticket")})
    assert page.status == 422
    assert page.has("Belum sampai semua. TIDAK ada yang disimpan.")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_no_other_site_hands_in_for_a_phone(app: Flask, site: str) -> None:
    phone = registered(app)
    fields = {"what": TOLD, "ticket": phone.get("/petugas/telepon").value("ticket"), "end": "1"}
    assert phone.post("/petugas/telepon", fields, headers={"Sec-Fetch-Site": site}).status == 403


def test_what_was_typed_before_the_lock_is_offered(app: Flask) -> None:
    client = cast.at_work(app, "ratna")
    client.open("/petugas/loket")
    with app.app_context():
        assert sessions.keep_draft(client.cookie("__Host-p"), "/petugas/loket", {"what": TOLD})
    assert client.get("/petugas/loket?ketikan=pakai").value("what") == TOLD
