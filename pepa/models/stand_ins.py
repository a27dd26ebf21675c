"""Who stands in for a colleague who is away."""

from datetime import date, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pepa.db import Base, Instant
from pepa.models.people import Person


class StandIn(Base):
    """person_id is told what absent_id is told, from the first day to the last, both of them whole."""

    __tablename__ = "stand_ins"
    __table_args__ = (
        sa.CheckConstraint("from_on <= until_on", name="forwards"),
        sa.CheckConstraint("absent_id <> person_id", name="another"),
        sa.Index("ix_stand_ins_when", "absent_id", "until_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    absent_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    made_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)

    absent: Mapped[Person] = relationship(foreign_keys=[absent_id])
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
