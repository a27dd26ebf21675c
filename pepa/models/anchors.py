"""Anchors: where both chains of the audit stood each morning, in six words that people keep on paper."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant


class Anchor(Base):
    """One morning. staff, anonymous: the number of the newest link of each chain; 0 where it had none.

    words  made from both links by the server key, so that nobody else can say which they would be
    """

    __tablename__ = "anchors"
    __table_args__ = (sa.CheckConstraint("staff >= 0 and anonymous >= 0", name="numbers"),)

    on: Mapped[date] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    staff: Mapped[int] = mapped_column(sa.BigInteger)
    anonymous: Mapped[int] = mapped_column(sa.BigInteger)
    words: Mapped[str]

    @property
    def rows(self) -> int:
        """Links of both chains together, as the paper says it."""
        return self.staff + self.anonymous
