"""Quarters of an hour, by which rooms are held. The key of a cell is the decision; all else is courtesy.

A cell is the number of quarters since 1970 in UTC, so that neither a zone nor a change of clocks moves it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import insert_once
from pepa.domain import opening
from pepa.models.rooms import QUARTER, Booking, BookingCell, Room


def of(at: datetime) -> int:
    """The quarter of an hour in which an instant lies."""
    return int(at.timestamp()) // QUARTER


def stay(starts_at: datetime, ends_at: datetime, turnaround: int = 0) -> range:
    """The quarters of a stay and of what is kept free behind it, ascending. turnaround: minutes, on the quarter"""
    return range(of(starts_at), _behind(ends_at) + turnaround * 60 // QUARTER)


def _behind(at: datetime) -> int:
    """The first quarter that begins at an instant or later."""
    return -(-int(at.timestamp()) // QUARTER)


def instant(cell: int) -> datetime:
    """When a quarter begins."""
    return datetime.fromtimestamp(cell * QUARTER, tz=clock.JAKARTA)


def claim(
    session: Session,
    room: Room,
    booking_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    *,
    turnaround: int | None = None,
) -> bool:
    """Take the cells of a stay, in ascending order. False where one of them is another's: roll back then.

    turnaround: minutes behind it, where they are not the room's present ones
    """
    for cell in stay(starts_at, ends_at, room.turnaround if turnaround is None else turnaround):
        values = {"room_id": room.id, "cell": cell, "booking_id": booking_id}
        if not insert_once(session, BookingCell, values) and not _is_own(session, room.id, cell, booking_id):
            return False
    return True


def _is_own(session: Session, room_id: UUID, cell: int, booking_id: UUID) -> bool:
    """Moving by a quarter of an hour, a booking meets itself."""
    return session.get_one(BookingCell, (room_id, cell)).booking_id == booking_id


def free(session: Session, booking_id: UUID, *, from_at: datetime | None = None) -> None:
    """Give cells back: all of them, or those that begin at an instant or later."""
    after = BookingCell.cell >= _behind(from_at) if from_at else sa.true()
    session.execute(sa.delete(BookingCell).where(BookingCell.booking_id == booking_id, after))


def behind(session: Session, booking_id: UUID, room_id: UUID, ends_at: datetime) -> int:
    """How many minutes behind its end a booking holds a room."""
    held = set(
        session.scalars(
            sa.select(BookingCell.cell).where(BookingCell.booking_id == booking_id, BookingCell.room_id == room_id)
        )
    )
    last = first = _behind(ends_at)
    while last in held:
        last += 1
    return (last - first) * QUARTER // 60


def keep_only(session: Session, booking: Booking) -> None:
    """Of what a booking holds, only where and when it is, with what was kept free behind it from the beginning."""
    kept = stay(booking.starts_at, booking.ends_at, booking.turnaround)
    inside = sa.and_(BookingCell.room_id == booking.room_id, BookingCell.cell.between(kept.start, kept.stop - 1))
    session.execute(sa.delete(BookingCell).where(BookingCell.booking_id == booking.id, sa.not_(inside)))


def forget_past(session: Session) -> None:
    """What is past stops nobody."""
    session.execute(sa.delete(BookingCell).where(BookingCell.cell < of(clock.now())))


def taken(
    session: Session, room_ids: Sequence[UUID], starts_at: datetime, ends_at: datetime, *, but: UUID | None = None
) -> dict[UUID, set[int]]:
    """The cells that are not free, by room."""
    found: dict[UUID, set[int]] = {}
    rows = session.execute(
        sa.select(BookingCell.room_id, BookingCell.cell).where(
            BookingCell.room_id.in_(room_ids),
            BookingCell.cell.between(of(starts_at), of(ends_at)),
            BookingCell.booking_id != but if but else sa.true(),
        )
    )
    for room_id, cell in rows:
        found.setdefault(room_id, set()).add(cell)
    return found


def nearest(free: Iterable[datetime], to: datetime, most: int) -> Sequence[datetime]:
    """Up to so many of some instants, those nearest to one, ascending; of two as near the earlier."""
    return sorted(sorted(free, key=lambda at: (abs(at - to), at))[:most])


def free_starts(
    room: Room, span: opening.Span, house: opening.House, held: set[int], length: timedelta
) -> Iterator[datetime]:
    """Every beginning, on the quarter, at which a stay of that length fits."""
    first = max(of(span.starts_at), of(clock.now()))
    size = int(length.total_seconds()) // QUARTER
    for cell in range(first, of(span.ends_at) - size + 1):
        whole = range(cell, cell + size + room.turnaround * 60 // QUARTER)
        begins = instant(cell)
        if held.isdisjoint(whole) and not house.closures(room.id, begins, begins + length):
            yield begins
