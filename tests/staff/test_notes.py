"""Inner notes at the desk; two who change the same one each read both texts."""

from flask import Flask

from pepa.domain import notes
from tests import cast


def test_written_and_changed_on_pages_of_their_own(app: Flask) -> None:
    with app.app_context():
        sent = cast.tell()
    officer = cast.at_work(app, "ratna")
    officer.open(f"/petugas/laporan/{sent.report_id}")
    officer.click("Tulis catatan")
    page = officer.submit("Simpan catatan")
    assert (page.status, page.has("Tulis dulu catatannya.")) == (422, True)
    page = officer.submit("Simpan catatan", note="Ia datang besok.")
    assert page.has("Catatan SUDAH disimpan.", "Ia datang besok.", "tidak pernah keluar dari kantor ini")
    officer.click("Ubah")
    page = officer.submit("Simpan catatan", note="Ia datang lusa.")
    assert page.has("Catatan SUDAH diubah.", "Ia datang lusa.", "diubah Ratna Contoh")


def test_both_texts_are_shown_and_saved_again(app: Flask) -> None:
    with app.app_context():
        sent = cast.tell()
        note_id = notes.add(cast.member("ratna"), sent.report_id, note="Awal.", once="a")
    path = f"/petugas/laporan/{sent.report_id}/catatan/{note_id}"
    ratna, bayu = cast.at_work(app, "ratna"), cast.at_work(app, "bayu")
    for client in (ratna, bayu):
        client.open(path)
    bayu.submit("Simpan catatan", note="Kata Bayu.")
    page = ratna.submit("Simpan catatan", note="Kata Ratna.")
    assert page.status == 409
    assert page.has("Bayu Contoh menyimpan lebih dulu. Dua-duanya ada di bawah.", "Kata Bayu.", "Ketikan Anda")
    assert page.value("note").strip() == "Kata Ratna."
    page = ratna.submit("Simpan ketikan saya", note="Kata Bayu. Kata Ratna.")
    assert page.has("Kata Bayu. Kata Ratna.")


def test_a_screen_that_locks_keeps_what_was_typed(app: Flask) -> None:
    with app.app_context():
        sent = cast.tell()
    officer = cast.at_work(app, "ratna")
    page = officer.open(f"/petugas/laporan/{sent.report_id}/catatan")
    fields = {
        "typed.note": "Belum selesai",
        "typed_at": page.address,
        "csrf_token": page.value("csrf_token"),
        "end": "1",
    }
    officer.post(f"/petugas/laporan/{sent.report_id}/pegang", fields)
    page = officer.open(f"/petugas/laporan/{sent.report_id}/catatan")
    assert page.has("Ketikan tadi ada di sini.")
    assert officer.click("Pakai").value("note").strip() == "Belum selesai"
