"""The parts of a kelurahan on a day: a tree in the order in which people read it."""

from datetime import date
from uuid import UUID

import pytest
from flask import Flask

from pepa.db import transaction
from pepa.domain import areas
from pepa.errors import NotFound
from pepa.models.areas import Area
from tests import shelf

DAY = date(2026, 11, 25)
EARLIER = date(2026, 1, 1)


def made(level: str, name: str, parent_id: UUID | None = None, until: date | None = None) -> UUID:
    with transaction() as session:
        row = Area(
            kelurahan_code=shelf_code(),
            level=level,
            name=name,
            parent_id=parent_id,
            valid_from=EARLIER,
            valid_until=until,
        )
        session.add(row)
        session.flush()
        return row.id


def shelf_code() -> str:
    return areas.wards()[0].code


@pytest.mark.both
def test_each_part_stands_after_what_it_lies_in(context: Flask) -> None:
    rw = made("rw", "02", made("lingkungan", "Contoh"))
    made("rt", "010", rw)
    made("rt", "003", rw)
    made("rw", "10")
    made("rw", "9")
    found = areas.of(shelf_code(), DAY)
    assert [part.title for part in found] == ["Lingkungan Contoh", "RW 02", "RT 003", "RT 010", "RW 9", "RW 10"]
    assert [part.depth for part in found] == [0, 1, 2, 2, 0, 0]
    assert found[2].label == "RT 003, RW 02, Lingkungan Contoh"
    assert found[2].name == "003", "a name is text: its zeros stay"


def test_a_part_stands_from_its_first_day_until_the_day_on_which_it_was_gone(context: Flask) -> None:
    made("rt", "001", until=DAY)
    names = {day: [part.name for part in areas.of(shelf_code(), day)] for day in (date(2025, 12, 31), EARLIER, DAY)}
    assert names == {date(2025, 12, 31): [], EARLIER: ["001"], DAY: []}
    assert [part.name for part in areas.of(shelf_code(), date(2026, 11, 24))] == ["001"]


def test_a_part_whose_larger_part_is_gone_is_not_lost(context: Flask) -> None:
    made("rt", "001", made("rw", "01", until=DAY))
    assert [part.label for part in areas.of(shelf_code(), DAY)] == ["RT 001"]


def test_another_kelurahan_has_parts_of_its_own(context: Flask) -> None:
    made("rt", "001")
    assert not areas.of(areas.wards()[1].code, DAY)


def test_a_ward_is_named_with_its_kecamatan(context: Flask) -> None:
    assert shelf.kelurahan() == shelf_code()
    assert len(areas.wards()) == 67
    twice = [(one.name, one.kecamatan) for one in areas.wards() if one.name == "Sukawana"]
    assert twice == [("Sukawana", "Serang"), ("Sukawana", "Curug")]
    assert areas.ward("36.73.06.1013").name == "Cibendung"
    with pytest.raises(NotFound):
        areas.ward("36.73.99.1001")


@pytest.mark.parametrize(("smaller", "larger"), [("2", "10"), ("RT", "RU"), ("003", "12"), ("3", "3A"), ("", "1")])
def test_numbers_in_names_are_compared_as_numbers(smaller: str, larger: str) -> None:
    assert areas.natural(smaller) < areas.natural(larger)
