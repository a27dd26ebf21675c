"""The quiet list inside the program: what it told a member, in this organisation's name or about the member alone.

A row is written with every notice (`outbox.tell`), whichever way that leaves besides. Who may know is asked at each
reading: what somebody may know no more stands in no list and in no count. A sentence holds a report's code at most.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from pepa import clock
from pepa.db import db, keyset, transaction
from pepa.domain import reports, settings, walls
from pepa.domain.outbox import Notice
from pepa.errors import NotFound
from pepa.models.notices import NoticeRow
from pepa.models.organisations import Role
from pepa.models.reports import Report, reference_of
from pepa.policy import Member, Permission, can
from pepa.words import N_

MOST = 99  # unread ones that are counted
# Who is told where nobody who reads reports is left, or did anything: they hear that one waits, and open none.
LEADING = {Role.HEAD, Role.ADMINISTRATOR, Role.COORDINATOR, Role.CASE_MANAGER}
# What the list says, inside the program and read by its member alone; where nothing stands, what was sent.
SAID = {
    Notice.ALARM: N_("Ada yang perlu dibaca sekarang."),
    Notice.ASIDE: N_("Banyak laporan sekaligus. Di antara yang disisihkan ada yang mendesak."),
    Notice.CANCELLED: N_("Ada yang perlu dilihat."),
    Notice.KEYS: N_("Kunci kantor tidak cocok. Halaman warga memberi nomor telepon saja."),
    Notice.LATE_READING: N_("Batas baca %(kode)s lewat."),
    Notice.LATE_ANSWER: N_("Batas jawab %(kode)s lewat."),
    Notice.EMERGENCY: N_("Pembukaan darurat: %(kode)s. Lihat alasannya."),
    Notice.POLICE: N_("Batas waktu %(kode)s berjalan."),
    Notice.RESTRICTION: N_("Permintaan tentang %(kode)s menunggu keputusan."),
    Notice.APART: N_("Meja tamu: ada yang perlu dilihat."),
    Notice.DISPLACED: N_("Ada perubahan ruang yang Anda pesan."),
    Notice.SHEETS: N_("Kunci lembaga diberikan lagi dengan lembar pemulihan."),
    Notice.ROOM_ASKED: N_("Ada permintaan ruang yang menunggu keputusan."),
    Notice.SHIFT: N_("Jadwal piket berubah."),
    Notice.TASKS: N_("Ada tugas yang jatuh tempo atau menunggu."),
    Notice.JOINED: N_("Ada orang baru di lembaga Anda."),
    Notice.RENEWED: N_("Seorang anggota lembaga Anda membuat kalimat sandi baru."),
    Notice.ANCHOR: N_("Jangkar hari ini sudah ada. Salin ke buku."),
    Notice.BREACH: N_("Ada batas waktu 3×24 jam yang berjalan."),
    Notice.OPENINGS: N_("Ada pembukaan yang perlu dilihat atasan."),
    Notice.MEMBERS: N_("Ada perubahan anggota atau kunci di lembaga Anda."),
    Notice.SUSPECTED: N_("Akun seorang anggota mungkin di tangan orang lain."),
    Notice.REKEY: N_("Kunci lembaga Anda perlu dibuat baru, oleh siapa pun yang memegangnya."),
    Notice.HAND_ON: N_("Ada yang keluar. Piket atau laporannya menunggu orang lain."),
    Notice.STAND_IN: N_("Ada perubahan pengganti."),
    Notice.TASKS_LEFT: N_("Ada tugas yang belum ada orangnya."),
}
# What those who lead hear of it, without a code.
CALLED = {
    Notice.ALARM: SAID[Notice.ALARM],
    Notice.LATE_READING: N_("Batas baca sebuah laporan lewat."),
    Notice.LATE_ANSWER: N_("Batas jawab sebuah laporan lewat."),
    Notice.EMERGENCY: N_("Ada pembukaan darurat."),
    Notice.POLICE: N_("Batas lapor polisi sebuah laporan berjalan."),
    Notice.RESTRICTION: N_("Permintaan pembatasan data menunggu keputusan."),
}


@dataclass(frozen=True)
class Told:
    """One line of the list. says: a sentence, with %(kode)s where it names a report

    reference: the code of the report that it is about, while the member may open that one; else none
    """

    id: UUID
    notice: Notice
    says: str
    told_at: datetime
    is_read: bool
    report_id: UUID | None
    reference: str


@dataclass(frozen=True)
class Listed:
    """A stretch of the list, with the keys of its neighbours. any_unread: in the whole list"""

    items: list[Told]
    earlier: str | None
    later: str | None


def _theirs(actor: Member) -> tuple[sa.ColumnElement[bool], ...]:
    """What stands in the actor's list: told to them, here or about them alone, and of no report that they may not know
    of now."""
    here = sa.or_(NoticeRow.organisation_id.is_(None), NoticeRow.organisation_id == actor.organisation_id)
    held = sa.exists().where(Report.id == NoticeRow.report_id, Report.holder_id == actor.organisation_id)
    known = sa.and_(held, NoticeRow.report_id.not_in(walls.hidden(actor)))
    if not can(actor, Permission.READ_REPORTS):
        called = NoticeRow.notice.in_([notice.value for notice in CALLED if actor.roles & LEADING])
        known = sa.and_(known, called)
    return NoticeRow.person_id == actor.person_id, here, sa.or_(NoticeRow.report_id.is_(None), known)


def unread(actor: Member) -> int:
    """How many were not read yet, `MOST` + 1 at most."""
    some = sa.select(NoticeRow.id).where(*_theirs(actor), ~NoticeRow.is_read).limit(MOST + 1).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0


def list_for(actor: Member, *, at: str | None = None, size: int = 30) -> Listed:
    """The newest first. Within an hour they stand in no order: which came first would tell more than the hour."""
    query = sa.select(NoticeRow).where(*_theirs(actor))
    found = keyset(query, NoticeRow.told_at, NoticeRow.id, at=at, size=size, descends=True)
    of = [row.report_id for row in found if row.report_id]
    openable = reports.among(actor, of) if of and can(actor, Permission.READ_REPORTS) else set()
    return Listed([_told(row, openable) for row in found], found.earlier, found.later)


def _told(row: NoticeRow, openable: Collection[UUID]) -> Told:
    notice = Notice(row.notice)
    opens = row.report_id if row.report_id in openable else None
    reference = reference_of(opens) if opens else ""
    says = CALLED.get(notice) if opens is None else None
    return Told(row.id, notice, says or SAID.get(notice, notice.label), row.told_at, row.is_read, opens, reference)


def read(actor: Member, notice_id: UUID) -> Told:
    """It was read. Raises NotFound for what does not stand in the actor's list."""
    with transaction() as session:
        row = session.scalar(sa.select(NoticeRow).where(*_theirs(actor), NoticeRow.id == notice_id))
        if row is None:
            raise NotFound
        row.is_read = True
    found = db.session.get_one(NoticeRow, notice_id)
    reading = can(actor, Permission.READ_REPORTS) and found.report_id is not None
    return _told(found, reports.among(actor, [found.report_id]) if reading and found.report_id else ())


def read_all(actor: Member, *, hour: datetime, seen: Collection[UUID]) -> int:
    """All that stood there when the page was made: what was told before its hour, and of that hour itself what the page
    showed. What came since stays unread. Returns how many."""
    with transaction() as session:
        before = sa.or_(NoticeRow.told_at < hour, NoticeRow.id.in_(list(seen)))
        ids = sa.select(NoticeRow.id).where(*_theirs(actor), ~NoticeRow.is_read, before)
        done = session.execute(sa.update(NoticeRow).where(NoticeRow.id.in_(ids)).values(is_read=True))
    return int(done.rowcount)  # type: ignore[attr-defined]


def purge() -> int:
    """Forget what was told longer ago than the office keeps it. Returns how many."""
    old = clock.hour(clock.now()) - timedelta(days=settings.read().notice_days)
    with transaction() as session:
        gone = session.execute(sa.delete(NoticeRow).where(NoticeRow.told_at < old))
    return int(gone.rowcount)  # type: ignore[attr-defined]
