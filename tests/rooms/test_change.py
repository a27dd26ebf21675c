"""What becomes of a booking: moved, cancelled, decided, used, let go."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import bookings, check_ins, child_rooms, endings, rooms, timetable
from pepa.errors import NotAllowed, NotFound
from pepa.models.installation import Setting
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.rooms import HOLDING, TRANSITIONS, Booking, BookingState
from tests import cast
from tests.rooms.house import EARLY, MONDAY, at, opened
from tests.rooms.test_book import book, held, state_of

S = BookingState
TEN = {"10.00", "10.15", "10.30", "10.45", "11.00"}


def test_what_holds_its_cells_may_end_and_what_is_over_stays_so() -> None:
    assert set(TRANSITIONS) == set(S)
    assert {state for state, ways in TRANSITIONS.items() if ways} == set(HOLDING)


def version_of(booking_id: object) -> int:
    db.session.rollback()
    return db.session.get_one(Booking, booking_id).version


def move(login: str, booking_id: object, room_id: object, to: str, minutes: int = 60) -> None:
    version = version_of(booking_id)
    bookings.move(
        cast.member(login),
        booking_id,  # type: ignore[arg-type]
        room_id=room_id,  # type: ignore[arg-type]
        starts_at=at(to),
        minutes=minutes,
        version=version,
    )


@pytest.mark.both
def test_a_move_lets_the_old_time_go(context: Flask, database: str) -> None:
    made = opened()
    with clock.frozen(EARLY):
        booking_id = book("nadia", made["anggrek"], at("10.00"))
        move("nadia", booking_id, made["melati"], "14.00")
        assert not held(made["anggrek"])
        assert min(held(made["melati"])) == "14.00"
        booking = db.session.get_one(Booking, booking_id)
        assert (booking.sequence, booking.version) == (1, 2)


def test_a_move_by_a_quarter_meets_itself_and_goes(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        booking_id = book("nadia", room_id, at("10.00"))
        move("nadia", booking_id, room_id, "10.15")
        assert held(room_id) == {"10.15", "10.30", "10.45", "11.00", "11.15"}


def test_a_move_onto_another_is_refused_and_changes_nothing(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        booking_id = book("nadia", room_id, at("10.00"))
        book("melati", room_id, at("13.00"))
        before = held(room_id)
        with pytest.raises(bookings.RoomTaken):
            move("nadia", booking_id, room_id, "12.30")
        assert held(room_id) == before
        assert db.session.get_one(Booking, booking_id).starts_at == at("10.00")


def test_a_stale_version_moves_nothing(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        booking_id = book("nadia", room_id, at("10.00"))
        move("nadia", booking_id, room_id, "12.00")
        with pytest.raises(bookings.NotSo):
            bookings.cancel(cast.member("nadia"), booking_id, version=1)


@pytest.mark.parametrize(("login", "refusal"), [("melati", NotFound), ("tegar", None), ("wulan", None)])
def test_who_may_cancel(context: Flask, login: str, refusal: type[Exception] | None) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        booking_id = book("nadia", room_id, at("10.00"))
        if refusal:
            with pytest.raises(refusal):
                bookings.cancel(cast.member(login), booking_id, version=1)
            assert held(room_id) == TEN
        else:
            bookings.cancel(cast.member(login), booking_id, version=1)
            assert not held(room_id)
            assert state_of(booking_id) == S.CANCELLED


def test_cancelled_while_it_runs_the_rest_is_free(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        booking_id = book("nadia", room_id, at("10.00"), 120)
    with clock.frozen(at("10.05")):
        check_ins.check_in(cast.member("nadia"), booking_id, version=1)
    with clock.frozen(at("10.31")):
        bookings.cancel(cast.member("nadia"), booking_id, version=2)
    assert held(room_id) == {"10.00", "10.15"}


def test_the_child_room_asks_first_and_holds_its_time(context: Flask) -> None:
    room_id = opened(kenanga={"is_child": True, "turnaround": 30})["kenanga"]
    with clock.frozen(EARLY):
        booking_id = book("melati", room_id, at("10.00"), purpose="children", companion="psychologist")
        assert state_of(booking_id) == S.REQUESTED
        with pytest.raises(bookings.RoomTaken):
            book("kartika", room_id, at("11.15"), purpose="counselling", companion="parent")
        with pytest.raises(NotAllowed):
            bookings.decide(cast.member("nadia"), booking_id, is_granted=True, version=1)
        bookings.decide(cast.member("wulan"), booking_id, is_granted=True, version=1)
        assert state_of(booking_id) == S.CONFIRMED
        with pytest.raises(bookings.NotSo):
            bookings.decide(cast.member("wulan"), booking_id, is_granted=False, version=2)


def test_a_refused_request_holds_nothing(context: Flask) -> None:
    room_id = opened(kenanga={"is_child": True})["kenanga"]
    with clock.frozen(EARLY):
        booking_id = book("melati", room_id, at("10.00"), purpose="children", companion="parent")
        bookings.decide(cast.member("ratna"), booking_id, is_granted=False, version=1)
        assert state_of(booking_id) == S.REJECTED
        assert not held(room_id)


def told(notice: str) -> list[str]:
    """Who is told, by login."""
    query = sa.select(Person.login).join(OutboxRow, OutboxRow.person_id == Person.id)
    return sorted(set(db.session.scalars(query.where(OutboxRow.notice == notice))))


def test_who_decides_is_told_that_somebody_asks_and_who_asks_what_became_of_it(context: Flask) -> None:
    room_id = opened(kenanga={"is_child": True})["kenanga"]
    with clock.frozen(EARLY):
        refused = book("melati", room_id, at("10.00"), purpose="children", companion="parent")
        assert {"ratna", "wulan"} <= set(told("room_asked"))
        assert not {"melati", "nadia", "hadi", "intan"} & set(told("room_asked"))
        bookings.decide(cast.member("ratna"), refused, is_granted=False, version=1)
        assert told("displaced") == ["melati"]
        book("kartika", room_id, at("14.00"), purpose="counselling", companion="parent", once="b")
    with clock.frozen(at("12.30")):
        endings.purge()
        assert told("displaced") == ["kartika", "melati"]


def test_a_request_waits_over_a_weekend(context: Flask) -> None:
    room_id = opened(kenanga={"is_child": True})["kenanga"]
    friday, wednesday = at("15.00") - timedelta(days=3), at("10.00") + timedelta(days=2)
    with clock.frozen(friday):
        asked = book("melati", room_id, wednesday, purpose="children", companion="parent")
        assert db.session.get_one(Booking, asked).held_until == at("15.00")


def test_moved_out_of_the_child_room_nobody_is_asked_any_more(context: Flask) -> None:
    made = opened(kenanga={"is_child": True}, anggrek={"seats": 4})
    with clock.frozen(EARLY):
        melati = cast.member("melati")
        asked = book("melati", made["kenanga"], at("10.00"), purpose="counselling", companion="parent")
        bookings.move(melati, asked, room_id=made["anggrek"], starts_at=at("11.00"), minutes=60, version=1)
        row = db.session.get_one(Booking, asked)
        assert (row.state, row.held_until) == (S.CONFIRMED, None)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"purpose": "training", "companion": "parent"}, child_rooms.ChildRoom),
        ({"purpose": "children"}, child_rooms.CompanionMissing),
    ],
)
def test_the_child_room_is_for_children(context: Flask, values: dict[str, str], refusal: type[Exception]) -> None:
    room_id = opened(kenanga={"is_child": True})["kenanga"]
    with clock.frozen(EARLY), pytest.raises(refusal):
        book("melati", room_id, at("10.00"), **values)


@pytest.mark.both
def test_a_request_that_nobody_decides_is_over_at_once_for_whoever_comes(context: Flask, database: str) -> None:
    """Two hours before its start; no job has to run for it."""
    room_id = opened(kenanga={"is_child": True})["kenanga"]
    with clock.frozen(EARLY):
        first = book("melati", room_id, at("14.00"), purpose="children", companion="parent")
    with clock.frozen(at("11.59")), pytest.raises(bookings.RoomTaken):
        book("kartika", room_id, at("14.00"), purpose="counselling", companion="parent", once="a")
    with clock.frozen(at("12.00")):
        book("kartika", room_id, at("14.00"), purpose="counselling", companion="parent", once="b")
    assert state_of(first) == S.EXPIRED


def test_a_move_into_the_child_room_holds_both_places(context: Flask) -> None:
    made = opened(anggrek={}, kenanga={"is_child": True})
    with clock.frozen(EARLY):
        booking_id = book("melati", made["anggrek"], at("10.00"), purpose="children", companion="parent")
        db.session.execute(sa.update(Booking).values(companion="parent"))
        db.session.commit()
        move("melati", booking_id, made["kenanga"], "13.00")
        assert held(made["anggrek"]) == TEN
        assert held(made["kenanga"])
        bookings.decide(cast.member("wulan"), booking_id, is_granted=True, version=2)
        assert not held(made["anggrek"])
        assert db.session.get_one(Booking, booking_id).starts_at == at("13.00")


def test_who_comes_before_a_move_is_decided_lets_the_other_place_go(context: Flask) -> None:
    made = opened(anggrek={}, kenanga={"is_child": True})
    with clock.frozen(EARLY):
        booking_id = book("melati", made["anggrek"], at("10.00"), purpose="children")
        db.session.execute(sa.update(Booking).values(companion="parent"))
        db.session.commit()
        move("melati", booking_id, made["kenanga"], "14.00")
        assert held(made["kenanga"])
    with clock.frozen(at("09.50")):
        db.session.execute(sa.update(Booking).values(held_until=at("11.00")))
        db.session.commit()
        check_ins.check_in(cast.member("melati"), booking_id, version=version_of(booking_id))
        assert not held(made["kenanga"])
    assert held(made["anggrek"]) == TEN


def test_a_refused_move_leaves_it_where_it_was(context: Flask) -> None:
    made = opened(anggrek={}, kenanga={"is_child": True})
    with clock.frozen(EARLY):
        booking_id = book("melati", made["anggrek"], at("10.00"), purpose="children")
        db.session.execute(sa.update(Booking).values(companion="parent"))
        db.session.commit()
        move("melati", booking_id, made["kenanga"], "13.00")
        bookings.decide(cast.member("wulan"), booking_id, is_granted=False, version=2)
    assert held(made["anggrek"]) == TEN
    assert not held(made["kenanga"])
    assert state_of(booking_id) == S.CONFIRMED


@pytest.mark.both
def test_where_nobody_comes_the_rest_is_free(context: Flask, database: str) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        booking_id = book("nadia", room_id, at("10.00"), 120)
    with clock.frozen(at("10.19")), pytest.raises(bookings.RoomTaken):
        book("melati", room_id, at("10.30"), once="a")
    with clock.frozen(at("10.20")):
        book("melati", room_id, at("10.30"), once="b")
    assert state_of(booking_id) == S.RELEASED


def test_a_setting_keeps_it_to_its_end(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with transaction() as session:
        session.merge(Setting(key="release_minutes", value=""))
    with clock.frozen(EARLY):
        book("nadia", room_id, at("10.00"), 120)
    with clock.frozen(at("11.30")), pytest.raises(bookings.RoomTaken):
        book("melati", room_id, at("11.45"))


def test_who_is_there_keeps_the_room(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        booking_id = book("nadia", room_id, at("10.00"), 120)
        with pytest.raises(bookings.NotSo):
            check_ins.check_in(cast.member("nadia"), booking_id, version=1)
    with clock.frozen(at("09.45")):
        check_ins.check_in(cast.member("nadia"), booking_id, version=1)
    with clock.frozen(at("11.00")):
        with pytest.raises(bookings.RoomTaken):
            book("melati", room_id, at("11.15"))
        check_ins.end(cast.member("nadia"), booking_id, version=2)
        assert state_of(booking_id) == S.ENDED
        with pytest.raises(bookings.RoomTaken):
            book("melati", room_id, at("11.00"), once="b")
        book("melati", room_id, at("11.15"), once="c")
    assert "11.00" in held(room_id), "the turnaround is kept"


def test_a_day_later_it_is_over_and_its_cells_are_gone(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        booking_id = book("nadia", room_id, at("10.00"))
    with clock.frozen(at("10.05")):
        check_ins.check_in(cast.member("nadia"), booking_id, version=1)
    with clock.frozen(EARLY + timedelta(days=1)):
        assert endings.purge() == 1
        assert endings.purge() == 0
    assert state_of(booking_id) == S.ENDED
    assert not held(room_id)


def free_at(login: str, room_id: UUID) -> set[str]:
    """Where the day's page offers a beginning in a room."""
    columns = timetable.day(cast.member(login), MONDAY).columns
    stretches = next(column.stretches for column in columns if column.room.id == room_id)
    return {f"{one:%H.%M}" for stretch in stretches for one in stretch.beginnings}


def test_the_page_shows_the_place_into_which_somebody_asks_to_move(context: Flask) -> None:
    """Or it would offer what is refused."""
    made = opened(anggrek={}, kenanga={"is_child": True})
    with clock.frozen(EARLY):
        booking_id = book("melati", made["anggrek"], at("10.00"), purpose="children", companion="parent")
        db.session.execute(sa.update(Booking).values(companion="parent"))
        db.session.commit()
        move("melati", booking_id, made["kenanga"], "13.00")
        assert not {"12.30", "13.00", "13.30"} & free_at("nadia", made["kenanga"])
    with clock.frozen(at("08.00")):
        assert "13.00" in free_at("nadia", made["kenanga"]), "nobody decided it two hours before it began"


def test_the_page_keeps_the_turnaround_that_a_booking_was_made_with(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        book("nadia", room_id, at("10.00"))
        wulan = cast.member("wulan")
        rooms.change(wulan, room_id, name="Anggrek", seats=4, features=[], turnaround=0, version=1)
        assert "11.00" not in free_at("melati", room_id)
        assert "11.30" in free_at("melati", room_id)


def test_where_nobody_came_the_page_offers_the_time(context: Flask) -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        book("nadia", room_id, at("10.00"), 120)
    with clock.frozen(at("10.20")):
        assert "10.30" in free_at("melati", room_id)
