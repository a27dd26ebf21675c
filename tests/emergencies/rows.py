"""An emergency opening that runs, for tests that need one of any office."""

from dataclasses import replace
from uuid import UUID

from pepa.db import transaction
from pepa.domain import emergencies
from pepa.policy import Member
from tests.people import member


def opened(me: Member, report_id: UUID) -> UUID:
    """By the case manager of the cast, in the office of somebody."""
    row = emergencies._row(replace(me, person_id=member("sekar").person_id), report_id, "Darurat")
    row_id = row.id
    with transaction() as session:
        session.add(row)
    return row_id
