"""When the house is open, and what is booked all the same when its hours change, a holiday comes, or a room is shut."""

from collections.abc import Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import Kept, db, transaction
from pepa.domain import diaries, opening, timetable
from pepa.models.places import Holiday
from pepa.models.rooms import OpeningSet
from tests import cast
from tests.rooms.house import EARLY, MONDAY, at, opened
from tests.rooms.test_book import book

DAY = f"/petugas/ruang?hari={MONDAY.isoformat()}"


@pytest.fixture
def made(app: Flask) -> Iterator[dict[str, UUID]]:
    """Two rooms, early on that Monday."""
    with app.app_context():
        found = opened(anggrek={"seats": 4, "features": "quiet"}, melati={"seats": 12})
    with clock.frozen(EARLY):
        yield found


def test_ramadan_is_a_dated_set(app: Flask, made: dict[str, UUID]) -> None:
    client = cast.at_work(app, "wulan")
    client.open("/petugas/ruang/jam-buka")
    days = {f"day_{n}": "08.00-15.00" for n in range(5)}
    page = client.submit("Tambah jam buka", name="Ramadan", valid_from="30/11/2026", **{**days, "day_2": "8 sampai 3"})
    assert page.status == 422
    assert page.has("Tulis jam seperti ini: 08.00-16.00. Kosong berarti tutup.")
    page = client.submit("Tambah jam buka", day_2="08.00-15.00", valid_until="04/12/2026")
    assert page.has("Jam buka SUDAH ditambahkan.", "Ramadan", "sampai Jumat 4 Des")
    assert not client.open(DAY).has("15.00")
    with app.app_context():
        set_id = db.session.scalars(sa.select(OpeningSet.id).where(OpeningSet.name == "Ramadan")).one()
    client.open(f"/petugas/ruang/jam-buka/jam/{set_id}/hapus")
    assert client.submit("Ya, hapus").has("Jam buka SUDAH dihapus.")


def test_a_year_s_holidays_shut_the_house_once_they_are_approved(app: Flask, made: dict[str, UUID]) -> None:
    with app.app_context():
        book("nadia", made["anggrek"], at("10.00", MONDAY.replace(month=12, day=24)))
    client = cast.at_work(app, "wulan")
    page = client.open("/petugas/ruang/jam-buka/libur?tahun=2026")
    assert page.has("Kelahiran Yesus Kristus", "Belum disetujui")
    assert client.open("/petugas/ruang?hari=2026-12-25").has("Jam")
    client.open("/petugas/ruang/jam-buka/libur?tahun=2026")
    page = client.submit("Setujui hari libur")
    assert page.has("Hari libur SUDAH disetujui.", "Sudah dipesan pada hari libur", "Kamis 24 Des, 10.00–11.00")
    assert client.open("/petugas/ruang?hari=2026-12-25").has("Gedung tutup: Kelahiran Yesus Kristus.")
    page = client.open("/petugas/ruang/jam-buka/libur?tahun=2027")
    estimate = next(row for row in page.tree.select("tbody tr") if "Rabu 10 Mar 2027" in row.get_text())
    assert "Perkiraan" in estimate.get_text()
    assert not estimate.select("input[checked]"), "an estimate is ticked by a person"
    assert cast.at_work(app, "nadia").open("/petugas/ruang/jam-buka/libur?tahun=x").h1 == "Hari libur 2026"


def test_of_two_who_approve_holidays_the_second_is_told_and_past_days_stay(app: Flask, made: dict[str, UUID]) -> None:
    path = "/petugas/ruang/jam-buka/libur?tahun=2026"
    first, second = cast.at_work(app, "wulan"), cast.at_work(app, "wulan")
    first.open(path)
    second.open(path)
    assert first.submit("Setujui hari libur").has("Hari libur SUDAH disetujui.")
    page = second.submit("Setujui hari libur", days=[])
    assert page.status == 422
    assert page.has("Orang lain menyetujui lebih dulu. Periksa lagi, lalu simpan.")
    with clock.frozen(at("09.00", MONDAY.replace(month=12, day=26))), app.app_context():
        wulan = cast.member("wulan")
        state = opening.state_of(opening.holidays(wulan, 2026))
        assert opening.approve(wulan, 2026, days=[], state=state) > 0, "past days stay as they were"
        assert not [one for one in opening.holidays(wulan, 2026) if one.approved_at and one.on >= clock.today()]


def test_what_was_booked_before_the_hours_changed_is_still_shown(
    app: Flask, made: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Kept, "seconds", 60.0)  # what every page knows of the hours may be older than what was saved
    with app.app_context():
        timetable.day(cast.member("nadia"), MONDAY)
        book("nadia", made["anggrek"], at("15.00"))
        set_id = opening.add_set(
            cast.member("wulan"),
            name="Ramadan",
            valid_from=MONDAY,
            valid_until=MONDAY,
            days=["08.00-14.00"] * 7,
            once="r",
        )
        assert [one.booking.starts_at for one in diaries.outside(cast.member("wulan"), set_id)] == [at("15.00")]
        Kept.forget()
        notices = timetable.door(cast.member("nadia"), made["anggrek"], MONDAY)
        assert [(one.starts_at, one.is_free) for one in notices] == [
            (at("08.00"), True),
            (at("14.00"), False),
        ]
    page = cast.at_work(app, "ratna").open(DAY)
    assert page.has("Di luar jam buka", "LBH Teratai Contoh", "15.00–16.00")
    page = cast.at_work(app, "wulan").open(f"/petugas/ruang/jam-buka/jam/{set_id}")
    assert page.has("Sudah dipesan di luar jam buka", "15.00–16.00")


def test_a_day_that_turned_out_shut_still_shows_what_is_booked(app: Flask, made: dict[str, UUID]) -> None:
    with app.app_context():
        book("nadia", made["anggrek"], at("10.00"))
        with transaction() as session:
            session.add(Holiday(on=MONDAY, name="Cuti", kind="leave", source="x", approved_at=clock.now()))
        Kept.forget()
    page = cast.at_work(app, "nadia").open(DAY)
    assert page.has("Gedung tutup: Cuti.", "10.00–11.00", "Konseling")


def test_the_printed_day_says_what_is_shut_and_what_is_not_decided(app: Flask, made: dict[str, UUID]) -> None:
    with app.app_context():
        opening.close(
            cast.member("wulan"),
            room_id=made["melati"],
            starts_at=at("13.00"),
            ends_at=at("15.00"),
            says="AC diperbaiki",
            once="c",
        )
    page = cast.at_work(app, "ratna").open(f"/petugas/ruang/cetak?hari={MONDAY}")
    assert page.has("13.00–15.00 Tutup: AC diperbaiki")
    page = cast.at_work(app, "ratna").open("/petugas/ruang/cetak?hari=2026-12-05")  # a Saturday
    assert page.has("Gedung tutup pada hari ini.")
    assert not page.has("Kosong")
