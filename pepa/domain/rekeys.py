"""A new key for an organisation: the next generation, sealed to everybody who could open the last one.

What is there stays readable by the earlier keys, which everybody keeps; its boxes are turned before they are written
again, and its shelf is built anew.
"""

import logging
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, grants, holders, holdings, incidents, key_files, keys, outbox, recovery, sessions
from pepa.errors import Conflict, NotAllowed
from pepa.models.backups import Incident
from pepa.models.boxes import Grant, HolderKind
from pepa.models.organisations import KeyWrap, Membership, Organisation
from pepa.models.people import Person
from pepa.models.recovery import RecoveryKey, RecoveryWrap
from pepa.policy import Member, Permission, can, require
from pepa.words import N_

A_LIFE = 100  # keys of an organisation between two copies that are put back; nobody makes so many
log = logging.getLogger("pepa.rekeys")


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
    pair, wraps = keys.next_generation(organisation, people, _last_number(session, organisation.id))
    organisation.rekey_due = False
    session.add_all(wraps)
    session.flush()
    recovery.wrap(session, organisation, pair)
    grants.make_due(session, organisation.id)
    key_files.lay(session, organisation.id)


def _last_number(session: Session, organisation_id: UUID) -> int:
    """No key has a number twice: a report that came home may be sealed to a later one than the organisation knows of,
    and after a copy was put back the numbers of the life that was lost stay that one's."""
    theirs = (Grant.holder_kind == HolderKind.ORGANISATION.value, Grant.holder_id == organisation_id)
    sealed_to = session.scalar(sa.select(sa.func.max(Grant.holder_generation)).where(*theirs)) or 0
    lives = session.scalar(sa.select(sa.func.count()).select_from(Incident)) or 0
    return max(sealed_to, lives * A_LIFE)


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


def be_due(session: Session, organisation_id: UUID) -> None:
    """Somebody suspected left. In the transaction of the act; the spool knows of it."""
    session.get_one(Organisation, organisation_id).rekey_due = True
    key_files.lay(session, organisation_id)


def call(session: Session, organisation_id: UUID) -> None:
    """Tell everybody who can make it that a new key is due, where it still is."""
    if session.get_one(Organisation, organisation_id).rekey_due:
        for person_id in sorted(holders.able(organisation_id, session)):
            outbox.tell(session, person_id, outbox.Notice.REKEY, organisation_id=organisation_id)


# A copy was put back


def take_home() -> int:
    """What the spool says of keys that were made, given and taken away since the copy that was put back last was made;
    then every organisation's file is laid that is not there. By `arrivals.replay`; returns how many keys came home."""
    last = incidents.last()
    laid = {file.organisation_id: file for file in key_files.all_laid()}
    lost = [file for file in laid.values() if last and file.epoch != keys.here().epoch]
    found = sum(_take_home(file, last) for file in lost if last)
    if last and lost:
        incidents.note_spool(had=True)
    for organisation_id in db.session.scalars(sa.select(Organisation.id).where(Organisation.public_key.is_not(None))):
        if organisation_id not in laid:
            with transaction() as session:
                key_files.lay(session, organisation_id)
    return found


def _take_home(file: key_files.KeyFile, last: Incident) -> int:
    is_newer = file.laid_at >= clock.hour(last.from_at)
    with transaction() as session:
        organisation = session.get(Organisation, file.organisation_id)
        if organisation is None or not _fits(organisation, file):
            return 0
        came = is_newer and _turn_home(session, organisation, file)
        wraps = _wraps_home(session, organisation, file)
        if is_newer:  # whoever let go of the key since does not have it again
            brought = sa.or_(KeyWrap.made_at.is_(None), KeyWrap.made_at <= last.until_at)
            lost = sa.or_(KeyWrap.person_id.not_in(file.holders), KeyWrap.person_id.in_(_forsaken(session, file)))
            # A key of a higher number was made here since, whatever the clock of this machine said.
            theirs = (KeyWrap.organisation_id == organisation.id, KeyWrap.generation <= file.generation)
            holdings.drop_wraps(session, *theirs, lost, brought)
            _due_home(session, organisation, file)
        if came or wraps:
            audit.record(session, "organisation.key_home", None, organisation.id, str(file.generation))
        key_files.lay(session, organisation.id)
        return int(came)


def _forsaken(session: Session, file: key_files.KeyFile) -> set[UUID]:
    """Who has another key pair since: what is here opens by a passphrase that they gave up, or that was stolen."""
    here = sa.select(Person.id, Person.public_key).where(Person.id.in_(file.holders))
    public = {wrap.person_id: wrap.public for wrap in file.wraps}
    return {row.id for row in session.execute(here) if public[row.id] != row.public_key}


def _due_home(session: Session, organisation: Organisation, file: key_files.KeyFile) -> None:
    """Somebody suspected left with the key that is the present one here, and nobody made another since."""
    if file.rekey_due and file.generation == organisation.generation and not organisation.rekey_due:
        organisation.rekey_due = True
        session.flush()
        call(session, organisation.id)


def _fits(organisation: Organisation, file: key_files.KeyFile) -> bool:
    """Not where its key is not ours, nor where another one has its number."""
    try:
        keys.check(file.mac, "organisation", organisation.id, file.generation, file.public)
    except keys.KeysUnsound:
        log.critical("a key of %s in the spool is not ours", organisation.id)
        return False
    same = organisation.generation != file.generation or organisation.public_key == file.public
    if not same:
        log.critical("two keys of %s have the number %s", organisation.id, file.generation)
    return same


def _turn_home(session: Session, organisation: Organisation, file: key_files.KeyFile) -> bool:
    """The present key is the one that it was turned to."""
    if file.generation <= organisation.generation:
        return False
    organisation.generation, organisation.public_key, organisation.key_mac = file.generation, file.public, file.mac
    organisation.rekey_due = False
    grants.make_due(session, organisation.id)
    return True


def _wraps_home(session: Session, organisation: Organisation, file: key_files.KeyFile) -> int:
    """Whatever holders and sheets held of it, where they still have the key that it was sealed to."""
    here = sa.select(Person).join(Membership, Membership.person_id == Person.id)
    at_work = (Membership.organisation_id == organisation.id, Membership.is_active, Person.is_active)
    people = {person.id: person.public_key for person in session.scalars(here.where(*at_work))}
    sets = {row.generation: row.public_key for row in session.scalars(sa.select(RecoveryKey))}
    came = 0
    for one in file.wraps:
        row = KeyWrap(organisation_id=organisation.id, generation=one.generation, person_id=one.person_id)
        row.secret_sealed, row.mac, row.made_at = one.sealed, one.mac, one.made_at
        if people.get(one.person_id) == one.public and one.person_id in file.holders and holders.is_sound(row):
            came += _add(session, row, (organisation.id, one.generation, one.person_id))
    for sheet in file.sheets:
        wrap = RecoveryWrap(organisation_id=organisation.id, generation=sheet.generation)
        wrap.recovery_generation, wrap.secret_sealed, wrap.mac = sheet.recovery_generation, sheet.sealed, sheet.mac
        if sets.get(sheet.recovery_generation) == sheet.public and recovery.is_sound(wrap):
            came += _add(session, wrap, (organisation.id, sheet.generation, sheet.recovery_generation))
    return came


def _add(session: Session, row: KeyWrap | RecoveryWrap, place: tuple[UUID, int, UUID | int]) -> int:
    if session.get(type(row), place) is not None:
        return 0
    session.add(row)
    session.flush()
    return 1
