"""Who came to a room, and who left it: by the room's page, or since the desk saw them at the door."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import transaction
from pepa.domain import audit, bookings, cells, endings, presence
from pepa.models.rooms import Booking, BookingState
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
    """Whoever is kept apart has come with it; whoever was put off may not."""
    booking.arrived_at, stay = clock.now(), presence.of_booking(session, booking.id)
    if stay is not None and stay.must_move:
        raise bookings.NotSo
    if stay is not None and stay.arrived_at is None:
        stay.arrived_at = clock.now()
    endings.let_go_of_next(session, booking)


def begin(session: Session, booking_id: UUID) -> None:
    """Whoever was expected in a room was seen at the door: it is kept for them."""
    booking = session.get_one(Booking, booking_id)
    if booking.state == S.CONFIRMED:
        booking.state, booking.version = S.IN_USE, booking.version + 1
        _arrive(session, booking)
