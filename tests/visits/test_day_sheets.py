"""The crew's day: who came, who did not, who comes again."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import appointments, day_sheets, visits
from pepa.errors import NotFound
from pepa.models.audit import AuditEntry
from pepa.models.visits import Appointment, AppointmentState
from tests import cast
from tests.rooms.house import EARLY, at, days
from tests.visits.calendar import asked, held_by, odd, planned

S = AppointmentState


@pytest.fixture
def visit_id(context: Flask) -> UUID:
    with clock.frozen(EARLY):
        return planned()


def test_the_sheet_shows_numbers_to_the_office_alone_and_says_that_it_did(visit_id: UUID) -> None:
    asked(visit_id, 0, contact="0812-0000-7777", needs=["sign"])
    with clock.frozen(EARLY):
        (mine,) = day_sheets.sheet(cast.member("wulan"), visit_id)
        (theirs,) = day_sheets.sheet(cast.member("asep"), visit_id)
        with pytest.raises(NotFound):
            day_sheets.sheet(cast.member("nadia"), visit_id)
    assert mine.contact == "0812-0000-7777"
    assert theirs.contact is None
    assert mine.called == "09.00-A"
    seen = db.session.scalars(sa.select(AuditEntry.person_id).where(AuditEntry.act == "visit.contacts_seen")).all()
    assert seen == [cast.member("wulan").person_id]


def test_who_came_is_noted_on_the_day_and_put_right(visit_id: UUID) -> None:
    code = asked(visit_id, 0)
    me = cast.member("asep")
    with clock.frozen(at("09.00")):
        (row,) = day_sheets.sheet(me, visit_id)
        for came, state in ((False, S.MISSED), (True, S.CAME), (True, S.CAME), (False, S.MISSED)):
            day_sheets.mark_came(me, row.id, came=came)
            assert held_by(code).state == state
        with pytest.raises(NotFound):
            day_sheets.mark_came(cast.member("nadia"), row.id, came=True)
    with clock.frozen(at("23.59")):
        day_sheets.mark_came(me, row.id, came=True)


@pytest.mark.parametrize(
    ("hour", "after", "came"),
    [("08.59", 0, False), ("23.59", -1, True), ("00.00", 1, True), ("00.00", 1, False), ("09.30", 60, True)],
)
def test_nobody_misses_an_hour_that_is_still_to_come(visit_id: UUID, hour: str, after: int, came: bool) -> None:
    code = asked(visit_id, 0, now=at("07.00") - days(2))
    me = cast.member("asep")
    with clock.frozen(at(hour) + days(after)):
        (row,) = day_sheets.sheet(me, visit_id)
        assert not (row.ways.come if came else row.ways.miss)
        with pytest.raises(day_sheets.NotToday):
            day_sheets.mark_came(me, row.id, came=came)
        assert held_by(code).state == S.BOOKED


def test_at_a_cancelled_visit_nobody_came(visit_id: UUID) -> None:
    asked(visit_id, 0)
    with clock.frozen(EARLY):
        visits.cancel(cast.member("wulan"), visit_id, version=1)
    with clock.frozen(at("09.30")):
        (row,) = day_sheets.sheet(cast.member("asep"), visit_id)
        assert row.ways == day_sheets.Ways(come=False, miss=False, free=False, follow=True)
        with pytest.raises(day_sheets.NotToday):
            day_sheets.mark_came(cast.member("asep"), row.id, came=True)
        with pytest.raises(day_sheets.NotToday):
            day_sheets.walk_in(cast.member("asep"), visit_id, slot=0, once="w")


def test_a_place_is_freed_for_who_calls(visit_id: UUID) -> None:
    code = asked(visit_id, 0, contact="0812-0000-7777")
    me = cast.member("asep")
    with clock.frozen(EARLY):
        (row,) = day_sheets.sheet(me, visit_id)
        with pytest.raises(NotFound):
            day_sheets.free(cast.member("nadia"), row.id)
        assert day_sheets.free(me, row.id) == visit_id
        assert held_by(code).state == S.CANCELLED
        assert day_sheets.sheet(me, visit_id) == []
        with pytest.raises(day_sheets.NotSo):
            day_sheets.free(me, row.id)
    assert db.session.scalars(sa.select(Appointment.contact_sealed)).all() == [None]
    asked(visit_id, 0)
    with clock.frozen(at("09.00")):
        (row,) = day_sheets.sheet(me, visit_id)
        with pytest.raises(day_sheets.NotSo):
            day_sheets.free(me, row.id)
    acts = db.session.scalars(sa.select(AuditEntry.act).where(AuditEntry.act == "appointment.freed")).all()
    assert len(acts) == 1


def test_a_next_date_that_was_cancelled_makes_way_for_another(visit_id: UUID) -> None:
    code = asked(visit_id, 0)
    me = cast.member("wulan")
    with clock.frozen(at("09.50")):
        (row,) = day_sheets.sheet(me, visit_id)
        given = []
        for week in (1, 2, 3):
            starts_at = at("09.00") + days(7 * week)
            given.append(planned(starts_at=starts_at, ends_at=starts_at + timedelta(hours=3), once=f"{week}"))
        first = day_sheets.give_next(me, row.id, visit_id=given[0], slot=1, once="1")
        visits.cancel(me, given[0], version=1)
        assert not day_sheets.sheet(me, visit_id)[0].has_next
        second = day_sheets.give_next(me, row.id, visit_id=given[1], slot=1, once="2")
        assert not day_sheets.sheet(me, given[0])[0].ways.follow
        appointments.cancel_by_code(code=code, appointment_ids=[first, second])
        assert not day_sheets.sheet(me, visit_id)[0].has_next
        day_sheets.give_next(me, row.id, visit_id=given[2], slot=1, once="3")
        assert day_sheets.sheet(me, visit_id)[0].has_next


def test_who_comes_when_all_is_taken_sits_between_and_may_come_again(visit_id: UUID) -> None:
    for slot in range(3):
        asked(visit_id, slot)
    me = cast.member("asep")
    with clock.frozen(at("09.10")):
        later = planned(starts_at=at("09.00") + days(7), ends_at=at("12.00") + days(7), once="later")
        guests = [day_sheets.walk_in(me, visit_id, slot=1, once=f"{n}") for n in range(2)]
        called = [row.called for row in day_sheets.sheet(me, visit_id) if row.id in guests]
        assert called == ["10.00-B", "10.00-C"]
        day_sheets.give_next(me, guests[0], visit_id=later, slot=0, once="n")
        assert visits.coming()[0].free == 0
    with clock.frozen(at("12.30")):
        day_sheets.walk_in(me, visit_id, slot=2, once="late")
    with clock.frozen(at("09.00") + days(1)), pytest.raises(day_sheets.NotToday):
        day_sheets.walk_in(me, visit_id, slot=2, once="tomorrow")


def test_the_next_date_has_the_same_code(visit_id: UUID) -> None:
    code = asked(visit_id, 0)
    with clock.frozen(at("09.50")):
        later = planned(starts_at=at("09.00") + days(7), ends_at=at("12.00") + days(7), once="later")
        (row,) = day_sheets.sheet(cast.member("wulan"), visit_id)
        me = cast.member("wulan")
        day_sheets.mark_came(me, row.id, came=True)
        first = day_sheets.give_next(me, row.id, visit_id=later, slot=1, once="n")
        assert day_sheets.give_next(me, row.id, visit_id=later, slot=1, once="n") == first
        with pytest.raises(day_sheets.NotSo):
            day_sheets.give_next(me, row.id, visit_id=later, slot=2, once="m")
        assert held_by(code).starts_at == at("10.00") + days(7)
        assert day_sheets.sheet(me, visit_id)[0].has_next


def test_no_next_date_beside_an_open_place(visit_id: UUID) -> None:
    code = asked(visit_id, 1)
    me = cast.member("wulan")
    with clock.frozen(EARLY):
        later = planned(starts_at=at("09.00") + days(7), ends_at=at("12.00") + days(7), once="later")
        (row,) = day_sheets.sheet(me, visit_id)
        with pytest.raises(day_sheets.NotYet):
            day_sheets.give_next(me, row.id, visit_id=later, slot=1, once="n")
    with clock.frozen(at("10.00")):
        with pytest.raises(day_sheets.NotYet):
            day_sheets.give_next(me, row.id, visit_id=visit_id, slot=2, once="n")
        day_sheets.give_next(me, row.id, visit_id=later, slot=1, once="n")
        assert held_by(code).starts_at == at("10.00") + days(7)


def test_who_moves_a_cancelled_day_gives_the_next_date_before_it(visit_id: UUID) -> None:
    code = asked(visit_id, 1)
    me = cast.member("wulan")
    with clock.frozen(EARLY):
        later = planned(starts_at=at("09.00") + days(7), ends_at=at("12.00") + days(7), once="later")
        (row,) = day_sheets.sheet(me, visit_id)
        visits.cancel(me, visit_id, version=1)
        day_sheets.give_next(me, row.id, visit_id=later, slot=1, once="n")
        assert [one.is_open for one in appointments.by_code(code=code)] == [False, True]


def test_who_comes_without_a_place_takes_one_that_is_left(visit_id: UUID) -> None:
    with clock.frozen(at("08.55")):
        me = cast.member("asep")
        one = day_sheets.walk_in(me, visit_id, slot=0, once="w")
        assert day_sheets.walk_in(me, visit_id, slot=0, once="w") == one
        with pytest.raises(appointments.PlaceGone):
            day_sheets.walk_in(me, visit_id, slot=0, once="x")
        assert [row.state for row in day_sheets.sheet(me, visit_id)] == [S.CAME]


def test_who_comes_while_a_talk_runs_may_sit_down(visit_id: UUID) -> None:
    with clock.frozen(at("09.40")):
        day_sheets.walk_in(cast.member("asep"), visit_id, slot=0, once="w")
    with clock.frozen(at("10.00")), pytest.raises(appointments.PlaceGone):
        day_sheets.walk_in(cast.member("asep"), visit_id, slot=0, once="x")


def test_who_came_after_all_sits_between_where_another_has_the_table(visit_id: UUID) -> None:
    asked(visit_id, 0)
    me = cast.member("asep")
    with clock.frozen(at("09.20")):
        (late,) = day_sheets.sheet(me, visit_id)
        day_sheets.mark_came(me, late.id, came=False)
        day_sheets.walk_in(me, visit_id, slot=0, once="w")
        day_sheets.mark_came(me, late.id, came=True)
        rows = day_sheets.sheet(me, visit_id)
    assert [(row.called, row.state) for row in rows] == [("09.00-A", S.CAME), ("09.00-B", S.CAME)]
    assert rows[1].id == late.id


def test_who_came_was_no_machine_and_has_the_place(visit_id: UUID) -> None:
    me = cast.member("wulan")
    with clock.frozen(EARLY):
        odd(visit_id, 0)
        (row,) = day_sheets.sheet(me, visit_id)
        day_sheets.mark_came(me, row.id, came=True)
        assert not day_sheets.sheet(me, visit_id)[0].is_aside
        assert visits.coming()[0].free == 2
    with pytest.raises(appointments.PlaceGone) as gone:
        asked(visit_id, 0)
    assert gone.value.values["times"] == "10.00, 11.00"
