"""Undang kami ke RT: an RT, a school or a majelis asks for a session."""

from datetime import date
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base
from pepa.words import N_, Choice


class Host(Choice):
    """Who asks."""

    RT = "rt", N_("RT atau RW")
    SCHOOL = "school", N_("Sekolah")
    MAJELIS = "majelis", N_("Majelis taklim")
    OTHER = "other", N_("Lainnya")


class Wish(Choice):
    """When it would suit."""

    THIS_MONTH = "this_month", N_("Bulan ini")
    NEXT_MONTH = "next_month", N_("Bulan depan")
    ANY = "any", N_("Kapan saja")


class InvitationState(Choice):
    """Where an invitation stands."""

    ASKED = "asked", N_("Menunggu jawaban kantor")
    DATED = "dated", N_("Sudah ada tanggal")
    DECLINED = "declined", N_("Belum bisa")
    CANCELLED = "cancelled", N_("Dibatalkan")


class Invitation(Base):
    """One wish, by the day. Who has the code reads the answer; no name is asked for.

    code_hash       of the code that whoever asked was shown
    contact_sealed  a number, if one was left, and where exactly: sealed to the office's key of that generation
    """

    __tablename__ = "invitations"
    __table_args__ = (
        sa.CheckConstraint("state in ('asked', 'dated', 'declined', 'cancelled')", name="state"),
        sa.CheckConstraint("state != 'dated' or plan_id is not null", name="dated"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    host: Mapped[str]
    kelurahan_code: Mapped[str] = mapped_column(sa.ForeignKey("kelurahan.code"))
    wish: Mapped[str]
    title_id: Mapped[int | None] = mapped_column(sa.ForeignKey("titles.id"))
    asked_on: Mapped[date] = mapped_column(index=True)
    is_aside: Mapped[bool] = mapped_column(default=False)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    generation: Mapped[int]
    contact_sealed: Mapped[bytes | None]
    state: Mapped[str] = mapped_column(default=InvitationState.ASKED)
    answer: Mapped[str] = mapped_column(default="")
    answered_on: Mapped[date | None]
    answered_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    plan_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("plans.id"))
