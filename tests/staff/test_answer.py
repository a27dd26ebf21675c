"""Answering: she reads it with her code, once however often it is sent."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import follow_up, lists
from pepa.models.boxes import Epoch
from pepa.models.lists import ReadyAnswer
from pepa.models.messages import Message
from tests import cast
from tests.client import Client, Page
from tests.staff.test_inbox import PART

ANSWER = "Kami baca.\nSatu hal: apakah Anda aman?"


def opened(app: Flask, login: str = "ratna") -> tuple[Client, Page, cast.Reporter]:
    """A browser on the page of a new report, the page, and its reporter."""
    with app.app_context():
        sent = cast.tell()
    client = cast.at_work(app, login)
    return client, client.open(f"/petugas/laporan/{sent.report_id}"), sent


def messages(report_id: object) -> int:
    return db.session.scalars(sa.select(sa.func.count()).where(Message.report_id == report_id)).one()


def test_answer_reaches_her(app: Flask) -> None:
    client, page, sent = opened(app)
    page = client.submit("Kirim jawaban", text=ANSWER)
    assert page.has("Jawaban SUDAH dikirim.", "Kami baca. Satu hal: apakah Anda aman?", "Dijawab")
    assert page.value("text") == ""
    with app.app_context():
        assert [message.text for message in follow_up.following(sent).messages] == [ANSWER]
        sealed = db.session.scalars(sa.select(Message.body_sealed).where(Message.report_id == sent.report_id)).one()
        assert b"aman" not in sealed


@pytest.mark.both
def test_sent_five_times_it_is_one_message(database: str, app: Flask) -> None:
    client, page, sent = opened(app)
    fields = {name: page.value(name) for name in ("once", "csrf_token")}
    for _ in range(5):
        assert client.post(page.address, {**fields, "text": ANSWER, "end": "1"}).status == 303
    with app.app_context():
        assert messages(sent.report_id) == 1


def test_an_empty_or_endless_answer_is_said_beside_its_field(app: Flask) -> None:
    client, page, sent = opened(app)
    for text, says in (("  ", "Tulis dulu jawabannya."), ("x" * 20_001, "Terlalu panjang.")):
        page = client.submit("Kirim jawaban", text=text)
        assert page.status == 422
        assert page.has("Belum dikirim. Ketikan Anda masih ada.", f"Perbaiki: {says}")
        error = page.tree.find(id="text-e")
        field = page.tree.find("textarea", attrs={"name": "text"})
        assert error is not None
        assert field is not None
        assert field["aria-describedby"] == "text-e"
        assert page.value("text") == text
        assert "Content-Encoding" not in page.headers
    with app.app_context():
        assert messages(sent.report_id) == 0


def test_a_million_letters_are_read_to_their_end_and_refused(app: Flask) -> None:
    client, page, _ = opened(app)
    fields = {name: page.value(name) for name in ("once", "csrf_token")}
    page = client.post(page.address, {**fields, "text": "é" * 1_000_000, "end": "1"})
    assert page.status == 422
    assert page.has("Terlalu panjang.")


def test_to_htmx_only_the_form_comes_back(app: Flask) -> None:
    client, page, sent = opened(app)
    form = page.tree.select_one("#answering form")
    assert form is not None
    fields = {name: page.value(name) for name in ("once", "csrf_token")}
    headers = {**PART, "HX-Target": str(form["hx-target"]).replace("#", "section#")}
    wrong = client.post(str(form["hx-post"]), {**fields, "text": " ", "end": "1"}, headers=headers)
    assert wrong.status == 422
    assert b"<h1" not in wrong.body
    assert wrong.has("Tulis dulu jawabannya.")
    right = client.post(str(form["hx-post"]), {**fields, "text": ANSWER, "end": "1"}, headers=headers)
    assert right.status == 200
    assert right.headers["HX-Redirect"] == f"/petugas/laporan/{sent.report_id}"
    refused = client.post(str(form["hx-post"]), {"text": ANSWER, "end": "1"}, headers=headers)
    assert refused.status == 403
    assert refused.headers["HX-Retarget"] == "#notices"
    assert b"<html" not in refused.body


def test_a_form_that_was_cut_stores_nothing(app: Flask) -> None:
    client, page, sent = opened(app)
    fields = {name: page.value(name) for name in ("once", "csrf_token")}
    page = client.post(page.address, {**fields, "text": "Setengah"})
    assert page.status == 422
    assert page.h1.startswith("Belum sampai semua. TIDAK ada yang disimpan.")
    with app.app_context():
        assert messages(sent.report_id) == 0


def test_ready_answers_start_an_answer(app: Flask) -> None:
    client, page, _ = opened(app)
    with app.app_context():
        ready = lists.ready_answers()[0]
    page = client.click(f"Pakai {ready.text[:20]}")
    assert page.value("text") == ready.text.replace("{sapaan}", "Anda")
    assert client.open(f"{page.address.partition('?')[0]}?jawaban=tidak-ada").value("text") == ""


def test_a_ready_answer_is_words_not_a_program(app: Flask) -> None:
    text = "{sapaan} {sapaan.__class__} {{7*7}} %(x)s %s ${7*7} {% raw %}"
    with app.app_context(), transaction() as session:
        session.add(ReadyAnswer(code="odd&x=1#y", position=99, text=text))
    client, page, _ = opened(app)
    page = client.click("Pakai Anda {sapaan.__class__}")
    assert page.value("text") == text.replace("{sapaan}", "Anda")


def test_where_keys_are_unsound_nothing_is_sealed(app: Flask) -> None:
    client, page, sent = opened(app)
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Epoch).where(Epoch.box_id == sent.box_id).values(mac=b"\0" * 32))
    page = client.submit("Kirim jawaban", text=ANSWER)
    assert page.status == 503
    with app.app_context():
        assert messages(sent.report_id) == 0
