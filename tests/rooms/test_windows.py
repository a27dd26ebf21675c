"""Each side has a door and a time of its own to come in: said on the pages, in the answer, and moved with the stay."""

from datetime import timedelta

import pytest
from flask import Flask

from pepa import clock
from pepa.domain import guests, receptions, stays
from pepa.errors import NotAllowed, NotFound
from tests import cast
from tests.rooms.house import EARLY, MONDAY, at
from tests.rooms.test_apart import FRONT, expect, made, stay
from tests.rooms.test_change import move
from tests.rooms.test_kept_apart import ask, room, stay_of


@pytest.mark.parametrize("window", stays.WINDOWS)
def test_it_begins_with_the_stay(context: Flask, window: int) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        hers = stay(expect(group_id, "a", at("10.00"), window=window))  # type: ignore[arg-type]
    assert hers.expected_until == at("10.00") + timedelta(minutes=window)


@pytest.mark.parametrize("window", [0, 10, 45, -15])
def test_another_length_is_refused(context: Flask, window: int) -> None:
    group_id = made()
    with clock.frozen(EARLY), pytest.raises(stays.WindowOdd):
        expect(group_id, "a", at("10.00"), window=window)  # type: ignore[arg-type]


def test_who_comes_unannounced_has_none(context: Flask) -> None:
    group_id = made()
    with clock.frozen(at("10.00")):
        hers = receptions.walk_in(cast.member("ratna"), group_id, side="a", entrance=FRONT, minutes=60, once="w")
    assert stay(hers).expected_until is None


def test_it_moves_with_the_stay(context: Flask) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        booking_id = ask(group_id, "a", at("10.00"), window=30)
        move("ratna", booking_id, room(), "13.00")
    assert stay_of(booking_id).expected_until == at("13.30")


def test_who_has_not_come_in_time_is_late(context: Flask) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        hers = expect(group_id, "a", at("10.00"))
    for time, is_late in (("10.14", False), ("10.15", True)):
        with clock.frozen(at(time)):
            assert guests.of_day(cast.member("ratna"), MONDAY)[0].is_late is is_late
    with clock.frozen(at("10.20")):
        receptions.arrive(cast.member("ratna"), hers)
        assert not guests.of_day(cast.member("ratna"), MONDAY)[0].is_late


def test_one_stay_is_the_office_s_to_see(context: Flask) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        hers = expect(group_id, "a", at("10.00"))
        assert guests.one(cast.member("wulan"), hers).label == "Sari dan Budi"
        with pytest.raises(NotAllowed):
            guests.one(cast.member("nadia"), hers)
        with pytest.raises(NotFound):
            guests.one(cast.member("wulan"), group_id)


def test_the_times_stand_on_every_page(app: Flask) -> None:
    with app.app_context():
        group_id = made()
        with clock.frozen(EARLY):
            booking_id = ask(group_id, "b", at("13.00"), window=30)
    with clock.frozen(EARLY):
        client, said = cast.at_work(app, "ratna"), "Datang 13.00–13.30"
        assert client.open("/petugas/ruang/kunjungan?hari=2026-11-30").has("Pintu samping", said)
        page = client.click("Sari dan Budi")
        assert page.has(said, "Pihak lain", "Senin 30 Nov, datang antara pukul 13.00 dan 13.30, lewat Pintu samping.")
        assert client.open(f"/petugas/pesanan/{booking_id}").has(said)
