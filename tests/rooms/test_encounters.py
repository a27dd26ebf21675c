"""Who stays beyond their time is seen when the other side comes, whatever the ledger says and whether a job runs."""

from uuid import UUID

import pytest
from flask import Flask

from pepa import clock, delivery
from pepa.config import Config
from pepa.domain import bookings, check_ins, guests, receptions
from tests import cast
from tests.rooms.house import EARLY, at
from tests.rooms.test_apart import FRONT, SIDE, expect, held, made, stay, told
from tests.rooms.test_change import version_of
from tests.rooms.test_kept_apart import ask, decide, stay_of


def stays_too_long(group_id: UUID, side: str = "b") -> UUID:
    """Somebody of a side comes at 9.00 for an hour, and is there all morning, as the worker sees it."""
    with clock.frozen(EARLY):
        theirs = expect(group_id, side, at("09.00"))
    with clock.frozen(at("09.00")):
        receptions.arrive(cast.member("ratna"), theirs)
    return theirs


def worker_looks(*times: str) -> None:
    for time in times:
        with clock.frozen(at(time)):
            receptions.watch()


HALVES = ("09.30", "10.00", "10.30", "11.00", "11.30", "11.55")


@pytest.mark.both
def test_she_arrives_while_he_is_still_there(context: Flask, database: str) -> None:
    """Her own time was held before: by the ledger nothing stands in her way."""
    group_id, ratna = made(), cast.member("ratna")
    with clock.frozen(EARLY):
        hers = expect(group_id, "a", at("12.00"))
    his = stays_too_long(group_id)
    worker_looks(*HALVES)
    with clock.frozen(at("12.00")):
        before = told()
        receptions.arrive(ratna, hers)
        assert stay(hers).is_elsewhere
        assert not stay(his).is_elsewhere, "whoever was there first is not led about"
        assert told() > before
        receptions.watch()
        assert stay(hers).is_elsewhere
        assert {one.stay.id for one in guests.alerts(ratna)} >= {hers}
    with clock.frozen(at("12.10")):
        receptions.leave(ratna, his)
        receptions.watch()
        assert not stay(hers).is_elsewhere


def test_he_arrives_while_she_is_still_there(context: Flask) -> None:
    group_id, ratna = made(), cast.member("ratna")
    with clock.frozen(EARLY):
        his = expect(group_id, "b", at("12.00"))
    stays_too_long(group_id, "a")
    worker_looks(*HALVES)
    with clock.frozen(at("12.00")):
        receptions.arrive(ratna, his)
        assert stay(his).is_elsewhere


@pytest.mark.both
@pytest.mark.parametrize("side", ["a", "b"])
def test_the_room_s_page_asks_as_the_desk_does(context: Flask, database: str, side: str) -> None:
    group_id, ratna = made(), cast.member("ratna")
    with clock.frozen(EARLY):
        booking_id = ask(group_id, side, at("12.30"))
        decide(booking_id, is_granted=True)
    stays_too_long(group_id, "ab".replace(side, ""))
    worker_looks(*HALVES)
    with clock.frozen(at("12.30")):
        before = told()
        check_ins.check_in(ratna, booking_id, version=version_of(booking_id))
        assert stay_of(booking_id).is_here
        assert stay_of(booking_id).is_elsewhere
        assert told() > before


def test_she_comes_by_the_room_s_page_and_his_stay_moves(context: Flask) -> None:
    group_id, ratna = made(), cast.member("ratna")
    with clock.frozen(EARLY):
        booking_id = ask(group_id, "a", at("12.00"))
        decide(booking_id, is_granted=True)
        his = expect(group_id, "b", at("14.30"))
    with clock.frozen(at("11.50")):
        check_ins.check_in(ratna, booking_id, version=version_of(booking_id))
        assert not stay_of(booking_id).is_elsewhere
        assert not stay(his).must_move, "nothing of his is in her way"
        assert "11.45" in held("a")


def test_he_comes_unannounced_while_she_is_there_beyond_her_time(context: Flask) -> None:
    """The worker did not run meanwhile."""
    group_id, ratna = made(), cast.member("ratna")
    stays_too_long(group_id, "a")
    with clock.frozen(at("13.00")):
        with pytest.raises((bookings.RoomTaken, bookings.NothingFree)):
            receptions.walk_in(ratna, group_id, side="b", entrance=SIDE, minutes=60, once="w")
        assert told()
        assert not held("b")


def test_she_comes_unannounced_while_he_is_there_beyond_his_time(context: Flask) -> None:
    group_id, ratna = made(), cast.member("ratna")
    stays_too_long(group_id)
    with clock.frozen(at("13.00")):
        hers = receptions.walk_in(ratna, group_id, side="a", entrance=FRONT, minutes=60, once="w")
        assert stay(hers).is_elsewhere
        assert told()


@pytest.mark.both
def test_no_job_has_to_run_for_a_stay_to_last(context: Flask, database: str) -> None:
    group_id = made()
    stays_too_long(group_id, "a")
    with clock.frozen(at("12.00")):
        with pytest.raises(bookings.RoomTaken):
            expect(group_id, "b", at("12.00"))
        expect(group_id, "b", at("14.00"))


def test_the_worker_watches_the_door_though_the_clock_leapt(
    context: Flask, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What forgets waits for a day; what keeps people apart does not."""
    monkeypatch.setattr(delivery._Time, "can_be_trusted", lambda self: False)
    seen: list[str] = []
    monkeypatch.setattr(delivery, "PURGED", [])
    monkeypatch.setattr(delivery.receptions, "watch", lambda: seen.append("watched") or 0)

    class Once:
        def is_set(self) -> bool:
            return bool(seen)

        def wait(self, seconds: float) -> None: ...

    delivery.work(context, Once())  # type: ignore[arg-type]
    assert seen == ["watched"]
