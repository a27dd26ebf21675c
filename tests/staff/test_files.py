"""A reporter's file at the desk: named by what it is, looked at as a copy, taken with a reason; inert on the way.

Cases citizen 29, security C14, C16, C17.
"""

import io
from uuid import UUID, uuid4

import pytest
from flask import Flask
from PIL import Image

from pepa.domain import attachments, boxes, reports
from pepa.seeds import demo
from tests import cast
from tests.client import Client, Page
from tests.people import instance
from tests.uploads.samples import TAKEN, photo, saved
from tests.uploads.test_add import PHOTO, send

NAME = 'Bukti "é"<b>😀.jpg'
WHY = "Diminta penyidik."
POLYGLOTS = {
    "gif and script": b"GIF89a/*" + TAKEN["gif"][8:] + b"*/=1;alert(document.cookie)//",
    "paper and page": TAKEN["pdf"] + b"<html><script>alert(1)</script></html>",
    "photo and archive": PHOTO + b"<?php __HALT_COMPILER(); ?>",
    "photo and page": PHOTO + b"<!doctype html><script>alert(1)</script>",
}


@pytest.fixture
def at_desk(app: Flask) -> tuple[Client, str, str]:
    """An officer, a report with a photo, the address of the photo's page."""
    with app.app_context():
        report_id, (file_id,) = told(PHOTO, NAME)
    return cast.at_work(app, "ratna"), f"/petugas/laporan/{report_id}", f"/petugas/laporan/{report_id}/file/{file_id}"


def told(content: bytes, name: str = "a.jpg") -> tuple[UUID, list[UUID]]:
    reporter = cast.tell()
    return reporter.report_id, list(send(reporter, content, names=[name], once=uuid4().hex)[0])


def words(app: Flask, login: str = "ratna") -> str:
    with app.app_context():
        return next(account.passphrase for account in demo.accounts(instance()) if account.login == login)


def take(client: Client, app: Flask, address: str) -> Page:
    """The answer to the form that asks for the original."""
    page = client.open(address)
    sent = {"reason": WHY, "passphrase": words(app), "csrf_token": page.value("csrf_token"), "end": "1"}
    return client.post(address, sent)


def test_a_report_lists_its_files(app: Flask, at_desk: tuple[Client, str, str]) -> None:
    client, report, address = at_desk
    page = client.open(report)
    assert page.has("File dari pelapor", "Foto JPEG", NAME)
    assert page.tree.select("b > b, img") == [], "a name is text; nothing is looked at unasked"
    page = client.click("Buka File 1")
    assert page.address == address
    assert page.has("Foto JPEG", NAME, "Jenis, dari isinya")


def test_the_copy_stands_on_the_page_and_carries_nothing(app: Flask, at_desk: tuple[Client, str, str]) -> None:
    client, _, address = at_desk
    (image,) = client.open(address).tree.select("img")
    copy = client.get(str(image["src"]))
    assert copy.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(copy.body)).size == (640, 480)
    assert_inert(copy)


def assert_inert(answer: Page) -> None:
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers.getlist("Content-Security-Policy") == ["sandbox; default-src 'none'"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Content-Encoding" not in answer.headers


def test_the_original_as_it_was_sent(app: Flask, at_desk: tuple[Client, str, str]) -> None:
    client, _, address = at_desk
    original = take(client, app, address)
    assert original.body == PHOTO
    assert_inert(original)
    assert original.headers["Content-Type"] == "application/octet-stream"
    assert original.headers["Content-Length"] == str(len(PHOTO))
    said = original.headers["Content-Disposition"]
    assert said.startswith('attachment; filename="L-')
    assert said.endswith('-1.jpg"'), "a name of ours: nothing of hers gets into a header or a disk"
    assert client.open(address).has("Asli diambil Ratna Contoh", WHY)


@pytest.mark.parametrize("name", POLYGLOTS)
def test_two_things_at_once_stay_inert(app: Flask, name: str) -> None:
    """Case C16."""
    with app.app_context():
        report_id, (file_id,) = told(POLYGLOTS[name], "a.html")
    client, address = cast.at_work(app, "ratna"), f"/petugas/laporan/{report_id}/file/{file_id}"
    copy = client.get(f"{address}/salinan")
    assert_inert(copy)
    assert b"alert" not in copy.body
    assert b"php" not in copy.body
    original = take(client, app, address)
    assert original.body == POLYGLOTS[name]
    assert_inert(original)
    assert ".html" not in original.headers["Content-Disposition"]


def test_a_paper_is_offered_without_what_acts(app: Flask) -> None:
    with app.app_context():
        report_id, (file_id,) = told(TAKEN["pdf"])
    client = cast.at_work(app, "ratna")
    page = client.open(f"/petugas/laporan/{report_id}/file/{file_id}")
    assert page.tree.select("img, iframe, object, embed") == []
    copy = client.get(page.link("Unduh salinan"))
    assert copy.headers["Content-Disposition"].startswith("attachment; ")
    assert_inert(copy)


def test_sound_is_not_played_here(app: Flask) -> None:
    with app.app_context():
        report_id, (file_id,) = told(TAKEN["ogg"])
    client, address = cast.at_work(app, "ratna"), f"/petugas/laporan/{report_id}/file/{file_id}"
    page = client.open(address)
    assert page.has("Suara dan video tidak bisa diputar di sini.")
    assert page.tree.select("audio, video, img") == []
    assert client.get(f"{address}/salinan").status == 404
    assert take(client, app, address).body == TAKEN["ogg"]


def test_without_a_reason_or_the_passphrase(app: Flask, at_desk: tuple[Client, str, str]) -> None:
    client, _, address = at_desk
    client.open(address)
    page = client.submit("Ambil asli", reason="", passphrase="")
    assert page.status == 422
    assert page.has("Belum diambil.", "Tulis alasannya. Satu kalimat sudah cukup.", "Tulis kalimat sandi.")
    page = client.submit("Ambil asli", reason=WHY, passphrase="bukan ini")
    assert page.status == 422
    assert page.has("Kalimat sandi ini tidak cocok. Coba lagi dalam 1 detik.")
    assert page.value("reason") == WHY
    assert page.value("passphrase") == ""


def test_what_cannot_be_drawn_says_so(app: Flask) -> None:
    with app.app_context():
        report_id, (file_id,) = told(b"\xff\xd8\xff" + bytes(3000))
    client, address = cast.at_work(app, "ratna"), f"/petugas/laporan/{report_id}/file/{file_id}"
    page = client.open(address)
    assert page.has("Tidak terlihat? Gambar ini terlalu besar, atau rusak. Aslinya tetap tersimpan.")
    copy = client.get(f"{address}/salinan")
    assert copy.status == 422
    assert copy.has("File ini tidak bisa diperlihatkan di sini. Aslinya tetap tersimpan.")


def test_no_address_leads_to_another_s_file(app: Flask, at_desk: tuple[Client, str, str]) -> None:
    """Cases C02, C14."""
    client, report, address = at_desk
    with app.app_context():
        other_report, (other,) = told(saved(Image.new("RGB", (9, 9))))
    for wrong in (
        f"{report}/file/{other}",
        f"{report}/file/{uuid4()}",
        f"/petugas/laporan/{other_report}/file/{address.rpartition('/')[2]}",
        f"{report}/file/../{other}",
        f"{report}/file/%2e%2e",
        f"{report}/file/CON",
        f"{report}/file/" + "a" * 300,
        f"{report}/file/%00",
    ):
        for path in (wrong, f"{wrong}/salinan"):
            assert client.get(path).status == 404, path
    for login in ("intan", "joko"):
        stranger = cast.at_work(app, login)
        for path in (address, f"{address}/salinan"):
            assert stranger.get(path).status == 404


def test_a_broken_file_is_said_so(app: Flask, at_desk: tuple[Client, str, str]) -> None:
    client, _, address = at_desk
    with app.app_context():
        box = boxes.open_for(
            cast.member("ratna"), reports.get_for(cast.member("ratna"), UUID(address.split("/")[3])).box_id
        )
        attachments.unlink([one.id for one in attachments.all_of(box, UUID(address.split("/")[3]))])
    assert client.get(f"{address}/salinan").status == 503
    page = take(client, app, address)
    assert page.status == 503
    assert page.has("Isi ini tidak bisa dibuka.")


def test_a_large_one_looks_small(app: Flask) -> None:
    with app.app_context():
        report_id, (file_id,) = told(photo(3000, 2000))
    copy = cast.at_work(app, "ratna").get(f"/petugas/laporan/{report_id}/file/{file_id}/salinan")
    assert Image.open(io.BytesIO(copy.body)).size == (1280, 853)
