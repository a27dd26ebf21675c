"""Boxes: who holds the key of what (vault.md § 5). No column here is a secret that opens anything by itself."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base
from pepa.words import N_, Choice


class HolderKind(Choice):
    """Who can be given a key."""

    ORGANISATION = "organisation", N_("lembaga")
    REPORTER = "reporter", N_("pelapor")


class Box(Base):
    """The lock of one report (later: case, referral, meeting); `epoch` is the present one."""

    __tablename__ = "boxes"
    __table_args__ = (sa.CheckConstraint("epoch >= 1", name="epoch"), {"sqlite_with_rowid": False})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    epoch: Mapped[int] = mapped_column(default=1)
    rotation_due: Mapped[bool] = mapped_column(default=False)


class Epoch(Base):
    """One key of a box: a commitment to it, and its forerunner sealed under it."""

    __tablename__ = "epochs"
    __table_args__ = {"sqlite_with_rowid": False}

    box_id: Mapped[UUID] = mapped_column(sa.ForeignKey("boxes.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    commitment: Mapped[bytes]
    previous_sealed: Mapped[bytes | None]
    mac: Mapped[bytes]


class Grant(Base):
    """An epoch's key sealed to one holder."""

    __tablename__ = "grants"
    __table_args__ = (
        sa.CheckConstraint("holder_kind in ('organisation', 'reporter')", name="holder_kind"),
        {"sqlite_with_rowid": False},
    )

    box_id: Mapped[UUID] = mapped_column(sa.ForeignKey("boxes.id"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    holder_kind: Mapped[str] = mapped_column(primary_key=True)
    holder_id: Mapped[UUID] = mapped_column(primary_key=True)
    holder_generation: Mapped[int]
    key_sealed: Mapped[bytes]
    mac: Mapped[bytes]
