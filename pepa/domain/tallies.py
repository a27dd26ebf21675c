"""Bookings that are long over go, with whoever was expected in the building; how many there were is kept.

A row of a booking says who met in which room when. After some days (a setting) nobody needs that any more.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, insert_once, transaction
from pepa.domain import audit, settings
from pepa.models.organisations import Organisation
from pepa.models.rooms import HOLDING, Booking, BookingCell, BookingState, Room
from pepa.models.stays import ApartGroup, PresenceCell, Stay
from pepa.models.tallies import Tally
from pepa.policy import Member, Permission, require

LOT = 500  # bookings that go at once, so that nobody waits long for the write lock


class Counted(NamedTuple):
    """What is left of a month: how often an organisation used a room for a kind."""

    room: str
    organisation: str
    purpose: str
    bookings: int


@dataclass(frozen=True)
class Month:
    """on: its first day, None where nothing was counted yet;  before, after: the nearest months that have any"""

    on: date | None
    rows: Sequence[Counted]
    before: date | None = None
    after: date | None = None


def month(actor: Member, on: date | None = None) -> Month:
    """What was counted in the month of a day, by room; of the last month that has any where none is named."""
    require(actor, Permission.KEEP_ROOMS)
    on = on.replace(day=1) if on else db.session.scalar(sa.select(sa.func.max(Tally.month_on)))
    if on is None:
        return Month(None, ())
    query = (
        sa.select(Room.name, Organisation.name, Tally.purpose, Tally.bookings)
        .join(Room, Room.id == Tally.room_id)
        .join(Organisation, Organisation.id == Tally.organisation_id)
        .where(Tally.month_on == on)
        .order_by(Room.position, Room.id, Organisation.name, Tally.purpose)
    )
    rows = [Counted(*row) for row in db.session.execute(query)]
    before = db.session.scalar(sa.select(sa.func.max(Tally.month_on)).where(Tally.month_on < on))
    after = db.session.scalar(sa.select(sa.func.min(Tally.month_on)).where(Tally.month_on > on))
    return Month(on, rows, before, after)


def purge() -> int:
    """Count and delete bookings that ended longer ago than the setting says; with them stays, and groups of which
    nobody came for as long. Returns how many bookings went."""
    days = settings.read().booking_days
    if not days:
        return 0
    before = clock.now() - timedelta(days=days)
    with transaction() as session:
        old = sa.select(Booking).where(
            Booking.starts_at < before, Booking.ends_at < before, Booking.state.not_in(HOLDING)
        )
        gone = session.scalars(old.order_by(Booking.starts_at, Booking.id).limit(LOT)).all()
        _count(session, gone)
        ids = [one.id for one in gone]
        session.execute(sa.delete(BookingCell).where(BookingCell.booking_id.in_(ids)))
        session.execute(sa.delete(Stay).where(Stay.booking_id.in_(ids)))
        session.execute(sa.delete(Booking).where(Booking.id.in_(ids)))
        _forget_stays(session, before)
    return len(ids)


def _count(session: Session, gone: Sequence[Booking]) -> None:
    """What was used; what was cancelled, refused or let go is not kept even as a number."""
    used = Counter(
        (_month(one.starts_at), one.room_id, one.organisation_id, one.purpose)
        for one in gone
        if one.state == BookingState.ENDED
    )
    for (on, room_id, organisation_id, purpose), n in used.items():
        key = {"month_on": on, "room_id": room_id, "organisation_id": organisation_id, "purpose": purpose}
        if not insert_once(session, Tally, {**key, "bookings": n}):
            session.execute(sa.update(Tally).filter_by(**key).values(bookings=Tally.bookings + n))


def _month(at: datetime) -> date:
    return at.astimezone(clock.JAKARTA).date().replace(day=1)


def _forget_stays(session: Session, before: datetime) -> None:
    """Those without a room as well; and groups of which nobody came for as long, or ever."""
    old = sa.select(Stay.id).where(Stay.starts_at < before, Stay.ends_at < before)
    found = session.scalars(old.limit(LOT)).all()
    session.execute(sa.delete(Stay).where(Stay.id.in_(found)))
    nobody = sa.select(ApartGroup.id).where(
        ApartGroup.made_on < before.astimezone(clock.JAKARTA).date(),
        ~sa.exists().where(Stay.group_id == ApartGroup.id),
    )
    for group_id in session.scalars(nobody.limit(LOT)).all():
        session.execute(sa.delete(PresenceCell).where(PresenceCell.group_id == group_id))
        session.execute(sa.delete(ApartGroup).where(ApartGroup.id == group_id))
        audit.record(session, "apart.ended", None)
