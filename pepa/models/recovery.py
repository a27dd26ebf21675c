"""Root recovery: the key pairs whose secret halves stand on printed sheets, and what is sealed to them."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant


class RecoveryKey(Base):
    """One set of three sheets, any two of which give the secret half; it is kept nowhere else.

    confirmed_at       when all three were typed back; nothing is sealed to a set before
    drilled_at         when two of them were last tried
    server_key_sealed  the server key, under a key derived from the secret half
    """

    __tablename__ = "recovery_keys"

    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    public_key: Mapped[bytes]
    mac: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    drilled_at: Mapped[datetime | None] = mapped_column(Instant)
    server_key_sealed: Mapped[bytes]


class RecoveryWrap(Base):
    """One generation of a root organisation's secret half, sealed to one set of sheets."""

    __tablename__ = "recovery_wraps"
    __table_args__ = {"sqlite_with_rowid": False}

    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"), primary_key=True)
    generation: Mapped[int] = mapped_column(primary_key=True)
    recovery_generation: Mapped[int] = mapped_column(sa.ForeignKey("recovery_keys.generation"), primary_key=True)
    secret_sealed: Mapped[bytes]
    mac: Mapped[bytes]
