"""The roster: who is on duty when, who takes whose turn, and what is handed over."""

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pepa.db import Base, Instant
from pepa.models.people import Person
from pepa.words import N_, Choice


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


class SwapState(Choice):
    """Where a request stands."""

    ASKED = "asked", N_("Menunggu jawaban")
    ACCEPTED = "accepted", N_("Diterima")
    DECLINED = "declined", N_("Ditolak")
    OVERRULED = "overruled", N_("Dibatalkan penyelia")
    DROPPED = "dropped", N_("Ditarik kembali")


class Swap(Base):
    """Somebody asked a colleague to take a shift; it is theirs once they accept. One request of a shift at a time.

    gave_id  whose shift it was, for a supervisor who undoes it
    """

    __tablename__ = "swaps"
    __table_args__ = (
        sa.Index(
            "ix_swaps_open",
            "shift_id",
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"), index=True)
    shift_id: Mapped[UUID] = mapped_column(sa.ForeignKey("shifts.id", ondelete="CASCADE"))
    asked_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    asked_of_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    gave_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    state: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)

    shift: Mapped[Shift] = relationship()
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id])
    asked_of: Mapped[Person] = relationship(foreign_keys=[asked_of_id])


class Handover(Base):
    """What whoever goes off duty leaves to whoever comes on.

    body_sealed  what was written, under the office's shelf key of that generation
    """

    __tablename__ = "handovers"
    __table_args__ = (
        sa.Index("ix_handovers_newest", "organisation_id", "written_at"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    written_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    written_for_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    written_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    generation: Mapped[int]
    body_sealed: Mapped[bytes]

    written_by: Mapped[Person] = relationship(foreign_keys=[written_by_id])
    written_for: Mapped[Person] = relationship(foreign_keys=[written_for_id])
