"""Tasks: who does what by when. Cards, decisions and tasks are one list; the columns of the board are a view of it.

A task says nothing of whom it is about: its verb is one of a closed list, its code is drawn, its text is sealed. To a
case or a meeting it will belong by an id of theirs, beside `box_id`; who may see it is asked in `tasks.visible_to`.
"""

from datetime import date, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pepa.db import Base, Instant
from pepa.models.organisations import Organisation
from pepa.models.people import Person
from pepa.words import N_, Choice


class Deed(Choice):
    """The neutral verbs that a title is made of (words.md). None of them says what the matter is."""

    CONTACT = "contact", N_("Hubungi")
    ANSWER = "answer", N_("Jawab")
    ASK_HOW = "ask_how", N_("Tanyakan kabar")
    SCHEDULE = "schedule", N_("Jadwalkan")
    BOOK_ROOM = "book_room", N_("Pesan ruang")
    VISIT = "visit", N_("Kunjungi")
    FETCH = "fetch", N_("Jemput")
    BRING = "bring", N_("Antar")
    ATTEND_EXAMINATION = "attend_examination", N_("Dampingi pemeriksaan")
    ATTEND_MEETING = "attend_meeting", N_("Dampingi pertemuan")
    PREPARE_LETTER = "prepare_letter", N_("Siapkan surat")
    SEND_LETTER = "send_letter", N_("Kirim surat")
    COLLECT_LETTER = "collect_letter", N_("Ambil surat")
    ASK_ANSWER = "ask_answer", N_("Minta jawaban")
    COMPLETE_NOTES = "complete_notes", N_("Lengkapi catatan")
    JUDGE_AGAIN = "judge_again", N_("Nilai ulang")
    HAND_OVER = "hand_over", N_("Serahkan")
    RENEW_CONTACT = "renew_contact", N_("Perbarui kontak")
    EXTEND = "extend", N_("Perpanjang")
    CLOSE = "close", N_("Tutup")


class Column(Choice):
    """Where a task stands."""

    BEFORE = "before", N_("Belum mulai")
    DOING = "doing", N_("Dikerjakan")
    WAITING = "waiting", N_("Menunggu orang lain")
    DONE = "done", N_("Selesai")


OPEN = (Column.BEFORE, Column.DOING, Column.WAITING)


class Outcome(Choice):
    """How a task ended (domain.md, States)."""

    DONE = "done", N_("Selesai")
    NOT_POSSIBLE = "not_possible", N_("Tidak bisa")
    DROPPED = "dropped", N_("Tidak jadi")


class Reason(Choice):
    """Why it was not done: a list, so that no sentence about anybody stands on the board."""

    NO_ANSWER = "no_answer", N_("tidak ada jawaban")
    NO_PLACE = "no_place", N_("tidak ada tempat")
    REFUSED = "refused", N_("yang bersangkutan tidak mau")
    AWAY = "away", N_("pindah kota")
    BY_OTHERS = "by_others", N_("sudah dikerjakan pihak lain")
    NOT_NEEDED = "not_needed", N_("tidak diperlukan lagi")
    OTHER = "other", N_("sebab lain")


class Act(Choice):
    """What was done to a task."""

    MADE = "made", N_("Dibuat")
    ASSIGNED = "assigned", N_("Diserahkan")
    MOVED = "moved", N_("Dipindah")
    CHANGED = "changed", N_("Diubah")
    FINISHED = "finished", N_("Diselesaikan")
    REOPENED = "reopened", N_("Dibuka lagi")
    ARCHIVED = "archived", N_("Disimpan ke arsip")
    RESTORED = "restored", N_("Dikembalikan dari arsip")
    LEFT = "left", N_("Orangnya tidak di sini lagi")


class Task(Base):
    """A task. rank: one order of a column for all, so that two who see the same cards see them in the same order

    organisation_id  who holds it; person_id: who of them, none while it waits for one
    maker_id         the organisation that made it; both of these see it, nobody else
    column_at        since when it stands in its column
    version          counts its ways over the board and from hand to hand; wording: the changes of deed, day and text
    box_id           the lock of its text, whose holders are the two organisations; none where it has no text
    """

    __tablename__ = "tasks"
    __table_args__ = (
        sa.CheckConstraint(f'"column" in ({", ".join(repr(c.value) for c in Column)})', name="column"),
        sa.CheckConstraint("(\"column\" = 'done') = (outcome is not null)", name="outcome"),
        sa.CheckConstraint("(body_sealed is null) = (box_id is null)", name="text"),
        sa.Index("ix_tasks_board", "column", "rank", "id"),
        sa.Index("ix_tasks_holder", "organisation_id", "column", "rank"),
        sa.Index("ix_tasks_maker", "maker_id", "column", "rank"),
        sa.Index("ix_tasks_person", "person_id", "column", "due_on"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(unique=True)
    deed: Mapped[str]
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    person_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    maker_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    made_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    due_on: Mapped[date]
    column: Mapped[str] = mapped_column(default=Column.BEFORE.value)
    column_at: Mapped[datetime] = mapped_column(Instant)
    rank: Mapped[int] = mapped_column(sa.BigInteger)
    version: Mapped[int] = mapped_column(default=1)
    wording: Mapped[int] = mapped_column(default=1)
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    is_archived: Mapped[bool] = mapped_column(default=False)
    box_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("boxes.id"))
    body_epoch: Mapped[int | None]
    body_sealed: Mapped[bytes | None]

    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    made_by: Mapped[Person] = relationship(foreign_keys=[made_by_id])
    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id])
    maker: Mapped[Organisation] = relationship(foreign_keys=[maker_id])

    @property
    def is_open(self) -> bool:
        return self.column != Column.DONE and not self.is_archived

    def days_late(self, today: date) -> int:
        """How many days its day lies behind, 0 where it does not: late is from the day after. The one place to ask."""
        return max((today - self.due_on).days, 0) if self.is_open else 0

    @property
    def title(self) -> str:
        return Deed(self.deed).label

    @property
    def stands_in(self) -> str:
        return Column(self.column).label

    @property
    def ended_as(self) -> str:
        return Outcome(self.outcome).label if self.outcome else ""

    @property
    def why(self) -> str:
        return Reason(self.reason).label if self.reason else ""


class Move(Base):
    """One act on a task, and how the task stood after it: codes and ids, never a word that somebody typed."""

    __tablename__ = "moves"
    __table_args__ = (sa.Index("ix_moves_task", "task_id", "at"), {"sqlite_with_rowid": False})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    task_id: Mapped[UUID] = mapped_column(sa.ForeignKey("tasks.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    act: Mapped[str]
    by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"))
    person_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    column: Mapped[str]
    due_on: Mapped[date]
    outcome: Mapped[str | None]

    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    organisation: Mapped[Organisation] = relationship()

    @property
    def words(self) -> str:
        return Act(self.act).label

    @property
    def stood_in(self) -> str:
        return Column(self.column).label


class ColumnLimit(Base):
    """How many tasks an organisation wants in a column at most. is_hard: one more is refused, not only said"""

    __tablename__ = "column_limits"
    __table_args__ = (sa.CheckConstraint("most >= 1", name="most"),)

    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"), primary_key=True)
    column: Mapped[str] = mapped_column(primary_key=True)
    most: Mapped[int]
    is_hard: Mapped[bool] = mapped_column(default=False)


class Digest(Base):
    """The morning's mail about tasks: one a day for each person, whoever asks and however often."""

    __tablename__ = "digests"

    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
