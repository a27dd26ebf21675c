"""Those who must never meet in the building (rooms.md, rules 6 to 8 and From practice). The office alone knows of it.

A refusal reads like that of any full room and names other times; there is no way over it. Whoever is protected is never
turned away: where she comes without an appointment it is the other side's stay that moves.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import (
    apart,
    audit,
    bookings,
    cells,
    endings,
    onces,
    opening,
    presence,
    settings,
)
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.rooms import Booking, BookingState, Room
from pepa.models.stays import ApartGroup, Side, Stay
from pepa.policy import Member, Permission, require
from pepa.words import N_

WINDOWS = (15, 30)  # minutes in which somebody is to come in; no longer than the shortest stay


class NoSuchDoor(Invalid):
    says = N_("Pilih pintu masuk.")
    field = "entrance"


class DoorTaken(Conflict):
    says = N_("Pintu ini tidak bisa dipakai hari itu. Pilih pintu lain.")
    field = "entrance"


class GroupMissing(Invalid):
    says = N_("Pilih siapa yang tidak boleh bertemu.")
    field = "group_id"


class NotWithChildren(Invalid):
    says = N_("Pihak lain tidak pernah di ruang anak. Pilih ruang lain.")
    field = "side"


class WindowOdd(Invalid):
    says = N_("Waktu datang: 15 atau 30 menit sejak mulai.")
    field = "window"


class SideMissing(Invalid):
    says = N_("Pilih pihak yang mana.")
    field = "side"


class Over(Conflict):
    says = N_("Kunjungan ini sudah berubah. Lihat lagi.")


class Met(Exception):
    """A quarter is the other side's: the transaction goes back, and the refusal is that of a full room."""


def entrances() -> Sequence[str]:
    """The doors of the building, by the office's setting."""
    return [one.strip() for one in settings.read().entrances.split(",") if one.strip()]


def expect(
    actor: Member,
    group_id: UUID,
    *,
    side: str | None,
    entrance: str | None,
    starts_at: datetime,
    minutes: int,
    once: str,
    window: int = WINDOWS[0],
) -> UUID:
    """Somebody of a group is expected in the building, and comes in within so many minutes of the beginning (window).
    Raises what a full room raises where the other side is near, and SideMissing, NoSuchDoor, DoorTaken, WindowOdd,
    OffTheGrid, WrongLength, InThePast, TooFar, HouseShut, NotFound."""
    apart.get_for(actor, group_id)
    ends_at = starts_at + timedelta(minutes=minutes)
    ours = side_of(side)
    bookings.check_time(None, starts_at, ends_at)
    stay = _expected(actor, group_id, ours, entrance, starts_at, ends_at, window)
    try:
        with transaction() as session:
            if before := onces.made(session, "stays.expect", actor.person_id, once):
                return before
            endings.tidy(session)
            check_door(session, stay)
            if not presence.claim(session, group_id, ours, range(stay.first, stay.last + 1)):
                raise Met
            session.add(stay)
            onces.keep(session, "stays.expect", actor.person_id, once, stay.id)
            audit.record(session, "stay.expected", actor)
            return stay.id
    except Met:
        audit.refused("stay.refused", actor)
        raise refusal(stay, starts_at, ends_at - starts_at) from None


def book(
    actor: Member,
    room_id: UUID,
    *,
    group_id: UUID | None,
    side: str | None,
    entrance: str | None,
    starts_at: datetime,
    minutes: int,
    purpose: str | None,
    once: str,
    needs: Sequence[str] = (),
    companion: str | None = None,
    window: int = WINDOWS[0],
) -> UUID:
    """A room for somebody of a group: it asks first, and holds room and building until that is decided. Returns the
    booking. Raises what `bookings.book` raises, the same where the other side is near, and GroupMissing, SideMissing,
    NoSuchDoor, DoorTaken, WindowOdd, NotFound; NotWithChildren for the other side in the child room."""
    require(actor, Permission.KEEP_APART)
    if group_id is None:
        raise GroupMissing
    apart.get_for(actor, group_id)
    ends_at, ours = starts_at + timedelta(minutes=minutes), side_of(side)
    try:
        with transaction() as session:
            if before := onces.made(session, "stays.book", actor.person_id, once):
                return before
            endings.tidy(session)
            room = session.get(Room, room_id)
            if room is not None and room.is_child and ours is Side.B:
                raise NotWithChildren
            stay = _expected(actor, group_id, ours, entrance, starts_at, ends_at, window)
            check_door(session, stay)
            booking = bookings.place(
                session,
                actor,
                room_id,
                starts_at=starts_at,
                ends_at=ends_at,
                purpose=purpose,
                needs=needs,
                companion=companion,
                stay=stay,
            )
            onces.keep(session, "stays.book", actor.person_id, once, booking.id)
            audit.record(session, "stay.expected", actor)
            return booking.id
    except (bookings.RoomTaken, bookings.NothingFree):
        audit.refused("stay.refused", actor)
        raise


def cancel(actor: Member, stay_id: UUID) -> UUID:
    """They do not come; the room in which they were expected is free. Raises NotFound, Over."""
    with transaction() as session:
        stay = mine(session, actor, stay_id)
        if stay.arrived_at is not None or stay.cancelled_at is not None:
            raise Over
        booking = session.get_one(Booking, stay.booking_id) if stay.booking_id else None
        if booking is not None and booking.may_become(BookingState.CANCELLED):
            booking.version += 1
            bookings.call_off(session, actor, booking)
        else:
            presence.call_off(session, stay)
        audit.record(session, "stay.cancelled", actor)
        return stay.id


def mine(session: Session, actor: Member, stay_id: UUID) -> Stay:
    """A stay of the actor's office in this transaction. Raises NotFound."""
    require(actor, Permission.KEEP_APART)
    stay = session.get(Stay, stay_id)
    if stay is None or session.get_one(ApartGroup, stay.group_id).organisation_id != actor.organisation_id:
        raise NotFound
    return stay


def side_of(side: str | None) -> Side:
    """Raises SideMissing."""
    if side not in set(Side):
        raise SideMissing
    return Side(side)


def _house(at: datetime) -> opening.House:
    """On the day of an instant."""
    day = at.astimezone(clock.JAKARTA).date()
    return opening.between(day, day)


def new(actor: Member, group_id: UUID, side: Side, entrance: str, starts_at: datetime, ends_at: datetime) -> Stay:
    """A stay that nothing is held for yet."""
    held = presence.stay(starts_at, ends_at)
    return Stay(
        id=uuid4(),
        group_id=group_id,
        side=side.value,
        entrance=entrance,
        starts_at=starts_at,
        ends_at=ends_at,
        first=held.start,
        last=held.stop - 1,
        is_elsewhere=False,
        must_move=False,
        made_by_id=actor.person_id,
    )


def _expected(
    actor: Member,
    group_id: UUID,
    side: Side,
    entrance: str | None,
    starts_at: datetime,
    ends_at: datetime,
    window: int,
) -> Stay:
    """A stay with a time to come in. It lies in what the stay holds, so two sides never come in at the same time."""
    if window not in WINDOWS:
        raise WindowOdd
    stay = new(actor, group_id, side, entrance or "", starts_at, ends_at)
    stay.expected_until = starts_at + timedelta(minutes=window)
    return stay


def check_door(session: Session, stay: Stay) -> None:
    """Two sides never share a door on one day."""
    if stay.entrance not in entrances():
        raise NoSuchDoor
    if presence.is_door_taken(session, stay, stay.starts_at.astimezone(clock.JAKARTA).date()):
        raise DoorTaken


def refusal(stay: Stay, starts_at: datetime, length: timedelta) -> Conflict:
    """The words of any full room, with the nearest times at which this can be."""
    house = _house(starts_at)
    (span,) = house.hours.values()
    if span is None:
        return bookings.NothingFree()
    first, last = max(cells.of(span.starts_at), cells.of(clock.now())), cells.of(span.ends_at - length)
    open_at = [at for at in map(cells.instant, range(first, last + 1)) if not house.closures(None, at, at + length)]
    free = presence.possible(db.session(), stay, open_at, length, span)
    return bookings.instead(cells.nearest(free, starts_at, bookings.OFFERS))
