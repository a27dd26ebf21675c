"""Links by which somebody comes into an organisation, or back to an account: made, sent again, ended.

A link is 256 random bits; it lives for seven days and serves once. What happens when it is used: `joining`.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from secrets import token_urlsafe
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, holders, incidents, keys, locks, members, onces, outbox, recovery
from pepa.domain.outbox import Channel, Notice
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.enrolments import Enrolment
from pepa.models.organisations import Membership, Organisation, Role
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.recovery import RecoveryKey, RecoveryWrap
from pepa.policy import Member, Permission, require
from pepa.words import N_

BYTES = 32
PATH = "/petugas/bergabung/"  # of the page that a link leads to, before its secret
LIVES = timedelta(days=7)
KEPT = timedelta(days=30)  # one that nobody used
GIVEN_UP = "organisation.given_up"  # what a partner alone opens may stay shut for ever; its note: for which link


class NameMissing(Invalid):
    says = N_("Tulis nama orangnya.")
    field = "name"


class RolesMissing(Invalid):
    says = N_("Pilih paling sedikit satu peran.")
    field = "roles"


class RoleElsewhere(Invalid):
    """Not in this organisation, or not by this person."""

    says = N_("Peran ini tidak bisa Anda berikan di lembaga itu.")
    field = "roles"


class NotMail(Invalid):
    says = N_("Alamat email ini belum lengkap. Betulkan, atau kosongkan.")
    field = "email"


class LastHolder(Conflict):
    """organisation: whose key nobody else opens"""

    says = N_(
        "Hanya orang ini yang bisa membuka kunci %(organisation)s, dan lembar pemulihan belum ada. "
        "Setujui orang kedua dulu."
    )


class LastOfPartner(LastHolder):
    """organisation: one that is on no sheets"""

    says = N_(
        "Hanya orang ini yang bisa membuka kunci %(organisation)s. "
        "Setujui orang kedua dulu, atau minta pengelola kantor."
    )


class Over(Conflict):
    says = N_("Undangan ini sudah dipakai, dibatalkan, atau lewat 7 hari.")


@dataclass(frozen=True, repr=False)
class Made:
    """A link that was just made. token: shown once, then kept by nobody here; None: this form made it before."""

    id: UUID
    token: str | None


# Who may


def places(actor: Member) -> Sequence[Organisation]:
    """The organisations into which the actor may invite somebody."""
    require(actor, Permission.INVITE_MEMBER)
    query = sa.select(Organisation).where(Organisation.is_active).order_by(Organisation.name, Organisation.id)
    return [row for row in db.session.scalars(query) if members.given_by(actor, row)]


def roles_in(actor: Member, places: Sequence[Organisation]) -> list[Role]:
    """The roles that the actor may give in one of these."""
    some = frozenset[Role]().union(*(members.given_by(actor, place) for place in places))
    return [role for role in Role if role in some]


def list_for(actor: Member) -> Sequence[Enrolment]:
    """The links that may still be used, or could have been until lately, of those that the actor could make; the newest
    first."""
    here = [row.id for row in places(actor)]
    lately = Enrolment.until_at > clock.now() - LIVES
    query = (
        sa.select(Enrolment)
        .options(joinedload(Enrolment.organisation), joinedload(Enrolment.made_by))
        .where(Enrolment.organisation_id.in_(here), Enrolment.used_at.is_(None), Enrolment.ended_at.is_(None), lately)
        .order_by(Enrolment.made_at.desc(), Enrolment.id)
    )
    return [row for row in db.session.scalars(query) if _could_make(row, actor.person_id, _by(actor))]


def get_for(actor: Member, enrolment_id: UUID) -> Enrolment:
    """A link that the actor could make now: whoever has it comes in with its roles. Raises NotFound."""
    require(actor, Permission.INVITE_MEMBER)
    found = db.session.get(Enrolment, enrolment_id)
    if found is None or not _could_make(found, actor.person_id, _by(actor)):
        raise NotFound
    return found


def stands(row: Enrolment) -> bool:
    """Whether a link leads somewhere: nothing ended it, there is somewhere to come in, and whoever made it still could.
    One that was made at the machine has nobody to ask."""
    if not row.is_open or not (_works(row) if row.is_reset else row.organisation.is_active):
        return False
    maker_id = row.made_by_id
    if maker_id is None:
        return True
    return _could_still(row, maker_id)


def _could_still(row: Enrolment, maker_id: UUID) -> bool:
    made = _memberships(Membership.person_id == maker_id)
    return any(_could_make(row, maker_id, partial(members.given_as, one)) for one in made)


def end_made(session: Session, person_id: UUID, *, even_elsewhere: bool) -> None:
    """The links of somebody who leaves lead nowhere any more, in the transaction of the act: those that they could make
    no more, or all."""
    theirs = (Enrolment.made_by_id == person_id, Enrolment.used_at.is_(None), Enrolment.ended_at.is_(None))
    rows = session.scalars(sa.select(Enrolment).where(*theirs)).all()
    _end(session, Enrolment.id.in_([row.id for row in rows if even_elsewhere or not _could_still(row, person_id)]))


def _end(session: Session, *which: sa.ColumnElement[bool]) -> None:
    """Of these the ones that nobody used lead nowhere from this moment."""
    waiting = (Enrolment.used_at.is_(None), Enrolment.ended_at.is_(None))
    session.execute(sa.update(Enrolment).where(*which, *waiting).values(ended_at=clock.now(), token_sealed=None))


Given = Callable[[Organisation], Collection[Role]]  # the roles that somebody may give in an organisation


def _by(actor: Member) -> Given:
    return partial(members.given_by, actor)


def _could_make(row: Enrolment, maker_id: UUID, given: Given) -> bool:
    """Whether somebody who may give this could make just this link."""
    if row.is_reset:
        return _may_bring_back(maker_id, _works(row), given)
    return row.role_set <= set(given(row.organisation))


def _works(row: Enrolment) -> Sequence[Membership]:
    """Where somebody works who is to come back by this link."""
    return _memberships(Membership.person_id == row.person_id)


def forgetful(actor: Member) -> Sequence[tuple[Person, str]]:
    """Whom the actor may give a way back, with where they work: those that the actor might have invited."""
    found: dict[UUID, list[Membership]] = {}
    for membership in _memberships(sa.true()):
        found.setdefault(membership.person_id, []).append(membership)
    given = _by(actor)
    able = [(some[0].person, some) for some in found.values() if _may_bring_back(actor.person_id, some, given)]
    return [(person, ", ".join(one.organisation.name for one in some)) for person, some in able]


def _memberships(*which: sa.ColumnElement[bool]) -> Sequence[Membership]:
    query = (
        sa.select(Membership)
        .join(Person)
        .join(Organisation)
        .options(joinedload(Membership.person), joinedload(Membership.organisation))
        .where(*which, Membership.is_active, Person.is_active, Organisation.is_active)
        .order_by(Person.name, Person.id, Organisation.name, Organisation.id)
    )
    return list(db.session.scalars(query))


def _may_bring_back(maker_id: UUID, memberships: Sequence[Membership], given: Given) -> bool:
    """In all of a person's organisations, since the way back ends what they open everywhere; never for oneself."""
    if not memberships or memberships[0].person_id == maker_id:
        return False
    return all(one.role_set <= set(given(one.organisation)) for one in memberships)


def to_bring_back(actor: Member, person_id: UUID) -> Sequence[Membership]:
    """Where somebody works who forgot the passphrase. Raises NotFound, also where that is not the actor's matter."""
    require(actor, Permission.INVITE_MEMBER)
    found = _memberships(Membership.person_id == person_id)
    if not _may_bring_back(actor.person_id, found, _by(actor)):
        raise NotFound
    return found


# Making


def invite(actor: Member, *, organisation_id: UUID, roles: Sequence[str], name: str, email: str, once: str) -> Made:
    """A link for somebody new. The same form again makes no second.

    Raises NameMissing, RolesMissing, RoleElsewhere, NotMail, NotFound.
    """
    place = next((row for row in places(actor) if row.id == organisation_id), None)
    if place is None:
        raise NotFound
    chosen = frozenset(Role(code) for code in roles)
    if not chosen:
        raise RolesMissing
    if not chosen <= set(members.given_by(actor, place)):
        raise RoleElsewhere
    if not name.strip():
        raise NameMissing
    address = mail_address(email)
    enrolment_id, token = uuid4(), token_urlsafe(BYTES)
    with transaction() as session:
        if made := onces.made(session, "enrolment.invite", actor.person_id, once):
            return Made(made, None)
        row = written(enrolment_id, organisation_id, name.strip(), address, chosen, actor.person_id)
        session.add(row)
        session.flush()
        arm(session, row, token)
        onces.keep(session, "enrolment.invite", actor.person_id, once, enrolment_id)
        audit.record(session, "enrolment.made", actor, enrolment_id, row.roles)
    return Made(enrolment_id, token)


def bring_back(actor: Member, person_id: UUID) -> Made:
    """A way back for somebody who forgot the passphrase; an earlier one is none any more. Nothing else ends before it
    is used.

    Raises NotFound, LastHolder, incidents.NotCompared.
    """
    memberships = to_bring_back(actor, person_id)
    return way_back(memberships, actor)


def bring_back_at_machine(person_id: UUID) -> Made:
    """The same by whoever is at the machine. Raises NotFound, LastHolder."""
    found = _memberships(Membership.person_id == person_id)
    if not found:
        raise NotFound
    return way_back(found, None)


def way_back(memberships: Sequence[Membership], actor: Member | None, given_up: Collection[UUID] = ()) -> Made:
    """A link for whoever works there. given_up: partners whose key may be lost with it. Raises LastHolder."""
    incidents.require_compared(actor)
    person, place = memberships[0].person, memberships[0].organisation_id
    here = next((m.organisation_id for m in memberships if actor and m.organisation_id == actor.organisation_id), place)
    person_id, name, address = person.id, person.name, person.email
    enrolment_id, token = uuid4(), token_urlsafe(BYTES)
    with transaction() as session:
        for organisation_id in given_up:
            audit.record(session, GIVEN_UP, actor, organisation_id, str(enrolment_id))
            outbox.tell_all(session, organisation_id, Notice.MEMBERS)
        refuse_last(session, person_id, enrolment_id)
        _end(session, Enrolment.person_id == person_id, Enrolment.is_reset.is_(True))
        row = written(enrolment_id, here, name, address, (), actor.person_id if actor else None)
        row.is_reset, row.person_id = True, person_id
        session.add(row)
        session.flush()
        arm(session, row, token)
        audit.record(session, "enrolment.made", actor, enrolment_id, "reset")
    return Made(enrolment_id, token)


def written(
    enrolment_id: UUID,
    organisation_id: UUID,
    name: str,
    email: str | None,
    roles: Iterable[Role],
    made_by_id: UUID | None,
) -> Enrolment:
    """A link that `arm` has still to give its secret."""
    return Enrolment(
        id=enrolment_id,
        organisation_id=organisation_id,
        name=name,
        email=email,
        roles=" ".join(role.value for role in Role if role in set(roles)),
        made_by_id=made_by_id,
        made_at=clock.now(),
        until_at=clock.now(),
        token_hash=b"",
    )


def arm(session: Session, row: Enrolment, token: str) -> None:
    """Give a link its secret, and send it where there is an address."""
    row.token_hash, row.until_at = mark(token), clock.now() + LIVES
    row.token_sealed = None
    session.execute(sa.delete(OutboxRow).where(OutboxRow.enrolment_id == row.id, OutboxRow.sent_at.is_(None)))
    sender = row.person_id or row.made_by_id
    if row.email and sender:
        row.token_sealed = locks.seal_token(row.id, token)
        session.add(
            OutboxRow(
                person_id=sender,
                notice=Notice.LINK.value,
                channel=Channel.MAIL.value,
                enrolment_id=row.id,
                due_at=clock.now(),
            )
        )


def mark(token: str) -> bytes:
    """What the database knows of a link."""
    return keys.mark("enrolment", token)


def again(actor: Member, enrolment_id: UUID) -> Made:
    """A new link in place of one that did not arrive or is over; the earlier one leads nowhere.

    Raises NotFound, Over.
    """
    get_for(actor, enrolment_id)
    incidents.require_compared(actor)
    token = token_urlsafe(BYTES)
    with transaction() as session:
        row = session.get_one(Enrolment, enrolment_id)
        if row.used_at or row.ended_at:
            raise Over
        arm(session, row, token)
        audit.record(session, "enrolment.sent_again", actor, enrolment_id)
    return Made(enrolment_id, token)


def cancel(actor: Member, enrolment_id: UUID) -> None:
    """The link leads nowhere from this moment. Raises NotFound, Over."""
    get_for(actor, enrolment_id)
    with transaction() as session:
        row = session.get_one(Enrolment, enrolment_id)
        if row.used_at:
            raise Over
        row.ended_at, row.token_sealed = clock.now(), None
        session.execute(sa.delete(OutboxRow).where(OutboxRow.enrolment_id == row.id, OutboxRow.sent_at.is_(None)))
        audit.record(session, "enrolment.ended", actor, enrolment_id)


def refuse_last(session: Session, person_id: UUID, enrolment_id: UUID) -> None:
    """Raises LastHolder where nobody else opens the key of an organisation that this person opens: of a root holder
    unless it is on sheets, of a partner unless it was given up for this link."""
    for organisation in holders.alone(person_id, session):
        if organisation.is_root and not _on_sheets(session, organisation):
            raise LastHolder(organisation=organisation.name)
        if not organisation.is_root and not audit.stands(session, GIVEN_UP, organisation.id, str(enrolment_id)):
            raise LastOfPartner(organisation=organisation.name)


def _on_sheets(session: Session, organisation: Organisation) -> bool:
    """Whether two recovery sheets open an organisation's present key."""
    if not recovery.is_confirmed():
        return False
    newest = sa.select(sa.func.max(RecoveryKey.generation)).where(RecoveryKey.confirmed_at.is_not(None))
    held = sa.exists().where(
        RecoveryWrap.organisation_id == organisation.id,
        RecoveryWrap.generation == organisation.generation,
        RecoveryWrap.recovery_generation == newest.scalar_subquery(),
    )
    return bool(session.scalar(sa.select(held)))


def mail_address(typed: str) -> str | None:
    """An address as it was typed, or None where none was. Raises NotMail."""
    address = typed.strip()
    if address and not re.fullmatch(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+\.[a-zA-Z]{2,}", address):
        raise NotMail
    return address or None


def purge() -> int:
    """Take the secret out of links that are over; delete those that nobody used in time. Returns how many."""
    now = clock.now()
    over = sa.or_(Enrolment.until_at < now, Enrolment.used_at.is_not(None), Enrolment.ended_at.is_not(None))
    with transaction() as session:
        session.execute(sa.update(Enrolment).where(over, Enrolment.token_sealed.is_not(None)).values(token_sealed=None))
        gone = session.execute(sa.delete(Enrolment).where(Enrolment.used_at.is_(None), Enrolment.until_at < now - KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]
