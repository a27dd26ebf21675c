"""How somebody at work is alarmed besides mail: an SMS to their number, a sound from an open page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, walls
from pepa.models.organisations import Membership
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.policy import Member, Permission, require

STUCK = 3  # tries without leaving
LATELY = timedelta(days=1)


@dataclass(frozen=True)
class Alerts:
    """phone: where SMS go, "" for none. has_sound: an open page rings. address: where mails go, an administrator's."""

    phone: str
    has_sound: bool
    address: str


def of(actor: Member) -> Alerts:
    """How the actor is alarmed now."""
    require(actor, Permission.SWAP_SHIFT)
    person = db.session.get_one(Person, actor.person_id)
    return Alerts(person.phone or "", person.has_sound, person.email or "")


def set_phone(actor: Member, *, phone: str) -> Person:
    """Where the actor's SMS go; empty for none."""
    require(actor, Permission.SWAP_SHIFT)
    with transaction() as session:
        person = session.get_one(Person, actor.person_id)
        person.phone = phone.strip() or None
        audit.record(session, "alerts.phone", actor, actor.person_id)
        return person


def set_sound(actor: Member, *, has_sound: bool) -> Person:
    """Whether the actor's open pages ring."""
    require(actor, Permission.SWAP_SHIFT)
    with transaction() as session:
        person = session.get_one(Person, actor.person_id)
        person.has_sound = has_sound
        audit.record(session, "alerts.sound", actor, actor.person_id, "on" if has_sound else "off")
        return person


def unreached(actor: Member) -> Sequence[str]:
    """Colleagues to whom a notice did not leave, though it was tried more than once: somebody has to telephone them."""
    require(actor, Permission.KEEP_ROSTER)
    stuck = (OutboxRow.sent_at.is_(None), OutboxRow.tries >= STUCK, OutboxRow.due_at > clock.now() - LATELY)
    known = sa.or_(OutboxRow.report_id.is_(None), OutboxRow.report_id.not_in(walls.hidden(actor)))
    query = (
        sa.select(Person.name)
        .join(OutboxRow, OutboxRow.person_id == Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == actor.organisation_id, *stuck, known)
        .order_by(Person.name)
        .distinct()
    )
    return list(db.session.scalars(query))
