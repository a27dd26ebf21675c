"""Pastikan bahwa ini penyintas, at the desk, and what her page shows before and after."""

import sqlalchemy as sa
from flask import Flask

from pepa.db import transaction
from pepa.models.reports import Report
from tests import cast
from tests.citizen.walks import enter, only, send
from tests.client import Client

LITTLE = "Di sini hanya ada: diterima, dibaca, dan pesan."


def test_she_sees_little_then_more_then_little_again(app: Flask) -> None:
    code, officer = send(Client(app)), cast.at_work(app, "ratna")
    report_id = only(app).id
    path = f"/petugas/laporan/{report_id}"
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Report).where(Report.id == report_id).values(stage="case"))
    page = enter(Client(app), code)
    assert page.has(LITTLE)
    assert not page.has("Kami membuka kasus")
    assert officer.open(path).has("Belum dipastikan. Ia hanya melihat diterima, dibaca, dan pesan.")
    page = officer.click("Pastikan bahwa ini penyintas")
    assert page.has("Pesan saja TIDAK cukup: orang yang menyakiti bisa menulis sebagai saksi.")
    page = officer.submit("Pastikan bahwa ini penyintas")
    assert (page.status, page.has("Pilih caranya.")) == (422, True)
    page = officer.submit("Pastikan bahwa ini penyintas", way="safe_word")
    assert page.has("Sudah dipastikan.", "Dipastikan penyintas. Ratna Contoh")
    page = enter(Client(app), code)
    assert page.has("Kami membuka kasus")
    assert not page.has(LITTLE)
    officer.open(path)
    officer.click("Belum pasti")
    assert officer.submit("Belum pasti", reason="watched").has("Belum dipastikan.")
    assert enter(Client(app), code).has(LITTLE)


def test_supervisor_may_and_nobody_of_another_body(app: Flask) -> None:
    with app.app_context():
        sent = cast.tell()
    path = f"/petugas/laporan/{sent.report_id}/pastikan"
    assert cast.at_work(app, "wulan").open(path).h1.startswith("Pastikan L-")
    for login in ("intan", "nadia", "hadi", "joko"):
        assert cast.at_work(app, login).open(path).status == 404
