"""Konsultasi keliling: on which day counsellors come to which kelurahan, and the same hours at the office.

The calendar is for everybody. Who holds a place in it stands in `appointments`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import Page, db, keyset, transaction
from pepa.domain import audit, onces, opening
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.organisations import Membership
from pepa.models.people import Person
from pepa.models.places import Kecamatan, Kelurahan
from pepa.models.rooms import Need
from pepa.models.visits import HOLDS, Appointment, AppointmentState, Visit, VisitCrew, VisitKind
from pepa.policy import Member, Permission, can, require
from pepa.words import N_

AHEAD = timedelta(days=90)  # that the calendar shows
LONGEST = timedelta(hours=10)
PLACE = 80  # letters


class NoPlace(Invalid):
    says = N_("Tulis tempatnya, seperti dikenal warga.")
    field = "place"


class NoKelurahan(Invalid):
    says = N_("Pilih kelurahannya.")
    field = "kelurahan_code"


class WrongTimes(Invalid):
    says = N_("Selesai sesudah mulai, di hari yang sama, paling lama 10 jam.")
    field = "ends_at"


class Past(Invalid):
    says = N_("Waktu ini sudah lewat. Pilih waktu lain.")
    field = "starts_at"


class OfficeShut(Invalid):
    says = N_("Kantor tutup di waktu itu. Pilih waktu lain. Jamnya ada di Jam buka dan libur.")
    field = "starts_at"


class NothingFits(Invalid):
    says = N_("Satu konsultasi 15 sampai 120 menit, dan muat di jam itu.")
    field = "slot_minutes"


class NotSo(Conflict):
    says = N_("Jadwal ini sudah diubah orang lain. Lihat lagi.")


class PlacesTaken(Conflict):
    says = N_("Sudah ada yang memegang tempat di jam itu. Batalkan jadwalnya, lalu buat yang baru.")
    field = "starts_at"


class PlacesTakenThere(PlacesTaken):
    says = N_("Sudah ada yang memegang tempat di kelurahan itu. Batalkan jadwalnya, lalu buat yang baru.")
    field = "kelurahan_code"


@dataclass(frozen=True)
class Listed:
    """A visit in the calendar. kecamatan and kelurahan are empty at the office.

    free     places that are left
    is_over  its last hour has begun
    """

    id: UUID
    kind: VisitKind
    kecamatan: str
    kelurahan: str
    place: str
    starts_at: datetime
    ends_at: datetime
    offers: Sequence[Need]
    free: int
    is_cancelled: bool
    is_over: bool


def coming(*, kecamatan_code: str | None = None) -> Sequence[Listed]:
    """What everybody may know: the visits of the coming weeks, cancelled ones as well, in order of time."""
    now = clock.now()
    at_office = Visit.kind == VisitKind.OFFICE  # it is for the whole city
    here = sa.or_(Kecamatan.code == kecamatan_code, at_office) if kecamatan_code else sa.true()
    return _all(here, Visit.ends_at > now, Visit.starts_at < now + AHEAD)


def listed(visit_id: UUID) -> Listed:
    """One of them. Raises NotFound."""
    found = _all(Visit.id == visit_id)
    if not found:
        raise NotFound
    return found[0]


def _all(*which: sa.ColumnElement[bool]) -> Sequence[Listed]:
    rows = db.session.execute(
        sa.select(Visit, Kecamatan.name, Kelurahan.name)
        .join(Kelurahan, Kelurahan.code == Visit.kelurahan_code, isouter=True)
        .join(Kecamatan, Kecamatan.code == Kelurahan.kecamatan_code, isouter=True)
        .where(*which)
        .order_by(Visit.starts_at, Visit.id)
    ).all()
    held = _held([visit.id for visit, _, _ in rows])
    return [_listed(visit, kecamatan, kelurahan, held.get(visit.id, set())) for visit, kecamatan, kelurahan in rows]


def _held(visit_ids: Sequence[UUID]) -> dict[UUID, set[tuple[int, int]]]:
    """Slots and seats that somebody has, by visit."""
    found: dict[UUID, set[tuple[int, int]]] = {}
    held = sa.select(Appointment.visit_id, Appointment.slot, Appointment.seat).where(
        Appointment.visit_id.in_(visit_ids), sa.text(HOLDS)
    )
    for visit_id, slot, seat in db.session.execute(held):
        found.setdefault(visit_id, set()).add((slot, seat))
    return found


def is_somebodys() -> sa.ColumnElement[bool]:
    """Of appointments: those that hold a place, and what was put aside with a number to call."""
    called = sa.and_(Appointment.state == AppointmentState.BOOKED, Appointment.contact_sealed.is_not(None))
    return sa.or_(sa.text(HOLDS), called)


def seats_left(visit: Visit, held: set[tuple[int, int]], slot: int) -> Sequence[int]:
    """The seats of a slot that nobody has; whoever sits between the tables leaves one fewer."""
    here = {seat for number, seat in held if number == slot}
    return [seat for seat in range(visit.seats) if seat not in here][: max(0, visit.seats - len(here))]


def _listed(visit: Visit, kecamatan: str | None, kelurahan: str | None, held: set[tuple[int, int]]) -> Listed:
    now = clock.now()
    coming = [n for n in range(visit.slots) if visit.slot_at(n) > now]
    left = sum(len(seats_left(visit, held, n)) for n in coming)
    return Listed(
        visit.id,
        VisitKind(visit.kind),
        kecamatan or "",
        kelurahan or "",
        visit.place,
        visit.starts_at,
        visit.ends_at,
        [Need(code) for code in visit.offers.split()],
        0 if visit.cancelled_at else left,
        visit.cancelled_at is not None,
        not coming,
    )


def find(visit_id: UUID) -> Visit:
    """One of the calendar. Raises NotFound."""
    visit = db.session.get(Visit, visit_id)
    if visit is None:
        raise NotFound
    return visit


def is_on(visit: Visit) -> bool:
    """Whether today is its day, from the morning to midnight, and it takes place."""
    return visit.cancelled_at is None and _day(visit.starts_at) == clock.today()


# ---- the office's side ----


def get_for(actor: Member, visit_id: UUID) -> Visit:
    """Its day sheet is for whoever goes along and whoever plans there. Raises NotFound."""
    require(actor, Permission.RUN_VISIT)
    visit = find(visit_id)
    plans = can(actor, Permission.PLAN_VISITS) and visit.organisation_id == actor.organisation_id
    if not plans and actor.person_id not in {one.id for one in crew(visit_id)}:
        raise NotFound
    return visit


def _mine(actor: Member) -> sa.ColumnElement[bool]:
    return Visit.id.in_(sa.select(VisitCrew.visit_id).where(VisitCrew.person_id == actor.person_id))


def today_of(actor: Member) -> Sequence[Visit]:
    """Those of today that the actor goes along with, in order of time."""
    require(actor, Permission.RUN_VISIT)
    starts_at = datetime.combine(clock.today(), time(0), clock.JAKARTA)
    on = sa.and_(Visit.starts_at >= starts_at, Visit.starts_at < starts_at + timedelta(days=1))
    query = sa.select(Visit).where(_mine(actor), on, Visit.cancelled_at.is_(None))
    return db.session.scalars(query.order_by(Visit.starts_at, Visit.id)).all()


def listed_for(actor: Member, *, at: str | None = None, is_past: bool = False) -> Page[Visit]:
    """What is still to come, or what is over, the last one first: of the actor's own, and of all of the office for
    whoever plans."""
    require(actor, Permission.RUN_VISIT)
    mine = _mine(actor)
    ours = Visit.organisation_id == actor.organisation_id if can(actor, Permission.PLAN_VISITS) else sa.false()
    since = clock.now() - timedelta(days=1)
    over = Visit.ends_at <= since if is_past else Visit.ends_at > since
    query = sa.select(Visit).where(sa.or_(mine, ours), over)
    return keyset(query, Visit.starts_at, Visit.id, at=at, descends=is_past)


def crew(visit_id: UUID) -> Sequence[Person]:
    """Who goes along, by name."""
    return db.session.scalars(
        sa.select(Person)
        .join(VisitCrew, VisitCrew.person_id == Person.id)
        .where(VisitCrew.visit_id == visit_id)
        .order_by(Person.name, Person.id)
    ).all()


def companions(actor: Member) -> Mapping[UUID, str]:
    """Who may be sent along: whoever works in any organisation here."""
    require(actor, Permission.PLAN_VISITS)
    rows = db.session.execute(
        sa.select(Person.id, Person.name)
        .join(Membership, Membership.person_id == Person.id)
        .where(Person.is_active, Membership.is_active)
        .order_by(Person.name, Person.id)
    )
    return {row.id: row.name for row in rows}


def plan(
    actor: Member,
    *,
    kind: str,
    kelurahan_code: str | None,
    place: str,
    starts_at: datetime,
    ends_at: datetime,
    slot_minutes: int,
    seats: int,
    once: str,
    offers: Sequence[str] = (),
    crew_ids: Sequence[UUID] = (),
) -> UUID:
    """A new visit; it stands in the calendar at once.

    Raises NoPlace, NoKelurahan, WrongTimes, Past, NothingFits, OfficeShut.
    """
    require(actor, Permission.PLAN_VISITS)
    visit = Visit(organisation_id=actor.organisation_id, made_by_id=actor.person_id)
    with transaction() as session:
        if before := onces.made(session, "visits.plan", actor.person_id, once):
            return before
        _fill(
            session,
            visit,
            kind=kind,
            kelurahan_code=kelurahan_code,
            place=place,
            starts_at=starts_at,
            ends_at=ends_at,
            slot_minutes=slot_minutes,
            seats=seats,
            offers=offers,
        )
        session.add(visit)
        session.flush()
        _set_crew(session, visit.id, crew_ids)
        onces.keep(session, "visits.plan", actor.person_id, once, visit.id)
        audit.record(session, "visit.planned", actor, visit.id)
        return visit.id


def change(
    actor: Member,
    visit_id: UUID,
    *,
    kind: str,
    kelurahan_code: str | None,
    place: str,
    starts_at: datetime,
    ends_at: datetime,
    slot_minutes: int,
    seats: int,
    version: int,
    offers: Sequence[str] = (),
    crew_ids: Sequence[UUID] = (),
) -> UUID:
    """Its times and its kelurahan stay while somebody holds a place in it. What runs already may be changed.

    Raises what `plan` raises, NotSo, PlacesTaken.
    """
    require(actor, Permission.PLAN_VISITS)
    with transaction() as session:
        visit = _changing(session, actor, visit_id, version)
        before = (visit.starts_at, visit.slot_minutes, visit.kelurahan_code, visit.seats)
        _fill(
            session,
            visit,
            kind=kind,
            kelurahan_code=kelurahan_code,
            place=place,
            starts_at=starts_at,
            ends_at=ends_at,
            slot_minutes=slot_minutes,
            seats=seats,
            offers=offers,
        )
        moved, elsewhere = before[:2] != (visit.starts_at, visit.slot_minutes), before[2] != visit.kelurahan_code
        fewer = sa.and_(Appointment.seat >= visit.seats, Appointment.seat < before[3])
        beyond = sa.true() if moved or elsewhere else sa.or_(Appointment.slot >= visit.slots, fewer)
        held = sa.select(Appointment.id).where(Appointment.visit_id == visit.id, is_somebodys(), beyond)
        if session.scalar(held.limit(1)) is not None:
            raise PlacesTakenThere if elsewhere and not moved else PlacesTaken
        _set_crew(session, visit.id, crew_ids)
        audit.record(session, "visit.changed", actor, visit.id)
        return visit.id


def cancel(actor: Member, visit_id: UUID, *, version: int) -> UUID:
    """It stays in the calendar, marked: whoever has it on a wall looks there. Raises NotSo."""
    require(actor, Permission.PLAN_VISITS)
    with transaction() as session:
        visit = _changing(session, actor, visit_id, version)
        visit.cancelled_at = clock.now()
        audit.record(session, "visit.cancelled", actor, visit.id)
        return visit.id


def _changing(session: Session, actor: Member, visit_id: UUID, version: int) -> Visit:
    visit = session.get(Visit, visit_id)
    if visit is None or visit.organisation_id != actor.organisation_id:
        raise NotFound
    if visit.version != version or visit.cancelled_at is not None:
        raise NotSo
    visit.version += 1
    return visit


def _fill(
    session: Session,
    visit: Visit,
    *,
    kind: str,
    kelurahan_code: str | None,
    place: str,
    starts_at: datetime,
    ends_at: datetime,
    slot_minutes: int,
    seats: int,
    offers: Sequence[str],
) -> None:
    before = (visit.kind, visit.starts_at, visit.ends_at)
    visit.kind = VisitKind(kind)
    if visit.kind == VisitKind.KELURAHAN and (kelurahan_code is None or session.get(Kelurahan, kelurahan_code) is None):
        raise NoKelurahan
    place = " ".join(place.split())[:PLACE]
    if not place:
        raise NoPlace
    if not timedelta() < ends_at - starts_at <= LONGEST or _day(starts_at) != _day(ends_at):
        raise WrongTimes
    if ends_at <= clock.now() or (starts_at <= clock.now() and starts_at != visit.starts_at):
        raise Past
    length = int((ends_at - starts_at).total_seconds()) // 60
    if not 15 <= slot_minutes <= min(120, length) or not 1 <= seats <= 20:
        raise NothingFits
    is_new = before != (visit.kind, starts_at, ends_at)  # what the house was shut on later may still be changed
    if visit.kind == VisitKind.OFFICE and is_new and opening.is_shut(starts_at, ends_at):
        raise OfficeShut
    visit.kelurahan_code = kelurahan_code if visit.kind == VisitKind.KELURAHAN else None
    visit.place, visit.starts_at, visit.ends_at = place, starts_at, ends_at
    visit.slot_minutes, visit.seats = slot_minutes, seats
    visit.offers = " ".join(need.value for need in Need if need in set(offers))


def _day(at: datetime) -> date:
    return at.astimezone(clock.JAKARTA).date()


def _set_crew(session: Session, visit_id: UUID, crew_ids: Sequence[UUID]) -> None:
    session.execute(sa.delete(VisitCrew).where(VisitCrew.visit_id == visit_id))
    known = session.scalars(sa.select(Person.id).where(Person.id.in_(crew_ids), Person.is_active))
    session.add_all(VisitCrew(visit_id=visit_id, person_id=one) for one in known.all())
