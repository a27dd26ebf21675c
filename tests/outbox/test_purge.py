"""Notices that left, or were given up, go after thirty days; one that still waits never does."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import transaction
from pepa.domain import outbox
from pepa.models.outbox import OutboxRow
from tests.duty.rosters import person

pytestmark = pytest.mark.both
AT = datetime(2026, 3, 4, 3, 41, 27, tzinfo=UTC)


def test_after_thirty_days(context: Flask) -> None:
    to = person("ratna")
    with clock.frozen(AT):
        with transaction() as session:
            session.execute(sa.delete(OutboxRow))
            for _ in range(3):
                outbox.tell(session, to, outbox.Notice.ALARM)
        sent, given_up, _ = outbox.claim()
        outbox.sent(sent.id)
        with transaction() as session:
            session.execute(sa.update(OutboxRow).where(OutboxRow.id == given_up.id).values(tries=outbox.TRIES))
        outbox.failed(given_up.id, outbox.TRIES)
    gone = []
    for days in (0, 30, 31, 400):
        with clock.frozen(AT + timedelta(days=days)):
            gone.append(outbox.purge())
    assert gone == [0, 0, 2, 0], "one still waits"
