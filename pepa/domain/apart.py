"""Who is kept apart from whom: a group is a random number, and what it means is sealed to the office that keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

import sqlalchemy as sa

from pepa.db import db, transaction
from pepa.domain import audit, keys, onces
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.stays import ApartGroup, PresenceCell, Stay
from pepa.policy import Member, Permission, require
from pepa.words import N_

DOMAIN = "apart"
LONGEST_LABEL = 200


class SomebodyHere(Conflict):
    says = N_('Masih ada yang di sini. Tekan "Sudah pulang" dulu.')


class Unlabelled(Invalid):
    says = N_("Tulis siapa yang tidak boleh bertemu. Hanya kantor yang membacanya.")
    field = "label"


@dataclass(frozen=True)
class Group:
    id: UUID
    label: str


def groups(actor: Member) -> Sequence[Group]:
    """Those of the actor's office that are kept apart, by their labels."""
    require(actor, Permission.KEEP_APART)
    rows = db.session.scalars(
        sa.select(ApartGroup).where(ApartGroup.organisation_id == actor.organisation_id, ApartGroup.ended_at.is_(None))
    )
    return sorted((Group(row.id, label_of(actor, row)) for row in rows), key=lambda one: one.label)


def get_for(actor: Member, group_id: UUID) -> Group:
    """Raises NotFound."""
    require(actor, Permission.KEEP_APART)
    row = db.session.get(ApartGroup, group_id)
    if row is None or row.organisation_id != actor.organisation_id or row.ended_at is not None:
        raise NotFound
    return Group(row.id, label_of(actor, row))


def label_of(actor: Member, row: ApartGroup) -> str:
    """What the office calls a group; dots for whoever never had its key."""
    if actor.keyring.pair(row.organisation_id, row.generation) is None:
        return "…"
    place = (row.organisation_id, row.generation, DOMAIN, row.id)
    return str(keys.open_note(actor.keyring, *place, row.label_sealed)["label"])


def make(actor: Member, *, label: str, once: str) -> UUID:
    """Begin to keep some apart. label: what the office calls it, sealed to it. Raises Unlabelled."""
    require(actor, Permission.KEEP_APART)
    label = label.strip()[:LONGEST_LABEL]
    if not label:
        raise Unlabelled
    group_id, generation = uuid4(), keys.generation_of(actor.organisation_id)
    place = (actor.organisation_id, generation, DOMAIN, group_id)
    sealed = keys.seal_note(actor.keyring, *place, {"label": label})
    with transaction() as session:
        if before := onces.made(session, "apart.make", actor.person_id, once):
            return before
        session.add(
            ApartGroup(id=group_id, organisation_id=actor.organisation_id, generation=generation, label_sealed=sealed)
        )
        onces.keep(session, "apart.make", actor.person_id, once, group_id)
        audit.record(session, "apart.made", actor)
        return group_id


def end(actor: Member, group_id: UUID) -> None:
    """They need not be kept apart any more: the label, the stays and what they hold are gone. Raises SomebodyHere,
    NotFound."""
    get_for(actor, group_id)
    with transaction() as session:
        here = (Stay.group_id == group_id, Stay.arrived_at.is_not(None), Stay.left_at.is_(None))
        if session.scalar(sa.select(Stay.id).where(*here).limit(1)) is not None:
            raise SomebodyHere
        for table in (PresenceCell, Stay):
            session.execute(sa.delete(table).where(table.group_id == group_id))
        session.execute(sa.delete(ApartGroup).where(ApartGroup.id == group_id))
        audit.record(session, "apart.ended", actor)
