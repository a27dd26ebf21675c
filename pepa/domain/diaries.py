"""Bookings as lists: a person's own, those of today, those that wait for a decision, those of a room; and one of them,
with the names that belong to it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from pepa import clock
from pepa.db import Page, db, keyset
from pepa.domain import bookings, endings, members, opening
from pepa.models.organisations import Membership, Organisation
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
    """The actor's own bookings for their organisation by their beginnings: those to come, the nearest first, or those
    that are over, the last one first."""
    require(actor, Permission.BOOK_ROOM)
    holds = sa.and_(Booking.state.in_(HOLDING), *_ahead())
    query = (
        sa.select(Booking).options(joinedload(Booking.room)).where(*_own(actor), sa.not_(holds) if is_past else holds)
    )
    return keyset(query, Booking.starts_at, Booking.id, at=at, size=size, descends=is_past)


def lost(actor: Member) -> Sequence[Booking]:
    """What the actor had booked for a time that is still to come, and does not have any more, by no act of theirs; for
    whoever answers for their organisation also what those had who have left."""
    require(actor, Permission.BOOK_ROOM)
    whose = sa.and_(*_own(actor))
    if actor.roles & set(members.LEADS):
        here = (Membership.organisation_id == actor.organisation_id, Membership.is_active)
        left = Booking.person_id.not_in(sa.select(Membership.person_id).where(*here))
        whose = sa.or_(whose, sa.and_(Booking.organisation_id == actor.organisation_id, left))
    taken = sa.and_(Booking.state == S.CANCELLED, Booking.displaced_for.is_not(None))
    query = (
        sa.select(Booking)
        .options(joinedload(Booking.room))
        .where(whose, *_ahead(), sa.or_(taken, Booking.state.in_([S.REJECTED, S.EXPIRED])))
    )
    return db.session.scalars(query.order_by(Booking.starts_at, Booking.id).limit(MOST)).all()


def _own(actor: Member) -> tuple[sa.ColumnElement[bool], ...]:
    """Whoever works in two organisations sees each of them from inside of it."""
    return Booking.person_id == actor.person_id, Booking.organisation_id == actor.organisation_id


def _ahead() -> tuple[sa.ColumnElement[bool], ...]:
    """The first finds the place in the index."""
    now = clock.now()
    return Booking.starts_at > now - bookings.LONGEST, Booking.ends_at > now


def today(actor: Member) -> Sequence[Booking]:
    """What the actor has booked for the rest of today."""
    require(actor, Permission.BOOK_ROOM)
    midnight = datetime.combine(clock.today() + timedelta(days=1), time(0), clock.JAKARTA)
    rows = db.session.scalars(
        sa.select(Booking)
        .options(joinedload(Booking.room))
        .where(
            *_own(actor),
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
    """What is still booked in a room, or asks to be moved into it: of a room that is closed, what has to go somewhere
    else."""
    require(actor, Permission.DECIDE_BOOKING)
    return _shown(_in(room_id, clock.now()))


def within(actor: Member, starts_at: datetime, ends_at: datetime, room_id: UUID | None = None) -> Sequence[Shown]:
    """What is booked, or asks to be moved there, in a stretch of time in which a room, or the house, is shut."""
    require(actor, Permission.DECIDE_BOOKING)
    return _shown(_in(room_id, starts_at, ends_at))


def _in(room_id: UUID | None, starts_at: datetime, ends_at: datetime | None = None) -> sa.ColumnElement[bool]:
    """Of a room or the house, what is not over in a stretch of time: where it is, or where it asks to be moved."""
    from_at, now = starts_at - bookings.LONGEST, clock.now()
    here = (
        Booking.room_id == room_id if room_id else sa.true(),
        Booking.state.in_(HOLDING),
        Booking.starts_at > from_at,
        Booking.ends_at > max(starts_at, now),
        Booking.starts_at < ends_at if ends_at else sa.true(),
    )
    there = (
        Booking.next_room_id == room_id if room_id else sa.true(),
        Booking.held_until > now,
        Booking.next_starts_at > from_at,
        Booking.next_ends_at > max(starts_at, now),
        Booking.next_starts_at < ends_at if ends_at else sa.true(),
    )
    return sa.or_(sa.and_(*here), sa.and_(*there))


def one(actor: Member, booking_id: UUID) -> Shown:
    """One booking of the actor's organisation; the office opens all. That somebody has to be asked about it is for
    whoever booked it and whoever decides: of an ordinary room it would say that somebody is kept apart. Raises
    NotFound."""
    booking = bookings.get_for(actor, booking_id)
    shown = _shown(Booking.id == booking.id)[0]
    if bookings.may_know_asked(actor, booking):
        return shown
    return replace(shown, next_room=None, state=S.CONFIRMED if shown.state == S.REQUESTED else shown.state)


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
    return _shown(sa.or_(*(_in(None, opening.at(day, 0), opening.at(day, 24 * 60)) for day in ahead))) if ahead else ()


def outside(actor: Member, set_id: UUID) -> Sequence[Shown]:
    """What is booked, or asks to be moved there, from today on, on days of a dated set of hours and outside of the
    hours that hold on them."""
    require(actor, Permission.DECIDE_BOOKING)
    days = opening.days_of(actor, set_id)
    if days is None:
        return ()
    house = opening.between(*days, is_fresh=True)
    starts_at, ends_at = max(opening.at(days[0], 0), clock.now()), opening.at(days[1], 24 * 60)
    booked = sa.select(
        Booking.id, Booking.starts_at, Booking.ends_at, Booking.next_starts_at, Booking.next_ends_at
    ).where(_in(None, starts_at, ends_at))
    ids = []
    for row in db.session.execute(booked):
        places = [(row.starts_at, row.ends_at), (row.next_starts_at, row.next_ends_at)]
        inside = [one for one in places if one[0] and starts_at <= one[0] < ends_at]
        if not all(house.is_within(*one) for one in inside):
            ids.append(row.id)
    return _shown(Booking.id.in_(ids[:MOST])) if ids else ()
