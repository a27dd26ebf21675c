"""Ternyata ini tentang orang kantor atau lembaga mitra, at the door."""

from flask import Flask

from pepa.domain import inbox
from tests.citizen.walks import enter, send
from tests.client import Client, Page
from tests.people import member

LINK = "Ternyata ini tentang orang kantor atau lembaga mitra"
DONE = "Mulai sekarang mereka tidak bisa membukanya. Yang sudah dibaca tidak bisa dibuat tidak terbaca."


def asked(app: Flask, code: str) -> tuple[Client, Page]:
    mine = Client(app)
    enter(mine, code)
    return mine, mine.submit(LINK)


def held_by(app: Flask, login: str) -> int:
    with app.app_context():
        return len(inbox.list_for(member(login)).items)


def test_the_whole_way(app: Flask, client: Client) -> None:
    before = held_by(app, "intan")
    mine, page = asked(app, send(client))
    assert (page.h1, page.address) == (LINK, "/pantau")
    assert page.has(DONE, "Ini menentukan siapa yang membaca.")
    page = mine.submit("Kirim", about="office")
    assert page.has("Baca jawaban", DONE, "Belum dibaca.")
    assert page.address == "/pantau"
    assert held_by(app, "intan") == before + 1
    assert not mine.open("/pantau").has(DONE), "said once"


def test_nothing_picked_is_said_beside_it(app: Flask, client: Client) -> None:
    mine, _ = asked(app, send(client))
    page = mine.submit("Kirim")
    assert page.status == 422
    assert page.has("Pilih dulu salah satu.")
    assert mine.submit("Kirim", about_partner="LBH Teratai Contoh").has(DONE)


def test_a_lost_reply(app: Flask, client: Client) -> None:
    before = held_by(app, "intan")
    mine, _ = asked(app, send(client))
    for _ in range(5):
        assert mine.open(mine.post("/pantau", {"do": "O", "about": "office", "end": "1"}).location or "").has(DONE)
    assert held_by(app, "intan") == before + 1


def test_without_a_way_in_it_asks_for_the_code(app: Flask, client: Client) -> None:
    send(client)
    assert Client(app).post("/pantau", {"do": "O", "about": "office", "end": "1"}).location == "/pantau"


def test_without_cookies(app: Flask, client: Client) -> None:
    code, before = send(client), held_by(app, "intan")
    answer = Client(app).post("/pantau", {"do": "O", "about": "office", "code": code, "end": "1"})
    assert answer.status == 303
    assert held_by(app, "intan") == before + 1
