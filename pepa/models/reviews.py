"""Who looked at an edition, and at each of its claims."""

from datetime import date, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant
from pepa.words import N_, Choice


class Verdict(Choice):
    """What a reviewer says."""

    APPROVED = "approved", N_("Disetujui")
    SENT_BACK = "sent_back", N_("Dikembalikan")


class Review(Base):
    """One person's verdict in one field on an edition as it stood then.

    digest  of everything that the edition said; a later change makes the verdict void
    note    what is to be changed; about the text, never about a person
    """

    __tablename__ = "reviews"
    __table_args__ = (sa.CheckConstraint("verdict in ('approved', 'sent_back')", name="verdict"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    edition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("editions.id"), index=True)
    field: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    verdict: Mapped[str]
    note: Mapped[str] = mapped_column(sa.Text, default="")
    digest: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(Instant)


class ClaimCheck(Base):
    """A claim that somebody compared with its source. digest: of the claim as it was written then"""

    __tablename__ = "claim_checks"

    title_id: Mapped[int] = mapped_column(sa.ForeignKey("titles.id"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    key: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    checked_on: Mapped[date]
