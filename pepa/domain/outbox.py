"""What is to be told to whom. A verb writes a row in its own transaction; `delivery` sends it later, at least once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, insert_once, transaction
from pepa.domain import walls
from pepa.models.notices import NoticeRow
from pepa.models.organisations import Membership, Organisation, Role
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.reports import Report
from pepa.models.rooms import Booking
from pepa.models.stand_ins import StandIn
from pepa.policy import ROLE_MAY, Permission
from pepa.words import N_, Choice

LEASE = timedelta(minutes=2)
FOLD = timedelta(minutes=2)  # what changes within that is told once
LONGEST_WAIT = timedelta(minutes=30)
TRIES = 12
KEPT = timedelta(days=30)  # after it left, or was given up


class Channel(Choice):
    """How a notice goes."""

    MAIL = "mail", N_("Email")
    SMS = "sms", N_("SMS")


class Notice(Choice):
    """What a notice says. It never names what it is about."""

    ALARM = "alarm", N_("Piket: ada yang perlu dibaca sekarang. Buka program, tekan Saya pegang.")
    ASIDE = "aside", N_("Piket: banyak laporan sekaligus. Di antara yang disisihkan ada yang mendesak. Buka program.")
    CHANGED = (
        "changed",
        N_("Ada simpanan yang diubah dari luar. Bagian itu tidak dipakai. Beri tahu pengelola."),
    )
    CANCELLED = "cancelled", N_("Piket: ada yang perlu dilihat. Buka program.")
    KEYS = "keys", N_("Kunci kantor tidak cocok. Halaman warga memberi nomor telepon saja. Buka program.")
    LATE_READING = "late_reading", N_("Batas baca %(kode)s lewat. Buka program.")
    LATE_ANSWER = "late_answer", N_("Batas jawab %(kode)s lewat. Buka program.")
    EMERGENCY = "emergency", N_("Pembukaan darurat: %(kode)s. Buka program, lihat alasannya.")
    POLICE = "police", N_("Batas waktu %(kode)s: sisa %(n)s jam. Buka program.")
    RESTRICTION = "restriction", N_("Permintaan tentang %(kode)s menunggu keputusan. Buka program.")
    APART = "apart", N_("Meja tamu: ada yang perlu dilihat sekarang. Buka program.")
    CALENDAR = "calendar", N_("Kalender: ruang yang Anda pesan. Buka program.")
    DISPLACED = "displaced", N_("Ada perubahan ruang yang Anda pesan. Buka program.")
    BACKUP = "backup", N_("Cadangan data lama tidak dibuat. Beri tahu pengelola komputer.")
    DRILL = "drill", N_("Lembar pemulihan lama tidak dicoba. Beri tahu pengelola.")
    SHEETS = "sheets", N_("Kunci lembaga diberikan lagi dengan lembar pemulihan. Buka program.")
    ROOM_ASKED = "room_asked", N_("Ada permintaan ruang yang menunggu keputusan. Buka program.")
    SHIFT = "shift", N_("Jadwal piket berubah. Buka program untuk melihat.")
    TASKS = "tasks", N_("Tugas: terlambat %(late)s, hari ini %(today)s, menunggu %(waiting)s.")
    JOINED = "joined", N_("Ada orang baru di lembaga Anda. Buka program.")
    RENEWED = "renewed", N_("Seorang anggota lembaga Anda membuat kalimat sandi baru. Buka program.")
    ACCOUNT = "account", N_("Akun Anda diubah. Bukan Anda? Telepon pengelola.")
    LINK = "link", N_("Undangan untuk masuk ke program.")
    ANCHOR = "anchor", N_("Jangkar %(hari)s: %(kata)s. Baris: %(baris)s. Salin ke buku.")
    BREACH = "breach", N_("Ada batas waktu 3x24 jam yang berjalan. Buka program.")
    OPENINGS = "openings", N_("Ada pembukaan yang perlu dilihat atasan. Buka program.")
    MEMBERS = "members", N_("Ada perubahan anggota atau kunci di lembaga Anda. Buka program.")
    SUSPECTED = "suspected", N_("Akun seorang anggota mungkin di tangan orang lain. Buka program.")
    REKEY = "rekey", N_("Kunci lembaga Anda perlu dibuat baru, oleh siapa pun yang memegangnya. Buka program.")
    HAND_ON = "hand_on", N_("Ada yang keluar. Piket atau laporannya menunggu orang lain. Buka program.")
    STAND_IN = "stand_in", N_("Ada perubahan pengganti. Buka program.")
    TASKS_LEFT = "tasks_left", N_("Ada tugas yang belum ada orangnya. Buka program.")
    TRIAL = "trial", N_("Kabar percobaan. Tidak ada yang perlu dilakukan.")


@dataclass(frozen=True)
class Due:
    """A notice that this worker has claimed. report_id: whose state decides whether it still holds."""

    id: UUID
    channel: Channel
    notice: Notice
    person_id: UUID
    report_id: UUID | None
    address: str | None
    tries: int
    booking_id: UUID | None = None
    enrolment_id: UUID | None = None
    organisation_id: UUID | None = None


OF_THE_WORK = (
    Notice.ALARM,
    Notice.ASIDE,
    Notice.CANCELLED,
    Notice.LATE_READING,
    Notice.LATE_ANSWER,
    Notice.POLICE,
    Notice.RESTRICTION,
    Notice.EMERGENCY,
    Notice.SHIFT,
    Notice.TASKS_LEFT,
)
LOUD = (
    Notice.APART,
    Notice.ALARM,
    Notice.ASIDE,
    Notice.LATE_READING,
    Notice.LATE_ANSWER,
    Notice.POLICE,
    Notice.EMERGENCY,
    Notice.TRIAL,
)
# Mailed whatever somebody chose: whom an alarm calls is never left to a list, and whoever takes an account over does
# not silence its owner.
ALWAYS_MAILED = (Notice.ALARM, Notice.ASIDE, Notice.ACCOUNT)
# What no quiet hours hold back: somebody waits for help, a clock of the law runs, or a door is open that must not be.
AT_ONCE = (
    Notice.ALARM,
    Notice.ASIDE,
    Notice.APART,
    Notice.POLICE,
    Notice.RESTRICTION,
    Notice.BREACH,
    Notice.EMERGENCY,
    Notice.KEYS,
    Notice.ACCOUNT,
    Notice.LINK,
    Notice.TRIAL,
)


def tell(
    session: Session,
    person_id: UUID,
    notice: Notice,
    report_id: UUID | None = None,
    *,
    organisation_id: UUID | None = None,
) -> None:
    """Tell a member of staff, and whoever stands in for them today where it is about their work: in the list inside the
    program, and besides by mail, and what is not to wait by SMS too, as they chose.

    organisation_id: in whose name, which a report says by itself; none for what is about the person alone
    """
    if report_id is not None and organisation_id is None:
        organisation_id = session.scalar(sa.select(Report.holder_id).where(Report.id == report_id))
    others = _standing_in(session, person_id, report_id, organisation_id) if notice in OF_THE_WORK else ()
    for one in (person_id, *others):
        _list(session, one, notice, report_id, organisation_id)
        for channel in channels(session, one, notice):
            session.add(
                OutboxRow(
                    person_id=one,
                    notice=notice.value,
                    channel=channel.value,
                    organisation_id=organisation_id,
                    report_id=report_id,
                    due_at=clock.now(),
                )
            )


def tell_before(session: Session, person_id: UUID, notice: Notice, address: str) -> None:
    """Tell it by mail to the address that somebody had until now, besides: whoever changed it may be another."""
    row = OutboxRow(person_id=person_id, notice=notice.value, channel=Channel.MAIL.value, due_at=clock.now())
    row.address = address
    session.add(row)


def _standing_in(
    session: Session, person_id: UUID, report_id: UUID | None, organisation_id: UUID | None
) -> Sequence[UUID]:
    """Nobody who may not know of the report, and nobody of another office than the one in whose name it is told."""
    today = clock.today()
    running = (StandIn.absent_id == person_id, StandIn.from_on <= today, StandIn.until_on >= today)
    query = sa.select(StandIn.person_id).where(*running)
    if organisation_id is not None:
        at_work = sa.select(Membership.person_id).join(Person).where(Membership.is_active, Person.is_active)
        there = at_work.where(Membership.organisation_id == organisation_id)
        query = query.where(StandIn.organisation_id == organisation_id, StandIn.person_id.in_(there))
    found = session.scalars(query).all()
    return walls.may_know(session, report_id, found) if found and report_id is not None else found


def _list(
    session: Session, person_id: UUID, notice: Notice, report_id: UUID | None, organisation_id: UUID | None
) -> None:
    listed = NoticeRow(person_id=person_id, notice=notice.value, told_at=clock.hour(clock.now()))
    listed.report_id, listed.organisation_id = report_id, organisation_id
    session.add(listed)


def channels(session: Session, person_id: UUID, notice: Notice) -> Sequence[Channel]:
    """Over which channels somebody is told this, as they chose."""
    chosen = sa.select(Person.phone, Person.has_mail, Person.has_sms).where(Person.id == person_id)
    person = session.execute(chosen).one()
    by_mail = person.has_mail or notice in ALWAYS_MAILED
    by_sms = person.has_sms and person.phone and notice in LOUD
    return [channel for channel, goes in ((Channel.MAIL, by_mail), (Channel.SMS, by_sms)) if goes]


def alert(session: Session, organisation_id: UUID, notice: Notice, *, to: Permission, event: UUID) -> bool:
    """Tell everybody of an office who can do something about it: each once an event, however often it is found, and
    each event, however many a day. event: the same number for the same event. Returns whether anybody was told now."""
    at_work = sa.select(Membership).where(Membership.organisation_id == organisation_id, Membership.is_active)
    told = False
    for membership in session.scalars(at_work).all():
        if any(to in ROLE_MAY[role] for role in membership.role_set):
            values = {"person_id": membership.person_id, "organisation_id": organisation_id, "event": event}
            listed = {**values, "id": uuid4(), "notice": notice.value, "told_at": clock.hour(clock.now())}
            if not insert_once(session, NoticeRow, {**listed, "is_read": False}):
                continue
            told = True
            for channel in channels(session, membership.person_id, notice):
                row = {**values, "id": uuid4(), "notice": notice.value, "channel": channel.value}
                insert_once(session, OutboxRow, {**row, "due_at": clock.now(), "tries": 0})
    return told


def tell_all(session: Session, organisation_id: UUID, notice: Notice, *, but: UUID | None = None) -> None:
    """Tell everybody who works in an organisation. but: whom it is about"""
    here = (Membership.organisation_id == organisation_id, Membership.is_active)
    for person_id in session.scalars(sa.select(Membership.person_id).join(Person).where(*here, Person.is_active)):
        if person_id != but:
            tell(session, person_id, notice, organisation_id=organisation_id)


ANSWERING = (Role.SUPERVISOR, Role.HEAD, Role.ADMINISTRATOR)


def warn(
    session: Session,
    organisation_id: UUID,
    notice: Notice,
    roles: Collection[Role] = ANSWERING,
    but: Collection[UUID] = (),
) -> None:
    """Tell those who answer for an office, each once a day of the same; but: people who are not told."""
    memberships = sa.select(Membership).where(
        Membership.organisation_id == organisation_id, Membership.is_active, ~_told_today(notice)
    )
    for membership in session.scalars(memberships.where(Membership.person_id.not_in(but))):
        if not membership.role_set.isdisjoint(roles):
            tell(session, membership.person_id, notice, organisation_id=organisation_id)


def _told_today(notice: Notice) -> sa.Exists:
    """In the name of the same office: what another one told is another matter."""
    since = clock.now().astimezone(clock.JAKARTA).replace(hour=0, minute=0, second=0, microsecond=0)
    same = (NoticeRow.person_id == Membership.person_id, NoticeRow.organisation_id == Membership.organisation_id)
    return sa.exists().where(*same, NoticeRow.notice == notice.value, NoticeRow.told_at >= since)


def reaches(due: Due) -> bool:
    """Whether a notice may still be told to this person when it leaves: they work in the organisation in whose name it
    is told, and of a report, in the office that has it, and may know of it; what is about them alone, anywhere."""
    here = (Membership.person_id == due.person_id, Membership.is_active, Organisation.is_active, Person.is_active)
    query = sa.select(Membership.organisation_id).join(Person).join(Organisation).where(*here)
    places = set(db.session.scalars(query))
    if not places or (due.organisation_id is not None and due.organisation_id not in places):
        return False
    if due.report_id is None:
        return True
    holder = db.session.scalar(sa.select(Report.holder_id).where(Report.id == due.report_id))
    is_there = holder is None or holder in places
    return is_there and bool(walls.may_know(db.session(), due.report_id, [due.person_id]))


def claim(limit: int = 20) -> Sequence[Due]:
    """Take what is due for two minutes; two workers never take the same row. What can wait stays until the quiet hours
    of whoever it goes to are over."""
    with transaction() as session:
        now = clock.now()
        # A time much further off than we ever set was set by a clock that has been put back since.
        lapsed = sa.or_(OutboxRow.leased_until < now, OutboxRow.leased_until > now + 2 * LEASE)
        free = sa.and_(~OutboxRow.is_held, sa.or_(OutboxRow.leased_until.is_(None), lapsed))
        ripe = sa.or_(OutboxRow.due_at <= now, OutboxRow.due_at > now + 2 * LONGEST_WAIT)
        due = (
            sa.select(OutboxRow.id)
            .join(Person, Person.id == OutboxRow.person_id)
            .where(OutboxRow.sent_at.is_(None), ripe, free, OutboxRow.tries < TRIES)
            .where(sa.or_(OutboxRow.notice.in_([notice.value for notice in AT_ONCE]), ~_is_quiet()))
            .order_by(OutboxRow.due_at, OutboxRow.id)
            .limit(limit)
        )
        taken = sa.update(OutboxRow).where(OutboxRow.id.in_(due)).returning(OutboxRow.id)
        ids = list(session.scalars(taken.values(leased_until=now + LEASE, tries=OutboxRow.tries + 1)))
    query = sa.select(OutboxRow, Person.email, Person.phone).join(Person).where(OutboxRow.id.in_(ids))
    return [
        Due(
            row.id,
            Channel(row.channel),
            Notice(row.notice),
            row.person_id,
            row.report_id,
            row.address or (phone if row.channel == Channel.SMS else email),
            row.tries,
            row.booking_id,
            row.enrolment_id,
            row.organisation_id,
        )
        for row, email, phone in db.session.execute(query.order_by(OutboxRow.due_at, OutboxRow.id)).all()
    ]


def _is_quiet() -> sa.ColumnElement[bool]:
    """Whether it is within a person's quiet hours; those that go over midnight end the next day."""
    hour = clock.now().astimezone(clock.JAKARTA).hour
    begun, still = Person.quiet_from <= hour, Person.quiet_until > hour
    over_midnight = Person.quiet_from > Person.quiet_until
    within = sa.or_(sa.and_(begun, still), sa.and_(over_midnight, sa.or_(begun, still)))
    return sa.and_(Person.quiet_from.is_not(None), Person.quiet_until.is_not(None), within)


def sent(outbox_id: UUID) -> None:
    """It left. The hour stays: an alarm's exact time would tell when a report came. One that was taken
    back meanwhile is gone."""
    with transaction() as session:
        if row := session.get(OutboxRow, outbox_id):
            row.sent_at, row.due_at, row.leased_until = clock.hour(clock.now()), clock.hour(row.due_at), None
            row.address = None


def failed(outbox_id: UUID, tries: int) -> None:
    """It did not leave: again later, each time a little later, at most half an hour apart."""
    again = clock.now() + min(timedelta(seconds=15 * 2**tries), LONGEST_WAIT)
    due_at = again if tries < TRIES else clock.hour(again)
    with transaction() as session:
        session.execute(sa.update(OutboxRow).where(OutboxRow.id == outbox_id).values(due_at=due_at, leased_until=None))


def hold(session: Session) -> int:
    """A copy was put back: whatever waits may have left before, and now waits for a person. Returns how many."""
    waiting = sa.update(OutboxRow).where(OutboxRow.sent_at.is_(None), OutboxRow.tries < TRIES)
    return int(session.execute(waiting.values(is_held=True)).rowcount)  # type: ignore[attr-defined]


ANY_HELD = sa.exists().where(OutboxRow.is_held)


def held() -> int:
    """How many wait for a person."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(OutboxRow).where(OutboxRow.is_held)) or 0


def release(session: Session) -> int:
    """They may leave. Returns how many."""
    waiting = sa.update(OutboxRow).where(OutboxRow.is_held).values(is_held=False)
    return int(session.execute(waiting).rowcount)  # type: ignore[attr-defined]


def drop_held(session: Session) -> int:
    """They are told to nobody. Returns how many."""
    return int(session.execute(sa.delete(OutboxRow).where(OutboxRow.is_held)).rowcount)  # type: ignore[attr-defined]


def silence(session: Session, person_id: UUID, organisation_id: UUID | None = None) -> None:
    """Somebody who left is told nothing more in that organisation's name, and keeps no list of what was; without one,
    nothing at all."""
    for table, waits in ((OutboxRow, OutboxRow.sent_at.is_(None)), (NoticeRow, sa.true())):
        theirs = [table.person_id == person_id, waits]
        if organisation_id is not None:
            theirs.append(table.organisation_id == organisation_id)
        session.execute(sa.delete(table).where(*theirs))


def take_back(session: Session, notice: Notice) -> None:
    """Nobody is told this kind of notice, nor was."""
    for table in (OutboxRow, NoticeRow):
        session.execute(sa.delete(table).where(table.notice == notice.value))


def drop(outbox_id: UUID) -> None:
    """What it would say is so no longer: it is told to nobody."""
    with transaction() as session:
        session.execute(sa.delete(OutboxRow).where(OutboxRow.id == outbox_id))


def purge() -> int:
    """Delete notices that left, or were given up, thirty days ago. What told a calendar of a booking that is still to
    come is kept: by it a cancellation knows whom to tell. Returns how many."""
    over = sa.or_(OutboxRow.sent_at.is_not(None), OutboxRow.tries >= TRIES)
    old = clock.hour(clock.now()) - KEPT
    to_come = sa.exists().where(Booking.id == OutboxRow.booking_id, Booking.ends_at > old)
    with transaction() as session:
        gone = session.execute(sa.delete(OutboxRow).where(over, OutboxRow.due_at < old, ~to_come))
    return int(gone.rowcount)  # type: ignore[attr-defined]
