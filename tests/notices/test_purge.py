"""What was told is forgotten after as many days as the office says."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from pepa import clock, delivery
from pepa.db import transaction
from pepa.domain import notices
from pepa.domain.outbox import Notice
from pepa.models.installation import Setting
from tests.notices.lists import empty, told
from tests.people import member

AT = datetime(2026, 3, 4, 3, 41, 27, tzinfo=UTC)


@pytest.mark.both
@pytest.mark.parametrize("days", [30, 7])
def test_read_or_not(context: Flask, days: int) -> None:
    if days != 30:
        with transaction() as session:
            session.merge(Setting(key="notice_days", value=str(days)))
    empty()
    with clock.frozen(AT):
        one = told("ratna", Notice.SHIFT)
        told("ratna", Notice.MEMBERS)
        notices.read(member("ratna"), one)
    gone = []
    for late in (timedelta(), timedelta(days=days), timedelta(days=days, hours=1)):
        with clock.frozen(AT + late):
            gone.append(notices.purge())
    assert gone == [0, 0, 2]


def test_the_delivery_does_it() -> None:
    assert notices in delivery.PURGED
