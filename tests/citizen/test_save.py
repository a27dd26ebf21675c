"""Simpan, at the door: her code alone opens it; sent, changed or thrown away later; twice, in two tabs, too late."""

import pytest
from flask import Flask

from pepa import clock
from pepa.db import transaction
from pepa.models.organisations import Organisation
from tests.citizen.walks import MORNING, STORY, count, digits, enter, kept, later, post, send, ticket
from tests.client import Client, Page
from tests.people import office

SAVE = "Simpan. BELUM dikirim, belum dibaca siapa pun"
NOT_SENT = "BELUM dikirim. Tulisan ini hanya bisa dibuka dengan kode."
YEAR = "Hanya kode Anda yang bisa membukanya, paling lama 1 tahun."
THROWN = "Simpanan SUDAH dihapus. Anda boleh menulis lagi kapan saja."
ELSEWHERE = "Simpanan ini SUDAH diubah di halaman lain. Yang di kotak ini BELUM disimpan."
SENT_BEFORE = "Laporan ini SUDAH sampai tadi. Perubahan ini BELUM disimpan. Tulisan Anda masih ada."


def save(client: Client, what: str = STORY, **fields: str) -> str:
    client.open("/lapor?baru")
    return digits(client.submit(SAVE, what=what, **fields))


def fields_of(page: Page, button: str) -> dict[str, str]:
    """What that button would send, to be sent by hand."""
    form, pressed = page.form(button)
    names = {str(one["name"]): page.value(str(one["name"])) for one in form.select("textarea, input[type=hidden]")}
    return {**names, **({str(pressed["name"]): str(pressed["value"])} if pressed and pressed.get("name") else {})}


def test_the_whole_way(app: Flask, client: Client) -> None:
    assert client.open("/lapor?baru").has(YEAR)
    code = save(client)
    shown = client.page
    assert shown is not None
    assert shown.has(NOT_SENT, STORY)
    assert not shown.has("SUDAH sampai.")
    assert kept(app) == [], "nobody reads it"
    page = enter(Client(app), code)
    assert page.has(NOT_SENT, STORY, YEAR)
    assert not page.has("Diterima")
    mine = Client(app)
    enter(mine, code)
    page = mine.submit("Kirim sekarang")
    assert (page.address, page.has("SUDAH sampai.", "Belum dibaca.")) == ("/pantau", True)
    assert not page.has(STORY), "case D05: what was sent is shown to nobody"
    assert [one.told.what for one in kept(app)] == [STORY]
    assert digits(client.open("/lapor")) == code
    assert client.page is not None
    assert client.page.has("SUDAH sampai.")


def test_from_the_code_page(app: Flask, client: Client) -> None:
    code = save(client)
    page = client.submit("Kirim sekarang")
    assert (page.address, digits(page)) == ("/lapor", code)
    assert page.has("SUDAH sampai.")
    assert len(kept(app)) == 1


def test_a_lost_reply(app: Flask, client: Client) -> None:
    """Case A08 for each of its forms: five times over it is done once, and each time it says so."""
    before = count(app)
    sent = {"ticket": ticket(client), "what": STORY, "keep": "1"}
    codes = {digits(client.open(post(client, sent).location or "")) for _ in range(5)}
    assert (len(codes), count(app)) == (1, before + 1)
    for _ in range(5):
        assert client.open(client.post("/pantau", {"do": "N", "end": "1"}).location or "").has("SUDAH sampai.")
    assert len(kept(app)) == 1


def test_saved_then_sent_from_the_same_page(app: Flask, client: Client) -> None:
    sent = {"ticket": ticket(client), "what": STORY}
    post(client, sent | {"keep": "1"})
    page = client.open(post(client, sent | {"what": "Tanpa nama"}).location or "")
    assert page.has("SUDAH sampai.")
    assert not page.has("SUDAH sampai tadi"), "until now it was not sent"
    assert [one.told.what for one in kept(app, None)] == ["Tanpa nama"]


def test_sent_then_saved_from_the_same_page_sends_nothing_more(app: Flask, client: Client) -> None:
    sent = {"ticket": ticket(client), "what": STORY}
    post(client, sent)
    page = post(client, sent | {"what": "Tambahan", "keep": "1"})
    assert page.status == 409
    assert page.has(SENT_BEFORE)
    assert page.value("what") == "Tambahan"
    assert kept(app)[0].written == ()
    client.page = page
    assert client.submit(SAVE).has(NOT_SENT, "Tambahan"), "the box goes as one of its own"
    assert len(kept(app, None)) == 1


def test_changed_under_the_same_code(app: Flask, client: Client) -> None:
    code = save(client, place="Gang Mawar", speaker="self")
    page = client.submit("Ubah")
    assert (page.address, page.h1) == ("/lapor", "Ceritakan kepada kami")
    assert (page.value("what"), page.value("place")) == (STORY, "Gang Mawar")
    assert page.tree.select("input[name=speaker][value=self][checked]")
    assert client.get("/lapor").value("what") == STORY, "reloading shows it again"
    page = client.submit(SAVE, what="Yang kedua")
    assert page.has("Perubahan SUDAH disimpan.", NOT_SENT, "Yang kedua")
    assert digits(page) == code
    client.submit("Ubah")
    page = client.submit("Kirim", what="Yang ketiga")
    assert page.has("SUDAH sampai.")
    assert [one.told.what for one in kept(app, None)] == ["Yang ketiga"]


def test_two_tabs_lose_nothing(app: Flask, client: Client) -> None:
    code = save(client)
    mine = Client(app)
    enter(mine, code)
    form = fields_of(mine.submit("Ubah"), SAVE)
    assert mine.open(mine.post("/lapor", form | {"what": "Dari tab satu"}).location or "").has("Dari tab satu")
    page = mine.post("/lapor", form | {"what": "Dari tab dua"})
    assert page.status == 409
    assert page.has(ELSEWHERE, "Yang tersimpan sekarang", "Dari tab satu")
    assert page.value("what") == "Dari tab dua"
    mine.page = page
    assert mine.submit(SAVE).has("Perubahan SUDAH disimpan.", "Dari tab dua")
    assert enter(Client(app), code).has("Dari tab dua")


def test_changed_too_late(app: Flask, client: Client) -> None:
    code = save(client)
    mine = Client(app)
    enter(mine, code)
    form = fields_of(mine.submit("Ubah"), SAVE)
    client.submit("Kirim sekarang")
    page = mine.post("/lapor", form | {"what": "Terlambat"})
    assert page.status == 409
    assert page.has(SENT_BEFORE)
    assert page.value("what") == "Terlambat"
    assert kept(app, None)[0].written == ()


def test_after_ten_minutes_the_code_is_asked_for_and_the_text_is_there(app: Flask, client: Client) -> None:
    """Citizen 41, 42."""
    with clock.frozen(MORNING):
        code = save(client)
        client.submit("Ubah")
    with clock.frozen(later(11)):
        page = client.submit(SAVE, what="Yang kedua")
        assert page.status == 422
        assert page.has("Ketik kode sekali lagi. Tulisan tadi masih ada.")
        assert page.value("what") == "Yang kedua"
        page = client.submit(SAVE, code="1234")
        assert (page.status, page.value("what")) == (422, "Yang kedua")
        page = client.submit(SAVE, code=code)
        assert page.has("Perubahan SUDAH disimpan.", "Yang kedua")


@pytest.mark.parametrize("button", ["Kirim", SAVE])
def test_nothing_written(app: Flask, client: Client, button: str) -> None:
    """Citizen 40: any fault on any page, the text is there, 422."""
    save(client)
    client.submit("Ubah")
    page = client.submit(button, what=" ", phone="1", place="Gang Mawar")
    assert page.status == 422
    assert page.has("Tulis dulu yang terjadi. Satu kalimat sudah cukup.")
    assert page.value("place") == "Gang Mawar"
    assert kept(app, None) == []


def test_where_nobody_could_read_it_stays(app: Flask, client: Client) -> None:
    """Citizen 65: the office lost its key after she saved."""
    code = save(client)
    with app.app_context(), transaction() as session:
        session.get_one(Organisation, office()).public_key = None
    page = client.submit("Kirim sekarang")
    assert page.status == 503
    assert page.has("Belum terkirim. Gangguan di pihak kami, bukan di HP Anda.", NOT_SENT, STORY)
    assert enter(Client(app), code).has(NOT_SENT, STORY)


def test_a_code_that_cannot_be_made_now_is_no_success(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.open("/lapor?baru")
    with monkeypatch.context() as patch:
        patch.setattr("pepa.domain.reporters.code", lambda *_, **__: None)
        page = client.submit(SAVE, what=STORY)
    assert page.h1 == "BELUM dikirim."
    assert not page.has("SUDAH")
    assert digits(client.click("Buka sekali lagi"))


def test_thrown_away(app: Flask, client: Client) -> None:
    before = count(app)
    code = save(client)
    page = client.submit("Hapus simpanan")
    assert (page.h1, page.address) == ("Hapus simpanan", "/pantau")
    assert client.click("Tidak jadi").has(NOT_SENT, STORY)
    client.submit("Hapus simpanan")
    cookie = client.cookie("__Host-s") or ""
    assert client.submit("Ya, hapus").has(THROWN)
    assert count(app) == before
    assert client.cookie("__Host-s") is None
    assert enter(Client(app), code).has("Kode ini tidak membuka apa-apa.")
    client.set_cookie("__Host-s", cookie)
    assert client.open(client.post("/pantau", {"do": "H", "end": "1"}).location or "").has(THROWN), "its reply was lost"


def test_it_is_not_cancelled_but_thrown_away(app: Flask, client: Client) -> None:
    save(client)
    page = client.open(client.post("/pantau", {"go": "B", "end": "1"}).location or "")
    assert page.h1 == "Hapus simpanan"
    client.post("/pantau", {"do": "B", "end": "1"})
    assert client.open("/pantau").has(NOT_SENT)


def test_its_code_can_be_replaced(app: Flask, client: Client) -> None:
    code = save(client)
    client.open("/pantau")
    client.submit("Ganti kode")
    new = digits(client.submit("Ganti kode"))
    assert enter(Client(app), code).has("Kode ini tidak membuka apa-apa.")
    assert enter(Client(app), new).has(NOT_SENT, STORY)


def test_without_cookies(app: Flask, client: Client, alone: Client) -> None:
    alone.get("/lapor")
    code = digits(alone.submit(SAVE, what=STORY))
    alone.get("/pantau")
    assert alone.submit("Buka", code=code).has(NOT_SENT, STORY)
    page = alone.submit("Ubah", code=code)
    assert page.value("what") == STORY
    assert alone.submit(SAVE, what="Yang kedua", code=code).has("Yang kedua")
    page = alone.submit("Kirim sekarang", code=code)
    assert page.has("SUDAH sampai.", "Belum dibaca.")
    assert [one.told.what for one in kept(app, None)] == ["Yang kedua"]


def test_a_child_s_page_has_none(app: Flask, client: Client) -> None:
    page = client.open("/lapor?pendek")
    assert "Simpan." not in page.text
    sent = {"ticket": page.value("ticket"), "what": STORY, "pendek": "1", "keep": "1"}
    post(client, sent)
    assert len(kept(app)) == 1, "and whoever sends it all the same is read"


def test_after_an_exit_nothing_of_it_is_shown(app: Flask, client: Client) -> None:
    sent = {"ticket": ticket(client), "what": STORY, "keep": "1"}
    client.open(post(client, sent).location or "")
    client.get("/keluar")
    assert post(client, sent).location == "/"
    for path in ("/lapor", "/pantau"):
        assert not client.get(path).has(STORY)


def test_what_was_sent_is_shown_on_no_page(app: Flask, client: Client) -> None:
    """Case D05."""
    code = send(client)
    for path in ("/lapor", "/pantau"):
        assert not client.get(path).has(STORY)
    mine = Client(app)
    assert not enter(mine, code).has(STORY)
    assert not mine.open(mine.post("/pantau", {"go": "U", "end": "1"}).location or "").has(STORY)
