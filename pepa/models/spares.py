"""Spare codes: each stands once in the place of an authenticator's six digits."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base


class Spare(Base):
    """One code that was not used yet, as a keyed hash. A used one is gone."""

    __tablename__ = "spares"
    __table_args__ = {"sqlite_with_rowid": False}

    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"), index=True)
