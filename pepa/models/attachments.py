"""Files of a report: sealed on the disk under the row's id; name, kind, size and own key in the sealed body."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant


class Attachment(Base):
    """A file that arrived whole. sent_at: the hour."""

    __tablename__ = "attachments"
    __table_args__ = {"sqlite_with_rowid": False}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reports.id"), index=True)
    sent_at: Mapped[datetime] = mapped_column(Instant)
    body_epoch: Mapped[int]
    body_sealed: Mapped[bytes]
