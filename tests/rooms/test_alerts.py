"""The desk is told what happens at the door: each event once, and each of them."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import apart, bookings, receptions, stays
from pepa.models.outbox import OutboxRow
from tests import cast
from tests.rooms.house import EARLY, at
from tests.rooms.test_apart import FRONT, SIDE, expect, made


def told_now() -> int:
    """How many are told since this was asked last."""
    db.session.rollback()
    rows = db.session.scalars(sa.select(OutboxRow).where(OutboxRow.notice == "apart", OutboxRow.tries == 0)).all()
    for row in rows:
        row.tries = 1
    db.session.commit()
    return len({row.event for row in rows})


@pytest.mark.both
def test_each_event_is_told_once_however_many_a_day(context: Flask, database: str) -> None:
    """Not once a day for all of them: two stays too long in one morning are two, and looking again is none."""
    first, ratna = made(), cast.member("ratna")
    second = apart.make(ratna, label="Dewi dan Anton", once="2")
    with clock.frozen(EARLY):
        hers = expect(first, "a", at("09.00"))
        his = expect(first, "b", at("12.00"))
        theirs = expect(second, "a", at("09.30"), 30)
        expect(second, "b", at("12.00"), once="2")
    with clock.frozen(at("09.30")):
        receptions.arrive(ratna, hers)
        receptions.arrive(ratna, theirs)
    with clock.frozen(at("10.15")):
        receptions.watch()
    with clock.frozen(at("10.35")):
        assert receptions.watch() == 2
        assert told_now() == 2
    with clock.frozen(at("10.40")):
        assert receptions.watch() == 0
        assert told_now() == 0
        receptions.leave(ratna, theirs)
        assert stays.cancel(ratna, his) == his
        expect(first, "b", at("12.15"))
    with clock.frozen(at("10.55")):
        assert receptions.watch() == 1, "he comes at another time: that is new"
        assert receptions.watch() == 0
        assert told_now() == 1


def test_the_desk_is_told_and_nobody_who_cannot_help(context: Flask) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        expect(group_id, "a", at("10.00"))
    with clock.frozen(at("10.05")):
        for once in ("w", "w", "x"):
            with pytest.raises(bookings.RoomTaken):
                receptions.walk_in(cast.member("ratna"), group_id, side="b", entrance=SIDE, minutes=60, once=once)
    rows = db.session.scalars(sa.select(OutboxRow).where(OutboxRow.notice == "apart")).all()
    assert len({row.event for row in rows}) == 2, "the same form sent twice is one"
    people = {row.person_id for row in rows}
    assert people >= {cast.member(login).person_id for login in ("ratna", "bayu", "wulan", "sekar")}
    assert not people & {cast.member(login).person_id for login in ("hadi", "joko", "nadia", "intan")}


def test_who_was_led_elsewhere_is_told_of_once(context: Flask) -> None:
    group_id, ratna = made(), cast.member("ratna")
    with clock.frozen(EARLY):
        his = expect(group_id, "b", at("10.00"))
    with clock.frozen(at("10.00")):
        receptions.arrive(ratna, his)
        receptions.walk_in(ratna, group_id, side="a", entrance=FRONT, minutes=60, once="w")
        assert told_now() == 1
    with clock.frozen(at("10.05")):
        receptions.watch()
        assert told_now() == 0
