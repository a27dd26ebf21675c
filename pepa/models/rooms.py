"""Rooms of the ruang kolaborasi and who has them when (rooms.md). No booking has a title of its own, ever."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pepa.db import Base, Instant
from pepa.words import N_, Choice

QUARTER = 900  # seconds of a cell


class Purpose(Choice):
    """The six neutral kinds; nothing else is ever said about what a room is used for."""

    COORDINATION = "coordination", N_("Pertemuan koordinasi")
    COUNSELLING = "counselling", N_("Konseling")
    CONSULTATION = "consultation", N_("Konsultasi")
    CHILDREN = "children", N_("Kegiatan anak")
    TRAINING = "training", N_("Pelatihan")
    OTHER = "other", N_("Pemakaian lain")


class Need(Choice):
    """What whoever comes needs. Some of it a room has, the rest somebody brings."""

    STEP_FREE = "step_free", N_("tanpa tangga")
    QUIET = "quiet", N_("tenang")
    NURSING = "nursing", N_("ruang menyusui")
    SIGN = "sign", N_("juru bahasa isyarat")
    INTERPRETER = "interpreter", N_("penerjemah")
    WOMAN_OFFICER = "woman_officer", N_("petugas perempuan")


OF_A_ROOM = (Need.STEP_FREE, Need.QUIET, Need.NURSING)


class Companion(Choice):
    """Who is with a child in the child room."""

    PARENT = "parent", N_("orang tua atau wali")
    SOCIAL_WORKER = "social_worker", N_("pekerja sosial")
    PSYCHOLOGIST = "psychologist", N_("psikolog")
    COMPANION = "companion", N_("pendamping kantor")


class BookingState(Choice):
    """Where a booking stands. The first three hold their cells."""

    REQUESTED = "requested", N_("Menunggu keputusan")
    CONFIRMED = "confirmed", N_("Dipesan")
    IN_USE = "in_use", N_("Sedang dipakai")
    ENDED = "ended", N_("Selesai")
    CANCELLED = "cancelled", N_("Dibatalkan")
    REJECTED = "rejected", N_("Tidak bisa")
    EXPIRED = "expired", N_("Kedaluwarsa")
    RELEASED = "released", N_("Dilepas")


HOLDING = (BookingState.REQUESTED, BookingState.CONFIRMED, BookingState.IN_USE)


class Reason(Choice):
    """Why the office takes a room back."""

    DANGER = "danger", N_("Ada yang harus ditemui sekarang demi keselamatan")
    CHILD = "child", N_("Anak yang menunggu didahulukan")
    BUILDING = "building", N_("Ruang tidak bisa dipakai")
    ORDER = "order", N_("Perintah pimpinan untuk keadaan darurat")


S = BookingState
TRANSITIONS: dict[BookingState, frozenset[BookingState]] = {
    S.REQUESTED: frozenset({S.CONFIRMED, S.REJECTED, S.CANCELLED, S.EXPIRED}),
    S.CONFIRMED: frozenset({S.IN_USE, S.CANCELLED, S.RELEASED, S.ENDED}),
    S.IN_USE: frozenset({S.ENDED, S.CANCELLED}),
    S.ENDED: frozenset(),
    S.CANCELLED: frozenset(),
    S.REJECTED: frozenset(),
    S.EXPIRED: frozenset(),
    S.RELEASED: frozenset(),
}


class Room(Base):
    """A room. It is closed, never deleted.

    features    codes of Need with a space between, those that a room can have
    turnaround  minutes that it is kept free after each use
    is_child    the child room: asked for first, children's kinds alone, a companion named
    rules       what whoever uses it should know (clear glass, toys)
    """

    __tablename__ = "rooms"
    __table_args__ = (
        sa.CheckConstraint("turnaround between 0 and 120 and turnaround % 15 = 0", name="turnaround"),
        sa.CheckConstraint("seats >= 1", name="seats"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    position: Mapped[int]
    seats: Mapped[int]
    features: Mapped[str] = mapped_column(default="")
    turnaround: Mapped[int] = mapped_column(default=15)
    is_child: Mapped[bool] = mapped_column(default=False)
    rules: Mapped[str] = mapped_column(sa.Text, default="")
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def has(self) -> frozenset[Need]:
        return frozenset(Need(code) for code in self.features.split())

    @property
    def has_in_order(self) -> list[Need]:
        return [need for need in Need if need in self.has]


class Booking(Base):
    """One use of a room, on the quarter of an hour, half-open; the cells beside it decide.

    next_…      where a confirmed one is asked to be moved; both places are held until that is decided
    held_until  until when a request holds its cells
    sequence    raised when time or room change: calendars take the highest
    turnaround  minutes kept free behind it, as the room had them when it was booked
    displaced_for  why the office took it back, for an emergency: it counts nowhere against whoever had it
    """

    __tablename__ = "bookings"
    __table_args__ = (
        sa.CheckConstraint(f"state in ({', '.join(repr(s.value) for s in S)})", name="state"),
        sa.CheckConstraint("ends_at > starts_at", name="forwards"),
        sa.Index("ix_bookings_room", "room_id", "starts_at"),
        sa.Index("ix_bookings_state", "state", "starts_at"),
        sa.Index(
            "ix_bookings_next_starts_at",
            "next_starts_at",
            sqlite_where=sa.text("next_starts_at is not null"),
            postgresql_where=sa.text("next_starts_at is not null"),
        ),
        sa.Index("ix_bookings_starts", "starts_at", "id"),
        sa.Index("ix_bookings_person", "person_id", "starts_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    room_id: Mapped[UUID] = mapped_column(sa.ForeignKey("rooms.id"))
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    purpose: Mapped[str]
    needs: Mapped[str] = mapped_column(default="")
    companion: Mapped[str | None]
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str]
    held_until: Mapped[datetime | None] = mapped_column(Instant)
    next_room_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("rooms.id"))
    next_starts_at: Mapped[datetime | None] = mapped_column(Instant)
    next_ends_at: Mapped[datetime | None] = mapped_column(Instant)
    turnaround: Mapped[int] = mapped_column(default=15)
    displaced_for: Mapped[str | None]
    sequence: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime] = mapped_column(Instant)
    decided_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    arrived_at: Mapped[datetime | None] = mapped_column(Instant)
    left_at: Mapped[datetime | None] = mapped_column(Instant)

    room: Mapped[Room] = relationship(foreign_keys=[room_id])

    def is_holding(self, now: datetime, unused: timedelta) -> bool:
        """Whether it still has its room: what ran out is over before anybody tidies it away. unused: how long after its
        start it is kept for somebody who does not come"""
        if self.state == S.REQUESTED:
            return self.held_until is None or self.held_until > now
        if self.state == S.CONFIRMED and self.starts_at <= now - unused:
            return self.ends_at <= now  # its time is over: then it was used
        return self.state in HOLDING

    @property
    def needs_in_order(self) -> list[Need]:
        return [need for need in Need if need.value in self.needs.split()]

    def may_become(self, state: BookingState) -> bool:
        return state in TRANSITIONS[S(self.state)]


class BookingCell(Base):
    """A quarter of an hour of a room: its key is what stops a second booking. cell: seconds since 1970 over 900"""

    __tablename__ = "booking_cells"
    __table_args__ = (sa.Index("ix_booking_cells_booking", "booking_id"), {"sqlite_with_rowid": False})

    room_id: Mapped[UUID] = mapped_column(sa.ForeignKey("rooms.id"), primary_key=True)
    cell: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    booking_id: Mapped[UUID] = mapped_column(sa.ForeignKey("bookings.id"))


class OpeningSet(Base):
    """When the house is open, from a day to a day; one that ends (Ramadan) goes before one that does not."""

    __tablename__ = "opening_sets"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]


class OpeningHour(Base):
    """Of one day of the week, 0 is Monday; a day without is shut. opens, closes: minutes after midnight"""

    __tablename__ = "opening_hours"
    __table_args__ = (sa.CheckConstraint("opens < closes and opens >= 0 and closes <= 1440", name="forwards"),)

    set_id: Mapped[UUID] = mapped_column(sa.ForeignKey("opening_sets.id"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    opens: Mapped[int]
    closes: Mapped[int]


class Closure(Base):
    """A time in which a room, or the whole house (room_id None), is shut. says: why, in a line for everybody"""

    __tablename__ = "closures"
    __table_args__ = (sa.CheckConstraint("ends_at > starts_at", name="forwards"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    room_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("rooms.id"))
    starts_at: Mapped[datetime] = mapped_column(Instant, index=True)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    says: Mapped[str]
    made_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
