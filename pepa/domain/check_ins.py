"""Who came to a room, and who left it: by the room's page, or since the desk saw them at the door."""

from datetime import timedelta
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import transaction
from pepa.domain import audit, bookings, cells, encounters, endings, presence
from pepa.models.rooms import Booking, BookingState
from pepa.models.stays import Side, Stay
from pepa.policy import Member, Permission, require

S = BookingState


def check_in(actor: Member, booking_id: UUID, *, version: int) -> UUID:
    """Somebody is in the room: it is not released. From a quarter of an hour before its start. Raises NotSo."""
    return _press(actor, booking_id, version, S.IN_USE)


def end(actor: Member, booking_id: UUID, *, version: int) -> UUID:
    """They have left: the rest of its time is free, after the turnaround. Raises NotSo."""
    return _press(actor, booking_id, version, S.ENDED)


def _press(actor: Member, booking_id: UUID, version: int, state: BookingState) -> UUID:
    require(actor, Permission.BOOK_ROOM)
    now = clock.now()
    with transaction() as session:
        booking = bookings.changing(session, actor, booking_id, version)
        if booking.starts_at > now + timedelta(minutes=15) or (state is S.ENDED and booking.state != S.IN_USE):
            raise bookings.NotSo
        bookings.become(booking, state)
        if state is S.IN_USE:
            _arrive(session, booking)
        else:
            booking.left_at = now
            cells.free(session, booking.id, from_at=now + timedelta(minutes=booking.turnaround))
        audit.record(session, f"booking.{state}", actor, booking.id)
        return booking.id


def _arrive(session: Session, booking: Booking) -> None:
    """Whoever is kept apart has come with it, as if the desk had seen them; whoever was put off may not."""
    booking.arrived_at, stay = clock.now(), presence.of_booking(session, booking.id)
    if stay is not None and stay.must_move:
        raise bookings.NotSo
    if stay is not None and stay.arrived_at is None:
        come_in(session, stay)
    endings.let_go_of_next(session, booking)


def begin(session: Session, booking_id: UUID) -> None:
    """Whoever was expected in a room was seen at the door: it is kept for them."""
    booking = session.get_one(Booking, booking_id)
    if booking.state == S.CONFIRMED:
        booking.state, booking.version = S.IN_USE, booking.version + 1
        _arrive(session, booking)


def come_in(session: Session, stay: Stay) -> None:
    """Somebody who is kept apart is in the house from now on. Where the other side is near, they are led to another
    place; for the protected one, what the other side has not begun moves first."""
    now = cells.of(clock.now())
    stay.arrived_at, wanted = clock.now(), range(now, max(stay.last, now + presence.MARGIN_CELLS) + 1)
    if stay.side == Side.A:
        move_away(session, stay, wanted)
    encounters.hold(session, stay, wanted)


def move_away(session: Session, stay: Stay, quarters: range) -> None:
    """The other side's stays that stand in some quarters and have not begun: each is put off, and the desk is told;
    nobody of them moves there either."""
    in_the_way = sa.select(Stay).where(
        Stay.group_id == stay.group_id,
        Stay.side == Side.B.value,
        Stay.arrived_at.is_(None),
        Stay.cancelled_at.is_(None),
        Stay.first < quarters.stop,
        Stay.last >= quarters.start,
    )
    for theirs in session.scalars(in_the_way):
        presence.release(session, theirs.group_id, Side.B, range(theirs.first, theirs.last + 1))
        theirs.must_move, theirs.cancelled_at = True, clock.now()
        encounters.tell(session, theirs.group_id, uuid5(theirs.id, "moves"))
    asked = sa.select(Booking).join(Stay, Stay.booking_id == Booking.id)
    for booking in session.scalars(asked.where(Stay.group_id == stay.group_id, Stay.side == Side.B.value)):
        if booking.next_starts_at and booking.next_ends_at:
            then = presence.stay(booking.next_starts_at, booking.next_ends_at)
            if then.start < quarters.stop and quarters.start < then.stop:
                endings.let_go_of_next(session, booking)
