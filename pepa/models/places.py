"""The city's area and its holidays."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant


class Kecamatan(Base):
    """A district by its Kemendagri code, such as 36.73.01."""

    __tablename__ = "kecamatan"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class Kelurahan(Base):
    """A ward by its Kemendagri code, such as 36.73.01.1001; names repeat, so it is shown with its kecamatan."""

    __tablename__ = "kelurahan"

    code: Mapped[str] = mapped_column(primary_key=True)
    kecamatan_code: Mapped[str] = mapped_column(sa.ForeignKey("kecamatan.code"))
    name: Mapped[str]


class Holiday(Base):
    """A day on which working-day clocks stand still; `is_certain` is false for a date that is only expected.

    approved_at  since when the house is shut on it, too: somebody looked at the year's list
    """

    __tablename__ = "holidays"

    on: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    is_certain: Mapped[bool] = mapped_column(default=True)
    source: Mapped[str]
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    approved_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
