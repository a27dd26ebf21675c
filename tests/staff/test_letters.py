"""Surat masuk: one form with scans, a receipt to copy, and the answer noted on the report's page."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.config import Config
from pepa.db import db
from pepa.models.reports import Report
from pepa.web import formats
from tests import cast
from tests.client import Client, Page
from tests.uploads.samples import REFUSED, TAKEN
from tests.uploads.test_add import on_disk

SCAN = ("surat.pdf", TAKEN["pdf"])
ASKS = "Mohon pendampingan untuk anak yang kami rawat."


def at_letter(app: Flask) -> Client:
    client = cast.at_work(app, "ratna")
    client.open("/petugas/")
    client.click("Surat")
    return client


def sent(client: Client, **more: str) -> Page:
    fields = {"what": ASKS, "body": "hospital", "sender": "RS Contoh", "number": "445/12", "sent_on": "24/11/2026"}
    return client.send_files("Simpan", SCAN, **{**fields, **more})


def only_report(app: Flask) -> Report:
    with app.app_context():
        return db.session.scalars(sa.select(Report).where(Report.channel == "letter")).one()


def test_taken_in_acknowledged_answered(app: Flask) -> None:
    client = at_letter(app)
    page = sent(client)
    assert page.h1 == "Tersimpan"
    report = only_report(app)
    assert page.has("Surat nomor 445/12, ", "SUDAH kami terima.", report.reference, "Kami jawab paling lambat ")
    assert not page.has("RS Contoh")
    assert not page.has(ASKS)
    assert not client.get(page.address).has("445/12")
    page = client.open(f"/petugas/laporan/{report.id}")
    assert page.has(ASKS, "Rumah sakit", "RS Contoh", "445/12", "Belum dijawab", "Surat PDF")
    assert not page.has("Jawaban siap pakai")
    assert not page.has("Jawaban di halaman pelapor"), "nobody has a code of a letter"
    page = client.click("Catat jawaban")
    page = client.submit("Catat jawaban", text=" ")
    assert page.status == 422
    page = client.submit("Catat jawaban", text="Kami jemput hari Senin.")
    assert page.has("Sudah dicatat: surat ini SUDAH dijawab.", "Kami jemput hari Senin.", "Dijawab")
    assert not page.has("Belum dijawab")
    with app.app_context():
        assert only_report(app).answer_due_at is None


def test_what_is_wrong_costs_neither_text_nor_scan(app: Flask, config: Config) -> None:
    client = at_letter(app)
    page = sent(client, what=" ", sent_on="31/2/2026")
    assert page.status == 422
    assert page.has("Tulis dulu apa yang diminta.", "Tulis hari seperti ini: 25/11/2026.", "SUDAH sampai: surat.pdf")
    assert (page.value("number"), page.value("sent_on")) == ("445/12", "31/2/2026")
    page = client.send_files("Simpan", ("x.pdf", REFUSED["html"]), what=ASKS, sent_on="24/11/2026")
    assert page.status == 422
    assert page.has("File ini bukan foto, suara, video, atau PDF yang bisa kami buka.")
    assert page.value("what") == ASKS
    assert client.send_files("Simpan").h1 == "Tersimpan"
    assert len(on_disk(config)) == 1
    page = client.open(f"/petugas/laporan/{only_report(app).id}")
    assert page.has("Surat PDF")


@pytest.mark.parametrize(("typed", "day"), [("24/11/2026", 24), ("2026-11-24", 24), ("24.11.2026", 24), ("", None)])
def test_a_day_as_people_write_it(app: Flask, typed: str, day: int | None) -> None:
    """cases/citizen 50: the calendar day in Serang, whatever hour it is."""
    client = at_letter(app)
    assert sent(client, sent_on=typed).h1 == "Tersimpan"
    page = client.open(f"/petugas/laporan/{only_report(app).id}")
    assert page.has("Selasa 24 Nov") == (day is not None)


def test_late_in_the_evening_today_is_today(app: Flask) -> None:
    with clock.frozen(clock.now().replace(hour=16, minute=40)):  # 23.40 in Serang
        today = clock.today()
        with app.test_request_context():
            words = formats.on(today)
        assert sent(at_letter(app), sent_on=f"{today:%d/%m/%Y}").has(f"Tanggal terima: {words}.")
