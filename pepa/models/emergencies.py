"""Emergency openings: somebody of an office reads, for some hours, a report that is not theirs (domain.md, Who may)."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa import clock
from pepa.db import Base, Instant


class Emergency(Base):
    """One such opening; a row and no key: whoever opens has the organisation's key already.

    begun_at, until_at     exact, an act of staff; after until_at it ends by itself
    ended_at, ended_by_id  it was ended before
    generation, body_sealed  why, sealed to the office as it was then
    """

    __tablename__ = "emergencies"
    __table_args__ = (
        sa.CheckConstraint("begun_at < until_at", name="forwards"),
        sa.CheckConstraint("(ended_at is null) = (ended_by_id is null)", name="ended"),
        sa.Index("ix_emergencies_of", "person_id", "until_at"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reports.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    begun_at: Mapped[datetime] = mapped_column(Instant)
    until_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    generation: Mapped[int]
    body_sealed: Mapped[bytes]

    @property
    def is_running(self) -> bool:
        """A clock that was put back before its beginning opens nothing."""
        return self.ended_at is None and self.begun_at <= clock.now() < self.until_at
