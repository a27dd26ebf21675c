"""What a reporter adds after her report has arrived, each on its own and sealed; and the lists that it answers from."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pepa.db import Base, Instant
from pepa.words import N_, Choice


class Ago(Choice):
    """When it happened."""

    RECENT = "recent", N_("Kurang dari 3 hari lalu")
    DAYS = "days", N_("3 sampai 5 hari lalu")
    OLDER = "older", N_("Lebih dari 5 hari lalu")
    OFTEN = "often", N_("Berkali-kali")
    UNKNOWN = "unknown", N_("Tidak ingat")


class Answer(Choice):
    """What somebody answers who is asked; not answering is a fifth thing, and no value."""

    YES = "yes", N_("Ya")
    NO = "no", N_("Tidak")
    UNKNOWN = "unknown", N_("Tidak tahu")
    UNSAID = "unsaid", N_("Tidak mau jawab")


class RedFlag(Choice):
    """A danger that was told: any one of them proposes a high risk (domain.md; from the clusters of DASH)."""

    WEAPON = "weapon", N_("Senjata")
    STRANGLED = "strangled", N_("Dicekik")
    DEATH_THREAT = "death_threat", N_("Diancam dibunuh")
    CHILD_IN_HOME = "child_in_home", N_("Anak di rumah")
    SUSPECT_LIVES_IN = "suspect_lives_in", N_("Tinggal serumah")
    SUICIDAL = "suicidal", N_("Ingin mengakhiri hidup")
    WITHIN_72H = "within_72h", N_("Belum 72 jam")


ASKED = {
    "lives_in": RedFlag.SUSPECT_LIVES_IN,
    "children": RedFlag.CHILD_IN_HOME,
    "weapon": RedFlag.WEAPON,
    "strangled": RedFlag.STRANGLED,
    "threatened": RedFlag.DEATH_THREAT,
    "suicidal": RedFlag.SUICIDAL,
}


def dangers(answers: Mapping[str, object]) -> frozenset[RedFlag]:
    """The dangers that a page of answers tells: codes of `Answer`, and of `Ago`."""
    told = {flag for name, flag in ASKED.items() if answers.get(name) == Answer.YES}
    return frozenset(told | ({RedFlag.WITHIN_72H} if answers.get("ago") == Ago.RECENT else set()))


class Reach(Choice):
    """Whether we may call."""

    NEVER = "never", N_("Jangan hubungi saya")
    BACK = "back", N_("Telepon balik di jam aman")


class Cover(Choice):
    """What we say where somebody else answers."""

    WRONG_NUMBER = "wrong_number", N_('"Maaf, salah sambung."')
    MEETING = "meeting", N_('"Mau mengundang rapat PKK."')
    SILENT = "silent", N_("Tutup tanpa bicara")
    OTHER = "other", N_("Kata lain:")


class Addition(Base):
    """One page of answers; which ones is inside the sealed body. sent_at: the hour."""

    __tablename__ = "additions"
    __table_args__ = {"sqlite_with_rowid": False}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(sa.ForeignKey("reports.id"), index=True)
    sent_at: Mapped[datetime] = mapped_column(Instant)
    body_epoch: Mapped[int]
    body_sealed: Mapped[bytes]
