"""Inner notes about a report: the office's own, sealed with its shelf key, so that nobody else's key opens them."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant


class Note(Base):
    """A note. written_at, changed_at: an officer's acts, exact.

    version     counts the changes: whoever changes an older one is shown both texts
    generation  of the organisation's key that seals it
    """

    __tablename__ = "notes"
    __table_args__ = {"sqlite_with_rowid": False}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reports.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    written_at: Mapped[datetime] = mapped_column(Instant)
    changed_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    changed_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int]
    generation: Mapped[int]
    body_sealed: Mapped[bytes]
