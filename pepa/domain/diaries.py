"""Bookings as lists: a person's own, those of today, those that wait for a decision, those of a room; and one of them,
with the names that belong to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from pepa import clock
from pepa.db import Page, db, keyset
from pepa.domain import bookings, endings, opening
from pepa.models.organisations import Organisation
from pepa.models.people import Person
from pepa.models.rooms import HOLDING, Booking, BookingState, Room
from pepa.policy import Member, Permission, require

MOST = 50
S = BookingState


@dataclass(frozen=True)
class Shown:
    """A booking with its names. next_room: where it is asked to be moved; state: as it is now, tidied away or not"""

    booking: Booking
    person: str
    organisation: str
    next_room: Room | None
    state: BookingState


def mine(actor: Member, *, at: str | None = None, is_past: bool = False, size: int = MOST) -> Page[Booking]:
    """The actor's own bookings by their beginnings: those to come, the nearest first, or those that are over, the last
    one first."""
    require(actor, Permission.BOOK_ROOM)
    now = clock.now()
    ahead = (
        Booking.starts_at > now - bookings.LONGEST,
        Booking.ends_at > now,
    )  # the first finds the place in the index
    holds = sa.and_(Booking.state.in_(HOLDING), *ahead)
    query = (
        sa.select(Booking)
        .options(joinedload(Booking.room))
        .where(Booking.person_id == actor.person_id, sa.not_(holds) if is_past else holds)
    )
    return keyset(query, Booking.starts_at, Booking.id, at=at, size=size, descends=is_past)


def today(actor: Member) -> Sequence[Booking]:
    """What the actor has booked for the rest of today."""
    require(actor, Permission.BOOK_ROOM)
    midnight = datetime.combine(clock.today() + timedelta(days=1), time(0), clock.JAKARTA)
    rows = db.session.scalars(
        sa.select(Booking)
        .options(joinedload(Booking.room))
        .where(
            Booking.person_id == actor.person_id,
            Booking.starts_at < midnight,
            Booking.starts_at > midnight - timedelta(days=1) - bookings.LONGEST,
            Booking.ends_at > clock.now(),
            Booking.state.in_(HOLDING),
        )
        .order_by(Booking.starts_at, Booking.id)
    ).all()
    now, unused = clock.now(), endings.unused()
    return [one for one in rows if one.is_holding(now, unused)]


def waiting(actor: Member) -> Sequence[Shown]:
    """What is asked for and not decided yet, the nearest first."""
    require(actor, Permission.DECIDE_BOOKING)
    asked = sa.or_(
        Booking.state == S.REQUESTED, sa.and_(Booking.state == S.CONFIRMED, Booking.next_room_id.is_not(None))
    )
    return _shown(asked, Booking.held_until > clock.now(), Booking.starts_at > clock.now() - bookings.LONGEST)


def of_room(actor: Member, room_id: UUID) -> Sequence[Shown]:
    """What is still booked in a room: of a room that is closed, what has to go somewhere else."""
    require(actor, Permission.DECIDE_BOOKING)
    return _shown(
        Booking.room_id == room_id,
        Booking.state.in_(HOLDING),
        Booking.starts_at > clock.now() - bookings.LONGEST,
        Booking.ends_at > clock.now(),
    )


def within(actor: Member, starts_at: datetime, ends_at: datetime, room_id: UUID | None = None) -> Sequence[Shown]:
    """What is booked in a stretch of time in which a room, or the house, is shut."""
    require(actor, Permission.DECIDE_BOOKING)
    return _shown(
        Booking.room_id == room_id if room_id else sa.true(),
        Booking.state.in_(HOLDING),
        Booking.starts_at > starts_at - bookings.LONGEST,
        Booking.starts_at < ends_at,
        Booking.ends_at > max(starts_at, clock.now()),
    )


def one(actor: Member, booking_id: UUID) -> Shown:
    """One booking of the actor's organisation; the office opens all. Raises NotFound."""
    booking = bookings.get_for(actor, booking_id)
    return _shown(Booking.id == booking.id)[0]


def _shown(*where: sa.ColumnElement[bool]) -> Sequence[Shown]:
    moved = aliased(Room)
    rows = db.session.execute(
        sa.select(Booking, Person.name, Organisation.name, moved)
        .join(Person, Person.id == Booking.person_id)
        .join(Organisation, Organisation.id == Booking.organisation_id)
        .outerjoin(moved, moved.id == Booking.next_room_id)
        .options(joinedload(Booking.room))
        .where(*where)
        .order_by(Booking.starts_at, Booking.id)
        .limit(MOST)
    )
    return [
        Shown(booking, person, organisation, room, state_of(booking)) for booking, person, organisation, room in rows
    ]


def state_of(booking: Booking) -> BookingState:
    """Where it stands by now: what ran out is over before anybody tidies it away."""
    state, now = BookingState(booking.state), clock.now()
    if state not in HOLDING:
        return state
    if not booking.is_holding(now, endings.unused()):
        return S.EXPIRED if state == S.REQUESTED else S.RELEASED
    return S.ENDED if booking.ends_at <= now and state != S.REQUESTED else state


def on_days(actor: Member, days: Sequence[date]) -> Sequence[Shown]:
    """What is booked on some days, from today on: the house turned out to be shut on them."""
    require(actor, Permission.DECIDE_BOOKING)
    ahead = [day for day in days if day >= clock.today()]
    stretches = [
        sa.and_(Booking.starts_at >= opening.at(day, 0), Booking.starts_at < opening.at(day, 24 * 60)) for day in ahead
    ]
    return _shown(sa.or_(*stretches), Booking.state.in_(HOLDING)) if stretches else ()


def outside(actor: Member, set_id: UUID) -> Sequence[Shown]:
    """What is booked, from today on, on days of a dated set of hours and outside of the hours that hold on them."""
    require(actor, Permission.DECIDE_BOOKING)
    found = opening.set_for(actor, set_id)
    first = max(found.valid_from, clock.today())
    last = min(found.valid_until or date.max, first + bookings.AHEAD)
    if last < first:
        return ()
    house = opening.between(first, last)
    booked = sa.select(Booking.id, Booking.starts_at, Booking.ends_at).where(
        Booking.state.in_(HOLDING),
        Booking.starts_at >= max(opening.at(first, 0), clock.now()),
        Booking.starts_at < opening.at(last, 24 * 60),
    )
    ids = []
    for row in db.session.execute(booked):
        span = house.hours[row.starts_at.astimezone(clock.JAKARTA).date()]
        if span is None or not span.holds(row.starts_at, row.ends_at):
            ids.append(row.id)
    return _shown(Booking.id.in_(ids[:MOST])) if ids else ()
