"""The register of disclosures: who outside was given what of somebody's data, when, and on which basis."""

from datetime import date, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pepa.db import Base, Instant
from pepa.models.people import Person
from pepa.words import N_, Choice


class ShareBasis(Choice):
    """On what data are given away (domain.md, Lists; UU 27/2022 art. 20)."""

    CONSENT = "consent", N_("persetujuan orangnya")
    LEGAL_DUTY = "legal_duty", N_("kewajiban hukum")
    VITAL_INTEREST = "vital_interest", N_("nyawa terancam")
    PUBLIC_TASK = "public_task", N_("tugas resmi kantor")


class Disclosure(Base):
    """One time that something was given. Nothing of it is edited: what was wrong is said by another entry.

    on                       the day on which it was given
    report_id                what it is about, where that is a report; it goes with the report
    generation, body_sealed  to whom, what, what for, under the organisation's shelf key of that generation
    """

    __tablename__ = "disclosures"
    __table_args__ = (
        sa.CheckConstraint(f"basis in ({', '.join(repr(b.value) for b in ShareBasis)})", name="basis"),
        sa.Index("ix_disclosures_on", "organisation_id", "on", "id"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    on: Mapped[date]
    basis: Mapped[str]
    report_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("reports.id"), index=True)
    noted_at: Mapped[datetime] = mapped_column(Instant)
    noted_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    generation: Mapped[int]
    body_sealed: Mapped[bytes]

    noted_by: Mapped[Person] = relationship()
