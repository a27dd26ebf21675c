"""Somebody who is away, and a colleague who stands in."""

from datetime import timedelta

from pepa import clock
from pepa.db import transaction
from pepa.models.stand_ins import StandIn
from tests.people import member, office


def every_row(absent: str = "ratna", person: str = "bayu") -> None:
    """One of the intake office, from today for a week."""
    away, stands, today = member(absent), member(person), clock.today()
    with transaction() as session:
        session.add(
            StandIn(
                organisation_id=office(),
                absent_id=away.person_id,
                person_id=stands.person_id,
                from_on=today,
                until_on=today + timedelta(days=7),
                made_by_id=away.person_id,
                made_at=clock.now(),
            )
        )
