"""Reports and their reporters. What somebody wrote is sealed; docs/threat-model.md lists what is not."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant
from pepa.words import N_, Choice


class Urgency(Choice):
    """How soon help is needed; triage sets it, a report proposes it."""

    NOW = "now", N_("Sekarang")
    TODAY = "today", N_("Hari ini")
    SOON = "soon", N_("Tidak mendesak")
    PLAN = "plan", N_("Terencana")


class CoarseGroup(Choice):
    """The only kind of matter that stands in the clear."""

    CHILD = "child", N_("Anak")
    HOUSEHOLD = "household", N_("Rumah tangga")
    SEXUAL = "sexual", N_("Seksual")
    OTHER = "other", N_("Lainnya")
    UNKNOWN = "unknown", N_("Tidak tahu")


class Channel(Choice):
    """How a report came."""

    WEB = "web", N_("Halaman warga")
    PHONE = "phone", N_("Telepon")
    CHAT = "chat", N_("Chat")
    COUNTER = "counter", N_("Loket")
    LETTER = "letter", N_("Surat")


class Stage(Choice):
    """Where a report stands (domain.md, States)."""

    DRAFT = "draft", N_("Disimpan")
    RECEIVED = "received", N_("Diterima")
    READ = "read", N_("Dibaca")
    TRIAGED = "triaged", N_("Dipilah")
    CASE = "case", N_("Kasus")
    HELP = "help", N_("Bantuan singkat")
    OTHER = "other", N_("Lain")
    WITHDRAWN = "withdrawn", N_("Dibatalkan")


TRANSITIONS: dict[Stage, frozenset[Stage]] = {
    Stage.DRAFT: frozenset({Stage.RECEIVED}),
    Stage.RECEIVED: frozenset({Stage.READ, Stage.CASE, Stage.WITHDRAWN}),  # case: it was one at another office
    Stage.READ: frozenset({Stage.RECEIVED, Stage.TRIAGED, Stage.WITHDRAWN}),  # received: a danger was told later
    Stage.TRIAGED: frozenset({Stage.CASE, Stage.HELP, Stage.OTHER, Stage.RECEIVED}),  # received: another is to read it
    Stage.CASE: frozenset({Stage.RECEIVED}),  # another office has it now
    Stage.HELP: frozenset({Stage.RECEIVED}),
    Stage.OTHER: frozenset({Stage.RECEIVED}),
    Stage.WITHDRAWN: frozenset(),
}


class Speaker(Choice):
    """Who writes."""

    SELF = "self", N_("Saya sendiri yang mengalami")
    FOR = "for", N_("Untuk orang lain")
    WITNESS = "witness", N_("Saya melihat atau mendengar")
    CHILD = "child", N_("Saya di bawah 18 tahun")
    OFFICIAL = "official", N_("Saya petugas, guru, bidan, RT, kader")
    UNSAID = "unsaid", N_("Tidak mau jawab")


class About(Choice):
    """Whether it is about somebody of the office or of a partner: decides who reads it."""

    NOBODY = "nobody", N_("Tidak, atau tidak tahu")
    OFFICE = "office", N_("Ya, orang kantor kami")
    PARTNER = "partner", N_("Ya, orang lembaga lain:")


class Elsewhere(Choice):
    """Answers to "where did it happen" that are no kecamatan of the city."""

    REGENCY = "regency", N_("Kabupaten Serang")
    OTHER_AREA = "elsewhere", N_("Daerah lain")
    UNKNOWN = "unknown", N_("Tidak tahu")


OUTSIDE = (Elsewhere.REGENCY, Elsewhere.OTHER_AREA)


class Rank(sa.TypeDecorator[Urgency]):
    """An urgency, kept as its place in the list so that a list can be read in its order from an index."""

    impl = sa.SmallInteger
    cache_ok = True
    _order = tuple(Urgency)

    def process_bind_param(self, value: Urgency | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else self._order.index(Urgency(value))

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> Urgency | None:
        return None if value is None else self._order[value]

    @property
    def python_type(self) -> type[Urgency]:
        return Urgency


class ConfirmedBy(Choice):
    """How an officer made sure that whoever holds the code is the survivor."""

    MET = "met", N_("bertemu langsung")
    SAFE_WORD = "safe_word", N_("telepon dengan kata aman")
    COMPANION = "companion", N_("bersama pendamping")


class Unconfirmed(Choice):
    """Why that is taken back."""

    MISTAKE = "mistake", N_("keliru")
    WATCHED = "watched", N_("kode mungkin dipegang orang lain")
    OTHER = "other", N_("lain")


class KeptBack(Choice):
    """Why a report that was cancelled by its code is not destroyed."""

    FORCED = "forced", N_("mungkin dipaksa")
    DANGER = "danger", N_("masih ada bahaya")
    CASE = "case", N_("ada kasus berjalan")
    LAW = "law", N_("hukum mewajibkan kami menyimpan")


SHOWN = ("channel", "kecamatan", "held_by_id", "read_at", "withdrawn_at", "continued_at", "answer_due_at")
BY_LIMIT, BY_URGENCY = ("read_due_at", "received_at", "id"), ("urgency", "received_at", "id")  # how lists go
BY_ANSWER = ("answer_due_at", "received_at", "id")
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 signs without 0, O, 1, I


def reference_of(report_id: UUID) -> str:
    """A report's code for people to say aloud; drawn from the random id, it says nothing about the report."""
    return f"L-{spoken(report_id)}"


def spoken(thing_id: UUID) -> str:
    """Six signs of a random id that are not mistaken for one another."""
    bits = thing_id.int >> 98
    return "".join(ALPHABET[bits >> (5 * place) & 31] for place in range(6))


class Report(Base):
    """What came in; never edited after sending.

    holder_id    the organisation that reads it; None while it is only kept for its writer (stage draft)
    is_aside     looks like a flood or a machine: taken, and put aside for a quick look
    received_at  the hour
    read_due_at  limit of the first reading: rounded up to a quarter of an hour, cut to the hour once it was read
    answer_due_at limit of the answer that is due: a full hour; none while there is nothing to answer
    alarm_at     when the next person is alarmed: written by `delivery`, cut to the hour once somebody holds it
    confirmed_at when an officer made sure that whoever holds the code is the survivor
    withdrawn_at the hour at which it was cancelled by its code
    continued_at the hour of the first that was added to it since somebody of the office read it
    destroy_at   the hour after which `purge` destroys it: an old draft, or cancelled and nobody must look first
    """

    __tablename__ = "reports"
    __table_args__ = (
        sa.CheckConstraint(f"stage in ({', '.join(repr(s.value) for s in Stage)})", name="stage"),
        sa.CheckConstraint(f"channel in ({', '.join(repr(c.value) for c in Channel)})", name="channel"),
        sa.CheckConstraint(f"coarse_group in ({', '.join(repr(g.value) for g in CoarseGroup)})", name="coarse_group"),
        sa.CheckConstraint("urgency between 0 and 3", name="urgency"),
        sa.CheckConstraint("holder_id is not null or stage = 'draft'", name="holder"),
        sa.CheckConstraint("read_due_at is not null or stage = 'draft'", name="read_due_at"),
        # With what a list shows at their end: a row is long, and looking up fifty grows with their number.
        sa.Index("ix_reports_worklist", "holder_id", "is_aside", "stage", *BY_LIMIT, "urgency", *SHOWN),
        sa.Index("ix_reports_all", "holder_id", "is_aside", *BY_URGENCY, "stage", "read_due_at", *SHOWN),
        sa.Index("ix_reports_destroy_at", "destroy_at"),
        sa.Index("ix_reports_answer_due_at", "answer_due_at"),
        sa.Index("ix_reports_alarm", "urgency", "held_by_id", "stage"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    box_id: Mapped[UUID] = mapped_column(sa.ForeignKey("boxes.id"), unique=True)
    holder_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("organisations.id"))
    is_aside: Mapped[bool] = mapped_column(server_default=sa.false())
    channel: Mapped[str]
    coarse_group: Mapped[str]
    kecamatan: Mapped[str]
    urgency: Mapped[Urgency] = mapped_column(Rank)
    stage: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(Instant)
    read_due_at: Mapped[datetime | None] = mapped_column(Instant)
    answer_due_at: Mapped[datetime | None] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    read_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    held_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    held_at: Mapped[datetime | None] = mapped_column(Instant)
    alarm_at: Mapped[datetime | None] = mapped_column(Instant)
    alarm_step: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    confirmed_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    continued_at: Mapped[datetime | None] = mapped_column(Instant)
    destroy_at: Mapped[datetime | None] = mapped_column(Instant)
    body_epoch: Mapped[int]
    body_sealed: Mapped[bytes]

    @property
    def reference(self) -> str:
        """A code for people to say aloud."""
        return reference_of(self.id)

    @property
    def state(self) -> Stage:
        return Stage(self.stage)

    @property
    def is_unread(self) -> bool:
        return self.stage == Stage.RECEIVED

    @property
    def is_outside(self) -> bool:
        """It happened outside of the city: the neighbour's office can do what ours cannot (domain.md rule 46)."""
        return self.kecamatan in OUTSIDE

    @property
    def is_flagged(self) -> bool:
        """Cancelled by its code after it was sorted: the state stays, and whoever works on it is told."""
        return self.withdrawn_at is not None and self.stage != Stage.WITHDRAWN

    @property
    def is_alarming(self) -> bool:
        """Asks for somebody on duty: urgency now, unread, and nobody holds it."""
        return self.urgency is Urgency.NOW and self.is_unread and self.held_by_id is None


class Tombstone(Base):
    """A ticket whose report was destroyed, so that neither an old file nor the same form brings it back. No time."""

    __tablename__ = "tombstones"
    __table_args__ = {"sqlite_with_rowid": False}

    ticket_hash: Mapped[bytes] = mapped_column(primary_key=True)


class Exclusion(Base):
    """An organisation or a person that may not learn that a report exists.

    conflict_id  the act of an officer that may be lifted; none where its reporter said so: that is nobody's to lift.
                 No foreign key, since the spool brings a report back into a database that has no such row
    """

    __tablename__ = "exclusions"
    __table_args__ = (sa.Index("ix_exclusions_excluded", "excluded_id"), {"sqlite_with_rowid": False})

    report_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reports.id"), primary_key=True)
    excluded_id: Mapped[UUID] = mapped_column(primary_key=True)
    conflict_id: Mapped[UUID | None]


class ReporterKey(Base):
    """The key pair of a reporter. Her secret half stands in `readings`, sealed by her ticket, and here, by her code.

    ticket_hash  the `once` of her form: the second POST of a ticket finds the first one's report
    opened_at    the hour at which her code was typed last
    is_once      an officer read the code to her: it ends at its first use, and she gets one that nobody else knows
    """

    __tablename__ = "reporter_keys"
    __table_args__ = {"sqlite_with_rowid": False}

    report_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reports.id"), primary_key=True)
    public_key: Mapped[bytes]
    key_mac: Mapped[bytes]
    ticket_hash: Mapped[bytes] = mapped_column(unique=True)
    code_locator: Mapped[bytes | None] = mapped_column(unique=True)
    code_sealed: Mapped[bytes | None]
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    is_once: Mapped[bool] = mapped_column(server_default=sa.false())


class Reading(Base):
    """One way in that is open now: by the ticket of a fresh report, or by a code that was typed.

    before_at  the hour at which the code had been typed the time before
    """

    __tablename__ = "readings"
    __table_args__ = (
        sa.CheckConstraint("kind in ('ticket', 'code')", name="kind"),
        {"sqlite_with_rowid": False},
    )

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reports.id"), index=True)
    kind: Mapped[str]
    secret_sealed: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(Instant)
    before_at: Mapped[datetime | None] = mapped_column(Instant)


class Handle(Base):
    """A one-use address for a browser that takes no cookie: her token, sealed under what the address says."""

    __tablename__ = "handles"
    __table_args__ = {"sqlite_with_rowid": False}

    handle_hash: Mapped[bytes] = mapped_column(primary_key=True)
    token_sealed: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(Instant)
