"""The installation itself: which server key it belongs to, the salt of its codes, and its settings."""

from datetime import date, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant


class Installation(Base):
    """One row. `key_check` refuses a wrong server key; it is no secret."""

    __tablename__ = "installation"
    __table_args__ = (sa.CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key_id: Mapped[str]
    key_check: Mapped[bytes]
    code_salt: Mapped[bytes]


class Clearing(Base):
    """One row: when what is to be destroyed was looked for last, and until when nothing is, because the clock leapt."""

    __tablename__ = "clearing"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    looked_at: Mapped[datetime] = mapped_column(Instant)
    wary_until: Mapped[datetime | None] = mapped_column(Instant)


class Setting(Base):
    """What an administrator may change; `checked_on` for numbers and other facts that grow old."""

    __tablename__ = "settings"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    checked_on: Mapped[date | None]
    changed_at: Mapped[datetime | None] = mapped_column(Instant)
    changed_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))


class SettingChange(Base):
    """One change of a setting: who, when, from what to what. It is kept."""

    __tablename__ = "setting_changes"
    __table_args__ = (sa.Index("ix_setting_changes_key", "key", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    key: Mapped[str]
    at: Mapped[datetime] = mapped_column(Instant)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    before: Mapped[str]
    after: Mapped[str]


class Once(Base):
    """The mark of a form that was sent: the second sending answers like the first. made_at: the hour."""

    __tablename__ = "onces"
    __table_args__ = {"sqlite_with_rowid": False}

    mark: Mapped[bytes] = mapped_column(primary_key=True)
    made_id: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(Instant)
