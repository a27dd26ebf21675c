"""The whole way: she tells and leaves; an officer is alarmed, reads, answers; she comes back with her code."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from pepa.db import Kept
from pepa.domain import duty, locks
from pepa.seeds.demo import Account
from tests.e2e.places import STORY, digits, dull_site, tell

Phone = Callable[..., BrowserContext]
ANSWER = "Terima kasih sudah menulis. Apakah Anda aman sekarang?"


@pytest.fixture(autouse=True)
def dull(app: Flask) -> Iterator[str]:
    with dull_site(app) as address:
        yield address


def log_in(page: Page, account: Account) -> None:
    page.goto("/petugas/masuk")
    page.get_by_label("Nama masuk").fill(account.login)
    page.get_by_label("Kalimat sandi").fill(account.passphrase)
    page.get_by_label("Kode 6 angka dari aplikasi").fill(locks.totp_now(account.totp_secret))
    page.get_by_role("button", name="Masuk").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Janji hari ini")
    page.wait_for_load_state()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_report_alarm_answer(phone: Phone, app: Flask, accounts: dict[str, Account], scripts: bool) -> None:
    her = phone(scripts=scripts).new_page()
    her.goto("/lapor")
    her.get_by_label("Apa yang terjadi?").fill(STORY)
    her.get_by_label("Sekarang", exact=True).check()
    her.get_by_role("button", name="Kirim", exact=True).click()
    code = " ".join(re.findall("....", digits(her)))
    her.locator(".exit a").click()

    with app.app_context():
        Kept.forget()
        assert duty.ring() >= 1
    officer = phone(scripts=scripts, width=1280, height=800).new_page()
    log_in(officer, accounts["ratna"])
    officer.goto("/petugas/")
    rows = officer.locator("table tbody tr", has_text="Sekarang")
    for path in [str(link.get_attribute("href")) for link in rows.locator("th a").all()]:
        officer.goto(path)
        if officer.get_by_text(STORY).count():
            break
    expect(officer.get_by_text(STORY)).to_be_visible()
    mine = officer.locator(f'form[action="{path}/pegang"]').get_by_role("button", name="Saya pegang")
    mine.first.click()  # the alarm on top may be another report's
    expect(officer.get_by_text("Anda memegang").first).to_be_visible()
    officer.locator("textarea[name=text]").fill(ANSWER)
    officer.get_by_role("button", name="Kirim jawaban").click()
    expect(officer.get_by_text("Jawaban SUDAH dikirim.")).to_be_visible()
    officer.get_by_role("button", name="Kunci sekarang").first.click()
    expect(officer.get_by_role("heading", level=1)).to_have_text("Masuk")
    officer.goto("/petugas/")
    expect(officer.get_by_role("heading", level=1)).to_have_text("Masuk")

    back = phone(scripts=scripts).new_page()
    back.goto("/")
    back.get_by_role("link", name="Baca jawaban").click()
    back.get_by_label("Kode").fill(f"kode: {code}.")
    back.get_by_role("button", name="Buka").click()
    expect(back.get_by_text(ANSWER)).to_be_visible()
    expect(back.get_by_text(STORY)).to_have_count(0)
    back.get_by_label("Tulis lagi").fill("Saya di rumah tetangga.")
    back.get_by_role("button", name="Kirim pesan").click()
    expect(back.get_by_text("Pesan SUDAH sampai.")).to_be_visible()
    expect(back.get_by_text("Saya di rumah tetangga.")).to_have_count(0)


def test_nothing_in_addresses_titles_or_history(phone: Phone) -> None:
    """D06: a whole journey leaves neutral titles, plain addresses, no icon request and no referrer."""
    context = phone()
    page = context.new_page()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    code = tell(page)
    page.goto("/pantau")
    assert page.title() == "Info Warga"
    paths = {url.split("?", 1)[0].rpartition("/")[2] for url in asked}
    assert paths <= {"", "lapor", "pantau"}
    assert not [url for url in asked if code[:4] in url or "favicon" in url]
    assert len([url for url in asked if not url.startswith("data:")]) <= 6, "one request a page"
    assert page.evaluate("document.referrer") == ""
    page.goto("/lapor")
    asked.clear()
    for button in ("Kapan dan di mana", "Tambahkan", "Lewati", "Lewati", "Tambahkan"):
        page.get_by_role("button", name=button).click()
        page.wait_for_load_state()
        assert page.title() == "Info Warga"
    assert digits(page) == code
    assert {url.rpartition("/")[2] for url in asked} == {"lapor"}, "no step in any address"


def test_two_tabs_two_reports(phone: Phone) -> None:
    context = phone()
    one, two = context.new_page(), context.new_page()
    one.goto("/lapor")
    two.goto("/lapor")
    codes = set()
    for page in (one, two):
        page.get_by_label("Apa yang terjadi?").fill(STORY)
        page.get_by_role("button", name="Kirim", exact=True).click()
        codes.add(digits(page))
    assert len(codes) == 2


def test_one_tap_copies_the_code(phone: Phone) -> None:
    context = phone(width=320, height=480)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    code = tell(page)
    page.get_by_role("button", name="Salin kode").click()
    expect(page.get_by_role("button", name="SUDAH disalin.")).to_be_focused()
    assert page.evaluate("navigator.clipboard.readText()") == " ".join(re.findall("....", code))
    expect(page.locator("textarea")).to_have_count(0)
    page.reload()
    page.evaluate("document.execCommand = function () { return false; }")
    page.get_by_role("button", name="Salin kode").click()
    expect(page.locator("textarea")).to_have_value(" ".join(re.findall("....", code)))
    assert page.evaluate("document.activeElement.tagName + getSelection().toString()") == "TEXTAREA" + " ".join(
        re.findall("....", code)
    )


def test_without_scripts_there_is_no_such_button(phone: Phone) -> None:
    page = phone(scripts=False).new_page()
    tell(page)
    expect(page.get_by_text("Salin kode")).to_have_count(0)
    page.get_by_text("Bentuk lain").click()
    expect(page.get_by_text("Enam kata")).to_be_visible()
