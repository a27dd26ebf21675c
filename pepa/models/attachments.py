"""Files of a report: sealed on the disk under the row's id; name, kind, size and own key in the sealed body."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant
from pepa.words import N_, Choice


class Kind(Choice):
    """What a file is by its content; its name says nothing. The codes are the endings of the names that we give."""

    JPEG = "jpg", N_("Foto JPEG")
    PNG = "png", N_("Gambar PNG")
    WEBP = "webp", N_("Gambar WebP")
    GIF = "gif", N_("Gambar GIF")
    HEIC = "heic", N_("Foto HEIC")
    PDF = "pdf", N_("Surat PDF")
    OGG = "ogg", N_("Suara OGG")
    M4A = "m4a", N_("Suara M4A")
    AAC = "aac", N_("Suara AAC")
    AMR = "amr", N_("Suara AMR")
    MP3 = "mp3", N_("Suara MP3")
    WAV = "wav", N_("Suara WAV")
    GP3 = "3gp", N_("Suara atau video 3GP")
    MP4 = "mp4", N_("Video MP4")
    MOV = "mov", N_("Video MOV")
    WEBM = "webm", N_("Suara atau video WebM")

    @property
    def is_picture(self) -> bool:
        """One that can be drawn anew, to be looked at."""
        return self in (Kind.JPEG, Kind.PNG, Kind.WEBP, Kind.GIF, Kind.HEIC)


class Attachment(Base):
    """A file that arrived whole. sent_at: the hour."""

    __tablename__ = "attachments"
    __table_args__ = {"sqlite_with_rowid": False}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reports.id"), index=True)
    sent_at: Mapped[datetime] = mapped_column(Instant)
    body_epoch: Mapped[int]
    body_sealed: Mapped[bytes]
