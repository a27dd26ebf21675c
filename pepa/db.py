"""The engine, the only commit, and three habits of every query: write once, page by key, keep instants aware.

SQLite's and PostgreSQL's defaults both lose updates (docs/adr/0002): a write transaction takes the one write lock
before it reads.
"""

import base64
import json
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar, cast
from uuid import UUID

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import DeclarativeBase, Session

from pepa import clock

DatabaseFault = sa.exc.SQLAlchemyError
WRITE_LOCK = 7  # PostgreSQL's advisory lock that stands for SQLite's one writer
PATIENCE = 15000  # milliseconds that a writer waits for the others

SQLITE_PRAGMAS = {
    "busy_timeout": PATIENCE,
    "auto_vacuum": 2,  # incremental; must stand before the first table
    "journal_mode": "wal",
    "synchronous": 2,  # full
    "foreign_keys": 1,
    "secure_delete": 1,
}


class Base(DeclarativeBase):
    """Every table. Constraints have names from the first day, or Alembic could not drop them on SQLite."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)
T = TypeVar("T")
_writing = threading.Lock()


class Instant(sa.TypeDecorator[datetime]):
    """An aware moment, kept in UTC; a naive one is refused (SQLite would give it back without its zone)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a naive time")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def prepare(engine: sa.Engine) -> None:
    """Set every connection of an engine up, once per engine."""
    if engine.dialect.name != "sqlite":
        return

    @sa.event.listens_for(engine, "connect")
    def connect(connection: Any, _: object) -> None:
        connection.isolation_level = None  # the driver must not begin for us
        stands = connection.execute("pragma auto_vacuum").fetchone()[0]  # setting it again would wait for every writer
        meant = {name: value for name, value in SQLITE_PRAGMAS.items() if (name, value) != ("auto_vacuum", stands)}
        connection.executescript(";".join(f"pragma {name}={value}" for name, value in meant.items()))

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _turn() -> Iterator[None]:
    """SQLite's waiting is unfair, a lock of this process is not; nobody waits longer here than there."""
    if not _writing.acquire(timeout=PATIENCE / 1000):
        raise sa.exc.TimeoutError("no turn to write")
    try:
        yield
    finally:
        _writing.release()


def _locked() -> str:
    """PostgreSQL's write lock; unless it is told how long, it waits for a lock for ever."""
    return f"select set_config('lock_timeout', '{PATIENCE}', true), pg_advisory_xact_lock({WRITE_LOCK})"


@contextmanager
def transaction() -> Iterator[Session]:
    """One write transaction: the write lock first, then the body, then the program's only commit.

    What was read before is read again inside, so pass ids into verbs. Does not nest.
    """
    session = db.session()
    session.rollback()  # drop the read snapshot, or SQLite's upgrade to a writer fails at once
    sqlite = db.engine.dialect.name == "sqlite"
    with _turn() if sqlite else nullcontext():
        session.connection(execution_options={"writes": True})
        try:
            if not sqlite:
                session.connection().exec_driver_sql(_locked())
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def insert_once(session: Session, table: type[Base], values: dict[str, Any]) -> bool:
    """Insert a row unless one of its unique keys is there already. True when it was inserted."""
    build = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    insert = build(table.__table__).values(values).on_conflict_do_nothing()  # type: ignore[arg-type]
    done = session.execute(insert, execution_options={"preserve_rowcount": True})
    return bool(done.rowcount)  # type: ignore[attr-defined]


class Pen:
    """Writes by the driver's own cursor, with statements that are put together once: where many write at once, most of
    what a report costs went there. Column types still do their part. Raises SQLAlchemy's errors, without the values.
    """

    def __init__(self, connection: Any, dialect: sa.Dialect) -> None:
        self._connection, self._cursor, self._dialect = connection, connection.cursor(), dialect

    @classmethod
    def of(cls, writer: "Writer") -> "Pen":
        """The pen itself, or one that writes in a session's transaction."""
        if isinstance(writer, Pen):
            return writer
        connection = writer.connection()
        return cls(connection.connection, connection.dialect)

    def add(self, rows: Iterable[tuple[type[Base], dict[str, Any]]]) -> None:
        """Insert rows that are whole, table by table, in the order in which tables first come."""
        lots: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = {}
        for table, row in rows:
            lots.setdefault((table.__tablename__, tuple(row)), []).append(row)
        for (name, columns), some in lots.items():
            self._run(_insert_of(name, columns, self._dialect), some)

    def many(self, statement: sa.Executable, values: Iterable[dict[str, Any]]) -> None:
        """Run a statement, which the module keeps, with each of several sets of values for its parameters."""
        self._run(_ready(statement, self._dialect), values)

    def first(self, query: sa.Executable, **values: Any) -> Any:
        """The first row of a query that the module keeps, as the driver gives it, or None."""
        self._run(_ready(query, self._dialect), [values])
        return self._cursor.fetchone()

    def _run(self, ready: "_Ready", values: Iterable[dict[str, Any]]) -> None:
        bound = [[bind(one[name]) if bind else one[name] for name, bind in ready.binds] for one in values]
        sets = bound if ready.by_place else [dict(zip(ready.names, one, strict=True)) for one in bound]
        alone = len(sets) == 1
        with _as_ours(self._dialect, self._connection, self._cursor):
            (self._cursor.execute if alone else self._cursor.executemany)(ready.text, sets[0] if alone else sets)


@contextmanager
def _as_ours(dialect: sa.Dialect, connection: Any, cursor: Any) -> Iterator[None]:
    """The driver's errors as SQLAlchemy's; a connection that is gone is not used again."""
    driver = dialect.loaded_dbapi.Error
    try:
        yield
    except driver as error:
        if dialect.is_disconnect(error, connection, cursor):
            connection.invalidate(error)
        raise sa.exc.DBAPIError.instance(None, None, error, driver, hide_parameters=True) from error


Writer = Session | Pen


class _Ready(NamedTuple):
    """A statement for one kind of driver. binds: what makes each value fit, in the statement's order."""

    text: str
    binds: tuple[tuple[str, Any], ...]
    names: tuple[str, ...]
    by_place: bool


@lru_cache(maxsize=128)
def _insert_of(table: str, columns: tuple[str, ...], dialect: sa.Dialect) -> _Ready:
    return _made_ready(sa.insert(Base.metadata.tables[table]).compile(dialect=dialect, column_keys=columns), dialect)


@lru_cache(maxsize=128)
def _ready(statement: Any, dialect: sa.Dialect) -> _Ready:
    return _made_ready(statement.compile(dialect=dialect), dialect)


def _made_ready(built: Any, dialect: sa.Dialect) -> _Ready:
    names = tuple(built.positiontup if built.positional else built.binds)
    binds = tuple((name, built.binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names)
    return _Ready(str(built), binds, names, bool(built.positional))


@contextmanager
def _by_hand() -> Iterator[Pen]:
    """`transaction` without a session."""
    sqlite = db.engine.dialect.name == "sqlite"
    with _turn() if sqlite else nullcontext(), db.engine.connect() as connection:
        connection = connection.execution_options(writes=True)
        with connection.begin():
            if not sqlite:
                connection.exec_driver_sql(_locked())
            yield Pen(connection.connection, connection.dialect)


class Crowd(Generic[T]):
    """Writes for everybody who waits to write the same, in one transaction: whoever comes while one is under way goes
    into the next. Many at once then share one lock, one begin, one sync of the disk.

    write  adds several things in a transaction; what it raises is for all of them, but where a row stands there
           already each is tried alone, so that it is told to the one whose row it is
    """

    def __init__(self, write: Callable[[Pen, Sequence[T]], None]) -> None:
        self._write, self._waiting = write, deque[_Place[T]]()
        self._leading = threading.Lock()

    def __call__(self, thing: T) -> None:
        """Returns once the thing is committed. Does not nest, as `transaction`."""
        if db.session.registry.has():
            db.session.rollback()  # a snapshot that was read before is no use to anybody now
        place = _Place(thing)
        self._waiting.append(place)
        if self._leading.acquire(timeout=PATIENCE / 1000):
            try:
                if not place.is_over:
                    self._lead(list(self._all_waiting()))
            finally:
                self._leading.release()
        if place.error:
            raise place.error
        if not place.is_over:
            with suppress(ValueError):  # whoever leads now may have it in hand
                self._waiting.remove(place)
            raise sa.exc.TimeoutError("no turn to write")

    def _all_waiting(self) -> "Iterator[_Place[T]]":
        with suppress(IndexError):  # nobody is left; whoever waited too long may step out meanwhile
            while True:
                yield self._waiting.popleft()

    def _lead(self, lot: "Sequence[_Place[T]]") -> None:
        error: Exception | None = None
        try:
            with _by_hand() as pen:
                self._write(pen, [place.thing for place in lot])
        except sa.exc.IntegrityError as stands:
            if len(lot) > 1:
                for place in lot:
                    self._lead([place])
                return
            error = stands
        except Exception as failed:
            error = failed
        for place in lot:
            place.error, place.is_over = error, True


class _Place(Generic[T]):
    """Somebody's place in a crowd."""

    def __init__(self, thing: T) -> None:
        self.thing, self.is_over = thing, False
        self.error: Exception | None = None


class Kept(Generic[T]):
    """A value that every page needs and that may be some seconds old, one a process.

    Where the database does not answer, the last value serves on: the phone numbers must not go down with it.
    """

    seconds: ClassVar[float] = 0.0
    _all: ClassVar[list["Kept[Any]"]] = []

    def __init__(self, make: Callable[[], T]) -> None:
        self._make, self._read_at, self._value = make, 0.0, cast(T, None)
        self._all.append(self)

    def __call__(self) -> T:
        now, before = clock.monotonic(), self._read_at
        if self._value is None or now - before >= self.seconds:
            self._read_at = now  # one reads it anew; whoever comes meanwhile is given the last value
            try:
                self._value = self._make()
            except sa.exc.SQLAlchemyError:
                db.session.rollback()
                if self._value is None:
                    raise
            except BaseException:
                self._read_at = before
                raise
        return self._value

    def last(self) -> T | None:
        """What was read last, however old: for what must not wait for the database."""
        return self._value

    @classmethod
    def forget(cls) -> None:
        """Read everything anew at the next call."""
        for kept in cls._all:
            kept._value = cast(Any, None)


class Page(Generic[T]):
    """A stretch of a long list, and the keys of its neighbours (None: no more)."""

    def __init__(self, items: Sequence[T], earlier: str | None, later: str | None) -> None:
        self.items, self.earlier, self.later = items, earlier, later

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)


def keyset(query: sa.Select[T], *order: Any, at: str | None = None, size: int = 50, descends: bool = False) -> Page[T]:
    """One page of a query by key, at the cost of its rows alone: no OFFSET, no count.

    order     mapped columns, all in one direction, the last one unique
    at        a cursor of another page ("a…" rows after it, "b…" rows before it); a spoiled one reads the first page
    descends  the highest key first; "after" and "before" are of the list as it is read
    """
    backwards, key = _cursor(at, order)
    falls = backwards != descends
    if key is not None:
        here, there = sa.tuple_(*order), sa.tuple_(*(sa.literal(v, c.type) for v, c in zip(key, order, strict=True)))
        query = query.where(here < there if falls else here > there)
    query = query.order_by(*(c.desc() if falls else c.asc() for c in order)).limit(size + 1)
    rows: list[Any] = list(db.session.scalars(query))
    more = len(rows) > size
    rows = rows[:size][::-1] if backwards else rows[:size]
    if not rows:
        return Page(rows, None, None)
    before, after = ("b" + _key_text(rows[0], order)), ("a" + _key_text(rows[-1], order))
    if backwards:
        return Page(rows, before if more else None, after)
    return Page(rows, before if key is not None else None, after if more else None)


def _key_text(row: object, order: Sequence[Any]) -> str:
    values = [_plain(getattr(row, column.key)) for column in order]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # and an instant
        return value.isoformat()
    return value.hex if isinstance(value, UUID) else value


def _cursor(text: str | None, order: Sequence[Any]) -> tuple[bool, list[Any] | None]:
    if not text or text[0] not in "ab":
        return False, None
    try:
        values = json.loads(base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4)))
        return text[0] == "b", [_typed(v, c.type) for v, c in zip(values, order, strict=True)]
    except (ValueError, TypeError, AttributeError):
        return False, None


def _typed(value: Any, kind: Any) -> Any:
    if isinstance(kind, Instant):
        return datetime.fromisoformat(value).astimezone(UTC)
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    if isinstance(kind, sa.Uuid):
        return UUID(hex=value)
    return kind.python_type(value)
