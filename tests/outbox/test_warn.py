"""Those who answer for an office are warned of the same once a day, by the calendar."""

from datetime import datetime

import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import outbox
from pepa.domain.outbox import Notice
from pepa.models.notices import NoticeRow
from tests.duty.rosters import person
from tests.people import office

AFTERNOON = datetime(2026, 3, 4, 14, 30, tzinfo=clock.JAKARTA)


def warned(at: datetime) -> int:
    """How often somebody was, once it was tried at this hour too."""
    with clock.frozen(at), transaction() as session:
        outbox.warn(session, office(), Notice.BACKUP)
    told = (NoticeRow.notice == Notice.BACKUP.value, NoticeRow.person_id == person("wulan"))
    return len(db.session.scalars(sa.select(NoticeRow.id).where(*told)).all())


def test_once_a_day_and_on_the_next_one_from_midnight_on(context: Flask) -> None:
    before = warned(AFTERNOON) - 1
    assert warned(AFTERNOON.replace(hour=23, minute=59)) == before + 1
    assert warned(AFTERNOON.replace(day=5, hour=0, minute=0)) == before + 2
    assert warned(AFTERNOON.replace(day=5, hour=23)) == before + 2
