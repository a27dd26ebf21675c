"""Handing over: sealed to the office, read by whom it is for, and said to have been read."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import duty, handovers
from pepa.errors import Failure, NotAllowed, NotFound
from pepa.models.duty import Handover
from tests.duty.rosters import person
from tests.people import member

AT = datetime(2026, 3, 4, 15, 50, tzinfo=clock.JAKARTA)
MARK = "Tandakata: hubungi lewat kakaknya"


def write(by: str = "ratna", to: str = "bayu", once: str = "a", **values: Any) -> UUID:
    with clock.frozen(AT):
        whole = {"note": MARK, "out": "Wulan, mobil 2, pulang 17.00"} | values
        return handovers.write(member(by), person_id=person(to), once=once, **whole)


@pytest.mark.both
def test_it_is_read_in_the_office_and_nowhere_else(context: Flask) -> None:
    made = write()
    assert write() == made, "the same form"
    db.session.rollback()
    row = db.session.get_one(Handover, made)
    assert MARK.encode() not in row.body_sealed
    (found,) = handovers.newest(member("bayu"))
    assert (found.note, found.out) == (MARK, "Wulan, mobil 2, pulang 17.00")
    assert (found.row.written_by.name, found.row.confirmed_at) == ("Ratna Contoh", None)
    assert handovers.newest(member("intan")) == []


def test_moved_to_another_row_it_is_not_shown(context: Flask) -> None:
    first, second = write(), write(once="b")
    body = db.session.get_one(Handover, first).body_sealed
    with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.update(Handover).where(Handover.id == second).values(body_sealed=body))
    db.session.rollback()
    assert [one.row.id for one in handovers.newest(member("bayu"))] == [first]


@pytest.mark.both
def test_whoever_it_is_for_says_so_once(context: Flask) -> None:
    made = write()
    with clock.frozen(AT + timedelta(minutes=12)):
        handovers.confirm(member("bayu"), made)
    with clock.frozen(AT + timedelta(hours=1)):
        row = handovers.confirm(member("bayu"), made)
    assert row.confirmed_at == AT + timedelta(minutes=12)


@pytest.mark.parametrize(
    ("by", "failure"),
    [("wulan", handovers.NotForYou), ("ratna", handovers.NotForYou), ("intan", NotFound), ("hadi", NotAllowed)],
)
def test_nobody_else_says_so(context: Flask, by: str, failure: type[Failure]) -> None:
    made = write()
    with pytest.raises(failure):
        handovers.confirm(member(by), made)
    with pytest.raises(NotFound):
        handovers.confirm(member("bayu"), uuid4())


@pytest.mark.parametrize(
    ("values", "failure"),
    [
        ({"note": "  "}, handovers.NothingWritten),
        ({"to": "ratna"}, handovers.ToOneself),
        ({"to": "hadi"}, duty.NotAColleague),
        ({"to": "intan"}, duty.NotAColleague),
        ({"by": "hadi"}, NotAllowed),
    ],
)
def test_what_is_not_handed_over(context: Flask, values: dict[str, Any], failure: type[Failure]) -> None:
    with pytest.raises(failure):
        write(**values)
    assert db.session.scalars(sa.select(Handover)).all() == []


@pytest.mark.both
def test_after_a_month_it_is_gone(context: Flask) -> None:
    write()
    with clock.frozen(AT + timedelta(days=29)):
        assert handovers.purge() == 0
    with clock.frozen(AT + timedelta(days=31)):
        assert handovers.purge() == 1
        assert handovers.newest(member("bayu")) == []
