"""The demo's ruang kolaborasi: opening hours, four rooms, and what the cast has booked on the next days."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from pepa import clock
from pepa.db import Kept, db, transaction
from pepa.domain import bookings, opening, outbox, rooms
from pepa.models.outbox import OutboxRow
from pepa.models.rooms import OpeningSet
from pepa.policy import Member

HOURS = ("08.00-16.00", "08.00-16.00", "08.00-16.00", "08.00-16.00", "08.00-16.00", "", "")
# name, seats, what it has, turnaround in minutes, whether it is the child room, rules
ROOMS = (
    ("Anggrek", 4, ("quiet",), 30, False, ""),
    ("Melati", 12, ("step_free",), 15, False, ""),
    ("Kenanga", 6, ("step_free", "quiet", "nursing"), 30, True, "Pintu kaca tetap bening. Mainan dicuci setiap Jumat."),
    ("Aula", 40, ("step_free",), 15, False, ""),
)
# working day from today, room, beginning, minutes, by whom, purpose, who is with the child
BOOKED = (
    (0, "Anggrek", "09.00", 60, "ratna", "counselling", None),
    (0, "Anggrek", "13.00", 60, "ratna", "counselling", None),
    (0, "Melati", "10.00", 120, "nadia", "coordination", None),
    (0, "Kenanga", "10.00", 60, "ilham", "children", "psychologist"),
    (0, "Aula", "08.00", 180, "endah", "training", None),
    (1, "Melati", "09.00", 90, "nadia", "consultation", None),
    (1, "Anggrek", "10.30", 60, "ilham", "counselling", None),
    (1, "Kenanga", "13.00", 60, "ilham", "children", "parent"),
    (2, "Aula", "09.00", 240, "wulan", "training", None),
)


def plant(members: Mapping[str, Member]) -> None:
    """By the verbs that everybody uses, at dawn of the first working day; an office that has hours keeps its own."""
    if db.session.scalar(sa.select(sa.exists().where(OpeningSet.id.is_not(None)))):
        return
    keeper, first = members["wulan"], _working(clock.today())
    opening.add_set(
        keeper, name="Jam kerja", valid_from=first - timedelta(days=365), valid_until=None, days=HOURS, once="demo"
    )
    Kept.forget()
    made = {
        name: rooms.add(
            keeper, name=name, seats=seats, features=has, turnaround=turnaround, is_child=is_child, rules=rules
        )
        for name, seats, has, turnaround, is_child, rules in ROOMS
    }
    days = [first, _working(first + timedelta(days=1))]
    days.append(_working(days[1] + timedelta(days=1)))
    with clock.frozen(_at(first, "06.00")):
        for n, name, starts, minutes, login, purpose, companion in BOOKED:
            starts_at = _at(days[n], starts)
            booking_id = bookings.book(
                members[login],
                made[name],
                starts_at=starts_at,
                minutes=minutes,
                purpose=purpose,
                companion=companion,
                once=f"demo {name} {starts_at}",
            )
            if n == 0 and companion:  # of the first day; the next day's waits for whoever tries the demo
                bookings.decide(keeper, booking_id, is_granted=True, version=1)
    with transaction() as session:  # nobody of the cast waits for a calendar, or is asked to decide
        session.execute(sa.delete(OutboxRow).where(OutboxRow.booking_id.is_not(None)))
        outbox.take_back(session, outbox.Notice.ROOM_ASKED)


def _working(day: date) -> date:
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def _at(day: date, text: str) -> datetime:
    hour, minute = map(int, text.split("."))
    return datetime.combine(day, time(hour, minute), clock.JAKARTA)
