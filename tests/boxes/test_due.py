"""A box from which a grant was dropped is turned by whoever opens it next, before anything is written into it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import boxes, follow_up, grants, keys, reporters, reports
from pepa.models.boxes import Box, Epoch
from pepa.models.organisations import Organisation
from pepa.policy import Reporter
from tests.people import holder, member, office, tell

pytestmark = pytest.mark.both


def shared_with(kind: str) -> Reporter:
    reporter = tell()
    with transaction() as session:
        boxes.share(session, boxes.open_for(member("ratna"), reporter.box_id), holder(kind))
    return reporter


def dropped(reporter: Reporter, kind: str) -> None:
    with transaction() as session:
        assert grants.drop(session, office(kind)) == 1
    assert db.session.get_one(Box, reporter.box_id).rotation_due


def newest(reporter: Reporter) -> int:
    db.session.rollback()
    return db.session.scalars(sa.select(sa.func.max(Epoch.number)).where(Epoch.box_id == reporter.box_id)).one()


@pytest.mark.parametrize("who", ["officer", "reporter"])
def test_whoever_opens_it_next_turns_it(context: Flask, who: str) -> None:
    reporter = shared_with("legal_aid")
    dropped(reporter, "legal_aid")
    box = boxes.open_for(member("ratna") if who == "officer" else reporter, reporter.box_id)
    assert (box.number, box.is_newest, newest(reporter)) == (2, True, 2)
    assert box.holders == {("organisation", office()), ("reporter", reporter.report_id)}
    assert not db.session.get_one(Box, reporter.box_id).rotation_due
    with pytest.raises(boxes.NotFound):
        boxes.open_for(member("nadia"), reporter.box_id)


def test_what_is_written_next_is_under_the_new_key(context: Flask) -> None:
    reporter = shared_with("legal_aid")
    before = boxes.open_for(member("nadia"), reporter.box_id)
    dropped(reporter, "legal_aid")
    reports.answer(member("bayu"), reporter.report_id, text="Baru", once="a")
    reporters.write(reporter, text="Balasan", once="b")
    assert [one.text for one in follow_up.following(reporter).messages] == ["Baru"]
    opened = reports.open_for(member("ratna"), reporter.report_id)
    assert [one.text for one in opened.messages] == ["Baru", "Balasan"]
    assert set(opened.box.secrets) == {1, 2}
    assert set(before.secrets) == {1}, "whoever kept the old key reads what was there, and nothing that came since"


def test_of_two_who_open_it_at_once_one_turns_it(context: Flask) -> None:
    reporter = shared_with("legal_aid")
    dropped(reporter, "legal_aid")
    people, start = [member("ratna"), member("bayu")], Barrier(2)

    def opens(turn: int) -> int:
        with context.app_context():
            start.wait(10)
            try:
                return boxes.open_for(people[turn], reporter.box_id).number
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(opens, range(2))) == [2, 2]
    assert newest(reporter) == 2


def test_nothing_is_turned_for_a_holder_whose_key_was_changed_by_other_hands(context: Flask) -> None:
    reporter = shared_with("legal_aid")
    with transaction() as session:
        session.get_one(Box, reporter.box_id).rotation_due = True
        session.get_one(Organisation, office("legal_aid")).public_key = bytes(32)
    with pytest.raises(keys.KeysUnsound):
        boxes.open_for(member("ratna"), reporter.box_id)
    assert newest(reporter) == 1


def test_the_grants_of_who_is_alone_stay(context: Flask) -> None:
    """To drop them would destroy what nobody else of the staff opens."""
    reporter = tell()
    with transaction() as session:
        assert grants.drop(session, office("legal_aid")) == 0
        assert grants.drop(session, office()) == 0
    assert boxes.open_for(member("ratna"), reporter.box_id).number == 1
