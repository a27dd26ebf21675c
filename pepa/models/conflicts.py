"""Conflicts of interest: who may not hold a report, who said so and why. What hides it is the `Exclusion`."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant
from pepa.words import N_, Choice


class ConflictAct(Choice):
    """What was said of somebody and a report."""

    DECLARED = "declared", N_("menyatakan sendiri")
    NAMED = "named", N_("dinyatakan")
    LIFTED = "lifted", N_("dicabut")
    DISMISSED = "dismissed", N_("bukan orangnya")


class Conflict(Base):
    """One act, never edited: whoever takes it back adds the next. Why is inside the sealed body.

    excluded_id      whom it is about: a person or an organisation
    organisation_id  to whom the reason is sealed: whoever reads the report from this act on
    made_at          an officer's act, exact
    """

    __tablename__ = "conflicts"
    __table_args__ = (
        sa.CheckConstraint(f"act in ({', '.join(repr(a.value) for a in ConflictAct)})", name="act"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reports.id"), index=True)
    excluded_id: Mapped[UUID]
    act: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(Instant)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    generation: Mapped[int]
    body_sealed: Mapped[bytes]
