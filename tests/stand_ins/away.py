"""Somebody who is away, and a colleague who stands in."""

from datetime import timedelta
from uuid import UUID

from pepa import clock
from pepa.domain import stand_ins
from tests.members.people import membership
from tests.people import member


def named(absent: str = "ratna", person: str = "bayu", *, days: int = 7, begins: int = 0) -> UUID:
    """By the absent person themselves, from today (or so many days later)."""
    first = clock.today() + timedelta(days=begins)
    return stand_ins.name(
        member(absent),
        membership(absent),
        person_id=member(person).person_id,
        from_on=first,
        until_on=first + timedelta(days=days - 1),
        once=f"{absent} {person} {begins}",
    )


def every_row() -> None:
    """One of the intake office."""
    named()
