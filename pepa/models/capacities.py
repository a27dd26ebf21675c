"""What each organisation offers, when it can be reached, and how many free places it said to have."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pepa.db import Base, Instant
from pepa.models.organisations import Organisation
from pepa.models.people import Person
from pepa.words import N_, Choice


class Aid(Choice):
    """`Service` of domain.md: the kinds of the national form, and the two that we add."""

    COMPLAINT = "complaint", N_("pengaduan")
    HEALTH = "health", N_("kesehatan")
    PSYCHOLOGICAL = "psychological", N_("psikologis")
    LEGAL_AID = "legal_aid", N_("bantuan hukum")
    LAW_ENFORCEMENT = "law_enforcement", N_("penegakan hukum")
    SHELTER = "shelter", N_("tempat tinggal sementara")
    SOCIAL_REHAB = "social_rehab", N_("rehabilitasi sosial")
    REINTEGRATION = "reintegration", N_("reintegrasi sosial")
    RETURN_HOME = "return_home", N_("pemulangan")
    RELIGIOUS_COMPANION = "religious_companion", N_("pendampingan rohani")


class Offer(Base):
    """An organisation offers a kind of aid. places: free ones, as of told_at; none where nobody has said yet"""

    __tablename__ = "offers"
    __table_args__ = (sa.CheckConstraint("places between 0 and 999", name="places"),)

    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"), primary_key=True)
    aid: Mapped[str] = mapped_column(primary_key=True)
    places: Mapped[int | None]
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    told_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))

    organisation: Mapped[Organisation] = relationship()
    told_by: Mapped[Person | None] = relationship()

    @property
    def label(self) -> str:
        return Aid(self.aid).label


class Reach(Base):
    """When, how and through whom colleagues of other organisations reach one. As typed; none of it is for citizens."""

    __tablename__ = "reaches"

    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"), primary_key=True)
    hours: Mapped[str]
    phone: Mapped[str]
    person: Mapped[str] = mapped_column(server_default="")
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
