"""Swapping a shift: asked, taken or not; one answer counts (C25), and a supervisor may undo it."""

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
from pepa.domain import audit, departures, duty, swaps
from pepa.domain.outbox import Notice
from pepa.errors import Failure, NotAllowed, NotFound
from pepa.models.audit import Chain
from pepa.models.duty import Shift, Swap, SwapState
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from tests.duty.rosters import person, roster
from tests.members.people import membership, words
from tests.people import member

AT = datetime(2026, 3, 4, 8, 0, tzinfo=clock.JAKARTA)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _roster(context: Flask) -> Iterator[None]:
    with clock.frozen(AT):
        roster(("ratna", AT, AT + 8 * HOUR), ("bayu", AT + 8 * HOUR, AT + 16 * HOUR))
        yield


def shift(login: str = "ratna") -> Shift:
    db.session.rollback()
    return db.session.scalars(sa.select(Shift).where(Shift.person_id == person(login))).one()


def ask(by: str = "ratna", of: str = "bayu", once: str = "a", whose: str = "ratna") -> UUID:
    return swaps.ask(member(by), shift(whose).id, person_id=person(of), once=once)


def told() -> list[str]:
    db.session.rollback()
    query = sa.select(Person.login).join(OutboxRow).where(OutboxRow.notice == Notice.SHIFT.value)
    return sorted(db.session.scalars(query))


def on_duty() -> list[UUID]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Shift.person_id).order_by(Shift.starts_at)))


@pytest.mark.both
def test_accepted_it_is_the_colleague_s(context: Flask) -> None:
    made = ask()
    assert ask() == made, "the same form"
    assert told() == ["bayu"]
    assert on_duty() == [person("ratna"), person("bayu")], "asking changes nothing yet"
    assert [one.id for one in swaps.waiting(member("wulan"))] == [made]
    swaps.accept(member("bayu"), made)
    assert on_duty() == [person("bayu"), person("bayu")]
    assert told() == ["bayu", "ratna"]
    now = duty.at(member("ratna").organisation_id, AT).now
    assert now
    assert now.person_id == person("bayu"), "and the alarm goes to whoever took it"
    assert swaps.waiting(member("wulan")) == []
    assert audit.first_broken(Chain.STAFF) is None


@pytest.mark.parametrize(("by", "verb"), [("bayu", swaps.decline), ("ratna", swaps.drop), ("wulan", swaps.overrule)])
def test_declined_taken_back_or_stopped_it_stays(context: Flask, by: str, verb: object) -> None:
    made = ask()
    verb(member(by), made)  # type: ignore[operator]
    assert on_duty() == [person("ratna"), person("bayu")]
    with pytest.raises(swaps.Decided):
        swaps.accept(member("bayu"), made)
    assert ask(once="b") != made, "it may be asked again"


@pytest.mark.both
def test_a_supervisor_undoes_what_was_accepted(context: Flask) -> None:
    made = ask(by="wulan", whose="ratna")
    swaps.accept(member("bayu"), made)
    assert list(swaps.accepted(member("wulan")).values()) == [made]
    swaps.overrule(member("wulan"), made)
    assert on_duty() == [person("ratna"), person("bayu")], "whose it was, not who asked"
    with pytest.raises(swaps.Decided):
        swaps.overrule(member("wulan"), made)


@pytest.mark.both
def test_accepted_and_declined_at_once_one_wins(context: Flask) -> None:
    for turn in range(3):
        made = ask(once=str(turn))
        actors = {swaps.accept: member("bayu"), swaps.decline: member("bayu"), swaps.drop: member("ratna")}
        barrier = Barrier(len(actors))

        def work(verb: object) -> str:
            with context.app_context():
                barrier.wait()  # noqa: B023 - waited for in this turn
                try:
                    return str(verb(actors[verb], made).state)  # type: ignore[operator, index]  # noqa: B023
                except swaps.Decided:
                    return "told"
                finally:
                    db.session.remove()

        with ThreadPoolExecutor(len(actors)) as pool:
            answers = list(pool.map(work, actors))
        assert sorted(answer == "told" for answer in answers) == [False, True, True], answers
        (won,) = (answer for answer in answers if answer != "told")
        db.session.rollback()
        assert db.session.get_one(Swap, made).state == won
        taken = won == SwapState.ACCEPTED
        assert on_duty()[0] == person("bayu" if taken else "ratna")
        if taken:
            swaps.overrule(member("wulan"), made)


@pytest.mark.parametrize(
    ("by", "of", "whose", "failure"),
    [
        ("ratna", "wulan", "bayu", swaps.NotYours),
        ("ratna", "ratna", "ratna", swaps.SamePerson),
        ("ratna", "hadi", "ratna", duty.NotAColleague),
        ("ratna", "intan", "ratna", duty.NotAColleague),
        ("intan", "rahmat", "ratna", NotFound),
        ("hadi", "bayu", "ratna", NotAllowed),
    ],
)
def test_who_may_not_ask(context: Flask, by: str, of: str, whose: str, failure: type[Failure]) -> None:
    with pytest.raises(failure):
        ask(by, of, whose=whose)
    assert on_duty() == [person("ratna"), person("bayu")]


def test_what_is_over_is_not_swapped(context: Flask) -> None:
    with clock.frozen(AT + 8 * HOUR), pytest.raises(swaps.ShiftRuns):
        ask()


def test_nobody_takes_a_shift_that_is_over(context: Flask) -> None:
    made = ask()
    with clock.frozen(AT + 8 * HOUR), pytest.raises(swaps.Moved):
        swaps.accept(member("bayu"), made)
    assert on_duty() == [person("ratna"), person("bayu")]


@pytest.mark.both
def test_an_older_swap_is_not_undone_over_a_later_one(context: Flask) -> None:
    first = ask()
    swaps.accept(member("bayu"), first)
    with clock.frozen(AT + HOUR):
        (mine, _) = db.session.scalars(sa.select(Shift.id).order_by(Shift.starts_at))
        second = swaps.ask(member("bayu"), mine, person_id=person("wulan"), once="b")
        swaps.accept(member("wulan"), second)
    assert on_duty() == [person("wulan"), person("bayu")]
    with pytest.raises(swaps.Moved):
        swaps.overrule(member("wulan"), first)
    assert list(swaps.accepted(member("wulan")).values()) == [second]
    swaps.overrule(member("wulan"), second)
    assert on_duty() == [person("bayu"), person("bayu")]
    swaps.overrule(member("wulan"), first)
    assert on_duty() == [person("ratna"), person("bayu")]


def test_nothing_is_undone_to_somebody_who_left(context: Flask) -> None:
    made = ask()
    swaps.accept(member("bayu"), made)
    departures.leave(member("wulan"), membership("ratna"), manner="ordinary", passphrase=words("wulan"))
    with pytest.raises(swaps.GaverLeft):
        swaps.overrule(member("wulan"), made)
    assert on_duty()[0] == person("bayu")


def test_one_request_of_a_shift_at_a_time(context: Flask) -> None:
    ask()
    with pytest.raises(swaps.AskedAlready) as wrong:
        ask(of="wulan", once="b")
    assert wrong.value.values == {"nama": "Bayu Contoh"}


@pytest.mark.parametrize(
    ("by", "verb", "failure"),
    [
        ("wulan", swaps.accept, NotFound),
        ("ratna", swaps.accept, NotFound),
        ("ratna", swaps.decline, NotFound),
        ("bayu", swaps.drop, NotFound),
        ("bayu", swaps.overrule, NotAllowed),
        ("intan", swaps.overrule, NotFound),
        ("joko", swaps.accept, NotAllowed),
    ],
)
def test_who_may_not_answer(context: Flask, by: str, verb: object, failure: type[Failure]) -> None:
    made = ask()
    with pytest.raises(failure):
        verb(member(by), made)  # type: ignore[operator]
    assert len(swaps.waiting(member("wulan"))) == 1


def test_a_shift_that_is_taken_off_takes_its_requests_along(context: Flask) -> None:
    ask()
    duty.remove(member("wulan"), shift().id)
    db.session.rollback()
    assert swaps.waiting(member("wulan")) == []
    assert db.session.scalars(sa.select(Swap)).all() == []
