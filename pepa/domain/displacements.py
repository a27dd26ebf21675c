"""The office takes a room back for an emergency: whoever had it is told at once, is offered other places, and nothing
counts against them (rooms.md, rule 13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from pepa import clock
from pepa.db import transaction
from pepa.domain import audit, bookings, calendars, cells, endings, offers, onces, presence
from pepa.errors import Invalid
from pepa.models.rooms import Booking, BookingState, Purpose, Reason, Room
from pepa.policy import Member, Permission, require
from pepa.words import N_

MOST = 3
APART = timedelta(minutes=30)  # two offers of one room are two offers
S = BookingState


class ReasonMissing(Invalid):
    says = N_("Pilih alasannya.")
    field = "reason"


def displace(actor: Member, booking_id: UUID, *, reason: str | None, version: int, once: str) -> UUID:
    """The room, for the same time, is the office's from now on, in one act: nobody comes in between. Whoever had it is
    told. Returns the office's booking. Raises ReasonMissing, NotSo (it has begun, or is over)."""
    require(actor, Permission.DECIDE_BOOKING)
    if reason not in set(Reason):
        raise ReasonMissing
    with transaction() as session:
        if before := onces.made(session, "displacements.displace", actor.person_id, once):
            return before
        theirs = bookings.changing(session, actor, booking_id, version)
        if theirs.state not in (S.REQUESTED, S.CONFIRMED) or theirs.ends_at <= clock.now():
            raise bookings.NotSo
        theirs.state, theirs.displaced_for = S.CANCELLED, Reason(reason)
        theirs.sequence += 1
        stay = presence.of_booking(session, theirs.id)
        endings.let_go_of_next(session, theirs)
        cells.free(session, theirs.id)
        if stay is not None:
            stay.booking_id = None  # they are expected in the building as before, in another room
        room = session.get_one(Room, theirs.room_id)
        ours = Booking(
            id=uuid4(),
            room_id=room.id,
            organisation_id=actor.organisation_id,
            person_id=actor.person_id,
            purpose=Purpose.CHILDREN if room.is_child else Purpose.OTHER,
            companion=theirs.companion,
            starts_at=theirs.starts_at,
            ends_at=theirs.ends_at,
            turnaround=theirs.turnaround,
            state=S.CONFIRMED,
            made_at=clock.now(),
        )
        session.add(ours)
        session.flush()
        if not cells.claim(session, room, ours.id, ours.starts_at, ours.ends_at, turnaround=ours.turnaround):
            raise bookings.NotSo  # its cells were another's already: it had run out
        endings.tell(session, theirs)
        calendars.tell(session, theirs)
        calendars.tell(session, ours)
        onces.keep(session, "displacements.displace", actor.person_id, once, ours.id)
        audit.record(session, "booking.displaced", actor, theirs.id, note=reason)
        audit.record(session, "booking.made", actor, ours.id)
        return ours.id


@dataclass(frozen=True)
class Offer:
    room: Room
    starts_at: datetime


def instead(actor: Member, booking: Booking) -> Sequence[Offer]:
    """Up to three places for as long as the one that was taken: at the same time in another room first, the least
    different one, then the nearest times of that day. Each can be booked."""
    require(actor, Permission.BOOK_ROOM)
    day = booking.starts_at.astimezone(clock.JAKARTA).date()
    minutes = (booking.ends_at - booking.starts_at) // timedelta(minutes=1)
    found = offers.find(
        actor,
        day,
        minutes=minutes,
        seats=1 if booking.room.is_child else min(booking.room.seats, 12),
        needs=booking.room.features.split(),
        around=booking.starts_at,
    )
    like = [one for one in found if one.room.is_child == booking.room.is_child]
    places = [Offer(one.room, at) for one in like for at in one.times]
    chosen: list[Offer] = []
    for place in sorted(places, key=lambda one: abs(one.starts_at - booking.starts_at)):
        if all(place.room is not one.room or abs(place.starts_at - one.starts_at) >= APART for one in chosen):
            chosen.append(place)
    return chosen[:MOST]
