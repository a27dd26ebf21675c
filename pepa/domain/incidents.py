"""What waits for somebody to look once a copy was put back, and what whoever typed an unknown code is told meanwhile.

Since the copy was made, people may have left a partner and grants may have been taken back; notices may have left
already; reports may have come and been lost with their codes. None of this the program can know.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from pepa import clock
from pepa.db import Kept, db, transaction
from pepa.domain import audit, grants, keys, outbox
from pepa.errors import Conflict, NotFound
from pepa.models.backups import Incident
from pepa.models.boxes import Grant, HolderKind
from pepa.models.cadres import Cadre
from pepa.models.devices import Device
from pepa.models.organisations import ROOTS, Membership, Organisation, Role
from pepa.models.people import Person
from pepa.policy import Member, Permission, can, require
from pepa.words import N_

Days = tuple[date, date] | None  # the first and the last
NAMED = 100  # cards on the page
TOLD = timedelta(days=365)  # people come back with their code after months


class NotCompared(Conflict):
    """Whoever left since the copy was made works here again, but for the key: the spool took that from them."""

    says = N_("Data dipulihkan dari salinan. Penyelia yang memegang kunci kantor mencocokkan anggota dulu.")


@dataclass(frozen=True)
class Worker:
    """Somebody who logs in again once this is confirmed."""

    name: str
    roles: Sequence[Role]


@dataclass(frozen=True)
class Partner:
    """An organisation that waits. grants: how many reports, cases and texts its key opens"""

    id: UUID
    name: str
    workers: Sequence[Worker]
    grants: int


@dataclass(frozen=True)
class House:
    """A root holder, whose people are never kept out. is_due: nobody of it has compared them yet

    cards   names of those whose card opens again once that is done, the first of many
    phones  labels of those to be registered anew
    """

    name: str
    workers: Sequence[Worker]
    is_due: bool
    cards: Sequence[str]
    phones: Sequence[str]


@dataclass(frozen=True)
class Waiting:
    """What is to be looked at. own: the actor's house; due: names of root holders that have not compared their people

    may_act   the actor holds the key of the house, or somebody who does has compared its people
    shut      how much nobody opens, since its key is neither in the copy nor in the spool
    incident  is told of, or None; last: the last one
    """

    partners: Sequence[Partner]
    own: House
    due: Sequence[str]
    held: int
    shut: int
    incident: Incident | None
    last: Incident | None
    may_act: bool

    @property
    def is_over(self) -> bool:
        return not (self.partners or self.due or self.held or self.incident)


def _told() -> Days:
    row = last()
    if row is None or row.ended_at is not None or clock.now() - row.until_at > TOLD:
        return None
    return row.from_at.astimezone(clock.JAKARTA).date(), row.until_at.astimezone(clock.JAKARTA).date()


def last() -> Incident | None:
    """Of several, the last: what an earlier one lost is named no more."""
    return db.session.scalar(sa.select(Incident).order_by(Incident.until_at.desc(), Incident.id).limit(1))


told = Kept(lambda: (_told(),))  # first and last day, or None; packed, since what is kept must be something


def shut() -> int:
    """How many reports, cases and tasks of the root holders nobody opens: their key was made after the copy, and is not
    in the spool either."""
    roots = db.session.scalars(sa.select(Organisation.id).where(Organisation.kind.in_(ROOTS))).all()
    return len({box_id for root in roots for box_id in grants.shut(root)})


def note_spool(*, had: bool) -> None:
    """Whether what the spool of before knew is known here: it lay there when the last copy was put back, or was laid
    there since."""
    row = last()
    if row is not None and row.had_spool != had:
        incident_id = row.id
        with transaction() as session:
            session.get_one(Incident, incident_id).had_spool = had


def is_waiting(actor: Member) -> bool:
    """Whether anything waits for the actor; asked by every page of whoever may look."""
    if not can(actor, Permission.CONFIRM_RESTORED):
        own = sa.select(Organisation.compare_due).where(Organisation.id == actor.organisation_id)
        return can(actor, Permission.COMPARE_RESTORED) and bool(db.session.scalar(own))
    due = sa.exists().where(sa.or_(Organisation.confirm_due, Organisation.compare_due))
    return bool(db.session.scalar(sa.select(sa.or_(due, outbox.ANY_HELD))))


def waiting(actor: Member) -> Waiting:
    """What is to be looked at once a copy was put back: all of it by the intake office, by the independent holder what
    is its own."""
    require(actor, Permission.COMPARE_RESTORED)
    own, newest = db.session.get_one(Organisation, actor.organisation_id), last()
    incident, may_act = newest if told()[0] else None, is_compared(actor)
    if not can(actor, Permission.CONFIRM_RESTORED):
        due = [own.name] if own.compare_due else []
        return Waiting([], _house(own), due, 0, len(grants.shut(own.id)), incident, newest, may_act)
    every = db.session.scalars(sa.select(Organisation).order_by(Organisation.name)).all()
    partners = [_partner(one) for one in every if one.confirm_due]
    due = [one.name for one in every if one.compare_due]
    return Waiting(partners, _house(own), due, outbox.held(), shut(), incident, newest, may_act)


def _house(organisation: Organisation) -> House:
    cards = sa.select(Cadre.name).where(Cadre.organisation_id == organisation.id, Cadre.token_hash.is_not(None))
    phones = sa.select(Device.label).where(Device.organisation_id == organisation.id, Device.ended_at.is_(None))
    anew = phones.where(Device.secret_hash.is_(None), Device.code_until.is_(None))
    return House(
        organisation.name,
        _workers(organisation),
        organisation.compare_due,
        db.session.scalars(cards.order_by(Cadre.name, Cadre.id).limit(NAMED)).all(),
        db.session.scalars(anew.order_by(Device.label)).all(),
    )


def _workers(organisation: Organisation) -> Sequence[Worker]:
    working = sa.select(Person.name, Membership.roles).join(Person, Person.id == Membership.person_id)
    mine = (Membership.organisation_id == organisation.id, Membership.is_active, Person.is_active)
    found = db.session.execute(working.where(*mine).order_by(Person.name))
    return [Worker(name, [role for role in Role if role in roles.split()]) for name, roles in found]


def is_compared(actor: Member) -> bool:
    """Whether nobody who left the actor's house since the copy was made is among those who act here: its people were
    compared, or the actor holds its present key. Raises keys.Unopened for one that was tampered with."""
    if not db.session.get_one(Organisation, actor.organisation_id).compare_due:
        return True
    generation = keys.generation_of(actor.organisation_id)
    return generation == 0 or actor.keyring.pair(actor.organisation_id, generation) is not None


def require_compared(actor: Member | None) -> None:
    """None is whoever sits at the machine. Raises NotCompared."""
    if actor is not None and not is_compared(actor):
        raise NotCompared


def compare(actor: Member) -> Organisation:
    """Somebody of a root holder looked at who is in it, and at its cards: those open again. Sent again it is done
    once. Raises NotCompared for whoever does not hold its key."""
    require(actor, Permission.COMPARE_RESTORED)
    require_compared(actor)
    with transaction() as session:
        own = session.get_one(Organisation, actor.organisation_id)
        if own.compare_due:
            own.compare_due = False
            audit.record(session, "organisation.compared", actor, own.id)
        return own


def _partner(organisation: Organisation) -> Partner:
    held = (Grant.holder_kind == HolderKind.ORGANISATION.value, Grant.holder_id == organisation.id)
    found = db.session.scalar(sa.select(sa.func.count(sa.distinct(Grant.box_id))).where(*held)) or 0
    return Partner(organisation.id, organisation.name, _workers(organisation), found)


def confirm(actor: Member, partner_id: UUID) -> None:
    """Its members and what it opens were looked at: they log in again. Sent again it is done once. Raises NotFound,
    NotCompared."""
    require(actor, Permission.CONFIRM_RESTORED)
    require_compared(actor)
    with transaction() as session:
        organisation = session.get(Organisation, partner_id)
        if organisation is None:
            raise NotFound
        if organisation.confirm_due:
            organisation.confirm_due = False
            audit.record(session, "organisation.confirmed", actor, partner_id)


def release(actor: Member) -> int:
    """Notices that came with the copy leave. Returns how many. Raises NotCompared."""
    require(actor, Permission.CONFIRM_RESTORED)
    require_compared(actor)
    return release_notices(actor)


def release_notices(actor: Member | None) -> int:
    """The same, by somebody at the machine (None)."""
    with transaction() as session:
        if many := outbox.release(session):
            audit.record(session, "outbox.released", actor, note=str(many))
    return many


def drop(actor: Member) -> int:
    """They never leave: what they say is over. Returns how many. Raises NotCompared."""
    require(actor, Permission.CONFIRM_RESTORED)
    require_compared(actor)
    with transaction() as session:
        if many := outbox.drop_held(session):
            audit.record(session, "outbox.dropped", actor, note=str(many))
    return many


def end(actor: Member) -> None:
    """Whoever types an unknown code is not told of it any more. Raises NotCompared."""
    require(actor, Permission.CONFIRM_RESTORED)
    require_compared(actor)
    with transaction() as session:
        ended = sa.update(Incident).where(Incident.ended_at.is_(None))
        session.execute(ended.values(ended_at=clock.now(), ended_by_id=actor.person_id))
        audit.record(session, "incident.ended", actor)
    Kept.forget()
