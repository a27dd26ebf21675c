"""Telephone calls without a story: silent, abandoned, wrong, joking, or only a question."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant


class Call(Base):
    """One call. taken_at: the hour.

    body_sealed  the number, where an officer typed one, under the office's shelf key of that generation; b"" else, and
                 from the next day on
    """

    __tablename__ = "calls"
    __table_args__ = (
        sa.Index("ix_calls_recent", "organisation_id", "taken_at"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    kind: Mapped[str] = mapped_column(sa.ForeignKey("call_types.code"))
    taken_at: Mapped[datetime] = mapped_column(Instant)
    generation: Mapped[int]
    body_sealed: Mapped[bytes]
