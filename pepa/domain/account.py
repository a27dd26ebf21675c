"""One's own account: the passphrase, the authenticator, spare codes, where one is reached, what is open elsewhere.

Never one's roles: own rights are not changed by one's own hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, enrolments, locks, outbox, passkeys, passphrases, sessions, spares
from pepa.domain.outbox import Notice
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.organisations import Membership, Organisation
from pepa.models.passkeys import Passkey
from pepa.models.people import Person, StaffSession
from pepa.policy import Member
from pepa.words import N_


class WrongDigits(Invalid):
    says = N_("Kode ini tidak cocok. Tunggu kode berikutnya di aplikasi, lalu ketik.")
    field = "digits"


class ChangedMeanwhile(Conflict):
    """By a way back, or on another page: what was opened by the old passphrase is not what stands there now."""

    says = N_("Akun Anda baru saja diubah di tempat lain. Masuk lagi.")


class NameMissing(Invalid):
    says = N_("Tulis nama untuk kunci sandi ini.")
    field = "name"


class TooMany(Conflict):
    says = N_("Sudah ada %(n)s kunci sandi. Hapus dulu yang tidak dipakai.")


class NotMade(Invalid):
    """What the browser answered was too late, for something else, or is somebody else's."""

    says = N_("Kunci sandi BELUM ditambah. Mulai lagi.")


class NoChoice(Invalid):
    says = N_("Pilih dulu salah satu.")
    field = "passkey_id"


@dataclass(frozen=True)
class Account:
    """What its owner sees of it. spares: codes that were not used yet"""

    login: str
    name: str
    email: str
    phone: str
    spares: int


@dataclass(frozen=True)
class Opened:
    """A session that is open somewhere. is_this: the one that asks"""

    opened_at: datetime
    seen_at: datetime
    organisation: str
    is_this: bool


@dataclass(frozen=True)
class Place:
    """An organisation in which somebody works. is_this: where they are at work now; is_shut: a copy was put back, and
    nobody has looked at it yet"""

    membership_id: UUID
    name: str
    roles: Sequence[str]
    is_this: bool
    is_shut: bool


def of(actor: Member) -> Account:
    """The actor's own account."""
    person = db.session.get_one(Person, actor.person_id)
    return Account(person.login, person.name, person.email or "", person.phone or "", spares.left(person.id))


# The passphrase


def words(actor: Member, turn: int, browser: str) -> str:
    """Six words that the page offers, the same each time this turn is asked for, until the passphrase is another.

    browser: a secret of this browser's. All the rest stands in the database, and in its copies.
    """
    sealed = db.session.get_one(Person, actor.person_id).secret_sealed
    return locks.drawn_words(turn, browser, actor.session_hash, sealed)


def change_passphrase(actor: Member, *, passphrase: str, words: str, words_again: str) -> UUID:
    """Lock the same key pair anew; whatever is open elsewhere ends.

    passphrase: the present one. Raises WrongPassphrase, what `passphrases.check` raises, Busy, ChangedMeanwhile.
    """
    person = db.session.get_one(Person, actor.person_id)
    before = person.secret_sealed
    passphrases.check(words, words_again, person.login, person.name, actor.organisation_name)
    sessions.confirm(actor, passphrase=passphrase)
    kdf, sealed = locks.relocked(actor.person_id, actor.keyring.person, words)
    with transaction() as session:
        person = session.get_one(Person, actor.person_id)
        if person.secret_sealed != before:
            raise ChangedMeanwhile
        person.kdf, person.secret_sealed = kdf, sealed
        _end_others(session, actor)
        outbox.tell(session, actor.person_id, Notice.ACCOUNT)
        audit.record(session, "account.passphrase", actor, actor.person_id)
    return actor.person_id


# The authenticator


def totp(actor: Member) -> str:
    """The authenticator's secret that the page offers: the same until it is taken."""
    return locks.drawn_totp(actor.session_hash, db.session.get_one(Person, actor.person_id).totp_sealed)


def totp_address(actor: Member) -> str:
    """The same as an authenticator reads it."""
    return locks.totp_address(totp(actor), of(actor).login)


def change_totp(actor: Member, *, passphrase: str, old_digits: str, digits: str) -> UUID:
    """Another authenticator, or the same one on another phone.

    old_digits: of the old one, or a spare; digits: of the new one. Raises WrongDigits, WrongPassphrase, WrongFactor,
    Busy.
    """
    new = totp(actor)
    step = locks.step_of(new, digits)
    if step is None:
        raise WrongDigits
    sessions.confirm(actor, passphrase=passphrase, code=old_digits)
    with transaction() as session:
        if not sessions.use_factor(session, actor.person_id, old_digits):
            raise sessions.WrongFactor(n=1)
        person = session.get_one(Person, actor.person_id)
        person.totp_sealed, person.totp_step = locks.seal_totp(person.id, new), step
        _end_others(session, actor)
        outbox.tell(session, actor.person_id, Notice.ACCOUNT)
        audit.record(session, "account.totp", actor, actor.person_id)
    return actor.person_id


def new_spares(actor: Member, *, passphrase: str) -> list[str]:
    """Ten new spare codes; earlier ones are none any more. Shown once. Raises WrongPassphrase, Busy."""
    sessions.confirm(actor, passphrase=passphrase)
    codes = locks.new_spares()
    with transaction() as session:
        spares.put(session, actor.person_id, codes)
        outbox.tell(session, actor.person_id, Notice.ACCOUNT)
        audit.record(session, "account.spares", actor, actor.person_id)
    return codes


# Passkeys


def passkeys_of(actor: Member) -> Sequence[Passkey]:
    """The actor's own."""
    return passkeys.of(actor.person_id)


def begin_passkey(actor: Member, *, name: str, passphrase: str, site: str) -> str:
    """What the browser is asked to make, in JSON: good for five minutes of this session.

    Raises NameMissing, TooMany, WrongPassphrase, Busy.
    """
    if not name.strip():
        raise NameMissing
    if len(passkeys.of(actor.person_id)) >= passkeys.MOST:
        raise TooMany(n=passkeys.MOST)
    sessions.confirm(actor, passphrase=passphrase)
    return passkeys.asked_to_make(db.session.get_one(Person, actor.person_id), site, actor.session_hash)


def add_passkey(actor: Member, *, name: str, passkey: str, site: str) -> UUID:
    """What it made. Raises NameMissing, NotMade, TooMany."""
    if not name.strip():
        raise NameMissing
    new = passkeys.made(passkey, site, actor.session_hash)
    if new is None:
        raise NotMade
    with transaction() as session:
        before = {one.id for one in passkeys.of(actor.person_id)}
        passkey_id = passkeys.put(session, actor.person_id, " ".join(name.split()), new)
        if passkey_id is None:
            raise NotMade
        if passkey_id in before:  # sent twice
            return passkey_id
        if len(before) >= passkeys.MOST:
            raise TooMany(n=passkeys.MOST)
        outbox.tell(session, actor.person_id, Notice.ACCOUNT)
        audit.record(session, "account.passkey_added", actor, actor.person_id)
        return passkey_id


def remove_passkey(actor: Member, *, passkey_id: UUID | None, passphrase: str) -> UUID:
    """It lets nobody in any more; whatever is open elsewhere, maybe by it, ends.

    Raises NoChoice, NotFound, WrongPassphrase, Busy.
    """
    if passkey_id is None:
        raise NoChoice
    sessions.confirm(actor, passphrase=passphrase)
    with transaction() as session:
        row = session.get(Passkey, passkey_id)
        if row is None or row.person_id != actor.person_id:
            raise NotFound
        session.delete(row)
        _end_others(session, actor)
        outbox.tell(session, actor.person_id, Notice.ACCOUNT)
        audit.record(session, "account.passkey_removed", actor, actor.person_id)
    return passkey_id


# Where one is reached


def set_reach(actor: Member, *, email: str, phone: str, passphrase: str) -> UUID:
    """Where mails and SMS go; a way back would go there too, so the passphrase is asked, and the owner is told, at the
    address of before as well: whoever changes it could otherwise hear alone of all that they change next.

    Raises NotMail, WrongPassphrase, Busy.
    """
    address = enrolments.mail_address(email)
    sessions.confirm(actor, passphrase=passphrase)
    with transaction() as session:
        person = session.get_one(Person, actor.person_id)
        before = (person.email, person.phone)
        person.email, person.phone = address, phone.strip() or None
        if (person.email, person.phone) == before:
            return actor.person_id
        session.flush()
        outbox.tell(session, actor.person_id, Notice.ACCOUNT)
        if before[0] and before[0] != address:
            outbox.tell_before(session, actor.person_id, Notice.ACCOUNT, before[0])
        audit.record(session, "account.reach", actor, actor.person_id)
    return actor.person_id


# What is open


def opened(actor: Member) -> Sequence[Opened]:
    """Where the actor's account is open now, this one first."""
    query = (
        sa.select(StaffSession, Organisation.name)
        .join(Membership, Membership.id == StaffSession.membership_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.person_id == actor.person_id, StaffSession.secret_sealed != b"")
        .order_by(StaffSession.seen_at.desc(), StaffSession.opened_at.desc(), StaffSession.id_hash)
    )
    now = clock.now()
    found = [
        Opened(row.opened_at, row.seen_at, name, row.id_hash == actor.session_hash)
        for row, name in db.session.execute(query)
        if row.seen_at + timedelta(minutes=row.idle_minutes) > now
    ]
    return sorted(found, key=lambda one: not one.is_this)


def end_others(actor: Member) -> None:
    """Lock the account everywhere but here."""
    with transaction() as session:
        _end_others(session, actor)
        audit.record(session, "account.others_ended", actor, actor.person_id)


def _end_others(session: Session, actor: Member) -> None:
    sessions.end(session, Membership.person_id == actor.person_id, StaffSession.id_hash != actor.session_hash)


# Where one works


def places(actor: Member) -> Sequence[Place]:
    """The organisations in which the actor works."""
    query = (
        sa.select(Membership)
        .join(Organisation)
        .options(joinedload(Membership.organisation))
        .where(Membership.person_id == actor.person_id, Membership.is_active, Organisation.is_active)
        .order_by(Organisation.name, Organisation.id)
    )
    return [
        Place(
            one.id,
            one.organisation.name,
            [role.label for role in sorted(one.role_set)],
            one.organisation_id == actor.organisation_id,
            one.organisation.confirm_due,
        )
        for one in db.session.scalars(query)
    ]


def is_choosing(cookie: str) -> bool:
    """Whether whoever just logged in works in more than one."""
    me = sessions.member(cookie)
    return me is not None and len(places(me)) > 1


def move(actor: Member, membership_id: UUID) -> None:
    """Go on in another organisation, in the same session. Raises NotFound, sessions.BeingConfirmed."""
    place = next((one for one in places(actor) if one.membership_id == membership_id), None)
    if place is None:
        raise NotFound
    if place.is_shut:
        raise sessions.BeingConfirmed
    with transaction() as session:
        here = sa.update(StaffSession).where(StaffSession.id_hash == actor.session_hash)
        session.execute(here.values(membership_id=membership_id))
        audit.record(session, "session.moved", actor, membership_id)
