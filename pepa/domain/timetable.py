"""Rooms by day and by week, as somebody may see them. What is said of a booking is decided here, for the page, the
print, the door and the calendar alike (rooms.md, rule 2)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import sqlalchemy as sa

from pepa import clock
from pepa.db import db
from pepa.domain import bookings, cells, endings, opening, rooms
from pepa.models.organisations import Organisation
from pepa.models.rooms import Booking, BookingState, Purpose, Room
from pepa.policy import Member, Permission, can, require
from pepa.words import N_

TAKEN = N_("Terisi")
HALF = timedelta(minutes=30)
SHOWN = (BookingState.REQUESTED, BookingState.CONFIRMED, BookingState.IN_USE, BookingState.ENDED)


@dataclass(frozen=True)
class Entry:
    """A booking as the actor may see it.

    label         its kind for its own organisation and the office, else that it is taken
    organisation  for the office; for one's own it is known
    booking_id    where the actor may open it
    is_asked      for whoever booked it or decides it: that it waits for a decision
    kept_until    when the room is free again
    """

    starts_at: datetime
    ends_at: datetime
    kept_until: datetime
    label: str
    organisation: str | None = None
    booking_id: UUID | None = None
    is_ours: bool = False
    is_mine: bool = False
    is_asked: bool = False


@dataclass(frozen=True)
class Stretch:
    """Some rows of one room's column. kind: free, taken, turn, past or shut; says: why it is shut, empty: by its hours

    starts, ends  rows of half an hour: the first, and the one behind the last
    beginnings    where a booking of half an hour could begin, on the half hour
    """

    kind: str
    starts: int
    ends: int
    entries: Sequence[Entry] = ()
    beginnings: Sequence[datetime] = ()
    says: str = ""


@dataclass(frozen=True)
class Column:
    """closed: what shuts the room, or the house, within the day"""

    room: Room
    entries: Sequence[Entry]
    stretches: Sequence[Stretch]
    closed: Sequence[opening.Shut] = ()


@dataclass(frozen=True)
class Day:
    """rows: the beginnings of the half hours in which the house is open, or somebody has booked it all the same; none
    where it is shut. is_shut: the whole day; holiday: its name"""

    on: date
    rows: Sequence[datetime]
    columns: Sequence[Column]
    holiday: str | None
    is_shut: bool

    def is_now(self, row: datetime) -> bool:
        return row <= clock.now() < row + HALF

    @property
    def lines(self) -> Sequence[Sequence[tuple[Column, Stretch, int]]]:
        """By row, what begins there: column, stretch, over how many columns. What shuts the house is said once."""
        return [list(_line(self.columns, n)) for n in range(len(self.rows))]


def seen(actor: Member, booking: Booking, organisation: str) -> Entry:
    """What the actor sees of a booking."""
    ours, office = booking.organisation_id == actor.organisation_id, can(actor, Permission.DECIDE_BOOKING)
    told, ends_at = ours or office, max(booking.left_at or booking.ends_at, booking.starts_at)
    return Entry(
        booking.starts_at,
        ends_at,
        ends_at + timedelta(minutes=booking.turnaround),
        Purpose(booking.purpose).label if told else TAKEN,
        organisation if office else None,
        booking.id if told else None,
        is_ours=ours,
        is_mine=booking.person_id == actor.person_id,
        is_asked=booking.state == BookingState.REQUESTED and bookings.may_know_asked(actor, booking),
    )


def _next(actor: Member, booking: Booking, room: Room, organisation: str) -> Entry:
    """The place into which somebody asks to move: it is held as well. Whoever may not know that anybody has to be asked
    reads what they read of another organisation's."""
    assert booking.next_starts_at
    assert booking.next_ends_at
    kept_until = booking.next_ends_at + timedelta(minutes=room.turnaround)
    if not bookings.may_know_asked(actor, booking):
        return Entry(booking.next_starts_at, booking.next_ends_at, kept_until, TAKEN)
    return replace(
        seen(actor, booking, organisation),
        starts_at=booking.next_starts_at,
        ends_at=booking.next_ends_at,
        kept_until=kept_until,
        is_asked=True,
    )


def day(actor: Member, on: date) -> Day:
    """One day of all rooms. Three questions to the database, however many rooms and bookings."""
    require(actor, Permission.BOOK_ROOM)
    house, listed = opening.between(on, on), rooms.every(actor)
    span = house.hours[on]
    booked = _booked(actor, listed, opening.at(on, 0), opening.at(on, 24 * 60))
    rows = list(_halves(*_reach(span, [one for some in booked.values() for one in some], on)))
    columns = [_column(room, house, span, rows, booked.get(room.id, [])) for room in listed]
    return Day(on, rows, columns, house.holidays.get(on), span is None)


def _reach(span: opening.Span | None, entries: Sequence[Entry], on: date) -> tuple[datetime, datetime]:
    """From when until when a day is shown: while the house is open, and what was booked before its hours changed."""
    first, last = opening.at(on, 0), opening.at(on, 24 * 60)
    starts = ([span.starts_at] if span else []) + [max(_half(one.starts_at), first) for one in entries]
    ends = ([span.ends_at] if span else []) + [min(one.ends_at, last) for one in entries]
    return (min(starts), max(ends)) if starts else (first, first)


def _half(at: datetime) -> datetime:
    """The half hour in which an instant lies."""
    return at - timedelta(minutes=at.minute % 30)


@dataclass(frozen=True)
class Load:
    """A day of one room in a week. free: minutes that are left; entries: what is there"""

    on: date
    free: int
    is_shut: bool
    entries: Sequence[Entry]
    is_past: bool = False


def week(actor: Member, on: date) -> Sequence[tuple[Room, Sequence[Load]]]:
    """Monday to Sunday of the week of a day, by room."""
    require(actor, Permission.BOOK_ROOM)
    monday = on - timedelta(days=on.weekday())
    days = [monday + timedelta(days=n) for n in range(7)]
    house, listed = opening.between(days[0], days[-1]), rooms.every(actor)
    first, last = opening.at(days[0], 0), opening.at(days[-1], 24 * 60)
    booked = _booked(actor, listed, first, last)
    return [(room, [_load(room, house, one, booked.get(room.id, [])) for one in days]) for room in listed]


def _load(room: Room, house: opening.House, on: date, booked: Sequence[Entry]) -> Load:
    span = house.hours[on]
    entries = [one for one in booked if one.starts_at.astimezone(clock.JAKARTA).date() == on]
    if span is None:
        return Load(on, 0, True, entries)
    held = _held(entries)
    free = len(list(cells.free_starts(room, span, house, held, timedelta(minutes=15))))
    return Load(on, free * 15, False, entries, span.ends_at <= clock.now())


def _booked(actor: Member, listed: Sequence[Room], starts_at: datetime, ends_at: datetime) -> dict[UUID, list[Entry]]:
    """What the rooms hold in a stretch of time, by overlap, in order. Past requests count no more. No booking is longer
    than LONGEST: by that the index is read from a little before, not from its beginning."""
    now, unused, by_id = clock.now(), endings.unused(), {room.id: room for room in listed}
    begins = starts_at - bookings.LONGEST
    here = sa.and_(Booking.starts_at < ends_at, Booking.starts_at > begins, Booking.ends_at > starts_at)
    there = sa.and_(Booking.next_starts_at < ends_at, Booking.next_starts_at > begins, Booking.next_ends_at > starts_at)
    rows = db.session.execute(
        sa.select(Booking, Organisation.name)
        .join(Organisation, Organisation.id == Booking.organisation_id)
        .where(
            sa.or_(sa.and_(Booking.room_id.in_(by_id), here), sa.and_(Booking.next_room_id.in_(by_id), there)),
            Booking.state.in_(SHOWN),
        )
    )
    found: dict[UUID, list[Entry]] = {}
    for booking, organisation in rows:
        if booking.state != BookingState.ENDED and not booking.is_holding(now, unused):
            continue
        here_now = seen(actor, booking, organisation)
        within = booking.starts_at < ends_at and booking.ends_at > starts_at
        if booking.room_id in by_id and within and here_now.ends_at > here_now.starts_at:
            found.setdefault(booking.room_id, []).append(here_now)
        if _is_asked_within(booking, now, starts_at, ends_at) and booking.next_room_id in by_id:
            moved = _next(actor, booking, by_id[booking.next_room_id], organisation)
            found.setdefault(booking.next_room_id, []).append(moved)
    return {room_id: sorted(some, key=lambda one: one.starts_at) for room_id, some in found.items()}


def _is_asked_within(booking: Booking, now: datetime, starts_at: datetime, ends_at: datetime) -> bool:
    if booking.next_starts_at is None or booking.next_ends_at is None:
        return False
    runs = booking.held_until is None or booking.held_until > now
    return runs and booking.next_starts_at < ends_at and booking.next_ends_at > starts_at


def _held(entries: Sequence[Entry]) -> set[int]:
    return {cell for one in entries for cell in cells.stay(one.starts_at, one.kept_until)}


def _halves(starts_at: datetime, ends_at: datetime) -> Iterator[datetime]:
    at = starts_at
    while at < ends_at:
        yield at.astimezone(clock.JAKARTA)
        at += HALF


def _column(
    room: Room, house: opening.House, span: opening.Span | None, rows: Sequence[datetime], entries: Sequence[Entry]
) -> Column:
    """A column in stretches: rows of one kind that follow each other are one. Bookings that share a half hour, by the
    quarter, stand in one stretch."""
    if not rows:
        return Column(room, entries, ())
    held = _held(entries)
    begin = set(cells.free_starts(room, span, house, held, HALF)) if span else set()
    kinds = [_kind(room, house, row, entries, held) for row in rows]
    cuts = [0, *(n for n in range(1, len(rows)) if _is_cut(kinds, entries, rows, n)), len(rows)]
    stretches = [
        Stretch(
            kinds[a],
            a,
            b,
            [one for one in entries if one.starts_at < rows[b - 1] + HALF and one.ends_at > rows[a]]
            if kinds[a] == "taken"
            else (),
            [row for row in rows[a:b] if row in begin] if kinds[a] == "free" else (),
            _says(room, house, rows[a]) if kinds[a] == "shut" else "",
        )
        for a, b in pairwise(cuts)
    ]
    closed = house.closures(room.id, rows[0], rows[-1] + HALF) if rows else []
    day = [
        replace(one, starts_at=max(one.starts_at, rows[0]), ends_at=min(one.ends_at, rows[-1] + HALF)) for one in closed
    ]
    return Column(room, entries, stretches, day)


def _line(columns: Sequence[Column], n: int) -> Iterator[tuple[Column, Stretch, int]]:
    begin = [(column, stretch) for column in columns for stretch in column.stretches if stretch.starts == n]
    first = begin[0][1] if begin else None
    if first and first.kind in ("shut", "past") and [stretch for _, stretch in begin] == [first] * len(columns):
        yield begin[0][0], first, len(columns)
    else:
        yield from ((column, stretch, 1) for column, stretch in begin)


def _kind(room: Room, house: opening.House, row: datetime, entries: Sequence[Entry], held: set[int]) -> str:
    if any(one.starts_at < row + HALF and one.ends_at > row for one in entries):
        return "taken"
    if not house.is_open(room.id, row, row + HALF):
        return "shut"
    if row + HALF <= clock.now():
        return "past"
    return "turn" if held & {cells.of(row), cells.of(row) + 1} else "free"


def _is_cut(kinds: Sequence[str], entries: Sequence[Entry], rows: Sequence[datetime], n: int) -> bool:
    """Whether a new stretch begins at row n: of another kind, or of a booking that shares no row with the last one."""
    if kinds[n] != kinds[n - 1]:
        return True
    return kinds[n] == "taken" and not any(one.starts_at < rows[n] < one.ends_at for one in entries)


def _says(room: Room, house: opening.House, row: datetime) -> str:
    found = house.closures(room.id, row, row + HALF)
    on = row.astimezone(clock.JAKARTA).date()
    return found[0].says if found else house.holidays.get(on, "")


@dataclass(frozen=True)
class Notice:
    """A stretch for the door of a room: free or not, and nothing else."""

    starts_at: datetime
    ends_at: datetime
    is_free: bool


def door(actor: Member, room_id: UUID, on: date) -> Sequence[Notice]:
    """A day of one room as anybody may read it on its door, from opening to closing. Raises NotFound."""
    room = rooms.get_for(actor, room_id)
    house = opening.between(on, on)
    span, midnight = house.hours[on], (opening.at(on, 0), opening.at(on, 24 * 60))
    booked = _booked(actor, [room], *midnight).get(room.id, [])
    first, last = _reach(span, booked, on)
    taken = [(one.starts_at, one.ends_at) for one in booked]
    taken += [(one.starts_at, one.ends_at) for one in house.closures(room.id, first, last)]
    taken += [(first, span.starts_at), (span.ends_at, last)] if span else [(first, last)]
    found: list[Notice] = []
    at = first
    for starts_at, ends_at in sorted(taken):
        starts_at, ends_at = max(starts_at, at), min(ends_at, last)
        if starts_at > at:
            found.append(Notice(at, starts_at, True))
        if ends_at > starts_at:
            found.append(Notice(starts_at, ends_at, False))
            at = ends_at
    return [*found, Notice(at, last, True)] if at < last else found
