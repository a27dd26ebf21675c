"""Promising to call at a safe hour: by her plan, or with a reason; one promise at a time (D17)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import additions, callbacks
from pepa.errors import Failure, NotAllowed, NotFound
from pepa.models.callbacks import Callback
from pepa.models.reports import Exclusion
from pepa.policy import Reporter
from tests.duty.rosters import person, roster
from tests.people import member, tell

AT = datetime(2026, 3, 4, 8, 0, tzinfo=clock.JAKARTA)  # a Wednesday
HOUR = timedelta(hours=1)
MARK = "Tandakata"


@pytest.fixture(autouse=True)
def _morning(context: Flask) -> Iterator[None]:
    with clock.frozen(AT):
        roster(("ratna", AT, AT + 8 * HOUR))
        yield


def plan(reporter: Reporter, hours: str = "Rabu 09.00-11.00", reach: str = "back", once: str = "p") -> None:
    phone = "0812-0000-1111" if reach == "back" else ""
    answers = additions.Contact(reach=reach, phone=phone, hours=hours, word="pesanan beras")
    additions.add(reporter, answers=answers, once=once)


def promise(reporter: Reporter, by: str = "ratna", **values: Any) -> object:
    whole = {"person_id": person("ratna"), "from_at": AT + HOUR, "until_at": AT + 2 * HOUR, "once": "a"} | values
    return callbacks.promise(member(by), reporter.report_id, **whole)


def rows() -> list[Callback]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Callback)))


@pytest.mark.both
def test_a_promise_stands_and_is_made_once(context: Flask) -> None:
    reporter = tell()
    plan(reporter)
    made = promise(reporter, note=MARK)
    assert promise(reporter) == made
    (row,) = rows()
    assert (row.person_id, row.from_at, row.until_at) == (person("ratna"), AT + HOUR, AT + 2 * HOUR)
    assert MARK.encode() not in row.body_sealed
    opened = callbacks.open_for(member("bayu"), reporter.report_id, row.id)
    assert (opened.said["note"], opened.reachable.numbers) == (MARK, ["0812-0000-1111"])
    assert not opened.is_mine


@pytest.mark.parametrize(
    ("hours", "from_at", "failure"),
    [
        ("Rabu 09.00-11.00", AT + 30 * timedelta(minutes=1), callbacks.OutsideHours),
        ("Kamis 09.00-11.00", AT + HOUR, callbacks.OutsideHours),
        ("kalau suami kerja", AT + HOUR, callbacks.HoursUnclear),
        ("", AT + 13 * HOUR, callbacks.AtNight),
    ],
)
def test_never_outside_of_her_hours_without_a_reason(
    context: Flask, hours: str, from_at: datetime, failure: type[Failure]
) -> None:
    reporter = tell()
    plan(reporter, hours)
    with pytest.raises(failure) as wrong:
        promise(reporter, from_at=from_at, until_at=from_at + HOUR)
    assert wrong.value.field == "reason"
    with pytest.raises(failure):
        promise(reporter, from_at=from_at, until_at=from_at + HOUR, reason="  ")
    assert rows() == []
    assert promise(reporter, from_at=from_at, until_at=from_at + HOUR, reason="Ia minta sendiri lewat pesan.")


def test_hours_of_the_night_that_she_named_are_hers(context: Flask) -> None:
    reporter = tell()
    plan(reporter, "8 malam - 10 malam")
    assert promise(reporter, from_at=AT + 13 * HOUR, until_at=AT + 14 * HOUR)


def test_whoever_does_not_want_it_is_not_called(context: Flask) -> None:
    reporter = tell(phone="0812-0000-1111")
    plan(reporter, "", reach="none")
    with pytest.raises(callbacks.NotToBeCalled):
        promise(reporter, reason="Perlu")
    with pytest.raises(callbacks.NoNumber):
        promise(tell())
    assert rows() == []


@pytest.mark.parametrize(
    ("values", "failure"),
    [
        ({"until_at": AT + HOUR}, callbacks.WindowBackwards),
        ({"until_at": AT + 6 * HOUR}, callbacks.WindowTooLong),
        ({"from_at": AT - 2 * HOUR, "until_at": AT}, callbacks.WindowOver),
    ],
)
def test_hours_that_cannot_be_meant(context: Flask, values: dict[str, Any], failure: type[Failure]) -> None:
    reporter = tell()
    plan(reporter)
    with pytest.raises(failure):
        promise(reporter, **values)


@pytest.mark.parametrize("login", ["hadi", "nadia", "intan"])
def test_only_a_colleague_who_reads_calls(context: Flask, login: str) -> None:
    reporter = tell()
    plan(reporter)
    with pytest.raises(callbacks.NotAColleague):
        promise(reporter, person_id=person(login))


def test_nobody_who_may_not_know_of_it_is_to_call(context: Flask) -> None:
    reporter = tell()
    plan(reporter)
    with transaction() as session:
        session.add(Exclusion(report_id=reporter.report_id, excluded_id=person("bayu")))
    with pytest.raises(callbacks.NotAColleague):
        promise(reporter, person_id=person("bayu"))
    with pytest.raises(NotFound):
        promise(reporter, by="bayu")


@pytest.mark.parametrize(("by", "failure"), [("hadi", NotAllowed), ("joko", NotAllowed), ("intan", NotFound)])
def test_who_may_not(context: Flask, by: str, failure: type[Failure]) -> None:
    reporter = tell()
    plan(reporter)
    with pytest.raises(failure):
        promise(reporter, by=by)


def test_a_second_promise_names_the_first(context: Flask) -> None:
    reporter = tell()
    plan(reporter)
    promise(reporter)
    with pytest.raises(callbacks.PromisedAlready) as wrong:
        promise(reporter, by="bayu", once="b")
    assert wrong.value.values == {"nama": "Ratna Contoh", "waktu": "04/03 09.00"}


@pytest.mark.both
def test_two_who_promise_at_once_are_one(context: Flask) -> None:
    reporter = tell()
    plan(reporter)
    actors = [member("ratna"), member("bayu"), member("wulan")]
    barrier = Barrier(len(actors))
    report_id, ratna = reporter.report_id, person("ratna")

    def work(number: int) -> str:
        with context.app_context():
            barrier.wait()
            try:
                callbacks.promise(
                    actors[number],
                    report_id,
                    person_id=ratna,
                    from_at=AT + HOUR,
                    until_at=AT + 2 * HOUR,
                    once=str(number),
                )
            except callbacks.PromisedAlready:
                return "told"
            finally:
                db.session.remove()
            return "won"

    with ThreadPoolExecutor(len(actors)) as pool:
        assert sorted(pool.map(work, range(len(actors)))) == ["told", "told", "won"]
    assert len(rows()) == 1


def test_the_day_s_list_begins_with_what_is_late(context: Flask) -> None:
    first, second, hidden = tell(), tell(), tell(about="office")
    for number, reporter in enumerate((first, second, hidden)):
        plan(reporter, "", once=str(number))
    promise(second, from_at=AT + 3 * HOUR, until_at=AT + 4 * HOUR)
    promise(first)
    promise(hidden, by="intan", person_id=person("intan"))
    with clock.frozen(AT + 3 * HOUR):
        found = callbacks.of_the_day(member("bayu"), AT + 16 * HOUR)
    assert [row.report_id for row in found] == [first.report_id, second.report_id]
