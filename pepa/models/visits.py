"""Konsultasi keliling: where counsellors come, and who has a place there, without a name."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant
from pepa.words import N_, Choice


class VisitKind(Choice):
    """Where somebody is to be met. Both have the same places to ask for."""

    KELURAHAN = "kelurahan", N_("Konsultasi keliling")
    OFFICE = "office", N_("Konsultasi di kantor")


class AppointmentState(Choice):
    """What became of a place. The first two hold it."""

    BOOKED = "booked", N_("Sudah ada tempat")
    CAME = "came", N_("Sudah datang")
    MISSED = "missed", N_("Tidak datang")
    CANCELLED = "cancelled", N_("Dibatalkan")


HOLDS = "state in ('booked', 'came') and not is_aside"  # what looks like a machine's holds nothing


class Visit(Base):
    """Some hours at one place. Who came stands nowhere in it.

    place         as people know it, such as "Balai Kelurahan"; shown to everybody
    slot_minutes  how long one talk is; seats: how many talks at a time
    offers        codes of Need with a space between: what is there (step-free, a woman officer)
    came, missed  how many, of those whose places are forgotten by now
    """

    __tablename__ = "visits"
    __table_args__ = (
        sa.CheckConstraint("kind in ('kelurahan', 'office')", name="kind"),
        sa.CheckConstraint("ends_at > starts_at", name="forwards"),
        sa.CheckConstraint("slot_minutes between 15 and 120", name="slot_minutes"),
        sa.CheckConstraint("seats between 1 and 20", name="seats"),
        sa.CheckConstraint("kind = 'office' or kelurahan_code is not null", name="kelurahan"),
        sa.Index("ix_visits_starts", "starts_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str]
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    kelurahan_code: Mapped[str | None] = mapped_column(sa.ForeignKey("kelurahan.code"))
    place: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    slot_minutes: Mapped[int] = mapped_column(default=45)
    seats: Mapped[int] = mapped_column(default=1)
    offers: Mapped[str] = mapped_column(default="")
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    came: Mapped[int] = mapped_column(default=0, server_default="0")
    missed: Mapped[int] = mapped_column(default=0, server_default="0")
    made_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))

    @property
    def slots(self) -> int:
        """How many talks fit one behind the other."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60 // self.slot_minutes

    def slot_at(self, slot: int) -> datetime:
        return self.starts_at + timedelta(minutes=slot * self.slot_minutes)


class VisitCrew(Base):
    """Who goes along."""

    __tablename__ = "visit_crew"

    visit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("visits.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)


class Appointment(Base):
    """One place at one time, for whoever holds the code. What stops a second one is the key over slot and seat.

    code_hash       of the code that was shown once; the next date has the same one
    seat            at which table, from 0; from the visit's `seats` on: between the others, where all are taken
    needs           codes of Need
    contact_sealed  a number that was left, sealed to the office's key of that generation
    after_id        the appointment that this one follows
    """

    __tablename__ = "appointments"
    __table_args__ = (
        sa.CheckConstraint("state in ('booked', 'came', 'missed', 'cancelled')", name="state"),
        sa.Index(
            "uq_appointments_place",
            "visit_id",
            "slot",
            "seat",
            unique=True,
            sqlite_where=sa.text(HOLDS),
            postgresql_where=sa.text(HOLDS),
        ),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    visit_id: Mapped[UUID] = mapped_column(sa.ForeignKey("visits.id"))
    slot: Mapped[int]
    seat: Mapped[int]
    code_hash: Mapped[bytes] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default=AppointmentState.BOOKED)
    asked_on: Mapped[date]
    is_aside: Mapped[bool] = mapped_column(default=False)
    needs: Mapped[str] = mapped_column(default="")
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    generation: Mapped[int]
    contact_sealed: Mapped[bytes | None]
    after_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("appointments.id"))
