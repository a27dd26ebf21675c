"""Visits at the office that stand on a time at which it is shut by now: whoever holds a place there would find a closed
door."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from pepa import clock
from pepa.db import db
from pepa.domain import opening, visits
from pepa.models.visits import HOLDS, Appointment, Visit, VisitKind
from pepa.policy import Member, Permission, can

MOST = 50


@dataclass(frozen=True)
class Clash:
    """held: places that somebody has; is_own: the actor may change or cancel it"""

    visit: Visit
    held: int
    is_own: bool


def of_office(actor: Member) -> Sequence[Clash]:
    """Those that the calendar shows, the nearest first, for whoever keeps the house or plans visits."""
    plans = can(actor, Permission.PLAN_VISITS)
    if not (plans or can(actor, Permission.KEEP_ROOMS)):
        return ()
    now, here = clock.now(), sa.and_(Visit.kind == VisitKind.OFFICE, Visit.cancelled_at.is_(None))
    coming = sa.select(Visit).where(here, Visit.ends_at > now, Visit.starts_at < now + visits.AHEAD)
    found = db.session.scalars(coming.order_by(Visit.starts_at, Visit.id)).all()
    if not found:
        return ()
    days = (found[0].starts_at, found[-1].starts_at)
    house = opening.between(*(day.astimezone(clock.JAKARTA).date() for day in days), is_fresh=True)
    shut = [one for one in found if opening.is_shut(one.starts_at, one.ends_at, house)][:MOST]
    held = sa.select(Appointment.visit_id, sa.func.count()).where(
        Appointment.visit_id.in_([one.id for one in shut]), sa.text(HOLDS)
    )
    many = db.session.execute(held.group_by(Appointment.visit_id)).all()
    held_in = {row[0]: row[1] for row in many}
    return [Clash(one, held_in.get(one.id, 0), plans and one.organisation_id == actor.organisation_id) for one in shut]
