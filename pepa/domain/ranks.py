"""The order of a column of the board: integers with room between them, made anew where there is none left."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa.errors import Conflict
from pepa.models.tasks import Column, Task
from pepa.words import N_

STEP = 1024


class NeighbourGone(Conflict):
    says = N_("Papan ini baru berubah. Lihat lagi, lalu pindahkan.")


def last(session: Session, column: Column) -> int:
    """Behind all others."""
    lowest = session.scalar(sa.select(sa.func.max(Task.rank)).where(Task.column == column.value))
    return 0 if lowest is None else lowest + STEP


def place(session: Session, column: Column, task_id: UUID, after: UUID | None) -> int:
    """A rank for a task right behind another one, or before all others (after None). Raises NeighbourGone.

    Ranks that lie too close are made anew first, in the same transaction.
    """
    others = (Task.column == column.value, Task.id != task_id)
    if after is None:
        first = session.scalar(sa.select(sa.func.min(Task.rank)).where(*others))
        return 0 if first is None else first - STEP
    before = session.scalar(sa.select(Task.rank).where(*others, Task.id == after))
    if before is None:
        raise NeighbourGone
    behind = sa.tuple_(Task.rank, Task.id) > sa.tuple_(sa.literal(before), sa.literal(after, Task.id.type))
    following = session.scalar(sa.select(Task.rank).where(*others, behind).order_by(Task.rank, Task.id).limit(1))
    if following is None:
        return before + STEP
    if following - before < 2:
        _number_anew(session, column)
        return place(session, column, task_id, after)
    return before + (following - before) // 2


def _number_anew(session: Session, column: Column) -> None:
    ids = session.scalars(sa.select(Task.id).where(Task.column == column.value).order_by(Task.rank, Task.id)).all()
    session.execute(sa.update(Task), [{"id": one, "rank": n * STEP} for n, one in enumerate(ids)])
