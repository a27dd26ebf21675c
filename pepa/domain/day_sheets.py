"""The crew's day at a visit: who is expected, who came, who sits down without a place, and the next date."""

from collections.abc import Sequence
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


class OtherDay(Invalid):
    says = N_("Jam tadi dari hari lain. Pilih jam di hari ini.")
    field = "slot"


@dataclass(frozen=True)
class Row:
    """A line of the day sheet.

    contact  a number that was left; None where none was, or where the actor has no key for it
    """

    id: UUID
    starts_at: datetime
    called: str
    state: AppointmentState
    needs: Sequence[Need]
    contact: str | None
    is_aside: bool
    has_next: bool


def sheet(actor: Member, visit_id: UUID) -> Sequence[Row]:
    """Who is expected, in order. Numbers open for the office alone; that they were looked at is recorded.

    Raises NotFound, Broken.
    """
    visit = visits.get_for(actor, visit_id)
    found = _on(visit_id)
    following = set(
        db.session.scalars(sa.select(Appointment.after_id).where(Appointment.after_id.in_([one.id for one in found])))
    )
    rows = [
        Row(
            one.id,
            visit.slot_at(one.slot),
            appointments.called(visit, one.slot, one.seat),
            S(one.state),
            [Need(code) for code in one.needs.split()],
            _contact(actor, one),
            one.is_aside,
            one.id in following,
        )
        for one in found
    ]
    if any(row.contact for row in rows):
        with transaction() as session:
            audit.record(session, "visit.contacts_seen", actor, visit_id)
    return rows


def _on(visit_id: UUID) -> Sequence[Appointment]:
    """All people's, and some that look like a machine's: those with a number first."""
    here = sa.select(Appointment).where(Appointment.visit_id == visit_id, Appointment.state != S.CANCELLED)
    people = db.session.scalars(here.where(~Appointment.is_aside)).all()
    odd = here.where(Appointment.is_aside).order_by(Appointment.contact_sealed.is_(None), Appointment.id)
    found = [*people, *db.session.scalars(odd.limit(MOST_ASIDE))]
    return sorted(found, key=lambda one: (one.slot, one.seat, one.id))


def _contact(actor: Member, one: Appointment) -> str | None:
    if one.contact_sealed is None or one.organisation_id != actor.organisation_id:
        return None
    if not can(actor, Permission.READ_REPORTS):
        return None
    document = boxes.open_slip(actor, one.generation, appointments.DOMAIN, one.id, one.contact_sealed)
    return str(document["contact"]) if document else None


def mark_came(actor: Member, appointment_id: UUID, *, came: bool) -> None:
    """Who came, and who did not: it may be put right on the same day. Whoever came is no machine.

    Raises NotFound, NotSo.
    """
    with transaction() as session:
        appointment = _running(session, actor, appointment_id)
        if appointment.state == S.CANCELLED:
            raise NotSo
        if came and _is_given_away(session, appointment):
            visit = session.get_one(Visit, appointment.visit_id)
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


def walk_in(actor: Member, visit_id: UUID, *, slot: int | None, once: str) -> UUID:
    """Somebody came without a place: one that is left, without a code. Raises NothingChosen, PlaceGone, AllGone."""
    visits.get_for(actor, visit_id)
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
        appointments.take(session, visit_id, slot, row, running=True)
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
        if session.scalar(sa.select(Appointment.id).where(Appointment.after_id == now.id, sa.text(HOLDS)).limit(1)):
            raise NotSo
        _follows(session.get_one(Visit, now.visit_id), now, visits.find(visit_id))
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


def _follows(visit: Visit, now: Appointment, later: Visit) -> None:
    """One talk goes on with another: an open place is given back first, not doubled. Raises NotSo, NotYet."""
    if now.state == S.CANCELLED:
        raise NotSo
    is_open = now.state == S.BOOKED and visit.cancelled_at is None and visit.slot_at(now.slot) > clock.now()
    if is_open or later.starts_at <= visit.starts_at:
        raise NotYet


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
