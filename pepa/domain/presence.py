"""The ledger that keeps two sides apart: a quarter of an hour of a group belongs to one side (rooms.md).

Claiming adds one where the side is the same and changes nothing where it is not: the row that did not change is the
refusal, on SQLite and PostgreSQL alike. Cells cover the whole stay in the building with a margin, not a room.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from pepa import clock
from pepa.domain import cells, opening
from pepa.models.rooms import QUARTER, Booking
from pepa.models.stays import PresenceCell, Side, Stay

MARGIN = timedelta(minutes=45)
MARGIN_CELLS = MARGIN // timedelta(seconds=QUARTER)
LATEST = timedelta(hours=24)  # somebody who has been there longer was forgotten at the door
CELLS = PresenceCell.__table__


def stay(starts_at: datetime, ends_at: datetime) -> range:
    """The quarters of a stay with its margins, ascending."""
    whole = cells.stay(starts_at, ends_at)
    return range(whole.start - MARGIN_CELLS, whole.stop + MARGIN_CELLS)


def claim(session: Session, group_id: UUID, side: Side, quarters: Iterable[int]) -> bool:
    """Hold quarters for a side, in ascending order. False where one is the other side's: roll back then."""
    build = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    for cell in quarters:
        row = build(CELLS).values(group_id=group_id, cell=cell, side=side.value, refs=1)  # type: ignore[arg-type]
        added = row.on_conflict_do_update(
            index_elements=["group_id", "cell"], set_={"refs": CELLS.c.refs + 1}, where=CELLS.c.side == side.value
        )
        done = session.execute(added, execution_options={"preserve_rowcount": True})
        if not done.rowcount:  # type: ignore[attr-defined]
            return False
    return True


def release(session: Session, group_id: UUID, side: Side, quarters: range) -> None:
    """Give back what one stay of a side held."""
    if not quarters:
        return
    here = (
        PresenceCell.group_id == group_id,
        PresenceCell.side == side.value,
        PresenceCell.cell.between(quarters.start, quarters.stop - 1),
    )
    session.execute(sa.delete(PresenceCell).where(*here, PresenceCell.refs == 1))
    session.execute(sa.update(PresenceCell).where(*here).values(refs=PresenceCell.refs - 1))


def of_the_other(session: Session, group_id: UUID, side: Side, quarters: range) -> set[int]:
    """Which of some quarters the other side holds."""
    return set(
        session.scalars(
            sa.select(PresenceCell.cell).where(
                PresenceCell.group_id == group_id,
                PresenceCell.side != side.value,
                PresenceCell.cell.between(quarters.start, quarters.stop - 1),
            )
        )
    )


def of_booking(session: Session, booking_id: UUID) -> Stay | None:
    """Whose stay goes with a booking: one that is expected, or has to be put off; none where they are over."""
    stay = session.scalar(sa.select(Stay).where(Stay.booking_id == booking_id))
    return stay if stay is None or stay.cancelled_at is None or stay.must_move else None


def is_here_now() -> sa.ColumnElement[bool]:
    """Who is in the house: from when they came until somebody presses that they left."""
    return sa.and_(Stay.arrived_at.is_not(None), Stay.left_at.is_(None), Stay.starts_at > clock.now() - LATEST)


def is_other_here(session: Session, stay: Stay) -> bool:
    """Whether the other side is in the house, within its time or beyond it."""
    theirs = sa.select(Stay.id).where(Stay.group_id == stay.group_id, Stay.side != stay.side, is_here_now())
    return session.scalar(theirs.limit(1)) is not None


def is_door_taken(session: Session, stay: Stay, day: date) -> bool:
    """Whether the other side comes by this door on a day, or is asked to be moved to it: two sides never share one."""
    starts_at, ends_at = opening.at(day, 0), opening.at(day, 24 * 60)
    moves = sa.select(Booking.id).where(Booking.next_starts_at >= starts_at, Booking.next_starts_at < ends_at)
    comes = sa.and_(Stay.cancelled_at.is_(None), Stay.starts_at >= starts_at, Stay.starts_at < ends_at)
    theirs = sa.select(Stay.id).where(
        Stay.group_id == stay.group_id,
        Stay.side != stay.side,
        Stay.entrance == stay.entrance,
        sa.or_(comes, Stay.booking_id.in_(moves)),
    )
    return session.scalar(theirs.limit(1)) is not None


def hold(session: Session, stay_: Stay, starts_at: datetime, ends_at: datetime) -> bool:
    """Hold what a stay needs at some time, besides what it holds. False where it cannot be: roll back then."""
    if is_door_taken(session, stay_, starts_at.astimezone(clock.JAKARTA).date()):
        return False
    return claim(session, stay_.group_id, Side(stay_.side), stay(starts_at, ends_at))


def settle(session: Session, stay_: Stay, starts_at: datetime, ends_at: datetime) -> None:
    """It is then and only then, from what it holds already; also one that had to be put off."""
    held = stay(starts_at, ends_at)
    _give_back(session, stay_)
    if stay_.expected_until is not None:
        stay_.expected_until += starts_at - stay_.starts_at
    stay_.starts_at, stay_.ends_at = starts_at, ends_at
    stay_.first, stay_.last = held.start, held.stop - 1
    stay_.cancelled_at, stay_.must_move = None, False


def let_go(session: Session, stay_: Stay, starts_at: datetime, ends_at: datetime) -> None:
    """Not then, after all."""
    release(session, stay_.group_id, Side(stay_.side), stay(starts_at, ends_at))


def call_off(session: Session, stay_: Stay) -> None:
    """They do not come; whoever is there already stays until they have left."""
    if stay_.arrived_at is None:
        _give_back(session, stay_)
        stay_.cancelled_at, stay_.must_move = stay_.cancelled_at or clock.now(), False


def _give_back(session: Session, stay_: Stay) -> None:
    if stay_.cancelled_at is None:
        release(session, stay_.group_id, Side(stay_.side), range(stay_.first, stay_.last + 1))


def possible(
    session: Session, stay_: Stay, starts: Iterable[datetime], length: timedelta, span: opening.Span
) -> Sequence[datetime]:
    """Of some beginnings on one day those at which a stay may be: what is offered can be had."""
    if is_door_taken(session, stay_, span.starts_at.astimezone(clock.JAKARTA).date()):
        return []
    others = of_the_other(session, stay_.group_id, Side(stay_.side), stay(span.starts_at, span.ends_at))
    return [at for at in starts if others.isdisjoint(stay(at, at + length))]


def forget_past(session: Session) -> None:
    """What is past keeps nobody apart."""
    session.execute(sa.delete(PresenceCell).where(PresenceCell.cell < cells.of(clock.now() - MARGIN)))
