"""People who log in, what locks their keys, and their sessions."""

from datetime import datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant


class Person(Base):
    """An account. `secret_sealed` opens with the passphrase and the server's pepper together.

    phone      of the office or their own: where alarms go as SMS; none where there are to be none
    has_sound  whether an open page rings
    has_mail, has_sms  how notices leave for them, besides the list inside the program
    quiet_from, quiet_until  hours of the day by the clock of Serang, 0 to 23, between which what can wait waits; none
    """

    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    has_sound: Mapped[bool] = mapped_column(server_default=sa.true())
    has_mail: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    has_sms: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    public_key: Mapped[bytes]
    key_mac: Mapped[bytes]
    kdf: Mapped[str]
    secret_sealed: Mapped[bytes]
    totp_sealed: Mapped[bytes]
    totp_step: Mapped[int] = mapped_column(sa.BigInteger, default=0)


class StaffSession(Base):
    """A log-in. The database keeps a hash of its name; the key that opens `secret_sealed` is in the cookie alone."""

    __tablename__ = "staff_sessions"
    __table_args__ = {"sqlite_with_rowid": False}

    id_hash: Mapped[bytes] = mapped_column(primary_key=True)
    membership_id: Mapped[UUID] = mapped_column(sa.ForeignKey("memberships.id"), index=True)
    secret_sealed: Mapped[bytes]
    opened_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    idle_minutes: Mapped[int]


class LoginDelay(Base):
    """How long a name that was typed wrongly has to wait; kept for names that exist and for those that don't."""

    __tablename__ = "login_delays"
    __table_args__ = {"sqlite_with_rowid": False}

    name_hash: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    until_at: Mapped[datetime] = mapped_column(Instant)


class Draft(Base):
    """What a member was typing and has not sent, sealed to that member alone. kept_at: the hour."""

    __tablename__ = "drafts"
    __table_args__ = {"sqlite_with_rowid": False}

    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    kept_at: Mapped[datetime | None] = mapped_column(Instant)
    body_sealed: Mapped[bytes]
