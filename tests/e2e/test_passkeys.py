"""A passkey in Chromium, by its virtual authenticator: added, logged in with, sent twice, copied, removed."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from pepa.domain import locks
from pepa.seeds.demo import Account
from tests import cast

Phone = Callable[..., BrowserContext]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def at_work(phone: Phone, app: Flask, live_server: str) -> Page:
    """Ratna on her account's page. The installation says of itself where it is served."""
    app.config["PEPA"] = replace(app.config["PEPA"], base_url=live_server)
    with app.app_context():
        cookie = cast.cookie_of("ratna")
    context = phone(width=320, height=480)
    context.add_cookies([{"name": "__Host-p", "value": cookie, "domain": "localhost", "path": "/", "secure": True,
                          "httpOnly": True, "sameSite": "Strict"}])  # fmt: skip
    page = context.new_page()
    page.goto("/petugas/akun")
    return page


def plugged(page: Page) -> tuple[CDPSession, str]:
    """A virtual authenticator: how to speak to the browser of it, and its id."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]


def add(page: Page, account: Account) -> None:
    page.get_by_role("link", name="Tambah kunci sandi").click()
    page.get_by_label("Nama kunci sandi ini").fill("HP saya")
    page.get_by_label("Kalimat sandi sekarang").fill(account.passphrase)
    page.get_by_role("button", name="Lanjut").click()
    expect(page.get_by_text("Browser ini belum bisa.")).to_have_count(0)
    page.get_by_role("button", name="Buat kunci sandi").click()


def begin(page: Page, account: Account) -> None:
    """The log-in page, with name and passphrase typed."""
    page.goto("/petugas/masuk")
    page.get_by_label("Nama masuk").fill(account.login)
    page.get_by_label("Kalimat sandi").fill(account.passphrase)


def test_a_passkey_from_its_first_day_to_its_last(at_work: Page, accounts: dict[str, Account]) -> None:
    page, ratna = at_work, accounts["ratna"]
    session, device = plugged(page)
    add(page, ratna)
    expect(page.get_by_text("Kunci sandi SUDAH ditambah.")).to_be_visible()
    expect(page.get_by_text("HP saya: ditambah")).to_be_visible()
    page.get_by_role("button", name="Kunci sekarang").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Masuk")

    begin(page, ratna)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None)
    page.get_by_role("button", name="Pakai kunci sandi (passkey)").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Janji hari ini")

    page.goto("/petugas/akun")
    expect(page.get_by_text("terakhir dipakai")).not_to_have_count(0)
    again = page.context.browser.new_context(base_url=_origin(page))  # type: ignore[union-attr]
    answer = again.request.post(
        "/petugas/masuk", data=sent[-1], headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status == 422, "the same answer serves once"
    assert "Salah satu dari tiga ini tidak cocok" in answer.text()
    again.close()

    page.get_by_role("link", name="Hapus kunci sandi").click()
    page.get_by_label("HP saya").press("Space")  # a tap could miss while an alarm comes in above it
    page.get_by_label("Kalimat sandi sekarang").fill(ratna.passphrase)
    page.get_by_role("button", name="Hapus", exact=True).click()
    expect(page.get_by_text("Kunci sandi SUDAH dihapus.")).to_be_visible()
    assert session.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"], (
        "the device has it still"
    )


def _origin(page: Page) -> str:
    parts = urlsplit(page.url)
    return f"{parts.scheme}://{parts.netloc}"


def test_a_device_without_it_says_so_and_digits_serve(at_work: Page, accounts: dict[str, Account]) -> None:
    page, ratna = at_work, accounts["ratna"]
    session, device = plugged(page)
    add(page, ratna)
    expect(page.get_by_text("Kunci sandi SUDAH ditambah.")).to_be_visible()
    session.send("WebAuthn.clearCredentials", {"authenticatorId": device})
    page.get_by_role("button", name="Kunci sekarang").first.click()
    begin(page, ratna)
    page.get_by_role("button", name="Pakai kunci sandi (passkey)").click()
    expect(page.get_by_text("Tidak jadi. Coba lagi, atau pakai kode 6 angka.")).to_be_visible()
    page.get_by_label("Kode 6 angka dari aplikasi").fill(locks.totp_now(ratna.totp_secret))
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Janji hari ini")


def test_the_same_device_is_not_added_twice(at_work: Page, accounts: dict[str, Account]) -> None:
    page, ratna = at_work, accounts["ratna"]
    plugged(page)
    add(page, ratna)
    expect(page.get_by_text("Kunci sandi SUDAH ditambah.")).to_be_visible()
    add(page, ratna)
    expect(page.get_by_text("Tidak jadi.")).to_be_visible()


def test_an_empty_form_is_said_before_a_finger_is_asked_for(at_work: Page, accounts: dict[str, Account]) -> None:
    page = at_work
    plugged(page)
    add(page, accounts["ratna"])
    expect(page.get_by_text("Kunci sandi SUDAH ditambah.")).to_be_visible()
    page.get_by_role("button", name="Kunci sekarang").first.click()
    page.get_by_role("button", name="Pakai kunci sandi (passkey)").click()
    expect(page.get_by_role("link", name="Tulis nama masuk.")).to_be_visible()


def test_without_scripts_digits_serve(at_work: Page, phone: Phone, accounts: dict[str, Account]) -> None:
    plugged(at_work)
    add(at_work, accounts["ratna"])
    expect(at_work.get_by_text("Kunci sandi SUDAH ditambah.")).to_be_visible()
    page, bayu = phone(scripts=False, width=320, height=480).new_page(), accounts["bayu"]
    begin(page, bayu)
    expect(page.get_by_role("button", name="Pakai kunci sandi (passkey)")).to_have_count(0)
    page.get_by_label("Kode 6 angka dari aplikasi").fill(locks.totp_now(bayu.totp_secret))
    page.get_by_role("button", name="Masuk", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Janji hari ini")
    page.goto("/petugas/akun")
    page.get_by_role("link", name="Tambah kunci sandi").click()
    page.get_by_label("Nama kunci sandi ini").fill("HP")
    page.get_by_label("Kalimat sandi sekarang").fill(bayu.passphrase)
    page.get_by_role("button", name="Lanjut").click()
    expect(page.get_by_text("Browser ini belum bisa.")).to_be_visible()
