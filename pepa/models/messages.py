"""Messages between a reporter and who holds her report."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant
from pepa.words import N_, Choice


class Side(Choice):
    """Who wrote a message."""

    REPORTER = "reporter", N_("pelapor")
    OFFICE = "office", N_("petugas")


class Message(Base):
    """sent_at: the hour where the reporter wrote, exact where an officer did. The sealed body has the exact time."""

    __tablename__ = "messages"
    __table_args__ = (
        sa.CheckConstraint("side in ('reporter', 'office')", name="side"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reports.id"), index=True)
    side: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("organisations.id"))
    sent_at: Mapped[datetime] = mapped_column(Instant)
    body_epoch: Mapped[int]
    body_sealed: Mapped[bytes]
