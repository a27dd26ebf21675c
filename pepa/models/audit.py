"""Who did what to which row. Two chains: staff with exact times, anonymous acts by the hour only."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant
from pepa.words import N_, Choice


class Chain(Choice):
    """Which of the two chains."""

    STAFF = "staff", N_("petugas")
    ANONYMOUS = "anonymous", N_("warga")


class AuditEntry(Base):
    """One link: its MAC covers the row and the link before it. Ids and codes only, never a word that somebody typed."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        sa.CheckConstraint("chain in ('staff', 'anonymous')", name="chain"),
        sa.Index("ix_audit_entries_thing", "thing_id", "chain", "number"),
        sa.Index("ix_audit_entries_person", "person_id", "at"),
        sa.Index("ix_audit_entries_at", "at", "chain", "number"),
        {"sqlite_with_rowid": False},
    )

    chain: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    act: Mapped[str]
    person_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None]
    thing_id: Mapped[UUID | None]
    note: Mapped[str]
    mac: Mapped[bytes]


class AuditHead(Base):
    """The newest link of a chain, signed for itself: a tail that was cut off shows. One row a chain.

    number  0 where nothing has been recorded since there are heads
    """

    __tablename__ = "audit_heads"
    __table_args__ = (
        sa.CheckConstraint("chain in ('staff', 'anonymous')", name="chain"),
        {"sqlite_with_rowid": False},
    )

    chain: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(sa.BigInteger)
    mac: Mapped[bytes]
