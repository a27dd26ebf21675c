"""What is long over goes, with whoever was expected; how often a room was used is kept, and nobody is in it."""

from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import Kept, db, transaction
from pepa.domain import apart, bookings, check_ins, endings, receptions, tallies
from pepa.errors import NotAllowed
from pepa.models.installation import Setting
from pepa.models.rooms import Booking, BookingCell
from pepa.models.stays import ApartGroup, PresenceCell, Stay
from pepa.models.tallies import Tally
from tests import cast
from tests.rooms.house import EARLY, MONDAY, at, days, opened
from tests.rooms.test_apart import expect, made
from tests.rooms.test_book import book
from tests.rooms.test_change import version_of
from tests.rooms.test_kept_apart import ask, decide

NOVEMBER = date(2026, 11, 1)


def used(login: str, room_id: UUID, time: str, on: date = MONDAY, **more: object) -> None:
    """A booking that somebody came to."""
    with clock.frozen(EARLY):
        booking_id = book(login, room_id, at(time, on), once=f"{login}{time}{on}", **more)
    with clock.frozen(at(time, on)):
        check_ins.check_in(cast.member(login), booking_id, version=version_of(booking_id))


def count(table: type) -> int:
    db.session.rollback()
    return db.session.scalars(sa.select(sa.func.count()).select_from(table)).one()


@pytest.mark.both
def test_after_ninety_days_a_number_is_left(context: Flask, database: str) -> None:
    made = opened()
    used("nadia", made["anggrek"], "08.00")
    used("nadia", made["anggrek"], "10.00")
    used("melati", made["melati"], "10.00", purpose="training")
    used("nadia", made["anggrek"], "08.00", MONDAY + days(1))
    with clock.frozen(EARLY):
        cancelled = book("nadia", made["melati"], at("13.00"))
        bookings.cancel(cast.member("nadia"), cancelled, version=1)
    with clock.frozen(EARLY + days(89)):
        endings.purge()
        assert tallies.purge() == 0
    with clock.frozen(EARLY + days(91)):
        assert tallies.purge() == 4
        assert tallies.purge() == 0
        assert count(Booking) == 1, "the last one is not as old yet"
    with clock.frozen(EARLY + days(92)):
        assert tallies.purge() == 1
        assert count(BookingCell) == 0
        found = tallies.month(cast.member("wulan"), NOVEMBER)
        assert [(one.room, one.purpose, one.bookings) for one in found.rows] == [
            ("Anggrek", "counselling", 2),
            ("Melati", "training", 1),
        ], "what was cancelled is not even a number"
        latest = tallies.month(cast.member("wulan"))
        assert (latest.on, latest.before, latest.after) == (date(2026, 12, 1), NOVEMBER, None)
        assert found.after == date(2026, 12, 1)


@pytest.mark.both
def test_what_goes_later_is_added(context: Flask, database: str) -> None:
    room_id = opened()["anggrek"]
    used("nadia", room_id, "08.00")
    used("nadia", room_id, "14.00")
    for time, n in (("10.00", 1), ("16.00", 2)):
        with clock.frozen(at(time) + days(90)):
            endings.purge()
            assert tallies.purge() == 1
            assert db.session.scalars(sa.select(Tally.bookings)).one() == n


@pytest.mark.parametrize(("value", "gone"), [("", 0), ("30", 1)])
def test_a_setting_says_after_how_long(context: Flask, value: str, gone: int) -> None:
    used("nadia", opened()["anggrek"], "08.00")
    with transaction() as session:
        session.merge(Setting(key="booking_days", value=value))
    Kept.forget()
    with clock.frozen(EARLY + days(31)):
        endings.purge()
        assert tallies.purge() == gone


@pytest.mark.both
def test_stays_and_groups_go_with_them(context: Flask, database: str) -> None:
    with clock.frozen(EARLY):
        group_id = made()
        decide(ask(group_id, "a", at("10.00")), is_granted=True)
        expect(group_id, "b", at("14.00"))
    with clock.frozen(EARLY + days(89)):
        endings.purge()
        receptions.watch()
        tallies.purge()
        assert (count(Booking), count(Stay), count(ApartGroup)) == (1, 2, 1)
    with clock.frozen(EARLY + days(91)):
        tallies.purge()
        assert [count(table) for table in (Booking, Stay, PresenceCell, ApartGroup)] == [0, 0, 0, 0]


@pytest.mark.both
def test_a_group_goes_though_each_of_its_stays_had_a_room(context: Flask, database: str) -> None:
    """And one of which nobody ever came; each once it is as old as the setting says."""
    with clock.frozen(EARLY):
        group_id = made()
        decide(ask(group_id, "a", at("10.00")), is_granted=True)
        apart.make(cast.member("ratna"), label="Dewi dan Anton", once="2")
    with clock.frozen(EARLY + days(85)):
        apart.make(cast.member("ratna"), label="Rini dan Tono", once="3")
    with clock.frozen(EARLY + days(91)):
        endings.purge()
        tallies.purge()
        assert [one.label for one in apart.groups(cast.member("ratna"))] == ["Rini dan Tono"]
        assert not count(Stay)


def test_a_group_of_which_somebody_comes_stays(context: Flask) -> None:
    with clock.frozen(EARLY):
        group_id = made()
        expect(group_id, "a", at("10.00"))
        expect(group_id, "a", at("10.00") + days(98))
    with clock.frozen(EARLY + days(91)):
        tallies.purge()
        assert (count(Stay), count(ApartGroup)) == (1, 1)


def test_whoever_keeps_rooms_sees_the_numbers(app: Flask) -> None:
    with app.app_context():
        used("nadia", opened()["anggrek"], "08.00")
        with pytest.raises(NotAllowed):
            tallies.month(cast.member("ratna"))
    with clock.frozen(EARLY + days(91)):
        client = cast.at_work(app, "wulan")
        client.open("/petugas/ruang/daftar")
        assert client.click("Pemakaian ruang").has("Belum ada. Pesanan yang sudah lama lewat dihitung di sini.")
        with app.app_context():
            endings.purge()
            tallies.purge()
        page = client.open("/petugas/ruang/pemakaian?bulan=2026-11")
        assert page.has("Nov 2026", "Anggrek", "Konseling")
        assert not page.has("Nadia")
        assert client.open("/petugas/ruang/pemakaian?bulan=x").has("Nov 2026")
