"""Who has which room when. A quarter of an hour of a room is a key: the database refuses the second booking of it.

One text, one status, one speed for whatever stands in the way: who is there, or why it is kept free, is not to be read
from a refusal (rooms.md, rules 2 and 6).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4, uuid5

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, calendars, cells, child_rooms, endings, onces, opening, outbox, presence, rooms
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.organisations import Organisation, OrganisationKind
from pepa.models.rooms import HOLDING, QUARTER, Booking, BookingState, Companion, Need, Purpose, Room
from pepa.models.stays import Stay
from pepa.policy import Member, Permission, can, require
from pepa.words import N_

SHORTEST, LONGEST = timedelta(minutes=30), endings.LONGEST
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


class TooFar(Invalid):
    says = N_("Paling jauh setahun ke depan. Periksa tahunnya.")
    field = "starts_at"


class HouseShut(Conflict):
    says = N_("Gedung atau ruang ini tutup pada waktu itu.")
    field = "starts_at"


class PurposeMissing(Invalid):
    says = N_("Pilih untuk apa ruang ini dipakai.")
    field = "purpose"


class NotSo(Conflict):
    """Somebody was quicker, or it is over."""

    says = N_("Pesanan ini sudah berubah. Lihat lagi.")


class PutOff(Conflict):
    """Whoever is protected came first: to grant it where it is would bring both sides together."""

    says = N_("Kunjungan ini harus dijadwalkan ulang. Pindahkan dulu ke waktu lain.")


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
    WrongLength, InThePast, TooFar, PurposeMissing; in the child room what `child_rooms.check` raises.
    """
    require(actor, Permission.BOOK_ROOM)
    with transaction() as session:
        if before := onces.made(session, "bookings.book", actor.person_id, once):
            return before
        ends_at = starts_at + timedelta(minutes=minutes)
        booking = place(
            session,
            actor,
            room_id,
            starts_at=starts_at,
            ends_at=ends_at,
            purpose=purpose,
            needs=needs,
            companion=companion,
        )
        onces.keep(session, "bookings.book", actor.person_id, once, booking.id)
        return booking.id


def place(
    session: Session,
    actor: Member,
    room_id: UUID,
    *,
    starts_at: datetime,
    ends_at: datetime,
    purpose: str | None,
    needs: Sequence[str],
    companion: str | None,
    stay: Stay | None = None,
) -> Booking:
    """A new booking in the transaction of its verb. stay: whose it is who must not meet somebody; then it asks first,
    and holds the building as well. Raises what `book` raises."""
    if purpose not in set(Purpose):
        raise PurposeMissing
    room = _room(session, room_id)
    check_time(room.id, starts_at, ends_at)
    if room.is_child:
        child_rooms.check(session, actor.organisation_id, purpose, companion)
    now, asks = clock.now(), room.is_child or stay is not None
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
        state=S.REQUESTED if asks else S.CONFIRMED,
        held_until=endings.until(now, starts_at) if asks else None,
        made_at=now,
    )
    session.add(booking)
    session.flush()
    _claim(session, room, booking.id, starts_at, ends_at, stay)
    if stay is not None:
        stay.booking_id = booking.id
        session.add(stay)
    calendars.tell(session, booking)
    if asks:
        _ask(session, booking)
    audit.record(session, "booking.made", actor, booking.id)
    return booking


def _ask(session: Session, booking: Booking) -> None:
    """Whoever decides is told, once for each version of what is asked."""
    office = session.scalars(sa.select(Organisation.id).where(Organisation.kind == OrganisationKind.INTAKE.value)).one()
    event = uuid5(booking.id, str(booking.version))
    outbox.alert(session, office, outbox.Notice.ROOM_ASKED, to=Permission.DECIDE_BOOKING, event=event)


def _room(session: Session, room_id: UUID) -> Room:
    room = session.get(Room, room_id)
    if room is None:
        raise NotFound
    if room.closed_at is not None:
        raise RoomClosed
    return room


def check_time(room_id: UUID | None, starts_at: datetime, ends_at: datetime) -> None:
    """The rules of a time in a room, or with None in the house, that need nobody else's booking. Raises OffTheGrid,
    WrongLength, InThePast, TooFar, HouseShut."""
    if int(starts_at.timestamp()) % QUARTER or int(ends_at.timestamp()) % QUARTER or starts_at.microsecond:
        raise OffTheGrid
    if not SHORTEST <= ends_at - starts_at <= LONGEST:
        raise WrongLength
    if cells.of(starts_at) < cells.of(clock.now()):
        raise InThePast
    if starts_at > clock.now() + opening.AHEAD:
        raise TooFar
    day = starts_at.astimezone(clock.JAKARTA).date()
    if not opening.between(day, day).is_open(room_id, starts_at, ends_at):
        raise HouseShut


def get_for(actor: Member, booking_id: UUID) -> Booking:
    """A booking of the actor's organisation, or any for whoever decides them. Raises NotFound."""
    require(actor, Permission.BOOK_ROOM)
    booking = db.session.get(Booking, booking_id)
    if booking is None or not is_ours(actor, booking.organisation_id):
        raise NotFound
    return booking


def is_ours(actor: Member, organisation_id: UUID) -> bool:
    return organisation_id == actor.organisation_id or can(actor, Permission.DECIDE_BOOKING)


def may_know_asked(actor: Member, booking: Booking) -> bool:
    """Whether the actor may read that somebody has to be asked about it."""
    return booking.person_id == actor.person_id or can(actor, Permission.DECIDE_BOOKING)


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


def become(booking: Booking, state: BookingState) -> None:
    """Raises NotSo where that is no way to go on."""
    if not booking.may_become(state):
        raise NotSo
    booking.state = state


def move(actor: Member, booking_id: UUID, *, room_id: UUID, starts_at: datetime, minutes: int, version: int) -> UUID:
    """To another time or room, by the same rules as a new one, and with it whoever is kept apart there. Into the child
    room, and of those, it asks first: until that is decided both places are held. Raises what `book` raises, NotSo."""
    require(actor, Permission.BOOK_ROOM)
    ends_at = starts_at + timedelta(minutes=minutes)
    with transaction() as session:
        booking = changing(session, actor, booking_id, version)
        if booking.state not in (S.REQUESTED, S.CONFIRMED):
            raise NotSo
        room = _room(session, room_id)
        check_time(room.id, starts_at, ends_at)
        if room.is_child:
            child_rooms.check(session, booking.organisation_id, booking.purpose, booking.companion)
        stay = presence.of_booking(session, booking.id)
        if stay is not None and stay.is_here:
            raise NotSo
        endings.let_go_of_next(session, booking)
        _claim(session, room, booking.id, starts_at, ends_at, stay)
        if booking.state == S.CONFIRMED and (room.is_child or stay is not None):
            booking.next_room_id, booking.next_starts_at, booking.next_ends_at = room.id, starts_at, ends_at
            booking.held_until = endings.until(clock.now(), min(starts_at, booking.starts_at))
            _ask(session, booking)
        else:
            _settle(session, booking, room, starts_at, ends_at)
            if not (room.is_child or stay is not None):
                booking.state, booking.held_until = S.CONFIRMED, None  # there nobody has to be asked
            elif booking.held_until is not None:  # a request: sooner, it is decided sooner
                booking.held_until = min(booking.held_until, endings.until(clock.now(), starts_at))
            calendars.tell(session, booking)
        audit.record(session, "booking.moved", actor, booking.id)
        return booking.id


def _settle(session: Session, booking: Booking, room: Room, starts_at: datetime, ends_at: datetime) -> None:
    """The booking is there from now on, and nowhere else; so is whoever is expected in it."""
    stay = presence.of_booking(session, booking.id)
    if stay is not None:
        presence.settle(session, stay, starts_at, ends_at)
    booking.room_id, booking.starts_at, booking.ends_at = room.id, starts_at, ends_at
    booking.next_room_id = booking.next_starts_at = booking.next_ends_at = None
    booking.sequence += 1
    booking.turnaround = min(room.turnaround, cells.behind(session, booking.id, room.id, ends_at))  # as it was held
    cells.keep_only(session, booking)


def cancel(actor: Member, booking_id: UUID, *, version: int) -> UUID:
    """Before it ends; of one that has begun the rest is free. Raises NotSo."""
    require(actor, Permission.BOOK_ROOM)
    with transaction() as session:
        call_off(session, actor, changing(session, actor, booking_id, version))
        return booking_id


def call_off(session: Session, actor: Member, booking: Booking) -> None:
    """It is cancelled, in the transaction of its verb. Raises NotSo."""
    become(booking, S.CANCELLED)
    booking.sequence += 1
    begun = booking.starts_at <= clock.now()
    endings.let_go(session, booking, from_at=endings.this_quarter() if begun else None)
    calendars.tell(session, booking)
    audit.record(session, "booking.cancelled", actor, booking.id)


def call_off_all(session: Session, actor: Member, organisation_id: UUID) -> None:
    """Whatever an organisation has booked and not ended is free: it comes no more."""
    theirs = (Booking.organisation_id == organisation_id, Booking.state.in_(HOLDING), Booking.ends_at > clock.now())
    for booking in session.scalars(sa.select(Booking).where(*theirs).order_by(Booking.starts_at, Booking.id)).all():
        booking.version += 1
        call_off(session, actor, booking)


def decide(actor: Member, booking_id: UUID, *, is_granted: bool, version: int) -> UUID:
    """On what was asked for, a booking of the child room or of those who are kept apart, or a move. Raises NotSo;
    PutOff where it would be granted at a time that is the protected one's by now, and for a move what `move` raises."""
    require(actor, Permission.DECIDE_BOOKING)
    with transaction() as session:
        booking = changing(session, actor, booking_id, version)
        booking.decided_by_id, booking.decided_at = actor.person_id, clock.now()
        if booking.state == S.REQUESTED:
            stay = presence.of_booking(session, booking.id)
            if is_granted and stay is not None and stay.must_move:
                raise PutOff
            become(booking, S.CONFIRMED if is_granted else S.REJECTED)
            if not is_granted:
                endings.let_go(session, booking)
        elif booking.next_room_id is not None and booking.next_starts_at and booking.next_ends_at:
            if is_granted:
                _grant(session, booking, booking.next_room_id, booking.next_starts_at, booking.next_ends_at)
            else:
                endings.let_go_of_next(session, booking)
        else:
            raise NotSo
        booking.held_until = None
        if is_granted:
            calendars.tell(session, booking)
        else:
            endings.tell(session, booking)
        audit.record(session, "booking.granted" if is_granted else "booking.refused", actor, booking.id)
        return booking.id


def _grant(session: Session, booking: Booking, room_id: UUID, starts_at: datetime, ends_at: datetime) -> None:
    """A move that was asked for. Its place is held; what is shut since, and who comes by which door, is asked again."""
    room = _room(session, room_id)
    check_time(room.id, starts_at, ends_at)
    stay = presence.of_booking(session, booking.id)
    if stay is not None and presence.is_door_taken(session, stay, starts_at.astimezone(clock.JAKARTA).date()):
        raise instead(offers(session, room, starts_at, ends_at - starts_at, but=booking.id, stay=stay))
    _settle(session, booking, room, starts_at, ends_at)


def rooms_for(actor: Member, booking: Booking) -> Sequence[Room]:
    """Where a booking can be moved at all: into the child room only what it is for."""
    stay = presence.of_booking(db.session(), booking.id)
    is_childs = booking.companion is not None and booking.purpose in child_rooms.PURPOSES
    return [room for room in rooms.every(actor) if not room.is_child or (is_childs and child_rooms.is_for(room, stay))]


def _claim(
    session: Session, room: Room, booking_id: UUID, starts_at: datetime, ends_at: datetime, stay: Stay | None
) -> None:
    """Take the cells of the room and, for somebody who is kept apart, of the building, in ascending order. Whatever
    stands in the way, the refusal is the same. Raises RoomTaken or NothingFree."""
    endings.tidy(session)
    if not child_rooms.is_for(room, stay):
        raise NothingFree
    is_free = cells.claim(session, room, booking_id, starts_at, ends_at)
    if not is_free or (stay is not None and not presence.hold(session, stay, starts_at, ends_at)):
        raise instead(offers(session, room, starts_at, ends_at - starts_at, but=booking_id, stay=stay))


def instead(times: Sequence[datetime]) -> Conflict:
    """The one refusal, whatever stands in the way, with other times where there are any."""
    said = ", ".join(f"{at.astimezone(clock.JAKARTA):%H.%M}" for at in times)
    return RoomTaken(times=said) if times else NothingFree()


def offers(
    session: Session,
    room: Room,
    starts_at: datetime,
    length: timedelta,
    *,
    but: UUID | None = None,
    stay: Stay | None = None,
) -> Sequence[datetime]:
    """Up to three other beginnings on that day, the nearest first. Whatever is offered can be booked.

    but: a booking whose cells count as free;  stay: who is to be there, where that is somebody who is kept apart
    """
    day = starts_at.astimezone(clock.JAKARTA).date()
    house = opening.between(day, day)
    span = house.hours[day]
    if span is None:
        return []
    taken = cells.taken(session, [room.id], span.starts_at, span.ends_at + timedelta(hours=2), but=but)
    free: Iterable[datetime] = cells.free_starts(room, span, house, taken.get(room.id, set()), length)
    if stay is not None:
        free = presence.possible(session, stay, free, length, span)
    return cells.nearest(free, starts_at, OFFERS)
