"""In which organisations somebody works, chosen all at once: what would be left is shown before it is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa.db import db, transaction
from pepa.domain import audit, departures, members, outbox, sessions
from pepa.errors import Conflict, Invalid
from pepa.models.organisations import Membership, Organisation, Role
from pepa.policy import Member, Permission, require
from pepa.words import N_


class NowhereLeft(Invalid):
    says = N_("Pilih paling sedikit satu lembaga. Kalau ia berhenti, catat bahwa ia keluar.")
    field = "organisation_ids"


class NoRole(Invalid):
    says = N_("Pilih perannya di lembaga yang baru.")
    field = "roles"


class NotGiven(Invalid):
    says = N_("Peran ini tidak ada di %(organisation)s.")
    field = "roles"


class ChangedMeanwhile(Conflict):
    says = N_("Orang lain mengubah lembaganya lebih dulu. Buka lagi, lalu ubah.")


@dataclass(frozen=True)
class Difference:
    """What a choice would come to.

    left     of those that were chosen; kept: where they stay besides, since it is not the actor's to say
    refused  why somebody cannot leave one of `ended`
    """

    begun: Sequence[Organisation]
    ended: Sequence[Organisation]
    left: Sequence[Organisation]
    kept: Sequence[Organisation]
    refused: Conflict | None


def offered(actor: Member, membership_id: UUID) -> Sequence[tuple[Organisation, bool]]:
    """The organisations that the actor can give or take, and whether this person is there now. Raises NotFound."""
    require(actor, Permission.KEEP_ORGANISATIONS)
    person_id = members.to_keep(actor, membership_id).person_id
    there = {one.organisation_id: members.may_keep(actor, one) for one in members.all_of(person_id)}
    every = db.session.scalars(sa.select(Organisation).where(Organisation.is_active).order_by(Organisation.name))
    return [(one, one.id in there) for one in every if there.get(one.id, bool(members.given_by(actor, one)))]


def kept(actor: Member, membership_id: UUID) -> Sequence[Organisation]:
    """Where this person works, and whoever asks has no say in it: they stay there. Raises NotFound."""
    require(actor, Permission.KEEP_ORGANISATIONS)
    person_id = members.to_keep(actor, membership_id).person_id
    return [one.organisation for one in members.all_of(person_id) if not members.may_keep(actor, one)]


def difference(
    actor: Member, membership_id: UUID, *, organisation_ids: Sequence[UUID], roles: Sequence[str]
) -> Difference:
    """Before it is saved. Raises NowhereLeft, NoRole, NotGiven, NotFound."""
    known, stays = offered(actor, membership_id), kept(actor, membership_id)
    wanted = {one.id for one, _ in known} & set(organisation_ids)
    if not wanted and not stays:
        raise NowhereLeft
    begun = [one for one, is_there in known if not is_there and one.id in wanted]
    if begun and not roles:
        raise NoRole
    for organisation in begun:
        if not {Role(code) for code in roles} <= set(members.given_by(actor, organisation)):
            raise NotGiven(organisation=organisation.name)
    ended = [one for one, is_there in known if is_there and one.id not in wanted]
    return Difference(
        begun,
        ended,
        [one for one, _ in known if one.id in wanted],
        stays,
        _fault(db.session(), actor, membership_id, {one.id for one in ended}),
    )


def _fault(session: Session, actor: Member, membership_id: UUID, ended: set[UUID]) -> Conflict | None:
    person_id = members.to_keep(actor, membership_id).person_id
    for membership in members.all_of(person_id):
        refused = departures.fault(session, membership, frozenset()) if membership.organisation_id in ended else None
        if refused:
            return refused
    return None


def place(
    actor: Member, membership_id: UUID, *, organisation_ids: Sequence[UUID], roles: Sequence[str], passphrase: str
) -> UUID:
    """Somebody works in these organisations from now on, and in no other that is the actor's to say. Returns who.
    roles: what they do where they are new

    Raises NowhereLeft, NoRole, NotGiven, ChangedMeanwhile, NotFound; LastHolder, LastReader, LastAdministrator;
    WrongPassphrase, Busy.
    """
    found = difference(actor, membership_id, organisation_ids=organisation_ids, roles=roles)
    chosen = [role.value for role in Role if role.value in roles]
    begun, ended = [one.id for one in found.begun], [one.id for one in found.ended]
    sessions.confirm(actor, passphrase=passphrase)
    with transaction() as session:
        person_id = members.changing(session, actor, membership_id).person_id
        for organisation_id in begun:
            if members.enter(session, actor, person_id, organisation_id, " ".join(chosen)) is None:
                raise ChangedMeanwhile
        for membership in _memberships(session, person_id, ended):
            if not members.may_keep(actor, membership):
                raise ChangedMeanwhile
            if refused := departures.fault(session, membership, frozenset()):
                raise refused
            departures.close(session, actor, membership)
            audit.record(session, "member.left", actor, membership.id, departures.Manner.ORDINARY)
        for organisation_id in (*begun, *ended):
            outbox.tell_all(session, organisation_id, outbox.Notice.MEMBERS, but=person_id)
        return person_id


def _memberships(session: Session, person_id: UUID, organisation_ids: Sequence[UUID]) -> Sequence[Membership]:
    query = sa.select(Membership).where(Membership.person_id == person_id, Membership.is_active)
    return session.scalars(query.where(Membership.organisation_id.in_(organisation_ids))).all()
