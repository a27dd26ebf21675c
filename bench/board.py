"""The board of tasks with two thousand cards: its pages, and one card's move."""

import statistics
import time
from collections.abc import Callable
from uuid import uuid4

import sqlalchemy as sa
from werkzeug.test import Client

from bench.served import installation
from bench.tables import Table, within
from pepa import clock
from pepa.db import Kept, db, transaction
from pepa.domain import boards
from pepa.models.tasks import Column, Deed, Task
from tests import cast
from tests.installations import opened

CARDS, TIMES = 2_000, 15
MOST = 150  # milliseconds
HOST = "https://localhost"
PAGES = ("/petugas/tugas", "/petugas/tugas?luas=1", "/petugas/tugas/daftar?tab=tempo", "/petugas/tugas/daftar?tab=done")


def measure() -> list[Table]:
    with installation() as config, opened(config) as app:
        Kept.seconds = 3600.0
        with app.app_context():
            fill(CARDS)
            cookie = cast.cookie_of("ratna")
        client = Client(app)
        client.set_cookie("__Host-p", cookie, domain="localhost", secure=True)
        rows = [_row(f"GET {path}", _page(client, path)) for path in PAGES]
        with app.app_context():
            rows.append(_row("a card moved, between two others", _mover()))
    return [
        Table(
            f"A board of {CARDS:,} cards",
            ("", "ms of processor", "aim"),
            rows,
            f"SQLite; medians of {TIMES}, each the whole request of the program, without the network.",
        )
    ]


def fill(cards: int) -> None:
    """Cards of one office, in all columns."""
    me, now = cast.member("ratna"), clock.now()
    shared = {"organisation_id": me.organisation_id, "maker_id": me.organisation_id, "made_by_id": me.person_id}
    times = {"made_at": now, "column_at": now, "version": 1, "wording": 1, "is_archived": False}
    rows = [
        {
            "id": uuid4(),
            "code": f"T-X{n:05}",
            "deed": list(Deed)[n % len(Deed)].value,
            "person_id": me.person_id if n % 3 else None,
            "due_on": clock.today(),
            "column": list(Column)[n % 4].value,
            "rank": n * 1024,
            "outcome": "done" if n % 4 == 3 else None,
            **shared,
            **times,
        }
        for n in range(cards)
    ]
    with transaction() as session:
        session.execute(sa.insert(Task), rows)


def _row(name: str, act: Callable[[], None]) -> tuple[str, str, str]:
    act()
    times: list[float] = []
    for _ in range(TIMES):
        begun = time.process_time()
        act()
        times.append((time.process_time() - begun) * 1000)
    ms = statistics.median(times)
    return name, f"{ms:.0f}", within(ms, MOST, " ms")


def _page(client: Client, path: str) -> Callable[[], None]:
    def get() -> None:
        answer = client.get(path, base_url=HOST)
        assert answer.status_code == 200, answer.status
        answer.get_data()

    return get


def _mover() -> Callable[[], None]:
    me = cast.member("ratna")
    found = db.session.scalars(sa.select(Task.id).where(Task.column == "before").order_by(Task.rank).limit(3)).all()
    first, _, last = found
    state = {"version": 1, "n": 0}

    def move() -> None:
        state["n"] += 1
        after = first if state["n"] % 2 else None
        state["version"] = boards.move(me, last, column=Column.BEFORE, after=after, version=state["version"])

    return move
