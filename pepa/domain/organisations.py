"""Organisations: what was agreed with each, how it is reached, who opens what it holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa.db import db, transaction
from pepa.domain import audit, capacities, holders, keys, onces
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.organisations import ROOTS, Membership, Organisation, OrganisationKind, Standing
from pepa.models.people import Person
from pepa.policy import Member, Permission, can, require
from pepa.words import N_

KINDS = tuple(kind for kind in OrganisationKind if kind not in ROOTS)


class NameMissing(Invalid):
    says = N_("Tulis dulu nama lembaganya.")
    field = "name"


class KindMissing(Invalid):
    says = N_("Pilih dulu jenisnya.")
    field = "kind"


class NameTaken(Conflict):
    says = N_("Nama ini sudah dipakai lembaga lain.")
    field = "name"


class ChangedMeanwhile(Conflict):
    says = N_("Orang lain menyimpan lebih dulu. Buka lagi, lalu ubah.")


class EndedAlready(Conflict):
    says = N_("Lembaga ini SUDAH berakhir.")


@dataclass(frozen=True)
class Listed:
    """An organisation in the list. people: who has an account there; waiting: who of them has no key yet"""

    organisation: Organisation
    people: int
    waiting: int

    @property
    def kind(self) -> str:
        return OrganisationKind(self.organisation.kind).label


@dataclass(frozen=True)
class Looked:
    """An organisation's own page. words: of its key, which two people compare; none before it has one"""

    organisation: Organisation
    entry: capacities.Entry
    people: Sequence[holders.Holder]
    words: Sequence[str]

    @property
    def able(self) -> Sequence[holders.Holder]:
        return [one for one in self.people if one.can_open]

    @property
    def waiting(self) -> Sequence[holders.Holder]:
        return [one for one in self.people if one.waits]


# Reading


def visible_to(actor: Member) -> sa.Select[Organisation]:
    """The own one; every one for whoever keeps them."""
    require(actor, Permission.SEE_ORGANISATION)
    query = sa.select(Organisation)
    keeps = can(actor, Permission.KEEP_ORGANISATIONS)
    return query if keeps else query.where(Organisation.id == actor.organisation_id)


def get_for(actor: Member, organisation_id: UUID) -> Organisation:
    """Raises NotFound."""
    found = db.session.scalar(visible_to(actor).where(Organisation.id == organisation_id))
    if found is None:
        raise NotFound
    return found


def listed(actor: Member) -> Sequence[Listed]:
    """By name; those that ended come last. Three questions."""
    people = sa.select(Membership.organisation_id, sa.func.count().label("many")).join(Person)
    people = people.where(Membership.is_active, Person.is_active).group_by(Membership.organisation_id)
    many = {row.organisation_id: row.many for row in db.session.execute(people)}
    found = db.session.scalars(visible_to(actor).order_by(Organisation.name)).all()
    waiting = holders.count_waiting(*many)
    return [
        Listed(one, many.get(one.id, 0), waiting.get(one.id, 0))
        for one in sorted(found, key=lambda one: one.standing is Standing.ENDED)
    ]


def look(actor: Member, organisation_id: UUID) -> Looked:
    """Raises NotFound."""
    organisation = get_for(actor, organisation_id)
    words = keys.fingerprint(organisation.public_key) if organisation.public_key else ()
    return Looked(organisation, capacities.entry_of(organisation), holders.of(organisation_id), words)


# Adding and changing


def add(
    actor: Member,
    *,
    name: str,
    kind: str | None,
    agreement: str,
    agreed_until_on: date | None,
    aids: Sequence[str],
    hours: str,
    phone: str,
    person: str,
    once: str,
) -> UUID:
    """A partner: without an account until somebody of it is invited. The same form again makes no second.

    Raises NameMissing, KindMissing, NameTaken.
    """
    require(actor, Permission.KEEP_ORGANISATIONS)
    if not name.strip():
        raise NameMissing
    if kind not in KINDS:
        raise KindMissing
    organisation_id = uuid4()
    with transaction() as session:
        if made := onces.made(session, "organisation.add", actor.person_id, once):
            return made
        _refuse_same(session, name, None)
        session.add(
            Organisation(
                id=organisation_id,
                name=name.strip(),
                kind=kind,
                agreement=agreement.strip(),
                agreed_until_on=agreed_until_on,
            )
        )
        session.flush()
        entry = (hours.strip(), phone.strip(), person.strip())
        capacities.write(session, actor, organisation_id, aids=aids, entry=entry, since="")
        onces.keep(session, "organisation.add", actor.person_id, once, organisation_id)
        audit.record(session, "organisation.added", actor, organisation_id, kind)
    return organisation_id


def change(
    actor: Member,
    organisation_id: UUID,
    *,
    name: str,
    agreement: str,
    agreed_until_on: date | None,
    aids: Sequence[str],
    hours: str,
    phone: str,
    person: str,
    since: str,
    version: int,
) -> Organisation:
    """since: of the entry in the directory, version: of the rest, as the actor has them on screen.

    Raises NameMissing, NameTaken, ChangedMeanwhile, EntryChanged, EndedAlready, NotFound.
    """
    require(actor, Permission.KEEP_ORGANISATIONS)
    if not name.strip():
        raise NameMissing
    with transaction() as session:
        row = changing(session, organisation_id)
        if row.version != version:
            raise ChangedMeanwhile
        _refuse_same(session, name, organisation_id)
        row.name, row.agreement, row.agreed_until_on = name.strip(), agreement.strip(), agreed_until_on
        row.version += 1
        entry = (hours.strip(), phone.strip(), person.strip())
        capacities.write(session, actor, organisation_id, aids=aids, entry=entry, since=since)
        until = agreed_until_on.isoformat() if agreed_until_on else ""
        audit.record(session, "organisation.changed", actor, organisation_id, until)
        return row


def _refuse_same(session: Session, name: str, but: UUID | None) -> None:
    others = session.execute(sa.select(Organisation.id, Organisation.name))
    if any(other.casefold() == name.strip().casefold() for one, other in others if one != but):
        raise NameTaken


def changing(session: Session, organisation_id: UUID) -> Organisation:
    """As it stands in this transaction. Raises EndedAlready, NotFound."""
    row = session.get(Organisation, organisation_id, populate_existing=True)
    if row is None:
        raise NotFound
    if row.standing is Standing.ENDED:
        raise EndedAlready
    return row
