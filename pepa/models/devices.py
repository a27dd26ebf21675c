"""Phones of the office that may hand in and read nothing (vault.md § 2)."""

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant


class Device(Base):
    """One phone, by the label that people call it by.

    is_computer  of the office, not a phone: whoever works at it may be idle longer
    code_until   until when its code may be typed on the phone; None once the phone has been seen with what it was given
    secret_hash  of what its cookie alone holds; None until the code was typed
    """

    __tablename__ = "devices"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"), index=True)
    label: Mapped[str]
    is_computer: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    code_until: Mapped[datetime | None] = mapped_column(Instant)
    secret_hash: Mapped[bytes | None] = mapped_column(unique=True)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
