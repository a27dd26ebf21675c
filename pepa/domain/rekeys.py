"""A new key for an organisation: the next generation, sealed to everybody who could open the last one.

What is there stays readable by the earlier keys, which everybody keeps; its boxes are turned before they are written
again, and its shelf is built anew.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa.db import transaction
from pepa.domain import audit, grants, holders, keys, outbox, recovery, sessions
from pepa.errors import Conflict, NotAllowed
from pepa.models.organisations import Membership, Organisation
from pepa.models.people import Person
from pepa.policy import Member, Permission, can, require
from pepa.words import N_


class NotAHolder(NotAllowed):
    says = N_("Anda belum punya kunci lembaga ini.")


class MadeMeanwhile(Conflict):
    says = N_("Orang lain baru saja membuat kunci baru. Buka lagi.")


def holds(actor: Member, organisation_id: UUID) -> bool:
    """Whether the actor opens the organisation's present key. Raises Unopened for one that was tampered with."""
    generation = keys.generation_of(organisation_id)
    return generation > 0 and actor.keyring.pair(organisation_id, generation) is not None


def can_make(actor: Member, organisation_id: UUID) -> bool:
    """Whether it is the actor's own, and opens."""
    is_own = organisation_id == actor.organisation_id
    return is_own and can(actor, Permission.APPROVE_MEMBER) and holds(actor, organisation_id)


def renew(actor: Member, *, passphrase: str) -> Organisation:
    """The same, by somebody at the page. Raises NotAHolder, WrongPassphrase, Busy, MadeMeanwhile, KeysUnsound."""
    require(actor, Permission.APPROVE_MEMBER)
    if not holds(actor, actor.organisation_id):
        raise NotAHolder
    sessions.confirm(actor, passphrase=passphrase)
    return make(actor)


def make(actor: Member) -> Organisation:
    """Raises NotAHolder, MadeMeanwhile, KeysUnsound."""
    require(actor, Permission.APPROVE_MEMBER)
    organisation_id = actor.organisation_id
    if not holds(actor, organisation_id):
        raise NotAHolder
    before = keys.generation_of(organisation_id)
    with transaction() as session:
        organisation = session.get_one(Organisation, organisation_id)
        if organisation.generation != before:
            raise MadeMeanwhile
        people = _able(session, organisation_id)
        turn(session, organisation, people)
        outbox.tell_all(session, organisation_id, outbox.Notice.MEMBERS)
        audit.record(session, "organisation.rekeyed", actor, organisation_id, str(organisation.generation))
        return organisation


def _able(session: Session, organisation_id: UUID) -> list[Person]:
    ids = holders.able(organisation_id, session)
    return list(session.scalars(sa.select(Person).where(Person.id.in_(ids)).order_by(Person.id)))


def turn(session: Session, organisation: Organisation, people: list[Person]) -> None:
    """The next generation for these, in the transaction of the act; of a root holder for the sheets as well."""
    pair, wraps = keys.next_generation(organisation, people)
    organisation.rekey_due = False
    session.add_all(wraps)
    session.flush()
    recovery.wrap(session, organisation, pair)
    grants.make_due(session, organisation.id)


def first(session: Session, actor: Member | None, membership: Membership) -> None:
    """An organisation that never had a key gets it with the first member who needs one: nobody there could approve."""
    organisation = session.get_one(Organisation, membership.organisation_id)
    if organisation.generation == 0 and membership.needs_key:
        turn(session, organisation, [session.get_one(Person, membership.person_id)])
        audit.record(session, "organisation.key_made", actor, organisation.id, str(organisation.generation))


def is_due(actor: Member) -> bool:
    """Whether the actor's organisation waits for a new key that the actor can make. Every page of the desk asks it:
    nothing more is read where none is due."""
    return actor.rekey_due and can_make(actor, actor.organisation_id)


def call(session: Session, organisation_id: UUID) -> None:
    """Tell everybody who can make it that a new key is due, where it still is."""
    if session.get_one(Organisation, organisation_id).rekey_due:
        for person_id in sorted(holders.able(organisation_id, session)):
            outbox.tell(session, person_id, outbox.Notice.REKEY, organisation_id=organisation_id)
