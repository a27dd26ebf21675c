"""Guests of the day as the desk sees them: who is expected by which door, who is here, who comes too near whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from pepa import clock
from pepa.db import db
from pepa.domain import apart, cells, opening, presence
from pepa.errors import NotFound
from pepa.models.rooms import Booking
from pepa.models.stays import ApartGroup, Stay
from pepa.policy import Member, Permission, require

LONGEST = timedelta(hours=8)  # that somebody is expected for


@dataclass(frozen=True)
class Seen:
    """A stay as the desk sees it.

    near     when the other side is expected, where that is close and this one is here
    booking  the room in which they are expected, if any
    """

    stay: Stay
    label: str
    near: datetime | None
    booking: Booking | None = None

    @property
    def is_late(self) -> bool:
        """Their time to come in is over, and they have not."""
        until = self.stay.expected_until
        return self.stay.arrived_at is None and until is not None and until <= clock.now()

    @property
    def is_over_time(self) -> bool:
        return self.stay.is_here and clock.now() > self.stay.ends_at


def of_day(actor: Member, on: date) -> Sequence[Seen]:
    """Whoever is expected on a day, was there, or is still there; what has to be put off as well."""
    require(actor, Permission.KEEP_APART)
    starts_at, ends_at = opening.at(on, 0), opening.at(on, 24 * 60)
    that_day = sa.and_(Stay.starts_at >= starts_at, Stay.starts_at < ends_at)
    still_here = sa.and_(Stay.arrived_at.is_not(None), Stay.left_at.is_(None))
    which = sa.or_(that_day, still_here) if on == clock.today() else that_day
    return _seen(actor, which, sa.or_(Stay.cancelled_at.is_(None), Stay.must_move))


def alerts(actor: Member) -> Sequence[Seen]:
    """Whoever is there beyond their time while the other side comes near, or was led to another place; and what has to
    be put off because somebody came."""
    require(actor, Permission.KEEP_APART)
    here = sa.and_(Stay.arrived_at.is_not(None), Stay.left_at.is_(None), Stay.cancelled_at.is_(None))
    put_off = sa.and_(Stay.must_move, Stay.ends_at > clock.now())
    found = _seen(actor, Stay.starts_at > clock.now() - presence.LATEST, sa.or_(here, put_off))
    return [one for one in found if one.near or one.stay.is_elsewhere or one.stay.must_move]


def within(actor: Member, starts_at: datetime, ends_at: datetime) -> Sequence[Seen]:
    """Whoever is expected, without a room, in a stretch of time in which the house is shut."""
    require(actor, Permission.KEEP_APART)
    return _seen(actor, _expected(starts_at, ends_at))


def on_days(actor: Member, days: Sequence[date]) -> Sequence[Seen]:
    """The same of days on which the house turned out to be shut."""
    require(actor, Permission.KEEP_APART)
    stretches = [_expected(opening.at(day, 0), opening.at(day, 24 * 60)) for day in days if day >= clock.today()]
    return _seen(actor, sa.or_(*stretches)) if stretches else ()


def outside(actor: Member, set_id: UUID) -> Sequence[Seen]:
    """The same of days of a dated set of hours, outside of the hours that hold on them. Raises NotFound."""
    require(actor, Permission.KEEP_APART)
    days = opening.days_of(actor, set_id)
    if days is None:
        return ()
    house = opening.between(*days, is_fresh=True)
    found = _seen(actor, _expected(opening.at(days[0], 0), opening.at(days[1], 24 * 60)))
    return [one for one in found if not house.is_within(one.stay.starts_at, one.stay.ends_at)]


def _expected(starts_at: datetime, ends_at: datetime) -> sa.ColumnElement[bool]:
    """Those with a room are found by its booking."""
    return sa.and_(
        Stay.booking_id.is_(None),
        Stay.arrived_at.is_(None),
        Stay.cancelled_at.is_(None),
        Stay.starts_at > starts_at - LONGEST,
        Stay.starts_at < ends_at,
        Stay.ends_at > max(starts_at, clock.now()),
    )


def one(actor: Member, stay_id: UUID) -> Seen:
    """Raises NotFound."""
    require(actor, Permission.KEEP_APART)
    found = _seen(actor, Stay.id == stay_id)
    if not found:
        raise NotFound
    return found[0]


def of_booking(actor: Member, booking_id: UUID) -> Seen | None:
    """Who of those that are kept apart is expected with a booking."""
    require(actor, Permission.KEEP_APART)
    found = _seen(actor, Stay.booking_id == booking_id, sa.or_(Stay.cancelled_at.is_(None), Stay.must_move))
    return found[0] if found else None


def _seen(actor: Member, *where: sa.ColumnElement[bool]) -> Sequence[Seen]:
    rows = db.session.execute(
        sa.select(Stay, ApartGroup, Booking)
        .join(ApartGroup, ApartGroup.id == Stay.group_id)
        .outerjoin(Booking, Booking.id == Stay.booking_id)
        .options(joinedload(Booking.room))
        .where(ApartGroup.organisation_id == actor.organisation_id, *where)
        .order_by(Stay.starts_at, Stay.id)
    ).all()
    return [Seen(stay, apart.label_of(actor, group), _near(stay), booking) for stay, group, booking in rows]


def _near(stay: Stay) -> datetime | None:
    """When the other side is expected, where this one is here and would meet the margin of that."""
    if not stay.is_here:
        return None
    soon = cells.of(clock.now()) + presence.MARGIN_CELLS
    return db.session.scalar(
        sa.select(sa.func.min(Stay.starts_at)).where(
            Stay.group_id == stay.group_id,
            Stay.side != stay.side,
            Stay.left_at.is_(None),
            Stay.cancelled_at.is_(None),
            Stay.first <= soon,
            Stay.last >= cells.of(clock.now()),
        )
    )
