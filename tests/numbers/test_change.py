"""A number has one place, with the day on which somebody tried it."""

from datetime import date, timedelta

import pytest
from flask import Flask

from pepa import clock
from pepa.db import Kept
from pepa.domain import numbers
from pepa.domain.blocks import NUMBERS
from pepa.domain.numbers import ChangedMeanwhile, NoDay, NoNumber
from pepa.errors import NotAllowed, NotFound
from tests import cast


def test_every_number_that_a_text_may_name_is_held(context: Flask) -> None:
    every = numbers.every(cast.member("nadia"))
    assert [held.name for held in every] == list(NUMBERS) == list(numbers.LABELS)
    assert {held.name: held.number for held in every} == numbers.held()
    assert numbers.held()["sapa129"] == "129"


@pytest.mark.parametrize("login", ["wulan", "hadi", "joko"])
def test_it_is_changed_with_its_day(context: Flask, login: str) -> None:
    typed, seen = " 0811  1111-222 ", "08111-129-129"
    numbers.change(cast.member(login), "sapa129_wa", number=typed, checked_on=clock.today(), seen=seen)
    Kept.forget()
    held = numbers.get_for(cast.member("nadia"), "sapa129_wa")
    assert (held.number, held.checked_on) == ("0811 1111-222", clock.today())
    assert numbers.held()["sapa129_wa"] == "0811 1111-222"


def test_an_office_may_have_none_and_the_nation_not(context: Flask) -> None:
    me = cast.member("wulan")
    numbers.change(me, "kantor", number="", checked_on=None, seen="0254-000-000")
    assert numbers.get_for(me, "kantor").number == ""
    with pytest.raises(NoNumber):
        numbers.change(me, "polisi", number="", checked_on=clock.today(), seen="110")


@pytest.mark.parametrize("number", ["129 gratis", "12", "<b>110</b>", "1" * 31, "१२९", "110\n112x"])
def test_what_is_no_number(context: Flask, number: str) -> None:
    with pytest.raises(NoNumber):
        numbers.change(cast.member("wulan"), "polisi", number=number, checked_on=clock.today(), seen="110")
    assert numbers.get_for(cast.member("wulan"), "polisi").number == "110"


@pytest.mark.parametrize("day", [None, date(2099, 1, 1)])
def test_not_without_a_day_that_has_been(context: Flask, day: date | None) -> None:
    with pytest.raises(NoDay):
        numbers.change(cast.member("wulan"), "polisi", number="110", checked_on=day, seen="110")


def test_saying_that_it_was_tried_again(context: Flask) -> None:
    yesterday = clock.today() - timedelta(days=1)
    numbers.change(cast.member("wulan"), "polisi", number="110", checked_on=yesterday, seen="110")
    assert numbers.get_for(cast.member("wulan"), "polisi").checked_on == yesterday


def test_of_two_who_change_it_the_second_is_told(context: Flask) -> None:
    numbers.change(cast.member("wulan"), "kantor", number="0254-111", checked_on=clock.today(), seen="0254-000-000")
    with pytest.raises(ChangedMeanwhile):
        numbers.change(cast.member("hadi"), "kantor", number="0254-222", checked_on=clock.today(), seen="0254-000-000")
    assert numbers.get_for(cast.member("hadi"), "kantor").number == "0254-111"


def test_who_does_not_keep_numbers_and_what_is_none(context: Flask) -> None:
    with pytest.raises(NotAllowed):
        numbers.change(cast.member("ratna"), "polisi", number="110", checked_on=clock.today(), seen="110")
    with pytest.raises(NotFound):
        numbers.change(cast.member("wulan"), "pepa", number="110", checked_on=clock.today(), seen="")
    with pytest.raises(NotFound):
        numbers.get_for(cast.member("wulan"), "pepa")


@pytest.mark.both
def test_the_titles_that_name_it(context: Flask) -> None:
    me = cast.member("wulan")
    assert numbers.naming(me, "sapa129") == list(range(1, 19))
    assert 1 in numbers.naming(me, "kantor"), "as a row of numbers, or on the card"
    assert numbers.naming(me, "tidak_ada") == []


def test_what_it_was_before_stands_on_its_page(app: Flask) -> None:
    """A line that was turned to another telephone shows, and who did it."""
    with app.app_context():
        me = cast.member("joko")
        seen = numbers.get_for(me, "sapa129").number
        numbers.change(me, "sapa129", number="0812 0000 0000", checked_on=clock.today(), seen=seen)
    page = cast.at_work(app, "joko").open("/petugas/pustaka/nomor/sapa129")
    assert page.has(f"Joko Contoh: dari “{seen}” menjadi “0812 0000 0000”")


def test_the_page_says_what_will_be_made_anew(app: Flask) -> None:
    client = cast.at_work(app, "wulan")
    client.open("/petugas/pustaka/sumber")
    page = client.open("/petugas/pustaka/nomor/sapa129")
    assert page.has("Nomor ini ada di 18 judul yang terbit.")
    assert client.submit("Simpan", number="abc").status == 422
    done = client.submit("Simpan", number="129", checked_on="1/12/2020")
    assert done.has("Nomor SUDAH diubah.", "129 dicek Selasa 1 Des 2020")
    assert client.get("/petugas/pustaka/nomor/tidak-ada").status == 404
    assert cast.at_work(app, "ratna").get("/petugas/pustaka/nomor/sapa129").status == 404
