"""Whether the installation is sound, and what keeps the office from going live. `faults` says what can be wrong."""

import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

from pepa import clock, disk
from pepa.config import Config
from pepa.db import SQLITE_PRAGMAS, db
from pepa.domain import anchors, arrivals, audit, backups, holders, keys, lateness, numbers, printers, rescues, settings
from pepa.domain.faults import TOPICS, Fault, Part, in_order
from pepa.models.audit import Chain
from pepa.models.duty import Shift
from pepa.models.installation import Clearing
from pepa.models.organisations import ROOTS, Membership, Organisation, OrganisationKind, Role
from pepa.models.people import Person
from pepa.models.places import Holiday
from pepa.policy import Member, Permission, require

# People who can open, before going live: a yes at a root holder takes two.
ABLE = {OrganisationKind.INTAKE: 4, OrganisationKind.INDEPENDENT: 2}
AHEAD = timedelta(days=7)  # a roster that ends sooner is lengthened
STILL = timedelta(hours=1)  # the delivery looks once a minute for what is over
NEXT_YEAR = 11  # the month from which the next year's holidays are asked for


def faults(config: Config) -> Sequence[Fault]:
    """What is wrong, as the machine sees it; in production also whatever keeps the office from going live."""
    found = [*_machine(config), *_always(), *rescues.faults(live=config.production)]
    if config.production:
        found += [*_live(config), *_disks(config)]
    return in_order(found)


def for_page(actor: Member, config: Config) -> Sequence[Fault]:
    """What keeps the office from going live, live or not yet, but for what the machine alone is asked about."""
    require(actor, Permission.SEE_SETTINGS)
    return in_order([*_always(), *rescues.faults(live=True), *_live(config)])


def is_told_here(topic: str) -> bool:
    """Whether the page knows how it stands with a topic."""
    return TOPICS[topic].part is not Part.MACHINE


def _always() -> Iterator[Fault]:
    """Wrong in a demo as well."""
    yield from _keys()
    yield from settings.faults()
    yield from numbers.faults()


def _live(config: Config) -> Iterator[Fault]:
    """What an office that goes live needs, and a demo does without."""
    if settings.read().demo:
        yield Fault("demo.there")
    yield from settings.missing()
    yield from numbers.missing()
    yield from _people()
    yield from _duty()
    yield from _holidays()
    yield from _agreements()
    yield from _reach(config)
    yield from backups.faults()


def _keys() -> Iterator[Fault]:
    for organisation in db.session.scalars(sa.select(Organisation).where(Organisation.public_key.is_not(None))):
        try:
            keys.organisation_public(organisation)
        except keys.KeysUnsound:
            yield Fault("key.unsound", str(organisation.id), {"name": organisation.name})
    for kind in ROOTS:
        how_many = db.session.scalar(sa.select(sa.func.count()).where(Organisation.kind == kind.value))
        if how_many != 1:
            yield Fault("roots.number", kind.value, {"label": kind.label})


def _people() -> Iterator[Fault]:
    """Whether enough people open what the two root holders hold, can be reached, and somebody keeps accounts."""
    for kind, needed in ABLE.items():
        roots = db.session.scalars(sa.select(Organisation.id).where(Organisation.kind == kind.value)).all()
        able = sum(len(holders.able(one)) for one in roots)
        if able < needed:
            yield Fault("able.few", kind.value, {"label": kind.label, "n": able, "needed": needed})
    keepers = (Membership.is_active, Person.is_active, Membership.roles.like(f"%{Role.ADMINISTRATOR.value}%"))
    if not db.session.scalar(sa.select(sa.func.count(Membership.id)).join(Person).where(*keepers)):
        yield Fault("keeper.none")
    due = sa.select(Organisation).where(Organisation.rekey_due).order_by(Organisation.name)
    yield from (Fault("rekey.due", str(one.id), {"name": one.name}) for one in db.session.scalars(due))
    nowhere = (Person.is_active, Membership.is_active, Person.email.is_(None), Person.phone.is_(None))
    people = sa.select(Membership).join(Person).where(*nowhere).order_by(Person.name)
    for one in db.session.scalars(people):
        if {Role.INTAKE_OFFICER, Role.SUPERVISOR} & one.role_set:
            yield Fault("reach.none", str(one.organisation_id), {"name": one.person.name})


def _duty() -> Iterator[Fault]:
    """Whether both root holders have a roster, and for how long."""
    last = sa.select(Shift.organisation_id, sa.func.max(Shift.ends_at)).group_by(Shift.organisation_id)
    ends = {row[0]: row[1] for row in db.session.execute(last)}
    roots = sa.select(Organisation).where(Organisation.kind.in_([kind.value for kind in ROOTS]))
    for organisation in db.session.scalars(roots.order_by(Organisation.name)):
        ends_at = ends.get(organisation.id)
        if ends_at is None or ends_at <= clock.now():
            yield Fault("duty.none", str(organisation.id), {"name": organisation.name})
        elif ends_at <= clock.now() + AHEAD:
            day = f"{ends_at.astimezone(clock.JAKARTA):%d-%m-%Y}"
            yield Fault("duty.ends", str(organisation.id), {"name": organisation.name, "day": day})


def _holidays() -> Iterator[Fault]:
    today = clock.today()
    for year in range(today.year, today.year + 1 + (today.month >= NEXT_YEAR)):
        of_year = sa.extract("year", Holiday.on) == year
        if not db.session.scalar(sa.select(sa.exists().where(of_year, Holiday.approved_at.is_not(None)))):
            yield Fault("holidays.none", str(year), {"n": year})


def _agreements() -> Iterator[Fault]:
    roots = [kind.value for kind in ROOTS]
    query = sa.select(Organisation).where(Organisation.is_active, Organisation.kind.not_in(roots))
    partners, today = db.session.scalars(query.order_by(Organisation.name)).all(), clock.today()
    if unsaid := sum(one.agreed_until_on is None for one in partners):
        yield Fault("agreement.unsaid", values={"n": unsaid})
    for one in partners:
        if one.agreed_until_on and (one.is_over(today) or one.is_ending(today)):
            values: dict[str, object] = {"name": one.name, "day": f"{one.agreed_until_on:%d-%m-%Y}"}
            yield Fault("agreement.over" if one.is_over(today) else "agreement.soon", str(one.id), values)


def _reach(config: Config) -> Iterator[Fault]:
    """Whether an alarm leaves this machine and leads back here."""
    if config.mail_url == "console:":
        yield Fault("mail.console")
    if urlsplit(config.base_url).hostname in ("localhost", "127.0.0.1", "::1"):
        yield Fault("address.local", values={"address": config.base_url})
    looked_at = db.session.scalar(sa.select(Clearing.looked_at))
    if looked_at is None or abs(clock.now() - looked_at) > STILL:
        yield Fault("delivery.still")


# What the machine alone is asked about: it takes its time, or names folders


def _machine(config: Config) -> Iterator[Fault]:
    for folder in keys.beside(config):
        yield Fault("server.inside", values={"folder": folder})
    with suppress(OSError):
        if stat.S_IMODE(config.server_key_file.stat().st_mode) & 0o077:
            yield Fault("server.open", values={"file": config.server_key_file})
    if db.engine.dialect.name == "sqlite":
        read = {name: db.session.scalar(sa.text(f"pragma {name}")) for name in SQLITE_PRAGMAS}
        wrong = ((name, value) for name, value in read.items() if value != SQLITE_PRAGMAS[name])
        yield from (Fault("database.pragma", values={"name": name, "n": value}) for name, value in wrong)
    if why := printers.fault():
        yield Fault("print.nothing", values={"why": why})
    for chain in Chain:
        broken = audit.first_broken(chain)
        if broken is not None:
            yield Fault("chain.broken", chain.value, {"name": chain.value, "n": broken})
        elif audit.is_cut(chain):
            yield Fault("chain.cut", chain.value, {"name": chain.value})
    yield from anchors.faults()
    yield from lateness.faults()
    if stuck := arrivals.stuck():
        yield Fault("spool.stuck", values={"n": stuck})


def _disks(config: Config) -> Iterator[Fault]:
    """Whether what is to outlive a disk lies on another one, and there is room."""
    for folder in (config.spool, config.backups):
        if _device(folder) == _device(config.instance):
            yield Fault("disk.same", values={"folder": folder})
    for folder in dict.fromkeys((config.instance, config.spool, config.uploads, config.backups)):
        free, whole = disk.free(folder)
        if free * 100 < whole * config.free_percent:
            yield Fault("disk.full", values={"folder": folder, "n": free * 100 // whole})


def _device(folder: Path) -> int:
    while not folder.is_dir():
        folder = folder.parent
    return folder.stat().st_dev
