"""What could be opened once, and by whom: what is left of a grant and of a member's key when they are taken away."""

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant


class Holding(Base):
    """A stretch in which an organisation held a box by one generation of its key. There is none while nothing has
    changed since the box was made. Hours alone: a citizen's act may have begun or ended it.

    from_at   None: since its report came
    until_at  None: it holds it still
    about_id  the report that it was, once that is destroyed and was hidden from nobody
    """

    __tablename__ = "holdings"
    __table_args__ = (
        sa.Index("ix_holdings_box", "box_id", "holder_id", "generation"),
        sa.Index("ix_holdings_holder", "holder_id", "until_at"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    box_id: Mapped[UUID]
    holder_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    generation: Mapped[int]
    from_at: Mapped[datetime | None] = mapped_column(Instant)
    until_at: Mapped[datetime | None] = mapped_column(Instant)
    about_id: Mapped[UUID | None]


class PastWrap(Base):
    """A stretch in which a person could open one generation of an organisation's key, once it is over."""

    __tablename__ = "past_wraps"
    __table_args__ = (
        sa.Index("ix_past_wraps_person", "person_id", "until_at"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    generation: Mapped[int]
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    from_at: Mapped[datetime | None] = mapped_column(Instant)
    until_at: Mapped[datetime] = mapped_column(Instant)
