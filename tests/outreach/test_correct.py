"""Numbers are corrected and the old ones stay; the office confirms and sets aside; after the close it is marked."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import outreach, periods, teachings
from pepa.domain.attendance import Attendance, counted
from pepa.errors import NotAllowed, NotFound
from pepa.models.areas import Area
from pepa.models.outreach import Count, Period, Standing
from pepa.models.titles import Edition, State
from tests import shelf
from tests.outreach.evenings import cadre, held, rts
from tests.people import member


def numbers(present: int) -> Attendance:
    return counted(manner="meeting", present=present, cells={"f_adult": 3})


@pytest.mark.both
def test_the_old_numbers_stay_and_the_new_ones_hold(context: Flask) -> None:
    shelf.title()
    card = cadre()
    made = held(card)
    outreach.correct(card, made, number=1, attendance=numbers(30))
    outreach.correct(card, made, number=1, attendance=numbers(30))  # sent twice
    logged = teachings.get_for(card, made)
    assert ([count.total for count in logged.counts], logged.teaching.number) == ([25, 30], 2)
    assert logged.count.cells["f_adult"] == 3
    with pytest.raises(outreach.CorrectedMeanwhile):
        outreach.correct(card, made, number=1, attendance=numbers(31))
    with pytest.raises(NotFound):
        outreach.correct(cadre("Wati Contoh"), made, number=2, attendance=numbers(31))


def test_after_the_close_a_correction_counts_in_the_open_quarter(context: Flask) -> None:
    shelf.title()
    card = cadre()
    with clock.frozen(datetime(2026, 9, 20, 3, tzinfo=UTC)):
        made = held(card)
    with clock.frozen(datetime(2026, 10, 10, 3, tzinfo=UTC)):
        with transaction() as session:
            session.add(Period(code="2026-Q3", closed_at=clock.now(), closed_by_id=member("dian").person_id))
        outreach.correct(card, made, number=1, attendance=numbers(30))
    found = db.session.scalars(sa.select(Count).order_by(Count.number))
    assert [(count.period, count.is_late) for count in found] == [("2026-Q3", False), ("2026-Q4", True)]
    assert teachings.get_for(card, made).teaching.period == "2026-Q3"


@pytest.mark.both
def test_what_was_confirmed_and_corrected_is_looked_at_again(context: Flask) -> None:
    shelf.title()
    card, dian = cadre(), member("dian")
    with clock.frozen(datetime(2026, 9, 20, 3, tzinfo=UTC)):
        made = held(card)
        outreach.decide(dian, [made], standing=Standing.CONFIRMED)
        outreach.correct(card, made, number=1, attendance=numbers(4000))
        row = teachings.get_for(card, made).teaching
        assert (row.standing, row.decided_by_id, row.decided_at) == (Standing.LOGGED, None, None)
        outreach.decide(dian, [made], standing=Standing.CONFIRMED)
        outreach.correct(dian, made, number=2, attendance=numbers(30))
        assert teachings.get_for(card, made).standing is Standing.CONFIRMED, "the office has looked at it"
    with clock.frozen(datetime(2026, 10, 10, 3, tzinfo=UTC)):
        periods.close(dian, "2026-Q3")
        with pytest.raises(outreach.OnlyOffice):
            outreach.correct(card, made, number=3, attendance=numbers(31))
        outreach.correct(dian, made, number=3, attendance=numbers(31))
    assert teachings.get_for(card, made).total == 31


def test_after_sixty_days_only_the_office_corrects(context: Flask) -> None:
    shelf.title()
    card = cadre()
    made = held(card, days_ago=0)
    with clock.frozen(clock.now() + timedelta(days=60)):
        outreach.correct(card, made, number=1, attendance=numbers(26))
    with clock.frozen(clock.now() + timedelta(days=61)):
        with pytest.raises(outreach.OnlyOffice):
            outreach.correct(card, made, number=2, attendance=numbers(30))
        outreach.correct(member("dian"), made, number=2, attendance=numbers(30))


@pytest.mark.both
def test_what_was_decided_in_a_closed_quarter_stays(context: Flask) -> None:
    shelf.title()
    card, dian = cadre(), member("dian")
    with clock.frozen(datetime(2026, 9, 20, 3, tzinfo=UTC)):
        confirmed, aside, waiting = held(card, days_ago=1), held(card, days_ago=2), held(card, days_ago=3)
        outreach.decide(dian, [confirmed], standing=Standing.CONFIRMED)
        outreach.decide(dian, [aside], standing=Standing.SET_ASIDE)
    with clock.frozen(datetime(2026, 10, 10, 3, tzinfo=UTC)):
        periods.close(dian, "2026-Q3")
        for made, to in ((confirmed, Standing.SET_ASIDE), (confirmed, Standing.LOGGED), (aside, Standing.CONFIRMED)):
            with pytest.raises(outreach.QuarterClosed):
                outreach.decide(dian, [waiting, made], standing=to)
        assert teachings.get_for(dian, waiting).standing is Standing.LOGGED, "all of them or none"
        assert outreach.decide(dian, [waiting, confirmed], standing=Standing.CONFIRMED) == 1, (
            "it counts in the open one"
        )


@pytest.mark.both
def test_many_are_confirmed_at_once_and_only_by_the_office(context: Flask) -> None:
    shelf.title()
    card, (rt,) = cadre(), rts("003")
    made = [held(card, days_ago=day, area_ids=[rt]) for day in range(1, 6)]
    with pytest.raises(NotAllowed):
        outreach.decide(member("ratna"), made, standing=Standing.CONFIRMED)
    assert outreach.decide(member("intan"), made, standing=Standing.CONFIRMED) == 0
    assert outreach.decide(member("dian"), made, standing=Standing.CONFIRMED) == 5
    assert outreach.decide(member("dian"), made, standing=Standing.CONFIRMED) == 0
    assert {one.standing for one in teachings.own(card)} == {Standing.CONFIRMED}
    assert outreach.decide(member("dian"), made[:1], standing=Standing.SET_ASIDE) == 1
    with clock.frozen(clock.now()):
        this, _ = teachings.reached(card)
    assert this.sessions <= 4
    assert this.rts <= 1
    assert this.target is None


def test_an_rw_is_no_rt(context: Flask) -> None:
    shelf.title()
    card, (rt,) = cadre(), rts("003")
    rw = db.session.scalars(sa.select(Area.id).where(Area.level == "rw")).one()
    with clock.frozen(datetime(2026, 11, 20, 3, tzinfo=UTC)):
        outreach.decide(member("dian"), [held(card, area_ids=[rw, rt])], standing=Standing.CONFIRMED)
        assert teachings.reached(card)[0].rts == 1


def test_each_page_of_a_list_has_each_session_once(context: Flask) -> None:
    """Cases 53: many of one day are found once, in the order of their days."""
    shelf.title()
    card = cadre()
    made = {held(card, days_ago=1, again=True) for _ in range(70)}
    found, at, seen = teachings.list_for(member("dian"), teachings.Filter()), None, []
    while True:
        seen += [one.teaching.id for one in found]
        if found.later is None:
            break
        at = found.later
        found = teachings.list_for(member("dian"), teachings.Filter(standing=Standing.LOGGED), at)
    assert len(seen) == 70
    assert set(seen) == made


def test_whoever_taught_what_is_withdrawn_is_told_once(context: Flask) -> None:
    shelf.title()
    card, other = cadre(), cadre("Wati Contoh")
    held(card)
    assert not teachings.withdrawn(card)
    with transaction() as session:
        edition = session.scalars(sa.select(Edition).where(Edition.title_id == 90)).one()
        edition.state, edition.withdrawn_reason, edition.withdrawn_at = State.WITHDRAWN, "Nomornya keliru", clock.now()
    assert teachings.withdrawn(card) == [(90, "Rumah yang aman", "Nomornya keliru")]
    assert not teachings.withdrawn(other)
    outreach.note_withdrawn(card, 90)
    assert not teachings.withdrawn(card)
