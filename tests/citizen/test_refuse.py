"""When something does not work: what happened, what is kept, one next step."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, storage
from pepa.db import transaction
from pepa.domain import intake, keys
from pepa.models.organisations import Organisation
from tests.citizen.walks import MORNING, STORY, count, digits, kept, later, only, post, set_up, ticket
from tests.client import Client


def test_an_empty_text_is_said_beside_the_field_and_on_top(app: Flask, client: Client) -> None:
    before = count(app)
    client.get("/lapor")
    page = client.submit("Kirim", place="Gang Mawar", phone="0812", speaker="child", kecamatan="36.73.04")
    assert page.status == 422
    assert page.has("Belum terkirim. Lihat 2 hal ini. Tulisan Anda masih ada.")
    links = [str(link["href"]) for link in page.tree.select("[role=alert] a")]
    assert links == ["#what", "#phone"]
    assert page.has("Perbaiki: Tulis dulu yang terjadi. Satu kalimat sudah cukup.")
    assert page.has("Perbaiki: Nomor ini kurang panjang. Betulkan, atau kosongkan.")
    for name in ("what", "phone"):
        field = page.tree.find(id=name)
        assert field is not None
        assert field["aria-invalid"] == "true"
        assert f"{name}-e" in str(field["aria-describedby"])
    assert (page.value("place"), page.value("phone")) == ("Gang Mawar", "0812")
    assert page.tree.select("input[value=child][checked]")
    assert page.value("kecamatan") == "36.73.04"
    assert count(app) == before
    assert page.cookies == []


def test_the_same_ticket_goes_on_after_a_slip(app: Flask, client: Client) -> None:
    first = client.get("/lapor").value("ticket")
    page = client.submit("Kirim", what="  \n ")
    assert page.value("ticket") == first
    digits(client.submit("Kirim", what=STORY, phone="", place=""))
    assert len(kept(app)) == 1


def test_what_is_shown_again_is_not_compressed(client: Client) -> None:
    client.get("/lapor")
    sent = {"ticket": ticket(client), "what": "", "place": "Gang Mawar"}
    page = post(client, sent, **{"Accept-Encoding": "gzip, br"})
    assert page.status == 422
    assert "Content-Encoding" not in page.headers


def test_a_body_that_was_cut_stores_nothing(app: Flask, client: Client) -> None:
    before = count(app)
    sent = {"ticket": ticket(client), "what": STORY}
    for body in ({}, sent, {**sent, "end": ""}, {**sent, "end": "x"}):
        page = client.post("/lapor", body)
        assert page.status == 400
        assert page.h1 == "Belum sampai semua."
        assert page.has("TIDAK ada yang disimpan. Tekan Kembali di HP, lalu Kirim lagi.")
        assert page.tree.select("a[href='tel:112']")
        assert page.cookies == []
    assert count(app) == before


def test_every_length_of_a_cut_body_stores_all_or_nothing(app: Flask, client: Client) -> None:
    body = f"ticket={ticket(client)}&what=Dia+memukul.&phone=&end=1".encode()
    before = count(app)
    for length in range(0, len(body), 7):
        page = client.post("/lapor", data=body[:length], content_type="application/x-www-form-urlencoded")
        assert page.status == 400
    assert count(app) == before
    assert client.post("/lapor", data=body, content_type="application/x-www-form-urlencoded").status == 303


def test_a_spoiled_ticket_keeps_the_text(app: Flask, client: Client) -> None:
    for spoiled in ("", "x", "A" * 70, "é" * 70, "\0" * 70, "A" * 5000):
        page = post(client, {"ticket": spoiled, "what": STORY, "place": "Gang Mawar"})
        assert page.status == 422
        assert page.has("Halaman ini terbuka terlalu lama. Tulisan Anda masih ada. Tekan Kirim lagi.")
        assert page.value("what") == STORY
        assert page.value("ticket") != spoiled
    digits(client.submit("Kirim"))
    assert only(app).told.place == "Gang Mawar"
    assert post(client, {"what": STORY}).value("what") == STORY, "nor does it need one to keep the text"


def test_a_page_that_lay_open_over_night_is_taken(app: Flask, client: Client) -> None:
    with clock.frozen(MORNING):
        sent = {"ticket": ticket(client), "what": STORY}
    with clock.frozen(later(71 * 60)):
        assert post(client, sent).status == 303
    with clock.frozen(MORNING):
        sent = {"ticket": ticket(client), "what": "Lain."}
    with clock.frozen(later(73 * 60)):
        page = post(client, sent)
        assert page.status == 422
        digits(client.submit("Kirim"))
    assert len(kept(app, None)) == 2


def full(*_: object) -> bytes:
    raise OSError("no space left")


def test_where_nothing_can_be_kept_the_text_stays_in_the_box(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/lapor")
    monkeypatch.setattr(storage.Spool, "put", full)
    page = client.submit("Kirim", what=STORY, urgency="now")
    assert page.status == 503
    assert page.headers["Retry-After"] == "30"
    assert page.has("Belum terkirim. Gangguan di pihak kami, bukan di HP Anda. Tulisan masih ada di bawah.")
    assert page.value("what") == STORY
    assert page.tree.select("input[value=now][checked]")
    assert page.tree.select("a[href='tel:112']")
    monkeypatch.undo()
    digits(client.submit("Kirim"))
    assert len(kept(app)) == 1


def test_the_office_s_number_stands_there_once_it_is_known(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/lapor")
    monkeypatch.setattr(storage.Spool, "put", full)
    for number, sentence in (
        ("(0254) 000 000", "Tekan Kirim lagi, atau telepon (0254) 000 000."),
        ("", "Tekan Kirim lagi. "),
    ):
        set_up(app, office_number=number)
        page = client.submit("Kirim", what=STORY)
        assert page.has(sentence)
        assert "telepon ." not in page.text


def test_when_sealing_fails_nothing_is_kept_in_the_clear(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> object:
        raise keys.KeysUnsound

    before, spooled = count(app), list(storage.spool().names())
    client.get("/lapor")
    monkeypatch.setattr("pepa.domain.boxes.fresh", broken)
    page = client.submit("Kirim", what=STORY)
    assert page.status == 503
    assert page.value("what") == STORY
    assert count(app) == before
    assert list(storage.spool().names()) == spooled


def _spoil_keys(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Organisation).values(key_mac=b"\0" * 32))


def test_without_a_sound_key_the_form_is_refused_before_typing(app: Flask, client: Client) -> None:
    code = _sent_before(client)
    _spoil_keys(app)
    page = client.get("/lapor?baru")
    assert page.status == 503
    assert page.headers["Retry-After"] == "900"
    assert page.h1 == "Kami sedang tidak bisa menerima tulisan."
    assert page.has("Jangan menulis dulu.", "Telepon 110, 112, 129, atau 0254-000-000.")
    assert page.forms == []
    assert page.tree.select("a[href='tel:110']")
    assert digits(client.get("/lapor")) == code, "what was sent before can still be had"
    set_up(app, office_number="")
    with clock.frozen(MORNING):
        page = client.get("/lapor?baru")
    assert page.has("Telepon 110, 112, atau 129. Coba lagi sekitar Rabu 25 Nov, 10.30 WIB.")


def _sent_before(client: Client) -> str:
    client.get("/lapor")
    return digits(client.submit("Kirim", what=STORY))


def test_a_key_that_fails_while_somebody_types(app: Flask, client: Client) -> None:
    client.get("/lapor")
    _spoil_keys(app)
    page = client.submit("Kirim", what=STORY)
    assert page.status == 503
    assert page.value("what") == STORY


def test_the_front_page_promises_nobody_while_nothing_is_taken(app: Flask, client: Client) -> None:
    _spoil_keys(app)
    page = client.get("/")
    assert "piket" not in page.text
    with app.app_context():
        assert not intake.state().open
