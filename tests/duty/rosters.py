"""Rosters for the tests of duty: the intake office's, made anew."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from pepa.db import db, transaction
from pepa.models.duty import Shift
from pepa.models.people import Person
from tests.people import office


def person(login: str) -> UUID:
    return db.session.scalars(sa.select(Person.id).where(Person.login == login)).one()


def roster(*shifts: tuple[str, datetime, datetime], kind: str = "intake") -> None:
    """These shifts and no others."""
    rows = [
        Shift(organisation_id=office(kind), person_id=person(login), starts_at=starts_at, ends_at=ends_at)
        for login, starts_at, ends_at in shifts
    ]
    with transaction() as session:
        session.execute(sa.delete(Shift))
        session.add_all(rows)
