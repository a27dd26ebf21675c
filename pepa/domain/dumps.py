"""Every row of a database in plain values, as they stand at one moment; and into an empty one again, of either kind.

Tables and columns are asked of the database, not of the models: an older schema is read and written as well.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from pepa.db import db

LOT = 256 * 1024  # bytes of rows that are written together
FETCHED = 20  # rows that are held at once while they are read: one may have megabytes
VERSION = "alembic_version"


class Table(NamedTuple):
    """A table, and its columns by name and kind: `b` bytes, `u` UUID, `t` instant, `d` day, `o` yes or no, `p` the
    value itself."""

    name: str
    columns: tuple[tuple[str, str], ...]


_KINDS: tuple[tuple[type[Any], str], ...] = (
    (sa.LargeBinary, "b"),
    (sa.Uuid, "u"),
    (sa.CHAR, "u"),  # as SQLite keeps one
    (sa.DateTime, "t"),
    (sa.Date, "d"),
    (sa.Boolean, "o"),
)
_PACKS: dict[str, Callable[[Any], Any]] = {
    "b": lambda value: b64encode(value).decode("ascii"),
    "u": lambda value: value.hex if isinstance(value, UUID) else value,
    "t": lambda value: (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat(),
    "d": date.isoformat,
}


def _kind(column: Any) -> str:
    return next((kind for of, kind in _KINDS if isinstance(column, of)), "p")


@contextmanager
def snapshot() -> Iterator[sa.Connection]:
    """A connection on which everything is read as it stood at the beginning, whatever is written meanwhile."""
    with db.engine.connect() as connection:
        if db.engine.dialect.name != "sqlite":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            schema(connection)  # the moment is that of the first question
            yield connection


def schema(connection: sa.Connection) -> str | None:
    """The revision that the database is at, or None where it has none."""
    if not sa.inspect(connection).has_table(VERSION):
        return None
    found: str | None = connection.scalar(sa.select(sa.column("version_num")).select_from(sa.table(VERSION)))
    return found


def tables(connection: sa.Connection) -> list[Table]:
    """Every table but Alembic's own, by name."""
    inspector = sa.inspect(connection)
    names = sorted(name for name in inspector.get_table_names() if name != VERSION)
    return [Table(name, _columns(inspector.get_columns(name))) for name in names]


def _columns(found: Sequence[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((column["name"], _kind(column["type"])) for column in found)


def count(connection: sa.Connection) -> int:
    """All rows of all tables."""
    return sum(connection.scalar(sa.select(sa.func.count()).select_from(sa.table(t.name))) for t in tables(connection))


def lots(connection: sa.Connection, table: Table) -> Iterator[tuple[int, bytes]]:
    """A table's rows, some hundred kilobytes at a time: how many, and a JSON list of lists."""
    packs = [(place, _PACKS[kind]) for place, (_, kind) in enumerate(table.columns) if kind in _PACKS]
    lot: list[bytes] = []
    size = 0
    options = {"yield_per": FETCHED}
    for row in connection.execute(sa.select(*_light(connection, table).c), execution_options=options):
        values = list(row)
        for place, pack in packs:
            if values[place] is not None:
                values[place] = pack(values[place])
        lot.append(json.dumps(values, separators=(",", ":")).encode("ascii"))
        size += len(lot[-1])
        if size >= LOT:
            yield len(lot), b"[" + b",".join(lot) + b"]"
            lot, size = [], 0
    if lot:
        yield len(lot), b"[" + b",".join(lot) + b"]"


def _light(connection: sa.Connection, table: Table) -> sa.TableClause:
    """The table with its columns' types as this database has them, and nothing else."""
    types = {column["name"]: column["type"] for column in sa.inspect(connection).get_columns(table.name)}
    return sa.table(table.name, *(sa.column(name, types[name]) for name, _ in table.columns))


# Into an empty database


class Filling:
    """Rows on their way into tables that are there and empty, in one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection, self._sqlite = connection, connection.dialect.name == "sqlite"
        self._insert: sa.Insert | None = None
        self._names: list[str] = []
        self._unpacks: list[Callable[[Any], Any] | None] = []
        self.tables = {table.name: table for table in tables(connection)}

    def begin(self, table: Table) -> None:
        """The rows that follow are this table's; any that a migration planted go. Raises LookupError where the table is
        not the one that is here."""
        here = self.tables[table.name]
        if set(here.columns) != set(table.columns):
            raise LookupError(f"table {table.name} has other columns here")
        self._connection.execute(sa.delete(sa.table(table.name)))
        self._insert = sa.insert(_light(self._connection, table))
        self._names = [name for name, _ in table.columns]
        self._unpacks = [self._unpack(kind) for _, kind in table.columns]

    def add(self, lot: bytes) -> int:
        """A lot of rows. Returns how many."""
        rows = [
            {
                name: unpack(value) if unpack and value is not None else value
                for name, unpack, value in zip(self._names, self._unpacks, row, strict=True)
            }
            for row in json.loads(lot)
        ]
        assert self._insert is not None
        self._connection.execute(self._insert, rows)
        return len(rows)

    def _unpack(self, kind: str) -> Callable[[Any], Any] | None:
        unpacks: dict[str, Callable[[Any], Any]] = {"b": b64decode, "d": date.fromisoformat}
        unpacks["t"] = _naive if self._sqlite else datetime.fromisoformat
        if not self._sqlite:
            unpacks["u"] = UUID
        return unpacks.get(kind)


def _naive(text: str) -> datetime:
    """As SQLite keeps an instant: UTC, unsaid."""
    return datetime.fromisoformat(text).replace(tzinfo=None)


@contextmanager
def filling() -> Iterator[Filling]:
    """Empty tables to put rows into, children before their parents as well: all of them or, where anything is raised,
    none. Raises IntegrityError where one points at nothing."""
    if db.engine.dialect.name == "sqlite":
        with _filling_sqlite() as found:
            yield found
        return
    with db.engine.begin() as connection:
        bounds = _foreign_keys(connection)
        for table, name in bounds:
            connection.execute(_alter(table, name, "DEFERRABLE INITIALLY DEFERRED"))
        yield Filling(connection)
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
        for table, name in bounds:
            connection.execute(_alter(table, name, "NOT DEFERRABLE"))


@contextmanager
def _filling_sqlite() -> Iterator[Filling]:
    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("pragma foreign_keys=0")  # outside of any transaction, or it does nothing
        try:
            with connection.execution_options(writes=True).begin():
                yield Filling(connection)
                if connection.exec_driver_sql("pragma foreign_key_check").first():
                    raise sa.exc.IntegrityError(None, None, LookupError("a row points at nothing"))
        finally:
            driver.execute("pragma foreign_keys=1")


def _foreign_keys(connection: sa.Connection) -> list[tuple[str, str]]:
    inspector = sa.inspect(connection)
    names = [name for name in inspector.get_table_names() if name != VERSION]
    return [(name, str(bound["name"])) for name in names for bound in inspector.get_foreign_keys(name)]


def _alter(table: str, constraint: str, how: str) -> sa.TextClause:
    quote = db.engine.dialect.identifier_preparer.quote
    return sa.text(f"ALTER TABLE {quote(table)} ALTER CONSTRAINT {quote(constraint)} {how}")


def drop_all() -> None:
    """Every table of this database goes: of one that was filled half-way."""
    with db.engine.connect() as connection:
        found = sa.MetaData()
        found.reflect(connection)
    found.drop_all(db.engine)
