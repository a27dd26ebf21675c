"""The demo's calendar: where fictional counsellors come in the next days."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from pepa import clock
from pepa.db import db
from pepa.domain import visits
from pepa.models.places import Kelurahan
from pepa.policy import Member

VISITS = ((2, 9, 12, "Balai Kelurahan"), (5, 13, 16, "Posyandu Contoh"), (9, 9, 12, "Masjid Contoh"))
OFFICE_HOURS = (1, 9, 15)


def plant(members: Mapping[str, Member], office: str) -> None:
    """The visiting counsellors in the coming days, and the same hours at the office."""
    me, along = members["wulan"], [members["asep"].person_id, members["melati"].person_id]
    codes = db.session.scalars(sa.select(Kelurahan.code).order_by(Kelurahan.name).limit(len(VISITS))).all()
    for code, (days, opens, closes, place) in zip(codes, VISITS, strict=True):
        _visit(me, "kelurahan", days, opens, closes, place=place, kelurahan_code=code, crew_ids=along)
    days, opens, closes = OFFICE_HOURS
    while (clock.today() + timedelta(days=days)).weekday() > 4:
        days += 1
    with suppress(visits.OfficeShut):  # an office that has hours and holidays keeps its own
        _visit(me, "office", days, opens, closes, place=office, crew_ids=[me.person_id])


def _visit(me: Member, kind: str, days: int, opens: int, closes: int, **more: Any) -> None:
    day = clock.today() + timedelta(days=days)
    visits.plan(
        me,
        kind=kind,
        starts_at=datetime.combine(day, time(opens), clock.JAKARTA),
        ends_at=datetime.combine(day, time(closes), clock.JAKARTA),
        slot_minutes=45,
        seats=2,
        offers=["woman_officer"],
        once=f"{kind} {days}",
        **{"kelurahan_code": None, **more},
    )
