"""One's own bookings: those to come, the nearest first; those that are over, the last one first, page by page."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import bookings, diaries, displacements, endings, timetable
from pepa.models.rooms import Booking
from tests import cast
from tests.rooms.house import EARLY, MONDAY, at, days, opened
from tests.rooms.test_apart import made
from tests.rooms.test_book import book
from tests.rooms.test_kept_apart import ask, decide, room

HOURS = ("08.00", "10.00", "12.00", "14.00")


def booked() -> None:
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        for time in HOURS:
            book("nadia", room_id, at(time))


def test_what_is_past_is_read_from_the_last_one_on(context: Flask) -> None:
    booked()
    with clock.frozen(EARLY + days(1)):
        endings.purge()
        nadia, found = cast.member("nadia"), []
        page = diaries.mine(nadia, is_past=True, size=3)
        found += list(page)
        assert page.earlier is None
        assert page.later
        last = diaries.mine(nadia, at=page.later, is_past=True, size=3)
        found += list(last)
        assert last.later is None
        assert [f"{one.starts_at.astimezone(clock.JAKARTA):%H.%M}" for one in found] == list(reversed(HOURS))
        back = diaries.mine(nadia, at=last.earlier, is_past=True, size=3)
        assert [one.id for one in back] == [one.id for one in found[:3]]


def test_what_is_to_come_is_read_from_the_nearest_on(context: Flask) -> None:
    booked()
    with clock.frozen(EARLY):
        found = diaries.mine(cast.member("nadia"))
    assert [f"{one.starts_at.astimezone(clock.JAKARTA):%H.%M}" for one in found] == list(HOURS)


def test_the_page_of_what_is_past(app: Flask) -> None:
    with app.app_context():
        booked()
    with clock.frozen(EARLY + days(1)):
        text = cast.at_work(app, "nadia").open("/petugas/pesanan?lalu=1").text
    assert text.index("14.00–15.00") < text.index("08.00–09.00")


@pytest.mark.parametrize("how", ["displaced", "refused", "expired"])
def test_what_was_taken_from_somebody_stands_on_top_until_its_time_is_over(app: Flask, how: str) -> None:
    """The notice that they were sent leads here."""
    with app.app_context():
        rooms = opened(anggrek={"seats": 4}, kenanga={"is_child": True})
        with clock.frozen(EARLY):
            asks = {} if how == "displaced" else {"purpose": "children", "companion": "parent"}
            booking_id = book("melati", rooms["kenanga" if asks else "anggrek"], at("14.00"), **asks)
            cancelled = book("melati", rooms["anggrek"], at("11.00"))
            bookings.cancel(cast.member("melati"), cancelled, version=1)
            if how == "displaced":
                displacements.displace(cast.member("ratna"), booking_id, reason="danger", version=1, once="d")
            if how == "refused":
                decide(booking_id, is_granted=False)
    with clock.frozen(at("12.30")):
        with app.app_context():
            endings.purge()
            assert [one.id for one in diaries.lost(cast.member("melati"))] == [booking_id], "not what they cancelled"
            assert not diaries.lost(cast.member("ilham"))
        page = cast.at_work(app, "melati").open("/petugas/pesanan")
        assert page.has("Ruang yang tidak jadi dipakai", "14.00–15.00")
        assert not page.has("11.00–12.00")
    with clock.frozen(at("15.00")), app.app_context():
        assert not diaries.lost(cast.member("melati"))


def test_who_works_in_two_organisations_sees_those_of_one(context: Flask) -> None:
    booked()
    with clock.frozen(EARLY):
        elsewhere = replace(cast.member("nadia"), organisation_id=cast.member("melati").organisation_id)
        assert len(diaries.today(cast.member("nadia"))) == 4
        assert not list(diaries.mine(elsewhere))
        assert not diaries.today(elsewhere)
        with transaction() as session:
            session.execute(sa.update(Booking).values(state="rejected"))
        assert len(diaries.lost(cast.member("nadia"))) == 4
        assert not diaries.lost(elsewhere)


def test_that_somebody_is_kept_apart_is_not_to_be_read_from_an_ordinary_room(app: Flask) -> None:
    """Only for those, and the children's room, anybody is asked: a colleague reads what they read of any booking."""
    with app.app_context():
        group_id = made()
        with clock.frozen(EARLY):
            asked = ask(group_id, "a", at("10.00"))
            moved = ask(group_id, "a", at("13.00"), room_id=room("Melati"))
            decide(moved, is_granted=True)
            there = {"room_id": room("Melati"), "starts_at": at("14.30"), "minutes": 60}
            bookings.move(cast.member("ratna"), moved, version=2, **there)
            for login, marks in (("ratna", 2), ("bayu", 2), ("dian", 0), ("nadia", 0)):
                day = timetable.day(cast.member(login), MONDAY)
                assert sum(one.is_asked for column in day.columns for one in column.entries) == marks, login
            db.session.rollback()
    with clock.frozen(EARLY):
        colleague = cast.at_work(app, "dian")
        page = colleague.open(f"/petugas/ruang?hari={MONDAY}")
        assert page.has("Konseling", "10.00–11.00", "14.30–15.30")
        for path in (f"ruang?hari={MONDAY}", f"pesanan/{asked}", f"pesanan/{moved}"):
            page = colleague.open(f"/petugas/{path}")
            assert not page.has("Menunggu keputusan")
            assert not page.has("Ditahan sampai")
            assert not page.has("Minta pindah ke")
        assert cast.at_work(app, "bayu").open(f"/petugas/pesanan/{asked}").has("Menunggu keputusan")
        assert not cast.at_work(app, "bayu").open(f"/petugas/ruang/cetak?hari={MONDAY}").has("menunggu keputusan")
