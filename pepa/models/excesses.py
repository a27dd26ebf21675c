"""Somebody opens reports that are not theirs to work on: said to whoever leads, with the reason where one is asked."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant
from pepa.words import N_, Choice


class Kind(Choice):
    """What is told of somebody."""

    HOUR = "hour", N_("%(nama)s membuka banyak laporan yang tidak dipegangnya.")
    DAY = "day", N_("%(nama)s membuka sangat banyak laporan dalam satu hari.")
    OUTSIDE = "outside", N_("%(nama)s membuka laporan di luar tugasnya.")


class Excess(Base):
    """One such time. begun_at: exact, an act of staff.

    kind                     of an hour alone why is asked
    report_id                which report, of one that was opened outside of one's work
    generation, body_sealed  why, under the organisation's shelf key of that generation; b"" while nothing was said
    seen_at, seen_by_id      a lead looked at it
    """

    __tablename__ = "excesses"
    __table_args__ = (
        sa.CheckConstraint(f"kind in ({', '.join(repr(k.value) for k in Kind)})", name="kind"),
        sa.Index("ix_excesses_of", "organisation_id", "seen_at", "begun_at"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    report_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("reports.id"), index=True)
    kind: Mapped[str] = mapped_column(server_default=Kind.HOUR.value, default=Kind.HOUR.value)
    begun_at: Mapped[datetime] = mapped_column(Instant)
    generation: Mapped[int]
    body_sealed: Mapped[bytes]
    seen_at: Mapped[datetime | None] = mapped_column(Instant)
    seen_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
