"""The child room: who may ask for it, with whom, and what an emergency leaves in it."""

import pytest
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import bookings, child_rooms, displacements
from pepa.models.rooms import Booking, BookingState
from tests import cast
from tests.rooms.house import EARLY, at, opened
from tests.rooms.test_book import book, state_of
from tests.rooms.test_change import version_of
from tests.rooms.test_kept_apart import decide


def test_the_police_come_with_the_psychologist_alone(context: Flask) -> None:
    room_id = opened(kenanga={"is_child": True})["kenanga"]
    with clock.frozen(EARLY):
        with pytest.raises(child_rooms.PsychologistMissing):
            book("puspa", room_id, at("10.00"), companion="parent")
        asked = book("puspa", room_id, at("10.00"), companion="psychologist")
        assert state_of(asked) == BookingState.REQUESTED


@pytest.mark.parametrize("login", ["nadia", "endah", "farida"])
def test_it_is_for_the_office_and_who_looks_after_children(context: Flask, login: str) -> None:
    room_id = opened(kenanga={"is_child": True})["kenanga"]
    with clock.frozen(EARLY), pytest.raises(child_rooms.NotForThem):
        book(login, room_id, at("10.00"), companion="parent")


@pytest.mark.parametrize("login", ["ratna", "intan", "melati", "laras", "kartika"])
def test_who_looks_after_children_asks_for_it(context: Flask, login: str) -> None:
    room_id = opened(kenanga={"is_child": True})["kenanga"]
    with clock.frozen(EARLY):
        assert book(login, room_id, at("10.00"), companion="parent")


def test_an_emergency_in_it_is_a_child_s_too(context: Flask) -> None:
    """Else the office could not move what it took."""
    room_id = opened(kenanga={"is_child": True})["kenanga"]
    with clock.frozen(EARLY):
        theirs = book("melati", room_id, at("10.00"), companion="parent")
        decide(theirs, is_granted=True)
        ratna = cast.member("ratna")
        ours = displacements.displace(ratna, theirs, reason="child", version=version_of(theirs), once="d")
        assert db.session.get_one(Booking, ours).purpose == "children"
        version = version_of(ours)
        bookings.move(ratna, ours, room_id=room_id, starts_at=at("10.15"), minutes=60, version=version)
