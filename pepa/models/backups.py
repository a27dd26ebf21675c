"""Copies of everything, each a sealed file that lies elsewhere; and the days from which something may be missing."""

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant


class Backup(Base):
    """One that was made here. Its digest, under a MAC, tells later whether the file is still what was written.

    reports, files, size  how many it holds, and its bytes
    verified_at           when the whole file was last read again and was the same
    drilled_at            when two sheets last opened all of it
    """

    __tablename__ = "backups"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(Instant)
    reports: Mapped[int]
    files: Mapped[int]
    size: Mapped[int] = mapped_column(sa.BigInteger)
    digest: Mapped[bytes]
    mac: Mapped[bytes]
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
    drilled_at: Mapped[datetime | None] = mapped_column(Instant)


class Incident(Base):
    """A copy was put back: of what came between its making and that day something may be missing.

    id         names what begins with it: what was handed out before (cookies, one-use addresses) opens nothing after
    had_spool  whether the spool lay there, then or later: without it what was cancelled since is as it was in the copy
    ended_at   when somebody said that whoever types an unknown code need not be told of it any more
    """

    __tablename__ = "incidents"
    __table_args__ = (sa.CheckConstraint("until_at >= from_at", name="forwards"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    backup_id: Mapped[UUID]
    from_at: Mapped[datetime] = mapped_column(Instant)
    until_at: Mapped[datetime] = mapped_column(Instant)
    had_spool: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
