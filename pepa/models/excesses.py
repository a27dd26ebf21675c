"""Somebody opens more reports in an hour than are theirs to work on: said to whoever leads, with the reason given."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant


class Excess(Base):
    """One such hour. begun_at: exact, an act of staff.

    generation, body_sealed  why, under the organisation's shelf key of that generation; b"" while nothing was said
    seen_at, seen_by_id      a lead looked at it
    """

    __tablename__ = "excesses"
    __table_args__ = (
        sa.Index("ix_excesses_of", "organisation_id", "seen_at", "begun_at"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    begun_at: Mapped[datetime] = mapped_column(Instant)
    generation: Mapped[int]
    body_sealed: Mapped[bytes]
    seen_at: Mapped[datetime | None] = mapped_column(Instant)
    seen_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
