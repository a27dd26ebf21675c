"""How many tasks a column is to hold: said beside it, or kept, as each organisation wants; off until it is set."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa.db import db, transaction
from pepa.domain import audit
from pepa.errors import Conflict, Invalid
from pepa.models.tasks import Column, ColumnLimit, Task
from pepa.policy import Member, Permission, require
from pepa.words import N_


class ColumnFull(Conflict):
    says = N_("Kolom ini sudah penuh. Selesaikan atau pindahkan yang lain dulu.")


class NotMost(Invalid):
    says = N_("Tulis angka, paling sedikit 1. Kosong: tanpa batas.")
    field = "most"


@dataclass(frozen=True)
class Limit:
    """Of a column of one's own organisation. count: all of its cards there, whatever is shown"""

    most: int
    is_hard: bool
    count: int

    @property
    def is_over(self) -> bool:
        return self.count > self.most


def limits_of(actor: Member) -> dict[Column, Limit]:
    """Of the actor's own organisation; none where none was set."""
    count = (
        sa.select(sa.func.count())
        .select_from(Task)
        .where(
            Task.organisation_id == ColumnLimit.organisation_id, Task.column == ColumnLimit.column, ~Task.is_archived
        )
        .scalar_subquery()
    )
    query = sa.select(ColumnLimit, count).where(ColumnLimit.organisation_id == actor.organisation_id)
    return {Column(row.column): Limit(row.most, row.is_hard, n) for row, n in db.session.execute(query)}


def set_limit(actor: Member, *, column: Column, most: int | None, is_hard: bool = False) -> Column:
    """How many cards of the own organisation a column is to hold at most; None: as many as there are. Lowering it
    moves no card away. Raises NotMost."""
    require(actor, Permission.KEEP_BOARD)
    if most is not None and not 1 <= most <= 999:
        raise NotMost
    with transaction() as session:
        place = (actor.organisation_id, column.value)
        row = session.get(ColumnLimit, place)
        if most is None:
            if row:
                session.delete(row)
        elif row:
            row.most, row.is_hard = most, is_hard
        else:
            session.add(ColumnLimit(organisation_id=place[0], column=place[1], most=most, is_hard=is_hard))
        audit.record(session, "column.limited", actor, actor.organisation_id, f"{column.value} {most or 0}")
    return column


def require_room(session: Session, organisation_id: UUID, column: Column) -> None:
    """A hard limit refuses what comes in, never what goes out. "Selesai" has none: nothing is kept from ending.

    What another organisation hands over is not refused either: whoever needs help must not learn of a limit by it.
    """
    limit = session.get(ColumnLimit, (organisation_id, column.value))
    if limit is None or not limit.is_hard or column is Column.DONE:
        return
    there = (Task.organisation_id == organisation_id, Task.column == column.value, ~Task.is_archived)
    if (session.scalar(sa.select(sa.func.count()).select_from(Task).where(*there)) or 0) >= limit.most:
        raise ColumnFull
