"""A report that was cancelled by its code, at the desk: out of the list of work, marked, held back or let go."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import transaction
from pepa.domain import withdrawals
from pepa.models.reports import Report
from tests import cast
from tests.client import Client

AT = datetime(2026, 11, 25, 3, 41, 27, tzinfo=UTC)
BANNER = "Dibatalkan lewat kode. Mungkin dipaksa."


@pytest.fixture
def officer(app: Flask) -> Client:
    return cast.at_work(app, "ratna")


def cancelled(app: Flask, stage: str = "", **told: str) -> tuple[str, str]:
    """The page and the reference of a report that was cancelled."""
    with app.app_context():
        sent = cast.tell(**told)
        if stage:
            with transaction() as session:
                session.execute(sa.update(Report).where(Report.id == sent.report_id).values(stage=stage))
        withdrawals.withdraw(sent, came_by=())
        with transaction() as session:
            reference = session.get_one(Report, sent.report_id).reference
        return f"/petugas/laporan/{sent.report_id}", reference


def test_out_of_the_list_and_still_to_be_found(app: Flask, officer: Client) -> None:
    _, code = cancelled(app)
    assert not officer.open("/petugas/").has(code)
    assert not officer.open("/petugas/?tab=semua").has(code)
    page = officer.click("Dibatalkan (1)")
    assert page.has(code, "Dibatalkan lewat kode")
    assert officer.open("/petugas/?tab=semua&stage=withdrawn").has(code)


def test_it_is_counted_until_somebody_decided(app: Flask, officer: Client) -> None:
    path, _ = cancelled(app)
    assert officer.open("/petugas/").has("Dibatalkan (1)")
    officer.open(path)
    assert officer.open("/petugas/").has("Dibatalkan (1)"), "opening it decides nothing"
    officer.open(path)
    officer.click("Tahan")
    officer.submit("Tahan", reason="forced")
    assert not officer.open("/petugas/").has("Dibatalkan (1)")
    assert officer.open("/petugas/?tab=dibatalkan").has("Dibatalkan lewat kode")


def test_the_banner_says_until_when(app: Flask, officer: Client) -> None:
    with clock.frozen(AT):
        path, _ = cancelled(app)
    officer.open(path)
    page = officer.submit("Sudah dilihat, boleh dihapus")
    assert page.has(BANNER, "Terkunci sampai Rabu 9 Des, lalu dihapus kecuali ditahan.")
    assert not page.tree.find("textarea"), "nobody would read an answer"


def test_held_back_with_a_reason_then_let_go(app: Flask, officer: Client) -> None:
    path, _ = cancelled(app)
    officer.open(path)
    assert officer.click("Tahan").h1.startswith("Tahan L-")
    page = officer.submit("Tahan")
    assert (page.status, page.has("Pilih satu alasan.")) == (422, True)
    page = officer.submit("Tahan", reason="forced")
    assert page.has("Laporan ini ditahan. Isinya tidak dihapus.", "Ditahan: mungkin dipaksa.", "Ratna Contoh")
    page = officer.submit("Sudah dilihat, boleh dihapus")
    assert page.has("Sudah dilihat. Isinya dihapus sesudah 14 hari sejak dibatalkan.", "lalu dihapus kecuali ditahan.")


def test_where_somebody_must_look_first(app: Flask, officer: Client) -> None:
    path, _ = cancelled(app)
    page = officer.open(path)
    assert page.has(BANNER, "tidak dihapus sebelum dilihat.")
    assert officer.submit("Sudah dilihat, boleh dihapus").has("lalu dihapus kecuali ditahan.")


def test_a_flag_once_it_was_sorted(app: Flask, officer: Client) -> None:
    path, code = cancelled(app, stage="case")
    page = officer.open(path)
    assert page.has(BANNER, "Kodenya mati. Jawaban tidak bisa dibaca lagi; tahapnya tetap.")
    assert not [button for button in page.tree.find_all("button") if "boleh dihapus" in button.get_text()]
    page = officer.open("/petugas/?tab=semua")
    assert page.has(code, "Dibatalkan lewat kode")


def test_an_answer_that_was_being_typed_is_told(app: Flask, officer: Client) -> None:
    """She cancels between the officer's page and the officer's button."""
    with app.app_context():
        sent = cast.tell()
    officer.open(f"/petugas/laporan/{sent.report_id}")
    with app.app_context():
        withdrawals.withdraw(sent, came_by=())
    page = officer.submit("Kirim jawaban", text="Terima kasih sudah menulis.")
    assert page.status == 422
    assert page.has("Laporan ini sudah dibatalkan lewat kode. Jawaban tidak bisa dibaca lagi.")
