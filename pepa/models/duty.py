"""The roster: who is on duty when."""

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pepa.db import Base, Instant
from pepa.models.people import Person


class Shift(Base):
    """One person on duty for one organisation, from `starts_at` up to but not including `ends_at`."""

    __tablename__ = "shifts"
    __table_args__ = (
        sa.CheckConstraint("starts_at < ends_at", name="forwards"),
        sa.Index("ix_shifts_when", "organisation_id", "ends_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)

    person: Mapped[Person] = relationship()
