"""The library on small screens, with keys, without scripts, as bare text; its files come down whole after a cut."""

import re
import urllib.request
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from pepa.domain import floods, opinions
from pepa.domain.documents import Format
from tests.e2e.test_look import SIZES, SMALL_TARGETS, check, overflow
from tests.e2e.test_w3m import TextBrowser
from tests.library import books

Phone = Callable[..., BrowserContext]
CHAT = "*Dengar* & percaya\nhttps://pepa.example/b/2"
PATHS = (
    "/edukasi",
    "/edukasi?q=kekersan&untuk=u4",
    "/b/2",
    "/b/7",
    "/b/3?v=1",
    "/b/7/kuis",
    "/b/7/panduan",
    "/b/2/kirim",
    "/b/9",
    "/b/3/pepa-03-v1-a4.pdf",
)


@pytest.fixture
def library(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A library with files, an older sheet and a title that was withdrawn."""
    monkeypatch.setattr(opinions, "watch", floods.Watch(hasty=0, quick=0, many=10**6))
    with app.app_context():
        books.publish()
        books.all_outputs(2)
        books.output(2, Format.WHATSAPP, CHAT.encode())
        books.output(2, Format.SMS, b"Dengar: https://pepa.example/b/2")
        books.new_edition(3, changes="Nomor telepon baru.")
        books.output(3, Format.A4, b"%PDF-" + b"x" * 9000, pages=2, number=2)
        books.withdraw(9, replacement_id=8)
    return app


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_page_of_it_fits_and_axe_finds_nothing(
    phone: Phone, library: Flask, live_server: str, width: int, height: int
) -> None:
    page = phone(width=width, height=height).new_page()
    for path in PATHS:
        page.goto(path)
        for folded in page.locator("summary").all():
            folded.click()
        check(page, path)


def test_targets_are_large_enough_and_text_at_200_percent_fits(phone: Phone, library: Flask, live_server: str) -> None:
    page = phone(width=320, height=480).new_page()
    for path in PATHS:
        page.goto(path)
        assert not page.evaluate(SMALL_TARGETS), path
        page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
        assert overflow(page) <= 0, path


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_from_the_front_page_to_what_one_thinks(phone: Phone, library: Flask, live_server: str, scripts: bool) -> None:
    """One request a page, no cookie at the end."""
    context = phone(width=320, height=480, scripts=scripts)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    page.get_by_role("link", name="Belajar").click()
    page.get_by_label("Cari bacaan").fill("dirundng")
    page.get_by_role("button", name="Cari").click()
    expect(page.locator("main")).to_contain_text("Menampilkan hasil untuk “dirundung”.")
    page.get_by_role("link", name="Kalau teman dirundung").click()
    page.get_by_text("Dari mana kami tahu?").click()
    expect(page.locator("details li").first).to_be_visible()
    assert len(asked) == 4
    page.get_by_label("Tidak", exact=True).check()
    page.get_by_label("Yang perlu kami perbaiki (boleh kosong)").fill("Terlalu panjang")
    page.get_by_role("button", name="Kirim pendapat").click()
    expect(page.locator("[role=status]")).to_have_text("SUDAH sampai. Terima kasih.")
    assert context.cookies() == []


def test_the_chat_opens_with_the_whole_text(phone: Phone, library: Flask, live_server: str) -> None:
    page = phone(width=320, height=480).new_page()
    page.goto("/b/2")
    page.get_by_role("link", name="Kirim Teks WhatsApp").click()
    link = page.get_by_role("link", name="Kirim lewat WhatsApp")
    assert link.evaluate("a => new URL(a.href).searchParams.get('text')") == CHAT


def test_a_sheet_is_downloaded_not_shown(phone: Phone, library: Flask, live_server: str) -> None:
    """cases/education 52: no viewer in the page."""
    page = phone(width=320, height=480).new_page()
    page.goto("/b/2")
    with page.expect_download() as coming:
        page.get_by_role("link", name=re.compile("Cetak Lembar A4")).click()
    assert coming.value.suggested_filename == "pepa-02-v1-a4.pdf"
    assert coming.value.path().stat().st_size == 13_000


def test_a_download_goes_on_where_it_was_cut(library: Flask, live_server: str) -> None:
    """Over a real socket, as download managers ask."""
    address = f"{live_server}/b/2/pepa-02-v1-hp.html"
    with urllib.request.urlopen(address) as whole:
        tag, body = whole.headers["ETag"], whole.read()
    headers = {"Range": "bytes=5000-", "If-Range": tag, "Accept-Encoding": "gzip"}
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as rest:
        assert rest.status == 206
        assert body[:5000] + rest.read() == body


def test_it_is_read_as_bare_text(library: Flask, live_server: str) -> None:
    on = TextBrowser(live_server, "")
    for path in PATHS:
        text = on.read(path)
        assert text.startswith("× Keluar cepat"), path
        assert not re.search(r"[{}]|-->|\.{9}|function|\x00", text), path
    assert "UU 23/2004" in on.read("/b/1")
    assert "Badanku milikku" in on.read("/b/6"), "a story is told without its pictures as well"


def test_with_keys_alone(phone: Phone, library: Flask, live_server: str) -> None:
    page = phone().new_page()
    page.goto("/edukasi")
    _tab_to(page, "document.activeElement.name == 'q'")
    page.keyboard.type("KDRT")
    page.keyboard.press("Enter")
    expect(page.locator("ul.doors a").first).to_contain_text("Apa itu kekerasan?")
    _tab_to(page, "document.activeElement.pathname == '/b/1'")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Apa itu kekerasan?")


def _tab_to(page: Page, there: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(there):
            return
    raise AssertionError(f"no way to {there}")
