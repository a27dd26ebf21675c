"""Quick exit, as far as the server has a part in it. What browsers do with it stands in tests/e2e/test_exit.py."""

from base64 import b64encode
from hashlib import sha256

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from pepa import clock, storage
from pepa.db import Kept, db
from pepa.domain import arrivals, reporters, settings
from pepa.models.reports import Reading
from tests.citizen.test_refuse import full
from tests.citizen.walks import MORNING, STORY, count, digits, enter, kept, later, post, send, set_up, ticket
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
    with clock.frozen(MORNING):
        send(client)
        page = client.get("/keluar")
    assert page.cookies == ["__Host-s=;Max-Age=0;Path=/;Secure", "__Host-x=29926264;Path=/;Secure;SameSite=Strict"]
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


def test_the_first_hour_is_shut_and_another_day_is_not(app: Flask, client: Client) -> None:
    """A bookmark of the form, next day: an empty form, and nothing that was written before."""
    with clock.frozen(MORNING):
        send(client)
        client.get("/keluar")
    left = client.cookie("__Host-x") or ""
    for minutes, is_shut in ((0, True), (60, True), (62, False), (24 * 60, False)):
        for path, heading in (("/lapor", "Ceritakan kepada kami"), ("/pantau", "Baca jawaban")):
            client.set_cookie("__Host-x", left)
            with clock.frozen(later(minutes)):
                page = client.get(path)
            assert (page.status, page.h1) == ((404, "Halaman ini tidak ada.") if is_shut else (200, heading))
    assert client.cookie("__Host-x") is None, "what is typed now stays in the box after a slip"


@pytest.mark.parametrize("at", ["", "1", "x", "9" * 30, "-5", "29x", "23000000", "99000000"])
def test_a_phone_that_has_lost_the_time_stays_shut(client: Client, at: str) -> None:
    client.set_cookie("__Host-x", at)
    assert client.get("/lapor").status == 404
    client.get("/")
    assert client.get("/lapor").status == 200


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
    """Whoever typed in another tab learns that nothing arrived; whoever sends it again sees no more than that."""
    sent = {"ticket": ticket(client), "what": "", "place": "Gang Mawar"}
    assert post(client, sent).value("place") == "Gang Mawar"
    before = count(app)
    client.get("/keluar")
    for path, more, status in (
        ("/lapor", sent, 422),
        ("/lapor", {**sent, "what": STORY, "phone": "12"}, 422),
        ("/lapor", {**sent, "what": STORY, "ticket": "x"}, 422),
        ("/lapor", {**sent, "what": STORY, "end": ""}, 400),
        ("/pantau", {"code": "1234"}, 422),
    ):
        page = client.post(path, {"end": "1", **more})
        assert (page.status, page.h1) == (status, "Belum terkirim.")
        assert page.has("TIDAK ada yang disimpan.")
        assert page.tree.select("a[href='tel:112']")
        assert not page.forms
        assert not [typed for typed in (STORY, "Gang Mawar", "1234") if typed in str(page.tree)]
        assert page.cookies == [], "the next one is not shown either"
    assert count(app) == before


def test_the_fault_is_ours_after_it(app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = {"ticket": ticket(client), "what": STORY}
    client.get("/keluar")
    monkeypatch.setattr(storage.Spool, "put", full)
    page = post(client, sent)
    assert (page.status, page.h1, page.headers["Retry-After"]) == (503, "Belum terkirim.", "30")
    monkeypatch.undo()
    digits(client.open(post(client, sent).location or ""))
    assert len(kept(app)) == 1


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
