"""The first of two who give a newcomer an organisation's key."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant

ALONE_AFTER = timedelta(hours=24)  # then one is enough, where nobody cancelled


class Approval(Base):
    """Somebody said yes to whoever waits for a key; who waits is derived. public_key: the one that was compared"""

    __tablename__ = "approvals"

    membership_id: Mapped[UUID] = mapped_column(sa.ForeignKey("memberships.id"), primary_key=True)
    first_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    public_key: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(Instant)

    @property
    def alone_from(self) -> datetime:
        """From then on whoever said yes needs no second."""
        return self.at + ALONE_AFTER
