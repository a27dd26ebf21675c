"""Who can open what an organisation holds, and who waits for its key. Derived, never stored (vault.md § 2)."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from pepa.db import db
from pepa.domain import keys
from pepa.models.organisations import KEYLESS, KeyWrap, Membership, Organisation
from pepa.models.people import Person
from pepa.policy import Keyring


@dataclass(frozen=True)
class Holder:
    """Somebody of an organisation. since: when they were given its present key, where that was noted

    can_open  they hold the organisation's present key, by a wrap of ours
    """

    membership: Membership
    can_open: bool
    since: datetime | None

    @property
    def waits(self) -> bool:
        """What they do is done with the key, and they have none."""
        return self.membership.needs_key and not self.can_open


def of(organisation_id: UUID, session: Session | None = None) -> Sequence[Holder]:
    """Everybody who is active in an organisation, by name. One question."""
    query = (
        sa.select(Membership, KeyWrap)
        .join(Person, Person.id == Membership.person_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .outerjoin(
            KeyWrap,
            sa.and_(
                KeyWrap.person_id == Person.id,
                KeyWrap.organisation_id == Organisation.id,
                KeyWrap.generation == Organisation.generation,
            ),
        )
        .options(joinedload(Membership.person), joinedload(Membership.organisation))
        .where(Membership.organisation_id == organisation_id, Membership.is_active, Person.is_active)
        .order_by(Person.name, Person.id)
    )
    found = (session or db.session).execute(query)
    return [_holder(membership, wrap) for membership, wrap in found]


def _holder(membership: Membership, wrap: KeyWrap | None) -> Holder:
    can_open = wrap is not None and is_sound(wrap) and is_ours(membership.person)
    return Holder(membership, can_open, wrap.made_at if wrap else None)


def is_sound(wrap: KeyWrap) -> bool:
    """Whether it is ours and where we put it; whether it opens, its owner alone finds out."""
    with suppress(keys.KeysUnsound):
        parts = (wrap.organisation_id, wrap.generation, wrap.person_id, wrap.secret_sealed)
        keys.check(wrap.mac, "wrap", *parts)
        return True
    return False


def is_ours(person: Person) -> bool:
    """Whether the person's public key is the one that we made."""
    with suppress(keys.KeysUnsound):
        keys.check(person.key_mac, "person", person.id, person.public_key)
        return True
    return False


def able(organisation_id: UUID, session: Session | None = None) -> set[UUID]:
    """The people of an organisation who can open what it holds now."""
    return {one.membership.person_id for one in of(organisation_id, session) if one.can_open}


def alone(person_id: UUID, session: Session | None = None) -> Sequence[Organisation]:
    """The organisations whose present key this person has, and nobody else opens."""
    present = sa.and_(Organisation.id == KeyWrap.organisation_id, Organisation.generation == KeyWrap.generation)
    mine = sa.select(Organisation).join(KeyWrap, present).where(KeyWrap.person_id == person_id)
    found = (session or db.session).scalars(mine.order_by(Organisation.name, Organisation.id)).all()
    return [one for one in found if not able(one.id, session) - {person_id}]


def waiting(organisation_id: UUID) -> Sequence[Membership]:
    """Who of it waits for its key."""
    return [one.membership for one in of(organisation_id) if one.waits]


def count_waiting(*organisation_ids: UUID) -> dict[UUID, int]:
    """About how many wait in each, where any does, at the cost of one number: for a mark beside a word."""
    has = sa.exists().where(
        KeyWrap.person_id == Membership.person_id,
        KeyWrap.organisation_id == Membership.organisation_id,
        KeyWrap.generation == Organisation.generation,
    )
    keyless = [role.value for role in KEYLESS]
    query = sa.select(Membership.organisation_id, sa.func.count(Membership.id)).join(Person).join(Organisation)
    here = (Membership.organisation_id.in_(organisation_ids), Membership.is_active, Person.is_active)
    query = query.where(*here, Membership.roles.not_in(keyless), ~has).group_by(Membership.organisation_id)
    return {row[0]: row[1] for row in db.session.execute(query)}


def generations(ring: Keyring, organisation_id: UUID) -> dict[int, keys.Pair]:
    """Every pair of an organisation that this ring holds, by its generation. Raises Unopened."""
    numbers = sorted(number for one, number in ring.wraps if one == organisation_id)
    return {number: pair for number in numbers if (pair := ring.pair(organisation_id, number))}
