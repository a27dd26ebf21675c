"""Calendars in the form that other programs read: one event, or a person's feed. Written only.

Every event is single, in UTC, without a zone and without a rule of repetition; its words are the neutral kind, the room
and a link behind the log-in (rooms.md, rules 19 and 20).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import sqlalchemy as sa
from icalendar import Calendar, Event, vCalAddress
from sqlalchemy.orm import Session, joinedload

from pepa import clock
from pepa.db import db, insert_once, transaction
from pepa.domain import outbox
from pepa.models.organisations import Membership, Organisation
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.rooms import Booking, BookingState, Purpose

PRODUCT = "-//Calling Pepa//Ruang//ID"


@dataclass(frozen=True)
class Invite:
    """What is mailed of a booking. method: REQUEST or CANCEL; sequence: of the booking as it was read"""

    subject: str
    method: str
    body: bytes
    sequence: int


def tell(session: Session, booking: Booking) -> None:
    """Queue a mail about a booking to whoever has it, in the transaction of the act, where they want mail. One that
    still waits takes this in: it is written when it leaves, two minutes after the first change."""
    if outbox.Channel.MAIL not in outbox.channels(session, booking.person_id, outbox.Notice.CALENDAR):
        return
    values = {
        "id": uuid4(),
        "channel": outbox.Channel.MAIL.value,
        "notice": outbox.Notice.CALENDAR.value,
        "person_id": booking.person_id,
        "organisation_id": booking.organisation_id,
        "booking_id": booking.id,
        "due_at": clock.now() + outbox.FOLD,
        "tries": 0,
    }
    if not insert_once(session, OutboxRow, values):
        _begin_anew(session, booking)


def _begin_anew(session: Session, booking: Booking) -> None:
    """What an outage of the mail kept from leaving, or had given up, is tried again from the start. Whatever is on its
    way now waits for this lock before it is marked sent, and then sees what changed."""
    tried = OutboxRow.tries > 0
    waits = (OutboxRow.booking_id == booking.id, OutboxRow.person_id == booking.person_id, OutboxRow.sent_at.is_(None))
    soon = sa.case((tried, clock.now() + outbox.FOLD), else_=OutboxRow.due_at)
    session.execute(sa.update(OutboxRow).where(*waits).values(tries=0, due_at=soon))


def invite(due: outbox.Due, sender: str, base_url: str) -> Invite | None:
    """What a queued mail says at the moment at which it leaves; None where there is nothing to say: what was over
    before anything was told, or whose person is not at work here any more or wants no mail now."""
    booking = _booking(due.booking_id) if due.booking_id else None
    if booking is None or due.address is None or not _is_told(booking):
        return None
    holds = booking.state in (BookingState.CONFIRMED, BookingState.IN_USE)
    if not holds and (booking.state not in (BookingState.CANCELLED, BookingState.RELEASED) or not _was_told(due)):
        return None
    method = "REQUEST" if holds else "CANCEL"
    calendar = _empty()
    calendar.add("method", method)
    event = _event(booking, base_url)
    event.add("status", "CONFIRMED" if holds else "CANCELLED")
    event.add("organizer", vCalAddress(f"mailto:{sender}"))
    event.add("attendee", vCalAddress(f"mailto:{due.address}"))
    calendar.add_component(event)
    return Invite(Purpose(booking.purpose).label, method, bytes(calendar.to_ical()), booking.sequence)


def again(due: outbox.Due, sent: Invite) -> None:
    """Where the booking changed while its mail was on the way, another one follows."""
    booking = _booking(due.booking_id) if due.booking_id else None
    if booking is not None and booking.sequence != sent.sequence:
        with transaction() as session:
            tell(session, session.get_one(Booking, booking.id))


def feed(bookings: Iterable[Booking], base_url: str) -> bytes:
    """A person's bookings as busy blocks."""
    calendar = _empty()
    calendar.add("x-wr-calname", "Ruang")
    for booking in bookings:
        calendar.add_component(_event(booking, base_url))
    return bytes(calendar.to_ical())


def _empty() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    return calendar


def _event(booking: Booking, base_url: str) -> Event:
    event = Event()
    event.add("uid", f"{booking.id.hex}@{urlsplit(base_url).hostname or 'localhost'}")
    event.add("dtstamp", clock.now().astimezone(UTC))
    event.add("dtstart", booking.starts_at.astimezone(UTC))
    event.add("dtend", booking.ends_at.astimezone(UTC))
    event.add("sequence", booking.sequence)
    event.add("summary", Purpose(booking.purpose).label)
    event.add("location", booking.room.name)
    event.add("url", f"{base_url.rstrip('/')}/petugas/pesanan/{booking.id}")
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE")
    return event


def _booking(booking_id: UUID) -> Booking | None:
    return db.session.scalar(
        sa.select(Booking)
        .options(joinedload(Booking.room))
        .where(Booking.id == booking_id)
        .execution_options(populate_existing=True)
    )


def _is_told(booking: Booking) -> bool:
    """Whether whoever booked still works there and wants mail: asked again when it leaves."""
    here = (
        sa.select(Membership.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Membership.person_id == booking.person_id,
            Membership.organisation_id == booking.organisation_id,
            Membership.is_active,
            Organisation.is_active,
        )
    )
    person = db.session.get(Person, booking.person_id)
    wants = person is not None and person.is_active and person.has_mail
    return wants and db.session.scalar(here) is not None


def _was_told(due: outbox.Due) -> bool:
    before = sa.select(OutboxRow.id).where(
        OutboxRow.booking_id == due.booking_id,
        OutboxRow.person_id == due.person_id,
        OutboxRow.sent_at.is_not(None),
    )
    return db.session.scalar(before.limit(1)) is not None
