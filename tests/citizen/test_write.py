"""Writing more: it arrives once, is never shown again, and no time-out costs a text."""

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import boxes, intake, keys, reporters, tickets
from pepa.models.reports import Report, Stage
from tests.citizen.walks import MORNING, enter, later, only, send
from tests.client import Client

MORE = "Saya sekarang di rumah kakak."


@pytest.mark.both
def test_a_message_arrives_and_is_not_shown_again(app: Flask, client: Client, database: str) -> None:
    enter(client, send(client))
    page = client.submit("Kirim pesan", text=MORE)
    assert page.address == "/pantau"
    assert page.has("Pesan SUDAH sampai.")
    assert MORE not in page.text
    assert page.value("text") == ""
    assert only(app).written == (MORE,)
    assert "Pesan SUDAH sampai." not in client.get("/pantau").text, "it is said once"


def test_the_same_form_five_times_is_one_message(app: Flask, client: Client) -> None:
    page = enter(client, send(client))
    sent = {"once": page.value("once"), "text": MORE, "end": "1"}
    for _ in range(5):
        assert client.post("/pantau", sent).status == 303
        assert client.get("/pantau").has("Pesan SUDAH sampai.")
    assert only(app).written == (MORE,)


def test_two_messages_are_two(app: Flask, client: Client) -> None:
    enter(client, send(client))
    client.submit("Kirim pesan", text=MORE)
    client.submit("Kirim pesan", text=MORE)
    assert only(app).written == (MORE, MORE)


def test_an_empty_one_is_said_beside_the_field(app: Flask, client: Client) -> None:
    """By a GET of its own: no page that shows answers is ever the answer to a POST."""
    page = enter(client, send(client))
    answer = client.post("/pantau", {"once": page.value("once"), "text": " \n", "end": "1"})
    assert (answer.status, answer.body) == (303, b"")
    page = client.get("/pantau")
    assert page.has("Perbaiki: Tulis dulu pesannya. Satu kalimat sudah cukup.")
    assert only(app).written == ()


def test_after_a_code_of_one_s_own_report(app: Flask, client: Client) -> None:
    """Right after sending the ticket is enough."""
    send(client)
    client.open("/pantau")
    assert client.submit("Kirim pesan", text=MORE).has("Pesan SUDAH sampai.")
    assert only(app).written == (MORE,)


@pytest.mark.parametrize("minutes", [11, 180])
def test_timed_out_the_text_stays_until_the_code_is_typed(app: Flask, client: Client, minutes: int) -> None:
    with clock.frozen(MORNING):
        code = send(client)
        page = client.open("/pantau")
    with clock.frozen(later(minutes)):
        page = client.submit("Kirim pesan", text=MORE)
        assert page.status == 422
        assert page.has("Ketik kode sekali lagi. Tulisan tadi masih ada.")
        assert page.value("text") == MORE
        assert client.submit("Kirim pesan", code="12").value("text") == MORE, "nor does a slip cost it"
        page = client.submit("Kirim pesan", code=code)
        assert page.has("Pesan SUDAH sampai.")
    assert only(app).written == (MORE,)


def test_without_cookies_the_code_goes_with_the_text(app: Flask, client: Client, alone: Client) -> None:
    code = send(client)
    page = enter(alone, code)
    assert {field["name"] for field in page.forms[0].select("input, textarea")} == {"once", "code", "text", "end"}
    page = alone.submit("Kirim pesan", code=code, text=MORE)
    assert page.has("Pesan SUDAH sampai.")
    assert only(app).written == (MORE,)


def test_a_wrong_code_with_a_text_keeps_the_text(app: Flask, alone: Client) -> None:
    with app.app_context():
        nothing = tickets.code_of(tickets.new_token())
    page = alone.post("/pantau", {"code": nothing, "text": MORE, "once": "x", "end": "1"})
    assert page.status == 404
    assert page.value("text") == MORE
    assert page.value("once") == "x"


def silent(*_: object, **__: object) -> None:
    raise OperationalError("select", {}, Exception("database is locked"))


@pytest.mark.parametrize("name", ["write", "by_token"])
def test_a_fault_of_ours_keeps_the_text(app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    code = send(client)
    enter(client, code)
    with monkeypatch.context() as broken:
        broken.setattr(reporters, name, silent)
        page = client.submit("Kirim pesan", text=MORE)
    assert page.status == 503
    assert page.headers["Retry-After"]
    assert page.has("Belum terkirim. Gangguan di pihak kami, bukan di HP Anda. Tulisan masih ada di bawah.")
    assert page.value("text") == MORE
    assert client.submit("Kirim pesan").has("Pesan SUDAH sampai."), "without the code again: the way in is still open"
    assert only(app).written == (MORE,)


def test_no_sound_key_keeps_the_text(app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsound(*_: object, **__: object) -> None:
        raise keys.KeysUnsound

    enter(client, send(client))
    monkeypatch.setattr(boxes, "open_for", unsound)
    page = client.submit("Kirim pesan", text=MORE)
    assert page.status == 503
    assert page.value("text") == MORE


def test_one_that_is_too_long_arrives_in_part(app: Flask, client: Client) -> None:
    page = enter(client, send(client))
    text = "c" * (intake.LONGEST + 1)
    assert client.post("/pantau", {"once": page.value("once"), "text": text, "end": "1"}).status == 303
    page = client.get("/pantau")
    assert page.has('100.000 huruf pertama SUDAH sampai. Sisanya belum. Kirim sisanya lewat "Tulis lagi".')
    assert only(app).written == ("c" * intake.LONGEST,)


def test_cut_on_the_way_stores_nothing(app: Flask, client: Client) -> None:
    page = enter(client, send(client))
    answer = client.post("/pantau", {"once": page.value("once"), "text": MORE})
    assert answer.status == 400
    assert answer.has("Belum sampai semua.", "TIDAK ada yang disimpan.")
    assert only(app).written == ()


def test_writing_after_closing_opens_it_again(app: Flask, client: Client) -> None:
    send(client)
    report_id = only(app).id
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Report).where(Report.id == report_id).values(stage=Stage.OTHER.value))
    client.open("/pantau")
    client.submit("Kirim pesan", text=MORE)
    with app.app_context():
        assert db.session.get_one(Report, report_id).stage == Stage.RECEIVED
