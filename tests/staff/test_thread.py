"""The way of a report on its page: what was done, by whom and when, and who looked at what."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask

from pepa import clock
from pepa.domain import additions, confirmations, reporters, reports, viewings, withdrawals
from pepa.models.reports import Stage
from pepa.web import threads
from tests import cast
from tests.client import Page
from tests.uploads.test_add import PHOTO, send

AT = datetime(2026, 11, 25, 3, 41, 27, tzinfo=UTC)


PEPA = Path(__file__).parents[2] / "pepa"


def test_no_act_on_a_report_is_forgotten() -> None:
    """Each that the program records is told on the page, or meant not to be."""
    code = "\n".join(path.read_text() for path in (PEPA / "domain").glob("*.py"))
    acts = set(re.findall(r'"((?:report|reporter|file|note|code|callback|police)\.[a-z_]+)"', code))
    verbs = set(re.findall(r'onces\.(?:made|keep)\([^"]*"([a-z_.]+)"', code))
    stages = {f"report.{stage.value}" for stage in (Stage.HELP, Stage.OTHER, Stage.CASE)}
    known = {*threads.DONE, *threads.LOOKS, *threads.UNTOLD}
    assert acts - verbs <= known, "say it in web/threads.py, or say there that it is not told"
    assert stages <= known


def thread(page: Page) -> list[str]:
    return [" ".join(step.get_text(" ").split()) for step in page.tree.select(".thread li")]


def looks(page: Page) -> list[tuple[str, str]]:
    facts = page.tree.select("aside .facts")[-1]
    return [(dt.get_text(), dd.get_text()) for dt, dd in zip(facts.select("dt"), facts.select("dd"), strict=True)]


def test_what_was_done_stands_in_its_order(app: Flask) -> None:
    with app.app_context():
        ratna, wulan = cast.member("ratna"), cast.member("wulan")
        with clock.frozen(AT):
            sent = cast.tell()
        with clock.frozen(AT + timedelta(minutes=4)):
            reports.open_for(ratna, sent.report_id)
            reports.hold(ratna, sent.report_id)
        with clock.frozen(AT + timedelta(minutes=9)):
            for n in range(3):
                reports.answer(ratna, sent.report_id, text="Kami baca.", once=str(n))
        with clock.frozen(AT + timedelta(hours=2)):
            reporters.write(sent, text="Terima kasih.", once="w")
            additions.add(sent, answers=additions.Who(weapon="yes"), once="d")
        with clock.frozen(AT + timedelta(hours=3)):
            confirmations.confirm(wulan, sent.report_id, way="met")
    with clock.frozen(AT + timedelta(hours=4)):
        page = cast.at_work(app, "bayu").open(f"/petugas/laporan/{sent.report_id}")
    assert thread(page) == [
        "Diterima Rabu 25 Nov, sekitar pukul 10",
        "Dibaca Ratna Contoh Rabu 25 Nov, 10.45 WIB",
        "Dipegang Ratna Contoh Rabu 25 Nov, 10.45 WIB",
        "Dijawab Ratna Contoh Rabu 25 Nov, 10.50 WIB, lalu 2 kali lagi",
        "Pelapor menulis lagi Rabu 25 Nov, sekitar pukul 12",
        "Pelapor menambah keterangan Rabu 25 Nov, sekitar pukul 12",
        "Lebih mendesak sejak keterangan itu Rabu 25 Nov, sekitar pukul 12",
        "Dipastikan penyintas, Wulan Contoh Rabu 25 Nov, 13.41 WIB",
        "Jawaban di halaman pelapor belum",
        "Dipilah belum",
    ]


def test_what_is_still_to_be_done_stands_at_its_end(app: Flask) -> None:
    with app.app_context():
        sent = cast.tell()
    page = cast.at_work(app, "ratna").open(f"/petugas/laporan/{sent.report_id}")
    ahead = page.tree.select(".thread li")[-3:]
    assert [step.get("class") for step in ahead] == [["now"], ["next"], ["next"]]
    assert thread(page)[-3:] == ["Dipegang belum ada orangnya", "Jawaban di halaman pelapor belum", "Dipilah belum"]


def test_whoever_writes_again_waits_again(app: Flask) -> None:
    with app.app_context():
        sent, ratna = cast.tell(), cast.member("ratna")
        opened = reports.open_for(ratna, sent.report_id)
        reports.answer(ratna, sent.report_id, text="Kami baca.", once=opened.once)
        client, path = cast.at_work(app, "ratna"), f"/petugas/laporan/{sent.report_id}"
    answer = "Jawaban di halaman pelapor belum"
    assert answer not in thread(client.open(path))
    with app.app_context():
        reporters.write(sent, text="Kapan?", once="a")
    assert answer in thread(client.open(path))


def test_cancelling_stands_there_by_the_hour(app: Flask) -> None:
    with app.app_context(), clock.frozen(AT):
        sent = cast.tell()
        withdrawals.withdraw(sent, came_by=())
    with clock.frozen(AT + timedelta(hours=1)):
        page = cast.at_work(app, "ratna").open(f"/petugas/laporan/{sent.report_id}")
    assert "Dibatalkan lewat kode Rabu 25 Nov, sekitar pukul 10" in thread(page)


def test_who_looked_at_what_is_told_with_its_file(app: Flask) -> None:
    """B28: looking at a file leaves a row as opening a report does."""
    with app.app_context():
        sent = cast.tell()
        (file_id,), _ = send(sent, PHOTO)
        ratna = cast.member("ratna")
        with clock.frozen(AT):
            reports.open_for(ratna, sent.report_id)
            viewings.open_for(ratna, sent.report_id, file_id)
            viewings.open_for(ratna, sent.report_id, file_id)
        with clock.frozen(AT + timedelta(minutes=1)):
            reports.open_for(cast.member("bayu"), sent.report_id)
    with clock.frozen(AT + timedelta(minutes=2)):
        page = cast.at_work(app, "wulan").open(f"/petugas/laporan/{sent.report_id}")
    assert looks(page) == [
        ("Ratna Contoh", "Isi, Rabu 25 Nov, 10.41 WIB"),
        ("Ratna Contoh", "File 1, Rabu 25 Nov, 10.41 WIB, lalu 1 kali lagi"),
        ("Bayu Contoh", "Isi, Rabu 25 Nov, 10.42 WIB"),
        ("Wulan Contoh", "Isi, Rabu 25 Nov, 10.43 WIB"),
    ]
