"""How somebody at work is reached: by mail, by SMS, from when to when not; and by a sound from an open page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, outbox, walls
from pepa.errors import Invalid
from pepa.models.notices import NoticeRow
from pepa.models.organisations import Membership
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.policy import Member, Permission, require
from pepa.words import N_

STUCK = 3  # tries without leaving
LATELY = timedelta(days=1)
TRIALS = 3  # in an hour


class HalfQuiet(Invalid):
    says = N_("Pilih dua-duanya, dari dan sampai. Atau kosongkan dua-duanya.")
    field = "quiet_until"


class QuietForever(Invalid):
    says = N_("Dari dan sampai sama. Pilih jam lain.")
    field = "quiet_until"


class TriedOften(Invalid):
    says = N_("Sudah tiga kali dalam satu jam ini. Coba lagi nanti.")


@dataclass(frozen=True)
class Alerts:
    """phone: where SMS go, "" for none. has_sound: an open page rings. address: where mails go, an administrator's."""

    phone: str
    has_sound: bool
    address: str


@dataclass(frozen=True)
class Ways:
    """How notices leave for somebody besides the list inside the program.

    email, phone          where to, "" for nowhere
    quiet_from, _until    hours of the day between which what can wait waits; both or none
    """

    has_mail: bool
    has_sms: bool
    email: str
    phone: str
    quiet_from: int | None
    quiet_until: int | None


def ways(actor: Member) -> Ways:
    """The actor's own."""
    one = db.session.get_one(Person, actor.person_id)
    return Ways(one.has_mail, one.has_sms, one.email or "", one.phone or "", one.quiet_from, one.quiet_until)


def choose(
    actor: Member, *, has_mail: bool, has_sms: bool, quiet_from: int | None = None, quiet_until: int | None = None
) -> Person:
    """How the actor is told what the program has to say. Raises HalfQuiet, QuietForever."""
    if (quiet_from is None) != (quiet_until is None):
        raise HalfQuiet
    if quiet_from is not None and quiet_from == quiet_until:
        raise QuietForever
    with transaction() as session:
        person = session.get_one(Person, actor.person_id)
        person.has_mail, person.has_sms = has_mail, has_sms
        person.quiet_from, person.quiet_until = quiet_from, quiet_until
        audit.record(session, "alerts.ways", actor, actor.person_id)
        return person


def try_out(actor: Member) -> int:
    """A notice to the actor, by every way that they chose; at once, whatever the hour. Returns how many there were
    within the hour. Raises TriedOften."""
    with transaction() as session:
        same = (NoticeRow.person_id == actor.person_id, NoticeRow.notice == outbox.Notice.TRIAL.value)
        lately = sa.select(sa.func.count()).where(*same, NoticeRow.told_at >= clock.hour(clock.now()))
        many = session.scalar(lately) or 0
        if many >= TRIALS:
            raise TriedOften
        outbox.tell(session, actor.person_id, outbox.Notice.TRIAL)
        return many + 1


def of(actor: Member) -> Alerts:
    """How the actor is alarmed now."""
    require(actor, Permission.SWAP_SHIFT)
    person = db.session.get_one(Person, actor.person_id)
    return Alerts(person.phone or "", person.has_sound, person.email or "")


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
