"""What a reporter adds after her report has arrived, each on its own and sealed."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant


class Addition(Base):
    """One page of answers; which ones is inside the sealed body. sent_at: the hour."""

    __tablename__ = "additions"
    __table_args__ = {"sqlite_with_rowid": False}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reports.id"), index=True)
    sent_at: Mapped[datetime] = mapped_column(Instant)
    body_epoch: Mapped[int]
    body_sealed: Mapped[bytes]
