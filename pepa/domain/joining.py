"""What happens when a link is used (`enrolments`): somebody joins an organisation, or makes a new passphrase.

Reading the page never uses a link up; the last form does, with a passphrase and a right code of the authenticator, in
one transaction. A new key pair opens nothing: an organisation's key comes from a colleague who approves, unless the
organisation has none yet and this is the first who needs it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from pepa import clock
from pepa.db import db, insert_once, transaction
from pepa.domain import (
    audit,
    enrolments,
    holders,
    holdings,
    locks,
    members,
    outbox,
    passkeys,
    passphrases,
    rekeys,
    sessions,
    spares,
)
from pepa.domain.enrolments import Over
from pepa.domain.outbox import Notice
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.approvals import Approval
from pepa.models.enrolments import Enrolment
from pepa.models.organisations import KeyWrap, Membership, Organisation
from pepa.models.people import Draft, Person
from pepa.policy import Member
from pepa.words import N_

SHOWN = timedelta(minutes=15)  # spare codes, to the browser that made them
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,29}")


class NameMissing(Invalid):
    says = N_("Tulis nama Anda.")
    field = "name"


class BadLogin(Invalid):
    says = N_("Pakai 3 sampai 30 tanda: huruf kecil, angka, titik, atau garis.")
    field = "login"


class LoginTaken(Conflict):
    says = N_("Nama masuk ini sudah dipakai orang lain. Pilih yang lain.")
    field = "login"


class WrongDigits(Invalid):
    says = N_("Kode ini tidak cocok. Tunggu kode berikutnya di aplikasi, lalu ketik.")
    field = "digits"


class AlreadyHere(Conflict):
    says = N_("Anda SUDAH anggota lembaga ini.")


class OwnLink(Conflict):
    says = N_("Undangan ini Anda buat sendiri. Peran sendiri tidak diubah dengan tangan sendiri.")


@dataclass(frozen=True, repr=False)
class Page:
    """What only the page at hand holds: the link's secret and a random cookie of this browser."""

    token: str
    browser: str

    def words(self, turn: int) -> str:
        """Six words, the same each time this turn is asked for."""
        return locks.drawn_words(turn, self.token, self.browser)

    @property
    def totp(self) -> str:
        """The authenticator's secret, base32."""
        return locks.drawn_totp(self.token, self.browser)

    @property
    def spares(self) -> list[str]:
        """Ten spare codes."""
        return locks.drawn_spares(self.token, self.browser)


def at(token: str) -> Enrolment:
    """The link at an address, whether it still serves or not. Raises NotFound."""
    query = (
        sa.select(Enrolment)
        .options(joinedload(Enrolment.organisation), joinedload(Enrolment.made_by), joinedload(Enrolment.person))
        .where(Enrolment.token_hash == enrolments.mark(token))
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def _open(session: Session, token: str, *, is_reset: bool) -> Enrolment:
    found = session.scalar(sa.select(Enrolment).where(Enrolment.token_hash == enrolments.mark(token)))
    if found is None or found.is_reset is not is_reset:
        raise NotFound
    if not enrolments.stands(found):
        raise Over
    return found


def join(page: Page, *, name: str, login: str, words: str, words_again: str, digits: str, idle_minutes: int) -> str:
    """Make an account and come in by it: the cookie of a first session.

    Raises NameMissing, BadLogin, LoginTaken, what `passphrases.check` raises, WrongDigits, Over, NotFound, Busy.
    """
    place = _open(db.session(), page.token, is_reset=False).organisation.name
    name, login = " ".join(name.split()), login.strip().casefold()
    if not name:
        raise NameMissing
    if not LOGIN.fullmatch(login):
        raise BadLogin
    if db.session.scalar(sa.select(Person.id).where(Person.login == login)):
        raise LoginTaken
    passphrases.check(words, words_again, login, name, place)
    step = _step(page, digits)
    person_id = uuid4()
    own = locks.new_person_keys(person_id, words, page.totp)
    with transaction() as session:
        row = _open(session, page.token, is_reset=False)
        person = {
            "id": person_id,
            "login": login,
            "name": name,
            "email": row.email,
            "is_active": True,
            "is_demo": False,
            "public_key": own.public_key,
            "key_mac": own.key_mac,
            "kdf": own.kdf,
            "secret_sealed": own.secret_sealed,
            "totp_sealed": own.totp_sealed,
            "totp_step": step,
        }
        if not insert_once(session, Person, person):
            raise LoginTaken
        membership_id = _enter(session, row, person_id)
        spares.put(session, person_id, page.spares)
        _spend(row, person_id)
        return sessions.begin(session, membership_id, own.pair, idle_minutes)


def accept(actor: Member, token: str, *, passphrase: str) -> UUID:
    """Join by an account that there is already: the id of the new membership.

    Raises WrongPassphrase, AlreadyHere, OwnLink, Over, NotFound, Busy.
    """
    if _open(db.session(), token, is_reset=False).made_by_id == actor.person_id:
        raise OwnLink
    sessions.confirm(actor, passphrase=passphrase)
    with transaction() as session:
        row = _open(session, token, is_reset=False)
        membership_id = _enter(session, row, actor.person_id)
        _spend(row, actor.person_id)
        return membership_id


def renew(page: Page, *, words: str, words_again: str, digits: str, idle_minutes: int) -> str:
    """A new passphrase and a new key pair in place of forgotten ones: whatever the old pair opened is closed to this
    person, everywhere, until colleagues approve. Returns the cookie of a first session.

    Raises what `passphrases.check` raises, WrongDigits, LastHolder, Over, NotFound, Busy.
    """
    person = _open(db.session(), page.token, is_reset=True).person
    if person is None or not person.is_active:
        raise NotFound
    passphrases.check(words, words_again, person.login, person.name)
    step, person_id = _step(page, digits), person.id
    own = locks.new_person_keys(person_id, words, page.totp)
    with transaction() as session:
        row = _open(session, page.token, is_reset=True)
        enrolments.refuse_last(session, person_id, row.id)
        _close(session, person_id)
        person = session.get_one(Person, person_id)
        person.public_key, person.key_mac = own.public_key, own.key_mac
        person.kdf, person.secret_sealed = own.kdf, own.secret_sealed
        person.totp_sealed, person.totp_step = own.totp_sealed, max(step, person.totp_step)
        session.flush()
        spares.put(session, person_id, page.spares)
        _spend(row, person_id)
        memberships = _memberships(session, person_id)
        for membership in memberships:
            rekeys.first(session, None, membership)
            outbox.tell_all(session, membership.organisation_id, Notice.RENEWED, but=person_id)
        outbox.tell(session, person_id, Notice.ACCOUNT)
        audit.record(session, "person.renewed", None, person_id)
        first = next((m for m in memberships if m.organisation_id == row.organisation_id), memberships[0])
        return sessions.begin(session, first.id, own.pair, idle_minutes)


def _step(page: Page, digits: str) -> int:
    step = locks.step_of(page.totp, digits)
    if step is None:
        raise WrongDigits
    return step


def _enter(session: Session, row: Enrolment, person_id: UUID) -> UUID:
    """A person becomes a member, with the roles of the link; everybody there is told. Raises AlreadyHere."""
    membership = members.enter(session, None, person_id, row.organisation_id, row.roles)
    if membership is None:
        raise AlreadyHere
    outbox.tell_all(session, row.organisation_id, Notice.JOINED, but=person_id)
    return membership.id


def _spend(row: Enrolment, person_id: UUID) -> None:
    """The link is used up; whose name and address it held is a person now."""
    row.used_at, row.person_id, row.token_sealed = clock.now(), person_id, None
    row.name, row.email = "", None


def _close(session: Session, person_id: UUID) -> None:
    """Whatever the old pair opened or was sealed to it, and the passkeys beside it."""
    holdings.drop_wraps(session, KeyWrap.person_id == person_id)
    passkeys.drop(session, person_id)
    sessions.end(session, Membership.person_id == person_id)
    session.execute(sa.delete(Draft).where(Draft.person_id == person_id))
    session.execute(sa.delete(Approval).where(Approval.first_id == person_id))  # perhaps it was another's hand


def _memberships(session: Session, person_id: UUID) -> Sequence[Membership]:
    ours = (Membership.person_id == person_id, Membership.is_active, Organisation.is_active)
    query = sa.select(Membership).join(Organisation).where(*ours).order_by(Organisation.name, Organisation.id)
    return session.scalars(query).all()


def just_used(page: Page) -> Enrolment:
    """A link that this browser used up a moment ago: its spare codes are shown once more. Raises NotFound."""
    row = at(page.token)
    if not was_just_used(row, page):
        raise NotFound
    return row


def was_just_used(row: Enrolment, page: Page) -> bool:
    """Whether it was this browser, and a moment ago."""
    if row.used_at is None or row.person_id is None or clock.now() > row.used_at + SHOWN:
        return False
    return spares.stands(row.person_id, page.spares[0])


def waits(row: Enrolment) -> bool:
    """Whether whoever used a link needs a colleague's approval before anything sealed opens."""
    return row.person_id in {one.person_id for one in holders.waiting(row.organisation_id)}
