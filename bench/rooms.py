"""Rooms: the day of twenty full rooms, and pages with a hundred thousand bookings beside those with a thousand."""

import statistics
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import Client

from bench.tables import Table, within
from pepa import clock
from pepa.db import Kept, db, transaction
from pepa.domain import bookings, cells
from pepa.models.rooms import Booking, BookingCell, Closure, OpeningHour, OpeningSet, Room
from tests import cast, people
from tests.installations import configured, opened, planted

ROOMS, TIMES = 20, 15
FEW, MANY = 1_000, 100_000
DAY_MS, RATIO = 60, 2.0
START = datetime(2026, 11, 30, 0, 0, tzinfo=clock.JAKARTA)  # a Monday
NOW = START + timedelta(hours=7)
WEEK = date(2026, 11, 30)


def measure() -> list[Table]:
    with tempfile.TemporaryDirectory() as folder:
        config = configured(Path(folder) / "pepa")
        planted(config)
        people.instance = lambda: config.instance  # type: ignore[assignment]
        with opened(config) as app, clock.frozen(NOW):
            Kept.seconds = 3600.0
            with app.app_context():
                _house()
            few = _pages(app, FEW)
            many = _pages(app, MANY)
    rows = []
    for name, ms in few.items():
        slower = many[name] / ms
        aim = within(many[name], DAY_MS, " ms") if name.startswith("day") else ""
        rows.append([name, f"{ms:.1f}", f"{many[name]:.1f}", f"{slower:.2f}", within(slower, RATIO), aim])
    return [
        Table(
            f"Pages about rooms: {FEW:,} bookings, and {MANY:,}",
            ("page", "ms at 1,000", "ms at 100,000", "ratio", "aim", "aim of the day"),
            rows,
            f"SQLite; {ROOMS} rooms, all full on the day that is looked at; whole answers through the program, the "
            f"frame included; medians of {TIMES}, of the time that the processor spent.",
        )
    ]


def _house() -> None:
    with transaction() as session:
        for table in (BookingCell, Booking, Closure, Room, OpeningHour, OpeningSet):
            session.execute(sa.delete(table))
        hours = OpeningSet(name="Jam kerja", valid_from=date(2000, 1, 1))
        session.add(hours)
        session.flush()
        session.add_all(OpeningHour(set_id=hours.id, weekday=day, opens=480, closes=960) for day in range(5))
        session.add_all(Room(name=f"Ruang {n:02}", position=n, seats=n + 2, turnaround=0) for n in range(ROOMS))
    Kept.forget()


def _pages(app: Flask, count: int) -> dict[str, float]:
    """Fill up to so many bookings, from the day that is looked at outwards into past and future; then look."""
    with app.app_context():
        mine = _fill(count)
        with transaction() as session:
            session.connection().exec_driver_sql("analyze")
        client = Client(app)
        client.set_cookie("__Host-p", cast.cookie_of("nadia", minutes=600), domain="localhost", secure=True)
    found = {
        "day of 20 full rooms": f"/petugas/ruang?hari={WEEK}",
        "week": f"/petugas/ruang/pekan?hari={WEEK}",
        "find": "/petugas/ruang/cari?minutes=60&on=01/12/2026&seats=2",
        "mine": "/petugas/pesanan",
        "mine, past": "/petugas/pesanan?lalu=1",
        "one booking": f"/petugas/pesanan/{mine}",
        "print": f"/petugas/ruang/cetak?hari={WEEK}",
    }
    pages = {name: _milliseconds(client, path) for name, path in found.items()}
    with app.app_context():
        return {**pages, "to book and to cancel": _booking()}


def _fill(count: int) -> UUID:
    """One hour each; a quarter of them are the looker's. Returns one that is."""
    members = [cast.member(login) for login in ("nadia", "ilham", "endah", "wulan")]
    stands = db.session.scalar(sa.select(sa.func.count()).select_from(Booking)) or 0
    rooms = db.session.scalars(sa.select(Room.id).order_by(Room.position)).all()
    rows, held, first = [], [], None
    now = clock.now()
    for n in range(stands, count):
        day, hour = divmod(n // ROOMS, 8)
        away = (day + 1) // 2 * (1 if day % 2 else -1)  # today, tomorrow, yesterday, …
        starts_at = START + timedelta(days=away, hours=8 + hour)
        who, id_ = members[n % 4], uuid4()
        first = first or (id_ if who is members[0] else None)
        ahead = starts_at >= now
        rows.append(
            {
                "id": id_,
                "room_id": rooms[n % ROOMS],
                "organisation_id": who.organisation_id,
                "person_id": who.person_id,
                "purpose": "counselling",
                "needs": "",
                "turnaround": 0,
                "starts_at": starts_at,
                "ends_at": starts_at + timedelta(hours=1),
                "state": "confirmed" if ahead else "ended",
                "sequence": 0,
                "version": 1,
                "made_at": now,
            }
        )
        if ahead:
            stay = cells.stay(starts_at, starts_at + timedelta(hours=1))
            held += [{"room_id": rooms[n % ROOMS], "cell": cell, "booking_id": id_} for cell in stay]
    with transaction() as session:
        session.execute(sa.insert(Booking), rows)
        session.execute(sa.insert(BookingCell), held)
    assert first
    return first


def _booking() -> float:
    """Of both verbs together, on a day that nothing is booked on yet."""
    me, rooms = cast.member("nadia"), db.session.scalars(sa.select(Room.id).order_by(Room.position)).all()
    times: list[float] = []
    for n in range(TIMES):
        begun = time.process_time()
        once, starts_at = f"{time.perf_counter_ns()}", START + timedelta(days=7 * 47, hours=9)
        made = bookings.book(me, rooms[n], starts_at=starts_at, minutes=60, purpose="other", once=once)
        bookings.cancel(me, made, version=1)
        times.append(time.process_time() - begun)
    return statistics.median(times) * 1000


def _milliseconds(client: Client, path: str) -> float:
    times: list[float] = []
    for _ in range(TIMES):
        begun = time.process_time()
        answer = client.get(path, base_url="https://localhost")
        assert answer.status_code == 200, (path, answer.status_code)
        times.append(time.process_time() - begun)
    return statistics.median(times) * 1000
