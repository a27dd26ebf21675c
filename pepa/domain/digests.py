"""What a quarter came to, for whoever leads: by kecamatan, title, manner, sex and age (library.md 10, 22).

The figures of RTs are those of `coverage`. Nothing here stands beside a figure about a case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from pepa.db import db
from pepa.domain import coverage
from pepa.domain.areas import Ward
from pepa.domain.coverage import Asked, Coverage
from pepa.models.outreach import Count, Manner, Standing, Teaching
from pepa.policy import Member

COLUMNS = (*coverage.HEADS, "disabled")


@dataclass(frozen=True)
class Digest:
    """titles: sessions and posts by title number, the most first; manners: by manner; people: attendance by what
    `Count` counts; untouched: kelurahan whose RTs nobody reached in the quarter, where there is a list."""

    city: Coverage
    titles: Sequence[tuple[int, int]]
    manners: Mapping[Manner, int]
    people: Mapping[str, int]
    untouched: Sequence[Ward]
    listless: int


def of(actor: Member, period: str) -> Digest:
    """Raises NoPeriod."""
    asked = Asked(period)
    city = coverage.of(actor, asked)
    counted = (Teaching.period == period, Teaching.standing == Standing.CONFIRMED)
    return Digest(
        city,
        _by(Teaching.title_id, *counted),
        {Manner(manner): count for manner, count in _by(Teaching.manner, *counted)},
        _people(period),
        [ward for ward, tally in city.rows if tally.rts and not tally.reached],
        sum(not tally.rts for _, tally in city.rows),
    )


def _by(column: sa.orm.InstrumentedAttribute[Any], *counted: sa.ColumnElement[bool]) -> list[tuple[Any, int]]:
    """How many sessions by this column, the most first."""
    many = sa.func.count()
    query = sa.select(column, many).where(*counted).group_by(column).order_by(many.desc(), column)
    return [(row[0], row[1]) for row in db.session.execute(query)]


def _people(period: str) -> dict[str, int]:
    """Attendance of the sessions that cover, as `coverage` counts it: the first numbers of the quarter's, and by how
    much each correction of one that counts in it differs from what it corrects."""
    now, before = aliased(Count), aliased(Count)
    covers = (
        Teaching.period == period,
        Teaching.standing == Standing.CONFIRMED,
        Teaching.manner.in_(coverage.COVERING),
    )
    first = (
        sa.select(*(sa.func.sum(getattr(Count, name)) for name in COLUMNS))
        .join(Teaching, Teaching.id == Count.teaching_id)
        .where(Count.number == 1, *covers)
    )
    corrected = (
        sa.select(*(sa.func.sum(getattr(now, name) - getattr(before, name)) for name in COLUMNS))
        .select_from(now)
        .join(before, sa.and_(before.teaching_id == now.teaching_id, before.number == now.number - 1))
        .join(Teaching, Teaching.id == now.teaching_id)
        .where(now.period == period, now.number > 1, *covers)
    )
    rows = [db.session.execute(query).one() for query in (first, corrected)]
    return {name: sum(row[n] or 0 for row in rows) for n, name in enumerate(COLUMNS)}
