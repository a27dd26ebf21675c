"""Where counsellors come: planned by the office, read by everybody."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from pepa import clock
from pepa.db import Kept, db, transaction
from pepa.domain import areas, clashes, opening, visits
from pepa.errors import NotAllowed, NotFound
from pepa.models.places import Holiday
from pepa.models.rooms import Need
from pepa.models.visits import Visit
from tests import cast
from tests.rooms.house import EARLY, MONDAY, at, cleared, days, opened
from tests.visits.calendar import asked, odd, planned


@pytest.mark.both
def test_a_plan_stands_in_the_calendar_at_once(context: Flask, database: str) -> None:
    with clock.frozen(EARLY):
        visit_id = planned(offers=["woman_officer", "step_free"])
        (listed,) = visits.coming()
    assert listed.id == visit_id
    assert listed.offers == [Need.STEP_FREE, Need.WOMAN_OFFICER]
    assert (listed.free, listed.place, listed.is_cancelled) == (3, "Balai Kelurahan", False)
    assert listed.kelurahan
    asked(visit_id)
    with clock.frozen(EARLY):
        assert visits.coming()[0].free == 2


def test_the_calendar_ends_where_it_is_over_and_begins_in_ninety_days(context: Flask) -> None:
    with clock.frozen(EARLY):
        planned()
        planned(starts_at=at("09.00") + days(100), ends_at=at("10.00") + days(100), once="far")
        assert len(visits.coming()) == 1
    with clock.frozen(at("12.00")):
        assert visits.coming() == []


def test_hours_that_are_past_are_no_places(context: Flask) -> None:
    with clock.frozen(EARLY):
        planned()
    with clock.frozen(at("10.10")):
        assert visits.coming()[0].free == 1
    with clock.frozen(at("11.50")):
        assert visits.coming()[0].free == 0


def test_it_is_read_by_kecamatan(context: Flask) -> None:
    with clock.frozen(EARLY):
        planned()
        codes = list(areas.kecamatan())
        found = {code: len(visits.coming(kecamatan_code=code)) for code in codes}
        assert sorted(found.values()) == [0] * (len(codes) - 1) + [1]
        planned(kind="office", kelurahan_code=None, place="Loket", once="office")
        assert {len(visits.coming(kecamatan_code=code)) - found[code] for code in codes} == {1}


def test_who_goes_along_today_has_it_on_the_day(context: Flask) -> None:
    me, mine = cast.member("asep"), []
    with clock.frozen(EARLY):
        for hour, crew in (("13.00", [me.person_id]), ("09.00", [me.person_id]), ("08.00", [])):
            mine.append(planned(starts_at=at(hour), ends_at=at("16.00"), once=hour, crew_ids=crew))
        planned(starts_at=at("09.00") + days(1), ends_at=at("10.00") + days(1), once="tomorrow")
        gone = planned(starts_at=at("10.00"), ends_at=at("11.00"), once="gone")
        visits.cancel(cast.member("wulan"), gone, version=1)
        assert [one.id for one in visits.today_of(me)] == [mine[1], mine[0]]
        assert visits.today_of(cast.member("wulan")) == []


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"kelurahan_code": None}, visits.NoKelurahan),
        ({"kelurahan_code": "36.73.99.9999"}, visits.NoKelurahan),
        ({"place": "  "}, visits.NoPlace),
        ({"ends_at": at("09.00")}, visits.WrongTimes),
        ({"ends_at": at("08.00")}, visits.WrongTimes),
        ({"ends_at": at("09.00") + days(1)}, visits.WrongTimes),
        ({"starts_at": at("06.00"), "ends_at": at("08.00")}, visits.Past),
        ({"slot_minutes": 10}, visits.NothingFits),
        ({"slot_minutes": 240}, visits.NothingFits),
        ({"seats": 0}, visits.NothingFits),
    ],
)
def test_what_cannot_be_planned(context: Flask, values: dict[str, object], refusal: type[Exception]) -> None:
    with clock.frozen(EARLY), pytest.raises(refusal):
        planned(**values)
    with clock.frozen(EARLY):
        assert visits.coming() == []


def test_at_the_office_no_kelurahan_is_needed(context: Flask) -> None:
    with clock.frozen(EARLY):
        planned(kind="office", kelurahan_code=None, place="Loket")
        assert visits.coming()[0].kelurahan == ""


def at_office(**values: object) -> UUID:
    return planned(kind="office", kelurahan_code=None, place="Loket", **values)


def closed() -> None:
    """The whole house, on that Monday until noon."""
    until = {"starts_at": at("08.00"), "ends_at": at("10.00")}
    opening.close(cast.member("wulan"), room_id=None, says="Rapat", once="c", **until)  # type: ignore[arg-type]


def holiday() -> None:
    with transaction() as session:
        session.merge(Holiday(on=MONDAY, name="Libur", kind="national", source="-", approved_at=EARLY))


@pytest.mark.parametrize("has_hours", [True, False])
@pytest.mark.parametrize("shut", [closed, holiday])
def test_nobody_takes_a_place_on_a_shut_day(context: Flask, shut: Callable[[], None], has_hours: bool) -> None:
    """At the office; a kelurahan has days of its own. One that was planned before may still be changed."""
    (opened if has_hours else cleared)()
    with clock.frozen(EARLY):
        before = at_office()
        shut()
        Kept.forget()
        with pytest.raises(visits.OfficeShut):
            at_office(once="office")
        with pytest.raises(visits.OfficeShut):
            changed(before, kind="office", kelurahan_code=None, ends_at=at("11.00"))
        changed(before, kind="office", kelurahan_code=None, place="Loket 2")
        planned(once="elsewhere")


def test_what_the_house_was_shut_on_later_is_told_to_whoever_shuts_it(app: Flask) -> None:
    with app.app_context(), clock.frozen(EARLY):
        opened()
        visit_id = at_office(ends_at=at("11.00"))
        planned(once="elsewhere")
        at_office(starts_at=at("11.00"), once="later")
    with app.app_context():
        asked(visit_id, 0)
    says = "Konsultasi di kantor pada waktu tutup"
    with clock.frozen(EARLY):
        assert not cast.at_work(app, "wulan").open("/petugas/ruang/jam-buka").has(says)
        with app.app_context():
            closed()
            (found,) = clashes.of_office(cast.member("wulan"))
            assert (found.visit.id, found.held, found.is_own) == (visit_id, 1, True)
            assert clashes.of_office(cast.member("nadia")) == ()
        wulan = cast.at_work(app, "wulan")
        wulan.open("/petugas/ruang/jam-buka")
        assert wulan.click("Seluruh gedung").has(says, "09.00–11.00", "1 orang memegang tempat.")
        for path in ("/petugas/jadwal", "/petugas/ruang/jam-buka/libur"):
            assert wulan.open(path).has(says)
        with app.app_context():
            visits.cancel(cast.member("wulan"), visit_id, version=1)
        assert not wulan.open("/petugas/jadwal").has(says)


def test_nobody_takes_a_place_outside_of_the_hours(context: Flask) -> None:
    opened()
    with clock.frozen(EARLY):
        for starts_at, ends_at in ((at("15.00"), at("16.15")), (at("09.00") + days(5), at("12.00") + days(5))):
            with pytest.raises(visits.OfficeShut):
                at_office(starts_at=starts_at, ends_at=ends_at)
        at_office(starts_at=at("15.00"), ends_at=at("16.00"))


@pytest.mark.parametrize("login", ["nadia", "asep", "hadi", "sekar"])
def test_who_does_not_plan(context: Flask, login: str) -> None:
    with clock.frozen(EARLY), pytest.raises(NotAllowed):
        planned(cast.member(login))


def test_who_goes_along_sees_the_own_day_and_no_other(context: Flask) -> None:
    with clock.frozen(EARLY):
        visit_id = planned()
        assert visits.get_for(cast.member("asep"), visit_id).id == visit_id
        assert [one.id for one in visits.listed_for(cast.member("asep"))] == [visit_id]
        assert [one.id for one in visits.listed_for(cast.member("dian"))] == [visit_id]
        with pytest.raises(NotFound):
            visits.get_for(cast.member("nadia"), visit_id)
        assert list(visits.listed_for(cast.member("nadia"))) == []


def test_planned_twice_it_stands_once(context: Flask) -> None:
    with clock.frozen(EARLY):
        assert planned(once="same") == planned(once="same")
        assert len(visits.coming()) == 1


def test_a_change_of_times_is_refused_while_somebody_has_a_place(context: Flask) -> None:
    with clock.frozen(EARLY):
        visit_id = planned()
    asked(visit_id, 2)
    same = {"kind": "kelurahan", "place": "Masjid", "slot_minutes": 60, "seats": 1, "version": 1}
    me = cast.member("wulan")
    with clock.frozen(EARLY):
        code = db.session.get_one(Visit, visit_id).kelurahan_code
        for starts, ends in (("10.00", "13.00"), ("09.00", "11.00")):
            with pytest.raises(visits.PlacesTaken):
                visits.change(me, visit_id, kelurahan_code=code, starts_at=at(starts), ends_at=at(ends), **same)
        visits.change(me, visit_id, kelurahan_code=code, starts_at=at("09.00"), ends_at=at("13.00"), **same)
        assert visits.coming()[0].place == "Masjid"
        with pytest.raises(visits.NotSo):
            visits.change(me, visit_id, kelurahan_code=code, starts_at=at("09.00"), ends_at=at("13.00"), **same)


def changed(visit_id: UUID, version: int = 1, **values: object) -> UUID:
    """By wulan; what is not given stays."""
    visit = visits.find(visit_id)
    names = ("kind", "kelurahan_code", "place", "starts_at", "ends_at", "slot_minutes", "seats")
    same = {name: getattr(visit, name) for name in names}
    return visits.change(cast.member("wulan"), visit_id, version=version, **{**same, **values})  # type: ignore[arg-type]


def test_while_it_runs_its_end_and_its_place_may_change(context: Flask) -> None:
    with clock.frozen(EARLY):
        visit_id = planned()
    with clock.frozen(at("09.30")):
        changed(visit_id, ends_at=at("13.00"), place="Masjid")
        with pytest.raises(visits.Past):
            changed(visit_id, 2, starts_at=at("09.15"))
        with pytest.raises(visits.Past):
            changed(visit_id, 2, ends_at=at("09.25"))
        assert visits.listed(visit_id).place == "Masjid"


def test_nobody_who_holds_a_place_is_sent_to_another_kelurahan(context: Flask) -> None:
    with clock.frozen(EARLY):
        visit_id = planned()
        first = visits.find(visit_id).kelurahan_code
        other = next(one.code for one in areas.wards() if one.code != first)
        odd(visit_id)
        changed(visit_id, kelurahan_code=other)
    asked(visit_id)
    with clock.frozen(EARLY):
        for values in ({"kelurahan_code": first}, {"kind": "office", "kelurahan_code": None}):
            with pytest.raises(visits.PlacesTakenThere):
                changed(visit_id, 2, **values)
        changed(visit_id, 2, place="Masjid")


def test_a_number_that_a_machine_may_have_left_holds_the_times_as_well(context: Flask) -> None:
    with clock.frozen(EARLY):
        visit_id = planned()
        odd(visit_id, contact="0812-0000-7777")
        with pytest.raises(visits.PlacesTaken):
            changed(visit_id, starts_at=at("08.00"))


def test_what_is_cancelled_stays_in_the_calendar_and_says_so(context: Flask) -> None:
    with clock.frozen(EARLY):
        visit_id = planned()
        visits.cancel(cast.member("wulan"), visit_id, version=1)
        (listed,) = visits.coming()
        assert (listed.is_cancelled, listed.free) == (True, 0)
        with pytest.raises(visits.NotSo):
            visits.cancel(cast.member("wulan"), visit_id, version=2)


def test_a_visit_late_in_the_evening_is_one_day(context: Flask) -> None:
    with clock.frozen(EARLY):
        planned(starts_at=at("22.00"), ends_at=at("22.00") + timedelta(hours=1, minutes=59))
