"""Places change and keep what they were: add, rename, split, merge, move, end."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import area_changes, areas, periods
from pepa.errors import Failure, NotAllowed, NotFound
from pepa.models.areas import Area, AreaChange
from tests.people import member

A, B = "36.73.01.1001", "36.73.02.1001"
NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
TODAY, BEGUN = date(2026, 12, 1), date(2026, 10, 5)

pytestmark = pytest.mark.usefixtures("_at_noon")


@pytest.fixture
def _at_noon(context: Flask) -> object:
    with clock.frozen(NOW):
        yield


def added(level: str, name: str, parent_id: UUID | None = None, code: str = A, on: date = BEGUN) -> UUID:
    dian = member("dian")
    return area_changes.add(
        dian, kelurahan_code=code, level=level, name=name, parent_id=parent_id, on=on, once=uuid4().hex
    )


def labels(code: str = A, day: date = TODAY) -> list[str]:
    db.session.rollback()
    return [part.label for part in areas.of(code, day)]


def steps() -> list[tuple[str, str, str]]:
    rows = db.session.scalars(sa.select(AreaChange)).all()
    named = {row.id: row.name for row in db.session.scalars(sa.select(Area))}
    return sorted((named[row.from_id], named[row.to_id], row.change) for row in rows)


@pytest.mark.both
def test_a_renamed_one_was_there_under_its_old_name(context: Flask) -> None:
    rw = added("rw", "02")
    added("rt", "003", rw)
    new = area_changes.rename(member("dian"), rw, name="RW 12", on=TODAY)
    assert labels() == ["RW 12", "RT 003, RW 12"]
    assert labels(day=TODAY - timedelta(days=1)) == ["RW 02", "RT 003, RW 02"]
    assert steps() == [("02", "12", "renamed")]
    assert area_changes.rename(member("dian"), new, name="12", on=TODAY) == new, "twice changes nothing"
    assert len(steps()) == 1


def test_a_split_one_becomes_several(context: Flask) -> None:
    rt = added("rt", "003", added("rw", "02"))
    area_changes.split(member("dian"), rt, names="003, RT 008", on=TODAY)
    assert labels() == ["RW 02", "RT 003, RW 02", "RT 008, RW 02"]
    assert steps() == [("003", "003", "split"), ("003", "008", "split")]
    with pytest.raises(NotFound):
        area_changes.split(member("dian"), rt, names="003, 008", on=TODAY)


def test_what_lay_in_a_split_one_lies_in_the_first(context: Flask) -> None:
    rw = added("rw", "02")
    added("rt", "001", rw)
    area_changes.split(member("dian"), rw, names="02, 05", on=TODAY)
    assert labels() == ["RW 02", "RT 001, RW 02", "RW 05"]


def test_two_are_joined(context: Flask) -> None:
    one, other = added("rw", "01"), added("rw", "02")
    added("rt", "001", one)
    added("rt", "009", other)
    area_changes.merge(member("dian"), one, other_id=other, name="01", on=TODAY)
    assert labels() == ["RW 01", "RT 001, RW 01", "RT 009, RW 01"]
    assert steps() == [("01", "01", "merged"), ("02", "01", "merged")]


def test_only_those_side_by_side_are_joined(context: Flask) -> None:
    rw = added("rw", "01")
    one, other = added("rt", "001", rw), added("rt", "001", added("rw", "02"))
    for wrong in (other, rw, one, None, added("rt", "001", code=B)):
        with pytest.raises(area_changes.NotBeside):
            area_changes.merge(member("dian"), one, other_id=wrong, name="001", on=TODAY)


def test_one_moves_within_its_kelurahan_and_to_another(context: Flask) -> None:
    rt, there = added("rt", "004", added("rw", "01")), added("rw", "02")
    moved = area_changes.move(member("dian"), rt, parent_id=there, on=TODAY)
    assert labels() == ["RW 01", "RW 02", "RT 004, RW 02"]
    area_changes.move(member("dian"), moved, parent_id=added("rw", "07", code=B), on=TODAY)
    assert (labels(), labels(B)) == (["RW 01", "RW 02"], ["RW 07", "RT 004, RW 07"])
    assert steps() == [("004", "004", "moved")] * 2


def test_one_that_holds_others_stays_in_its_kelurahan(context: Flask) -> None:
    link, rw = added("lingkungan", "Contoh", code=B), added("rw", "01")
    added("rt", "001", rw)
    with pytest.raises(area_changes.StillFull):
        area_changes.move(member("dian"), rw, parent_id=link, on=TODAY)
    with pytest.raises(area_changes.PartMissing):
        area_changes.move(member("dian"), link, parent_id=rw, on=TODAY)


def test_one_ends(context: Flask) -> None:
    rw = added("rw", "01")
    rt = added("rt", "001", rw)
    with pytest.raises(area_changes.StillFull):
        area_changes.end(member("dian"), rw, on=TODAY)
    area_changes.end(member("dian"), rt, on=TODAY)
    assert labels() == ["RW 01"]
    assert labels(day=BEGUN) == ["RW 01", "RT 001, RW 01"]
    with pytest.raises(NotFound):
        area_changes.end(member("dian"), rt, on=TODAY)


def test_the_same_form_adds_once(context: Flask) -> None:
    same = {"kelurahan_code": A, "level": "rt", "name": "003", "parent_id": None, "on": TODAY, "once": "1"}
    assert area_changes.add(member("dian"), **same) == area_changes.add(member("dian"), **same)  # type: ignore[arg-type]
    with pytest.raises(area_changes.NameTaken):
        added("rt", "3")
    assert labels() == ["RT 003"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [("RT 003", "003"), ("rt.3", "3"), (" 003 ", "003"), ("Lingkungan  Contoh Baru", "Contoh Baru"), ("RT", "RT"),
     ("Ŋurul", "Ŋurul")],
)  # fmt: skip
def test_a_name_is_text_without_its_level(typed: str, name: str) -> None:
    assert area_changes.plain_name(typed) == name


@pytest.mark.parametrize("typed", ["", "  ", "=1+1", "+3", "-3", "@x", "a;b", "a,b", "x" * 41])
def test_a_name_that_would_spoil_a_list_is_refused(typed: str) -> None:
    with pytest.raises((area_changes.NameMissing, area_changes.NameSpoiled)):
        area_changes.plain_name(typed)


def test_no_day_before_it_began_none_to_come_none_that_was_closed(context: Flask) -> None:
    rt = added("rt", "003")
    for day, failure in (
        (BEGUN - timedelta(days=1), area_changes.DayWrong),
        (TODAY + timedelta(days=1), area_changes.DayWrong),
    ):
        with pytest.raises(failure):
            area_changes.end(member("dian"), rt, on=day)
    old = added("rt", "009", on=date(2026, 7, 1))
    periods.close(member("hadi"), "2026-Q3")
    with pytest.raises(area_changes.DayClosed):
        area_changes.rename(member("dian"), old, name="010", on=date(2026, 9, 30))
    area_changes.rename(member("dian"), old, name="010", on=date(2026, 10, 1))


@pytest.mark.parametrize("names", ["", "003", "003, RT 3", "1,2,3,4,5,6,7,8,9,10,11"])
def test_a_split_needs_several_names(context: Flask, names: str) -> None:
    with pytest.raises(area_changes.TooFew):
        area_changes.split(member("dian"), added("rt", "003"), names=names, on=TODAY)


VERBS: list[Callable[..., object]] = [
    lambda actor, rt: area_changes.rename(actor, rt, name="9", on=TODAY),
    lambda actor, rt: area_changes.split(actor, rt, names="1,2", on=TODAY),
    lambda actor, rt: area_changes.merge(actor, rt, other_id=rt, name="9", on=TODAY),
    lambda actor, rt: area_changes.move(actor, rt, parent_id=rt, on=TODAY),
    lambda actor, rt: area_changes.end(actor, rt, on=TODAY),
]


@pytest.mark.parametrize("verb", VERBS)
def test_others_change_no_place_and_nothing_changes_what_is_not_there(
    context: Flask, verb: Callable[..., object]
) -> None:
    rt = added("rt", "003")
    for login in ("ratna", "hadi", "nadia", "asep"):
        with pytest.raises(NotAllowed):
            verb(member(login), rt)
    with pytest.raises(Failure):
        verb(member("dian"), uuid4())
    assert labels() == ["RT 003"]
