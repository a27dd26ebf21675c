"""One's own bookings: those to come, the nearest first; those that are over, the last one first, page by page."""

from flask import Flask

from pepa import clock
from pepa.domain import diaries, endings
from tests import cast
from tests.rooms.house import EARLY, at, days, opened
from tests.rooms.test_book import book

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
