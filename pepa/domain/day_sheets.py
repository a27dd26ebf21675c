"""The crew's day at a visit: who is expected, who came, who sits down without a place, and the next date."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import appointments, audit, boxes, keys, onces, routing, visits
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.rooms import Need
from pepa.models.visits import HOLDS, Appointment, AppointmentState, Visit
from pepa.policy import Member, Permission, can, require
from pepa.words import N_

S = AppointmentState
MOST_ASIDE = 20  # a flood hides nobody who is expected


class NotSo(Conflict):
    says = N_("Tempat ini sudah berubah. Lihat lagi.")


class NotYet(Conflict):
    says = N_("Tanggal berikutnya diberi sesudah jamnya mulai, untuk hari sesudah itu.")


class NotToday(Conflict):
    says = N_("Ini dicatat di hari jadwalnya saja, dan tidak datang sesudah jamnya mulai.")


class OtherDay(Invalid):
    says = N_("Jam tadi dari hari lain. Pilih jam di hari ini.")
    field = "slot"


@dataclass(frozen=True)
class Ways:
    """What may be done with a place now: one rule for the button and for the act."""

    come: bool
    miss: bool
    free: bool
    follow: bool


def _ways(visit: Visit, one: Appointment, has_next: bool) -> Ways:
    """That somebody did not come is known once the hour has begun; before it, a place is freed for whoever asks."""
    is_on, has_begun = visits.is_on(visit), visit.slot_at(one.slot) <= clock.now()
    is_open = one.state == S.BOOKED and visit.cancelled_at is None and not has_begun
    is_hers = one.state != S.CANCELLED
    return Ways(
        come=is_on and is_hers and one.state != S.CAME,
        miss=is_on and is_hers and has_begun and one.state != S.MISSED,
        free=is_open,
        follow=is_hers and not is_open and not has_next,
    )


@dataclass(frozen=True)
class Row:
    """A line of the day sheet.

    contact    a number that was left; None where none was, or where the actor has no key for it
    is_closed  the latter: one was left
    """

    id: UUID
    starts_at: datetime
    called: str
    state: AppointmentState
    needs: Sequence[Need]
    contact: str | None
    is_closed: bool
    is_aside: bool
    has_next: bool
    ways: Ways


def sheet(actor: Member, visit_id: UUID) -> Sequence[Row]:
    """Who is expected, in order. Numbers open for the office alone; that they were looked at is recorded.

    Raises NotFound, Broken.
    """
    visit = visits.get_for(actor, visit_id)
    found = _on(visit_id)
    followed = _followed(visit, [one.code_hash for one in found])
    rows = [
        Row(
            one.id,
            visit.slot_at(one.slot),
            appointments.called(visit, one.slot, one.seat),
            S(one.state),
            [Need(code) for code in one.needs.split()],
            contact := _contact(actor, one),
            one.contact_sealed is not None and contact is None,
            one.is_aside,
            one.code_hash in followed,
            _ways(visit, one, one.code_hash in followed),
        )
        for one in found
    ]
    if any(row.contact for row in rows):
        with transaction() as session:
            audit.record(session, "visit.contacts_seen", actor, visit_id)
    return rows


def waiting(actor: Member, visit_id: UUID) -> Sequence[Row]:
    """Of these, who still counts on it: whom to call when it changes. Raises what `sheet` raises."""
    return [row for row in sheet(actor, visit_id) if row.state == S.BOOKED and (row.contact or not row.is_aside)]


def _on(visit_id: UUID) -> Sequence[Appointment]:
    """All people's, and some that look like a machine's: those with a number first."""
    here = sa.select(Appointment).where(Appointment.visit_id == visit_id, Appointment.state != S.CANCELLED)
    people = db.session.scalars(here.where(~Appointment.is_aside)).all()
    odd = here.where(Appointment.is_aside).order_by(Appointment.contact_sealed.is_(None), Appointment.id)
    found = [*people, *db.session.scalars(odd.limit(MOST_ASIDE))]
    return sorted(found, key=lambda one: (one.slot, one.seat, one.id))


def _followed(visit: Visit, codes: Sequence[bytes]) -> Collection[bytes]:
    """Codes that hold a later date, at a visit that takes place."""
    later = sa.select(Appointment.code_hash).join(Visit, Visit.id == Appointment.visit_id)
    held = sa.and_(sa.text(HOLDS), Visit.cancelled_at.is_(None), Visit.starts_at > visit.starts_at)
    return set(db.session.scalars(later.where(Appointment.code_hash.in_(codes), held)))


def _contact(actor: Member, one: Appointment) -> str | None:
    if one.contact_sealed is None or one.organisation_id != actor.organisation_id:
        return None
    if not can(actor, Permission.READ_REPORTS):
        return None
    document = boxes.open_slip(actor, one.generation, appointments.DOMAIN, one.id, one.contact_sealed)
    return str(document["contact"]) if document else None


def mark_came(actor: Member, appointment_id: UUID, *, came: bool) -> None:
    """Who came, and who did not: it may be put right on the same day. Whoever came is no machine.

    Raises NotFound, NotSo, NotToday.
    """
    with transaction() as session:
        appointment = _running(session, actor, appointment_id)
        visit = session.get_one(Visit, appointment.visit_id)
        if appointment.state == S.CANCELLED:
            raise NotSo
        if appointment.state == (S.CAME if came else S.MISSED):
            return
        ways = _ways(visit, appointment, False)
        if not (ways.come if came else ways.miss):
            raise NotToday
        if came and _is_given_away(session, appointment):
            appointment.seat = appointments.beyond(session, visit, appointment.slot)
        appointment.state = S.CAME if came else S.MISSED
        appointment.is_aside = appointment.is_aside and not came
        audit.record(session, "appointment.came" if came else "appointment.missed", actor, appointment_id)


def _is_given_away(session: Session, appointment: Appointment) -> bool:
    """Whether another sits there by now."""
    there = sa.select(Appointment.id).where(
        Appointment.visit_id == appointment.visit_id,
        Appointment.slot == appointment.slot,
        Appointment.seat == appointment.seat,
        Appointment.id != appointment.id,
        sa.text(HOLDS),
    )
    return session.scalar(there.limit(1)) is not None


def free(actor: Member, appointment_id: UUID) -> UUID:
    """Somebody called and is not coming: before its hour the place is free. Returns the visit.

    Raises NotFound, NotSo.
    """
    with transaction() as session:
        appointment = _running(session, actor, appointment_id)
        if not _ways(session.get_one(Visit, appointment.visit_id), appointment, False).free:
            raise NotSo
        appointment.state, appointment.contact_sealed = S.CANCELLED, None
        audit.record(session, "appointment.freed", actor, appointment_id)
        return appointment.visit_id


def walk_in(actor: Member, visit_id: UUID, *, slot: int | None, once: str) -> UUID:
    """Somebody came without a place: one that is left, without a code; where none is, between the others.

    Raises NotToday, NothingChosen, PlaceGone.
    """
    if not visits.is_on(visits.get_for(actor, visit_id)):
        raise NotToday
    office = routing.office_for(None)
    with transaction() as session:
        if before := onces.made(session, "appointments.walk_in", actor.person_id, once):
            return before
        appointment_id = UUID(bytes=keys.mark("walk in", visit_id, actor.person_id, once)[:16], version=4)
        row = {
            "id": appointment_id,
            "visit_id": visit_id,
            "code_hash": keys.mark("no code", appointment_id),
            "state": S.CAME.value,
            "asked_on": clock.today(),
            "is_aside": False,
            "needs": "",
            **appointments.sealed(office, appointment_id, ""),
        }
        appointments.take(session, visit_id, slot, row, walks_in=True)
        onces.keep(session, "appointments.walk_in", actor.person_id, once, appointment_id)
        audit.record(session, "appointment.walk_in", actor, appointment_id)
    return appointment_id


def give_next(actor: Member, appointment_id: UUID, *, visit_id: UUID, slot: int | None, once: str) -> UUID:
    """The next date, under the same code: whoever holds it reads it there. A number that was left is not taken along.

    Raises NotFound, NotSo, NotYet, NothingChosen, PlaceGone, AllGone.
    """
    office = routing.office_for(None)
    with transaction() as session:
        if before := onces.made(session, "appointments.next", actor.person_id, once):
            return before
        now = _running(session, actor, appointment_id)
        visit = session.get_one(Visit, now.visit_id)
        has_next = bool(_followed(visit, [now.code_hash]))
        if has_next or now.state == S.CANCELLED:
            raise NotSo
        if not _ways(visit, now, has_next).follow or visits.find(visit_id).starts_at <= visit.starts_at:
            raise NotYet
        next_id = UUID(bytes=keys.mark("next date", appointment_id, once)[:16], version=4)
        row = {
            "id": next_id,
            "visit_id": visit_id,
            "code_hash": now.code_hash,
            "state": S.BOOKED.value,
            "asked_on": clock.today(),
            "is_aside": False,
            "needs": now.needs,
            "after_id": now.id,
            **appointments.sealed(office, next_id, ""),
        }
        appointments.take(session, visit_id, slot, row)
        onces.keep(session, "appointments.next", actor.person_id, once, next_id)
        audit.record(session, "appointment.next", actor, next_id)
    return next_id


def _running(session: Session, actor: Member, appointment_id: UUID) -> Appointment:
    require(actor, Permission.RUN_VISIT)
    appointment = session.get(Appointment, appointment_id)
    if appointment is None:
        raise NotFound
    visits.get_for(actor, appointment.visit_id)
    return appointment


def get_for(actor: Member, appointment_id: UUID) -> Appointment:
    """Raises NotFound."""
    return _running(db.session(), actor, appointment_id)
