"""The parts of a kelurahan: lingkungan, RW, RT, each with the days from and until which it was there."""

from datetime import date
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base
from pepa.words import N_, Choice


class Level(Choice):
    """From large to small; the kelurahan stands above."""

    LINGKUNGAN = "lingkungan", N_("Lingkungan")
    RW = "rw", N_("RW")
    RT = "rt", N_("RT")


class Change(Choice):
    """How a part came out of another one."""

    RENAMED = "renamed", N_("ganti nama")
    SPLIT = "split", N_("dipecah")
    MERGED = "merged", N_("digabung")
    MOVED = "moved", N_("pindah")


class Area(Base):
    """A part of a kelurahan. Its name is text: RT "003" keeps its zeros.

    valid_from    the first day; valid_until: the first day on which it was there no more, None while it is
    """

    __tablename__ = "areas"
    __table_args__ = (
        sa.CheckConstraint("level in ('lingkungan', 'rw', 'rt')", name="level"),
        sa.CheckConstraint("valid_until is null or valid_until >= valid_from", name="forwards"),
        sa.Index("ix_areas_kelurahan", "kelurahan_code", "level"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kelurahan_code: Mapped[str] = mapped_column(sa.ForeignKey("kelurahan.code"))
    level: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("areas.id"), index=True)
    name: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]

    def stood_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


class AreaChange(Base):
    """One part that came out of another, on a day. A merged one has several rows to it, a split one several from it."""

    __tablename__ = "area_changes"

    from_id: Mapped[UUID] = mapped_column(sa.ForeignKey("areas.id"), primary_key=True)
    to_id: Mapped[UUID] = mapped_column(sa.ForeignKey("areas.id"), primary_key=True)
    on: Mapped[date]
    change: Mapped[str]
