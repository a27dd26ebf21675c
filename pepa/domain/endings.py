"""How bookings end by themselves: requests that nobody decided, rooms to which nobody came, time that is over. Whoever
books asks first, so that nothing waits for a job."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import transaction
from pepa.domain import calendars, cells, encounters, members, opening, outbox, presence, settings
from pepa.models.organisations import Membership
from pepa.models.rooms import Booking, BookingState

LONGEST = timedelta(hours=8)  # that a room is booked
REQUEST_HOLDS = timedelta(hours=24)
BEFORE_START = timedelta(hours=2)  # a request that nobody decided by then is over
EVER = datetime(2000, 1, 1, tzinfo=clock.JAKARTA)
S = BookingState


def purge() -> int:
    """Give back the cells of what is over, and forget those that are past. Nothing waits for it: whoever books does
    the same for the room. Returns how many bookings ended."""
    with transaction() as session:
        cells.forget_past(session)
        presence.forget_past(session)
        return tidy(session)


def tidy(session: Session) -> int:
    """End what is over: requests and moves that ran out, bookings to which nobody came, those whose time is past. What
    is left of their time is free then; whoever is still in the house goes on holding it. Each question reads its few
    rows by an index. Returns how many ended."""
    now, ended = clock.now(), 0
    nobody_came = sa.and_(Booking.state == S.CONFIRMED, Booking.starts_at <= now - unused())
    over = (
        (Booking.state == S.REQUESTED, Booking.held_until <= now),
        (
            Booking.state.in_([S.CONFIRMED, S.IN_USE]),
            Booking.starts_at <= now,
            sa.or_(Booking.ends_at <= now, nobody_came),
        ),
        (Booking.next_starts_at > EVER, Booking.held_until <= now),
    )
    for which in over:
        for booking in session.scalars(sa.select(Booking).where(*which)).all():
            _end(session, booking, now)
            ended += 1
    encounters.stay_on(session)
    return ended


def _end(session: Session, booking: Booking, now: datetime) -> None:
    if booking.next_room_id is not None:  # a move is decided before it would begin, or not at all
        booking.held_until = None
        let_go_of_next(session, booking)
        tell(session, booking)
    if booking.state == S.REQUESTED:
        booking.state = S.EXPIRED
        let_go(session, booking)
        tell(session, booking)
    elif booking.ends_at <= now:
        booking.state = S.ENDED  # the turnaround behind it is still kept; what is past goes by itself
    elif booking.state == S.CONFIRMED and booking.starts_at <= now - unused():
        booking.state, booking.sequence = S.RELEASED, booking.sequence + 1
        cells.free(session, booking.id, from_at=this_quarter())
        calendars.tell(session, booking)


def tell(session: Session, booking: Booking) -> None:
    """Whoever booked it: it is not as they booked it. Where they have left, whoever answers for their organisation."""
    person_id, organisation_id = booking.person_id, booking.organisation_id
    here = (Membership.person_id == person_id, Membership.organisation_id == organisation_id, Membership.is_active)
    if session.scalar(sa.select(Membership.id).where(*here)) is not None:
        outbox.tell(session, person_id, outbox.Notice.DISPLACED, organisation_id=organisation_id)
    else:
        members.tell_leads(session, organisation_id, outbox.Notice.DISPLACED, but=person_id)


def until(now: datetime, starts_at: datetime) -> datetime:
    """A request is decided in a day, and two hours before it would begin; one for sooner than that, until it begins.
    Days on which nobody is there to decide do not count."""
    held, day = now + REQUEST_HOLDS, now.astimezone(clock.JAKARTA).date()
    while day < held.astimezone(clock.JAKARTA).date():
        day += timedelta(days=1)
        held += timedelta(days=opening.between(day, day).hours[day] is None)
    held = min(held, starts_at - BEFORE_START)
    return held if held > now else starts_at


def this_quarter() -> datetime:
    """Whoever is not there needs not even the quarter of an hour that runs."""
    return cells.instant(cells.of(clock.now()))


def unused() -> timedelta:
    """How long after its start a room is kept for somebody who does not come; a setting, empty: to its end."""
    minutes = settings.read().release_minutes
    return timedelta(minutes=minutes) if minutes else LONGEST


def let_go(session: Session, booking: Booking, *, from_at: datetime | None = None) -> None:
    """It is given back, with whoever was expected in it. from_at: only what begins then or later, of a booking that has
    begun"""
    stay = presence.of_booking(session, booking.id)
    let_go_of_next(session, booking)
    cells.free(session, booking.id, from_at=from_at)
    if stay is not None:
        presence.call_off(session, stay)


def let_go_of_next(session: Session, booking: Booking) -> None:
    """What was asked for before is not asked for any more."""
    if booking.next_room_id is not None:
        stay = presence.of_booking(session, booking.id)
        if stay is not None and booking.next_starts_at and booking.next_ends_at:
            presence.let_go(session, stay, booking.next_starts_at, booking.next_ends_at)
        booking.next_room_id = booking.next_starts_at = booking.next_ends_at = None
        cells.keep_only(session, booking)
