"""The code of a report: the same ticket always gives the same one, and nothing of it is stored."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db
from pepa.domain import intake, keys, reporters, tickets
from pepa.models.reports import ReporterKey
from pepa.policy import Reporter
from pepa.vault import codes
from tests.people import tell


def stored(reporter: Reporter) -> tuple[bytes | None, bytes | None]:
    db.session.rollback()
    row = db.session.get_one(ReporterKey, reporter.report_id)
    return row.code_locator, row.code_sealed


def test_twenty_digits_that_check(context: Flask) -> None:
    digits = reporters.code(tell())
    assert digits
    assert len(digits) == 20
    assert digits.isdigit()
    assert int(digits) % 97 == 1, "ISO 7064 mod 97-10"
    assert tickets.parse_code(digits) == digits


@pytest.mark.both
def test_made_once_and_told_as_often_as_asked(context: Flask) -> None:
    reporter = tell()
    assert stored(reporter) == (None, None)
    digits = reporters.code(reporter)
    first = stored(reporter)
    assert None not in first
    assert [reporters.code(reporter) for _ in range(3)] == [digits] * 3
    assert stored(reporter) == first, "the wrap is never made anew"


@pytest.mark.both
def test_made_by_two_at_once_it_is_one(context: Flask) -> None:
    reporter = tell()

    def make(_: int) -> str | None:
        with context.app_context():
            try:
                return reporters.code(reporter)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(3) as pool:
        made = set(pool.map(make, range(3)))
    db.session.rollback()
    assert len(made) == 1
    (digits,) = made
    assert digits
    assert reporters.by_token(reporters.open_code(digits))


def test_other_reports_have_other_codes(context: Flask) -> None:
    assert len({reporters.code(tell("Isi yang sama")) for _ in range(5)}) == 5


def test_a_code_comes_after_its_wrap_is_committed(context: Flask) -> None:
    """Nothing is shown that would not open: a database that refuses makes the page say "open once more"."""
    reporter = tell()

    def away(_: object) -> None:
        raise sa.exc.OperationalError("update", {}, Exception("away"))

    sa.event.listen(db.engine, "commit", away)
    assert reporters.code(reporter) is None
    sa.event.remove(db.engine, "commit", away)
    assert stored(reporter) == (None, None)
    assert reporters.code(reporter)


def test_while_all_slots_are_taken_it_is_made_later(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    reporter, here = tell(), keys.here()
    impatient = dataclasses.replace(here, patience=0)
    monkeypatch.setattr(keys, "_installed", impatient)
    with ExitStack() as taken:
        for _ in range(2):
            taken.enter_context(here.making.take(5))
        assert reporters.code(reporter) is None
        assert stored(reporter) == (None, None)
        assert tell(), "a report is delivered all the same"
    assert reporters.code(reporter)


def test_whoever_came_by_a_code_is_not_shown_one(context: Flask) -> None:
    digits = reporters.code(tell())
    assert digits
    by_code = reporters.by_token(reporters.open_code(digits))
    assert by_code
    assert by_code.kind == "code"
    assert reporters.code(by_code) is None


def test_nothing_of_it_is_in_the_database(context: Flask) -> None:
    reporter = tell()
    digits = reporters.code(reporter)
    assert digits
    here = keys.here()
    stretched = codes.stretch(digits, here.salt)
    locator, sealed = stored(reporter)
    assert locator is not None
    assert sealed is not None
    assert locator != stretched.locator, "under the server key: a stolen database alone cannot be searched for codes"
    assert digits.encode() not in locator + sealed
    assert len(sealed) == 41 + 32


def test_making_a_code_costs_one_argon2_and_the_next_pages_none(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    reporter, asked = tell(), []
    really = codes.stretch

    def counted(code: str, salt: bytes) -> codes.Stretched:
        asked.append(code)
        return really(code, salt)

    monkeypatch.setattr(codes, "stretch", counted)
    for _ in range(4):
        reporters.code(reporter)
    assert len(asked) == 1
    intake.deliver(intake.mint_ticket(), what="Isi")
    assert len(asked) == 1, "delivering a report needs none"
