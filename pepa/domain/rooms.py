"""The rooms themselves: what there is, what it has, whether it is in use at all."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.rooms import OF_A_ROOM, Need, Room
from pepa.policy import Member, Permission, require
from pepa.words import N_

LONGEST_NAME = 40


class Nameless(Invalid):
    says = N_("Beri ruang ini nama.")
    field = "name"


class NameTaken(Conflict):
    says = N_("Nama ini sudah dipakai ruang lain.")
    field = "name"


class TurnaroundOdd(Invalid):
    says = N_("Jeda: 0, 15, 30, 45, atau 60 menit.")
    field = "turnaround"


class NoSeat(Invalid):
    says = N_("Tulis berapa kursi, paling sedikit 1.")
    field = "seats"


class ChangedMeanwhile(Conflict):
    says = N_("Orang lain mengubah ruang ini lebih dulu. Lihat lagi, lalu ubah.")


def every(actor: Member) -> Sequence[Room]:
    """The rooms that are in use, in the house's order."""
    require(actor, Permission.BOOK_ROOM)
    return db.session.scalars(sa.select(Room).where(Room.closed_at.is_(None)).order_by(Room.position, Room.id)).all()


def all_of_them(actor: Member) -> Sequence[Room]:
    """Also those that are closed, at the end."""
    require(actor, Permission.BOOK_ROOM)
    return db.session.scalars(sa.select(Room).order_by(Room.closed_at.is_not(None), Room.position, Room.id)).all()


def get_for(actor: Member, room_id: UUID) -> Room:
    """One of them, closed ones as well. Raises NotFound."""
    require(actor, Permission.BOOK_ROOM)
    room = db.session.get(Room, room_id)
    if room is None:
        raise NotFound
    return room


def add(
    actor: Member,
    *,
    name: str,
    seats: int,
    features: Sequence[str],
    turnaround: int,
    is_child: bool = False,
    rules: str = "",
) -> UUID:
    """A new room, at the end of the list."""
    require(actor, Permission.KEEP_ROOMS)
    with transaction() as session:
        last = session.scalar(sa.select(sa.func.max(Room.position))) or 0
        room = Room(position=last + 1)
        _fill(session, room, name=name, seats=seats, features=features, turnaround=turnaround, rules=rules)
        room.is_child = is_child
        session.add(room)
        session.flush()
        audit.record(session, "room.added", actor, room.id)
        return room.id


def change(
    actor: Member,
    room_id: UUID,
    *,
    name: str,
    seats: int,
    features: Sequence[str],
    turnaround: int,
    version: int,
    rules: str = "",
) -> UUID:
    """Bookings that stand keep the turnaround that they were made with. Raises ChangedMeanwhile."""
    require(actor, Permission.KEEP_ROOMS)
    with transaction() as session:
        room = session.get(Room, room_id)
        if room is None:
            raise NotFound
        if room.version != version:
            raise ChangedMeanwhile
        _fill(session, room, name=name, seats=seats, features=features, turnaround=turnaround, rules=rules)
        room.version += 1
        audit.record(session, "room.changed", actor, room_id)
        return room_id


def _fill(
    session: Session, room: Room, *, name: str, seats: int, features: Sequence[str], turnaround: int, rules: str
) -> None:
    name = name.strip()[:LONGEST_NAME]
    if not name:
        raise Nameless
    if seats < 1:
        raise NoSeat
    if turnaround not in range(0, 61, 15):
        raise TurnaroundOdd
    others = sa.select(Room.id).where(sa.func.lower(Room.name) == name.lower(), Room.id != room.id)
    if session.scalar(others) is not None:
        raise NameTaken
    room.name, room.seats, room.turnaround, room.rules = name, seats, turnaround, rules.strip()
    room.features = " ".join(need.value for need in OF_A_ROOM if need in {Need(code) for code in features})


def close(actor: Member, room_id: UUID) -> None:
    """Nobody books it any more; what is booked stays, and its page lists it."""
    _set_closed(actor, room_id, is_closed=True)


def reopen(actor: Member, room_id: UUID) -> None:
    _set_closed(actor, room_id, is_closed=False)


def _set_closed(actor: Member, room_id: UUID, *, is_closed: bool) -> None:
    require(actor, Permission.KEEP_ROOMS)
    with transaction() as session:
        room = session.get(Room, room_id)
        if room is None:
            raise NotFound
        if (room.closed_at is not None) is not is_closed:
            room.closed_at = clock.now() if is_closed else None
            audit.record(session, "room.closed" if is_closed else "room.reopened", actor, room_id)
