"""Who is on duty now, and who comes next (domain.md rule 31)."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from pepa import clock
from pepa.domain import duty
from pepa.errors import NotAllowed
from tests.duty.rosters import roster
from tests.people import member, office

AT = datetime(2026, 3, 4, 8, 0, tzinfo=clock.JAKARTA)  # a Wednesday
HOUR = timedelta(hours=1)


def seen(moment: datetime, kind: str = "intake") -> tuple[str | None, str | None]:
    found = duty.at(office(kind), moment)
    return (found.now and found.now.person.login, found.next and found.next.person.login)


@pytest.mark.both
def test_a_shift_begins_with_its_first_instant_and_ends_before_its_last(context: Flask) -> None:
    roster(("ratna", AT, AT + 8 * HOUR), ("bayu", AT + 8 * HOUR, AT + 16 * HOUR))
    instant = timedelta(microseconds=1)
    assert seen(AT - instant) == (None, "ratna")
    assert seen(AT) == ("ratna", "bayu")
    assert seen(AT + 8 * HOUR - instant) == ("ratna", "bayu")
    assert seen(AT + 8 * HOUR) == ("bayu", None)
    assert seen(AT + 16 * HOUR) == (None, None)


@pytest.mark.both
def test_between_two_shifts_the_next_is_known(context: Flask) -> None:
    roster(("ratna", AT, AT + HOUR), ("bayu", AT + 5 * HOUR, AT + 6 * HOUR))
    assert seen(AT + 2 * HOUR) == (None, "bayu")


def test_of_two_at_once_whoever_began_first(context: Flask) -> None:
    roster(("ratna", AT, AT + 8 * HOUR), ("wulan", AT + HOUR, AT + 3 * HOUR), ("bayu", AT + 8 * HOUR, AT + 9 * HOUR))
    assert seen(AT + 2 * HOUR) == ("ratna", "wulan"), "the second of two is the next to turn to"
    assert seen(AT + 4 * HOUR) == ("ratna", "bayu")


def test_an_empty_roster(context: Flask) -> None:
    roster()
    assert seen(AT) == (None, None)


def test_each_office_its_own(context: Flask) -> None:
    roster(("intan", AT, AT + HOUR), kind="independent")
    assert seen(AT) == (None, None)
    assert seen(AT, "independent") == ("intan", None)
    with clock.frozen(AT):
        found = duty.now_for(member("intan"))
        assert found.now
        assert found.now.person.login == "intan"
        assert duty.now_for(member("ratna")) == duty.OnDuty(None, None)


def test_over_midnight_and_the_year_s_end(context: Flask) -> None:
    eve = datetime(2026, 12, 31, 22, 0, tzinfo=clock.JAKARTA)
    roster(("ratna", eve, eve + 8 * HOUR))
    for hours in (0, 1, 2, 3, 7):
        assert seen(eve + hours * HOUR)[0] == "ratna"
    assert seen(eve + 8 * HOUR)[0] is None


@pytest.mark.parametrize("login", ["sekar", "dian", "joko", "nadia"])
def test_those_without_reports_see_no_roster(context: Flask, login: str) -> None:
    for ask in (duty.now_for, duty.roster_for, duty.colleagues):
        with pytest.raises(NotAllowed):
            ask(member(login))


def test_the_coming_days_first_the_one_that_runs(context: Flask) -> None:
    days = timedelta(days=1)
    roster(
        ("ratna", AT - 2 * days, AT - 2 * days + HOUR),
        ("bayu", AT - HOUR, AT + HOUR),
        ("wulan", AT + 13 * days, AT + 13 * days + HOUR),
        ("ratna", AT + 15 * days, AT + 15 * days + HOUR),
    )
    with clock.frozen(AT):
        assert [shift.person.login for shift in duty.roster_for(member("hadi"))] == ["bayu", "wulan"]


def test_gaps_are_seen(context: Flask) -> None:
    roster(
        ("ratna", AT, AT + 4 * HOUR), ("wulan", AT + 2 * HOUR, AT + 3 * HOUR), ("bayu", AT + 6 * HOUR, AT + 30 * HOUR)
    )
    with clock.frozen(AT + HOUR):
        shifts = duty.roster_for(member("hadi"), days=1)
        assert duty.gaps_in(shifts, 1) == [(AT + 4 * HOUR, AT + 6 * HOUR)]
        assert duty.gaps_in([], 1) == [(AT + HOUR, AT + 25 * HOUR)]


def test_colleagues_are_those_who_read(context: Flask) -> None:
    assert [person.login for person in duty.colleagues(member("wulan"))] == ["bayu", "ratna", "wulan"]
    assert [person.login for person in duty.colleagues(member("intan"))] == ["intan", "rahmat"]
