"""The demo's outreach: coverage shows something in it, and nothing of it is a real list."""

from flask import Flask

from pepa.domain import certificates, coverage, periods
from pepa.domain.coverage import Tally
from pepa.seeds import evenings
from tests import cast
from tests.people import member


def test_coverage_shows_something(context: Flask) -> None:
    evenings.plant({login: member(login) for login in cast.CAST})
    hadi, codes = member("hadi"), sorted({periods.current(), periods.before(periods.current())})
    found = [coverage.of(hadi, coverage.Asked(code)) for code in codes]
    assert set(evenings.RTS) == {ward.code for ward, tally in found[-1].rows if tally.rts}
    assert found[-1].total.rts == 4 * 5 + 3 * 4 + 2 * 6
    assert sum(city.total.sessions for city in found) == 5
    assert sum(city.total.posts for city in found) == 1
    assert 0 < found[-1].total.never < found[-1].total.rts
    assert found[-1].total.target == 14
    assert sum((city.total for city in found), Tally()).reached >= 5
    assert [one.sessions for one in certificates.list_for(member("dian"))] == [2]
