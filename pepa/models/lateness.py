"""What was told about limits that are over, or near: each once."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant
from pepa.words import N_, Choice


class Limit(Choice):
    """Which clock of a report (domain.md rules 1, 3)."""

    READ = "read", N_("Dibaca")
    ANSWER = "answer", N_("Dijawab")
    POLICE = "police", N_("Lapor polisi")


class Telling(Base):
    """Those who answer for a report were told about one of its limits. told_at: the hour.

    step          of reading and answering: 1 holder and supervisors, 2 the head; of the police clock: hours that passed
    has_superior  a supervisor or the head was among those who were told: the reporter reads so
    """

    __tablename__ = "tellings"
    __table_args__ = {"sqlite_with_rowid": False}

    report_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reports.id"), primary_key=True)
    limit: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    told_at: Mapped[datetime] = mapped_column(Instant)
    has_superior: Mapped[bool] = mapped_column(server_default=sa.false())
