"""From a report to its end in Chromium, with scripts and without: judged, then a help, a case or something else."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from pepa.domain import additions
from tests import cast

Phone = Callable[..., BrowserContext]


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def page(phone: Phone, app: Flask, request: pytest.FixtureRequest) -> Page:
    """An officer on a small screen, on the page of a report in which a danger was told."""
    with app.app_context():
        sent = cast.tell("Ia mengancam lagi semalam.")
        additions.add(sent, answers=additions.Who(weapon="yes"), once="a")
        cookie = cast.cookie_of("ratna")
    context = phone(scripts=request.param, width=320, height=480)
    context.add_cookies([{"name": "__Host-p", "value": cookie, "domain": "localhost", "path": "/", "secure": True,
                          "httpOnly": True, "sameSite": "Strict"}])  # fmt: skip
    page = context.new_page()
    page.goto(f"/petugas/laporan/{sent.report_id}")
    return page


def judge(page: Page) -> None:
    page.get_by_role("link", name="Pilah", exact=True).click()
    expect(page.get_by_label("Sekarang", exact=True)).to_be_checked()
    page.get_by_label("Rumah tangga", exact=True).check()
    page.get_by_role("button", name="Simpan penilaian").click()
    expect(page.get_by_text("Penilaian SUDAH disimpan.")).to_be_visible()


def fits(page: Page) -> None:
    box = page.locator("main").bounding_box()
    assert box
    assert box["width"] <= 320


def test_a_short_help(page: Page) -> None:
    judge(page)
    page.get_by_role("link", name="Bantuan singkat").click()
    fits(page)
    page.get_by_label("Masalahnya").fill("Surat hilang.")
    page.get_by_label("nasihat, keterangan", exact=True).check()
    page.get_by_label("Yang dilakukan").fill("Dijelaskan.")
    page.get_by_role("button", name="Simpan, selesai").click()
    expect(page.get_by_text("Bantuan singkat SUDAH dicatat.")).to_be_visible()


def test_a_case(page: Page) -> None:
    judge(page)
    page.locator(".head").get_by_role("link", name="Kasus", exact=True).click()
    page.get_by_role("button", name="Buka kasus").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Kasus K-")
    fits(page)


def test_something_else(page: Page) -> None:
    judge(page)
    page.get_by_role("link", name="Lain", exact=True).click()
    page.get_by_label("Alasan").select_option("out_of_area")
    page.get_by_label("Kalimat ini akan dibaca pelapor:").fill("Kantor di kota Anda bisa membantu: 129.")
    page.get_by_role("button", name="Simpan, kirim kalimat ini").click()
    expect(page.get_by_text("di luar wilayah")).to_be_visible()
    fits(page)
