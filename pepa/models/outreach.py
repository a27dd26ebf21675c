"""What is taught where: plans, what was held, how many came (library.md 11-19).

No names and no stories stand here, and nothing here is ever joined to a report.
"""

from datetime import date, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant
from pepa.words import N_, Choice


class Manner(Choice):
    """How it was taught. What was posted in a group is spread, never coverage."""

    MEETING = "meeting", N_("Tatap muka")
    DOORS = "doors", N_("Dari rumah ke rumah")
    GROUP = "group", N_("Grup chat")
    SERMON = "sermon", N_("Ceramah atau khotbah")

    @property
    def covers(self) -> bool:
        return self is not Manner.GROUP


class Standing(Choice):
    """What the office says of a session that was logged."""

    LOGGED = "logged", N_("Diterima kantor")
    CONFIRMED = "confirmed", N_("Dikonfirmasi")
    SET_ASIDE = "set_aside", N_("Tidak dihitung")


class Plan(Base):
    """An evening that is to be held.

    token      what the QR of its kit holds, so that the log is filled in; no secret
    place      where exactly, such as "Balai RW 02": a place, never a person
    hour       as it is said, such as "19.30"; empty where it is open
    """

    __tablename__ = "plans"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    token: Mapped[str] = mapped_column(unique=True)
    title_id: Mapped[int] = mapped_column(sa.ForeignKey("titles.id"))
    edition_number: Mapped[int]
    kelurahan_code: Mapped[str] = mapped_column(sa.ForeignKey("kelurahan.code"))
    area_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("areas.id"))
    place: Mapped[str] = mapped_column(default="")
    on: Mapped[date] = mapped_column(index=True)
    hour: Mapped[str] = mapped_column(default="")
    cadre_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("cadres.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)


class Teaching(Base):
    """One session as it was logged. Its id was drawn before the form was shown: any resend is the same one.

    who        a cadre or a member; typed_by_id: who typed it for them, from paper
    standing   what the office says; period: the quarter in which it counts, such as "2026-Q4"
    counts     stand apart, one row for the log and one for each correction; `number` is the one that holds
    """

    __tablename__ = "teachings"
    __table_args__ = (
        sa.CheckConstraint("standing in ('logged', 'confirmed', 'set_aside')", name="standing"),
        sa.CheckConstraint("manner in ('meeting', 'doors', 'group', 'sermon')", name="manner"),
        sa.CheckConstraint("minutes between 1 and 600", name="minutes"),
        sa.CheckConstraint("(cadre_id is null) != (person_id is null)", name="who"),
        sa.Index("ix_teachings_on", "on", "id"),
        sa.Index("ix_teachings_standing", "standing", "on", "id"),
        # What coverage reads of a quarter stands in its index alone; the last day of a kelurahan is one look.
        sa.Index(
            "ix_teachings_period",
            *("period", "standing", "manner", "kelurahan_code", "title_id", "edition_number", "id"),
        ),
        sa.Index("ix_teachings_kelurahan", "kelurahan_code", "standing", "on"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    title_id: Mapped[int] = mapped_column(sa.ForeignKey("titles.id"), index=True)
    edition_number: Mapped[int]
    on: Mapped[date]
    minutes: Mapped[int]
    manner: Mapped[str]
    kelurahan_code: Mapped[str] = mapped_column(sa.ForeignKey("kelurahan.code"))
    cadre_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("cadres.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    typed_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    plan_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("plans.id"), index=True)
    standing: Mapped[str] = mapped_column(default=Standing.LOGGED)
    decided_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    period: Mapped[str]
    number: Mapped[int] = mapped_column(default=1)
    logged_at: Mapped[datetime] = mapped_column(Instant)
    told_withdrawn: Mapped[bool] = mapped_column(default=False)


class TeachingPlace(Base):
    """An RT (or RW, or lingkungan) that a session reached. A whole kelurahan has no row."""

    __tablename__ = "teaching_places"
    __table_args__ = (sa.Index("ix_teaching_places_area", "area_id"), {"sqlite_with_rowid": False})

    teaching_id: Mapped[UUID] = mapped_column(sa.ForeignKey("teachings.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(sa.ForeignKey("areas.id"), primary_key=True)


class Count(Base):
    """How many came, by sex and age; attendance, not persons. The total is computed, never typed.

    f_… women and girls, m_… men and boys: child < 12, teen 12-17, adult, elder; disabled: of all of these
    uncounted    who came and was not counted by sex and age
    period       in which these numbers count: of a correction after the close the open one, is_late then
    """

    __tablename__ = "counts"
    __table_args__ = (sa.Index("ix_counts_period", "period", "number"), {"sqlite_with_rowid": False})

    teaching_id: Mapped[UUID] = mapped_column(sa.ForeignKey("teachings.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    f_child: Mapped[int] = mapped_column(default=0)
    f_teen: Mapped[int] = mapped_column(default=0)
    f_adult: Mapped[int] = mapped_column(default=0)
    f_elder: Mapped[int] = mapped_column(default=0)
    m_child: Mapped[int] = mapped_column(default=0)
    m_teen: Mapped[int] = mapped_column(default=0)
    m_adult: Mapped[int] = mapped_column(default=0)
    m_elder: Mapped[int] = mapped_column(default=0)
    uncounted: Mapped[int] = mapped_column(default=0)
    disabled: Mapped[int] = mapped_column(default=0)
    period: Mapped[str]
    is_late: Mapped[bool] = mapped_column(default=False)
    by_cadre_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("cadres.id"))
    by_person_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(Instant)

    @property
    def total(self) -> int:
        women = self.f_child + self.f_teen + self.f_adult + self.f_elder
        men = self.m_child + self.m_teen + self.m_adult + self.m_elder
        return women + men + self.uncounted


class Photo(Base):
    """One picture of the room or the flip chart, drawn anew without what a camera adds, for the office's eyes alone.

    body_sealed  a JPEG, sealed to the office's key of that generation; gone twelve months after on
    """

    __tablename__ = "photos"
    __table_args__ = {"sqlite_with_rowid": False}

    teaching_id: Mapped[UUID] = mapped_column(sa.ForeignKey("teachings.id"), primary_key=True)
    on: Mapped[date] = mapped_column(index=True)
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    generation: Mapped[int]
    body_sealed: Mapped[bytes] = mapped_column(deferred=True)


class Period(Base):
    """A quarter that was closed, such as "2026-Q4": what is corrected later counts in the open one."""

    __tablename__ = "periods"

    code: Mapped[str] = mapped_column(primary_key=True)
    closed_at: Mapped[datetime] = mapped_column(Instant)
    closed_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))


class Target(Base):
    """How many RTs of a kelurahan the office wants to reach in a quarter."""

    __tablename__ = "targets"
    __table_args__ = (sa.CheckConstraint("rts >= 0", name="rts"),)

    kelurahan_code: Mapped[str] = mapped_column(sa.ForeignKey("kelurahan.code"), primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    rts: Mapped[int]
    set_at: Mapped[datetime] = mapped_column(Instant)
    set_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
