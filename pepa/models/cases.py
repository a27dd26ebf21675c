"""Cases: opened from a report and holding it; working one is a later piece."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant
from pepa.models.reports import spoken
from pepa.words import N_, Choice


class CaseState(Choice):
    """Where a case stands (domain.md, States)."""

    OPENED = "opened", N_("Dibuka")


class Case(Base):
    """The office's own work for somebody. opened_at: an officer's act, exact.

    organisation_id  whose it is; stays so through every referral
    """

    __tablename__ = "cases"
    __table_args__ = (
        sa.CheckConstraint(f"state in ({', '.join(repr(s.value) for s in CaseState)})", name="state"),
        sa.Index("ix_cases_opened", "organisation_id", "opened_at", "id"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    state: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(Instant)
    opened_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))

    @property
    def reference(self) -> str:
        """A code without meaning, drawn from the random id: no year, no ward, no counter (domain.md rule 19)."""
        return f"K-{spoken(self.id)}"


class CaseReport(Base):
    """A report that a case holds; it is in one case at most."""

    __tablename__ = "case_reports"
    __table_args__ = {"sqlite_with_rowid": False}

    report_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reports.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(sa.ForeignKey("cases.id"), index=True)
