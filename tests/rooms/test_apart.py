"""Two sides that must not meet never hold the building at the same time; whoever is protected is never turned away."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import apart, bookings, guests, receptions, stays
from pepa.errors import Conflict, NotAllowed
from pepa.models.audit import AuditEntry
from pepa.models.outbox import OutboxRow
from pepa.models.stays import ApartGroup, PresenceCell, Stay
from tests import cast
from tests.rooms.house import EARLY, MONDAY, at, days, opened

FRONT, SIDE = "Pintu depan", "Pintu samping"
DOORS = {"a": FRONT, "b": SIDE}


def made(login: str = "ratna") -> UUID:
    """A house, and two that must not meet."""
    opened()
    return apart.make(cast.member(login), label="Sari dan Budi", once="g")


def expect(group_id: UUID, side: str, from_: datetime, minutes: int = 60, login: str = "ratna", **more: str) -> UUID:
    values = {"entrance": DOORS[side], "once": f"{side}{from_}{minutes}", **more}
    return stays.expect(cast.member(login), group_id, side=side, starts_at=from_, minutes=minutes, **values)


def held(side: str) -> set[str]:
    db.session.rollback()
    rows = db.session.scalars(sa.select(PresenceCell.cell).where(PresenceCell.side == side))
    return {f"{datetime.fromtimestamp(cell * 900, tz=clock.JAKARTA):%H.%M}" for cell in rows}


def stay(stay_id: UUID) -> Stay:
    db.session.rollback()
    return db.session.get_one(Stay, stay_id)


def told() -> int:
    return db.session.scalars(
        sa.select(sa.func.count()).select_from(OutboxRow).where(OutboxRow.notice == "apart")
    ).one()


@pytest.mark.both
def test_the_margin_keeps_the_whole_building(context: Flask, database: str) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        expect(group_id, "a", at("10.00"))
        assert (min(held("a")), max(held("a"))) == ("09.15", "11.30"), "45 minutes before and after"
        for from_ in ("10.00", "08.30", "11.00", "11.45", "12.15"):
            with pytest.raises(bookings.RoomTaken) as refused:
                expect(group_id, "b", at(from_))
            assert str(refused.value.says) == str(bookings.RoomTaken.says), "the words of any full room"
        expect(group_id, "a", at("10.30"))
        expect(group_id, "b", at("13.00"))


@pytest.mark.both
def test_what_is_named_instead_can_be(context: Flask, database: str) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        expect(group_id, "a", at("10.00"))
        with pytest.raises(bookings.RoomTaken) as refused:
            expect(group_id, "b", at("11.00"))
        named = str(refused.value.values["times"]).split(", ")
        assert len(named) == 3
        for n, time in enumerate(named):
            stays.cancel(cast.member("ratna"), expect(group_id, "b", at(time), once=f"n{n}"))


def test_a_refusal_is_noted_without_the_group(context: Flask) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        expect(group_id, "a", at("10.00"))
        with pytest.raises(bookings.RoomTaken):
            expect(group_id, "b", at("10.00"))
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.act == "stay.refused")).one()
    assert entry.thing_id is None
    assert not entry.note


def test_two_stays_of_one_side_share_what_they_hold(context: Flask) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        one, two = expect(group_id, "a", at("10.00")), expect(group_id, "a", at("10.30"))
        stays.cancel(cast.member("ratna"), one)
        assert min(held("a")) == "09.45"
        stays.cancel(cast.member("ratna"), two)
        assert not held("a")
        with pytest.raises(stays.Over):
            stays.cancel(cast.member("ratna"), two)


def test_two_sides_never_share_a_door(context: Flask) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        expect(group_id, "a", at("08.00"))
        with pytest.raises(stays.DoorTaken):
            expect(group_id, "b", at("14.00"), entrance=FRONT)
        with pytest.raises(stays.NoSuchDoor):
            expect(group_id, "b", at("14.00"), entrance="Jendela")
        expect(group_id, "b", at("14.00", MONDAY + days(1)), entrance=FRONT)


@pytest.mark.parametrize(
    ("from_", "minutes", "refusal"),
    [
        ("10.05", 60, bookings.OffTheGrid),
        ("10.00", 15, bookings.WrongLength),
        ("07.00", 60, bookings.HouseShut),
        ("06.00", 60, bookings.InThePast),
    ],
)
def test_a_time_that_cannot_be(context: Flask, from_: str, minutes: int, refusal: type[Exception]) -> None:
    group_id = made()
    with clock.frozen(EARLY), pytest.raises(refusal):
        expect(group_id, "a", at(from_), minutes)
    assert not held("a")


def test_the_office_alone_keeps_apart_and_sees_it(context: Flask) -> None:
    group_id = made()
    with pytest.raises(NotAllowed):
        apart.groups(cast.member("nadia"))
    with pytest.raises(NotAllowed):
        apart.get_for(cast.member("intan"), group_id)
    assert [one.label for one in apart.groups(cast.member("wulan"))] == ["Sari dan Budi"]
    row = db.session.get_one(ApartGroup, group_id)
    assert b"Sari" not in row.label_sealed


def test_nothing_is_left_of_a_group_that_ended(context: Flask) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        expect(group_id, "a", at("10.00"))
        apart.end(cast.member("ratna"), group_id)
    for table in (ApartGroup, Stay, PresenceCell):
        assert db.session.scalars(sa.select(sa.func.count()).select_from(table)).one() == 0


@pytest.mark.both
def test_she_comes_unannounced_and_his_stay_moves(context: Flask, database: str) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        his = expect(group_id, "b", at("10.00"))
    with clock.frozen(at("09.20")):
        hers = receptions.walk_in(cast.member("ratna"), group_id, side="a", entrance=FRONT, minutes=60, once="w")
        assert stay(hers).is_here
        assert not stay(hers).is_elsewhere
        assert stay(his).must_move
        assert not held("b")
        assert told()
        (alert,) = [one for one in guests.alerts(cast.member("bayu")) if one.stay.must_move]
        assert alert.stay.id == his


def test_she_comes_while_he_is_there_and_is_led_elsewhere(context: Flask) -> None:
    """Never turned away; once he has left and the margin is over, the building is hers."""
    group_id = made()
    with clock.frozen(EARLY):
        his = expect(group_id, "b", at("10.00"))
    with clock.frozen(at("10.00")):
        receptions.arrive(cast.member("ratna"), his)
    with clock.frozen(at("10.20")):
        hers = receptions.walk_in(cast.member("ratna"), group_id, side="a", entrance=FRONT, minutes=60, once="w")
        assert stay(hers).is_elsewhere
        assert told()
        assert held("a") == {"11.45", "12.00"}, "from when he is to be gone the building is hers"
        with pytest.raises(bookings.RoomTaken):
            expect(group_id, "b", at("12.00"), once="b2")
        receptions.leave(cast.member("ratna"), his)
    with clock.frozen(at("11.20")):
        receptions.watch()
        assert not stay(hers).is_elsewhere
        assert "11.30" in held("a")


def test_he_comes_unannounced_and_finds_any_full_house(context: Flask) -> None:
    group_id = made()
    with clock.frozen(EARLY):
        hers = expect(group_id, "a", at("10.00"))
    with clock.frozen(at("10.05")):
        receptions.arrive(cast.member("ratna"), hers)
        with pytest.raises(Conflict) as refused:
            receptions.walk_in(cast.member("ratna"), group_id, side="b", entrance=SIDE, minutes=60, once="w")
        assert isinstance(refused.value, bookings.RoomTaken)
        assert told(), "the desk knows that he is at the door"
        assert not stay(hers).must_move
    assert not held("b")


def test_who_stays_longer_keeps_the_building_and_the_desk_is_told(context: Flask) -> None:
    group_id = made()
    ratna = cast.member("ratna")
    with clock.frozen(EARLY):
        hers = expect(group_id, "a", at("09.00"))
        expect(group_id, "b", at("12.00"))
    with clock.frozen(at("09.00")):
        receptions.arrive(ratna, hers)
    with clock.frozen(at("10.15")):
        receptions.watch()
        assert not guests.alerts(ratna), "nobody comes near"
        assert "11.00" in held("a")
    with clock.frozen(at("10.35")):
        assert receptions.watch() == 1
        (alert,) = guests.alerts(ratna)
        assert alert.is_over_time
        assert alert.near == at("12.00")
        assert told()
        receptions.leave(ratna, hers)
        assert not guests.alerts(ratna)


def test_who_comes_early_is_led_elsewhere_only_where_it_matters(context: Flask) -> None:
    group_id = made()
    ratna = cast.member("ratna")
    with clock.frozen(EARLY):
        his = expect(group_id, "b", at("08.00"), 30)
        hers = expect(group_id, "a", at("10.30"))
    with clock.frozen(at("08.00")):
        receptions.arrive(ratna, his)
    with clock.frozen(at("08.40")):
        receptions.arrive(ratna, hers)
        assert stay(hers).is_elsewhere
        with pytest.raises(stays.Over):
            receptions.arrive(ratna, hers)


def test_she_comes_early_and_his_stay_moves(context: Flask) -> None:
    group_id, ratna = made(), cast.member("ratna")
    with clock.frozen(EARLY):
        his = expect(group_id, "b", at("09.00"), 30)
        hers = expect(group_id, "a", at("11.00"))
    with clock.frozen(at("08.50")):
        receptions.arrive(ratna, hers)
        assert not stay(hers).is_elsewhere
        assert stay(his).must_move
        assert "08.45" in held("a")


def test_who_comes_late_is_looked_at_too(context: Flask) -> None:
    group_id, ratna = made(), cast.member("ratna")
    with clock.frozen(EARLY):
        his = expect(group_id, "b", at("08.00"), 30)
        hers = expect(group_id, "a", at("11.00"))
    with clock.frozen(at("11.00")):
        receptions.arrive(ratna, hers)
    with clock.frozen(at("11.20")):
        receptions.arrive(ratna, his)
        assert stay(his).is_elsewhere
        assert told()


def test_of_another_day_nobody_arrives(context: Flask) -> None:
    group_id, ratna = made(), cast.member("ratna")
    with clock.frozen(EARLY):
        tomorrow = expect(group_id, "b", at("10.00", MONDAY + days(1)))
        with pytest.raises(receptions.NotToday):
            receptions.arrive(ratna, tomorrow)


def test_without_an_appointment_they_come_by_another_door(context: Flask) -> None:
    group_id, ratna = made(), cast.member("ratna")
    with clock.frozen(EARLY):
        expect(group_id, "a", at("14.00"))
    with clock.frozen(at("09.00")):
        with pytest.raises(stays.DoorTaken):
            receptions.walk_in(ratna, group_id, side="b", entrance=FRONT, minutes=30, once="w")
        his = receptions.walk_in(ratna, group_id, side="b", entrance=SIDE, minutes=30, once="x")
        receptions.leave(ratna, his)
        with pytest.raises(stays.DoorTaken):
            receptions.walk_in(ratna, group_id, side="a", entrance=SIDE, minutes=30, once="y")
        assert receptions.walk_in(ratna, group_id, side="a", entrance=FRONT, minutes=30, once="z")


def test_who_was_forgotten_at_the_door_is_on_the_next_day_s_list(context: Flask) -> None:
    group_id, ratna = made(), cast.member("ratna")
    with clock.frozen(at("15.00")):
        hers = receptions.walk_in(ratna, group_id, side="a", entrance=FRONT, minutes=60, once="w")
        with pytest.raises(apart.SomebodyHere):
            apart.end(ratna, group_id)
    with clock.frozen(at("09.00", MONDAY + days(1))):
        assert [one.stay.id for one in guests.of_day(ratna, MONDAY + days(1))] == [hers]
        receptions.leave(ratna, hers)
        assert not guests.of_day(ratna, MONDAY + days(1))


@pytest.mark.both
def test_of_two_sides_at_once_one_has_it(context: Flask, database: str) -> None:
    group_id = made()
    actors = [cast.member(login) for login in ("ratna", "bayu", "wulan", "sekar")]
    gate = Barrier(16)

    def ask(n: int) -> str:
        side = "ab"[n % 2]
        with context.app_context():
            gate.wait()
            try:
                stays.expect(
                    actors[n % 4],
                    group_id,
                    side=side,
                    entrance=DOORS[side],
                    starts_at=at("10.00"),
                    minutes=60,
                    once=f"{n}",
                )
            except bookings.RoomTaken:
                return ""
            finally:
                db.session.remove()
            return side

    with clock.frozen(EARLY), ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(ask, range(16)))
    assert len(set(answers) - {""}) == 1
    assert answers.count("") == 8


def test_the_desk_s_page(app: Flask) -> None:
    with app.app_context():
        opened()
    with clock.frozen(EARLY):
        client = cast.at_work(app, "ratna")
        client.open("/petugas/ruang/kunjungan")
        assert client.submit("Tambah", label="").has("Tulis siapa yang tidak boleh bertemu.")
        assert client.submit("Tambah", label="Sari dan Budi").has("SUDAH dicatat.", "Sari dan Budi")
        client.click("Atur kunjungan")
        page = client.submit("Simpan", side="a", entrance=FRONT, starts_at="30/11/2026 10.00")
        assert page.has("Kunjungan SUDAH dicatat.", "antara pukul 10.00 dan 10.15, lewat Pintu depan.")
        page = client.open("/petugas/ruang/kunjungan")
        assert page.has("Yang dilindungi. Pintu depan, 10.00–11.00. Datang 10.00–10.15", "Ditunggu")
        client.click("Atur kunjungan")
        page = client.submit("Simpan", side="b", entrance=SIDE, starts_at="30/11/2026 10.30")
        assert page.status == 422
        assert page.has("Waktu ini tidak tersedia. Yang kosong:")
        assert cast.at_work(app, "nadia").get("/petugas/ruang/kunjungan").status == 404
    with clock.frozen(at("10.00")):
        client = cast.at_work(app, "ratna")
        client.open("/petugas/ruang/kunjungan")
        assert client.submit("Sudah tiba").has("Dicatat: sudah tiba.", "Ada di sini")
        client.click("Tamu datang tanpa janji")
        page = client.submit("Simpan", side="b", entrance=SIDE, minutes="60")
        assert page.has("Waktu ini tidak tersedia.")
        client.open("/petugas/ruang/kunjungan")
        assert client.submit("Sudah pulang").has("Dicatat: sudah pulang.")
        client.click("Hapus")
        assert client.submit("Ya, hapus").has("SUDAH dihapus.")


def test_today_says_where_somebody_has_to_be_led(app: Flask) -> None:
    with app.app_context():
        group_id = made()
        with clock.frozen(EARLY):
            his = expect(group_id, "b", at("10.00"))
        with clock.frozen(at("10.00")):
            receptions.arrive(cast.member("ratna"), his)
            receptions.walk_in(cast.member("ratna"), group_id, side="a", entrance=FRONT, minutes=60, once="w")
    with clock.frozen(at("10.01")):
        page = cast.at_work(app, "bayu").open("/petugas/hari-ini")
        assert page.has("Antar ke pintu atau tempat lain sekarang.", "Sari dan Budi")
