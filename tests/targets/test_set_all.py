"""Targets by kelurahan and quarter: set, changed, taken away; not once the quarter was closed."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from pepa import clock
from pepa.domain import coverage, periods, targets
from pepa.errors import NotAllowed
from tests import cast
from tests.people import member

A, B = "36.73.01.1001", "36.73.02.1001"
NOW, PERIOD = datetime(2026, 12, 1, 3, tzinfo=UTC), "2026-Q4"


@pytest.mark.both
def test_they_are_set_changed_and_taken_away(context: Flask) -> None:
    hadi = member("hadi")
    with clock.frozen(NOW):
        assert targets.set_all(hadi, PERIOD, rts={A: "3", B: " 12 "}) == 2
        assert targets.set_all(hadi, PERIOD, rts={A: "3", B: "12"}) == 0, "twice changes nothing"
        assert targets.set_all(hadi, PERIOD, rts={A: "0", B: ""}) == 2
        assert targets.of(PERIOD) == {A: 0}
        assert targets.of("2026-Q3") == {}
        (row,) = [tally for ward, tally in coverage.of(hadi, coverage.Asked(PERIOD)).rows if ward.code == A]
    assert row.target == 0


@pytest.mark.parametrize("typed", ["x", "-1", "1,5", "10000", "٣", "1e3", "9" * 30])
def test_what_is_no_number_is_refused_with_its_place(context: Flask, typed: str) -> None:
    with clock.frozen(NOW), pytest.raises(targets.TargetWrong) as refused:
        targets.set_all(member("hadi"), PERIOD, rts={A: "3", B: typed})
    assert refused.value.field == B
    assert targets.of(PERIOD) == {}


def test_a_closed_quarter_keeps_its_own(context: Flask) -> None:
    with clock.frozen(NOW):
        periods.close(member("hadi"), "2026-Q3")
        with pytest.raises(targets.QuarterClosed):
            targets.set_all(member("hadi"), "2026-Q3", rts={A: "3"})


@pytest.mark.parametrize("login", ["dian", "ratna", "nadia", "asep"])
def test_others_set_none(context: Flask, login: str) -> None:
    with pytest.raises(NotAllowed):
        targets.set_all(member(login), PERIOD, rts={A: "3"})


def test_the_door_keeps_what_was_typed(app: Flask) -> None:
    client = cast.at_work(app, "hadi")
    client.open("/petugas/sasaran?periode=2026-Q4")
    page = client.submit("Simpan sasaran", **{A: "7", B: "tujuh"})
    assert page.status == 422
    assert page.has("Tulis angka bulat")
    assert (page.value(A), page.value(B)) == ("7", "tujuh")
    assert client.submit("Simpan sasaran", **{B: "8"}).has("Sasaran SUDAH disimpan.")
    assert client.open("/petugas/cakupan?periode=2026-Q4").has("Serang")
    with app.app_context():
        assert targets.of("2026-Q4") == {A: 7, B: 8}
