"""Long lists by key: every row once, both ways, whatever comes in between; a spoiled cursor reads the first page."""

from base64 import urlsafe_b64encode

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pepa.db import Page, db, keyset, transaction
from pepa.models.lists import Category

pytestmark = pytest.mark.both


SHAPES = ["[]", "[1]", '["x","c01"]', "[null,null]", '[1,"c01",2]', '{"a":1}', "7", "[[1],2]"]


def row(code: str, position: int) -> Category:
    return Category(list_name="l", code=code, position=position, label="", source="")


@pytest.fixture
def rows(context: Flask) -> list[str]:
    """25 rows in three stretches of the same position, so that the second key decides."""
    codes = [f"c{n:02}" for n in range(25)]
    with transaction() as session:
        session.execute(sa.delete(Category))
        session.add_all(
            Category(list_name="l", code=c, position=n // 9, label="", source="") for n, c in enumerate(codes)
        )
    return codes


def page(at: str | None, size: int = 7) -> Page[Category]:
    return keyset(sa.select(Category), Category.position, Category.code, at=at, size=size)


def codes(found: Page[Category]) -> list[str]:
    return [row.code for row in found]


def test_forwards_and_back_again(rows: list[str]) -> None:
    pages = [page(None)]
    while pages[-1].later:
        pages.append(page(pages[-1].later))
    assert [code for one in pages for code in codes(one)] == rows
    assert [len(one.items) for one in pages] == [7, 7, 7, 4]
    assert pages[0].earlier is None
    back = pages[-1]
    for expected in reversed(pages[:-1]):
        assert back.earlier
        back = page(back.earlier)
        assert codes(back) == codes(expected)
    assert back.earlier is None


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(1, 30), descends=st.booleans(), left_out=st.sets(st.integers(0, 24)))
def test_every_row_once_in_either_order(rows: list[str], size: int, descends: bool, left_out: set[int]) -> None:
    """Whatever the size of a page and the rows: to the end and back again is the list, and the list turned round."""
    query = sa.select(Category).where(Category.code.not_in([f"c{n:02}" for n in left_out]))
    listed = [code for n, code in enumerate(rows) if n not in left_out]
    expected = listed[::-1] if descends else listed

    def read(at: str | None) -> Page[Category]:
        return keyset(query, Category.position, Category.code, at=at, size=size, descends=descends)

    pages = [read(None)]
    while pages[-1].later:
        pages.append(read(pages[-1].later))
    assert [code for one in pages for code in codes(one)] == expected
    assert all(len(one.items) == size for one in pages[:-1])
    back = pages[-1]
    for before in reversed(pages[:-1]):
        back = read(back.earlier)
        assert codes(back) == codes(before)
    assert back.earlier is None


def test_a_full_last_page_has_nothing_after_it(rows: list[str]) -> None:
    assert page(page(None, 24).later, 1).later is None
    assert page(None, 25).later is None
    assert page(None, 26).later is None


def test_an_empty_list(rows: list[str]) -> None:
    found = keyset(sa.select(Category).where(Category.code == "none"), Category.position, Category.code)
    assert (codes(found), found.earlier, found.later) == ([], None, None)


def test_a_row_that_comes_before_moves_nothing(rows: list[str]) -> None:
    later = page(None).later
    with transaction() as session:
        session.add(row("a", 0))
    assert codes(page(later)) == rows[7:14]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.one_of(st.text(max_size=40), st.binary(max_size=30).map(lambda raw: "a" + raw.hex())))
def test_a_spoiled_cursor_reads_the_first_page(rows: list[str], at: str) -> None:
    assert codes(page(at)) == rows[:7]


@pytest.mark.parametrize(
    "values", ["[]", "[1]", '["x","c01"]', "[null,null]", '[1,"c01",2]', '{"a":1}', "7", "[[1],2]"]
)
def test_a_cursor_of_another_shape_reads_the_first_page(rows: list[str], values: str) -> None:
    for way in "ab":
        cursor = way + urlsafe_b64encode(values.encode()).decode().rstrip("=")
        assert codes(page(cursor)) == rows[:7]
    db.session.rollback()
