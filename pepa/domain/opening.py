"""When the house and each of its rooms are open: dated sets of hours, holidays, closures. Times here are instants."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa

from pepa import clock
from pepa.db import Kept, db
from pepa.models.places import Holiday
from pepa.models.rooms import Closure, OpeningHour, OpeningSet

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Shut:
    """A stretch in which a room (None: the whole house) is shut, and why."""

    room_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    says: str


@dataclass(frozen=True)
class Span:
    """Half-open."""

    starts_at: datetime
    ends_at: datetime

    def holds(self, starts_at: datetime, ends_at: datetime) -> bool:
        return self.starts_at <= starts_at and ends_at <= self.ends_at


@dataclass(frozen=True)
class House:
    """What is known of some days. hours: by day, when it opens and closes, None: shut; shut: in order of time"""

    hours: dict[date, Span | None]
    holidays: dict[date, str]
    shut: Sequence[Shut]

    def closures(self, room_id: UUID, starts_at: datetime, ends_at: datetime) -> list[Shut]:
        """What shuts a room in a stretch of time."""
        return [
            one
            for one in self.shut
            if one.room_id in (None, room_id) and one.starts_at < ends_at and starts_at < one.ends_at
        ]

    def is_open(self, room_id: UUID, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether a stretch lies whole inside of one day's hours, with nothing shut in it."""
        span = self.hours.get(starts_at.astimezone(clock.JAKARTA).date())
        return span is not None and span.holds(starts_at, ends_at) and not self.closures(room_id, starts_at, ends_at)


def between(first: date, last: date) -> House:
    """The house on the days from first to last, both of them in it. One question to the database; sets and holidays
    change a few times a year, and may be some seconds old."""
    known = calendar()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    starts_at, ends_at = _midnight(first), _midnight(last + DAY)
    shut = db.session.scalars(
        sa.select(Closure)
        .where(Closure.starts_at < ends_at, Closure.ends_at > starts_at)
        .order_by(Closure.starts_at, Closure.id)
    )
    found = [Shut(one.room_id, one.starts_at, one.ends_at, one.says) for one in shut]
    hours = {day: None if day in known.holidays else _hours(day, known.sets) for day in days}
    return House(hours, {day: known.holidays[day] for day in days if day in known.holidays}, found)


@dataclass(frozen=True)
class Set:
    """A dated set of hours. hours: by weekday, from and until in minutes after midnight"""

    id: UUID
    name: str
    valid_from: date
    valid_until: date | None
    hours: dict[int, tuple[int, int]]


@dataclass(frozen=True)
class Calendar:
    """holidays: those that somebody approved, with their names"""

    sets: Sequence[Set]
    holidays: dict[date, str]


def _read() -> Calendar:
    hours: dict[UUID, dict[int, tuple[int, int]]] = {}
    for row in db.session.scalars(sa.select(OpeningHour)):
        hours.setdefault(row.set_id, {})[row.weekday] = (row.opens, row.closes)
    rows = db.session.scalars(sa.select(OpeningSet).order_by(OpeningSet.valid_from, OpeningSet.id))
    sets = [Set(row.id, row.name, row.valid_from, row.valid_until, hours.get(row.id, {})) for row in rows]
    approved = sa.select(Holiday.on, Holiday.name).where(Holiday.approved_at.is_not(None))
    return Calendar(sets, {row.on: row.name for row in db.session.execute(approved)})


calendar = Kept(_read)


def _hours(day: date, sets: Iterable[Set]) -> Span | None:
    """A set that ends goes before one that does not, and the later of two before the earlier."""
    on = [one for one in sets if one.valid_from <= day <= (one.valid_until or day)]
    if not on:
        return None
    best = max(on, key=lambda one: (one.valid_until is not None, one.valid_from, one.id.hex))
    found = best.hours.get(day.weekday())
    return Span(at(day, found[0]), at(day, found[1])) if found else None


def at(day: date, minutes: int) -> datetime:
    """The instant so many minutes after midnight in Serang; 1440 is the next midnight."""
    return _midnight(day) + timedelta(minutes=minutes)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), clock.JAKARTA)
