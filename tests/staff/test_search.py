"""The search's door: what is typed goes by POST, stays in the box, and opens nobody else's shelf."""

import pytest
from flask import Flask

from tests import cast


def test_a_misspelt_name_finds_its_report(app: Flask) -> None:
    with app.app_context():
        report_id = cast.tell("Tetangga saya Siti Aminah menangis.").report_id
    client = cast.at_work(app, "ratna")
    client.open("/petugas/")
    page = client.click("Cari")
    assert page.h1 == "Cari"
    page = client.submit("Cari", typed="Sity Amina")
    assert page.status == 200
    assert [a["href"] for a in page.tree.select("#search tbody th a")] == [f"/petugas/laporan/{report_id}"]
    assert page.tree.select_one("#typed")["value"] == "Sity Amina"  # type: ignore[index]
    assert page.has("Yang Anda tulis di sini tidak disimpan.")


def test_nothing_typed_and_nothing_found_are_said(app: Flask) -> None:
    client = cast.at_work(app, "ratna")
    client.open("/petugas/cari")
    page = client.submit("Cari", typed="  ")
    assert page.status == 422
    assert page.has("Tulis dulu yang dicari.")
    page = client.submit("Cari", typed="Zzyzx")
    assert page.has("Tidak ada yang cocok di laporan kantor ini.")
    assert not page.tree.select("table")


@pytest.mark.parametrize("login", ["nadia", "sekar", "joko", "dian"])
def test_whoever_reads_no_reports_finds_no_door(app: Flask, login: str) -> None:
    client = cast.at_work(app, login)
    assert client.get("/petugas/cari").status in (403, 404)
    assert not client.open("/petugas/").tree.select('a[href="/petugas/cari"]')


def test_what_is_typed_stands_in_no_address(app: Flask) -> None:
    client = cast.at_work(app, "ratna")
    assert client.get("/petugas/cari?typed=siti").tree.select_one("#typed")["value"] == ""  # type: ignore[index]
