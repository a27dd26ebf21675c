"""Nobody is told to come to a shut house, and who was told before stands on the page of what shuts it."""

from datetime import datetime
from uuid import UUID

import pytest
from flask import Flask

from pepa import clock
from pepa.db import Kept, transaction
from pepa.domain import bookings, diaries, guests, opening
from pepa.errors import NotAllowed
from pepa.models.places import Holiday
from tests import cast
from tests.rooms.house import EARLY, MONDAY, at, days
from tests.rooms.test_apart import expect, made
from tests.rooms.test_change import version_of
from tests.rooms.test_kept_apart import ask, decide, room

TUESDAY = MONDAY + days(1)


def shut(starts_at: datetime, ends_at: datetime, room_id: UUID | None = None) -> UUID:
    wulan = cast.member("wulan")
    return opening.close(wulan, room_id=room_id, starts_at=starts_at, ends_at=ends_at, says="Rapat", once="c")


@pytest.mark.both
def test_nobody_is_expected_while_the_house_is_shut(context: Flask, database: str) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        shut(at("11.00"), at("13.00"))
        with pytest.raises(bookings.HouseShut):
            expect(group_id, "a", at("10.30"))
        expect(group_id, "a", at("10.00"))
        with pytest.raises(bookings.RoomTaken) as refused:
            expect(group_id, "b", at("09.00"))
        named = str(refused.value.values["times"]).split(", ")
        assert not {time for time in named if "10.15" <= time < "13.00"}, "what is named instead can be"
        with pytest.raises(bookings.TooFar):
            expect(group_id, "a", at("10.00", MONDAY.replace(year=2062)))


def test_a_closure_of_one_room_keeps_nobody_from_coming(context: Flask) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        shut(at("08.00"), at("16.00"), room())
        assert expect(group_id, "a", at("10.00"))


def test_who_is_expected_while_it_is_shut_is_listed(app: Flask) -> None:
    with app.app_context():
        group_id, wulan = made(), cast.member("wulan")
        with clock.frozen(EARLY):
            hers = expect(group_id, "a", at("15.00", TUESDAY), 30)
            expect(group_id, "a", at("10.00"))
            closure_id = shut(at("14.00", TUESDAY), at("16.00", TUESDAY))
            assert [one.stay.id for one in guests.within(wulan, at("14.00", TUESDAY), at("16.00", TUESDAY))] == [hers]
            with pytest.raises(NotAllowed):
                guests.within(cast.member("nadia"), at("08.00"), at("16.00"))
            hours = {"valid_from": TUESDAY, "valid_until": TUESDAY, "days": ["08.00-14.00"] * 7}
            set_id = opening.add_set(wulan, name="Ramadan", once="r", **hours)
            assert [one.stay.id for one in guests.outside(wulan, set_id)] == [hers]
            with transaction() as session:
                session.add(Holiday(on=TUESDAY, name="Cuti", kind="leave", source="x", approved_at=clock.now()))
            assert [one.stay.id for one in guests.on_days(wulan, [TUESDAY])] == [hers]
            Kept.forget()
    with clock.frozen(EARLY):
        client = cast.at_work(app, "wulan")
        for path in (f"tutup/{closure_id}", f"jam/{set_id}", "libur?tahun=2026"):
            page = client.open(f"/petugas/ruang/jam-buka/{path}")
            assert page.has("Yang ditunggu pada waktu itu", "Sari dan Budi")


@pytest.mark.both
def test_what_asks_to_move_into_what_is_shut_is_listed(context: Flask, database: str) -> None:
    group_id, ratna, wulan = made(), cast.member("ratna"), cast.member("wulan")
    with clock.frozen(EARLY):
        booking_id = ask(group_id, "a", at("10.00"))
        decide(booking_id, is_granted=True)
        there = {"room_id": room("Melati"), "starts_at": at("15.00", TUESDAY), "minutes": 60}
        bookings.move(ratna, booking_id, version=version_of(booking_id), **there)
        hours = {"valid_from": TUESDAY, "valid_until": TUESDAY, "days": ["08.00-14.00"] * 7}
        set_id = opening.add_set(wulan, name="Ramadan", once="r", **hours)
        listed = (
            diaries.within(wulan, at("14.00", TUESDAY), at("16.00", TUESDAY)),
            diaries.within(wulan, at("14.00", TUESDAY), at("16.00", TUESDAY), room("Melati")),
            diaries.of_room(wulan, room("Melati")),
            diaries.on_days(wulan, [TUESDAY]),
            diaries.outside(wulan, set_id),
        )
        assert [[one.booking.id for one in some] for some in listed] == [[booking_id]] * 5
        assert not diaries.within(wulan, at("14.00", TUESDAY), at("16.00", TUESDAY), room())
