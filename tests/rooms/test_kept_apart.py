"""A room for somebody who must not meet another: it is asked for, holds room and building, and both move together."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import bookings, check_ins, displacements, endings, guests, receptions, rooms, stays
from pepa.errors import NotAllowed
from pepa.models.audit import AuditEntry
from pepa.models.outbox import OutboxRow
from pepa.models.rooms import Booking, BookingState, Room
from pepa.models.stays import PresenceCell, Stay
from tests import cast
from tests.rooms.house import EARLY, MONDAY, at, days
from tests.rooms.test_apart import DOORS, FRONT, SIDE, expect, held, made, stay
from tests.rooms.test_book import book, state_of
from tests.rooms.test_book import held as room_held
from tests.rooms.test_change import move, version_of

S = BookingState
TEN = {"10.00", "10.15", "10.30", "10.45", "11.00"}
AROUND_TEN = ("09.15", "11.30")


def room(name: str = "Anggrek") -> UUID:
    return db.session.scalars(sa.select(Room.id).where(Room.name == name)).one()


def ask(group_id: UUID, side: str | None, from_: datetime, minutes: int = 60, **more: object) -> UUID:
    values = {"purpose": "counselling", "entrance": DOORS.get(side or ""), "once": f"{side}{from_}{minutes}", **more}
    room_id = values.pop("room_id", None) or room()
    return stays.book(
        cast.member("ratna"),
        room_id,  # type: ignore[arg-type]
        group_id=group_id,
        side=side,
        starts_at=from_,
        minutes=minutes,
        **values,  # type: ignore[arg-type]
    )


def decide(booking_id: UUID, *, is_granted: bool) -> None:
    bookings.decide(cast.member("wulan"), booking_id, is_granted=is_granted, version=version_of(booking_id))


def stay_of(booking_id: UUID) -> Stay:
    db.session.rollback()
    return db.session.scalars(sa.select(Stay).where(Stay.booking_id == booking_id)).one()


def building(side: str) -> tuple[str, str] | None:
    """The first and the last quarter that a side holds."""
    cells = held(side)
    return (min(cells), max(cells)) if cells else None


@pytest.mark.both
def test_it_is_asked_for_and_holds_room_and_building(context: Flask, database: str) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        booking_id = ask(group_id, "a", at("13.00"))
        assert state_of(booking_id) == S.REQUESTED
        assert building("a") == ("12.15", "14.30")
        assert min(room_held(room())) == "13.00"
        with pytest.raises(bookings.RoomTaken):
            expect(group_id, "b", at("11.30"))
        with pytest.raises(bookings.RoomTaken):
            book("nadia", room(), at("13.30"))
        decide(booking_id, is_granted=True)
        assert state_of(booking_id) == S.CONFIRMED
        assert building("a") == ("12.15", "14.30")


def test_refused_it_holds_nothing(context: Flask) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        booking_id = ask(group_id, "a", at("13.00"))
        decide(booking_id, is_granted=False)
        assert state_of(booking_id) == S.REJECTED
        assert building("a") is None
        assert not room_held(room())
        assert not guests.of_day(cast.member("ratna"), MONDAY)


@pytest.mark.both
@pytest.mark.parametrize(("ahead", "until"), [(days(0), at("11.00")), (days(3), EARLY + days(1))])
def test_undecided_it_is_over_at_once_for_whoever_comes(
    context: Flask, database: str, ahead: timedelta, until: datetime
) -> None:
    """A day later, or two hours before it begins; no job has to run for it."""
    group_id = made()
    with clock.frozen(EARLY):
        booking_id = ask(group_id, "a", at("13.00") + ahead)
    with clock.frozen(until - timedelta(minutes=1)), pytest.raises((bookings.RoomTaken, bookings.NothingFree)):
        expect(group_id, "b", at("13.00") + ahead, once="1")
    with clock.frozen(until):
        expect(group_id, "b", at("13.00") + ahead, once="2")
    assert state_of(booking_id) == S.EXPIRED


@pytest.mark.both
def test_the_refusal_is_that_of_any_full_room_and_what_it_names_can_be(context: Flask, database: str) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        expect(group_id, "a", at("10.00"))
        before = db.session.scalars(sa.select(sa.func.count()).select_from(Booking)).one()
        with pytest.raises(bookings.RoomTaken) as refused:
            ask(group_id, "b", at("10.30"))
        assert db.session.scalars(sa.select(sa.func.count()).select_from(Booking)).one() == before
        assert not room_held(room()), "nothing is left of what was refused"
        for time in str(refused.value.values["times"]).split(", "):
            booking_id = ask(group_id, "b", at(time), once=time)
            bookings.cancel(cast.member("ratna"), booking_id, version=1)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.act == "stay.refused")).one()
    assert entry.thing_id is None


def test_the_office_alone_asks_and_each_thing_is_needed(context: Flask) -> None:
    group_id = made()
    values = {"group_id": group_id, "starts_at": at("10.00"), "minutes": 60, "once": "x"}
    with clock.frozen(EARLY):
        with pytest.raises(NotAllowed):
            stays.book(cast.member("nadia"), room(), side="a", entrance=FRONT, purpose="other", **values)  # type: ignore[arg-type]
        for wrong, refusal in (
            ({"side": None}, stays.SideMissing),
            ({"entrance": None}, stays.NoSuchDoor),
            ({"purpose": None}, bookings.PurposeMissing),
        ):
            with pytest.raises(refusal):
                ask(group_id, **{"side": "a", "from_": at("10.00"), "entrance": FRONT, **wrong})  # type: ignore[arg-type]
        assert ask(group_id, "a", at("10.00"), once="y") == ask(group_id, "a", at("10.00"), once="y")


@pytest.mark.both
def test_a_request_that_moves_takes_its_stay_along(context: Flask, database: str) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        booking_id = ask(group_id, "a", at("10.00"))
        move("ratna", booking_id, room("Melati"), "13.00", 90)
        assert building("a") == ("12.15", "15.00")
        assert not room_held(room())
        assert (stay_of(booking_id).starts_at, stay_of(booking_id).ends_at) == (at("13.00"), at("14.30"))
        expect(group_id, "b", at("10.00"))


@pytest.mark.both
@pytest.mark.parametrize("end", ["granted", "refused", "expired", "cancelled"])
def test_a_confirmed_one_that_moves_is_asked_for_again_and_holds_both(context: Flask, database: str, end: str) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        booking_id = ask(group_id, "a", at("10.00"))
        decide(booking_id, is_granted=True)
        move("ratna", booking_id, room(), "11.00")
        assert building("a") == ("09.15", "12.30"), "both, and what they share once"
        assert stay_of(booking_id).starts_at == at("10.00")
        with pytest.raises(bookings.RoomTaken):
            expect(group_id, "b", at("12.45"))
        if end in ("granted", "refused"):
            decide(booking_id, is_granted=end == "granted")
        elif end == "cancelled":
            bookings.cancel(cast.member("ratna"), booking_id, version=version_of(booking_id))
    with clock.frozen(at("08.00")):
        endings.purge()
        stands = {"granted": ("10.15", "12.30"), "cancelled": None}.get(end, AROUND_TEN)
        assert building("a") == stands
        refs = db.session.scalars(sa.select(PresenceCell.refs)).all()
        assert set(refs) <= {1}
        if stands:
            assert stay_of(booking_id).starts_at == at("11.00" if end == "granted" else "10.00")


@pytest.mark.both
def test_where_the_stay_cannot_go_nothing_goes(context: Flask, database: str) -> None:
    """Refused like any full room: the room is free, the building is not; what is named instead can be."""
    group_id = made()
    with clock.frozen(EARLY):
        booking_id = ask(group_id, "a", at("08.00"))
        expect(group_id, "b", at("13.00"))
        before = (building("a"), room_held(room()), version_of(booking_id), stay_of(booking_id).starts_at)
        with pytest.raises(bookings.RoomTaken) as refused:
            move("ratna", booking_id, room(), "12.00")
        assert (building("a"), room_held(room()), version_of(booking_id), stay_of(booking_id).starts_at) == before
        assert state_of(booking_id) == S.REQUESTED
        for time in str(refused.value.values["times"]).split(", "):
            move("ratna", booking_id, room(), time)


def test_on_a_day_on_which_the_door_is_the_other_side_s_it_cannot_be(context: Flask) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        booking_id = ask(group_id, "a", at("10.00"))
        expect(group_id, "b", at("14.00") + days(1), entrance=FRONT)
        with pytest.raises(bookings.NothingFree):
            bookings.move(
                cast.member("ratna"), booking_id, room_id=room(), starts_at=at("08.00") + days(1), minutes=60, version=1
            )
        assert building("a") == AROUND_TEN


def test_one_goes_with_the_other(context: Flask) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        first, second = ask(group_id, "a", at("08.00")), ask(group_id, "a", at("13.00"))
        bookings.cancel(cast.member("ratna"), first, version=1)
        assert stay_of(first).cancelled_at
        stays.cancel(cast.member("ratna"), stay_of(second).id)
        assert state_of(second) == S.CANCELLED
        assert building("a") is None
        assert not room_held(room())


def test_whoever_was_seen_at_the_door_keeps_the_room(context: Flask) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        first, second = ask(group_id, "a", at("08.00")), ask(group_id, "a", at("13.00"))
        for one in (first, second):
            decide(one, is_granted=True)
    with clock.frozen(at("08.00")):
        receptions.arrive(cast.member("ratna"), stay_of(first).id)
    with clock.frozen(at("08.30")):
        endings.purge()
        assert state_of(first) == S.IN_USE
    with clock.frozen(at("13.00")):
        check_ins.check_in(cast.member("ratna"), second, version=version_of(second))
        assert stay_of(second).is_here, "and who was seen in the room came by the door"


def test_a_room_that_is_let_go_leaves_them_expected(context: Flask) -> None:
    """Half an hour late, she is still protected."""
    group_id = made()
    with clock.frozen(EARLY):
        booking_id = ask(group_id, "a", at("10.00"))
        decide(booking_id, is_granted=True)
    with clock.frozen(at("10.30")):
        endings.purge()
        assert state_of(booking_id) == S.RELEASED
        with pytest.raises(bookings.RoomTaken):
            expect(group_id, "b", at("11.15"))
        receptions.arrive(cast.member("ratna"), stay_of(booking_id).id)
        assert stay_of(booking_id).is_here


@pytest.mark.both
def test_she_comes_unannounced_and_his_booking_is_moved(context: Flask, database: str) -> None:
    group_id, ratna = made(), cast.member("ratna")
    with clock.frozen(EARLY):
        his = ask(group_id, "b", at("10.00"))
        decide(his, is_granted=True)
    with clock.frozen(at("09.20")):
        receptions.walk_in(ratna, group_id, side="a", entrance=FRONT, minutes=60, once="w")
        assert stay_of(his).must_move
        (alert,) = guests.alerts(ratna)
        assert alert.booking
        with pytest.raises(bookings.NotSo):
            check_ins.check_in(ratna, his, version=version_of(his))
        move("ratna", his, room(), "13.00")
        decide(his, is_granted=True)
        assert not stay_of(his).must_move
        assert building("b") == ("12.15", "14.30")
        assert not guests.alerts(ratna)


def test_what_he_asked_to_move_to_does_not_stand_in_her_way(context: Flask) -> None:
    group_id, ratna = made(), cast.member("ratna")
    with clock.frozen(EARLY):
        his = ask(group_id, "b", at("14.00"))
        decide(his, is_granted=True)
        move("ratna", his, room(), "10.00")
    with clock.frozen(at("07.50")):
        hers = receptions.walk_in(ratna, group_id, side="a", entrance=FRONT, minutes=120, once="w")
        assert not stay(hers).is_elsewhere
        assert building("b") == ("13.15", "15.30")
        assert db.session.get_one(Booking, his).next_room_id is None


def test_where_the_room_is_taken_for_an_emergency_they_are_expected_all_the_same(context: Flask) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        booking_id = ask(group_id, "a", at("10.00"))
        hers = stay_of(booking_id).id
        displacements.displace(cast.member("wulan"), booking_id, reason="danger", version=1, once="d")
        assert building("a") == AROUND_TEN
        assert stay(hers).booking_id is None
        assert stay(hers).cancelled_at is None


def with_children() -> UUID:
    """The child room, besides the others."""
    return rooms.add(
        cast.member("wulan"), name="Kenanga", seats=4, features=[], turnaround=30, is_child=True, rules="Kaca bening."
    )


def test_the_other_side_is_never_in_the_child_room(context: Flask) -> None:
    group_id, kenanga = made(), with_children()
    child = {"room_id": kenanga, "purpose": "counselling", "companion": "psychologist"}
    with clock.frozen(EARLY):
        with pytest.raises(stays.NotWithChildren):
            ask(group_id, "b", at("10.00"), **child)
        assert building("b") is None
        assert not room_held(kenanga)
        hers = ask(group_id, "a", at("10.00"), **child)
        assert state_of(hers) == S.REQUESTED


def test_nor_does_it_move_there(context: Flask) -> None:
    """The refusal is that of any full room, and the page does not offer it."""
    group_id, kenanga = made(), with_children()
    with clock.frozen(EARLY):
        his, hers = ask(group_id, "b", at("14.00")), ask(group_id, "a", at("10.00"), room_id=room("Melati"))
        db.session.execute(sa.update(Booking).values(companion="parent"))
        db.session.commit()
        before = building("b")
        with pytest.raises(bookings.NothingFree):
            move("ratna", his, kenanga, "14.15")
        assert building("b") == before
        assert not room_held(kenanga)
        ratna = cast.member("ratna")
        offered = {his: False, hers: True}
        for booking_id, is_there in offered.items():
            listed = bookings.rooms_for(ratna, db.session.get_one(Booking, booking_id))
            assert (kenanga in {one.id for one in listed}) is is_there


def test_the_pages_offer_it_to_nobody_of_the_other_side(app: Flask) -> None:
    with app.app_context():
        group_id, kenanga = made(), with_children()
        with clock.frozen(EARLY):
            his = ask(group_id, "b", at("14.00"))
    with clock.frozen(EARLY):
        client = cast.at_work(app, "ratna")
        page = client.open(f"/petugas/ruang/{kenanga}/pesan")
        assert page.has("Untuk yang tidak boleh bertemu", "Yang dilindungi")
        assert not page.tree.select("input[name=side][value=b]")
        assert not client.open(f"/petugas/pesanan/{his}/pindah").tree.select(f"input[value='{kenanga}']")
        client.open(f"/petugas/ruang/{kenanga}/pesan?mulai=2026-11-30T10:00")
        sent = {"purpose": "counselling", "companion": "parent", "group_id": str(group_id), "entrance": SIDE}
        assert client.submit("Minta ruang ini", **sent).has("Pilih pihak yang mana.")


def test_a_calendar_hears_of_it_once_it_is_granted_and_once_it_moved(context: Flask) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        booking_id = ask(group_id, "a", at("10.00"))
        decide(booking_id, is_granted=True)
        rows = db.session.scalars(sa.select(OutboxRow).where(OutboxRow.booking_id == booking_id)).all()
        assert len(rows) == 1
        move("ratna", booking_id, room(), "12.00")
        decide(booking_id, is_granted=True)
        assert db.session.get_one(Booking, booking_id).sequence == 1


def test_from_the_page(app: Flask) -> None:
    """The office says for whom; a partner is not even asked."""
    with app.app_context():
        made()
        room_id = room()
    with clock.frozen(EARLY):
        partner = cast.at_work(app, "nadia").open(f"/petugas/ruang/{room_id}/pesan")
        assert not partner.has("Untuk yang tidak boleh bertemu")
        client = cast.at_work(app, "ratna")
        client.open(f"/petugas/ruang/{room_id}/pesan?mulai=2026-11-30T13:00")
        with app.app_context():
            group_id = str(guests.apart.groups(cast.member("ratna"))[0].id)
        page = client.submit("Pesan", purpose="counselling", side="a", entrance=FRONT)
        assert page.has("Pilih siapa yang tidak boleh bertemu."), "half an answer is no booking like any other"
        client.open(f"/petugas/ruang/{room_id}/pesan?mulai=2026-11-30T13:00")
        page = client.submit("Pesan", purpose="counselling", group_id=group_id, side="a")
        assert page.status == 422
        assert page.has("Pilih pintu masuk.")
        page = client.submit("Pesan", purpose="counselling", group_id=group_id, side="a", entrance=SIDE)
        assert page.has("SUDAH diminta.", "Sari dan Budi", "Yang dilindungi, Pintu samping", "Menunggu keputusan")
        page = client.open("/petugas/ruang/kunjungan?hari=2026-11-30")
        assert page.has("Sari dan Budi", "Anggrek", "belum diputuskan")
        assert client.open("/petugas/pesanan/menunggu").has("Anggrek")
        assert not cast.at_work(app, "hadi").open("/petugas/ruang?hari=2026-11-30").has("Sari")
