"""The shelf: one sealed index card for each report that an organisation can open (vault.md § 6)."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base


class Card(Base):
    """What a search needs of a report, sealed with the organisation's shelf key.

    generation  of that key; 0 while nobody has filled the card
    emptied     how often it was emptied: whoever fills it must have read all that there is by then
    """

    __tablename__ = "cards"
    __table_args__ = (sa.Index("ix_cards_waiting", "organisation_id", "generation"), {"sqlite_with_rowid": False})

    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"), primary_key=True)
    report_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reports.id"), primary_key=True)
    generation: Mapped[int]
    body_sealed: Mapped[bytes]
    emptied: Mapped[int] = mapped_column(server_default="0")
