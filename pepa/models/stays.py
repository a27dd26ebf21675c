"""Those who must never meet in the building: groups, their stays, and the quarters of an hour that a side holds."""

from datetime import date, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa import clock
from pepa.db import Base, Instant
from pepa.words import N_, Choice


class Side(Choice):
    """A: whom the office protects. B: whom that one must not meet."""

    A = "a", N_("Yang dilindungi")
    B = "b", N_("Pihak lain")


class ApartGroup(Base):
    """These must not meet. The id is a random number and says nothing; what it means is sealed to the office.

    generation  of the organisation's key that seals the label
    made_on     since when: one of which nobody comes is forgotten
    """

    __tablename__ = "apart_groups"
    __table_args__ = {"sqlite_with_rowid": False}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"), index=True)
    generation: Mapped[int]
    label_sealed: Mapped[bytes]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    made_on: Mapped[date] = mapped_column(default=clock.today)


class Stay(Base):
    """Somebody of a group in the building, by which door, from when until when; it lasts until they have left.

    first, last   the quarters that it holds, margins included; last is the last one
    expected_until  when their time to come in ends; it begins with the stay. None: they came without an appointment
    is_elsewhere  they came while the other side was there, and were led to another place
    must_move     the other side came without an appointment: this one has to be put off by the desk
    booking_id    the room in which they are expected, if any: the stay goes where its booking goes
    """

    __tablename__ = "stays"
    __table_args__ = (
        sa.CheckConstraint("side in ('a', 'b')", name="side"),
        sa.CheckConstraint("ends_at > starts_at", name="forwards"),
        sa.Index("ix_stays_group_id_starts_at", "group_id", "starts_at"),
        sa.Index("ix_stays_starts_at", "starts_at"),
        sa.Index("uq_stays_booking_id", "booking_id", unique=True),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    group_id: Mapped[UUID] = mapped_column(sa.ForeignKey("apart_groups.id"))
    side: Mapped[str]
    entrance: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    expected_until: Mapped[datetime | None] = mapped_column(Instant)
    first: Mapped[int]
    last: Mapped[int]
    is_elsewhere: Mapped[bool] = mapped_column(default=False)
    must_move: Mapped[bool] = mapped_column(default=False)
    arrived_at: Mapped[datetime | None] = mapped_column(Instant)
    left_at: Mapped[datetime | None] = mapped_column(Instant)
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)
    made_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    booking_id: Mapped[UUID | None]

    @property
    def is_here(self) -> bool:
        return self.arrived_at is not None and self.left_at is None


class PresenceCell(Base):
    """A quarter of an hour in which one side of a group may be in the building; its key keeps the other side out.

    refs  how many stays of that side hold it
    """

    __tablename__ = "presence_cells"
    __table_args__ = (
        sa.CheckConstraint("refs >= 1", name="refs"),
        sa.CheckConstraint("side in ('a', 'b')", name="side"),
        {"sqlite_with_rowid": False},
    )

    group_id: Mapped[UUID] = mapped_column(sa.ForeignKey("apart_groups.id"), primary_key=True)
    cell: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    side: Mapped[str]
    refs: Mapped[int]
