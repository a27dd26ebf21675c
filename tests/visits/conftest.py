"""A calendar in which nothing stands yet: the demo's visits are not what is tried here."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import transaction
from pepa.models.visits import Appointment, Visit, VisitCrew


@pytest.fixture(autouse=True)
def _empty_calendar(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        for table in (Appointment, VisitCrew, Visit):
            session.execute(sa.delete(table))
