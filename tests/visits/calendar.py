"""A visit to ask for places at, on the Monday of tests/rooms/house."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pepa import clock
from pepa.domain import appointments, day_sheets, visits
from pepa.policy import Member
from tests import cast, shelf
from tests.rooms.house import EARLY, at


def planned(actor: Member | None = None, **values: Any) -> UUID:
    """From 09.00 to 12.00, three talks of an hour, one at a time; asep goes along."""
    me = actor or cast.member("wulan")
    fields = {
        "kind": "kelurahan",
        "kelurahan_code": shelf.kelurahan(),
        "place": "Balai Kelurahan",
        "starts_at": at("09.00"),
        "ends_at": at("12.00"),
        "slot_minutes": 60,
        "seats": 1,
        "once": "v",
        "crew_ids": [cast.member("asep").person_id],
        **values,
    }
    return visits.plan(me, **fields)


def asked(visit_id: UUID, slot: int = 0, *, now: datetime = EARLY, **values: Any) -> str:
    """A place, by somebody who took their time. Returns the code."""
    with clock.frozen(now):
        ticket = appointments.ticket()
    with clock.frozen(now + 30 * clock.SECOND):
        return appointments.ask(visit_id, slot=slot, ticket=ticket, **values)


def odd(visit_id: UUID, slot: int = 0, **values: Any) -> str:
    """A place, asked for as a machine does. Returns the code."""
    return appointments.ask(visit_id, slot=slot, ticket=appointments.ticket(), subject="beli sekarang", **values)


def held_by(code: str) -> appointments.Held:
    """The one place that a code has."""
    (held,) = appointments.by_code(code=code)
    return held


def given_back(code: str) -> appointments.Held:
    """The same, once it was given back."""
    (held,) = appointments.cancel_by_code(code=code, appointment_ids=[held_by(code).id])
    return held


def expected_at(actor: Member) -> dict[str, UUID]:
    """A visit of tomorrow at which somebody is expected, by the names that addresses have for them."""
    starts_at = (clock.now() + timedelta(days=1)).replace(hour=3, minute=0)
    visit_id = planned(actor, starts_at=starts_at, ends_at=starts_at + timedelta(hours=3), crew_ids=[])
    asked(visit_id, now=clock.now())
    rows = day_sheets.sheet(actor, visit_id)
    return {"visit_id": visit_id, "appointment_id": rows[0].id}


def every_row(login: str) -> None:
    """One row at least in each table that has a CHECK."""
    with clock.frozen(EARLY):
        visit_id = planned(cast.member(login))
    asked(visit_id)
