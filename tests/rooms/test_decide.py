"""What is granted is asked again at that moment: who came meanwhile, by which door, and whether it is open."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import bookings, opening, receptions, rooms, stays
from pepa.models.outbox import OutboxRow
from pepa.models.rooms import Booking, BookingState
from tests import cast
from tests.rooms.house import EARLY, at, days, opened
from tests.rooms.test_apart import FRONT, expect, held, made
from tests.rooms.test_book import book, state_of
from tests.rooms.test_change import version_of
from tests.rooms.test_kept_apart import ask, building, decide, room, stay_of

S = BookingState
TUESDAY = at("10.00") + days(1)


def put_off(group_id: UUID) -> UUID:
    """He asked for a room at ten; she came at nine without an appointment."""
    with clock.frozen(at("08.50")):
        booking_id = ask(group_id, "b", at("10.00"))
    with clock.frozen(at("09.00")):
        receptions.walk_in(cast.member("ratna"), group_id, side="a", entrance=FRONT, minutes=60, once="w")
    return booking_id


def moved(booking_id: UUID, to: datetime = TUESDAY, name: str = "Anggrek") -> None:
    """A move that is asked for."""
    version = version_of(booking_id)
    bookings.move(cast.member("ratna"), booking_id, room_id=room(name), starts_at=to, minutes=60, version=version)


@pytest.mark.both
def test_what_was_put_off_for_her_is_not_granted_where_it_is(context: Flask, database: str) -> None:
    booking_id = put_off(made())
    with clock.frozen(at("09.01")):
        with pytest.raises(bookings.PutOff):
            decide(booking_id, is_granted=True)
        assert state_of(booking_id) == S.REQUESTED
        assert stay_of(booking_id).must_move
        assert not held("b")


def test_what_was_put_off_is_moved_and_then_granted(context: Flask) -> None:
    booking_id = put_off(made())
    with clock.frozen(at("09.01")):
        moved(booking_id, at("14.00"))
        decide(booking_id, is_granted=True)
        assert state_of(booking_id) == S.CONFIRMED
        assert building("b") == ("13.15", "15.30")


def test_what_was_put_off_can_be_refused(context: Flask) -> None:
    booking_id = put_off(made())
    with clock.frozen(at("09.01")):
        decide(booking_id, is_granted=False)
        assert state_of(booking_id) == S.REJECTED


def test_the_page_of_what_was_put_off_offers_no_consent(app: Flask) -> None:
    with app.app_context():
        booking_id = put_off(made())
    with clock.frozen(at("09.01")):
        page = cast.at_work(app, "wulan").open(f"/petugas/pesanan/{booking_id}")
        assert page.has("Jadwalkan ulang", "Pindah waktu atau ruang", "Tidak bisa")
        assert not page.has("Setuju")


def granted(group_id: UUID, side: str = "a", name: str = "Anggrek") -> UUID:
    booking_id = ask(group_id, side, at("10.00"), room_id=room(name))
    decide(booking_id, is_granted=True)
    return booking_id


@pytest.mark.both
def test_the_door_of_a_move_that_waits_is_kept_as_well(context: Flask, database: str) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        booking_id = granted(group_id)
        moved(booking_id)
        with pytest.raises(stays.DoorTaken):
            expect(group_id, "b", at("14.00") + days(1), entrance=FRONT)
        expect(group_id, "b", at("14.00") + days(1))
        decide(booking_id, is_granted=True)
        assert stay_of(booking_id).starts_at == TUESDAY


def test_who_came_by_the_door_meanwhile_keeps_a_move_from_being_granted(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        booking_id = granted(group_id)
        moved(booking_id)
        with monkeypatch.context() as blind:
            blind.setattr(stays.presence, "is_door_taken", lambda *_: False)
            expect(group_id, "b", at("14.00") + days(1), entrance=FRONT)
        with pytest.raises(bookings.NothingFree):
            decide(booking_id, is_granted=True)
        assert stay_of(booking_id).starts_at == at("10.00")


def test_into_what_is_shut_by_now_nothing_moves(context: Flask) -> None:
    group_id, wulan = made(), cast.member("wulan")
    with clock.frozen(EARLY):
        booking_id = granted(group_id)
        moved(booking_id)
        shut = {"starts_at": at("08.00") + days(1), "ends_at": at("16.00") + days(1)}
        closure_id = opening.close(wulan, room_id=None, says="Rapat", once="c", **shut)
        with pytest.raises(bookings.HouseShut):
            decide(booking_id, is_granted=True)
        opening.reopen(wulan, closure_id)
        decide(booking_id, is_granted=True)
        assert db.session.get_one(Booking, booking_id).starts_at == TUESDAY


def test_into_a_room_that_is_closed_by_now_nothing_moves(context: Flask) -> None:
    group_id, wulan = made(), cast.member("wulan")
    with clock.frozen(EARLY):
        booking_id = granted(group_id)
        moved(booking_id, name="Melati")
        rooms.close(wulan, room("Melati"))
        with pytest.raises(bookings.RoomClosed):
            decide(booking_id, is_granted=True)
        decide(booking_id, is_granted=False)


@pytest.mark.both
def test_a_move_that_nobody_decided_lets_room_and_building_go(context: Flask, database: str) -> None:
    """Though the booking itself is over by the time at which somebody looks."""
    group_id = made()
    with clock.frozen(EARLY):
        booking_id = granted(group_id)
        moved(booking_id)
    with clock.frozen(at("11.15")):
        expect(group_id, "b", at("10.00") + days(1))
        book("nadia", room(), TUESDAY)
        row = db.session.get_one(Booking, booking_id)
        assert (row.next_room_id, row.next_starts_at, row.held_until) == (None, None, None)
        told = db.session.query(OutboxRow).filter_by(notice="displaced", person_id=cast.member("ratna").person_id)
        assert told.count()


@pytest.mark.parametrize("turnaround", [0, 60])
@pytest.mark.parametrize("is_granted", [True, False])
def test_what_is_kept_free_behind_it_stays_as_it_was_held(context: Flask, turnaround: int, is_granted: bool) -> None:
    """Though the room keeps another time free by now: what a booking says is what its cells hold."""
    group_id, wulan = made(), cast.member("wulan")
    with clock.frozen(EARLY):
        booking_id = granted(group_id)
        moved(booking_id)
        rooms.change(wulan, room(), name="Anggrek", seats=4, features=[], turnaround=turnaround, version=1)
        decide(booking_id, is_granted=is_granted)
        kept = min(turnaround, 15) if is_granted else 15
        row = db.session.get_one(Booking, booking_id)
        assert row.turnaround == kept
        neighbour = row.ends_at + timedelta(minutes=kept)
        if kept:
            with pytest.raises(bookings.RoomTaken):
                book("nadia", room(), row.ends_at, 30)
        book("nadia", room(), neighbour, 30)


def test_a_house_without_groups_grants_as_ever(context: Flask) -> None:
    made_ = opened(anggrek={}, kenanga={"is_child": True})
    with clock.frozen(EARLY):
        booking_id = book("melati", made_["kenanga"], at("10.00"), purpose="children", companion="parent")
        decide(booking_id, is_granted=True)
        assert state_of(booking_id) == S.CONFIRMED
