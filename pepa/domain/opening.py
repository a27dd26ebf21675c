"""When the house and each of its rooms are open: dated sets of hours, holidays, closures. Times here are instants.

What shuts the house throws nobody out: bookings that stand are listed on the closure's page, to be moved or cancelled.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from uuid import UUID

import sqlalchemy as sa

from pepa import clock
from pepa.db import Kept, db, transaction
from pepa.domain import audit, onces
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.places import Holiday
from pepa.models.rooms import Closure, OpeningHour, OpeningSet, Room
from pepa.policy import Member, Permission, require
from pepa.words import N_

DAY = timedelta(days=1)
AHEAD = timedelta(days=366)  # nothing is booked for later
LONGEST_LINE = 80


class Backwards(Invalid):
    says = N_("Selesai harus sesudah mulai.")
    field = "ends_at"


class Unsaid(Invalid):
    says = N_("Tulis alasannya dalam satu baris. Semua lembaga membacanya.")
    field = "says"


class HoursOdd(Invalid):
    says = N_("Tulis jam seperti ini: 08.00-16.00. Kosong berarti tutup.")


class Unnamed(Invalid):
    says = N_("Beri nama, seperti: Ramadan.")
    field = "name"


class NoFirstDay(Invalid):
    says = N_("Tulis mulai hari apa jam ini berlaku.")
    field = "valid_from"


class EndsBefore(Invalid):
    says = N_("Hari terakhir harus sesudah hari pertama.")
    field = "valid_until"


class HolidaysChanged(Conflict):
    says = N_("Orang lain menyetujui lebih dulu. Periksa lagi, lalu simpan.")


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

    def closures(self, room_id: UUID | None, starts_at: datetime, ends_at: datetime) -> list[Shut]:
        """What shuts a room, or the whole house (None), in a stretch of time."""
        return [
            one
            for one in self.shut
            if one.room_id in (None, room_id) and one.starts_at < ends_at and starts_at < one.ends_at
        ]

    def is_open(self, room_id: UUID | None, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether a stretch lies whole inside of one day's hours, with nothing of the room or the house shut in it."""
        return self.is_within(starts_at, ends_at) and not self.closures(room_id, starts_at, ends_at)

    def is_within(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether a stretch lies whole inside of one day's hours."""
        span = self.hours.get(starts_at.astimezone(clock.JAKARTA).date())
        return span is not None and span.holds(starts_at, ends_at)


def between(first: date, last: date, *, is_fresh: bool = False) -> House:
    """The house on the days from first to last, both of them in it. One question to the database; sets and holidays
    change a few times a year, and may be some seconds old.

    is_fresh: as they stand now, for whoever has changed them a moment ago
    """
    known = _read() if is_fresh else calendar()
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


def is_shut(starts_at: datetime, ends_at: datetime, known: House | None = None) -> bool:
    """Whether the house is shut in any part of a stretch within one day. Where nobody has said its hours yet, holidays
    and closures shut it. known: of its day, where that was asked already"""
    day = starts_at.astimezone(clock.JAKARTA).date()
    house = known or between(day, day)
    if calendar().sets:
        return not house.is_open(None, starts_at, ends_at)
    return day in house.holidays or bool(house.closures(None, starts_at, ends_at))


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


# ---- what somebody changes ----


def closures(actor: Member) -> Sequence[Closure]:
    """Those that are not over, in order."""
    require(actor, Permission.BOOK_ROOM)
    query = sa.select(Closure).where(Closure.ends_at > clock.now()).order_by(Closure.starts_at, Closure.id)
    return db.session.scalars(query).all()


def closure_for(actor: Member, closure_id: UUID) -> Closure:
    """Raises NotFound."""
    require(actor, Permission.KEEP_ROOMS)
    closure = db.session.get(Closure, closure_id)
    if closure is None:
        raise NotFound
    return closure


def close(actor: Member, *, room_id: UUID | None, starts_at: datetime, ends_at: datetime, says: str, once: str) -> UUID:
    """Shut a room for a time, or with None the house. Raises Backwards, Unsaid, NotFound."""
    require(actor, Permission.KEEP_ROOMS)
    says = says.strip()[:LONGEST_LINE]
    if ends_at <= starts_at:
        raise Backwards
    if not says:
        raise Unsaid
    with transaction() as session:
        if before := onces.made(session, "opening.close", actor.person_id, once):
            return before
        if room_id and session.get(Room, room_id) is None:
            raise NotFound
        closure = Closure(room_id=room_id, starts_at=starts_at, ends_at=ends_at, says=says, made_by_id=actor.person_id)
        session.add(closure)
        session.flush()
        onces.keep(session, "opening.close", actor.person_id, once, closure.id)
        audit.record(session, "closure.made", actor, closure.id)
        return closure.id


def reopen(actor: Member, closure_id: UUID) -> None:
    """Raises NotFound."""
    require(actor, Permission.KEEP_ROOMS)
    with transaction() as session:
        closure = session.get(Closure, closure_id)
        if closure is None:
            raise NotFound
        session.delete(closure)
        audit.record(session, "closure.ended", actor, closure_id)


def sets(actor: Member) -> Sequence[Set]:
    """The dated sets that are not over, as they stand now."""
    require(actor, Permission.BOOK_ROOM)
    return [one for one in _read().sets if one.valid_until is None or one.valid_until >= clock.today()]


def set_for(actor: Member, set_id: UUID) -> OpeningSet:
    """Raises NotFound."""
    require(actor, Permission.KEEP_ROOMS)
    found = db.session.get(OpeningSet, set_id)
    if found is None:
        raise NotFound
    return found


def days_of(actor: Member, set_id: UUID) -> tuple[date, date] | None:
    """The first and the last day of a dated set for which anything can stand, from today on; None: it is over. Raises
    NotFound."""
    found = set_for(actor, set_id)
    first = max(found.valid_from, clock.today())
    last = min(found.valid_until or date.max, first + AHEAD)
    return (first, last) if first <= last else None


def add_set(
    actor: Member, *, name: str, valid_from: date | None, valid_until: date | None, days: Sequence[str], once: str
) -> UUID:
    """Hours from a day on, without an end or (Ramadan) until a day.

    days: Monday to Sunday as somebody types them, `08.00-16.00` or nothing. Raises HoursOdd beside the day (`day_0` …),
    Unnamed, NoFirstDay, EndsBefore.
    """
    require(actor, Permission.KEEP_ROOMS)
    hours = {weekday: _typed(text, weekday) for weekday, text in enumerate(days) if text.strip()}
    if not name.strip():
        raise Unnamed
    if valid_from is None:
        raise NoFirstDay
    if valid_until and valid_until < valid_from:
        raise EndsBefore
    with transaction() as session:
        if before := onces.made(session, "opening.add_set", actor.person_id, once):
            return before
        row = OpeningSet(name=name.strip()[:LONGEST_LINE], valid_from=valid_from, valid_until=valid_until)
        session.add(row)
        session.flush()
        session.add_all(
            OpeningHour(set_id=row.id, weekday=weekday, opens=a, closes=b) for weekday, (a, b) in hours.items()
        )
        onces.keep(session, "opening.add_set", actor.person_id, once, row.id)
        audit.record(session, "hours.added", actor, row.id)
        return row.id


def _typed(text: str, weekday: int) -> tuple[int, int]:
    """Minutes after midnight, on the quarter of an hour."""
    found = re.fullmatch(r"(\d{1,2})[.:](\d{2})\s*[-–]\s*(\d{1,2})[.:](\d{2})", text.strip())
    if found is None:
        raise HoursOdd(field=f"day_{weekday}")
    a, b, c, d = map(int, found.groups())
    opens, closes = 60 * a + b, 60 * c + d
    if b > 59 or d > 59 or not 0 <= opens < closes <= 1440 or opens % 15 or closes % 15:
        raise HoursOdd(field=f"day_{weekday}")
    return opens, closes


def drop_set(actor: Member, set_id: UUID) -> None:
    """Raises NotFound."""
    require(actor, Permission.KEEP_ROOMS)
    with transaction() as session:
        row = session.get(OpeningSet, set_id)
        if row is None:
            raise NotFound
        session.execute(sa.delete(OpeningHour).where(OpeningHour.set_id == set_id))
        session.delete(row)
        audit.record(session, "hours.dropped", actor, set_id)


def holidays(actor: Member, year: int) -> Sequence[Holiday]:
    """The holidays of a year, those as well that nobody approved."""
    require(actor, Permission.BOOK_ROOM)
    days = Holiday.on.between(date(year, 1, 1), date(year, 12, 31))
    return db.session.scalars(sa.select(Holiday).where(days).order_by(Holiday.on)).all()


def state_of(days: Iterable[Holiday]) -> str:
    """Which of a year's holidays are approved, as a short mark for the form that changes it."""
    approved = " ".join(sorted(day.on.isoformat() for day in days if day.approved_at))
    return sha256(approved.encode()).hexdigest()[:16]


def approve(actor: Member, year: int, *, days: Iterable[str], state: str) -> int:
    """The house is shut on these days of a year (`2026-12-25`) from now on, and on none else of its holidays that are
    to come; how it was on a day that is past stays. Returns how many.

    state: of the list that the actor has on screen (`state_of`). Raises HolidaysChanged.
    """
    require(actor, Permission.KEEP_ROOMS)
    chosen = set(days)
    with transaction() as session:
        span = Holiday.on.between(date(year, 1, 1), date(year, 12, 31))
        approved, rows = 0, session.scalars(sa.select(Holiday).where(span)).all()
        if state_of(rows) != state:
            raise HolidaysChanged
        for row in rows:
            if row.on < clock.today():
                approved += row.approved_at is not None
                continue
            is_in = row.on.isoformat() in chosen
            if is_in and row.approved_at is None:
                row.approved_at, row.approved_by_id = clock.now(), actor.person_id
            elif not is_in:
                row.approved_at = row.approved_by_id = None
            approved += is_in
        audit.record(session, "holidays.approved", actor, actor.organisation_id)
        return approved
