"""An installation in which a copy was put back a moment ago, without a second machine: what putting back leaves."""

from datetime import timedelta
from uuid import uuid4

import sqlalchemy as sa

from pepa import clock
from pepa.db import transaction
from pepa.domain import outbox
from pepa.models.backups import Incident
from pepa.models.organisations import ROOTS, Organisation
from tests.people import member


def restored(notices: int = 2, days: int = 2) -> None:
    """Made some days ago, put back now; every partner waits, and so do some notices."""
    now = clock.now()
    with transaction() as session:
        session.add(Incident(backup_id=uuid4(), from_at=now - timedelta(days=days), until_at=now))
        session.execute(sa.update(Organisation).where(Organisation.kind.not_in(ROOTS)).values(confirm_due=True))
        session.execute(sa.update(Organisation).where(Organisation.kind.in_(ROOTS)).values(compare_due=True))
    person_id = member("ratna").person_id
    with transaction() as session:
        for _ in range(notices):
            outbox.tell(session, person_id, outbox.Notice.SHIFT)
        outbox.hold(session)
