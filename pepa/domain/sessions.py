"""Staff sessions: logging in, being at work, locking (vault.md, Unlocking)."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, keys, locks, outbox, passkeys, recovery, spares
from pepa.errors import Conflict, Invalid
from pepa.models.organisations import KeyWrap, Membership, Organisation
from pepa.models.people import Draft, LoginDelay, Person, StaffSession
from pepa.policy import Member
from pepa.words import N_

LONGEST = timedelta(hours=10)
KEPT = timedelta(days=30)  # a text that nobody went on with
FREE_TRIES = 3
LONGEST_WAIT = 60  # seconds
AHEAD = timedelta(minutes=5)  # seen later than now: the clock was put back, and idle time cannot be told any more


class WrongLogin(Invalid):
    """Never says which of the three was wrong. n: seconds until the next try is looked at."""

    says = N_("Salah satu dari tiga ini tidak cocok. Coba lagi dalam %(n)s detik.")


class BeingConfirmed(Conflict):
    """A copy was put back, and nobody of the intake office has looked at this organisation yet."""

    says = N_("Data baru saja dipulihkan. Lembaga Anda diperiksa dulu. Hubungi kantor.")


class Suspended(Conflict):
    """Of the only organisation in which somebody works, told to whoever has shown who they are."""

    says = N_("Lembaga Anda sedang ditahan. Hubungi kantor.")


class WrongPassphrase(Invalid):
    """n: seconds until the next try is looked at."""

    says = N_("Kalimat sandi ini tidak cocok. Coba lagi dalam %(n)s detik.")
    field = "passphrase"


class WrongFactor(Invalid):
    """n: seconds until the next try is looked at."""

    says = N_("Kode ini tidak cocok atau sudah dipakai. Coba lagi dalam %(n)s detik.")
    field = "old_digits"


def log_in(
    *,
    login: str,
    passphrase: str,
    code: str,
    spare: str = "",
    passkey: str = "",
    site: str = "",
    idle_minutes: int = 15,
) -> str:
    """Name, passphrase and a second factor against a cookie. A wrong one is delayed, never locked out.

    code: six digits of the authenticator; in their place spare: a spare code, passkey: what a passkey answered at
    this site. Raises WrongLogin, Suspended, BeingConfirmed, Busy.
    """
    name = login.strip().casefold()
    mark = keys.mark("login", name)
    wait = _waiting(mark)
    if wait:
        raise WrongLogin(n=wait)
    person = db.session.scalar(sa.select(Person).where(Person.login == name, Person.is_active))
    pair = locks.unlock_person(person, passphrase)
    use = _factor(person, spare.strip() or code, passkey, site) if person else None
    membership = _membership(person.id) if person else None
    if person and pair and use and membership is None and _is_suspended(person.id):
        raise Suspended
    if person is None or pair is None or membership is None or use is None:
        raise WrongLogin(n=_delay(mark))
    if membership.organisation.confirm_due:  # told to whoever has shown who they are
        raise BeingConfirmed
    person_id, membership_id, opened = person.id, membership.id, person.secret_sealed
    renewed = locks.relocked(person_id, pair, passphrase) if locks.is_outdated(person) else None
    due = recovery.wrap_due(person_id, pair)
    with transaction() as session:
        # A new passphrase that was made meanwhile ends what the old one opens, and is not written over.
        if session.get_one(Person, person_id).secret_sealed != opened or not use(session):
            raise WrongLogin(n=1)
        session.execute(sa.delete(LoginDelay).where(LoginDelay.name_hash == mark))
        if renewed:
            new = {"kdf": renewed[0], "secret_sealed": renewed[1]}
            session.execute(sa.update(Person).where(Person.id == person_id).values(new))
        recovery.keep(session, due)
        return begin(session, membership_id, pair, idle_minutes)


def begin(session: Session, membership_id: UUID, pair: keys.Pair, idle_minutes: int) -> str:
    """A session of somebody who has shown who they are: its cookie's text."""
    cookie, id_hash, key = keys.session_cookie()
    now = clock.now()
    session.add(
        StaffSession(
            id_hash=id_hash,
            membership_id=membership_id,
            secret_sealed=keys.seal_for_session(pair, key, id_hash),
            opened_at=now,
            seen_at=now,
            idle_minutes=idle_minutes,
        )
    )
    audit.record(session, "session.opened", None, session.get_one(Membership, membership_id).person_id)
    return cookie


def _waiting(mark: bytes) -> int:
    row = db.session.get(LoginDelay, mark)
    left = (row.until_at - clock.now()).total_seconds() if row else 0
    return min(int(left) + 1, LONGEST_WAIT) if 0 < left <= LONGEST_WAIT else 0  # more: the clock was put back since


def _delay(mark: bytes, actor: Member | None = None) -> int:
    """One more failure for a name, there or not; returns the seconds that it now has to wait."""
    with transaction() as session:
        row = session.get(LoginDelay, mark)
        if row is None:
            row = LoginDelay(name_hash=mark, failures=0, until_at=clock.now())
            session.add(row)
        row.failures += 1
        wait: int = min(2 ** min(max(row.failures - FREE_TRIES, 0), 10), LONGEST_WAIT)
        row.until_at = clock.now() + timedelta(seconds=wait)
        audit.record(session, "session.refused", actor)
    return wait


def confirm(actor: Member, *, passphrase: str, code: str | None = None) -> None:
    """The passphrase again, for what a screen that was left open must not give away. Delayed like a log-in.

    code: the second factor as well, which this does not use up. Raises WrongPassphrase, WrongFactor, Busy.
    """
    mark = keys.mark("confirm", actor.person_id)
    if wait := _waiting(mark):
        raise WrongPassphrase(n=wait)
    if not locks.is_passphrase(db.session.get_one(Person, actor.person_id), passphrase):
        raise WrongPassphrase(n=_delay(mark, actor))
    if code is not None and not is_factor(db.session.get_one(Person, actor.person_id), code):
        raise WrongFactor(n=_delay(mark, actor))
    with transaction() as session:
        session.execute(sa.delete(LoginDelay).where(LoginDelay.name_hash == mark))


def _factor(person: Person, code: str, passkey: str, site: str) -> Callable[[Session], bool] | None:
    """How to use up the second factor that somebody shows; None: it is none of theirs."""
    if not passkey:
        return partial(use_factor, person_id=person.id, code=code) if is_factor(person, code) else None
    shown = passkeys.shown(person.id, passkey, site)
    if shown and shown.is_copy:
        _tell_copy(person.id)
        return None
    return partial(passkeys.use, found=shown) if shown else None


def _tell_copy(person_id: UUID) -> None:
    """A passkey that counts fewer uses than before is a second one of its kind: its owner has to know."""
    with transaction() as session:
        outbox.tell(session, person_id, outbox.Notice.ACCOUNT)
        audit.record(session, "session.passkey_copied", None, person_id)


def is_factor(person: Person, code: str) -> bool:
    """Whether this is the second factor now: six digits, or a spare code."""
    return locks.totp_step(person, code) is not None or spares.stands(person.id, code)


def use_factor(session: Session, person_id: UUID, code: str) -> bool:
    """Use it up. False: another worker was first."""
    step = locks.totp_step(session.get_one(Person, person_id), code)
    return _use_spare(session, person_id, code) if step is None else _use_step(session, person_id, step)


def _use_step(session: Session, person_id: UUID, step: int) -> bool:
    """A TOTP step is used once, whichever worker sees it first."""
    used = session.execute(
        sa.update(Person).where(Person.id == person_id, Person.totp_step < step).values(totp_step=step)
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]


def _use_spare(session: Session, person_id: UUID, code: str) -> bool:
    """A spare code is used up, and its owner told: somebody else may have found the paper."""
    if not spares.use(session, person_id, code):
        return False
    outbox.tell(session, person_id, outbox.Notice.ACCOUNT)
    audit.record(session, "session.spare_used", None, person_id)
    return True


def _membership(person_id: UUID) -> Membership | None:
    query = (
        sa.select(Membership)
        .join(Organisation)
        .options(joinedload(Membership.organisation))
        .where(Membership.person_id == person_id, Membership.is_active, Organisation.is_active)
        .order_by(Organisation.confirm_due, Organisation.name, Organisation.id)
    )
    return db.session.scalars(query).first()


def _is_suspended(person_id: UUID) -> bool:
    """Whether somebody works where nobody comes in for now. Asked of whoever has shown all three alone: what takes time
    and what is said to anybody else stay the same."""
    here = (Membership.person_id == person_id, Membership.is_active, Organisation.ended_at.is_(None))
    query = sa.select(Membership.id).join(Organisation).where(*here, ~Organisation.is_active).limit(1)
    return db.session.scalar(query) is not None


def member(cookie: str | None, *, there: bool = True) -> Member | None:
    """Who is at work with this cookie, or None: none, locked, idle too long, left, or cookie and row do not fit.

    there: a person asked; False for a page that asks for itself again, which keeps no session open
    """
    read = keys.read_session_cookie(cookie) if cookie else None
    found = _at_work(read[0]) if read else None
    if read is None or found is None:
        return None
    row, membership = found
    now = clock.now()
    over = row.seen_at + timedelta(minutes=row.idle_minutes) < now or row.opened_at + LONGEST < now
    if over or row.seen_at > now + AHEAD:
        _blank(StaffSession.id_hash == row.id_hash)
        return None
    works = membership.organisation.is_active and not membership.organisation.confirm_due
    if not (membership.is_active and membership.person.is_active and works):
        return None
    pair = keys.open_session(row.secret_sealed, read[1], row.id_hash)
    if pair is None:
        return None
    wraps = list(db.session.scalars(sa.select(KeyWrap).where(KeyWrap.person_id == membership.person_id)))
    at_work = Member(
        person_id=membership.person_id,
        name=membership.person.name,
        organisation_id=membership.organisation_id,
        organisation_name=membership.organisation.name,
        is_root=membership.organisation.is_root,
        roles=membership.role_set,
        session_hash=row.id_hash,
        keyring=keys.keyring(pair, membership.person_id, wraps),
        has_sound=membership.person.has_sound,
        idle_minutes=row.idle_minutes,
        is_office=membership.organisation.is_office,
        rekey_due=membership.organisation.rekey_due,
    )
    if there and now - row.seen_at >= timedelta(minutes=1):
        _seen(row.id_hash)
    return at_work


def _at_work(id_hash: bytes) -> tuple[StaffSession, Membership] | None:
    """A session, whose it is and where that person works, in one question: every page asks it."""
    query = (
        sa.select(StaffSession, Membership)
        .join(Membership, Membership.id == StaffSession.membership_id)
        .options(joinedload(Membership.person), joinedload(Membership.organisation))
        .where(StaffSession.id_hash == id_hash)
    )
    found = db.session.execute(query).one_or_none()
    return None if found is None else (found[0], found[1])


def _row(cookie: str | None) -> tuple[StaffSession, keys.Token] | None:
    read = keys.read_session_cookie(cookie) if cookie else None
    row = db.session.get(StaffSession, read[0]) if read else None
    return (row, read[1]) if row and read else None


def _seen(id_hash: bytes) -> None:
    with transaction() as session:
        session.execute(sa.update(StaffSession).where(StaffSession.id_hash == id_hash).values(seen_at=clock.now()))


def lock(actor: Member) -> None:
    """ "Kunci sekarang": the key row is gone with this request; the cookie opens nothing any more."""
    with transaction() as session:
        session.execute(sa.delete(StaffSession).where(StaffSession.id_hash == actor.session_hash))
        audit.record(session, "session.locked", actor)


def end(session: Session, *which: sa.ColumnElement[bool]) -> None:
    """Whatever is open of these memberships is shut with their next request. which: conditions on `Membership`; on
    `StaffSession` to narrow it"""
    theirs = sa.select(StaffSession.id_hash).join(Membership, Membership.id == StaffSession.membership_id)
    session.execute(sa.delete(StaffSession).where(StaffSession.id_hash.in_(theirs.where(*which))))


def csrf(actor: Member) -> bytes:
    """The session's CSRF secret, derived, never stored."""
    return keys.session_token(actor.session_hash, "csrf")


def keep_draft(cookie: str | None, path: str, fields: Mapping[str, str]) -> bool:
    """Keep what somebody types, or was typing when the screen locked, sealed to that person. False: nobody is known."""
    found = _row(cookie)
    if found is None or not any(value.strip() for value in fields.values()):
        return False
    row, _ = found
    person = db.session.scalar(sa.select(Person).join(Membership).where(Membership.id == row.membership_id))
    if person is None:
        return False
    _keep(person, path, fields)
    return True


def _keep(person: Person, path: str, fields: Mapping[str, str]) -> None:
    person_id, sealed = person.id, keys.seal_draft(person, path, dict(fields))
    with transaction() as session:
        kept_at = clock.hour(clock.now())
        session.merge(Draft(person_id=person_id, path=path, kept_at=kept_at, body_sealed=sealed))


def keep_for(actor: Member, path: str, fields: Mapping[str, str]) -> None:
    """Keep something for the actor alone, to go on with later. Raises KeysUnsound."""
    _keep(db.session.get_one(Person, actor.person_id), path, fields)


def draft_for(actor: Member, path: str) -> dict[str, str] | None:
    """What the actor was typing on this page and has not sent, or None."""
    row = db.session.get(Draft, (actor.person_id, path))
    return keys.open_draft(actor.keyring, path, row.body_sealed) if row else None


def unsent(actor: Member) -> Sequence[str]:
    """The pages on which the actor was typing and has not sent it."""
    return list(
        db.session.scalars(sa.select(Draft.path).where(Draft.person_id == actor.person_id).order_by(Draft.path))
    )


def older_draft(actor: Member, path: str, newer: str) -> dict[str, str] | None:
    """The same; where only a newer text is kept, beside which no older one stands now, that one takes its place."""
    query = sa.select(Draft).where(Draft.person_id == actor.person_id, Draft.path.in_((path, newer)))
    sealed = {row.path: row.body_sealed for row in db.session.scalars(query)}
    if path in sealed or newer not in sealed:
        return keys.open_draft(actor.keyring, path, sealed[path]) if path in sealed else None
    fields = keys.open_draft(actor.keyring, newer, sealed[newer])
    if fields is not None:
        keep_for(actor, path, fields)
        drop_draft(actor, newer)
    return fields


def drop_draft(actor: Member, path: str) -> None:
    """It was used or thrown away."""
    with transaction() as session:
        session.execute(sa.delete(Draft).where(Draft.person_id == actor.person_id, Draft.path == path))


def typing_on(session: Session, report_ids: Collection[UUID]) -> Iterator[tuple[UUID, UUID]]:
    """Each of these reports with each person who was typing on its pages and has not sent it."""
    of = {str(report_id): report_id for report_id in report_ids}
    for person_id, path in session.execute(sa.select(Draft.person_id, Draft.path)):
        for part in path.split("/"):
            if part in of:
                yield of[part], person_id


def drop_drafts_on(session: Session, report_id: UUID, people: Collection[UUID] | None = None) -> None:
    """Whatever anybody was typing on a report's pages, each of which has its id in the path; people: only they."""
    query = sa.delete(Draft).where(Draft.path.like(f"%{report_id}%"))
    session.execute(query if people is None else query.where(Draft.person_id.in_(people)))


def _blank(which: sa.ColumnElement[bool]) -> int:
    """Take the key out of idle sessions. The row stays a while: it says whose typing came too late."""
    with transaction() as session:
        blanked = session.execute(
            sa.update(StaffSession).where(which, StaffSession.secret_sealed != b"").values(secret_sealed=b"")
        )
    return int(blanked.rowcount)  # type: ignore[attr-defined]


def purge() -> int:
    """Take the keys out of sessions that nobody used too long; delete those that are over, and texts that were not sent
    for thirty days. Returns how many."""
    now = clock.now()
    live = db.session.scalars(sa.select(StaffSession).where(StaffSession.secret_sealed != b""))
    idle = [row.id_hash for row in live if row.seen_at + timedelta(minutes=row.idle_minutes) < now]
    blanked = _blank(StaffSession.id_hash.in_(idle)) if idle else 0
    with transaction() as session:
        gone = session.execute(sa.delete(StaffSession).where(StaffSession.opened_at < now - LONGEST))
        old = session.execute(sa.delete(Draft).where(Draft.kept_at < clock.hour(now) - KEPT))
    return blanked + int(gone.rowcount + old.rowcount)  # type: ignore[attr-defined]
