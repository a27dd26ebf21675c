"""A text to hand on: what arrives is what was written, with the link as its last line (cases/education 34-38)."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from flask import Flask

from pepa.domain.documents import Format
from tests.client import Client
from tests.library import books

CHAT = '*Dengar & percaya* #1\nBerapa? 50% + "kutip" 😊 = ya\n\nBaca dan cetak:\nhttps://pepa.example/b/2'
SMS = 'Dengar, percaya: 100% "baik"? https://pepa.example/b/2'


@pytest.fixture
def sent(library: Flask, client: Client) -> Client:
    with library.app_context():
        books.output(2, Format.WHATSAPP, CHAT.encode())
        books.output(2, Format.SMS, SMS.encode())
    client.get("/b/2")
    client.click("Kirim")
    return client


def test_the_chat_gets_the_text_as_it_was_written_once(sent: Client) -> None:
    assert sent.page is not None
    link = sent.page.link("Kirim lewat WhatsApp")
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == ("https", "wa.me", "/", "")
    assert parse_qs(parts.query, strict_parsing=True) == {"text": [CHAT]}
    assert unquote(parts.query.partition("=")[2]) == CHAT
    assert parse_qs(parts.query)["text"][0].splitlines()[-1] == "https://pepa.example/b/2"
    assert "%25" in link
    assert "&amp;" not in link


def test_an_sms_has_one_field_and_no_sign_that_would_end_it(sent: Client) -> None:
    assert sent.page is not None
    link = sent.page.link("Kirim lewat SMS")
    assert link.startswith("sms:?body=")
    assert unquote(link.partition("=")[2]) == SMS
    assert not {"&", "#", "+", " "} & set(link)


def test_it_is_read_before_it_is_sent_and_nothing_comes_from_elsewhere(sent: Client) -> None:
    assert sent.page is not None
    assert sent.page.has("Chat tersimpan di HP Anda dan HP penerima.", "*Dengar & percaya* #1")
    assert not sent.page.cookies


def test_while_the_new_text_is_being_made_the_old_one_says_so(library: Flask, sent: Client) -> None:
    assert "masih versi" not in sent.get("/b/2/kirim").text
    with library.app_context():
        books.new_edition(2)
    assert sent.get("/b/2/kirim").has("Teks ini masih versi 1.")


def test_without_a_finished_text_there_is_nothing_to_send(client: Client) -> None:
    assert client.get("/b/3/kirim").status == 404
    assert "Kirim Teks" not in client.get("/b/3").text
