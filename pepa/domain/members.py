"""The people of an organisation: who they are, what they do there, when they last came, what was changed about them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from pepa import clock
from pepa.db import db
from pepa.domain import audit, holders, organisations, outbox, rekeys, walls
from pepa.errors import NotFound
from pepa.models.audit import AuditEntry
from pepa.models.organisations import Membership, Organisation, OrganisationKind, Role
from pepa.models.people import Person
from pepa.policy import Member, Permission, can, may_give, require
from pepa.words import N_

LEADS = (Role.SUPERVISOR, Role.HEAD, Role.COORDINATOR)
SHOWN = 20  # changes
# What is told of on an organisation's page, by the acts of the audit.
CHANGES = {
    "member.joined": N_("masuk"),
    "member.roles": N_("perannya diubah"),
    "member.left": N_("keluar"),
    "approval.begun": N_("disetujui orang pertama"),
    "approval.given": N_("diberi kunci"),
    "approval.cancelled": N_("persetujuannya dibatalkan"),
    "person.renewed": N_("membuat kalimat sandi baru"),
    "person.suspected": N_("sesinya diakhiri: kalimat sandi atau HP-nya mungkin di tangan orang lain"),
}


@dataclass(frozen=True)
class Listed:
    """Somebody of an organisation. seen_on: the day of their last log-in, where there was one"""

    holder: holders.Holder
    seen_on: date | None

    @property
    def membership(self) -> Membership:
        return self.holder.membership


@dataclass(frozen=True)
class Changed:
    """Something that was changed about somebody. by: who did it; None where they did it themselves, or a machine"""

    at: datetime
    what: str
    name: str
    by: str | None


# Reading


def listed(actor: Member, organisation_id: UUID) -> Sequence[Listed]:
    """Everybody of an organisation that the actor may see, by name. Raises NotFound."""
    organisations.get_for(actor, organisation_id)
    found = holders.of(organisation_id)
    seen = seen_on([one.membership.person_id for one in found])
    return [Listed(one, seen.get(one.membership.person_id)) for one in found]


def one(actor: Member, membership: Membership) -> Listed | None:
    """Somebody as the list tells it; None where they left."""
    found = listed(actor, membership.organisation_id)
    return next((each for each in found if each.membership.id == membership.id), None)


def elsewhere(actor: Member, membership: Membership) -> Sequence[Membership]:
    """Where else they work, for whoever keeps all organisations."""
    keeps = can(actor, Permission.KEEP_ORGANISATIONS)
    return [each for each in all_of(membership.person_id) if each.id != membership.id] if keeps else []


def seen_on(person_ids: Sequence[UUID]) -> dict[UUID, date]:
    """The day of each one's last log-in."""
    opened = (AuditEntry.act == "session.opened", AuditEntry.thing_id.in_(person_ids))
    query = sa.select(AuditEntry.thing_id, sa.func.max(AuditEntry.at).label("at")).where(*opened)
    rows = db.session.execute(query.group_by(AuditEntry.thing_id))
    return {row.thing_id: row.at.astimezone(clock.JAKARTA).date() for row in rows}


def changes(actor: Member, organisation_id: UUID) -> Sequence[Changed]:
    """What was changed about its people lately, the newest first. Raises NotFound."""
    organisations.get_for(actor, organisation_id)
    who = _names(organisation_id)
    here = sa.select(Membership.id).where(Membership.organisation_id == organisation_id)
    query = (
        sa.select(AuditEntry, Person.name)
        .outerjoin(Person, Person.id == AuditEntry.person_id)
        .where(sa.or_(AuditEntry.thing_id.in_(here), was_there(organisation_id)), AuditEntry.act.in_(CHANGES))
        .order_by(AuditEntry.at.desc(), AuditEntry.number.desc())
        .limit(SHOWN)
    )
    return [Changed(entry.at, CHANGES[entry.act], who[entry.thing_id], by) for entry, by in db.session.execute(query)]


def was_there(organisation_id: UUID) -> sa.ColumnElement[bool]:
    """Of an act that was done to a person, for a query of the audit: that they had not left this organisation yet.
    Whatever befalls them elsewhere afterwards is not its matter."""
    theirs = (Membership.person_id == AuditEntry.thing_id, Membership.organisation_id == organisation_id)
    return sa.exists().where(*theirs, sa.or_(Membership.left_at.is_(None), AuditEntry.at <= Membership.left_at))


def _names(organisation_id: UUID) -> dict[UUID | None, str]:
    """Of everybody who works or worked there, by the membership and by the person."""
    query = sa.select(Membership.id, Person.id, Person.name).join(Person)
    rows = db.session.execute(query.where(Membership.organisation_id == organisation_id)).all()
    return {one: name for *ids, name in rows for one in ids}


def get_for(actor: Member, membership_id: UUID) -> Membership:
    """Somebody who works, or worked, in an organisation that the actor sees. Raises NotFound."""
    found = _load(db.session(), membership_id)
    if found is None:
        raise NotFound
    organisations.get_for(actor, found.organisation_id)
    return found


def _load(session: Session, membership_id: UUID) -> Membership | None:
    whole = (joinedload(Membership.person), joinedload(Membership.organisation))
    return session.scalar(sa.select(Membership).options(*whole).where(Membership.id == membership_id))


def all_of(person_id: UUID) -> Sequence[Membership]:
    """Where somebody works, by name."""
    query = sa.select(Membership).join(Organisation).options(joinedload(Membership.organisation))
    mine = query.where(Membership.person_id == person_id, Membership.is_active)
    return db.session.scalars(mine.order_by(Organisation.name, Organisation.id)).all()


# Who keeps whom


def given_by(actor: Member, organisation: Organisation) -> Sequence[Role]:
    """The roles that the actor may give or take in an organisation. Of the independent holder its own people decide:
    the office has no say in who reads what concerns the office. Whoever answers for others by a role that is done with
    the key does so once colleagues have given it."""
    return _given(actor.roles, actor.organisation_id, organisation, lambda: rekeys.holds(actor, actor.organisation_id))


def given_as(membership: Membership, organisation: Organisation) -> Sequence[Role]:
    """The same, of somebody who is not here."""
    here = membership.organisation_id
    return _given(membership.role_set, here, organisation, lambda: membership.person_id in holders.able(here))


def _given(
    roles: frozenset[Role], from_id: UUID, organisation: Organisation, is_holder: Callable[[], bool]
) -> Sequence[Role]:
    if organisation.kind == OrganisationKind.INDEPENDENT and organisation.id != from_id:
        return ()
    root, office = organisation.is_root, organisation.is_office
    given = may_give(roles, from_id, organisation.id, is_root=root, is_office=office)
    if not given or (Role.ADMINISTRATOR not in roles and not is_holder()):
        return ()
    return [role for role in organisation.roles if role in given]


def may_keep(actor: Member, membership: Membership) -> bool:
    """Whether the actor may change what somebody does here, or end it: never of one's own."""
    is_own = membership.person_id == actor.person_id
    given = given_by(actor, membership.organisation)
    return bool(given) and not is_own and membership.is_active and membership.role_set <= set(given)


def to_keep(actor: Member, membership_id: UUID) -> Membership:
    """Raises NotFound where it is not for the actor to change."""
    require(actor, Permission.KEEP_MEMBERS)
    found = _load(db.session(), membership_id)
    if found is None or not may_keep(actor, found):
        raise NotFound
    return found


def changing(session: Session, actor: Member, membership_id: UUID) -> Membership:
    """The same as it stands in this transaction. Raises NotFound."""
    found = _load(session, membership_id)
    if found is None or not may_keep(actor, found):
        raise NotFound
    return found


def enter(
    session: Session, actor: Member | None, person_id: UUID, organisation_id: UUID, roles: str
) -> Membership | None:
    """Somebody works in an organisation from now on; colleagues approve before anything sealed opens, unless it never
    had a key. None: they do already.

    actor: None where they came by a link
    """
    ours = (Membership.person_id == person_id, Membership.organisation_id == organisation_id)
    membership = session.scalar(sa.select(Membership).where(*ours))
    if membership is None:
        membership = Membership(id=uuid4(), person_id=person_id, organisation_id=organisation_id, version=0)
        session.add(membership)
    elif membership.is_active:
        return None
    membership.roles, membership.is_active, membership.left_at = roles, True, None
    membership.version += 1
    session.flush()
    rekeys.first(session, actor, membership)
    audit.record(session, "member.joined", actor, membership.id, roles)
    return membership


def tell_leads(
    session: Session, organisation_id: UUID, notice: outbox.Notice, *, but: UUID, of: Collection[UUID] = ()
) -> None:
    """Whoever answers for the people of an organisation; where nobody else does, everybody else there and the office's
    administrators. of: reports that it is about, and nothing else; then only those there who may know of one of them"""
    found = _at_work(session, Membership.organisation_id == organisation_id, but)
    leads = [membership.person_id for membership in found if membership.role_set & set(LEADS)]
    people = leads or [membership.person_id for membership in found]
    unknowing = walls.kept_from(session, of, people)
    for person_id in people:
        if not of or any((report_id, person_id) not in unknowing for report_id in of):
            outbox.tell(session, person_id, notice, organisation_id=organisation_id)
    if leads or of:
        return
    for membership in _at_work(session, Organisation.kind == OrganisationKind.INTAKE.value, but):
        if Role.ADMINISTRATOR in membership.role_set and membership.person_id not in people:
            outbox.tell(session, membership.person_id, notice, organisation_id=membership.organisation_id)


def _at_work(session: Session, where: sa.ColumnElement[bool], but: UUID) -> Sequence[Membership]:
    query = sa.select(Membership).join(Person).join(Organisation).where(where, Membership.is_active, Person.is_active)
    return session.scalars(query.where(Membership.person_id != but)).all()
