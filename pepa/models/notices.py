"""What the program told a member, as it stands in the list inside the program."""

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant


class NoticeRow(Base):
    """One notice to one person: that it was told, whichever way it also left.

    organisation_id  in whose name it was told; none where it is about the person alone
    told_at          the hour; an alarm's exact time would tell when a report came
    event            what is told once to each person; a number, not a name
    """

    __tablename__ = "notices"
    __table_args__ = (
        sa.Index("ix_notices_of", "person_id", "told_at", "id"),
        sa.Index("ix_notices_report_id", "report_id"),
        sa.UniqueConstraint("event", "person_id"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    organisation_id: Mapped[UUID | None]
    notice: Mapped[str]
    report_id: Mapped[UUID | None]
    event: Mapped[UUID | None]
    told_at: Mapped[datetime] = mapped_column(Instant)
    is_read: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
