"""What sheets are for, and whether they would do it: keys given back, tries, what is still missing (vault.md § 3)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from babel.dates import format_date

from pepa import clock
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import audit, holders, holdings, key_files, keys, onces, outbox, printers, recovery
from pepa.domain.faults import Fault
from pepa.errors import Failure, NotFound
from pepa.models.organisations import ROOTS, KeyWrap, Organisation
from pepa.models.people import Person
from pepa.models.recovery import RecoveryKey, RecoveryWrap
from pepa.words import N_

DRILLED_EVERY = timedelta(days=182)
log = logging.getLogger("pepa.rescues")


class NotSealed(Failure):
    """The organisation's present key was never sealed to these sheets."""

    says = N_("Kunci lembaga ini belum disegel ke lembar pemulihan.")


class NotThere(Failure):
    """A folder that is copied."""

    says = N_("Folder %(folder)s ikut dicadangkan. Pilih yang lain, misalnya di /dev/shm.")


class NotRoot(Failure):
    """Of the two root holders alone there is a key behind the sheets; a partner makes a new one."""

    says = N_("Lembar pemulihan hanya membuka kunci kantor penerima laporan dan pemegang mandiri.")


# What is printed


def paper(sheet: recovery.Printed, address: str) -> bytes:
    """A sheet as a PDF to print, one page of A4. The words pass through the child's memory and no disk.

    address: of the site that it belongs to. Raises printers.Unmade, Unprintable, Busy.
    """
    day = format_date(clock.today(), "d MMMM yyyy", locale="id")
    return printers.printed("recovery.html", {**vars(sheet), "day": day, "address": address})


def refuse_folder(config: Config, folder: Path) -> None:
    """Where backups go in, no sheet may lie even for a minute. Raises NotThere."""
    at = folder.resolve()
    if any(at.is_relative_to(own) for own in (config.instance, config.spool, config.uploads, config.backups)):
        raise NotThere(folder=folder)


# Giving a key back


def organisation_named(name: str) -> UUID:
    """A root holder by its name or its kind. Raises NotFound, NotRoot."""
    organisation = db.session.scalar(
        sa.select(Organisation).where(sa.or_(Organisation.name == name, Organisation.kind == name))
    )
    if organisation is None:
        raise NotFound
    if not organisation.is_root:
        raise NotRoot
    return organisation.id


def give(pair: keys.Pair, *, organisation_id: UUID, logins: Sequence[str]) -> Sequence[str]:
    """Give every generation of a root holder's key to people of it, by their login names; all of it are told.

    Returns their names. Raises NotFound where somebody is not at work there; NotSealed; OtherSheets, KeysUnsound,
    Unopened.
    """
    people = _people(organisation_id, logins)
    organisation = db.session.get_one(Organisation, organisation_id)
    public, held = keys.organisation_public(organisation), recovery.held(pair, organisation_id)
    if not any(one.generation == organisation.generation and one.pair.public == public for one in held):
        raise NotSealed
    wraps = [keys.wrap_for(organisation_id, one.generation, one.pair, person) for one in held for person in people]
    named = [(person.id, person.name) for person in people]
    with transaction() as session:
        theirs = (KeyWrap.organisation_id == organisation_id, KeyWrap.person_id.in_([one for one, _ in named]))
        holdings.drop_wraps(session, *theirs, KeyWrap.generation.in_([one.generation for one in held]))
        session.add_all(wraps)
        key_files.lay(session, organisation_id)
        for person_id, _ in named:
            audit.record(session, "recovery.given", None, person_id, f"{organisation_id}")
        for holder in holders.of(organisation_id, session):
            outbox.tell(session, holder.membership.person_id, outbox.Notice.SHEETS, organisation_id=organisation_id)
    return [name for _, name in named]


def _people(organisation_id: UUID, logins: Sequence[str]) -> Sequence[Person]:
    asked = {login.strip().casefold() for login in logins}
    there = [holder.membership for holder in holders.of(organisation_id) if holder.membership.needs_key]
    people = [membership.person for membership in there if membership.person.login in asked]
    if not people or len(people) != len(asked):
        raise NotFound(N_("Tidak ada yang bekerja dengan kunci lembaga ini dan punya nama masuk itu."))
    return people


# Trying them out


def try_out(pair: keys.Pair) -> int:
    """Open with two sheets what they are for, change nothing, and note that it went. Returns how many keys opened.

    Raises OtherSheets, KeysUnsound, Unopened.
    """
    recovery.server_key(pair)
    roots = db.session.scalars(sa.select(Organisation.id).where(Organisation.kind.in_(ROOTS)))
    opened = 1 + sum(len(recovery.held(pair, organisation_id)) for organisation_id in roots.all())
    with transaction() as session:
        row = session.scalars(sa.select(RecoveryKey).where(RecoveryKey.public_key == pair.public)).one()
        row.drilled_at = clock.now()
        audit.record(session, "recovery.tried", None, note=str(row.generation))
    return opened


def remind() -> int:
    """Tell whoever answers for the office that the sheets have not been tried for half a year; for `delivery`.

    Once a month, until somebody has tried them. Returns to how many offices it was told.
    """
    found = status()
    overdue = found is not None and found.is_overdue
    return _warn("recovery.remind", found.due_at.isoformat(), outbox.Notice.DRILL) if found and overdue else 0


def watch() -> int:
    """Live, tell the office once a day that its form is closed because the sheets would not open what it brings; for
    `delivery`. Before there are any nobody waits for the form."""
    closed = keys.is_installed() and keys.here().production and status() is not None and not is_ready()
    if not closed:
        return 0
    log.critical("the recovery sheets would not open what is sealed now; the form gives telephone numbers alone")
    return _warn("recovery.watch", clock.today().isoformat(), outbox.Notice.KEYS)


def _warn(verb: str, once: str, notice: outbox.Notice) -> int:
    office = db.session.scalar(sa.select(Organisation.id).where(Organisation.kind == ROOTS[0]))
    if office is None:
        return 0
    with transaction() as session:
        if onces.made(session, verb, office, once):
            return 0
        onces.keep(session, verb, office, once, office)
        outbox.warn(session, office, notice)
        audit.record(session, verb, None, office)
    return 1


# What is there, and what is missing


@dataclass(frozen=True)
class Status:
    """The set of sheets that counts. due_at: when it is to be tried again; unsealed: names of root holders whose
    present key it does not open, nor an older set"""

    generation: int
    name: str
    made_at: datetime
    confirmed_at: datetime
    drilled_at: datetime
    unsealed: Sequence[str]

    @property
    def due_at(self) -> datetime:
        return self.drilled_at + DRILLED_EVERY

    @property
    def is_overdue(self) -> bool:
        return self.due_at < clock.now()


def status() -> Status | None:
    """The set that counts, or None where there is none."""
    query = sa.select(RecoveryKey).where(RecoveryKey.confirmed_at.is_not(None))
    row = db.session.scalar(query.order_by(RecoveryKey.generation.desc()).limit(1))
    if row is None or row.confirmed_at is None:
        return None
    return Status(
        row.generation,
        recovery.name_of(row.public_key),
        row.made_at,
        row.confirmed_at,
        row.drilled_at or row.confirmed_at,
        [organisation.name for organisation in _unsealed()],
    )


def _unsealed() -> Sequence[Organisation]:
    """Root holders whose present key no sheets open."""
    wraps = sa.select(RecoveryWrap).join(RecoveryKey).where(RecoveryKey.confirmed_at.is_not(None))
    sealed = {(one.organisation_id, one.generation) for one in db.session.scalars(wraps) if recovery.is_sound(one)}
    roots = db.session.scalars(sa.select(Organisation).where(Organisation.kind.in_(ROOTS)).order_by(Organisation.name))
    return [one for one in roots if (one.id, one.generation) not in sealed]


def is_ready() -> bool:
    """Whether sheets that were typed back open the present keys of both root holders: before, no citizen's report is
    taken in where it would matter."""
    return recovery.is_confirmed() and not _unsealed()


def faults(*, live: bool) -> list[Fault]:
    """What `flask pepa check` says of it. live: also what keeps the office from going live"""
    planted = [row.generation for row in db.session.scalars(sa.select(RecoveryKey)) if not recovery.is_ours(row)]
    found = [Fault("sheets.planted", values={"n": generation}) for generation in planted]
    now = status()
    if now is not None and now.is_overdue:
        found.append(Fault("sheets.due", values={"day": f"{now.drilled_at.astimezone(clock.JAKARTA):%d-%m-%Y}"}))
    if live and now is None:
        found.append(Fault("sheets.none"))
    elif live:
        found += [Fault("sheets.unsealed", str(one.id), {"name": one.name}) for one in _unsealed()]
    return found
