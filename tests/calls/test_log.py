"""Calls without a story: by the hour, a number sealed and for a day, and a second call of it on the desk."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import calls
from pepa.errors import NotAllowed
from pepa.models.calls import Call
from pepa.policy import Device
from tests import cast
from tests.people import member, office

NUMBER = "0812-0000-1234"


def all_calls() -> list[Call]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Call)))


@pytest.mark.both
def test_a_number_that_calls_again_is_flagged_however_it_is_written(context: Flask) -> None:
    ratna = member("ratna")
    calls.log(ratna, kind="silent", number=NUMBER, once="1")
    assert not calls.recent(ratna).repeats
    calls.log(ratna, kind="abandoned", number="+62 812 0000 1234", once="2")
    (repeat,) = calls.recent(member("bayu")).repeats
    assert (repeat.ends, repeat.times, repeat.kinds) == ("234", 2, ["Diam", "Putus sebelum bicara"])
    assert repeat.last_at == clock.hour(repeat.last_at)


def test_no_number_stands_in_the_clear_nor_a_mark_of_one(context: Flask) -> None:
    for once in "12":
        calls.log(member("ratna"), kind="silent", number=NUMBER, once=once)
    one, other = all_calls()
    assert one.body_sealed != other.body_sealed
    assert one.taken_at == clock.hour(one.taken_at)
    assert b"81200001234" not in one.body_sealed + other.body_sealed


def test_another_office_learns_nothing(context: Flask) -> None:
    for once in "12":
        calls.log(member("ratna"), kind="silent", number=NUMBER, once=once)
    assert calls.recent(member("intan")) == calls.Recent([], [])


def test_a_day_later_it_is_no_repeat_and_the_number_is_gone(context: Flask) -> None:
    ratna = member("ratna")
    with clock.frozen(clock.now() - timedelta(hours=26)):
        calls.log(ratna, kind="silent", number=NUMBER, once="1")
    calls.log(ratna, kind="silent", number=NUMBER, once="2")
    assert not calls.recent(ratna).repeats
    assert calls.purge() == 1
    assert sorted(bool(call.body_sealed) for call in all_calls()) == [False, True]


def test_a_locked_phone_logs_without_a_number(context: Flask) -> None:
    phone = Device(office(), office(), "HP piket")
    calls.log(phone, kind="joke", number=NUMBER, once="1")
    assert [(call.kind, call.body_sealed) for call in all_calls()] == [("joke", b"")]


def test_the_same_form_counts_once(context: Flask) -> None:
    ratna = member("ratna")
    assert calls.log(ratna, kind="wrong_number", once="1") == calls.log(ratna, kind="wrong_number", once="1")
    assert calls.recent(ratna).counts == [("Salah sambung", 1)]


@pytest.mark.parametrize("kind", ["", "ordinary", "x"])
def test_only_calls_without_a_story(context: Flask, kind: str) -> None:
    with pytest.raises(calls.UnknownKind):
        calls.log(member("ratna"), kind=kind, once="1")


def test_only_duty_logs_and_looks(context: Flask) -> None:
    for act in (lambda: calls.log(member("sekar"), kind="joke", once="1"), lambda: calls.recent(member("hadi"))):
        with pytest.raises(NotAllowed):
            act()


def test_two_clicks_and_the_script(app: Flask) -> None:
    client = cast.at_work(app, "ratna")
    client.open("/petugas/")
    client.click("Telepon")
    assert client.submit("Iseng").has("Tercatat. Tidak ada yang perlu ditulis.")
    page = client.submit("Diam", number=NUMBER)
    assert page.h1 == "Telepon diam"
    assert page.has("Diam tidak apa-apa. Ketuk 1 kali untuk ya, 2 kali untuk tidak.")
    assert page.has("Apakah Anda aman?", "Ada orang lain di situ?", "Perlu polisi?", "Cipocok Jaya · Curug")
    client.open("/petugas/telepon")
    client.submit("Diam", number=NUMBER)
    page = client.open("/petugas/")
    assert page.has("Nomor berakhir 234: 2 kali")
    assert not page.has(NUMBER)
