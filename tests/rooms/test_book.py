"""A room is had by whoever comes first; whatever stands in the way, the answer is the same."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from threading import Barrier
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pepa import clock
from pepa.db import Kept, db, transaction
from pepa.domain import bookings, timetable
from pepa.errors import NotAllowed
from pepa.models.organisations import Organisation
from pepa.models.places import Holiday
from pepa.models.rooms import Booking, BookingCell, BookingState, Closure, OpeningHour, OpeningSet, Room
from pepa.policy import System
from tests import cast
from tests.rooms.house import EARLY, MONDAY, at, days, opened

S = BookingState


def book(login: str, room_id: UUID, starts_at: datetime, minutes: int = 60, **more: object) -> UUID:
    values = {"purpose": "counselling", "once": f"{login}{starts_at}{minutes}", **more}
    return bookings.book(cast.member(login), room_id, starts_at=starts_at, minutes=minutes, **values)  # type: ignore[arg-type]


def state_of(booking_id: UUID) -> str:
    db.session.rollback()
    return db.session.get_one(Booking, booking_id).state


def held(room_id: UUID) -> set[str]:
    """The quarters that a room holds, as they are said in Serang."""
    db.session.rollback()
    rows = db.session.scalars(sa.select(BookingCell.cell).where(BookingCell.room_id == room_id))
    return {f"{datetime.fromtimestamp(cell * 900, tz=clock.JAKARTA):%H.%M}" for cell in rows}


@pytest.mark.both
def test_a_booking_is_confirmed_at_once(context: Flask, database: str) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        booking = db.session.get_one(Booking, book("nadia", room_id, at("10.00")))
    assert booking.state == S.CONFIRMED
    assert booking.ends_at == at("11.00")
    assert held(room_id) == {"10.00", "10.15", "10.30", "10.45", "11.00"}, "and a quarter of an hour behind it"


@pytest.mark.both
@pytest.mark.parametrize(
    ("from_", "minutes"),
    [("10.00", 60), ("10.15", 30), ("09.00", 180), ("09.30", 45), ("10.45", 60), ("11.00", 30)],
    ids=["equal", "inside", "around", "left", "right", "in the turnaround"],
)
def test_what_overlaps_is_refused(context: Flask, database: str, from_: str, minutes: int) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        book("nadia", room_id, at("10.00"))
        with pytest.raises(bookings.RoomTaken) as refused:
            book("melati", room_id, at(from_), minutes)
        offered = refused.value.values["times"].split(", ")
        assert len(offered) == 3
        for time in offered:
            book("melati", room_id, at(time), minutes)
            break  # the first of them: what is offered can be had


def test_where_one_ends_the_next_begins(context: Flask) -> None:
    room_id = opened(aula={"turnaround": 0})["aula"]
    with clock.frozen(EARLY):
        book("nadia", room_id, at("12.00"))
        book("melati", room_id, at("13.00"))
        book("puspa", room_id, at("11.00"))


def test_a_stay_before_another_leaves_its_own_turnaround(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        book("nadia", room_id, at("12.00"))
        with pytest.raises(bookings.RoomTaken):
            book("melati", room_id, at("11.00"))
        book("melati", room_id, at("10.45"))


def test_sent_twice_it_is_booked_once(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        first = book("nadia", room_id, at("10.00"), once="x")
        assert book("nadia", room_id, at("10.00"), once="x") == first
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Booking)) == 1


@pytest.mark.parametrize(
    ("from_", "minutes", "refusal"),
    [
        ("10.05", 60, bookings.OffTheGrid),
        ("10.00", 50, bookings.OffTheGrid),
        ("10.00", 15, bookings.WrongLength),
        ("07.45", 60, bookings.HouseShut),
        ("15.30", 60, bookings.HouseShut),
        ("06.45", 60, bookings.InThePast),
    ],
)
def test_a_time_that_cannot_be(context: Flask, from_: str, minutes: int, refusal: type[Exception]) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY), pytest.raises(refusal):
        book("nadia", room_id, at(from_), minutes)
    assert not held(room_id)


def test_a_stay_of_more_than_eight_hours_is_refused(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY), pytest.raises(bookings.WrongLength):
        book("nadia", room_id, at("08.00"), 8 * 60 + 15)


def test_the_quarter_that_runs_may_be_booked(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(at("10.10")):
        book("nadia", room_id, at("10.00"), 30)


@pytest.mark.parametrize("day", [days(-2), days(5)], ids=["Saturday before", "Saturday after"])
def test_a_weekend_is_shut(context: Flask, day: timedelta) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY - days(7)), pytest.raises(bookings.HouseShut):
        book("nadia", room_id, at("10.00", MONDAY + day))


def test_a_holiday_shuts_the_house_once_somebody_approved_it(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with transaction() as session:
        session.merge(Holiday(on=MONDAY, name="Contoh", kind="national", source="-"))
    Kept.forget()
    with clock.frozen(EARLY):
        book("nadia", room_id, at("08.00"), 30)
    with transaction() as session:
        session.get_one(Holiday, MONDAY).approved_at = clock.now()
    Kept.forget()
    with clock.frozen(EARLY), pytest.raises(bookings.HouseShut):
        book("nadia", room_id, at("10.00"))


def test_a_closure_shuts_a_room_or_the_house(context: Flask) -> None:
    made = opened()
    me = cast.member("wulan").person_id
    with transaction() as session:
        session.add_all(
            [
                Closure(room_id=made["anggrek"], starts_at=at("10.00"), ends_at=at("12.00"), says="Cat", made_by_id=me),
                Closure(starts_at=at("15.00"), ends_at=at("16.00"), says="Rapat pegawai", made_by_id=me),
            ]
        )
    with clock.frozen(EARLY):
        for room, from_ in (("anggrek", "11.30"), ("anggrek", "09.30"), ("melati", "15.00")):
            with pytest.raises(bookings.HouseShut):
                book("nadia", made[room], at(from_))
        book("nadia", made["melati"], at("10.00"))
        book("nadia", made["anggrek"], at("12.00"))
        book("nadia", made["melati"], at("14.00"))


def test_a_dated_set_goes_before_the_one_without_an_end(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with transaction() as session:
        fasting = OpeningSet(name="Ramadan", valid_from=MONDAY, valid_until=MONDAY)
        session.add(fasting)
        session.flush()
        session.add(OpeningHour(set_id=fasting.id, weekday=0, opens=480, closes=900))
    Kept.forget()
    with clock.frozen(EARLY):
        with pytest.raises(bookings.HouseShut):
            book("nadia", room_id, at("15.00"))
        book("nadia", room_id, at("15.00", MONDAY + days(1)))


def test_a_closed_room_is_booked_by_nobody(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with transaction() as session:
        session.get_one(Room, room_id).closed_at = clock.now()
    with clock.frozen(EARLY), pytest.raises(bookings.RoomClosed):
        book("nadia", room_id, at("10.00"))


def test_a_job_books_nothing(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY), pytest.raises(NotAllowed):
        bookings.book(System(), room_id, starts_at=at("10.00"), minutes=60, purpose="other", once="x")  # type: ignore[arg-type]


@pytest.mark.both
def test_of_thirty_two_who_ask_at_once_one_has_it(context: Flask, database: str) -> None:
    """The others are told other times, and nothing hangs."""
    room_id = opened()["anggrek"]
    actors = [cast.member(login) for login in ("nadia", "melati", "puspa", "laras", "ratna", "wulan", "intan", "asep")]
    gate = Barrier(32)

    def ask(n: int) -> str:
        with context.app_context():
            gate.wait()
            try:
                bookings.book(
                    actors[n % 8], room_id, starts_at=at("10.00"), minutes=60, purpose="counselling", once=f"{n}"
                )
            except bookings.RoomTaken as refused:
                return str(refused.values["times"])
            finally:
                db.session.remove()
            return "had"

    with clock.frozen(EARLY), ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(ask, range(32)))
    assert answers.count("had") == 1
    assert set(answers) - {"had"} == {"08.30, 08.45, 11.15"}
    assert len(held(room_id)) == 5


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.lists(
        st.tuples(st.integers(0, 34), st.sampled_from([30, 45, 60, 90, 120]), st.booleans()), min_size=1, max_size=14
    )
)
def test_whatever_is_offered_can_be_had(context: Flask, database: str, asked: list[tuple[int, int, bool]]) -> None:
    """And no two stays that were granted, with their turnaround, ever overlap."""
    room_id = opened()["anggrek"]
    me = cast.member("nadia")
    with clock.frozen(EARLY):
        for n, (quarter, minutes, follow) in enumerate(asked):
            starts_at = at("08.00") + timedelta(minutes=15 * quarter)
            try:
                bookings.book(me, room_id, starts_at=starts_at, minutes=minutes, purpose="other", once=f"{n}")
            except bookings.RoomTaken as refused:
                first = refused.values["times"].split(", ")[0]
                if follow:
                    bookings.book(me, room_id, starts_at=at(first), minutes=minutes, purpose="other", once=f"{n}b")
            except (bookings.HouseShut, bookings.NothingFree):
                pass
        db.session.rollback()
        stays = sorted((one.starts_at, one.ends_at) for one in db.session.scalars(sa.select(Booking)))
        for (_, ends_at), (starts_at, _) in pairwise(stays):
            assert ends_at + timedelta(minutes=15) <= starts_at
        for column in timetable.day(me, MONDAY).columns:
            for row in (row for stretch in column.stretches for row in stretch.beginnings):
                if column.room.id == room_id:
                    assert all(row + timedelta(minutes=45) <= a or row >= b + timedelta(minutes=15) for a, b in stays)


def test_others_see_that_it_is_taken_and_no_more(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        book("nadia", room_id, at("10.00"))
        seen = {
            login: timetable.day(cast.member(login), MONDAY).columns[0].entries[0]
            for login in ("nadia", "tegar", "melati", "wulan")
        }
    assert seen["nadia"].is_mine
    assert (seen["nadia"].label, seen["tegar"].label, seen["wulan"].label) == ("Konseling",) * 3
    assert seen["wulan"].organisation == db.session.scalar(
        sa.select(Organisation.name).where(Organisation.kind == "legal_aid")
    )
    stranger = seen["melati"]
    assert (stranger.label, stranger.organisation, stranger.booking_id) == ("Terisi", None, None)


def test_a_year_that_was_typed_wrong_is_no_booking(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        with pytest.raises(bookings.TooFar):
            book("nadia", room_id, at("10.00", MONDAY.replace(year=2062)))
        book("nadia", room_id, at("10.00", MONDAY + days(364)))
