"""What can be had: rooms by day, length, seats and needs, and the lengths that fit at a beginning. Whatever stands here
can be booked at that moment (the cases: a list that offers what booking refuses)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pepa import clock
from pepa.db import db
from pepa.domain import bookings, cells, opening, rooms
from pepa.models.rooms import Need, Room
from pepa.policy import Member, Permission, require

LENGTHS = (30, 45, 60, 90, 120, 180, 240, 300, 360, 420, 480)  # minutes
MOST = 6  # beginnings a room
BEHIND = timedelta(hours=2)  # no room is kept free longer than that after a stay


@dataclass(frozen=True)
class Found:
    """A room that is free. lacks: which of the needs it does not have; times: beginnings, ascending"""

    room: Room
    lacks: Sequence[Need]
    times: Sequence[datetime]


def find(
    actor: Member,
    on: date,
    *,
    minutes: int,
    seats: int = 1,
    needs: Collection[str] = (),
    around: datetime | None = None,
) -> Sequence[Found]:
    """Rooms that have enough seats and are free for so long on a day: those that lack least first, then the smallest.

    around  the beginnings nearest to it; without, the first ones of the day, each half hour
    """
    require(actor, Permission.BOOK_ROOM)
    house, listed = opening.between(on, on), [room for room in rooms.every(actor) if room.seats >= seats]
    span, length = house.hours[on], timedelta(minutes=minutes)
    if span is None or not bookings.SHORTEST <= length <= bookings.LONGEST:
        return []
    held = cells.taken(db.session(), [room.id for room in listed], span.starts_at, span.ends_at + BEHIND)
    found = []
    for room in listed:
        free = cells.free_starts(room, span, house, held.get(room.id, set()), length)
        times = _some(list(free), around)
        if times:
            found.append(Found(room, [need for need in Need if need in needs and need not in room.has], times))
    return sorted(found, key=lambda one: (len(one.lacks), one.room.seats, one.room.position))


def _some(free: Sequence[datetime], around: datetime | None) -> Sequence[datetime]:
    if around is not None:
        return cells.nearest(free, around, MOST)
    round_ones = [at for at in free if at.minute in (0, 30)]
    return (round_ones or free)[:MOST]


def lengths(actor: Member, room: Room, starts_at: datetime) -> Sequence[int]:
    """How many minutes a stay that begins then may last, of those that the page offers; none where it cannot begin."""
    require(actor, Permission.BOOK_ROOM)
    day = starts_at.astimezone(clock.JAKARTA).date()
    house = opening.between(day, day)
    span = house.hours[day]
    if span is None or room.closed_at is not None:
        return []
    held = cells.taken(db.session(), [room.id], starts_at, span.ends_at + BEHIND)
    span, taken = opening.Span(starts_at, span.ends_at), held.get(room.id, set())
    return [minutes for minutes in LENGTHS if _fits(room, span, house, taken, timedelta(minutes=minutes))]


def _fits(room: Room, span: opening.Span, house: opening.House, taken: set[int], length: timedelta) -> bool:
    first = next(cells.free_starts(room, span, house, taken, length), None)
    return first is not None and cells.of(first) == cells.of(span.starts_at)
