"""One is read: by its reader, while it stands in the list."""

from uuid import uuid4

import pytest
from flask import Flask

from pepa.domain import notices
from pepa.domain.outbox import Notice
from pepa.errors import NotFound
from tests.duty.rosters import person
from tests.notices.lists import empty, listed, told
from tests.people import member, tell
from tests.walls.test_hidden import hide

pytestmark = pytest.mark.both


@pytest.fixture(autouse=True)
def _empty(context: Flask) -> None:
    empty()


def test_it_is_read_and_counts_no_more(context: Flask) -> None:
    one, other = told("ratna", Notice.SHIFT), told("ratna", Notice.MEMBERS)
    ratna = member("ratna")
    assert notices.read(ratna, one).is_read
    assert {row.id: row.is_read for row in listed(ratna)} == {one: True, other: False}
    assert notices.unread(ratna) == 1
    assert notices.read(ratna, one).is_read, "again is no fault"


def test_another_s_is_none(context: Flask) -> None:
    one = told("bayu", Notice.SHIFT)
    for notice_id in (one, uuid4()):
        with pytest.raises(NotFound):
            notices.read(member("ratna"), notice_id)
    assert notices.unread(member("bayu")) == 1


def test_what_one_may_know_no_more_is_none(context: Flask) -> None:
    report_id = tell().report_id
    one = told("ratna", Notice.LATE_READING, report_id)
    assert notices.read(member("ratna"), one).report_id == report_id
    hide(report_id, person("ratna"))
    with pytest.raises(NotFound):
        notices.read(member("ratna"), one)
