"""The library: titles, their editions, what they say in other languages (library.md, What to build)."""

from datetime import date, datetime
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pepa.db import Base, Instant
from pepa.words import N_, Choice


class Kind(Choice):
    """What a title is in the hand. A guide for whoever leads an evening belongs to every title; GUIDE is one alone."""

    ARTICLE = "artikel", N_("Artikel")
    STORY = "cerita_bergambar", N_("Cerita bergambar")
    AUDIO = "audio", N_("Audio")
    VIDEO = "video", N_("Video")
    QUIZ = "kuis", N_("Kuis")
    GUIDE = "panduan", N_("Panduan fasilitator")
    CARD = "kartu_saku", N_("Kartu saku")
    POSTER = "poster", N_("Poster")


class State(Choice):
    """Where an edition stands. That it is due again is no state: its day has come, and it stays readable."""

    DRAFT = "draft", N_("Draf")
    IN_REVIEW = "in_review", N_("Ditinjau")
    PUBLISHED = "published", N_("Terbit")
    REPLACED = "replaced", N_("Diganti")
    WITHDRAWN = "withdrawn", N_("Ditarik")


TRANSITIONS: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.IN_REVIEW}),
    State.IN_REVIEW: frozenset({State.DRAFT, State.PUBLISHED}),
    State.PUBLISHED: frozenset({State.REPLACED, State.WITHDRAWN}),
    State.REPLACED: frozenset(),
    State.WITHDRAWN: frozenset(),
}


class Field(Choice):
    """Whose eye an edition waits for before it goes out."""

    OFFICE = "kantor", N_("Kantor")
    LAW = "hukum", N_("Ahli hukum")
    HEALTH = "kesehatan", N_("Tenaga kesehatan")
    CHILD_PSYCHOLOGY = "psikolog_anak", N_("Psikolog anak")
    RELIGION = "agama", N_("Tokoh agama")
    DISABILITY = "disabilitas", N_("Organisasi disabilitas")


class Language(Choice):
    """What a title may be translated into; the source is Indonesian. The value is the `lang` of its page."""

    ENGLISH = "en", N_("Inggris")
    JAWA_SERANG = "jv-x-serang", N_("Jawa Serang")
    SUNDA_BANTEN = "su-x-banten", N_("Sunda Banten")


class Title(Base):
    """What the library has under one number, for ever: /b/7. The number is handed out, never counted by the database.

    slug  for the people who write; no address and no file carries it
    """

    __tablename__ = "titles"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]

    @property
    def neutral(self) -> str:
        """The name that a file, a tab or a preview shows."""
        return f"Info Warga {self.id:02}"


class Edition(Base):
    """One version of a title. What was published is never changed: the next one is a new row.

    title     at most 120 letters
    audience, topics, reviewers   codes with a space between; reviewers are Fields
    minutes   to read it
    body, guide, quiz, script     sources in the lines of domain/markup; quiz, guide and script may be empty
    poster, card                  lines, the first of them the heading; whatsapp, sms: text with placeholders
    checks    one line each, "who: what": what is to be looked at before it goes out
    changes   what is new, in a sentence; whoever scans an older sheet reads it
    due_months, due_on            when it is to be looked at again
    version   raised by every change of a draft
    """

    __tablename__ = "editions"
    __table_args__ = (
        sa.UniqueConstraint("title_id", "number"),
        sa.CheckConstraint(f"state in ({', '.join(repr(s.value) for s in State)})", name="state"),
        sa.CheckConstraint("state not in ('published', 'replaced') or published_at is not null", name="published_at"),
        sa.CheckConstraint("state != 'withdrawn' or withdrawn_reason != ''", name="withdrawn_reason"),
        sa.Index(
            "uq_editions_published",
            "title_id",
            unique=True,
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    title_id: Mapped[int] = mapped_column(sa.ForeignKey("titles.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default=State.DRAFT)
    title: Mapped[str]
    audience: Mapped[str]
    topics: Mapped[str]
    minutes: Mapped[int]
    body: Mapped[str] = mapped_column(sa.Text)
    guide: Mapped[str] = mapped_column(sa.Text, default="")
    quiz: Mapped[str] = mapped_column(sa.Text, default="")
    script: Mapped[str] = mapped_column(sa.Text, default="")
    whatsapp: Mapped[str] = mapped_column(sa.Text, default="")
    sms: Mapped[str] = mapped_column(default="")
    poster: Mapped[str] = mapped_column(default="")
    card: Mapped[str] = mapped_column(default="")
    reviewers: Mapped[str]
    checks: Mapped[str] = mapped_column(sa.Text, default="")
    changes: Mapped[str] = mapped_column(default="")
    due_months: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    written_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    changed_at: Mapped[datetime] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    published_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    due_on: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    withdrawn_reason: Mapped[str] = mapped_column(default="")
    replacement_id: Mapped[int | None] = mapped_column(sa.ForeignKey("titles.id"))

    of: Mapped[Title] = relationship(foreign_keys=[title_id])

    @property
    def is_open(self) -> bool:
        """Whether somebody still writes on it."""
        return self.state == State.DRAFT

    def is_due(self, today: date) -> bool:
        """Whether its day to be looked at again has come. It stays readable, with a line that says so."""
        return self.state == State.PUBLISHED and self.due_on is not None and self.due_on <= today


class Author(Base):
    """Whoever changed an edition: an author never approves it."""

    __tablename__ = "authors"

    edition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("editions.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)


class Translation(Base):
    """What an edition says in another language. Only one that is approved by another person is shown.

    body, whatsapp, sms  as in Edition
    """

    __tablename__ = "translations"
    __table_args__ = (sa.UniqueConstraint("edition_id", "language"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    edition_id: Mapped[UUID] = mapped_column(sa.ForeignKey("editions.id"))
    language: Mapped[str]
    title: Mapped[str]
    body: Mapped[str] = mapped_column(sa.Text)
    whatsapp: Mapped[str] = mapped_column(sa.Text, default="")
    sms: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    written_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    changed_at: Mapped[datetime] = mapped_column(Instant)
    approved_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Instant)

    edition: Mapped[Edition] = relationship()
