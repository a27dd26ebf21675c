"""A house to book in: open from Monday to Friday, 08.00 to 16.00, with rooms of several kinds."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from pepa import clock
from pepa.db import Kept, transaction
from pepa.domain import apart, bookings, opening, receptions, stays
from pepa.models.rooms import Booking, BookingCell, Closure, OpeningHour, OpeningSet, Room
from pepa.models.stays import PresenceCell, Stay
from pepa.models.tallies import Tally
from pepa.policy import Member
from tests import cast

MONDAY = date(2026, 11, 30)


def at(text: str, day: date = MONDAY) -> datetime:
    """`10.15` on that Monday in Serang."""
    hour, minute = map(int, text.split("."))
    return datetime.combine(day, time(hour, minute), clock.JAKARTA)


OF_THE_OFFICE = ("closure_id", "group_id", "stay_id")
EARLY = at("07.00")  # when the tests' clock stands still


def opened(**rooms: dict[str, object]) -> dict[str, UUID]:
    """The house, with rooms by name, and none of the demo's; two where none is named. Returns their ids."""
    cleared()
    named = rooms or {"anggrek": {"seats": 4}, "melati": {"seats": 12, "features": "step_free"}}
    made = {}
    with transaction() as session:
        hours = OpeningSet(name="Jam kerja", valid_from=date(2020, 1, 1))
        session.add(hours)
        session.flush()
        session.add_all(OpeningHour(set_id=hours.id, weekday=day, opens=480, closes=960) for day in range(5))
        for n, (name, values) in enumerate(named.items()):
            room = Room(**{"name": name.title(), "position": n, "seats": 4, "turnaround": 15, **values})
            session.add(room)
            session.flush()
            made[name] = room.id
    Kept.forget()
    return made


def cleared() -> None:
    """A house without rooms, bookings and hours."""
    with transaction() as session:
        for table in (Tally, PresenceCell, Stay, BookingCell, Booking, Closure, Room, OpeningHour, OpeningSet):
            session.execute(sa.delete(table))


def days(n: int) -> timedelta:
    return timedelta(days=n)


def booked_by(**logins: str) -> dict[str, dict[str, Any]]:
    """A house in which each of some people has booked a room; what addresses name, by the keys that were given. Only
    the office has closures, groups and stays: an address of another's names nothing."""
    room_id = opened()["anggrek"]
    found: dict[str, dict[str, Any]] = {}
    with transaction() as session:
        set_id = session.scalars(sa.select(OpeningSet.id)).one()
    for n, (key, login) in enumerate(logins.items()):
        me, starts_at = cast.member(login), at("10.00") + days(n)
        with clock.frozen(EARLY):
            booking_id = bookings.book(me, room_id, starts_at=starts_at, minutes=60, purpose="other", once=f"{login}")
            kept = kept_by(me, room_id, starts_at) if me.is_office else dict.fromkeys(OF_THE_OFFICE, uuid4())
        found[key] = {"room_id": room_id, "set_id": set_id, "booking_id": booking_id, "token": "tidak-ada", **kept}
    return found


def kept_by(me: Member, room_id: UUID, starts_at: datetime) -> dict[str, UUID]:
    """A closure, a group and a stay."""
    stretch = {"starts_at": starts_at, "ends_at": starts_at + days(1)}
    group_id = apart.make(me, label="Contoh", once="g")
    ids = (
        opening.close(me, room_id=room_id, says="Cat", once="c", **stretch),
        group_id,
        receptions.walk_in(me, group_id, side="a", entrance="Pintu depan", minutes=60, once="w"),
    )
    return dict(zip(OF_THE_OFFICE, ids, strict=True))


def every_row(login: str) -> None:
    """One row at least in each table that has a CHECK."""
    room_id = opened()["anggrek"]
    me = cast.member(login)
    with clock.frozen(EARLY):
        group_id = apart.make(me, label="Contoh", once="e")
        stays.expect(me, group_id, side="a", entrance="Pintu depan", starts_at=at("10.00"), minutes=60, once="e")
    stay = {"starts_at": at("10.00"), "ends_at": at("11.00")}
    with transaction() as session:
        month = {"month_on": MONDAY.replace(day=1), "purpose": "other", "bookings": 1}
        session.add(Tally(room_id=room_id, organisation_id=me.organisation_id, **month))
        session.add(Closure(says="Cat", made_by_id=me.person_id, **stay))
        session.add(
            Booking(
                room_id=room_id,
                organisation_id=me.organisation_id,
                person_id=me.person_id,
                purpose="other",
                state="confirmed",
                made_at=clock.now(),
                **stay,
            )
        )
