"""What is to be told to whom, written in the transaction of the act and sent later by `delivery`."""

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant


class OutboxRow(Base):
    """One notice to one person over one channel. Its id makes a stable Message-ID: a second sending is recognised.

    is_held     it came with a copy that was put back: whether it is still to leave, a person says
    organisation_id  in whose name it is told: whoever left is told nothing; none where it is about the person alone
    report_id   whose state is looked at again when it is sent; none where the notice holds in any case
    event       what is told once to each person, however often somebody looks whether it is so; a number, not a name
    booking_id  what a calendar is sent of, as it stands when it leaves: one that waits takes in what changes meanwhile
    enrolment_id  whose link is sent, to the address that stands there
    address     where it goes instead of the person's own: the one that they had before; none once it left
    """

    __tablename__ = "outbox"
    __table_args__ = (
        sa.Index("ix_outbox_due", "sent_at", "due_at"),
        sa.Index(
            "uq_outbox_booking",
            "booking_id",
            "person_id",
            unique=True,
            sqlite_where=sa.text("sent_at is null and booking_id is not null"),
            postgresql_where=sa.text("sent_at is null and booking_id is not null"),
        ),
        sa.Index(
            "uq_outbox_event",
            "event",
            "person_id",
            "channel",
            unique=True,
            sqlite_where=sa.text("event is not null"),
            postgresql_where=sa.text("event is not null"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    channel: Mapped[str]
    notice: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    organisation_id: Mapped[UUID | None]
    report_id: Mapped[UUID | None]
    booking_id: Mapped[UUID | None]
    event: Mapped[UUID | None]
    enrolment_id: Mapped[UUID | None]
    address: Mapped[str | None]
    due_at: Mapped[datetime] = mapped_column(Instant)
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    is_held: Mapped[bool] = mapped_column(server_default=sa.false())
