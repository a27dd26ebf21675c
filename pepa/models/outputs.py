"""What is made of a title to be printed, sent or kept, and how often it is taken."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant


class TitlePicture(Base):
    """A drawing of a title by the name that its source gives it. svg: of a seed alone; png: what old phones show"""

    __tablename__ = "title_pictures"

    title_id: Mapped[int] = mapped_column(sa.ForeignKey("titles.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    svg: Mapped[str | None] = mapped_column(sa.Text)
    png: Mapped[bytes]
    width: Mapped[int]
    height: Mapped[int]


class Output(Base):
    """A file that was made of a published edition; the next one takes its place once all of them are whole.

    title_id        0 for what is made of the whole library
    edition_number  of the edition that it was made of
    made_from       digest of all that went into it: text, numbers, drawings, and the press itself
    digest          of the body, its ETag
    pages           None where it has none
    """

    __tablename__ = "outputs"

    title_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    language: Mapped[str] = mapped_column(primary_key=True)
    format: Mapped[str] = mapped_column(primary_key=True)
    edition_number: Mapped[int]
    file_name: Mapped[str]
    media_type: Mapped[str]
    pages: Mapped[int | None]
    size: Mapped[int]
    digest: Mapped[bytes]
    made_from: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(Instant)
    body: Mapped[bytes] = mapped_column(deferred=True)


class OutputTrouble(Base):
    """Why the files of a title could not be made: a sentence for whoever writes it, gone once they are."""

    __tablename__ = "output_troubles"

    title_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    says: Mapped[str]
    made_from: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(Instant)


class Use(Base):
    """How often an output of a title was taken on a day; "page" is the reading itself. Nobody is in it."""

    __tablename__ = "uses"

    title_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    format: Mapped[str] = mapped_column(primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    times: Mapped[int]
