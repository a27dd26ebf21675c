"""Quiet hours: what can wait is sent after them, what calls for help at once."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from pepa import clock
from pepa.db import transaction
from pepa.domain import outbox
from pepa.domain.outbox import AT_ONCE, Notice
from pepa.models.people import Person
from tests.duty.rosters import person
from tests.notices.lists import empty

pytestmark = pytest.mark.both
DAY = datetime(2026, 3, 4, tzinfo=clock.JAKARTA)
WAITS = [notice for notice in Notice if notice not in AT_ONCE]


def quiet(begins: int | None, ends: int | None) -> None:
    empty()
    with transaction() as session:
        ratna = session.get_one(Person, person("ratna"))
        ratna.quiet_from, ratna.quiet_until = begins, ends


def tell(*kinds: Notice, login: str = "ratna") -> None:
    with transaction() as session:
        for notice in kinds:
            outbox.tell(session, person(login), notice)


def leaves(hour: float) -> list[Notice]:
    with clock.frozen(DAY + timedelta(hours=hour)):
        due = outbox.claim(100)
        for one in due:
            outbox.sent(one.id)
        return [one.notice for one in due]


@pytest.mark.parametrize(
    ("begins", "ends", "within", "outside"),
    [
        (21, 6, (21, 23.99, 24, 29.99), (20.99, 6, 12)),
        (12, 14, (12, 13.99), (11.99, 14, 23)),
        (0, 1, (0, 0.99), (23.99, 1)),
    ],
)
def test_what_can_wait_leaves_after_them(
    context: Flask, begins: int, ends: int, within: tuple[float, ...], outside: tuple[float, ...]
) -> None:
    quiet(begins, ends)
    with clock.frozen(DAY):
        tell(Notice.SHIFT)
    for hour in within:
        assert leaves(hour) == [], hour
    for hour in outside:
        assert leaves(hour) == [Notice.SHIFT], hour
        with clock.frozen(DAY):
            tell(Notice.SHIFT)


def test_an_alarm_and_a_clock_of_the_law_never_wait(context: Flask) -> None:
    quiet(0, 23)
    with clock.frozen(DAY):
        tell(*Notice)
    assert set(leaves(3)) == set(AT_ONCE)
    assert {Notice.ALARM, Notice.ASIDE, Notice.POLICE, Notice.BREACH, Notice.ACCOUNT} <= set(AT_ONCE)
    assert sorted(leaves(23)) == sorted(WAITS), "and nothing is lost, nor told to wait for longer"


def test_only_for_whoever_has_them(context: Flask) -> None:
    quiet(0, 23)
    with clock.frozen(DAY):
        tell(Notice.SHIFT, login="bayu")
    assert leaves(3) == [Notice.SHIFT]


def test_shortened_they_hold_nothing_back_any_more(context: Flask) -> None:
    quiet(0, 23)
    with clock.frozen(DAY):
        tell(Notice.SHIFT)
    assert leaves(3) == []
    with transaction() as session:
        session.get_one(Person, person("ratna")).quiet_until = 2
    assert leaves(3) == [Notice.SHIFT]


@pytest.mark.parametrize(("begins", "ends"), [(None, None), (3, None), (None, 3), (3, 3)])
def test_what_is_none_holds_nothing_back(context: Flask, begins: int | None, ends: int | None) -> None:
    quiet(begins, ends)
    with clock.frozen(DAY):
        tell(Notice.SHIFT)
    assert leaves(3) == [Notice.SHIFT]
