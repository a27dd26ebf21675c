"""A log is taken once however often it is sent; its day, its place and its numbers are what they say."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import attendance, outreach, plans, teachings
from pepa.domain.attendance import CELLS, counted
from pepa.errors import Invalid, NotAllowed, NotFound
from pepa.models.outreach import Count, Manner, Period, Teaching, TeachingPlace
from pepa.models.titles import State
from tests import shelf
from tests.outreach.evenings import cadre, held, rts
from tests.people import member

NUMBERS = st.none() | st.integers(0, 60)


def rows(table: type = Teaching) -> int:
    db.session.rollback()
    return db.session.scalars(sa.select(sa.func.count()).select_from(table)).one()


@pytest.mark.both
def test_sent_ten_times_it_is_one_and_shows_the_first(context: Flask) -> None:
    shelf.title()
    card, teaching_id, (rt,) = cadre(), uuid4(), rts("003")
    for present in (25, 99, *[25] * 8):
        assert held(card, teaching_id=teaching_id, area_ids=[rt], present=present) == teaching_id
    assert (rows(), rows(Count), rows(TeachingPlace)) == (1, 1, 1)
    assert teachings.get_for(card, teaching_id).total == 25


@pytest.mark.both
def test_another_form_of_the_same_evening_is_asked_about(context: Flask) -> None:
    """Case 60: two sessions of a day are two sessions, once somebody said so."""
    shelf.title()
    card, (*areas, third) = cadre(), rts("003", "004", "005")
    first = held(card, area_ids=areas)
    with pytest.raises(outreach.SameAgain) as asked:
        held(card, area_ids=areas[::-1])
    assert asked.value.first == first
    assert held(card, area_ids=areas, again=True) != first
    for wider_or_narrower in (areas[:1], [*areas, third], []):
        with pytest.raises(outreach.SameAgain):
            held(card, area_ids=wider_or_narrower)
    assert held(card, area_ids=[third]), "another place is another one"
    assert held(cadre("Wati Contoh"), area_ids=areas), "somebody else's is another one"
    assert rows() == 4


def test_what_was_set_aside_is_not_the_same(context: Flask) -> None:
    shelf.title()
    card = cadre()
    outreach.decide(member("dian"), [held(card)], standing=teachings.Standing.SET_ASIDE)
    assert held(card)


def test_two_places_and_once_in_attendance(context: Flask) -> None:
    """Library 18."""
    shelf.title()
    card, areas = cadre(), rts("003", "004")
    logged = teachings.get_for(card, held(card, area_ids=[*areas, areas[0]]))
    assert logged.place.endswith(": RT 003, RW 02, RT 004, RW 02")
    assert (rows(TeachingPlace), rows(Count)) == (2, 1)


@pytest.mark.parametrize(("days", "fault"), [(-1, outreach.DayAhead), (61, outreach.DayLongAgo)])
def test_a_day_ahead_or_long_ago_is_refused(context: Flask, days: int, fault: type[Invalid]) -> None:
    shelf.title()
    with pytest.raises(fault):
        held(cadre(), days_ago=days)
    assert rows() == 0


def test_the_day_is_serang_s_also_a_minute_before_midnight(context: Flask) -> None:
    """Cases 62: 23.59 WIB is 16.59 in London; a day is a day."""
    shelf.title()
    card = cadre()
    with clock.frozen(datetime(2026, 12, 31, 16, 59, tzinfo=UTC)):
        logged = teachings.get_for(card, held(card, days_ago=0)).teaching
        assert (logged.on, logged.period) == (date(2026, 12, 31), "2026-Q4")
        with pytest.raises(outreach.DayAhead):
            held(card, days_ago=-1)
    with clock.frozen(datetime(2026, 12, 31, 17, 0, tzinfo=UTC)):
        logged = teachings.get_for(card, held(card, days_ago=0)).teaching
        assert (logged.on, logged.period) == (date(2027, 1, 1), "2027-Q1")
        assert held(card, days_ago=60)


def test_after_the_close_it_counts_in_the_open_quarter(context: Flask) -> None:
    shelf.title()
    card = cadre()
    with clock.frozen(datetime(2026, 10, 10, 3, tzinfo=UTC)):
        with transaction() as session:
            session.add(Period(code="2026-Q3", closed_at=clock.now(), closed_by_id=member("dian").person_id))
        logged = teachings.get_for(card, held(card, days_ago=20))
    assert (logged.teaching.period, logged.counts[0].is_late) == ("2026-Q4", True)


def test_a_part_has_to_have_stood_there_on_that_day(context: Flask) -> None:
    shelf.title()
    (gone,) = rts("009", until=clock.today() - timedelta(days=3))
    assert held(cadre(), area_ids=[gone], days_ago=5)
    with pytest.raises(plans.PartElsewhere):
        held(cadre(), area_ids=[gone], days_ago=2)
    with pytest.raises(plans.PartElsewhere):
        held(cadre(), area_ids=[uuid4()])


def test_a_title_that_was_withdrawn_lately_may_still_be_logged(context: Flask) -> None:
    shelf.title(91, state=State.WITHDRAWN, withdrawn_at=clock.now(), withdrawn_reason="Keliru")
    shelf.title(92, state=State.WITHDRAWN, withdrawn_at=clock.now() - timedelta(days=80), withdrawn_reason="Keliru")
    shelf.title(93, state=State.DRAFT)
    assert held(cadre(), title_id=91)
    for title_id in (92, 93, 94):
        with pytest.raises(plans.TitleMissing):
            held(cadre(), title_id=title_id)


def test_the_office_types_it_from_paper(context: Flask) -> None:
    shelf.title()
    card, ratna = cadre(), member("ratna")
    typed = held(ratna, cadre_id=card.cadre_id)
    logged = teachings.get_for(card, typed)
    assert (logged.is_typed, logged.who, logged.teaching.person_id) == (True, "Siti Contoh", None)
    assert teachings.get_for(ratna, typed)
    with pytest.raises(NotAllowed):
        held(member("asep"), cadre_id=card.cadre_id)
    with pytest.raises(outreach.CadreMissing):
        held(member("intan"), cadre_id=card.cadre_id)


def test_typed_from_paper_it_is_the_evening_that_was_planned(context: Flask) -> None:
    shelf.title()
    card, other = cadre(), cadre("Wati Contoh")
    values = {"title_id": 90, "kelurahan_code": shelf.kelurahan(), "on": clock.today(), "once": "1"}
    planned, elsewhere = plans.plan(card, **values), plans.plan(other, **values)  # type: ignore[arg-type]
    typed = held(member("ratna"), cadre_id=card.cadre_id, days_ago=0)
    assert teachings.get_for(card, typed).teaching.plan_id == planned
    assert not plans.coming(card)
    assert [plan.id for plan in plans.coming(other)] == [elsewhere]
    another = held(member("ratna"), cadre_id=card.cadre_id, days_ago=0, again=True)
    assert teachings.get_for(card, another).teaching.plan_id is None


def test_nobody_reads_or_takes_another_s(context: Flask) -> None:
    shelf.title()
    card, other, teaching_id = cadre(), cadre("Wati Contoh"), uuid4()
    held(card, teaching_id=teaching_id)
    for stranger in (other, member("asep"), member("sekar")):
        with pytest.raises(NotFound):
            teachings.get_for(stranger, teaching_id)
        with pytest.raises(outreach.FormSpoiled):
            held(stranger, teaching_id=teaching_id)
    assert not teachings.own(other)
    assert teachings.get_for(member("dian"), teaching_id)
    with pytest.raises(NotFound):
        teachings.get_for(member("intan"), teaching_id)


def test_nothing_that_is_no_session(context: Flask) -> None:
    shelf.title()
    card = cadre()
    good = {
        "teaching_id": uuid4(),
        "title_id": 90,
        "kelurahan_code": shelf.kelurahan(),
        "on": clock.today(),
        "minutes": 60,
        "manner": "meeting",
        "attendance": counted(manner="meeting", present=1, cells={}),
    }
    for wrong in (
        {"teaching_id": None},
        {"title_id": None},
        {"kelurahan_code": "99"},
        {"kelurahan_code": None},
        {"on": None},
        {"minutes": 0},
        {"minutes": 601},
        {"minutes": None},
        {"manner": "song"},
        {"manner": None},
    ):
        with pytest.raises((Invalid, outreach.FormSpoiled)):
            outreach.log(card, **{**good, **wrong})  # type: ignore[arg-type]
    assert rows() == 0
    assert outreach.log(card, **good)  # type: ignore[arg-type]


@given(
    present=NUMBERS,
    cells=st.dictionaries(st.sampled_from(CELLS), NUMBERS),
    uncounted=NUMBERS,
    disabled=NUMBERS,
    manner=st.sampled_from(list(Manner)),
)
def test_the_total_is_what_the_boxes_add_up_to(
    present: int | None, cells: dict[str, int | None], uncounted: int | None, disabled: int | None, manner: Manner
) -> None:
    inside = sum(number or 0 for number in cells.values())
    try:
        found = counted(manner=manner, present=present, cells=cells, uncounted=uncounted, disabled=disabled)
    except attendance.PresentMissing:
        assert manner is not Manner.GROUP
        assert not inside + (uncounted or 0) + (present or 0)
        return
    except attendance.FewerThanCounted:
        assert present is not None
        assert present < inside or (uncounted is not None and present != inside + uncounted)
        return
    except attendance.MoreDisabled:
        assert disabled
        assert disabled > max(present or 0, inside + (uncounted or 0))
        return
    assert found.total == sum(found.cells.values()) + found.uncounted == Count(**found.row()).total
    assert present is None or found.total == present
    assert found.total >= inside
    assert found.disabled <= found.total


def test_no_box_takes_a_number_of_nobody() -> None:
    for number in (-1, 5001):
        with pytest.raises(attendance.OutOfRange):
            counted(manner="meeting", present=number, cells={})


@pytest.mark.both
def test_in_whatever_order_forms_are_sent_again_each_is_one(context: Flask) -> None:
    """Three forms, sent sixty times by chance: three rows, with the numbers of each one's first sending."""
    shelf.title()
    card, drawn = cadre(), Random(7)
    forms, first = [uuid4() for _ in range(3)], dict[UUID, int]()
    for _ in range(60):
        form, present = drawn.choice(forms), drawn.randint(1, 99)
        with suppress(outreach.SameAgain):  # filled in anew for another day
            held(card, teaching_id=form, present=present, again=True, days_ago=drawn.randint(0, 60))
        first.setdefault(form, present)
    assert (rows(), rows(Count)) == (3, 3)
    assert {form: teachings.get_for(card, form).total for form in forms} == first
