"""Faults that others had (the cases that are kept beside the design), each tried on ours."""

import os
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import Kept, db, transaction
from pepa.domain import bookings, cells, child_rooms, diaries, opening, timetable
from pepa.models.places import Holiday
from pepa.models.rooms import Booking, BookingCell, OpeningHour, Room
from tests import cast
from tests.client import Client
from tests.rooms.house import EARLY, MONDAY, at, days, opened
from tests.rooms.test_book import book, held


def count(table: type[Booking] | type[BookingCell]) -> int:
    db.session.rollback()
    return db.session.scalars(sa.select(sa.func.count()).select_from(table)).one()


@pytest.mark.both
def test_between_the_look_and_the_insert_the_key_decides(
    context: Flask, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2: somebody else's cells appear after everything was checked."""
    room_id = opened()["anggrek"]
    claim, nadia = cells.claim, cast.member("nadia")

    def late(session: Session, room: Room, booking_id: UUID, *stay: object) -> bool:
        other = Booking(
            room_id=room.id,
            organisation_id=nadia.organisation_id,
            person_id=nadia.person_id,
            purpose="other",
            starts_at=at("10.30"),
            ends_at=at("11.00"),
            state="confirmed",
            made_at=clock.now(),
        )
        session.add(other)
        session.flush()
        session.add(BookingCell(room_id=room.id, cell=cells.of(at("10.30")), booking_id=other.id))
        session.flush()
        return claim(session, room, booking_id, *stay)  # type: ignore[arg-type]

    monkeypatch.setattr(cells, "claim", late)
    with clock.frozen(EARLY), pytest.raises(bookings.RoomTaken):
        book("ilham", room_id, at("10.00"))
    assert count(Booking) == 0
    assert not held(room_id)


@pytest.mark.parametrize(("from_", "minutes"), [("22.00", 120), ("22.00", 240), ("15.00", 90), ("23.30", 30)])
def test_across_midnight_or_beyond_closing_is_a_clear_refusal(context: Flask, from_: str, minutes: int) -> None:
    """13, 14"""
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY), pytest.raises(bookings.HouseShut):
        book("nadia", room_id, at(from_), minutes)
    assert count(Booking) == 0


def test_a_house_that_is_open_until_midnight_shows_it_on_its_day(context: Flask) -> None:
    """13, 18: each hour of the day lands on its own day, the evening ones as well, which are tomorrow in no zone of
    ours."""
    room_id = opened(anggrek={"turnaround": 0})["anggrek"]
    with transaction() as session:
        session.execute(sa.update(OpeningHour).values(opens=0, closes=1440))
    Kept.forget()
    with clock.frozen(at("00.00")):
        me = cast.member("nadia")
        for hour in range(24):
            book("nadia", room_id, at(f"{hour:02}.00"), once=f"{hour}")
        entries = timetable.day(me, MONDAY).columns[0].entries
        assert [f"{one.starts_at.astimezone(clock.JAKARTA):%H}" for one in entries] == [f"{n:02}" for n in range(24)]
        for away in (-1, 1):
            assert not timetable.day(me, MONDAY + days(away)).columns[0].entries
        assert len(diaries.today(me)) == 24


@pytest.fixture(params=["Europe/Berlin", "America/New_York", "Asia/Jayapura"])
def elsewhere(request: pytest.FixtureRequest) -> Iterator[None]:
    """A machine whose own zone is another."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


@pytest.mark.usefixtures("elsewhere")
def test_the_machine_s_zone_moves_nothing(context: Flask) -> None:
    """16, 17: a Tuesday at six in the morning is Monday in UTC, and stays a Tuesday."""
    room_id = opened()["anggrek"]
    tuesday = MONDAY + timedelta(days=1)
    with transaction() as session:
        session.execute(sa.update(OpeningHour).values(opens=300))
    Kept.forget()
    with clock.frozen(EARLY):
        booking_id = book("nadia", room_id, at("06.00", tuesday))
        booking = db.session.get_one(Booking, booking_id)
        assert booking.starts_at.isoformat() == "2026-11-30T23:00:00+00:00"
        assert len(timetable.day(cast.member("nadia"), tuesday).columns[0].entries) == 1
        (loads,) = [loads for room, loads in timetable.week(cast.member("nadia"), tuesday) if room.id == room_id]
        assert [len(load.entries) for load in loads] == [0, 1, 0, 0, 0, 0, 0]


def test_a_closed_weekday_stays_that_weekday(context: Flask) -> None:
    """34: open on Thursdays alone, for eight weeks."""
    opened()
    with transaction() as session:
        session.execute(sa.delete(OpeningHour).where(OpeningHour.weekday != 3))
    Kept.forget()
    house = opening.between(MONDAY, MONDAY + timedelta(weeks=8))
    assert {day.weekday() for day, span in house.hours.items() if span} == {3}
    assert sum(span is not None for span in house.hours.values()) == 8


@pytest.mark.parametrize(
    "values",
    [
        {"purpose": "rahasia"},
        {"purpose": None},
        {"purpose": "training", "companion": "parent"},
        {"purpose": "children"},
    ],
)
def test_what_is_refused_leaves_nothing(context: Flask, values: dict[str, str]) -> None:
    """44: neither a row, nor a cell, nor a mail."""
    room_id = opened(kenanga={"is_child": True})["kenanga"]
    with (
        clock.frozen(EARLY),
        pytest.raises((bookings.PurposeMissing, child_rooms.ChildRoom, child_rooms.CompanionMissing)),
    ):
        book("ilham", room_id, at("10.00"), **values)
    assert count(Booking) == 0
    assert count(BookingCell) == 0


def test_a_clash_says_nothing_of_who_is_there(app: Flask) -> None:
    """57: neither the refusal nor the page's source."""
    with app.app_context():
        room_id = opened()["anggrek"]
        with clock.frozen(EARLY):
            book("nadia", room_id, at("10.00"), purpose="counselling")
    with clock.frozen(EARLY):
        client = cast.at_work(app, "ilham")
        client.open(f"/petugas/ruang/{room_id}/pesan?mulai=2026-11-30T10:00")
        page = client.submit("Pesan", purpose="other")
        assert page.status == 422
        for word in (b"Nadia", b"LBH"):
            assert word not in page.body


def test_the_link_of_a_mail_changes_nothing_for_whoever_holds_it(app: Flask) -> None:
    """61: it leads to the log-in; what changes something is a form behind it."""
    with app.app_context():
        room_id = opened()["anggrek"]
        with clock.frozen(EARLY):
            booking_id = book("nadia", room_id, at("10.00"))
    for end in ("", "/pindah", "/batal", "/darurat"):
        page = Client(app).get(f"/petugas/pesanan/{booking_id}{end}")
        assert page.status == 303
        assert page.location
        assert page.location.startswith("/petugas/masuk")
    client = cast.at_work(app, "nadia")
    for end in ("/datang", "/selesai", "/putuskan"):
        assert client.get(f"/petugas/pesanan/{booking_id}{end}").status in (404, 405)
    with app.app_context():
        assert db.session.get_one(Booking, booking_id).version == 1


@pytest.mark.parametrize(("year", "national", "shared"), [(2026, 17, 8)])
def test_the_holidays_of_a_year_are_those_of_the_decree(context: Flask, year: int, national: int, shared: int) -> None:
    """62"""
    rows = db.session.scalars(sa.select(Holiday).where(Holiday.on.between(date(year, 1, 1), date(year, 12, 31)))).all()
    assert sum(row.kind != "cuti_bersama" for row in rows) == national
    assert sum(row.kind == "cuti_bersama" for row in rows) == shared


def test_a_form_that_is_replayed_ten_times_mails_once(context: Flask) -> None:
    """76"""
    room_id = opened()["anggrek"]
    with clock.frozen(EARLY):
        ids = {book("nadia", room_id, at("10.00"), once="x") for _ in range(10)}
    assert len(ids) == 1
    queued = sa.text("select count(*) from outbox where booking_id is not null and sent_at is null")
    assert db.session.scalars(queued).one() == 1


def test_a_printed_day_is_a_plain_table(app: Flask) -> None:
    """64: thirty bookings, none over another."""
    with app.app_context():
        rooms = opened(**{f"ruang{n}": {"turnaround": 0} for n in range(5)})
        with clock.frozen(EARLY):
            for n, room_id in enumerate(rooms.values()):
                for hour in range(9, 15):
                    book("nadia", room_id, at(f"{hour:02}.00"), once=f"{n} {hour}")
    with clock.frozen(EARLY):
        page = cast.at_work(app, "nadia").open(f"/petugas/ruang/cetak?hari={MONDAY}")
    assert [len(table.select("tbody tr")) for table in page.tree.select("table")] == [6] * 5
    assert not page.tree.select("[rowspan], [style]")
    assert page.has("Musnahkan setelah dipakai.")


def test_nothing_of_rooms_lets_a_title_in() -> None:
    """Rule 1: whatever is booked has no words of its own, in no table and on no form."""
    free = {"title", "note", "text", "subject", "name", "description", "says"}
    assert not free & set(Booking.__table__.columns.keys())
    form = Path(bookings.__file__).parents[1].joinpath("blueprints/staff/bookings.py").read_text()
    assert "LineField" not in form
    assert "TextField" not in form
