"""The ledger that keeps two sides apart: a quarter of an hour of a group belongs to one side (rooms.md).

Claiming adds one where the side is the same and changes nothing where it is not: the row that did not change is the
refusal, on SQLite and PostgreSQL alike. Cells cover the whole stay in the building with a margin, not a room.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from pepa import clock
from pepa.domain import cells
from pepa.models.rooms import QUARTER
from pepa.models.stays import PresenceCell, Side

MARGIN = timedelta(minutes=45)
MARGIN_CELLS = MARGIN // timedelta(seconds=QUARTER)
CELLS = PresenceCell.__table__


def stay(starts_at: datetime, ends_at: datetime) -> range:
    """The quarters of a stay with its margins, ascending."""
    whole = cells.stay(starts_at, ends_at)
    return range(whole.start - MARGIN_CELLS, whole.stop + MARGIN_CELLS)


def claim(session: Session, group_id: UUID, side: Side, quarters: Iterable[int]) -> bool:
    """Hold quarters for a side, in ascending order. False where one is the other side's: roll back then."""
    build = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    for cell in quarters:
        row = build(CELLS).values(group_id=group_id, cell=cell, side=side.value, refs=1)  # type: ignore[arg-type]
        added = row.on_conflict_do_update(
            index_elements=["group_id", "cell"], set_={"refs": CELLS.c.refs + 1}, where=CELLS.c.side == side.value
        )
        done = session.execute(added, execution_options={"preserve_rowcount": True})
        if not done.rowcount:  # type: ignore[attr-defined]
            return False
    return True


def release(session: Session, group_id: UUID, side: Side, quarters: range) -> None:
    """Give back what one stay of a side held."""
    if not quarters:
        return
    here = (
        PresenceCell.group_id == group_id,
        PresenceCell.side == side.value,
        PresenceCell.cell.between(quarters.start, quarters.stop - 1),
    )
    session.execute(sa.delete(PresenceCell).where(*here, PresenceCell.refs == 1))
    session.execute(sa.update(PresenceCell).where(*here).values(refs=PresenceCell.refs - 1))


def of_the_other(session: Session, group_id: UUID, side: Side, quarters: range) -> set[int]:
    """Which of some quarters the other side holds."""
    return set(
        session.scalars(
            sa.select(PresenceCell.cell).where(
                PresenceCell.group_id == group_id,
                PresenceCell.side != side.value,
                PresenceCell.cell.between(quarters.start, quarters.stop - 1),
            )
        )
    )


def forget_past(session: Session) -> None:
    """What is past keeps nobody apart."""
    session.execute(sa.delete(PresenceCell).where(PresenceCell.cell < cells.of(clock.now() - MARGIN)))
