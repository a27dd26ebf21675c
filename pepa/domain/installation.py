"""The installation as a whole: what is wrong with it, what keeps it from going live, giving space back."""

import stat
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

from pepa.config import Config
from pepa.db import SQLITE_PRAGMAS, db, transaction
from pepa.domain import audit, holders, keys, printers, rescues, rules, settings
from pepa.models.audit import AuditHead
from pepa.models.installation import Installation
from pepa.models.organisations import Membership, Organisation, OrganisationKind, Role
from pepa.models.people import Person

HEADS = "0024"  # the schema in which a chain of the audit got a signed head
MIGRATIONS = Path(__file__).parent.parent / "migrations"
# People who can open, before going live: a yes at a root holder takes two.
ABLE = {OrganisationKind.INTAKE: ("intake office", 4), OrganisationKind.INDEPENDENT: ("independent holder", 2)}


class SchemaRefused(Exception):
    """The database was brought forward by a newer program: this one would not understand what it finds."""


def check_schema() -> str | None:
    """The schema of the database; None before its first. One of a newer program is refused before anything is read or
    written; an older one is for `seed` to bring on.

    Raises SchemaRefused.
    """
    try:
        found = db.session.scalar(sa.text("select version_num from alembic_version"))
    except sa.exc.DBAPIError:  # no table yet: a new database, or one that does not answer now
        found = None
    finally:
        db.session.rollback()
    known = {path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("*.py")}
    if found and found not in known:
        raise SchemaRefused(
            f"This database is at schema {found}, which this version of Pepa does not know: a newer one has been here. "
            "Start that version again, or go back to the copy that was taken before. Nothing was changed."
        )
    return str(found) if found else None


def came_forward(schema: str | None) -> None:
    """What is done once, with the key, when a database has been brought forward from this schema."""
    if schema and schema < HEADS and keys.is_installed() and sa.inspect(db.engine).has_table(AuditHead.__tablename__):
        with transaction() as session:
            audit.sign_heads(session)


def faults(config: Config) -> list[str]:
    """What is wrong, a line each; in production also whatever keeps the office from going live."""
    found = [*_key_file(config), *_keys(), *_pragmas(), *filter(None, [printers.fault()]), *_unusable()]
    found += rescues.faults(live=config.production)
    if config.production:
        found += _demo()
        found += _reach(config)
        found += [f"setting {key} is empty" for key in settings.missing()]
        found += _able()
    return found


def _key_file(config: Config) -> list[str]:
    """The server key lies outside of whatever is copied, and nobody else on this machine reads it (vault.md § 1)."""
    found = [f"the server key stands inside {folder}: whoever copies one has both" for folder in keys.beside(config)]
    with suppress(OSError):
        if stat.S_IMODE(config.server_key_file.stat().st_mode) & 0o077:
            found.append(f"others on this machine may read {config.server_key_file}: chmod 600")
    return found


def _reach(config: Config) -> list[str]:
    """Whether an alarm leaves this machine, leads back here, and has somebody to go to."""
    found = []
    if config.mail_url == "console:":
        found.append("no mail leaves: alarms go to the journal alone (PEPA_MAIL_URL)")
    if urlsplit(config.base_url).hostname in ("localhost", "127.0.0.1", "::1"):
        found.append(f"links in mails lead to {config.base_url}, which nobody else reaches (PEPA_BASE_URL)")
    nowhere = (Person.is_active, Membership.is_active, Person.email.is_(None), Person.phone.is_(None))
    people = sa.select(Person.name, Membership.roles).join(Membership, Membership.person_id == Person.id)
    reading = {Role.INTAKE_OFFICER.value, Role.SUPERVISOR.value}
    for name, roles in db.session.execute(people.where(*nowhere).order_by(Person.name)):
        if reading & set(roles.split()):
            found.append(f"{name} reads reports and has neither mail nor phone: no alarm reaches them")
    return found


def _keys() -> list[str]:
    found = []
    for organisation in db.session.scalars(sa.select(Organisation).where(Organisation.public_key.is_not(None))):
        try:
            keys.organisation_public(organisation)
        except keys.KeysUnsound:
            found.append(f"the public key of organisation {organisation.id} is not ours: nothing is sealed to it")
    for kind in (OrganisationKind.INTAKE, OrganisationKind.INDEPENDENT):
        how_many = db.session.scalar(sa.select(sa.func.count()).where(Organisation.kind == kind.value))
        found += [f"there must be exactly one organisation of kind {kind.value}"] * (how_many != 1)
    return found


def _pragmas() -> list[str]:
    if db.engine.dialect.name != "sqlite":
        return []
    read = {name: db.session.scalar(sa.text(f"pragma {name}")) for name in SQLITE_PRAGMAS}
    return [f"pragma {name} reads {value}" for name, value in read.items() if value != SQLITE_PRAGMAS[name]]


def _unusable() -> list[str]:
    unusable = ((key, rules.RULES[key]) for key in settings.unusable())
    return [
        f"setting {key} is no whole number from {rule.least} to {rule.most}"
        if rule.kind is rules.Kind.WHOLE
        else f"setting {key} says what cannot be used"
        for key, rule in unusable
    ]


def _demo() -> list[str]:
    return ["demo accounts exist"] if settings.read().demo else []


def _able() -> list[str]:
    """Whether enough people open what the two root holders hold, and somebody keeps accounts."""
    found = []
    for kind, (name, needed) in ABLE.items():
        roots = db.session.scalars(sa.select(Organisation.id).where(Organisation.kind == kind.value)).all()
        able = sum(len(holders.able(one)) for one in roots)
        if able < needed:
            found.append(f"{able} people of the {name} can open reports; {needed} are needed")
    keepers = (Membership.is_active, Person.is_active, Membership.roles.like(f"%{Role.ADMINISTRATOR.value}%"))
    if not db.session.scalar(sa.select(sa.func.count(Membership.id)).join(Person).where(*keepers)):
        found.append("nobody keeps accounts: give somebody of the intake office the role of administrator")
    due = sa.select(Organisation.name).where(Organisation.rekey_due).order_by(Organisation.name)
    found += [f"{one} needs a new key: somebody left it under suspicion" for one in db.session.scalars(due)]
    return found


def answers() -> bool:
    """Whether the database answers and is the one that this process holds the key of."""
    try:
        check = db.session.scalar(sa.select(Installation.key_check))
    except sa.exc.SQLAlchemyError:
        db.session.rollback()
        return False
    return keys.is_installed() and check == keys.here().server.check_value


def compact() -> None:
    """Fold the write-ahead log in and give freed pages back, so that what was deleted is nowhere in the files."""
    if db.engine.dialect.name != "sqlite":
        return
    raw = db.engine.raw_connection()
    try:
        # As a script and outside of any transaction of ours: executed by itself, the first gives back one page.
        raw.cursor().executescript("pragma incremental_vacuum; pragma wal_checkpoint(truncate)")
    finally:
        raw.close()
