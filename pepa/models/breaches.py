"""Breaches: what happened to whose data, and the three days in which those are told (domain.md rule 25)."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pepa.db import Base, Instant
from pepa.models.people import Person
from pepa.words import N_, Choice

LASTS = timedelta(hours=72)


class BreachState(Choice):
    """Where one stands."""

    OPEN = "open", N_("Berjalan")
    NOTIFIED = "notified", N_("Sudah diberitahukan")
    DECIDED = "decided", N_("Selesai dengan keputusan kepala")


TRANSITIONS: dict[BreachState, frozenset[BreachState]] = {
    BreachState.OPEN: frozenset({BreachState.NOTIFIED, BreachState.DECIDED}),
    BreachState.NOTIFIED: frozenset(),
    BreachState.DECIDED: frozenset(),
}


class Breach(Base):
    """One of them. found_at: when somebody of the office came to know of it; from then on the clock runs.

    reminded                 hours after which whoever answers for it was reminded last
    version                  two who change it at once must notice
    generation, body_sealed  what is known of it, and the letters, under the shelf key of that generation
    """

    __tablename__ = "breaches"
    __table_args__ = (
        sa.CheckConstraint(f"state in ({', '.join(repr(s.value) for s in BreachState)})", name="state"),
        sa.CheckConstraint("(state in ('notified', 'decided')) = (ended_at is not null)", name="ended"),
        sa.Index("ix_breaches_of", "organisation_id", "found_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    state: Mapped[str] = mapped_column(default=BreachState.OPEN.value)
    found_at: Mapped[datetime] = mapped_column(Instant)
    noted_at: Mapped[datetime] = mapped_column(Instant)
    noted_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    reminded: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    generation: Mapped[int]
    body_sealed: Mapped[bytes]

    noted_by: Mapped[Person] = relationship(foreign_keys=[noted_by_id])
    ended_by: Mapped[Person | None] = relationship(foreign_keys=[ended_by_id])

    @property
    def due_at(self) -> datetime:
        return self.found_at + LASTS

    @property
    def state_label(self) -> str:
        return BreachState(self.state).label

    @property
    def is_open(self) -> bool:
        return self.state == BreachState.OPEN
