"""Giving a newcomer, or somebody with a new passphrase, an organisation's key (vault.md § 2).

Who waits is derived: an active membership that needs the key, and a person without a sound wrap of it. Whoever says yes
has read four words to the newcomer on the telephone. At a root holder it takes two, or one and a day in which anybody
there may cancel. Where nobody of a partner opens anything any more, the office says yes and the newcomer makes a new
key: what was only theirs stays shut, the rest the office grants again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, holders, holdings, key_files, keys, members, outbox, rekeys, sessions
from pepa.errors import Conflict, NotAllowed, NotFound
from pepa.models.approvals import Approval
from pepa.models.audit import AuditEntry, Chain
from pepa.models.enrolments import Enrolment
from pepa.models.organisations import KeyWrap, Membership, Organisation
from pepa.models.people import Person
from pepa.policy import Member, Permission, can, require
from pepa.words import N_, Choice


class NotWaiting(Conflict):
    says = N_("Orang ini tidak menunggu kunci lagi.")


class SecondNeeded(Conflict):
    says = N_("Anda SUDAH menyetujui. Tunggu orang kedua, atau tunggu 24 jam.")


class OtherKey(Conflict):
    says = N_("Kuncinya berubah sejak halaman ini dibuka. Bacakan lagi empat katanya.")


class Unsound(Conflict):
    says = N_("Kunci orang ini diubah dari luar. JANGAN disetujui. Beri tahu pengelola.")


class NotYourKey(NotAllowed):
    says = N_("Hanya rekan yang memegang kunci lembaga ini yang bisa menyetujui.")


class NobodySaidYes(Conflict):
    says = N_("Pengelola kantor belum menyetujui. Telepon pengelola dan bacakan empat kata Anda.")


@dataclass(frozen=True)
class Joined:
    """How somebody came to be a member, by the record of acts. by: who placed them; None: they came by a link"""

    at: datetime
    by: str | None


@dataclass(frozen=True)
class Asked:
    """Somebody who waits, as whoever decides sees it.

    words     of their public key; None where that is not ours: nobody may say yes
    invited   the last link that they used, here or back to the account; None where somebody placed them since
    joined    how they came in, where that is not told by the link; None where they are older than the record
    first_by  who said yes already, at a root holder
    is_lost   nobody of the organisation opens anything: the office decides, and a new key is made
    """

    membership: Membership
    words: Sequence[str] | None
    invited: Enrolment | None
    joined: Joined | None
    approval: Approval | None
    first_by: str | None
    waits: bool
    is_lost: bool

    @property
    def public_key(self) -> str:
        """What the form says was compared."""
        return self.membership.person.public_key.hex()


def waiting(actor: Member) -> Sequence[Membership]:
    """Who waits for a yes that the actor can give."""
    holds = rekeys.can_make(actor, actor.organisation_id)
    found = list(holders.waiting(actor.organisation_id)) if holds else []
    if can(actor, Permission.KEEP_ORGANISATIONS):
        found += [one for one in _of_lost() if not _approval_of(db.session(), one)]
    return [one for one in found if one.person_id != actor.person_id]


def _of_lost() -> Sequence[Membership]:
    """Newcomers of partners that nobody opens any more."""
    opened = sa.select(Organisation.id).where(Organisation.is_active, Organisation.generation > 0)
    found: list[Membership] = []
    for organisation in db.session.scalars(sa.select(Organisation).where(Organisation.id.in_(opened))).all():
        if is_lost(organisation):
            found += holders.waiting(organisation.id)
    return found


def is_lost(organisation: Organisation, session: Session | None = None) -> bool:
    """Whether nobody of a partner can open what it holds. A root holder is opened by the sheets."""
    has_key = organisation.generation > 0 and not organisation.is_root
    return has_key and not holders.able(organisation.id, session)


def ask(actor: Member, membership_id: UUID) -> Asked:
    """Somebody who may be waiting, for whoever could say yes. Raises NotFound."""
    membership = members.get_for(actor, membership_id)
    approval = _approval_of(db.session(), membership)
    first = db.session.get(Person, approval.first_id) if approval else None
    person, joined, invited = membership.person, _joined(membership), _invited(membership)
    if joined and joined.by and invited and invited.used_at and invited.used_at < joined.at:
        invited = None
    return Asked(
        membership,
        keys.fingerprint(person.public_key) if holders.is_ours(person) else None,
        invited,
        None if invited and not (joined and joined.by) else joined,
        approval,
        first.name if first else None,
        membership.id in {one.id for one in holders.waiting(membership.organisation_id)},
        is_lost(membership.organisation),
    )


def _invited(membership: Membership) -> Enrolment | None:
    used = sa.select(Enrolment).options(joinedload(Enrolment.made_by))
    mine = (Enrolment.person_id == membership.person_id, Enrolment.used_at.is_not(None))
    here = sa.or_(Enrolment.organisation_id == membership.organisation_id, Enrolment.is_reset)
    return db.session.scalars(used.where(*mine, here).order_by(Enrolment.used_at.desc()).limit(1)).first()


def _joined(membership: Membership) -> Joined | None:
    entries = (AuditEntry.thing_id == membership.id, AuditEntry.chain == Chain.STAFF.value)
    query = sa.select(AuditEntry.at, Person.name).outerjoin(Person, Person.id == AuditEntry.person_id)
    last = query.where(*entries, AuditEntry.act == "member.joined").order_by(AuditEntry.number.desc()).limit(1)
    found = db.session.execute(last).first()
    return Joined(*found) if found else None


def _approval_of(session: Session, membership: Membership) -> Approval | None:
    """A yes that still counts: to the key that the person has now."""
    found = session.get(Approval, membership.id)
    return found if found and found.public_key == membership.person.public_key else None


def own(actor: Member) -> Asked:
    """The actor's own waiting, with the words to read to whoever says yes."""
    mine = sa.select(Membership.id).where(
        Membership.person_id == actor.person_id, Membership.organisation_id == actor.organisation_id
    )
    return ask(actor, db.session.scalars(mine).one())


# Saying yes


class Said(Choice):
    """What came of a yes."""

    GIVEN = "given", N_("diberi kunci")
    BEGUN = "begun", N_("disetujui orang pertama")


def approve(actor: Member, membership_id: UUID, *, public_key: str, passphrase: str) -> Said:
    """Give somebody every generation of the key that the actor has, or at a root holder be the first to say yes.

    public_key: the one whose words were compared

    Raises NotFound, NotYourKey, NotWaiting, OtherKey, Unsound, SecondNeeded; WrongPassphrase, Busy.
    """
    membership = members.get_for(actor, membership_id)
    organisation_id = membership.organisation_id
    if membership.person_id == actor.person_id or not rekeys.can_make(actor, organisation_id):
        raise NotYourKey
    sessions.confirm(actor, passphrase=passphrase)
    wraps = _wraps(actor, members.get_for(actor, membership_id), public_key)
    with transaction() as session:
        membership = _waiting(session, membership_id, public_key)
        organisation = session.get_one(Organisation, organisation_id)
        if organisation.generation not in {wrap.generation for wrap in wraps}:
            raise rekeys.MadeMeanwhile
        if organisation.is_root and not _is_second(session, actor, membership):
            return Said.BEGUN
        person_id = membership.person_id
        theirs = (KeyWrap.person_id == person_id, KeyWrap.organisation_id == organisation_id)
        holdings.drop_wraps(session, *theirs)
        session.add_all(wraps)
        key_files.lay(session, organisation_id)
        session.execute(sa.delete(Approval).where(Approval.membership_id == membership_id))
        outbox.tell_all(session, organisation_id, outbox.Notice.MEMBERS)
        audit.record(session, "approval.given", actor, membership_id)
    return Said.GIVEN


def _wraps(actor: Member, membership: Membership, public_key: str) -> list[KeyWrap]:
    if membership.person.public_key.hex() != public_key:
        raise OtherKey
    try:
        held = holders.generations(actor.keyring, membership.organisation_id)
        return [keys.wrap_for(membership.organisation_id, n, pair, membership.person) for n, pair in held.items()]
    except keys.KeysUnsound:
        audit.refused("approval.refused", actor, membership.id)
        raise Unsound from None


def _waiting(session: Session, membership_id: UUID, public_key: str) -> Membership:
    """Somebody who waits, in this transaction. Raises NotWaiting, OtherKey."""
    membership = session.get_one(Membership, membership_id, populate_existing=True)
    session.refresh(membership.person)
    if membership.person.public_key.hex() != public_key:
        raise OtherKey
    here = holders.of(membership.organisation_id, session)
    if membership_id not in {one.membership.id for one in here if one.waits}:
        raise NotWaiting
    return membership


def _is_second(session: Session, actor: Member, membership: Membership) -> bool:
    """Whether this yes is enough; the first is kept, and everybody there is told of it. Raises SecondNeeded."""
    first = _approval_of(session, membership)
    if first is None:
        _begin(session, actor, membership)
        return False
    if first.first_id == actor.person_id and clock.now() < first.alone_from:
        raise SecondNeeded
    return True


def _begin(session: Session, actor: Member, membership: Membership) -> None:
    values = {"first_id": actor.person_id, "public_key": membership.person.public_key, "at": clock.now()}
    session.merge(Approval(membership_id=membership.id, **values))
    outbox.tell_all(session, membership.organisation_id, outbox.Notice.MEMBERS)
    audit.record(session, "approval.begun", actor, membership.id)


def cancel(actor: Member, membership_id: UUID) -> None:
    """Anybody of the organisation may say no to a first yes; everybody is told. Raises NotFound."""
    require(actor, Permission.SEE_ORGANISATION)
    membership = members.get_for(actor, membership_id)
    if membership.organisation_id != actor.organisation_id:
        raise NotFound
    organisation_id = membership.organisation_id
    with transaction() as session:
        row = session.get(Approval, membership_id)
        if row is None:
            return
        session.delete(row)
        outbox.tell_all(session, organisation_id, outbox.Notice.MEMBERS)
        audit.record(session, "approval.cancelled", actor, membership_id)


# Where nobody opens anything any more


def allow(actor: Member, membership_id: UUID, *, public_key: str, passphrase: str) -> Said:
    """The office says that a newcomer of a partner that lost its people may make a new key. It opens nothing that was
    there; everybody of the partner is told.

    Raises NotFound, NotWaiting, OtherKey, Unsound; WrongPassphrase, Busy.
    """
    require(actor, Permission.KEEP_ORGANISATIONS)
    membership = members.get_for(actor, membership_id)
    if not holders.is_ours(membership.person):
        audit.refused("approval.refused", actor, membership_id)
        raise Unsound
    sessions.confirm(actor, passphrase=passphrase)
    with transaction() as session:
        membership = _waiting(session, membership_id, public_key)
        if not is_lost(membership.organisation, session):
            raise NotWaiting
        _begin(session, actor, membership)
    return Said.BEGUN


def begin_anew(actor: Member, *, passphrase: str) -> Organisation:
    """The newcomer makes the new key of a partner that lost its people, once the office said yes.

    Raises NobodySaidYes, NotWaiting; WrongPassphrase, Busy.
    """
    require(actor, Permission.APPROVE_MEMBER)
    sessions.confirm(actor, passphrase=passphrase)
    mine = own(actor).membership.id
    with transaction() as session:
        membership = session.get_one(Membership, mine, populate_existing=True)
        organisation = session.get_one(Organisation, actor.organisation_id)
        if not is_lost(organisation, session):
            raise NotWaiting
        if _approval_of(session, membership) is None:
            raise NobodySaidYes
        rekeys.turn(session, organisation, [membership.person])
        session.execute(sa.delete(Approval).where(Approval.membership_id == mine))
        outbox.tell_all(session, organisation.id, outbox.Notice.MEMBERS)
        audit.record(session, "organisation.begun_anew", actor, organisation.id, str(organisation.generation))
        return organisation
