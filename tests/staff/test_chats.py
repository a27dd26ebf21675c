"""Tempel chat at the desk: paste or choose, look it over, store; what to copy back, and what to delete."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import BrowserContext, expect

from pepa.config import Config
from pepa.db import db
from pepa.domain import chats, sessions
from pepa.models.people import Draft
from pepa.models.reports import Report
from pepa.web import gates
from tests import cast
from tests.chats.exports import PHOTO, STORED, TEXT, exported
from tests.client import Client
from tests.staff.test_hand_ins import registered
from tests.staff.test_scripts import desk, draft
from tests.uploads.test_add import on_disk

Phone = Callable[..., BrowserContext]
ZIP = ("WhatsApp.zip", exported())


def at_chat(app: Flask, login: str = "ratna") -> Client:
    client = cast.at_work(app, login)
    client.open("/petugas/")
    client.click("Chat")
    return client


def only_report(app: Flask) -> Report:
    with app.app_context():
        return db.session.scalars(sa.select(Report).where(Report.channel == "chat")).one()


def test_a_chat_with_a_photo_and_a_voice_note(app: Flask) -> None:
    client = at_chat(app)
    page = client.send_files("Baca dulu", ZIP)
    assert page.h1 == "Isi chat"
    assert page.has("Bunga Karangan", "Foto JPEG", "Suara OGG", "BELUM disimpan. Hanya Anda yang bisa membukanya.")
    page = client.submit("Simpan, dengan kode untuknya", sender="Bunga Karangan", urgency="now")
    assert page.h1 == "Tersimpan"
    assert page.has("Hapus dari HP kantor", "Ini kode Anda: ", "Salin balik ke chat")
    assert not page.has("Saya takut pulang")
    again = client.get(page.address)
    assert again.has("Kode tidak ditampilkan lagi.")
    assert not again.has("Ini kode Anda: ")
    page = client.open(f"/petugas/laporan/{only_report(app).id}")
    assert page.has(*STORED.split("\n"), "Nama pelapor di chat", "IMG-20261125-WA0001.jpg", "PTT-20261125-WA0002.opus")
    assert client.open("/petugas/chat/isi").has("Tidak ada chat yang menunggu.")


def test_the_code_that_is_pasted_back_opens_it_once(app: Flask) -> None:
    client = at_chat(app)
    client.send_files("Baca dulu", text=TEXT)
    page = client.submit("Simpan, dengan kode untuknya")
    said = next(item.text for item in page.tree.select("[data-copy]"))
    code = said.partition(": ")[2].partition(".")[0]
    her = Client(app)
    her.get("/pantau")
    assert her.submit("Buka", code=code).has("Kode")


def test_wrong_files_are_said_beside_the_field_and_the_text_stays(app: Flask, config: Config) -> None:
    client = at_chat(app)
    page = client.send_files("Baca dulu", ("x.exe", b"MZ\x90\x00" * 9))
    assert page.status == 422
    assert page.has("File ini bukan foto, suara, video, atau PDF yang bisa kami buka.")
    page = client.send_files("Baca dulu")
    assert page.status == 422
    assert page.has("Tempel dulu chatnya, atau pilih filenya.")
    client.send_files("Baca dulu", text=TEXT)
    client.open("/petugas/chat")
    page = client.send_files("Baca dulu", ("foto.jpg", PHOTO), text="Chat lain")
    assert page.status == 422
    assert page.has("Masih ada chat lain yang belum disimpan.")
    assert page.value("text") == "Chat lain"
    assert on_disk(config) == []


def test_cut_on_the_way_nothing_is_kept(app: Flask, config: Config) -> None:
    client = at_chat(app)
    page = client.send_files("Baca dulu", ZIP, ("foto.jpg", PHOTO * 50), cut=0.6)
    assert page.status == 422
    assert page.has("Belum sampai semua. TIDAK ada yang disimpan.")
    assert on_disk(config) == []
    with app.app_context():
        assert db.session.scalars(sa.select(Draft.path)).all() == []


def test_one_at_a_time_opens_archives(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """They lie in memory meanwhile; whoever comes second waits, and is told where that takes too long."""
    client = at_chat(app)
    monkeypatch.setattr(gates, "QUEUE", 0.01)
    with gates._desk:
        page = client.send_files("Baca dulu", ZIP)
    assert page.status == 503
    assert page.has("Tempat file sedang penuh.")
    assert client.open("/petugas/chat/isi").has("Tidak ada chat yang menunggu.")


def test_a_form_with_files_needs_its_token(app: Flask, config: Config) -> None:
    client = at_chat(app)
    assert client.page
    form = client.page.form("Baca dulu")[0]
    token = form.find("input", attrs={"name": "csrf_token"})
    assert token
    token["value"] = "x"
    assert client.send_files("Baca dulu", ("foto.jpg", PHOTO)).status == 403
    assert on_disk(config) == []


@pytest.mark.parametrize("login", ["sekar", "nadia"])
def test_nobody_else_s_files_are_looked_at(app: Flask, config: Config, login: str) -> None:
    client = at_chat(app)
    with app.app_context():
        client.set_cookie("__Host-p", cast.cookie_of(login))
    assert client.send_files("Baca dulu", ("foto.jpg", PHOTO)).status == 404
    assert on_disk(config) == []


def test_into_the_report_that_she_names(app: Flask) -> None:
    with app.app_context():
        report_id = cast.tell().report_id
        reference = db.session.get_one(Report, report_id).reference
    client = at_chat(app)
    client.send_files("Baca dulu", ZIP)
    page = client.submit("Simpan", reference="L-AAAAAA")
    assert page.status == 422
    assert page.has("Kode laporan ini tidak ada di daftar Anda.")
    page = client.submit("Simpan", reference=reference)
    assert page.has("Chat SUDAH ditambahkan ke laporan ini.")
    page = client.click("Buka laporan")
    assert page.address == f"/petugas/laporan/{report_id}"
    assert page.has("Saya takut pulang.", "Suara OGG", "dicatat Ratna Contoh")


def test_begun_from_the_report_its_code_stands_there(app: Flask) -> None:
    with app.app_context():
        report_id = cast.tell().report_id
    client = cast.at_work(app, "ratna")
    client.open(f"/petugas/laporan/{report_id}")
    client.click("Tempel chat ke laporan ini")
    client.send_files("Baca dulu", text=TEXT)
    assert client.submit("Simpan").has("Chat SUDAH ditambahkan ke laporan ini.")
    assert client.click("Buka laporan").address == f"/petugas/laporan/{report_id}"


def test_thrown_away(app: Flask, config: Config) -> None:
    client = at_chat(app)
    client.send_files("Baca dulu", ZIP)
    assert len(on_disk(config)) == 2
    assert client.submit("Buang chat ini").has("Chat itu dibuang.")
    assert on_disk(config) == []


def test_the_chat_of_one_is_never_shown_to_another(app: Flask) -> None:
    """cases/security B8: the same browser, the next officer."""
    client = at_chat(app)
    client.send_files("Baca dulu", ZIP)
    client.open("/petugas/chat")
    assert client.page
    assert client.page.has("Ada chat yang belum disimpan")
    client.submit("Kunci sekarang")
    with app.app_context():
        client.set_cookie("__Host-p", cast.cookie_of("bayu"))
    assert client.open("/petugas/chat/isi").has("Tidak ada chat yang menunggu.")
    assert not client.open("/petugas/chat").has("Ada chat yang belum disimpan")
    assert not client.open("/petugas/").has("Isi chat")


def test_a_line_that_is_lost_shows_the_same_page_again(app: Flask) -> None:
    """The reply to Simpan never came: pressing again is the same report and the same code."""
    client = at_chat(app)
    looked = client.send_files("Baca dulu", ZIP)
    fields = {"csrf_token": looked.value("csrf_token"), "with_code": "1", "end": "1"}
    first = client.post("/petugas/chat/simpan", fields).location
    second = client.post("/petugas/chat/simpan", fields).location
    assert first
    assert second
    assert first != second
    shown = [item.text for item in client.get(second).tree.select("[data-copy]")]
    assert shown[0].startswith("Ini kode Anda: ")
    only_report(app)


@pytest.mark.parametrize("text", ["\0", "%00", "a\r\nb\rc", "\u202egpj\u202c", "<script>", "x" * 70_000])
def test_what_is_pasted_comes_out_as_it_was(app: Flask, text: str) -> None:
    """cases/citizen 48, 49."""
    client = at_chat(app)
    client.send_files("Baca dulu", text=f"awal {text} akhir")
    client.submit("Simpan")
    with app.app_context():
        found = chats.reports.open_for(cast.member("ratna"), only_report(app).id).told.what
    assert found == f"awal {text} akhir".replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def test_a_locked_phone_of_the_office_stores_at_once(app: Flask) -> None:
    """The chat is on that very phone; it reads nothing, so nothing is shown there."""
    phone = registered(app)
    assert phone.open("/petugas/").h1 == "Masuk"
    phone.click("Chat")
    page = phone.send_files("Simpan", ("x.exe", b"MZ\x90\x00" * 9))
    assert page.status == 422
    page = phone.send_files(
        "Simpan, dengan kode untuknya", ("a.zip", exported(**{"kartu.vcf": b"BEGIN:VCARD"})), text="Ini dia."
    )
    assert page.h1 == "Tersimpan"
    assert page.has("Ini kode Anda: ", "1 file tidak bisa dibaca.", "Hapus dari HP kantor")
    assert not page.has("Saya takut pulang")
    assert phone.get("/petugas/chat/isi").status == 303
    with app.app_context():
        opened = chats.reports.open_for(cast.member("ratna"), only_report(app).id)
        assert (opened.told.what, opened.told.taken_by) == (f"Ini dia.\n\n{STORED}", "HP piket")
        assert chats.attachments.count(opened.report.id) == 2


def test_a_locked_phone_sends_again_what_it_does_not_know_of(app: Flask, config: Config) -> None:
    phone = registered(app)
    page = phone.open("/petugas/chat")
    for _ in range(2):
        phone.page = page
        assert phone.send_files("Simpan", ZIP).h1 == "Tersimpan"
    with app.app_context():
        assert chats.attachments.count(only_report(app).id) == 2


def test_cut_at_a_locked_phone(app: Flask, config: Config) -> None:
    phone = registered(app)
    phone.open("/petugas/chat")
    page = phone.send_files("Simpan", ZIP, ("foto.jpg", PHOTO * 50), cut=0.6)
    assert page.status == 422
    assert page.has("Belum sampai semua. TIDAK ada yang disimpan.")
    assert on_disk(config) == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_paste_look_store(phone: Phone, app: Flask, scripts: bool) -> None:
    """A short path, counted (rule 45): Chat, paste, Baca dulu, Simpan."""
    page = desk(phone, app, scripts=scripts)
    page.goto("/petugas/")
    acts = 1
    page.get_by_role("link", name="Chat", exact=True).click()
    acts += 1
    page.get_by_label("Tempel chat di sini").fill(TEXT)
    acts += 1
    page.get_by_role("button", name="Baca dulu").click()
    acts += 1
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tersimpan")
    assert acts == 4
    assert only_report(app).channel == "chat"
    if scripts:
        page.get_by_role("button", name="Salin").first.click()
        expect(page.get_by_role("button", name="Sudah disalin")).to_be_visible()


def test_in_a_browser_with_files(phone: Phone, app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "WhatsApp.zip"
    path.write_bytes(exported())
    page = desk(phone, app)
    page.goto("/petugas/chat")
    page.get_by_label("Atau pilih file").set_input_files(path)
    page.get_by_role("button", name="Baca dulu").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Isi chat")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Simpan, dengan kode untuknya").click()
    expect(page.get_by_text("Ini kode Anda:")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.goto(f"/petugas/laporan/{only_report(app).id}")
    page.get_by_role("link", name="Buka File 1").click()
    expect(page.locator("img")).to_have_js_property("complete", True)


def test_a_pasted_text_outlives_the_browser(phone: Phone, app: Flask) -> None:
    page = desk(phone, app)
    page.goto("/petugas/chat")
    with page.expect_response("**/petugas/ketikan/simpan"):
        page.get_by_label("Tempel chat di sini").fill(TEXT)
    page.close()
    assert (draft(app, "/petugas/chat") or {}).get("text") == TEXT
    other = desk(phone, app)
    other.goto("/petugas/chat")
    other.get_by_role("link", name="Pakai").click()
    expect(other.get_by_label("Tempel chat di sini")).to_have_value(TEXT)
    other.get_by_role("button", name="Baca dulu").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Isi chat")
    with app.app_context():
        assert sessions.unsent(cast.member("ratna")) == ["/petugas/chat/isi"]
