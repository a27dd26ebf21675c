"""Who has which room when. A quarter of an hour of a room is a key: the database refuses the second booking of it.

One text, one status, one speed for whatever stands in the way: who is there, or why it is kept free, is not to be read
from a refusal (rooms.md, rules 2 and 6).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, calendars, cells, endings, onces, opening
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.rooms import QUARTER, Booking, BookingState, Companion, Need, Purpose, Room
from pepa.policy import Member, Permission, can, require
from pepa.words import N_

SHORTEST, LONGEST = timedelta(minutes=30), endings.LONGEST
REQUEST_HOLDS = timedelta(hours=24)
BEFORE_START = timedelta(hours=2)  # a request that nobody decided by then is over
OFFERS = 3  # other times beside a refusal
S = BookingState


class RoomTaken(Conflict):
    says = N_("Waktu ini tidak tersedia. Yang kosong: %(times)s.")
    field = "starts_at"


class NothingFree(Conflict):
    says = N_("Waktu ini tidak tersedia. Hari ini tidak ada yang kosong lagi.")
    field = "starts_at"


class RoomClosed(Conflict):
    says = N_("Ruang ini tidak dipakai lagi. Pilih ruang lain.")
    field = "starts_at"


class OffTheGrid(Invalid):
    says = N_("Waktu mulai dan selesai: tepat di seperempat jam, seperti 10.15.")
    field = "starts_at"


class WrongLength(Invalid):
    says = N_("Lama pemakaian: 30 menit sampai 8 jam.")
    field = "minutes"


class InThePast(Invalid):
    says = N_("Waktu ini sudah lewat. Pilih waktu lain.")
    field = "starts_at"


class HouseShut(Conflict):
    says = N_("Gedung atau ruang ini tutup pada waktu itu.")
    field = "starts_at"


class PurposeMissing(Invalid):
    says = N_("Pilih untuk apa ruang ini dipakai.")
    field = "purpose"


class ChildRoom(Invalid):
    says = N_("Ruang anak: hanya untuk kegiatan anak atau konseling.")
    field = "purpose"


class CompanionMissing(Invalid):
    says = N_("Ruang anak: pilih siapa yang menemani anak.")
    field = "companion"


class NotSo(Conflict):
    """Somebody was quicker, or it is over."""

    says = N_("Pesanan ini sudah berubah. Lihat lagi.")


def book(
    actor: Member,
    room_id: UUID,
    *,
    starts_at: datetime,
    minutes: int,
    purpose: str | None,
    once: str,
    needs: Sequence[str] = (),
    companion: str | None = None,
) -> UUID:
    """Confirmed at once; in the child room it asks first, and holds its time meanwhile.

    minutes: its length. Raises RoomTaken or NothingFree with other times, RoomClosed, HouseShut, OffTheGrid,
    WrongLength, InThePast, ChildRoom, CompanionMissing.
    """
    require(actor, Permission.BOOK_ROOM)
    if purpose not in set(Purpose):
        raise PurposeMissing
    ends_at = starts_at + timedelta(minutes=minutes)
    with transaction() as session:
        if before := onces.made(session, "bookings.book", actor.person_id, once):
            return before
        room = _room(session, room_id)
        _check(room, starts_at, ends_at)
        if room.is_child:
            _check_child(purpose, companion)
        now = clock.now()
        booking = Booking(
            id=uuid4(),
            room_id=room.id,
            organisation_id=actor.organisation_id,
            person_id=actor.person_id,
            purpose=Purpose(purpose),
            needs=" ".join(need.value for need in Need if need in set(needs)),
            companion=Companion(companion) if companion and room.is_child else None,
            starts_at=starts_at,
            ends_at=ends_at,
            turnaround=room.turnaround,
            state=S.REQUESTED if room.is_child else S.CONFIRMED,
            held_until=_held_until(now, starts_at) if room.is_child else None,
            made_at=now,
        )
        session.add(booking)
        session.flush()
        _claim(session, room, booking.id, starts_at, ends_at)
        onces.keep(session, "bookings.book", actor.person_id, once, booking.id)
        calendars.tell(session, booking)
        audit.record(session, "booking.made", actor, booking.id)
        return booking.id


def _room(session: Session, room_id: UUID) -> Room:
    room = session.get(Room, room_id)
    if room is None:
        raise NotFound
    if room.closed_at is not None:
        raise RoomClosed
    return room


def _check(room: Room, starts_at: datetime, ends_at: datetime) -> None:
    """The rules that need nobody else's booking."""
    if int(starts_at.timestamp()) % QUARTER or int(ends_at.timestamp()) % QUARTER or starts_at.microsecond:
        raise OffTheGrid
    if not SHORTEST <= ends_at - starts_at <= LONGEST:
        raise WrongLength
    if cells.of(starts_at) < cells.of(clock.now()):
        raise InThePast
    day = starts_at.astimezone(clock.JAKARTA).date()
    if not opening.between(day, day).is_open(room.id, starts_at, ends_at):
        raise HouseShut


def _check_child(purpose: str, companion: str | None) -> None:
    if purpose not in (Purpose.CHILDREN, Purpose.COUNSELLING):
        raise ChildRoom
    if companion is None:
        raise CompanionMissing


def get_for(actor: Member, booking_id: UUID) -> Booking:
    """A booking of the actor's organisation, or any for whoever decides them. Raises NotFound."""
    require(actor, Permission.BOOK_ROOM)
    booking = db.session.get(Booking, booking_id)
    if booking is None or not is_ours(actor, booking.organisation_id):
        raise NotFound
    return booking


def is_ours(actor: Member, organisation_id: UUID) -> bool:
    return organisation_id == actor.organisation_id or can(actor, Permission.DECIDE_BOOKING)


def changing(session: Session, actor: Member, booking_id: UUID, version: int) -> Booking:
    """The booking as it stands in this transaction. Raises NotFound, NotSo."""
    endings.tidy(session)
    booking = session.get(Booking, booking_id, populate_existing=True)
    if booking is None or not is_ours(actor, booking.organisation_id):
        raise NotFound
    if booking.version != version:
        raise NotSo
    booking.version += 1
    return booking


def _become(booking: Booking, state: BookingState) -> None:
    if not booking.may_become(state):
        raise NotSo
    booking.state = state


def move(actor: Member, booking_id: UUID, *, room_id: UUID, starts_at: datetime, minutes: int, version: int) -> UUID:
    """To another time or room, by the same rules as a new one. Into the child room it asks first: until that is
    decided both places are held. Raises what `book` raises, and NotSo."""
    require(actor, Permission.BOOK_ROOM)
    ends_at = starts_at + timedelta(minutes=minutes)
    with transaction() as session:
        booking = changing(session, actor, booking_id, version)
        if booking.state not in (S.REQUESTED, S.CONFIRMED):
            raise NotSo
        room = _room(session, room_id)
        _check(room, starts_at, ends_at)
        if room.is_child:
            _check_child(booking.purpose, booking.companion)
        asks = room.is_child and booking.state == S.CONFIRMED
        endings.let_go_of_next(session, booking)
        _claim(session, room, booking.id, starts_at, ends_at)
        if asks:
            booking.next_room_id, booking.next_starts_at, booking.next_ends_at = room.id, starts_at, ends_at
            booking.held_until = _held_until(clock.now(), min(starts_at, booking.starts_at))
        else:
            _settle(session, booking, room, starts_at, ends_at)
            calendars.tell(session, booking)
        audit.record(session, "booking.moved", actor, booking.id)
        return booking.id


def _settle(session: Session, booking: Booking, room: Room, starts_at: datetime, ends_at: datetime) -> None:
    """The booking is there from now on, and nowhere else."""
    booking.room_id, booking.starts_at, booking.ends_at = room.id, starts_at, ends_at
    booking.next_room_id = booking.next_starts_at = booking.next_ends_at = None
    booking.sequence, booking.turnaround = booking.sequence + 1, room.turnaround
    cells.keep_only(session, booking, room, starts_at, ends_at)


def cancel(actor: Member, booking_id: UUID, *, version: int) -> UUID:
    """Before it ends; of one that has begun the rest is free. Raises NotSo."""
    require(actor, Permission.BOOK_ROOM)
    with transaction() as session:
        booking = changing(session, actor, booking_id, version)
        _become(booking, S.CANCELLED)
        booking.sequence += 1
        begun = booking.starts_at <= clock.now()
        cells.free(session, booking.id, from_at=endings.this_quarter() if begun else None)
        calendars.tell(session, booking)
        audit.record(session, "booking.cancelled", actor, booking.id)
        return booking.id


def decide(actor: Member, booking_id: UUID, *, is_granted: bool, version: int) -> UUID:
    """On what was asked for: a new booking of the child room, or a move into it. Raises NotSo."""
    require(actor, Permission.DECIDE_BOOKING)
    with transaction() as session:
        booking = changing(session, actor, booking_id, version)
        booking.decided_by_id, booking.decided_at = actor.person_id, clock.now()
        if booking.state == S.REQUESTED:
            _become(booking, S.CONFIRMED if is_granted else S.REJECTED)
            if not is_granted:
                cells.free(session, booking.id)
        elif booking.next_room_id is not None and booking.next_starts_at and booking.next_ends_at:
            if is_granted:
                room = session.get_one(Room, booking.next_room_id)
                _settle(session, booking, room, booking.next_starts_at, booking.next_ends_at)
            else:
                endings.let_go_of_next(session, booking)
        else:
            raise NotSo
        booking.held_until = None
        if is_granted:
            calendars.tell(session, booking)
        audit.record(session, "booking.granted" if is_granted else "booking.refused", actor, booking.id)
        return booking.id


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
        booking = changing(session, actor, booking_id, version)
        if booking.starts_at > now + timedelta(minutes=15) or (state is S.ENDED and booking.state != S.IN_USE):
            raise NotSo
        _become(booking, state)
        if state is S.IN_USE:
            booking.arrived_at = now
            endings.let_go_of_next(session, booking)
        else:
            booking.left_at = now
            cells.free(session, booking.id, from_at=now + timedelta(minutes=booking.turnaround))
        audit.record(session, f"booking.{state}", actor, booking.id)
        return booking.id


def _held_until(now: datetime, starts_at: datetime) -> datetime:
    """A request is decided in a day, and two hours before it would begin; one for sooner than that, until it begins."""
    until = min(now + REQUEST_HOLDS, starts_at - BEFORE_START)
    return until if until > now else starts_at


def _claim(session: Session, room: Room, booking_id: UUID, starts_at: datetime, ends_at: datetime) -> None:
    """Take the cells, in ascending order. Raises RoomTaken or NothingFree."""
    endings.tidy(session)
    if not cells.claim(session, room, booking_id, starts_at, ends_at):
        raise _refusal(session, room, starts_at, ends_at, booking_id)


def _refusal(session: Session, room: Room, starts_at: datetime, ends_at: datetime, but: UUID) -> Conflict:
    """What is said instead: the nearest times of that day in that room."""
    return instead(offers(session, room, starts_at, ends_at - starts_at, but=but))


def instead(times: Sequence[datetime]) -> Conflict:
    """The one refusal, whatever stands in the way, with other times where there are any."""
    said = ", ".join(f"{at.astimezone(clock.JAKARTA):%H.%M}" for at in times)
    return RoomTaken(times=said) if times else NothingFree()


def offers(
    session: Session, room: Room, starts_at: datetime, length: timedelta, *, but: UUID | None = None
) -> Sequence[datetime]:
    """Up to three other beginnings on that day, the nearest first. Whatever is offered can be booked.

    but: a booking whose cells count as free
    """
    day = starts_at.astimezone(clock.JAKARTA).date()
    house = opening.between(day, day)
    span = house.hours[day]
    if span is None:
        return []
    taken = cells.taken(session, [room.id], span.starts_at, span.ends_at + timedelta(hours=2), but=but)
    free = cells.free_starts(room, span, house, taken.get(room.id, set()), length)
    return cells.nearest(free, starts_at, OFFERS)
