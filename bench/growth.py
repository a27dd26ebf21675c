"""The desk's list while reports grow from a thousand to a million, beside what OFFSET and count(*) would cost."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import sqlalchemy as sa

from bench.tables import Table
from pepa import db as database
from pepa.config import Config
from pepa.db import Page, db
from pepa.domain import inbox, reports
from pepa.models.reports import BY_LIMIT, Report
from pepa.policy import Member
from tests import postgres
from tests.installations import configured, opened, planted
from tests.people import member, office

SIZES = (1_000, 10_000, 100_000, 1_000_000)
BODY = 1_024 + 41  # bytes of a sealed report of common length
TIMES, ENOUGH = 60, 1.5  # how often a page is read, and after how many seconds it is enough
CACHE = 800_000  # kilobytes for SQLite while it is filled
ROOM = 6 << 30  # bytes in memory before PostgreSQL's files may live there
MOST = 1.5

# A spread of five years: half of the reports were read; a list is by urgency, then the oldest first. On SQLite they go
# in by the order of their random keys, which takes minutes where any order takes an hour and leaves the same trees.
SQLITE = (
    "create temp table if not exists fresh (id text primary key) without rowid",
    "delete from fresh",
    """
with recursive n(i) as (select {first} union all select i + 1 from n where i < {last} - 1)
insert into fresh select lower(hex(randomblob(16))) from n
""",
    "insert into boxes (id, epoch, rotation_due) select id, 1, 0 from fresh order by id",
    """
insert into reports (id, box_id, holder_id, channel, coarse_group, kecamatan, urgency, stage, received_at, read_due_at,
                     alarm_step, body_epoch, body_sealed)
select id, id, '{holder}', 'web', 'unknown', 'unknown', abs(random()) % 4,
       case when abs(random()) % 2 then 'received' else 'read' end, datetime(at, 'unixepoch') || '.000000',
       datetime(at + 86400, 'unixepoch') || '.000000', 0, 1, randomblob({body})
from (select id, 1600000000 + 3600 * (abs(random()) % 43800) as at from fresh order by id)
""",
    "delete from fresh",
    "analyze",
    "pragma wal_checkpoint(truncate)",
)
POSTGRESQL = (
    """
insert into boxes (id, epoch, rotation_due)
select lpad(to_hex(i), 32, '0')::uuid, 1, false from generate_series({first}, {last} - 1) as i
""",
    """
insert into reports (id, box_id, holder_id, channel, coarse_group, kecamatan, urgency, stage, received_at, read_due_at,
                     alarm_step, body_epoch, body_sealed)
select gen_random_uuid(), lpad(to_hex(i), 32, '0')::uuid, '{holder}', 'web', 'unknown', 'unknown',
       floor(random() * 4)::int, case when random() < 0.5 then 'received' else 'read' end, at, at + interval '1 day',
       0, 1, substr(decode(repeat(md5(random()::text), {body} / 16 + 1), 'hex'), 1, {body})
from (select i, to_timestamp(1600000000 + 3600 * floor(random() * 43800)) as at
      from generate_series({first}, {last} - 1) as i) as made
""",
    "vacuum analyze",
)


@dataclass(frozen=True)
class Reading:
    """Milliseconds, medians, at one size."""

    first: float
    middle: float
    last: float
    offset: float
    count: float


def measure() -> list[Table]:
    tables = []
    for name, url in (("SQLite", None), ("PostgreSQL", "server")):
        with _installation(url is not None) as config, opened(config) as app, app.app_context():
            found = dict(_grown(member("ratna")))
            tables.append(_table(name, found))
    return tables


@contextmanager
def _installation(on_postgresql: bool) -> Iterator[Config]:
    with TemporaryDirectory(prefix="pepa-bench-") as folder:
        if not on_postgresql:
            config = configured(Path(folder))
            planted(config)
            yield config
            return
        postgres.ROOM = ROOM
        with postgres.serving() as server:
            config = configured(Path(folder), server.url(server.create()))
            planted(config)
            yield config


def _grown(actor: Member) -> Iterator[tuple[int, Reading]]:
    holder, stands = office(), 0
    for size in SIZES:
        fill(holder, stands, size)
        stands = size
        yield size, _read(actor, size)


def fill(holder: UUID, first: int, last: int) -> None:
    """Add reports by SQL alone; what a living database does now and then for its statistics is done here at once."""
    sqlite = db.engine.dialect.name == "sqlite"
    owner = holder.hex if sqlite else str(holder)
    lent = db.engine.raw_connection()
    driver = lent.driver_connection
    assert driver is not None
    try:
        if sqlite:  # each statement is committed by itself here, and waits for the disk at the end
            driver.execute(f"pragma cache_size=-{CACHE}")
        else:
            driver.autocommit = True
        for statement in SQLITE if sqlite else POSTGRESQL:
            driver.execute(statement.format(first=first, last=last, body=BODY, holder=owner))
        if sqlite:
            driver.execute("pragma cache_size=-2000")
        else:
            driver.autocommit = False
    finally:
        lent.close()


def _read(actor: Member, size: int) -> Reading:
    db.session.rollback()  # what was read before the rows came is another state of the database
    middle, last = _cursor(actor, size // 4), _cursor(actor, -60)
    return Reading(
        _milliseconds(lambda: inbox.list_for(actor)),
        _milliseconds(lambda: inbox.list_for(actor, at=middle)),
        _milliseconds(lambda: inbox.list_for(actor, at=last)),
        _milliseconds(lambda: list(db.session.scalars(_ordered(actor).offset(size // 4).limit(51)))),
        _milliseconds(lambda: db.session.scalar(sa.select(sa.func.count()).select_from(_received(actor).subquery()))),
    )


def _received(actor: Member) -> sa.Select[Report]:
    return reports.visible_to(actor).where(Report.stage == "received")


def _ordered(actor: Member) -> sa.Select[Report]:
    return _received(actor).order_by(*ORDER)


ORDER = tuple(getattr(Report, name) for name in BY_LIMIT)


def _cursor(actor: Member, place: int) -> str:
    """The key of the row at a place of the list; below zero it is counted from the end."""
    order = ORDER if place >= 0 else tuple(column.desc() for column in ORDER)
    query = _received(actor).order_by(*order).offset(place if place >= 0 else -place).limit(1)
    return "a" + database._key_text(db.session.scalars(query).one(), ORDER)


def _milliseconds(read: Callable[[], Sequence[Report] | Page[Report] | int | None]) -> float:
    read()
    times: list[float] = []
    while len(times) < TIMES and sum(times) < ENOUGH:
        db.session.rollback()
        db.session.expunge_all()
        begun = time.perf_counter()
        read()
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1000


def _table(name: str, found: dict[int, Reading]) -> Table:
    columns = ("first", "middle", "last", "offset", "count")
    rows = [[f"{size:,}", *(f"{getattr(reading, c):.2f}" for c in columns)] for size, reading in found.items()]
    least, most = found[SIZES[0]], found[SIZES[-1]]
    grown = {column: getattr(most, column) / getattr(least, column) for column in columns}
    rows.append(["times", *(f"{grown[column]:.1f}" for column in columns)])
    worst = max(grown["first"], grown["middle"], grown["last"])
    verdict = "holds" if worst <= MOST else "misses"
    return Table(
        f"The desk's list on {name}, ms",
        ("reports", "first page", "middle page", "last page", "by OFFSET", "count(*)"),
        rows,
        f"Fifty reports of those not read yet (half of all), as the desk asks for them, by key: from {SIZES[0]:,} to "
        f"{SIZES[-1]:,} at most {worst:.2f} times (<= {MOST} {verdict}). OFFSET: the middle page; both of the last "
        "columns are queries that the desk does not make.",
    )
