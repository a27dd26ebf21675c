"""The police clock of UU 12/2022 art. 41: 3x24 hours through nights and holidays (domain.md rule 1)."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant
from pepa.models.reports import reference_of
from pepa.words import N_, Choice

LENGTH = timedelta(hours=72)


class ToldBy(Choice):
    """Whose telling starts the clock; a bystander's does not (art. 41(2))."""

    SURVIVOR = "survivor", N_("Penyintas sendiri")
    HEALTH = "health", N_("Tenaga kesehatan")
    PSYCHOLOGIST = "psychologist", N_("Psikolog atau psikiater")
    SOCIAL_WORKER = "social_worker", N_("Pekerja sosial")


class PoliceEnding(Choice):
    """The only ways in which it ends."""

    REPORTED = "reported", N_("Sudah dilaporkan")
    BY_OTHER = "by_other", N_("Dilaporkan pihak lain")
    DECIDED = "decided", N_("Keputusan tertulis kepala")


class PoliceClock(Base):
    """One report's clock.

    from_at      the hour from which it counts: that in which it was told
    ended_at     when its end was noted
    body_sealed  who told; how it ended: day, number, by whom, what was decided
    """

    __tablename__ = "police_clocks"
    __table_args__ = {"sqlite_with_rowid": False}

    report_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reports.id"), primary_key=True)
    from_at: Mapped[datetime] = mapped_column(Instant)
    begun_at: Mapped[datetime] = mapped_column(Instant)
    begun_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    body_epoch: Mapped[int]
    body_sealed: Mapped[bytes]

    @property
    def reference(self) -> str:
        return reference_of(self.report_id)

    @property
    def due_at(self) -> datetime:
        return self.from_at + LENGTH
