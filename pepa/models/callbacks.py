"""Call-backs: an officer promised to telephone at an hour that is safe."""

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pepa.db import Base, Instant
from pepa.models.people import Person
from pepa.models.reports import Report
from pepa.words import N_, Choice


class CallOutcome(Choice):
    """What came of a call."""

    REACHED = "reached", N_("Terhubung")
    NO_ANSWER = "no_answer", N_("Tidak diangkat")
    UNSAFE = "unsafe", N_("Tidak aman: telepon ditutup")
    DROPPED = "dropped", N_("Tidak jadi menelepon")


class Callback(Base):
    """One promise. A report has one open at a time, so that nobody is called twice.

    person_id    who calls
    begun_at     the number was opened for a call: nobody else opens it meanwhile; once it is over, the hour of it
    done_at      the hour
    body_sealed  what it is for, why at this hour, what came of it
    """

    __tablename__ = "callbacks"
    __table_args__ = (
        sa.Index(
            "ix_callbacks_open",
            "report_id",
            unique=True,
            sqlite_where=sa.text("done_at is null"),
            postgresql_where=sa.text("done_at is null"),
        ),
        sa.Index("ix_callbacks_when", "until_at"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    report_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reports.id"))
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    from_at: Mapped[datetime] = mapped_column(Instant)
    until_at: Mapped[datetime] = mapped_column(Instant)
    begun_at: Mapped[datetime | None] = mapped_column(Instant)
    begun_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    body_epoch: Mapped[int]
    body_sealed: Mapped[bytes]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    report: Mapped[Report] = relationship()
