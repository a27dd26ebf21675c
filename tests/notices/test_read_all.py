"""All that stood on the page is read; what came since is not."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import notices
from pepa.domain.outbox import Notice
from pepa.models.notices import NoticeRow
from tests.duty.rosters import person
from tests.notices.lists import empty, listed, told
from tests.people import member, tell
from tests.walls.test_hidden import hide

pytestmark = pytest.mark.both
AT = datetime(2026, 3, 4, 10, 41, 27, tzinfo=clock.JAKARTA)


@pytest.fixture(autouse=True)
def _empty(context: Flask) -> None:
    empty()


def test_what_came_within_the_hour_and_was_not_shown_stays(context: Flask) -> None:
    with clock.frozen(AT - timedelta(days=3)):
        told("ratna", Notice.SHIFT)
    with clock.frozen(AT):
        shown = told("ratna", Notice.MEMBERS)
        came = told("ratna", Notice.STAND_IN)
        ratna = member("ratna")
        assert notices.read_all(ratna, hour=clock.hour(AT), seen=[shown]) == 2
    with clock.frozen(AT + timedelta(hours=1)):
        later = told("ratna", Notice.SHIFT)
    assert {one.id for one in listed(ratna) if not one.is_read} == {came, later}


def test_nobody_else_s(context: Flask) -> None:
    theirs = told("bayu", Notice.SHIFT)
    told("ratna", Notice.SHIFT)
    assert notices.read_all(member("ratna"), hour=clock.now() + timedelta(hours=1), seen=[theirs]) == 1
    assert notices.unread(member("bayu")) == 1


def test_nor_what_one_may_not_know_of(context: Flask) -> None:
    report_id = tell().report_id
    one = told("ratna", Notice.LATE_READING, report_id)
    hide(report_id, person("ratna"))
    assert notices.read_all(member("ratna"), hour=clock.now() + timedelta(hours=1), seen=[one]) == 0
    db.session.rollback()
    assert not db.session.get_one(NoticeRow, one).is_read
