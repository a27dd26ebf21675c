"""Calendars that somebody's own program fetches."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant


class Feed(Base):
    """One a membership. Of its address only a hash is kept: it is shown once."""

    __tablename__ = "feeds"
    __table_args__ = {"sqlite_with_rowid": False}

    membership_id: Mapped[UUID] = mapped_column(sa.ForeignKey("memberships.id"), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
