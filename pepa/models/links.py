"""Links between reports that seem to be about the same people: a link, never a merge (domain.md rule 29)."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant


class Link(Base):
    """Two reports that an officer put side by side; the smaller id first, so that a pair stands once."""

    __tablename__ = "links"
    __table_args__ = (sa.CheckConstraint("one_id < other_id", name="order"), {"sqlite_with_rowid": False})

    one_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reports.id"), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reports.id"), primary_key=True, index=True)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    linked_at: Mapped[datetime] = mapped_column(Instant)
