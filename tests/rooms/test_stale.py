"""Whoever comes second reads what stands now, and sends again what they typed: no page is a dead end."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask

from pepa import clock
from pepa.domain import bookings, rooms
from tests import cast
from tests.rooms.house import EARLY, at, opened
from tests.rooms.test_book import book
from tests.rooms.test_change import move


@pytest.fixture
def made(app: Flask) -> Iterator[dict[str, UUID]]:
    with app.app_context():
        found = opened()
    with clock.frozen(EARLY):
        yield found


def test_a_room_that_somebody_else_changed_is_changed_the_second_time(app: Flask, made: dict[str, UUID]) -> None:
    client = cast.at_work(app, "wulan")
    client.open(f"/petugas/ruang/{made['anggrek']}/ubah")
    with app.app_context():
        wulan = cast.member("wulan")
        rooms.change(wulan, made["anggrek"], name="Kamboja", seats=5, features=[], turnaround=15, version=1)
    page = client.submit("Simpan", rules="Aturan baru")
    assert page.status == 409
    assert page.has("Orang lain mengubah ruang ini lebih dulu.", "Yang tersimpan sekarang", "Kamboja")
    assert page.value("rules") == "Aturan baru"
    assert client.submit("Simpan ketikan saya").has("Ruang SUDAH diubah.", "Aturan baru")


def test_a_booking_that_somebody_else_moved_is_moved_the_second_time(app: Flask, made: dict[str, UUID]) -> None:
    with app.app_context():
        booking_id = book("nadia", made["anggrek"], at("10.00"))
    client = cast.at_work(app, "nadia")
    client.open(f"/petugas/pesanan/{booking_id}/pindah")
    with app.app_context():
        move("nadia", booking_id, made["melati"], "12.00")
    page = client.submit("Pindahkan", starts_at="30/11/2026 14.00")
    assert page.status == 409
    assert page.has("Pesanan ini sudah berubah. Lihat lagi.", "Sekarang: Melati", "12.00–13.00")
    assert client.submit("Pindahkan").has("SUDAH dipindah.", "14.00")


def test_an_emergency_takes_a_room_the_second_time(app: Flask, made: dict[str, UUID]) -> None:
    with app.app_context():
        booking_id = book("nadia", made["anggrek"], at("10.00"))
    client = cast.at_work(app, "ratna")
    client.open(f"/petugas/pesanan/{booking_id}/darurat")
    with app.app_context():
        move("nadia", booking_id, made["melati"], "12.00")
    page = client.submit("Ya, ambil", reason="danger")
    assert page.status == 409
    assert page.has("Pesanan ini sudah berubah. Lihat lagi.", "Melati", "12.00–13.00")
    assert client.submit("Ya, ambil").has("Ruang SUDAH diambil.")


def test_what_is_over_says_so_and_stays(app: Flask, made: dict[str, UUID]) -> None:
    with app.app_context():
        booking_id = book("nadia", made["anggrek"], at("10.00"))
    client = cast.at_work(app, "nadia")
    client.open(f"/petugas/pesanan/{booking_id}/pindah")
    with app.app_context():
        bookings.cancel(cast.member("nadia"), booking_id, version=1)
    client.submit("Pindahkan", starts_at="30/11/2026 14.00")
    page = client.submit("Pindahkan")
    assert page.status == 422
    assert page.has("Pesanan ini sudah berubah. Lihat lagi.")
