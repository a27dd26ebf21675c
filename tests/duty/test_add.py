"""Putting somebody on duty, and taking a shift off again."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, duty
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry, Chain
from pepa.models.duty import Shift
from pepa.models.people import Person
from tests.duty.rosters import person, roster
from tests.people import member, office

AT = datetime(2026, 3, 4, 8, 0, tzinfo=clock.JAKARTA)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _empty(context: Flask) -> object:
    with clock.frozen(AT):
        roster()
        yield


def add(login: str = "ratna", hours: float = 8, by: str = "wulan", once: str = "a", starts_at: datetime = AT) -> object:
    ends_at = starts_at + timedelta(hours=hours)
    return duty.add(member(by), person_id=person(login), starts_at=starts_at, ends_at=ends_at, once=once)


def shifts() -> list[Shift]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Shift)))


@pytest.mark.both
def test_a_shift_stands(context: Flask) -> None:
    made = add()
    (shift,) = shifts()
    assert (shift.id, shift.organisation_id, shift.person_id) == (made, office(), person("ratna"))
    assert (shift.starts_at, shift.ends_at) == (AT, AT + 8 * HOUR)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.thing_id == made)).one()
    assert (entry.act, entry.person_id) == ("duty.added", person("wulan"))
    assert audit.first_broken(Chain.STAFF) is None


@pytest.mark.both
def test_the_same_form_twice_is_one_shift(context: Flask) -> None:
    assert add() == add()
    assert len(shifts()) == 1
    add(once="b")
    assert len(shifts()) == 2, "two may be on duty at once"


@pytest.mark.parametrize(
    ("hours", "failure"), [(0, duty.ShiftBackwards), (-1, duty.ShiftBackwards), (25, duty.ShiftTooLong)]
)
def test_hours_that_cannot_be_meant(context: Flask, hours: float, failure: type[Exception]) -> None:
    with pytest.raises(failure) as wrong:
        add(hours=hours)
    assert wrong.value.field == "ends_at"  # type: ignore[attr-defined]
    assert shifts() == []


def test_a_whole_day_is_the_longest(context: Flask) -> None:
    add(hours=24)
    assert len(shifts()) == 1


def test_what_is_over_is_not_planned(context: Flask) -> None:
    with pytest.raises(duty.ShiftOver):
        add(starts_at=AT - 9 * HOUR)
    assert add(starts_at=AT - 7 * HOUR), "one that runs may be entered late"


@pytest.mark.parametrize("login", ["hadi", "sekar", "joko", "nadia", "intan"])
def test_only_colleagues_who_read(context: Flask, login: str) -> None:
    with pytest.raises(duty.NotAColleague) as wrong:
        add(login)
    assert wrong.value.field == "person_id"
    assert shifts() == []


def test_nobody_who_has_left(context: Flask) -> None:
    with transaction() as session:
        session.get_one(Person, person("bayu")).is_active = False
    with pytest.raises(duty.NotAColleague):
        add("bayu")


@pytest.mark.parametrize("by", ["ratna", "hadi", "joko", "nadia"])
def test_only_a_supervisor_keeps_the_roster(context: Flask, by: str) -> None:
    with pytest.raises(NotAllowed):
        add(by=by)
    made = add()
    with pytest.raises(NotAllowed):
        duty.remove(member(by), made)  # type: ignore[arg-type]
    assert len(shifts()) == 1


def test_taken_off_it_is_gone_and_may_be_taken_off_again(context: Flask) -> None:
    made = add()
    for _ in range(2):
        duty.remove(member("wulan"), made)  # type: ignore[arg-type]
    assert shifts() == []
    acts = sa.select(AuditEntry.act).where(AuditEntry.thing_id == made).order_by(AuditEntry.number)
    assert list(db.session.scalars(acts)) == ["duty.added", "duty.removed"]
    duty.remove(member("wulan"), uuid4())


def test_another_office_s_shift_is_not_there(context: Flask) -> None:
    made = add()
    intan = member("intan")
    for verb in (duty.remove, duty.shift_for):
        with pytest.raises(NotFound):
            verb(intan, made)  # type: ignore[operator]
    assert len(shifts()) == 1
