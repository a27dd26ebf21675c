"""Quick exit, as far as the server has a part in it. What browsers do with it stands in tests/e2e/test_exit.py."""

from base64 import b64encode
from hashlib import sha256

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from pepa.db import Kept, db
from pepa.domain import arrivals, reporters, settings
from pepa.models.reports import Reading
from tests.citizen.walks import STORY, count, digits, enter, kept, post, send, set_up, ticket
from tests.client import Client, Page

DEMO = "CONTOH. Tulisan di sini TIDAK dibaca petugas. Perlu tolong? 110, 112, 129."
SERVER = b"Server: gunicorn\r\nDate: Wed, 25 Nov 2026 03:04:30 GMT\r\nConnection: keep-alive\r\n"


def wire(page: Page) -> int:
    """Bytes of an answer as it goes over the line."""
    head = sum(len(name) + len(value) + 4 for name, value in page.headers.items())
    return len(f"HTTP/1.1 {page.status} SEE OTHER\r\n\r\n") + head + len(SERVER) + len(page.body)


def test_it_leads_away_in_under_300_bytes(client: Client) -> None:
    page = client.get("/keluar")
    assert (page.status, page.location, page.body) == (303, "https://www.bmkg.go.id/", b"")
    assert page.headers["Cache-Control"] == "no-store"
    assert "Clear-Site-Data" not in page.headers
    assert wire(page) < 300


def test_it_leads_where_the_office_says(app: Flask, client: Client) -> None:
    set_up(app, exit_url="https://www.example.id/cuaca")
    client.get("/")
    assert client.get("/keluar").location == "https://www.example.id/cuaca"
    link = client.get("/").tree.select_one(".exit a")
    assert link is not None
    assert link["data-to"] == "https://www.example.id/cuaca"


def test_both_cookies_change(client: Client) -> None:
    send(client)
    page = client.get("/keluar")
    assert page.cookies == ["__Host-s=;Max-Age=0;Path=/;Secure", "__Host-x=1;Path=/;Secure;SameSite=Strict"]
    assert client.cookie("__Host-s") is None


def test_the_way_in_is_gone_and_the_report_is_not(app: Flask, client: Client) -> None:
    code = send(client)
    stolen = client.cookie("__Host-s")
    before = count(app, Reading)
    client.get("/keluar")
    assert count(app, Reading) == before - 1
    thief = Client(app)
    thief.set_cookie("__Host-s", stolen or "")
    assert thief.get("/lapor").h1 == "Ceritakan kepada kami"
    assert len(kept(app)) == 1
    assert enter(Client(app), code).has("Dibaca")


def test_back_after_it_shows_nothing(client: Client) -> None:
    """What the back key brings out is asked for again; it says no more than that there is no such page."""
    send(client)
    shown = client.page
    assert shown is not None
    client.get("/keluar")
    for _ in range(10):
        for path in (shown.address, "/lapor", "/pantau", "/lapor?baru"):
            page = client.get(path)
            assert page.status == 404
            assert page.text == f"× Keluar cepat Info Warga {DEMO} Halaman ini tidak ada. Halaman depan"
            assert page.cookies == []


def test_the_front_page_begins_anew(client: Client) -> None:
    send(client)
    client.get("/keluar")
    page = client.get("/")
    assert page.h1 == "Ada yang bisa kami bantu?"
    assert client.cookie("__Host-x") is None
    assert client.get("/lapor").h1 == "Ceritakan kepada kami"


def test_leaving_by_script_ends_the_way_in_at_the_next_request(app: Flask, client: Client) -> None:
    """The script asks nobody: it leaves a tombstone, and whatever is asked next finds it."""
    send(client)
    assert client.page is not None
    address, stolen, before = client.page.address, client.cookie("__Host-s"), count(app, Reading)
    client.set_cookie("__Host-x", "1")
    assert client.get(address).status == 404
    assert count(app, Reading) == before - 1
    client.get("/")
    assert (client.cookie("__Host-s"), client.cookie("__Host-x")) == (None, None)
    thief = Client(app)
    thief.set_cookie("__Host-s", stolen or "")
    assert thief.get("/lapor").h1 == "Ceritakan kepada kami"


def test_a_handle_dies_with_it(app: Flask) -> None:
    """The exit was pressed while the code page was still on its way."""
    client = Client(app)
    page = post(client, {"ticket": ticket(client), "what": STORY})
    client.set_cookie("__Host-x", "1")
    assert client.get(page.location or "").status == 404
    assert Client(app).get(page.location or "").h1 == "Ceritakan kepada kami"


def test_a_form_that_is_sent_again_after_it_shows_nothing_of_what_was_typed(app: Flask, client: Client) -> None:
    sent = {"ticket": ticket(client), "what": "", "place": "Gang Mawar"}
    assert post(client, sent).value("place") == "Gang Mawar"
    client.get("/keluar")
    page = post(client, sent)
    assert (page.status, page.location, page.body) == (303, "/", b"")
    client.set_cookie("__Host-x", "1")
    page = client.post("/pantau", {"code": "1234", "end": "1"})
    assert (page.status, page.location, page.body) == (303, "/", b"")


def test_a_report_from_another_tab_still_arrives_after_it(app: Flask, client: Client) -> None:
    sent = {"ticket": ticket(client), "what": STORY}
    client.set_cookie("__Host-x", "1")
    page = post(client, sent)
    assert page.location == "/lapor"
    digits(client.get("/lapor"))
    assert len(kept(app)) == 1


def test_it_waits_for_no_database(app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers from what was read last, and what there is to write waits until the answer is out."""

    def silent(*_: object, **__: object) -> None:
        raise OperationalError("select", {}, Exception("database is locked"))

    set_up(app, exit_url="https://www.example.id/")
    send(client)
    monkeypatch.setattr(db.session, "scalars", silent)
    monkeypatch.setattr(db.session, "scalar", silent)
    monkeypatch.setattr(reporters, "transaction", silent)
    page = client.get("/keluar")
    assert (page.status, page.location) == (303, "https://www.example.id/")


def test_what_arrived_while_the_database_was_away_is_shut_too(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its report stands on the spool alone. Back, and the form once more: neither shows the code page."""

    def silent(*_: object, **__: object) -> None:
        raise OperationalError("insert", {}, Exception("database is locked"))

    sent = {"ticket": ticket(client), "what": STORY}
    with monkeypatch.context() as broken:
        broken.setattr(arrivals, "insert", silent)
        assert client.open(post(client, sent).location or "").h1 == "Laporan SUDAH sampai."
        stolen = client.cookie("__Host-s")
        client.get("/keluar")
        assert post(client, sent).location == "/", "and no word that it waits"
    assert post(client, sent).location == "/"
    assert client.get("/lapor").h1 == "Ceritakan kepada kami"
    thief = Client(app)
    thief.set_cookie("__Host-s", stolen or "")
    assert thief.get("/lapor").h1 == "Ceritakan kepada kami"
    assert len(kept(app)) == 1


def test_a_process_that_has_read_nothing_yet_leads_somewhere(client: Client) -> None:
    Kept.forget()
    assert settings.read.last() is None
    assert client.get("/keluar").location == settings.FIRST.exit_url


def test_each_page_offers_it_first_and_last(client: Client) -> None:
    pages = [client.get(path) for path in ("/", "/kontak", "/privasi", "/lapor", "/pantau")]
    pages.append(client.post("/lapor", {}))
    send(client)
    assert client.page is not None
    pages += [client.page, client.get("/pantau")]
    for page in pages:
        links = page.tree.select("a[href='/keluar']")
        assert len(links) == 2, page
        assert [link.get_text() for link in links] == ["× Keluar cepat"] * 2
        assert page.text.count("Tombol ini membuka halaman lain. Riwayat di HP tidak ikut terhapus.") == 1, page
        assert not page.tree.select("form[action='/keluar']")


def test_the_script_stands_in_the_page_behind_its_hash(client: Client) -> None:
    page = client.get("/")
    (script,) = page.tree.find_all("script")
    digest = b64encode(sha256(str(script.string).encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page.headers["Content-Security-Policy"]
    assert "form-action" not in page.headers["Content-Security-Policy"], "it would catch the way out"
