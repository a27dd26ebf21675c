"""Triage: how urgent a report is, which dangers, what it becomes; each judgement is one sealed row."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant
from pepa.words import N_, Choice


class Lowered(Choice):
    """Why a report is less urgent than what was told of it proposes."""

    SAID_SO = "said_so", N_("penyintas bilang begitu")
    GONE = "gone", N_("orang itu tidak di sana lagi")
    ACCOMPANIED = "accompanied", N_("sudah bersama pendamping")
    MISTAKE = "mistake", N_("keliru tercentang")
    OTHER = "other", N_("lain")


class Help(Choice):
    """What a short help was."""

    ADVICE = "advice", N_("nasihat, keterangan")
    DEED = "deed", N_("tindakan: menelepon, mengantar, menghubungkan")
    BOTH = "both", N_("dua-duanya")


class OtherOutcome(Choice):
    """Why a report becomes neither a case nor a short help (domain.md)."""

    ADVISED = "advised", N_("sudah diberi keterangan")
    SENT_ELSEWHERE = "sent_elsewhere", N_("diarahkan ke lembaga lain")
    OUT_OF_AREA = "out_of_area", N_("di luar wilayah")
    NOT_OUR_MATTER = "not_our_matter", N_("bukan urusan kantor ini")
    ALREADY_KNOWN = "already_known", N_("sudah ditangani")
    NO_CONTACT = "no_contact", N_("tidak bisa dihubungi")
    WITHDRAWN = "withdrawn", N_("pelapor tidak melanjutkan")
    ABUSE_OF_FORM = "abuse_of_form", N_("formulir disalahgunakan")


class Triage(Base):
    """One judgement, never edited: whoever judges again adds the next. What was judged is inside the sealed body.

    number   from one; unique, so that of two who judge at once the second is told
    made_at  an officer's act, exact
    """

    __tablename__ = "triages"
    __table_args__ = (sa.UniqueConstraint("report_id", "number"), {"sqlite_with_rowid": False})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reports.id"))
    number: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(Instant)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    body_epoch: Mapped[int]
    body_sealed: Mapped[bytes]
