"""Batalkan laporan saya, at the door: a page that asks, then the code is dead and the page says so once."""

from flask import Flask

from pepa.domain import inbox
from pepa.models.reports import Stage
from tests.citizen.walks import enter, post, send, ticket
from tests.client import Client, Page
from tests.people import member
from tests.reporters.test_open_code import unknown

DONE = "Laporan SUDAH dibatalkan. Anda boleh menulis lagi kapan saja."
ENDS = "Kode langsung mati, dan halaman ini tidak bisa dibuka lagi."
UNKNOWN = "Kode ini tidak membuka apa-apa."


def asked(client: Client, code: str) -> Page:
    enter(client, code)
    return client.submit("Batalkan laporan saya")


def stage(app: Flask) -> str:
    with app.app_context():
        found = inbox.list_for(member("ratna"), inbox.Filters(stage=Stage.WITHDRAWN)).items
        return found[0].stage if found else ""


def test_the_whole_way(app: Flask, client: Client) -> None:
    code = send(client)
    mine = Client(app)
    page = asked(mine, code)
    assert (page.h1, page.address) == ("Batalkan laporan saya", "/pantau")
    assert page.has(ENDS, "Kapan isinya dihapus: lihat Privasi.")
    assert page.tree.select(".line a[href='/privasi']"), "a target for a thumb"
    page = mine.submit("Ya, batalkan")
    assert page.has(DONE)
    assert page.address == "/pantau"
    assert mine.cookie("__Host-s") is None, "nothing of it stays in the browser"
    assert not mine.get("/pantau").has(DONE), "said once"
    assert enter(Client(app), code).has(UNKNOWN)
    assert client.get("/lapor").h1 == "Ceritakan kepada kami", "nor where it was sent"
    assert stage(app) == Stage.WITHDRAWN


def test_out_of_it_with_nothing_done(app: Flask, client: Client) -> None:
    code = send(client)
    asked(client, code)
    assert client.click("Tidak jadi").has("Belum dibaca.")
    assert stage(app) == ""


def test_a_lost_reply(app: Flask, client: Client) -> None:
    """Case A08: sent again by the way in that it ended, it says that it is done, not that the code is unknown."""
    mine = Client(app)
    asked(mine, send(client))
    cookie = mine.cookie("__Host-s") or ""
    for _ in range(5):
        mine.set_cookie("__Host-s", cookie)
        assert mine.open(mine.post("/pantau", {"do": "B", "end": "1"}).location or "").has(DONE)
    assert stage(app) == Stage.WITHDRAWN


def test_after_an_exit_the_form_says_nothing(app: Flask, client: Client) -> None:
    mine = Client(app)
    asked(mine, send(client))
    mine.submit("Ya, batalkan")
    mine.get("/keluar")
    for _ in range(2):
        assert mine.post("/pantau", {"do": "B", "end": "1"}).location == "/pantau"
        assert not mine.get("/pantau").has(DONE)


def test_its_form_sent_again_makes_no_code(app: Flask, client: Client) -> None:
    sent = {"ticket": ticket(client), "what": "Isi"}
    client.open(post(client, sent).location or "")
    client.open("/pantau")
    client.submit("Batalkan laporan saya")
    client.submit("Ya, batalkan")
    assert post(client, sent).location == "/"


def test_without_cookies(app: Flask, client: Client, alone: Client) -> None:
    code = send(client)
    alone.get("/pantau")
    alone.submit("Buka", code=code)
    assert alone.submit("Batalkan laporan saya", code=code).has(ENDS)
    assert alone.submit("Ya, batalkan", code=code).has(DONE)
    again = alone.post("/pantau", {"do": "B", "code": code, "end": "1"})
    assert again.has(DONE), "its reply was lost"
    assert enter(Client(app), code).has(UNKNOWN)


def test_all_four_that_open_nothing_look_the_same(app: Flask, client: Client) -> None:
    """Unknown, cancelled, replaced: one page, byte for byte. (Expired: tests/unsent.)"""
    cancelled, exchanged = send(client), send(client)
    asked(Client(app), cancelled)
    mine = Client(app)
    asked(mine, cancelled)
    mine.submit("Ya, batalkan")
    enter(mine, exchanged)
    mine.submit("Ganti kode")
    mine.submit("Ganti kode")
    pages = [enter(Client(app), code) for code in (unknown(), cancelled, exchanged)]
    assert {page.status for page in pages} == {404}
    typed = (unknown(), cancelled, exchanged)
    shown = {
        page.body.replace(code.encode(), b"").replace(page.value("ticket").encode(), b"")
        for page, code in zip(pages, typed, strict=True)
    }
    assert len(shown) == 1


def test_an_address_that_anybody_can_write_says_nothing(app: Flask, client: Client) -> None:
    """Nor does a cookie that nothing was cancelled by: only whoever did it is told that it is done."""
    for sign in "WXKPTsVN":
        for path in (f"/pantau?r=zz.{sign}", f"/lapor?r=zz.{sign}"):
            page = Client(app).get(path)
            assert "SUDAH" not in page.text, path
            assert page.tree.select("form")
    mine = Client(app)
    enter(mine, send(client))
    for cookie in ("zz", (mine.cookie("__Host-s") or "").partition(".")[0]):
        for sign in "WX":
            mine.set_cookie("__Host-s", f"{cookie}.{sign}")
            assert "SUDAH" not in mine.get("/pantau").text
