"""The installation as a whole: its schema, whether it answers, giving space back."""

from pathlib import Path

import sqlalchemy as sa

from pepa.db import db, transaction
from pepa.domain import audit, keys
from pepa.models.audit import AuditHead
from pepa.models.installation import Installation

HEADS = "0024"  # the schema in which a chain of the audit got a signed head
MIGRATIONS = Path(__file__).parent.parent / "migrations"


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
