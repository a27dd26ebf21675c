"""The desk's list while a thousand reports become a million, on both databases: by key, and what else would cost."""

import os
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from statistics import median
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from bench import served, tables
from pepa import clock
from pepa.db import db, transaction
from pepa.domain import reports
from pepa.models.boxes import Box
from pepa.models.organisations import Organisation, OrganisationKind
from pepa.models.reports import Report, Stage, Urgency
from pepa.policy import Member
from tests import people, postgres
from tests.installations import configured, opened, planted

SIZES = (1_000, 1_000_000)
BATCH = 20_000
TRIES = 15
SEALED = 256 + 41  # bytes of the smallest sealed document


def measure() -> list[tables.Table]:
    with served.installation() as config, opened(config) as app, app.app_context():
        found = [_on("SQLite")]
    with postgres.serving() as server, served.installation() as config:
        other = configured(config.instance.parent / "postgresql", server.url(server.create()))
        planted(other)
        with opened(other) as app, app.app_context():
            found.append(_on("PostgreSQL"))
    return found


def _on(name: str) -> tables.Table:
    me = people.member("ratna")
    office = db.session.scalar(sa.select(Organisation.id).where(Organisation.kind == OrganisationKind.INTAKE.value))
    assert office is not None
    times: dict[str, list[float]] = {}
    have = 0
    for size in SIZES:
        _grow(office, size - have)
        have = size
        for what, took in _times(me).items():
            times.setdefault(what, []).append(took)
    rows = [
        [what, *(f"{took * 1000:.2f} ms" for took in all_), f"{all_[-1] / all_[0]:.1f} ×", _worth(what, all_)]
        for what, all_ in times.items()
    ]
    head = ["", *(f"{size:,}".replace(",", ".") for size in SIZES), "growth", "aim"]
    return tables.Table(f"Growth on {name}", head, rows, f"Median of {TRIES}; a page of 50 reports.")


def _worth(what: str, took: Sequence[float]) -> str:
    return tables.within(took[-1] / took[0], 1.5, " ×") if what.startswith("list") else "for contrast"


def _grow(office: UUID, count: int) -> None:
    """Rows as reports make them, sealed bytes at random, boxes beside them."""
    began = clock.hour(clock.now())
    urgencies, stages = list(Urgency), [Stage.RECEIVED.value, Stage.READ.value]
    while count > 0:
        step = min(BATCH, count)
        count -= step
        ids = [(uuid4(), uuid4()) for _ in range(step)]
        with transaction() as session:
            session.execute(sa.insert(Box), [{"id": box, "epoch": 1, "rotation_due": False} for _, box in ids])
            session.execute(
                sa.insert(Report),
                [_row(office, one, box, began, n, urgencies, stages) for n, (one, box) in enumerate(ids)],
            )
    with db.engine.connect() as connection:
        connection.execute(sa.text("analyze"))
        connection.rollback()


def _row(
    office: UUID, one: UUID, box: UUID, began: Any, n: int, urgencies: list[Urgency], stages: list[str]
) -> dict[str, Any]:
    return {
        "id": one,
        "box_id": box,
        "holder_id": office,
        "channel": "web",
        "coarse_group": "unknown",
        "kecamatan": "36.73.01",
        "urgency": urgencies[one.int % 4],
        "stage": stages[one.int % 3 > 0],
        "received_at": began - timedelta(hours=one.int % 40_000),
        "alarm_step": 0,
        "body_epoch": 1,
        "body_sealed": os.urandom(SEALED),
    }


def _times(me: Member) -> dict[str, float]:
    first = reports.list_for(me, stage="received")
    middle, at = first, first.later
    for _ in range(4):
        if middle.later:
            at = middle.later
            middle = reports.list_for(me, stage="received", at=at)
    visible = reports.visible_to(me).where(Report.stage == Stage.RECEIVED.value)
    count = db.session.scalar(sa.select(sa.func.count()).select_from(visible.subquery())) or 0
    ordered = visible.order_by(Report.urgency, Report.received_at, Report.id).limit(50)
    return {
        "list, first page": _timed(lambda: reports.list_for(me, stage="received")),
        "list, fifth page": _timed(lambda: reports.list_for(me, stage="received", at=at)),
        "OFFSET to the middle": _timed(lambda: db.session.scalars(ordered.offset(count // 2)).all(), 3),
        "count(*)": _timed(lambda: db.session.scalar(sa.select(sa.func.count()).select_from(visible.subquery())), 3),
    }


def _timed(what: Callable[[], object], tries: int = TRIES) -> float:
    took = []
    for _ in range(tries):
        db.session.rollback()
        began = time.perf_counter()
        what()
        took.append(time.perf_counter() - began)
    return median(took)
