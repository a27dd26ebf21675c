"""Calling: the plan before the number, one caller at a time, what came of it noted once (D17)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import additions, boxes, callbacks, destruction, exclusions, onces, reporters, reports, withdrawals
from pepa.errors import NotFound
from pepa.models.audit import AuditEntry
from pepa.models.callbacks import Callback, CallOutcome
from pepa.models.reports import Report
from pepa.policy import Reporter
from tests.callbacks.test_promise import AT, HOUR, plan
from tests.duty.rosters import person, roster
from tests.people import member, tell

MARK = "Tandakata"


@pytest.fixture
def promised(context: Flask) -> Iterator[tuple[Reporter, UUID]]:
    """A call that Ratna promised for nine; it is eight."""
    with clock.frozen(AT):
        roster(("ratna", AT, AT + 8 * HOUR))
        reporter = tell(urgency="today")
        plan(reporter)
        times = {"from_at": AT + HOUR, "until_at": AT + 2 * HOUR}
        made = callbacks.promise(
            member("ratna"), reporter.report_id, person_id=person("ratna"), once=onces.new(), **times
        )
        yield reporter, made


def begin(promised: tuple[Reporter, UUID], at: datetime, by: str = "ratna", reason: str = "") -> Callback:
    with clock.frozen(at):
        return callbacks.begin(member(by), promised[0].report_id, promised[1], reason=reason)


def finish(
    promised: tuple[Reporter, UUID], outcome: str, found: str = "", by: str = "ratna", once: str = "f"
) -> Callback:
    values = {"outcome": outcome, "found": found, "once": once}
    return callbacks.finish(member(by), promised[0].report_id, promised[1], **values)


@pytest.mark.both
def test_never_before_the_hour_without_a_reason(context: Flask, promised: tuple[Reporter, UUID]) -> None:
    with pytest.raises(callbacks.TooEarly):
        begin(promised, AT + HOUR - timedelta(seconds=1))
    assert begin(promised, AT + HOUR).begun_by_id == person("ratna")


def test_too_early_with_a_reason_that_is_sealed(context: Flask, promised: tuple[Reporter, UUID]) -> None:
    row = begin(promised, AT + 10 * timedelta(minutes=1), reason=MARK)
    assert MARK.encode() not in row.body_sealed
    opened = callbacks.open_for(member("ratna"), promised[0].report_id, promised[1])
    assert opened.said["began"] == MARK


def test_late_but_outside_of_her_hours_it_needs_a_reason(context: Flask, promised: tuple[Reporter, UUID]) -> None:
    assert begin(promised, AT + 2.5 * HOUR), "past the promise, but her hours run until eleven"
    with pytest.raises(callbacks.OutsideHours):
        begin(promised, AT + 4 * HOUR)


def test_two_do_not_call_at_once(context: Flask, promised: tuple[Reporter, UUID]) -> None:
    begin(promised, AT + HOUR)
    with pytest.raises(callbacks.Calling) as wrong:
        begin(promised, AT + HOUR + timedelta(minutes=5), by="bayu")
    assert wrong.value.values == {"nama": "Ratna Contoh", "jam": "09.00"}
    assert begin(promised, AT + HOUR + timedelta(minutes=6)).begun_by_id == person("ratna"), "her own page again"
    later = begin(promised, AT + HOUR + callbacks.FORGOTTEN, by="bayu")
    assert later.begun_by_id == person("bayu"), "what nobody noted does not keep others from calling"


@pytest.mark.both
def test_of_many_who_press_at_once_one_has_the_number(context: Flask, promised: tuple[Reporter, UUID]) -> None:
    actors = [member(login) for login in ("ratna", "bayu", "wulan", "ratna")]
    barrier = Barrier(3)
    report_id, callback_id = promised[0].report_id, promised[1]

    def work(number: int) -> str:
        with context.app_context():
            barrier.wait()
            try:
                callbacks.begin(actors[number], report_id, callback_id)
            except callbacks.Calling:
                return "told"
            finally:
                db.session.remove()
            return "calls"

    with clock.frozen(AT + HOUR), ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(work, range(3))) == ["calls", "told", "told"]


def test_a_number_that_she_changed_is_the_one_that_is_called(context: Flask, promised: tuple[Reporter, UUID]) -> None:
    newer = additions.Contact(reach="back", phone="0813-2222", hours="Rabu 09.00-11.00")
    with clock.frozen(AT + timedelta(minutes=1)):
        additions.add(promised[0], answers=newer, once="newer")
    opened = callbacks.open_for(member("ratna"), promised[0].report_id, promised[1])
    assert opened.reachable.numbers == ["0813-2222", "0812-0000-1111"]


def test_hours_that_she_changed_are_the_ones_that_count(context: Flask, promised: tuple[Reporter, UUID]) -> None:
    with clock.frozen(AT + timedelta(minutes=1)):
        plan(promised[0], "Kamis 13.00-15.00", once="newer")
    with pytest.raises(callbacks.OutsideHours):
        begin(promised, AT + HOUR)
    assert begin(promised, AT + HOUR, reason=MARK).begun_at


def test_a_reason_holds_for_the_plan_that_it_was_typed_for(context: Flask) -> None:
    with clock.frozen(AT):
        roster(("ratna", AT, AT + 8 * HOUR))
        reporter = tell()
        plan(reporter, "kalau sepi")
        times = {"from_at": AT + HOUR, "until_at": AT + 2 * HOUR}
        values = {"person_id": person("ratna"), "reason": MARK, "once": "a"} | times
        made = callbacks.promise(member("ratna"), reporter.report_id, **values)
    with clock.frozen(AT + timedelta(minutes=1)):
        plan(reporter, "kalau dia kerja", once="newer")
    with pytest.raises(callbacks.HoursUnclear):
        begin((reporter, made), AT + HOUR)


def test_cancelled_by_its_code_it_is_called_with_a_reason_alone(
    context: Flask, promised: tuple[Reporter, UUID]
) -> None:
    withdrawals.withdraw(promised[0], came_by=())
    db.session.rollback()
    with pytest.raises(callbacks.CancelledSince):
        begin(promised, AT + HOUR)
    assert begin(promised, AT + HOUR, reason=MARK).begun_at


def test_what_was_cancelled_is_promised_with_a_reason_once(context: Flask, promised: tuple[Reporter, UUID]) -> None:
    finish(promised, "dropped")
    withdrawals.withdraw(promised[0], came_by=())
    db.session.rollback()
    times = {"from_at": AT + HOUR, "until_at": AT + 2 * HOUR, "person_id": person("ratna")}
    with pytest.raises(callbacks.CancelledSince):
        callbacks.promise(member("ratna"), promised[0].report_id, once="b", **times)
    again = callbacks.promise(member("ratna"), promised[0].report_id, once="b", reason=MARK, **times)
    assert begin((promised[0], again), AT + HOUR).begun_at, "that it is cancelled was known when it was promised"


@pytest.mark.both
def test_turned_away_from_the_office_its_promise_goes_too(context: Flask, promised: tuple[Reporter, UUID]) -> None:
    begin(promised, AT + HOUR)
    exclusions.exclude(promised[0], about="office")
    times = {"from_at": AT + HOUR, "until_at": AT + 2 * HOUR, "person_id": person("intan")}
    made = callbacks.promise(member("intan"), promised[0].report_id, once="b", **times)
    assert begin((promised[0], made), AT + HOUR, by="intan").begun_by_id == person("intan")


def test_who_wants_no_call_any_more_is_not_called(context: Flask, promised: tuple[Reporter, UUID]) -> None:
    with clock.frozen(AT + timedelta(minutes=1)):
        plan(promised[0], "", reach="none", once="no")
    with pytest.raises(callbacks.NotToBeCalled):
        begin(promised, AT + HOUR, reason="Sudah janji")


@pytest.mark.both
@pytest.mark.parametrize("outcome", list(CallOutcome), ids=str)
def test_what_came_of_it_is_noted_once(context: Flask, promised: tuple[Reporter, UUID], outcome: CallOutcome) -> None:
    begin(promised, AT + HOUR)
    with clock.frozen(AT + 1.2 * HOUR):
        finish(promised, outcome.value, MARK)
        row = finish(promised, "reached", "Lain")
        with pytest.raises(callbacks.NotedAlready) as wrong:
            finish(promised, "reached", "Lain", by="bayu", once="other")
    assert wrong.value.values == {"nama": "Ratna Contoh"}
    report = db.session.get_one(Report, promised[0].report_id)
    assert (report.answer_due_at is None) == (outcome is CallOutcome.REACHED), "reached is answered"
    assert row.done_at == AT + HOUR, "the hour"
    assert MARK.encode() not in row.body_sealed
    box = boxes.open_for(member("ratna"), report.box_id)
    (noted,) = callbacks.history(box, report.id)
    assert (noted["outcome"], noted["found"], noted["noted_by"]) == (outcome.value, MARK, "Ratna Contoh")
    assert noted["at"] == AT + 1.2 * HOUR, "the minute is sealed"
    assert callbacks.standing(member("ratna"), report.id) is None


def test_the_minute_of_a_call_stands_nowhere_in_the_clear(context: Flask, promised: tuple[Reporter, UUID]) -> None:
    begin(promised, AT + 1.1 * HOUR)
    with clock.frozen(AT + 1.2 * HOUR):
        row = finish(promised, "reached")
    assert (row.begun_at, row.done_at) == (AT + HOUR, AT + HOUR)
    acts = sa.select(AuditEntry).where(AuditEntry.act.in_(["callback.begun", "callback.done"]))
    assert [(act.at, act.person_id) for act in db.session.scalars(acts)] == [(AT + HOUR, person("ratna"))] * 2


def test_what_came_while_she_was_called_is_still_to_be_answered(
    context: Flask, promised: tuple[Reporter, UUID]
) -> None:
    reports.open_for(member("ratna"), promised[0].report_id)
    begin(promised, AT + HOUR)
    with clock.frozen(AT + 1.1 * HOUR):
        reporters.write(promised[0], text="Tolong jawab di sini", once="w")
        finish(promised, "reached")
    db.session.rollback()
    report = db.session.get_one(Report, promised[0].report_id)
    assert report.continued_at
    assert report.answer_due_at


def test_before_the_number_was_opened_there_is_nothing_to_note(context: Flask, promised: tuple[Reporter, UUID]) -> None:
    with pytest.raises(callbacks.NotBegun):
        finish(promised, "reached")
    assert finish(promised, "dropped").done_at


def test_after_it_another_may_be_promised(context: Flask, promised: tuple[Reporter, UUID]) -> None:
    begin(promised, AT + HOUR)
    finish(promised, "no_answer")
    times = {"from_at": AT + 1.5 * HOUR, "until_at": AT + 2 * HOUR}
    callbacks.promise(member("ratna"), promised[0].report_id, person_id=person("ratna"), once="again", **times)
    with pytest.raises(NotFound):
        begin(promised, AT + 1.5 * HOUR)


def test_another_report_s_promise_is_not_there(context: Flask, promised: tuple[Reporter, UUID]) -> None:
    other = tell()
    for verb in (callbacks.get_for, callbacks.open_for, callbacks.begin):
        with pytest.raises(NotFound):
            verb(member("ratna"), other.report_id, promised[1])
        with pytest.raises(NotFound):
            verb(member("intan"), promised[0].report_id, promised[1])


def test_it_goes_with_its_report(context: Flask, promised: tuple[Reporter, UUID]) -> None:
    destruction.destroy(promised[0].report_id)
    db.session.rollback()
    assert db.session.get(Callback, promised[1]) is None
