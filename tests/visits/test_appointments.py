"""Places without a name: one for each key, whoever asks at once; a code says the rest."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import appointments, audit, day_sheets, visits
from pepa.models.audit import AuditEntry, Chain
from pepa.models.visits import Appointment, AppointmentState, Visit
from tests import cast
from tests.rooms.house import EARLY, at, days
from tests.visits.calendar import asked, given_back, held_by, odd, planned

S = AppointmentState


@pytest.fixture
def visit_id(context: Flask) -> UUID:
    with clock.frozen(EARLY):
        return planned()


@pytest.mark.both
def test_a_code_is_all_that_is_needed(context: Flask, database: str) -> None:
    with clock.frozen(EARLY):
        visit_id = planned()
    code = asked(visit_id, 1)
    with clock.frozen(EARLY):
        held = held_by(" ".join(appointments.shown(code.lower())))
        assert held.starts_at == at("10.00")
        assert held.is_open
        assert [one.number for one in appointments.slots(visits.find(visit_id)) if one.seats] == [0, 2]
    (row,) = db.session.scalars(sa.select(Appointment))
    assert code.encode() not in row.code_hash
    assert row.contact_sealed is None


def test_the_same_form_again_shows_the_same_code(visit_id: UUID) -> None:
    with clock.frozen(EARLY):
        ticket = appointments.ticket()
        codes = {appointments.ask(visit_id, slot=0, ticket=ticket) for _ in range(5)}
    assert len(codes) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Appointment)) == 1


def test_what_is_taken_is_told_with_what_is_left(visit_id: UUID) -> None:
    asked(visit_id, 0)
    with pytest.raises(appointments.PlaceGone) as gone:
        asked(visit_id, 0)
    assert gone.value.values["times"] == "10.00, 11.00"
    asked(visit_id, 1)
    asked(visit_id, 2)
    with pytest.raises(appointments.AllGone):
        asked(visit_id, 2)


@pytest.mark.parametrize("slot", [None, -1, 3, 99])
def test_no_time_is_no_place(visit_id: UUID, slot: int | None) -> None:
    with pytest.raises(appointments.NothingChosen):
        asked(visit_id, slot)  # type: ignore[arg-type]


def test_a_time_that_has_begun_is_not_to_be_had(visit_id: UUID) -> None:
    with pytest.raises(appointments.HourOver):
        asked(visit_id, 0, now=at("09.00"))
    with pytest.raises(appointments.Over):
        asked(visit_id, 0, now=at("11.00"))


def test_a_changed_ticket_takes_nothing(visit_id: UUID) -> None:
    with pytest.raises(appointments.FormTooOld):
        appointments.ask(visit_id, slot=0, ticket="x")


def test_a_cancelled_visit_has_no_places(visit_id: UUID) -> None:
    with clock.frozen(EARLY):
        visits.cancel(cast.member("wulan"), visit_id, version=1)
    with pytest.raises(appointments.CalledOff):
        asked(visit_id, 0)


@pytest.mark.both
def test_of_sixteen_who_ask_at_once_two_sit_at_two_tables(context: Flask, database: str) -> None:
    with clock.frozen(EARLY):
        visit_id = planned(seats=2)
        forms = [appointments.ticket() for _ in range(16)]
    gate = Barrier(16)

    def ask(ticket: str) -> bool:
        with context.app_context():
            gate.wait()
            try:
                appointments.ask(visit_id, slot=0, ticket=ticket)
            except appointments.PlaceGone:
                return False
            finally:
                db.session.remove()
            return True

    with clock.frozen(EARLY + timedelta(seconds=30)), ThreadPoolExecutor(16) as pool:
        assert sorted(pool.map(ask, forms)) == [False] * 14 + [True] * 2
    db.session.rollback()
    assert sorted(db.session.scalars(sa.select(Appointment.seat))) == [0, 1]


def test_a_place_that_is_given_back_is_free(visit_id: UUID) -> None:
    code = asked(visit_id, 0)
    with clock.frozen(EARLY):
        assert given_back(code).state == S.CANCELLED
        assert given_back(code).state == S.CANCELLED
    asked(visit_id, 0)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.act == "appointment.cancelled")).one()
    assert entry.chain == Chain.ANONYMOUS
    assert audit.first_broken(Chain.ANONYMOUS) is None


def test_a_code_shows_all_that_is_still_to_come_and_gives_back_one_at_a_time(visit_id: UUID) -> None:
    code = asked(visit_id, 0)
    me = cast.member("wulan")
    with clock.frozen(at("09.50")):
        soon = planned(starts_at=at("13.00"), ends_at=at("15.00"), once="soon")
        later = planned(starts_at=at("09.00") + days(7), ends_at=at("12.00") + days(7), once="later", seats=2)
        asked(later, 1, now=at("09.50"))
        (row,) = day_sheets.sheet(me, visit_id)
        day_sheets.give_next(me, row.id, visit_id=later, slot=1, once="n")
        assert held_by(code).called == "10.00-B"
    with transaction() as session:  # a day moved by hand
        session.execute(sa.update(Appointment).where(Appointment.id == row.id).values(visit_id=soon))
    with clock.frozen(at("10.00")):
        first, second = appointments.by_code(code=code)
        assert (first.starts_at, second.starts_at) == (at("13.00"), at("10.00") + days(7))
        states = [one.state for one in appointments.cancel_by_code(code=code, appointment_ids=[second.id])]
        assert states == [S.BOOKED, S.CANCELLED]
        assert appointments.by_code(code=code)[0].is_open


def test_a_code_gives_back_none_that_is_anothers(visit_id: UUID) -> None:
    mine, hers = asked(visit_id, 0), asked(visit_id, 1)
    with clock.frozen(EARLY):
        appointments.cancel_by_code(code=mine, appointment_ids=[held_by(hers).id])
        assert held_by(hers).is_open
        assert held_by(mine).is_open


def test_an_unknown_code(visit_id: UUID) -> None:
    for code in ("", "ABCDE-FGHJK", "'; drop table"):
        with pytest.raises(appointments.CodeUnknown):
            appointments.by_code(code=code)


def test_what_a_machine_asks_for_is_marked(visit_id: UUID) -> None:
    with clock.frozen(EARLY):
        odd(visit_id, 0)
        (row,) = day_sheets.sheet(cast.member("wulan"), visit_id)
    assert row.is_aside


@pytest.mark.both
def test_a_machine_takes_no_place_from_a_person(context: Flask, database: str) -> None:
    with clock.frozen(EARLY):
        visit_id = planned()
        for slot in (0, 1, 1, 1, 2):
            odd(visit_id, slot)
        assert visits.coming()[0].free == 3
    code = asked(visit_id, 1)
    with clock.frozen(EARLY):
        assert held_by(code).called == "10.00-A"
        assert visits.coming()[0].free == 2
        rows = day_sheets.sheet(cast.member("wulan"), visit_id)
    assert [(row.called, row.is_aside) for row in rows] == [
        ("09.00-B", True),
        ("10.00-A", False),
        ("10.00-B", True),
        ("10.00-C", True),
        ("10.00-D", True),
        ("11.00-B", True),
    ]


def test_who_was_taken_for_a_machine_keeps_the_place_that_was_promised(visit_id: UUID) -> None:
    with clock.frozen(EARLY):
        code = odd(visit_id, 0, contact="0812-0000-7777")
    asked(visit_id, 0)
    with clock.frozen(EARLY):
        assert held_by(code).is_open
        assert day_sheets.sheet(cast.member("wulan"), visit_id)[1].contact == "0812-0000-7777"


def test_a_flood_hides_nobody(visit_id: UUID) -> None:
    with clock.frozen(EARLY):
        for _ in range(day_sheets.MOST_ASIDE + 5):
            odd(visit_id, 2)
        odd(visit_id, 2, contact="0812-0000-7777")
    asked(visit_id, 2)
    with clock.frozen(EARLY):
        rows = day_sheets.sheet(cast.member("wulan"), visit_id)
    assert len(rows) == day_sheets.MOST_ASIDE + 1
    assert (rows[0].called, rows[0].is_aside) == ("11.00-A", False)
    assert [row.called for row in rows if row.contact] == ["11.00-AA"]


def test_what_was_left_goes_with_the_place(visit_id: UUID) -> None:
    code = asked(visit_id, 0, contact="0812-0000-7777")
    with clock.frozen(EARLY):
        given_back(code)
    assert db.session.scalars(sa.select(Appointment.contact_sealed)).all() == [None]


def test_ninety_days_later_nobody_is_known(visit_id: UUID) -> None:
    code = asked(visit_id, 0, contact="0812-0000-7777")
    with clock.frozen(at("12.00") + days(90)):
        assert appointments.purge() == 0
    with clock.frozen(at("12.01") + days(90)):
        assert appointments.purge() == 1
    with pytest.raises(appointments.CodeUnknown):
        appointments.by_code(code=code)


@pytest.mark.both
def test_how_many_came_is_known_longer_than_who(context: Flask, database: str) -> None:
    me = cast.member("wulan")
    with clock.frozen(EARLY):
        visit_id = planned(seats=3)
        odd(visit_id, 0)
    for slot in (0, 0, 1):
        asked(visit_id, slot)
    with clock.frozen(at("10.30")):
        rows = [row.id for row in day_sheets.sheet(me, visit_id)]
        for row_id, came in zip(rows, (True, True, False, False), strict=True):
            day_sheets.mark_came(me, row_id, came=came)
        day_sheets.walk_in(me, visit_id, slot=2, once="w")
        (found,) = db.session.scalars(sa.select(Visit).where(Visit.id == visit_id))
        before = appointments.counts([found])[visit_id]
    with clock.frozen(at("12.01") + days(90)):
        assert appointments.purge() == 5
        assert appointments.purge() == 0
        found = visits.find(visit_id)
        db.session.refresh(found)
        assert appointments.counts([found]) == {visit_id: before}
    assert before == appointments.Count(came=3, missed=1)


@pytest.mark.both
def test_what_is_forgotten_leaves_the_later_date(context: Flask, database: str) -> None:
    me = cast.member("wulan")
    with clock.frozen(EARLY):
        visit_id = planned()
        later = planned(starts_at=at("09.00") + days(7), ends_at=at("12.00") + days(7), once="later")
    code = asked(visit_id, 0, contact="0812-0000-7777")
    with clock.frozen(at("09.50")):
        (row,) = day_sheets.sheet(me, visit_id)
        day_sheets.give_next(me, row.id, visit_id=later, slot=1, once="n")
    with clock.frozen(at("12.01") + days(90)):
        assert appointments.purge() == 1
        assert held_by(code).starts_at == at("10.00") + days(7)
    with clock.frozen(at("12.01") + days(97)):
        assert appointments.purge() == 1
