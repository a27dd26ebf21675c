"""Those who must never meet in the building (rooms.md, rules 6 to 8 and From practice). The office alone knows of it.

A refusal reads like that of any full room and names other times; there is no way over it. Whoever is protected is never
turned away: where she comes without an appointment it is the other side's stay that moves.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import (
    apart,
    audit,
    bookings,
    cells,
    check_ins,
    endings,
    guests,
    onces,
    opening,
    outbox,
    presence,
    settings,
)
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.rooms import QUARTER, Booking, BookingState, Room
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


class _Met(Exception):
    """A quarter is the other side's."""


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
    OffTheGrid, WrongLength, InThePast, HouseShut, NotFound."""
    apart.get_for(actor, group_id)
    ends_at = starts_at + timedelta(minutes=minutes)
    ours = _side(side)
    if int(starts_at.timestamp()) % QUARTER or int(ends_at.timestamp()) % QUARTER:
        raise bookings.OffTheGrid
    if not bookings.SHORTEST <= ends_at - starts_at <= bookings.LONGEST:
        raise bookings.WrongLength
    if cells.of(starts_at) < cells.of(clock.now()):
        raise bookings.InThePast
    span = _hours(starts_at)
    if span is None or not span.holds(starts_at, ends_at):
        raise bookings.HouseShut
    stay = _expected(actor, group_id, ours, entrance, starts_at, ends_at, window)
    try:
        with transaction() as session:
            if before := onces.made(session, "stays.expect", actor.person_id, once):
                return before
            endings.tidy(session)
            _check_door(session, stay)
            if not presence.claim(session, group_id, ours, range(stay.first, stay.last + 1)):
                raise _Met
            session.add(stay)
            onces.keep(session, "stays.expect", actor.person_id, once, stay.id)
            audit.record(session, "stay.expected", actor)
            return stay.id
    except _Met:
        audit.refused("stay.refused", actor)
        raise _refusal(stay, starts_at, ends_at - starts_at) from None


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
    ends_at, ours = starts_at + timedelta(minutes=minutes), _side(side)
    try:
        with transaction() as session:
            if before := onces.made(session, "stays.book", actor.person_id, once):
                return before
            endings.tidy(session)
            room = session.get(Room, room_id)
            if room is not None and room.is_child and ours is Side.B:
                raise NotWithChildren
            stay = _expected(actor, group_id, ours, entrance, starts_at, ends_at, window)
            _check_door(session, stay)
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


def walk_in(actor: Member, group_id: UUID, *, side: str | None, entrance: str | None, minutes: int, once: str) -> UUID:
    """*Tamu datang tanpa janji.* The protected one always has a stay: what the other side holds and has not begun
    moves, and the desk is told; where the other side is there already, she is led to another place. The other side has
    a stay where nothing stands in its way, else the desk is told and it raises what a full room raises."""
    apart.get_for(actor, group_id)
    ours, now = _side(side), clock.now()
    if entrance is None or entrance not in entrances():
        raise NoSuchDoor
    stay = _new(actor, group_id, ours, entrance, now, now + timedelta(minutes=minutes))
    try:
        with transaction() as session:
            if before := onces.made(session, "stays.walk_in", actor.person_id, once):
                return before
            endings.tidy(session)
            stay.first, stay.arrived_at = cells.of(now), now
            if ours is Side.A:
                _move_away(session, stay)
            if not presence.of_the_other(session, group_id, ours, range(stay.first, stay.last + 1)):
                presence.claim(session, group_id, ours, range(stay.first, stay.last + 1))
            elif ours is Side.A:
                _alert(session, stay, range(stay.first, stay.last + 1))
                stay.is_elsewhere, stay.last = True, stay.first - 1
            else:
                raise _Met
            session.add(stay)
            onces.keep(session, "stays.walk_in", actor.person_id, once, stay.id)
            audit.record(session, "stay.walked_in", actor)
            return stay.id
    except _Met:
        audit.refused("stay.refused", actor)
        with transaction() as session:
            _tell(session, group_id, uuid5(group_id, once))
        quarter = cells.instant(cells.of(now) + 1)
        raise _refusal(stay, quarter, timedelta(minutes=max(minutes, 30))) from None


def _move_away(session: Session, stay: Stay) -> None:
    """The other side's stays that stand in hers and have not begun: each is put off, and the desk is told; nobody of
    them moves into her time either."""
    hers = range(stay.first, stay.last + 1)
    in_the_way = sa.select(Stay).where(
        Stay.group_id == stay.group_id,
        Stay.side == Side.B.value,
        Stay.arrived_at.is_(None),
        Stay.cancelled_at.is_(None),
        Stay.first <= stay.last,
        Stay.last >= stay.first,
    )
    for theirs in session.scalars(in_the_way):
        presence.release(session, theirs.group_id, Side.B, range(theirs.first, theirs.last + 1))
        theirs.must_move, theirs.cancelled_at = True, clock.now()
        _tell(session, theirs.group_id, uuid5(theirs.id, "moves"))
    asked = sa.select(Booking).join(Stay, Stay.booking_id == Booking.id)
    for booking in session.scalars(asked.where(Stay.group_id == stay.group_id, Stay.side == Side.B.value)):
        if booking.next_starts_at and booking.next_ends_at:
            then = presence.stay(booking.next_starts_at, booking.next_ends_at)
            if then.start < hers.stop and hers.start < then.stop:
                endings.let_go_of_next(session, booking)


def _alert(session: Session, stay: Stay, quarters: range) -> int:
    """Tell the desk whom of the other side a stay comes near: once for each of them, until one of them comes at another
    time. Returns how many are new."""
    theirs = sa.select(Stay).where(
        Stay.group_id == stay.group_id,
        Stay.side != stay.side,
        Stay.cancelled_at.is_(None),
        Stay.first <= Stay.last,
        Stay.first < quarters.stop,
        Stay.last >= quarters.start,
    )
    near = session.scalars(theirs).all()
    return sum(_tell(session, stay.group_id, uuid5(stay.id, f"{one.id} {one.first}")) for one in near)


def _tell(session: Session, group_id: UUID, event: UUID) -> bool:
    office = session.get_one(ApartGroup, group_id).organisation_id
    return outbox.alert(session, office, outbox.Notice.APART, to=Permission.KEEP_APART, event=event)


def arrive(actor: Member, stay_id: UUID) -> UUID:
    """*Sudah tiba*, as it is: earlier than they were expected as well. Where the other side is near then, they are led
    to another place. Raises NotFound, Over."""
    with transaction() as session:
        stay = _mine(session, actor, stay_id)
        if stay.arrived_at is not None or stay.cancelled_at is not None:
            raise Over
        stay.arrived_at, early = clock.now(), range(cells.of(clock.now()), stay.first)
        if presence.of_the_other(session, stay.group_id, Side(stay.side), early):
            stay.is_elsewhere = True
            _alert(session, stay, early)
        elif early:
            presence.claim(session, stay.group_id, Side(stay.side), early)
            stay.first = early.start
        if stay.booking_id is not None:
            check_ins.begin(session, stay.booking_id)
        audit.record(session, "stay.arrived", actor)
        return stay.id


def leave(actor: Member, stay_id: UUID) -> UUID:
    """*Sudah pulang*: what is left of their time is given back, but for the margin. Raises NotFound, Over."""
    with transaction() as session:
        stay = _mine(session, actor, stay_id)
        if not stay.is_here:
            raise Over
        stay.left_at = clock.now()
        kept = cells.of(clock.now()) + presence.MARGIN_CELLS
        presence.release(session, stay.group_id, Side(stay.side), range(max(kept + 1, stay.first), stay.last + 1))
        stay.last = max(min(stay.last, kept), stay.first - 1)
        audit.record(session, "stay.left", actor)
        return stay.id


def cancel(actor: Member, stay_id: UUID) -> UUID:
    """They do not come; the room in which they were expected is free. Raises NotFound, Over."""
    with transaction() as session:
        stay = _mine(session, actor, stay_id)
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


def purge() -> int:
    """Whoever is still there holds the building for the margin ahead of now, so that nobody is booked against them;
    where the other side holds it, the desk is told. Returns of how many it was told now."""
    told = 0
    with transaction() as session:
        presence.forget_past(session)
        here = sa.select(Stay).where(
            Stay.arrived_at.is_not(None), Stay.left_at.is_(None), Stay.starts_at > clock.now() - guests.LATEST
        )
        for stay in session.scalars(here):
            ahead = range(max(stay.last + 1, cells.of(clock.now())), cells.of(clock.now()) + presence.MARGIN_CELLS + 1)
            if not ahead:
                continue
            if presence.of_the_other(session, stay.group_id, Side(stay.side), ahead):
                told += _alert(session, stay, ahead)
            else:
                presence.claim(session, stay.group_id, Side(stay.side), ahead)
                stay.last, stay.is_elsewhere = ahead.stop - 1, False
    return told


def _mine(session: Session, actor: Member, stay_id: UUID) -> Stay:
    require(actor, Permission.KEEP_APART)
    stay = session.get(Stay, stay_id)
    if stay is None or session.get_one(ApartGroup, stay.group_id).organisation_id != actor.organisation_id:
        raise NotFound
    return stay


def _side(side: str | None) -> Side:
    if side not in set(Side):
        raise SideMissing
    return Side(side)


def _hours(at: datetime) -> opening.Span | None:
    day = at.astimezone(clock.JAKARTA).date()
    return opening.between(day, day).hours[day]


def _new(actor: Member, group_id: UUID, side: Side, entrance: str, starts_at: datetime, ends_at: datetime) -> Stay:
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
    stay = _new(actor, group_id, side, entrance or "", starts_at, ends_at)
    stay.expected_until = starts_at + timedelta(minutes=window)
    return stay


def _check_door(session: Session, stay: Stay) -> None:
    """Two sides never share a door on one day."""
    if stay.entrance not in entrances():
        raise NoSuchDoor
    if presence.is_door_taken(session, stay, stay.starts_at.astimezone(clock.JAKARTA).date()):
        raise DoorTaken


def _refusal(stay: Stay, starts_at: datetime, length: timedelta) -> Conflict:
    """The words of any full room, with the nearest times at which this can be."""
    span = _hours(starts_at)
    if span is None:
        return bookings.NothingFree()
    first, last = max(cells.of(span.starts_at), cells.of(clock.now())), cells.of(span.ends_at - length)
    free = presence.possible(db.session(), stay, map(cells.instant, range(first, last + 1)), length, span)
    return bookings.instead(cells.nearest(free, starts_at, bookings.OFFERS))
