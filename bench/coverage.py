"""Coverage of a city of five thousand RTs while its logs grow, beside the least that a database does for it."""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import sqlalchemy as sa

from bench.tables import Table, within
from pepa import clock
from pepa.db import db, transaction
from pepa.domain import areas, coverage, periods
from pepa.models.areas import Area
from pepa.models.outreach import Count, Manner, Teaching, TeachingPlace
from pepa.policy import Member
from tests import postgres, shelf
from tests.installations import configured, opened, planted
from tests.people import member

RTS, SIZES = 5_000, (1_000, 10_000, 100_000)
AIM_AT = 100_000  # logs
MOST = 150  # milliseconds
QUARTERS = 12  # three years of logs
TIMES, LOT = 9, 5_000
FLOOR = "select count(*) from teachings where period = :period"  # the sessions of the quarter, read once


def measure() -> list[Table]:
    return [_on("SQLite", None), *_on_postgresql()]


def _on_postgresql() -> list[Table]:
    try:
        with postgres.serving() as server:
            return [_on("PostgreSQL", server.url(server.create()))]
    except postgres.NoServer as missing:
        print(missing)
        return []


def _on(name: str, url: str | None) -> Table:
    rows = []
    with TemporaryDirectory(prefix="pepa-bench-") as folder:
        config = configured(Path(folder), url)
        planted(config)
        with opened(config) as app, app.app_context():
            actor = member("hadi")
            shelf.title()
            rts, done, dice = _streets(), 0, random.Random(7)
            for size in SIZES:
                _log([_session(actor, rts, dice) for _ in range(done, size)])
                done = size
                _analyse()
                rows.append(_row(actor, size))
    return Table(
        f"Coverage of {RTS:,} RTs on {name}",
        ("logs", "city, ms", "of these here", "one kelurahan, ms", "floor, ms", "times the floor", "aim"),
        rows,
        f"Logs of {QUARTERS} quarters, one of them asked for; medians of {TIMES}. The floor is the one count of the "
        "quarter's sessions, by SQL alone. Of these here: what this process worked, however busy the machine was; on "
        "SQLite that is all of it.",
    )


def _streets() -> Sequence[tuple[UUID, str]]:
    """RTs, and the kelurahan of each."""
    codes = [ward.code for ward in areas.wards()]
    made = [(uuid4(), codes[n % len(codes)]) for n in range(RTS)]
    with transaction() as session:
        session.execute(
            sa.insert(Area),
            [
                {"id": rt, "kelurahan_code": code, "level": "rt", "name": f"{n:03}", "valid_from": date(2020, 1, 1)}
                for n, (rt, code) in enumerate(made)
            ],
        )
    return made


def _log(logs: Sequence[tuple[dict[str, object], ...]]) -> None:
    for first in range(0, len(logs), LOT):
        with transaction() as session:
            for column, table in enumerate((Teaching, TeachingPlace, Count)):
                session.execute(sa.insert(table), [log[column] for log in logs[first : first + LOT]])


def _session(actor: Member, rts: Sequence[tuple[UUID, str]], dice: random.Random) -> tuple[dict[str, object], ...]:
    """A session that names one RT; the last tenth of the RTs is never reached."""
    rt, code = dice.choice(rts[: RTS * 9 // 10])
    on = clock.today() - timedelta(days=dice.randrange(QUARTERS * 91))
    period, teaching_id, now = periods.of(on), uuid4(), clock.now()
    manner = dice.choice(tuple(Manner))
    standing = "confirmed" if dice.random() < 0.95 else "logged"
    return (
        {
            "id": teaching_id,
            "title_id": 90,
            "edition_number": 1,
            "on": on,
            "minutes": 60,
            "manner": manner.value,
            "kelurahan_code": code,
            "person_id": actor.person_id,
            "standing": standing,
            "period": period,
            "number": 1,
            "logged_at": now,
            "told_withdrawn": False,
        },
        {"teaching_id": teaching_id, "area_id": rt},
        {
            "teaching_id": teaching_id,
            "number": 1,
            "f_adult": 20,
            "uncounted": dice.randrange(9),
            "period": period,
            "at": now,
        },
    )


def _analyse() -> None:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("analyze")
    db.session.rollback()


def _row(actor: Member, size: int) -> list[str]:
    period = periods.current()
    asked = coverage.Asked(period)
    found = coverage.of(actor, asked)
    assert found.total.rts == RTS
    assert found.total.sessions > 0
    city, here = _milliseconds(lambda: coverage.of(actor, asked))
    code = found.rows[0][0].code
    one, _ = _milliseconds(lambda: coverage.inside(actor, code, asked))
    floor, _ = _milliseconds(lambda: db.session.scalar(sa.text(FLOOR), {"period": period}))
    aim = within(city, MOST, " ms") if size == AIM_AT else ""
    return [f"{size:,}", f"{city:.0f}", f"{here:.0f}", f"{one:.0f}", f"{floor:.1f}", f"{city / floor:.0f}", aim]


def _milliseconds(do: Callable[[], object]) -> tuple[float, float]:
    """By the clock, and of the processor."""
    times: list[float] = []
    worked: list[float] = []
    for _ in range(TIMES):
        db.session.rollback()
        db.session.expunge_all()
        begun, at = time.perf_counter(), time.process_time()
        do()
        times.append(time.perf_counter() - begun)
        worked.append(time.process_time() - at)
    return statistics.median(times) * 1000, statistics.median(worked) * 1000
