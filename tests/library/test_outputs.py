"""What the press has made, as readers get it: in the size that is shown, with its link, in their language."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from werkzeug.test import Client as Caller

from pepa.domain import printers, sheets, titles
from tests.client import HOST, Client
from tests.library import books

BASE = "https://pepa.example"


@pytest.fixture
def pressed(library: Flask) -> Flask:
    """Title 2 with all that is made of it, also in English."""
    if not printers.can_print():
        pytest.fail("Pango is missing: make .venv/.pango", pytrace=False)
    with library.app_context():
        books.translate(2, "en", title="Listen, believe, connect", body="Somebody knocks.",
                        whatsapp="*Listen*\n{tautan}")  # fmt: skip
        assert sheets.build(2, BASE)
    return library


def test_what_is_shown_is_what_comes(pressed: Flask, client: Client) -> None:
    page = client.get("/b/2")
    links = [link for link in page.tree.select("ul.doors a") if "pepa-02" in str(link["href"])]
    assert len(links) >= 5
    for link in links:
        answer = Caller(pressed).get(str(link["href"]), base_url=HOST)
        assert answer.status_code == 200
        size = len(answer.get_data())
        assert f"{max(1, round(size / 1000))} kB" in link.get_text()
        pages = re.search(r"(\d+) halaman", link.get_text())
        if pages:
            assert len(re.findall(rb"/Type\s*/Page\b", answer.get_data())) in (0, int(pages[1]))


def test_every_text_to_send_ends_with_its_link(pressed: Flask, client: Client) -> None:
    """As it leaves the press: whole, with the address as its last line."""
    page = client.get("/b/2/kirim")
    (text,) = parse_qs(urlsplit(page.link("Kirim lewat WhatsApp")).query)["text"]
    assert text.splitlines()[-1] == f"{BASE}/b/2"
    assert text.splitlines()[0] == "*Dengar, percaya, sambungkan*"
    with pressed.app_context():
        assert titles.content(titles.files(2)["chat"]) == text.encode()
    assert "&" not in page.link("Kirim lewat SMS")


def test_who_reads_in_english_takes_it_in_english(pressed: Flask, client: Client) -> None:
    page = client.get("/b/2?l=en")
    assert page.link("Print A4 sheet").startswith("/b/2/pepa-02-v1-en-a4.pdf")
    assert not page.has("flip on the long edge"), "of one page there is no other side"
    assert client.click("Send").has("*Listen*", f"{BASE}/b/2")
    assert client.get("/b/2").link("Cetak Lembar A4") == "/b/2/pepa-02-v1-a4.pdf"


def test_until_new_sheets_are_whole_the_old_ones_are_had_and_say_so(pressed: Flask, client: Client) -> None:
    with pressed.app_context():
        books.new_edition(2)
    page = client.get("/b/2")
    assert page.has("masih versi 1")
    path = page.link("Cetak Lembar A4")
    assert client.get(path).status == 200
    with pressed.app_context():
        assert sheets.build(2, BASE)
    assert "masih versi" not in client.get("/b/2").text
    assert client.get(path).status == 410
    assert client.page is not None
    assert client.page.link("Simpan yang baru") == "/b/2/pepa-02-v2-a4.pdf"
