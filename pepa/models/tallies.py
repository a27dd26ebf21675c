"""What is left of bookings that are long over: how many of each kind, and nobody."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base


class Tally(Base):
    """How often an organisation used a room for one of the neutral kinds in a month. month_on: its first day"""

    __tablename__ = "tallies"
    __table_args__ = (sa.CheckConstraint("bookings >= 1", name="bookings"),)

    month_on: Mapped[date] = mapped_column(primary_key=True)
    room_id: Mapped[UUID] = mapped_column(sa.ForeignKey("rooms.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    bookings: Mapped[int]
