"""Passkeys: what somebody's telephone or key signs with, in the place of an authenticator's six digits."""

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant


class Passkey(Base):
    """The public half of one. Its MAC binds it to its owner: a planted or moved one lets nobody in.

    name        what its owner calls it
    sign_count  how often it had signed when it was last used; 0 for ever where it does not count
    used_at     when the challenge was made that it last answered: none as old is taken again
    """

    __tablename__ = "passkeys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"), index=True)
    name: Mapped[str]
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    mac: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    added_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
