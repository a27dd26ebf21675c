"""Notices that left, or were given up, go after thirty days; one that still waits never does."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import outbox
from pepa.models.outbox import OutboxRow
from tests.duty.rosters import person

pytestmark = pytest.mark.both
AT = datetime(2026, 3, 4, 3, 41, 27, tzinfo=UTC)


@pytest.mark.parametrize(("days", "stays"), [(0, True), (30, True), (31, False)])
@pytest.mark.parametrize("how", ["sent", "given up", "waits"])
def test_after_thirty_days(context: Flask, how: str, days: int, stays: bool) -> None:
    to = person("ratna")
    with clock.frozen(AT), transaction() as session:
        session.execute(sa.delete(OutboxRow))
        outbox.tell(session, to, outbox.Notice.ALARM)
    with clock.frozen(AT):
        if how == "sent":
            outbox.sent(outbox.claim()[0].id)
        elif how == "given up":
            with transaction() as session:
                session.execute(sa.update(OutboxRow).values(tries=outbox.TRIES))
            outbox.failed(db.session.scalars(sa.select(OutboxRow.id)).one(), outbox.TRIES)
    with clock.frozen(AT + timedelta(days=days)):
        gone = outbox.purge()
    assert gone == (0 if stays or how == "waits" else 1)
