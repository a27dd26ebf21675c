"""Restrictions: somebody asked that what we have of her be used no further for now (domain.md rule 12)."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pepa import clock
from pepa.db import Base, Instant
from pepa.models.people import Person
from pepa.models.reports import reference_of
from pepa.words import N_, Choice

LASTS = timedelta(hours=72)


class RestrictionState(Choice):
    """Where one stands."""

    ASKED = "asked", N_("Diminta, BELUM diputuskan")
    RESTRICTED = "restricted", N_("Dibatasi")
    REFUSED = "refused", N_("Tidak bisa dibatasi")
    LIFTED = "lifted", N_("Dibuka lagi")


TRANSITIONS: dict[RestrictionState, frozenset[RestrictionState]] = {
    RestrictionState.ASKED: frozenset({RestrictionState.RESTRICTED, RestrictionState.REFUSED}),
    RestrictionState.RESTRICTED: frozenset({RestrictionState.LIFTED}),
    RestrictionState.REFUSED: frozenset(),
    RestrictionState.LIFTED: frozenset(),
}


class Restriction(Base):
    """One request about a report. asked_at: the hour in which it was asked; from then on the clock runs.

    decided_at, lifted_at  acts of a supervisor, exact
    reminded               hours after which whoever answers for it was reminded last
    version                counts on through every request of a report: two who decide at once must notice
    body_epoch, body_sealed  how it was asked and why it was decided, in the report's box: it goes where the report goes
    """

    __tablename__ = "restrictions"
    __table_args__ = (
        sa.CheckConstraint(f"state in ({', '.join(repr(s.value) for s in RestrictionState)})", name="state"),
        sa.CheckConstraint("(state = 'asked') = (decided_at is null)", name="decided"),
        sa.CheckConstraint("(state = 'lifted') = (lifted_at is not null)", name="lifted"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    report_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reports.id"), index=True)
    state: Mapped[str] = mapped_column(default=RestrictionState.ASKED.value)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    noted_at: Mapped[datetime] = mapped_column(Instant)
    noted_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(Instant)
    lifted_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    reminded: Mapped[int] = mapped_column(default=0)
    version: Mapped[int]
    body_epoch: Mapped[int]
    body_sealed: Mapped[bytes]

    noted_by: Mapped[Person] = relationship(foreign_keys=[noted_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])
    lifted_by: Mapped[Person | None] = relationship(foreign_keys=[lifted_by_id])

    @property
    def reference(self) -> str:
        return reference_of(self.report_id)

    @property
    def due_at(self) -> datetime:
        return self.asked_at + LASTS

    @property
    def hours_left(self) -> int:
        """Whole hours until it is over; negative once it is."""
        return int((self.due_at - clock.now()) // timedelta(hours=1))

    @property
    def state_label(self) -> str:
        return RestrictionState(self.state).label
