"""Ganti kode, at the door: a page that asks, one code; and what a lost reply, two tabs, an exit do to it."""

import pytest
from flask import Flask

from pepa.domain import reporters
from tests.citizen.walks import answer, digits, enter, only, send
from tests.client import Client, Page

NEW = "Kode lama sudah mati. Ini kode baru Anda."
ENDS = "Kode lama langsung mati. Siapa pun yang memegangnya tidak bisa masuk lagi."
UNKNOWN = "Kode ini tidak membuka apa-apa."


def asked(client: Client, code: str) -> Page:
    """The page that asks first."""
    enter(client, code)
    return client.submit("Ganti kode")


def whole(page: Page) -> dict[str, str]:
    """Its form's fields, to be sent by hand."""
    form, _ = page.form("Ganti kode")
    return {str(one["name"]): str(one["value"]) for one in form.select("input[type=hidden]")}


def replaced(page: Page) -> str:
    assert page.has(NEW), page.text
    return digits(page)


def test_the_whole_way(app: Flask, client: Client) -> None:
    old = send(client)
    answer(app, only(app).id, "Terima kasih sudah menulis.")
    page = asked(Client(app), old)
    assert page.h1 == "Ganti kode"
    assert page.has(ENDS)
    client.open("/pantau")
    asked_at = client.submit("Ganti kode")
    assert (asked_at.address, asked_at.has(ENDS)) == ("/pantau", True)
    new = replaced(client.submit("Ganti kode"))
    assert client.page is not None
    assert client.page.address == "/pantau"
    assert new != old
    assert client.click("Baca jawaban").has("Terima kasih sudah menulis.")
    assert enter(Client(app), old).has(UNKNOWN)
    assert enter(Client(app), new).has("Terima kasih sudah menulis.")


def test_other_browsers_are_shut_out(app: Flask, client: Client) -> None:
    old = send(client)
    other = Client(app)
    enter(other, old)
    mine = Client(app)
    asked(mine, old)
    mine.submit("Ganti kode")
    assert other.get("/pantau").has("Buka")
    assert not other.get("/pantau").has("Diterima")
    assert client.get("/lapor").h1 == "Ceritakan kepada kami", "the browser that sent it, too"


def test_out_of_it_with_nothing_done(app: Flask, client: Client) -> None:
    old = send(client)
    asked(client, old)
    assert client.click("Tidak jadi").has("Belum dibaca.")
    assert enter(Client(app), old).has("Belum dibaca.")


def test_a_lost_reply(app: Flask, client: Client) -> None:
    """Case A08: sent five times by the cookie that the first sending ended, it is the same code."""
    old = send(client)
    mine = Client(app)
    fields = whole(asked(mine, old))
    cookie = mine.cookie("__Host-s") or ""
    codes = set()
    for _ in range(5):
        mine.set_cookie("__Host-s", cookie)
        codes.add(replaced(mine.open(mine.post("/pantau", fields).location or "")))
    (new,) = codes
    assert enter(Client(app), new).has("Belum dibaca.")


def test_after_an_exit_the_form_shows_nothing(app: Flask, client: Client) -> None:
    mine = Client(app)
    fields = whole(asked(mine, send(client)))
    replaced(mine.open(mine.post("/pantau", fields).location or ""))
    mine.get("/keluar")
    assert mine.get("/pantau").status == 404
    assert mine.post("/pantau", fields).location == "/pantau"
    assert not mine.get("/pantau").has(NEW)
    mine.forget_cookies()
    assert mine.post("/pantau", fields).location == "/pantau"
    assert not mine.get("/pantau").has(NEW)


def test_two_tabs(app: Flask, client: Client) -> None:
    """The second tab's page is an old one: it shows the code that the first one made, and ends nothing."""
    old = send(client)
    mine = Client(app)
    first, second = whole(asked(mine, old)), None
    mine.open("/pantau")
    second = whole(mine.submit("Ganti kode"))
    assert second["ticket"] != first["ticket"]
    new = replaced(mine.open(mine.post("/pantau", first).location or ""))
    assert replaced(mine.open(mine.post("/pantau", second).location or "")) == new
    assert enter(Client(app), new).has("Belum dibaca.")


def test_a_form_that_lay_open_too_long_or_was_changed(app: Flask, client: Client) -> None:
    mine = Client(app)
    fields = whole(asked(mine, send(client)))
    page = mine.open(mine.post("/pantau", fields | {"ticket": "x" * 40}).location or "")
    assert page.has(ENDS)
    assert replaced(mine.submit("Ganti kode"))


def test_where_no_slot_is_free(app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> None:
        raise reporters.Busy(retry_after=20)

    old = send(client)
    mine = Client(app)
    asked(mine, old)
    with monkeypatch.context() as patch:
        patch.setattr("pepa.domain.tickets.stretch_new", busy)
        page = mine.submit("Ganti kode")
    assert (page.status, page.headers["Retry-After"]) == (503, "20")
    assert page.has("Sedang ramai. Kode Anda tetap berlaku. Coba lagi 20 detik lagi.")
    new = replaced(mine.submit("Ganti kode"))
    assert enter(Client(app), new).has("Belum dibaca.")


def test_without_cookies(app: Flask, client: Client, alone: Client) -> None:
    old = send(client)
    alone.get("/pantau")
    alone.submit("Buka", code=old)
    page = alone.submit("Ganti kode", code=old)
    assert page.has(ENDS)
    fields = whole(page) | {"code": old}
    new = replaced(alone.submit("Ganti kode", code=old))
    assert replaced(alone.open(alone.post("/pantau", fields).location or "")) == new, "its reply was lost"
    assert enter(Client(app), old).has(UNKNOWN)
    alone.get("/pantau")
    assert alone.submit("Buka", code=new).has("Belum dibaca.")


def test_without_a_way_in_it_asks_for_the_code(app: Flask, client: Client) -> None:
    fields = whole(asked(Client(app), send(client)))
    stranger = Client(app)
    for sent in (fields, {"go": "G", "end": "1"}, {"do": "G", "end": "1"}):
        assert stranger.post("/pantau", sent).location == "/pantau"
    assert stranger.post("/pantau", {"do": "G"}).status == 400, "cut on the way"


def test_last_opened(app: Flask, client: Client) -> None:
    code = send(client)
    assert not client.get("/pantau").has("Terakhir dibuka")
    first = enter(Client(app), code)
    assert not first.has("Terakhir dibuka"), "nobody opened it before"
    assert enter(Client(app), code).has("Bukan Anda? Ganti kode.")
    assert client.get("/pantau").has("Terakhir dibuka"), "and the browser that sent it is told as well"
