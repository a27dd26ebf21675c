"""The form behind a link on a small screen: other words cost nothing that was typed; without scripts it works, too."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, expect

from pepa.domain import locks
from tests.joining.newcomers import WORDS, link

Phone = Callable[..., BrowserContext]


@pytest.mark.parametrize("scripts", [True, False])
def test_other_words_and_in(app: Flask, phone: Phone, scripts: bool) -> None:
    with app.app_context():
        token = link("wulan")
    page = phone(scripts=scripts, width=320, height=480).new_page()
    page.goto(f"/petugas/bergabung/{token}")
    page.get_by_role("link", name="Mulai").click()
    secret = page.locator("dd code").inner_text().replace(" ", "")
    page.get_by_label("Nama masuk").fill("citra")
    before = page.locator("#offered li").all_inner_texts()
    page.get_by_role("link", name="Enam kata lain").click()
    expect(page.locator("#offered li").first).not_to_have_text(before[0])
    assert page.locator("#offered li").all_inner_texts() != before
    assert page.get_by_label("Nama masuk").input_value() == ("citra" if scripts else "")
    page.get_by_label("Nama masuk").fill("citra")
    page.get_by_label("Kalimat sandi", exact=True).fill(WORDS)
    page.get_by_label("Kalimat sandi, sekali lagi").fill(WORDS)
    with app.app_context():
        page.get_by_label("Kode 6 angka dari aplikasi").fill(locks.totp_now(secret))
    page.get_by_role("button", name="Simpan dan masuk").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("SUDAH jadi")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="Sudah saya catat. Lanjut").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Janji hari ini")
