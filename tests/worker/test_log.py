"""Catat, by the pages: four acts, once however often it is sent; nothing typed is lost; no word is asked for."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import plans, reports
from pepa.domain.attendance import BOXES
from pepa.models.areas import Area, AreaChange
from pepa.models.outreach import Plan, Teaching
from pepa.models.reports import Report
from pepa.models.titles import Edition, State
from tests import cast, shelf
from tests.client import Client, Page
from tests.outreach.evenings import rts

CODE = "36.73.01.1001"


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(sa.select(sa.func.count()).select_from(Teaching)).one()


def logged(phone: Client, **more: str) -> Page:
    phone.open("/petugas/kegiatan/catat")
    return phone.submit("Kirim", **{"title_id": "90", "present": "25", "manner": "meeting", **more})


def test_four_acts(app: Flask, phone: Client) -> None:
    """The kit's code fills title, place and day in."""
    with app.app_context():
        (rt,) = rts("003")
    day = clock.today().strftime("%d/%m/%Y")
    phone.open("/petugas/kegiatan/siapkan")
    page = phone.submit("Buat perlengkapan", title_id="90", on=day, place="Balai RW 02", hour="19.30")
    assert page.h1 == "Perlengkapan"
    with app.app_context():
        plan = db.session.scalars(sa.select(Plan)).one()
        plan.area_id = rt
        db.session.commit()
    page = phone.click("Catat kegiatan ini")
    assert "d=" in page.address
    assert page.value("title_id") == "90"
    assert page.has("RT 003, RW 02")
    page = phone.submit("Kirim", present="25", manner="meeting")
    assert page.has("SUDAH tercatat. Terima kasih.", "Kehadiran: 25.", "RT 003, RW 02", "Diterima kantor")
    assert phone.open("/petugas/kegiatan").has("Belum ada rencana.")


@pytest.mark.parametrize("became", [1, 2, 0])
def test_the_rt_of_a_plan_changed_before_the_evening(app: Flask, phone: Client, became: int) -> None:
    """Renamed, it is the new one; split or gone, it is to be picked."""
    phone.open("/petugas/kegiatan/siapkan")
    kit = phone.submit("Buat perlengkapan", title_id="90", on=clock.today().strftime("%d/%m/%Y"))
    with app.app_context():
        old, *new = rts("003", *["013", "023"][:became])
        with transaction() as session:
            session.scalars(sa.select(Plan)).one().area_id = old
            session.get_one(Area, old).valid_until = clock.today()
            session.add_all(AreaChange(from_id=old, to_id=one, on=clock.today(), change="split") for one in new)
    phone.open(kit.address)
    page = phone.click("Catat kegiatan ini")
    picked = [box["value"] for box in page.tree.select("[name=area_ids][checked]")]
    assert picked == ([str(new[0])] if became == 1 else [])
    assert page.has("RT rencana ini sudah berubah.") == (became != 1)


def test_a_plan_of_a_title_that_was_withdrawn_says_so(app: Flask, phone: Client) -> None:
    phone.open("/petugas/kegiatan/siapkan")
    kit = phone.submit("Buat perlengkapan", title_id="90", on=clock.today().strftime("%d/%m/%Y"))
    with app.app_context(), transaction() as session:
        edition = session.scalars(sa.select(Edition).where(Edition.title_id == 90)).one()
        edition.state, edition.withdrawn_reason, edition.withdrawn_at = State.WITHDRAWN, "Keliru", clock.now()
    for path in ("/petugas/kegiatan", kit.address):
        assert phone.open(path).has("Rumah yang aman (ditarik)")


def test_another_s_kit_fills_in_what_is_printed_on_it(app: Flask, phone: Client) -> None:
    page = phone.get(f"/petugas/kegiatan/catat?r=strange&t=90&w={CODE}&d=20261101")
    assert (page.value("title_id"), page.value("on"), page.value("plan")) == ("90", "01/11/2026", "")


@pytest.mark.parametrize("address", ["?t=x&w=é&d=20261399", "?d=2026&a=x", "?r=%00&t=999999999", "?t=" + "9" * 400])
def test_a_spoiled_code_fills_nothing_in(phone: Client, address: str) -> None:
    page = phone.get("/petugas/kegiatan/catat" + address)
    assert page.status == 200


def test_the_same_form_ten_times(app: Flask, phone: Client) -> None:
    page = phone.open("/petugas/kegiatan/catat")
    fields = {name: page.value(name) for name in ("teaching", "kelurahan_code", "on")}
    fields |= {"title_id": "90", "present": "25", "manner": "meeting", "end": "1"}
    places = {phone.post("/petugas/kegiatan/catat", {**fields, "present": str(n)}).location for n in range(25, 35)}
    assert len(places) == 1
    assert count(app) == 1
    assert phone.open(places.pop() or "").has("Kehadiran: 25.")


def test_same_or_another(app: Flask, phone: Client) -> None:
    logged(phone)
    page = logged(phone, present="12")
    assert page.status == 409
    assert page.has("Sama atau lain?")
    assert page.value("present") == "12"
    page = phone.submit("Kegiatan lain. Catat")
    assert page.has("SUDAH tercatat")
    assert count(app) == 2


def test_the_form_of_one_filled_in_for_another_is_asked_about(app: Flask, phone: Client) -> None:
    """The back key, another day, and sent."""
    page = phone.open("/petugas/kegiatan/catat")
    teaching = page.value("teaching")
    logged = {"title_id": "90", "present": "25", "manner": "meeting"}
    fields = {name: page.value(name) for name in ("teaching", "kelurahan_code", "on")} | logged
    phone.submit("Kirim", **logged)
    yesterday = f"{clock.today() - timedelta(days=1):%d/%m/%Y}"
    other = {**fields, "on": yesterday, "end": "1"}
    page = phone.post("/petugas/kegiatan/catat", other)
    assert page.status == 409
    assert page.has("Sama atau lain?")
    assert page.value("teaching") not in ("", teaching)
    again = {**other, "teaching": page.value("teaching"), "again": "1"}
    places = {phone.post("/petugas/kegiatan/catat", again).location for _ in range(2)}
    assert len(places) == 1
    assert phone.open(places.pop() or "").has("SUDAH tercatat")
    assert count(app) == 2


def test_boxes_add_up_and_what_is_wrong_is_said_beside_them(app: Flask, phone: Client) -> None:
    page = logged(phone, f_adult="20", m_child="9")
    assert page.status == 422
    assert page.has("Kotak di bawah berjumlah 29, tidak cocok dengan yang hadir.")
    assert page.value("f_adult") == "20"
    page = phone.submit("Kirim", present="")
    assert page.has("Kehadiran: 29.")
    assert logged(phone, present="dua puluh").has("Tulis angka saja.")


def test_the_parts_of_another_kelurahan_are_shown_before_anything_is_sent(app: Flask, phone: Client) -> None:
    with app.app_context():
        rts("003", "004")
    phone.open("/petugas/kegiatan/catat")
    page = phone.submit("Tampilkan RT kelurahan ini", kelurahan_code="36.73.02.1001", present="7")
    assert page.has("Daftar RT kelurahan ini belum ada.")
    assert page.value("present") == "7"
    page = phone.submit("Tampilkan RT kelurahan ini", kelurahan_code=CODE)
    assert page.has("RT 004, RW 02")
    assert count(app) == 0


def test_a_group_is_spread_and_no_attendance(phone: Client) -> None:
    assert logged(phone, manner="group", present="80").has("Sebaran: 80.")


def test_days(phone: Client) -> None:
    tomorrow, long_ago = (clock.today() + timedelta(days=n) for n in (1, -61))
    assert logged(phone, on=f"{tomorrow:%d/%m/%Y}").has("Tanggal ini belum tiba.")
    assert logged(phone, on=f"{long_ago:%d/%m/%Y}").has("lebih dari 60 hari yang lalu")
    assert logged(phone, on="kemarin").has("Tulis hari seperti ini: 25/11/2026.")


def test_numbers_are_corrected(phone: Client) -> None:
    logged(phone)
    phone.click("Betulkan angkanya")
    page = phone.submit("Kirim", uncounted="", f_adult="30")
    assert page.has("Angka SUDAH dikoreksi.", "Kehadiran: 30.", "Angka sebelumnya: 25.")


def test_no_log_asks_for_a_word(phone: Client) -> None:
    """No names, no stories: every field of the form is a number, a day, or one of a list."""
    page = phone.open("/petugas/kegiatan/catat")
    assert not page.tree.find_all("textarea")
    typed = {str(field["name"]) for field in page.tree.select("input:not([type])")}
    assert typed == set(BOXES) - {"title_id", "kelurahan_code", "area_ids", "manner"}
    assert page.has("Jangan tulis di sini, dan jangan tulis nama siapa pun.")
    assert page.link("Buka halaman cerita") == "/lapor"


def test_screen_and_paper_have_the_same_numbers(app: Flask, phone: Client) -> None:
    phone.open("/petugas/kegiatan/siapkan")
    page = phone.submit("Buat perlengkapan", title_id="90", on=clock.today().strftime("%d/%m/%Y"))
    paper = phone.get(page.link("Lembar hadir, untuk dicetak"))
    screen = phone.get("/petugas/kegiatan/catat")
    labels = re.findall(r"\b(\d{1,2}\. [A-Z][^0-9]+?)(?= \d|$)", " ".join(
        label.get_text(" ", strip=True) for label in screen.tree.select("label, legend")))  # fmt: skip
    assert labels
    for number in range(1, 18):
        assert paper.has(f"{number}."), number
    for label in ("5. Berapa yang hadir?", "6. Bagaimana caranya?", "17. Di antaranya disabilitas"):
        assert paper.has(label)
        assert screen.has(label)


def test_a_worry_becomes_a_report_and_is_shown_to_nobody_here(app: Flask, phone: Client) -> None:
    phone.open("/petugas/kegiatan/catat")
    phone.click("Sampaikan ke kantor")
    page = phone.submit("Kirim", what="Tetangga saya tidak keluar rumah.")
    assert page.h1 == "Kegiatan saya"
    assert page.has("SUDAH sampai di meja petugas.")
    assert not page.has("Tetangga saya")
    with app.app_context():
        report = db.session.scalars(sa.select(Report).where(Report.channel == "counter")).one()
        told = reports.open_for(cast.member("ratna"), report.id).told
        assert (told.what, told.taken_by) == ("Tetangga saya tidak keluar rumah.", "Siti Contoh")


def test_a_number_that_is_no_title_is_none(phone: Client) -> None:
    page = phone.post("/petugas/kegiatan/ditarik", {"title_id": "9" * 22, "end": "1"})
    assert page.status == 303


def test_a_member_logs_by_the_log_in(app: Flask) -> None:
    with app.app_context():
        shelf.title()
    asep = cast.at_work(app, "asep")
    asep.open("/petugas/kegiatan/catat")
    page = asep.submit("Kirim", title_id="90", present="25", manner="meeting", kelurahan_code=CODE)
    assert page.has("SUDAH tercatat")
    assert not page.tree.find(string=re.compile("Sampaikan ke kantor"))


def test_a_plan_that_was_cancelled_is_no_more_to_come(app: Flask, phone: Client) -> None:
    phone.open("/petugas/kegiatan/siapkan")
    tomorrow = (clock.today() + timedelta(days=1)).strftime("%d/%m/%Y")
    page = phone.submit("Buat perlengkapan", title_id="90", on=tomorrow)
    page = phone.submit("Batalkan rencana")
    assert page.has("Rencana dibatalkan.", "Belum ada rencana.")
    phone.open("/petugas/kegiatan/siapkan")
    assert phone.submit("Buat perlengkapan", title_id="90", on="1/1/2026").has("Tanggal ini sudah lewat.")
    with app.app_context():
        assert plans.taught()
