"""The office plans, goes, and says who came; whoever goes along sees the own day."""

import pytest
from flask import Flask

from pepa import clock
from pepa.domain import appointments, areas, day_sheets, visits
from tests import cast, shelf
from tests.rooms.house import EARLY, at, days
from tests.visits.calendar import asked, odd, planned


def test_a_plan_in_one_page(app: Flask) -> None:
    with clock.frozen(EARLY):
        wulan = cast.at_work(app, "wulan")
        page = wulan.get("/petugas/jadwal/baru")
        kelurahan = page.tree.find(id="kelurahan_code").find_all("option")[1]["value"]  # type: ignore[union-attr]
        page = wulan.submit(
            "Simpan",
            kelurahan_code=str(kelurahan),
            place="Balai Kelurahan",
            starts_at="30/11/2026 09.00",
            ends_at="30/11/2026 12.00",
        )
    assert page.h1 == "Lembar hari itu"
    assert "Jadwal SUDAH ada di halaman warga." in page.text
    assert "Wulan Contoh" in page.text
    with clock.frozen(EARLY):
        assert "Balai Kelurahan" in wulan.get("/petugas/jadwal").text
        assert "Balai Kelurahan" in wulan.get("/jadwal").text


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(app: Flask) -> None:
    with clock.frozen(EARLY):
        wulan = cast.at_work(app, "wulan")
        wulan.get("/petugas/jadwal/baru")
        page = wulan.submit("Simpan", place="", starts_at="30/11/2026 09.00", ends_at="besok")
    assert page.status == 422
    assert "Tulis hari dan jam seperti ini: 25/11/2026 08.00." in page.text
    assert page.value("ends_at") == "besok"
    assert page.value("starts_at") == "30/11/2026 09.00"


def test_the_crew_marks_who_came_and_gives_the_next_date(app: Flask) -> None:
    with app.app_context(), clock.frozen(EARLY):
        visit_id = planned()
        planned(starts_at=at("09.00") + days(7), ends_at=at("12.00") + days(7), once="later", place="Masjid Contoh")
        code = asked(visit_id, 0, contact="0812-0000-7777")
    with clock.frozen(at("09.30")):
        asep = cast.at_work(app, "asep")
        page = asep.get(f"/petugas/jadwal/{visit_id}")
        assert "09.00-A" in page.text
        assert "0812-0000-7777" not in page.text
        page = asep.submit("Datang 09.00-A")
        assert "Dicatat: datang." in page.text
        assert "Sudah datang" in page.text
        asep.click("Tanggal berikutnya 09.00-A")
        later = asep.page.tree.find(id="visit_id").find_all("option")[-1]["value"]  # type: ignore[union-attr]
        asep.submit("Lihat jam yang kosong", visit_id=str(later))
        page = asep.submit("Simpan", slot=f"{later}:2")
        assert "Tanggal berikutnya tersimpan. Kodenya tetap sama." in page.text
        asep.get("/jadwal/kode")
        assert "Senin 7 Des, 11.00 WIB, Masjid Contoh" in asep.submit("Lihat", code=code).text


def test_an_hour_is_of_the_day_that_was_shown_with_it(app: Flask) -> None:
    with app.app_context(), clock.frozen(EARLY):
        visit_id = planned()
        first = planned(starts_at=at("09.00") + days(7), ends_at=at("12.00") + days(7), once="a")
        other = planned(starts_at=at("13.00") + days(8), ends_at=at("16.00") + days(8), once="b")
        code = asked(visit_id, 0)
    with clock.frozen(at("09.30")):
        asep = cast.at_work(app, "asep")
        asep.get(f"/petugas/jadwal/{visit_id}")
        page = asep.click("Tanggal berikutnya 09.00-A")
        assert "Selasa 8 Des, 13.00–16.00, Balai Kelurahan, " in page.text
        asep.submit("Lihat jam yang kosong", visit_id=str(first))
        page = asep.submit("Simpan", visit_id=str(other), slot=f"{first}:2")
        assert page.status == 422
        assert "Jam tadi dari hari lain. Pilih jam di hari ini." in page.text
        hours = [one.get_text() for one in page.tree.find(id="slot").find_all("option")]  # type: ignore[union-attr]
        assert hours == ["Pilih", "13.00", "14.00", "15.00"]
        with app.app_context():
            asked(other, 2)
        page = asep.submit("Simpan", slot=f"{other}:2")
        assert "Jam ini baru saja terisi. Yang kosong: 13.00, 14.00." in page.text
        asep.submit("Simpan", slot=f"{other}:1")
        asep.get("/jadwal/kode")
        assert "Selasa 8 Des, 14.00 WIB" in asep.submit("Lihat", code=code).text


def test_somebody_without_a_place_sits_down(app: Flask) -> None:
    with app.app_context(), clock.frozen(EARLY):
        visit_id = planned()
    with clock.frozen(at("09.30")):
        asep = cast.at_work(app, "asep")
        asep.get(f"/petugas/jadwal/{visit_id}")
        assert "Pilih dulu jamnya." in asep.submit("Catat datang").text
        page = asep.submit("Catat datang", slot="0")
    assert "Tamu tanpa janji dicatat." in page.text


def test_somebody_without_a_place_is_noted_when_all_is_taken(app: Flask) -> None:
    with app.app_context(), clock.frozen(EARLY):
        visit_id = planned()
        for slot in range(3):
            asked(visit_id, slot)
    with clock.frozen(at("09.30")):
        asep = cast.at_work(app, "asep")
        page = asep.get(f"/petugas/jadwal/{visit_id}")
        assert "09.00, di antara yang lain" in page.text
        assert "09.00-B" in asep.submit("Catat datang", slot="0").text
    with clock.frozen(at("09.30") + days(1)):
        asep = cast.at_work(app, "asep")
        assert "Catat datang" not in asep.get(f"/petugas/jadwal/{visit_id}").text


def test_a_place_is_freed_after_a_question(app: Flask) -> None:
    with app.app_context(), clock.frozen(EARLY):
        visit_id = planned()
        asked(visit_id, 0)
    with clock.frozen(EARLY):
        asep = cast.at_work(app, "asep")
        page = asep.get(f"/petugas/jadwal/{visit_id}")
        assert "Tidak datang 09.00-A" not in page.text
        page = asep.click("Lepas tempat 09.00-A")
        assert "Orang lain bisa mengambil jam ini." in page.text
        page = asep.submit("Ya, lepas")
        assert "Tempat dilepas." in page.text
        assert "09.00-A" not in page.text


def test_a_change_that_somebody_else_made_first_is_told(app: Flask) -> None:
    with app.app_context(), clock.frozen(EARLY):
        visit_id = planned()
    with clock.frozen(EARLY):
        wulan, dian = cast.at_work(app, "wulan"), cast.at_work(app, "dian")
        for client in (wulan, dian):
            client.get(f"/petugas/jadwal/{visit_id}/ubah")
        assert "Jadwal diubah." in wulan.submit("Simpan", place="Masjid").text
        page = dian.submit("Simpan", place="Pasar")
        assert page.status == 409
        assert "Jadwal ini sudah diubah orang lain. Lihat lagi." in page.text
        assert page.has("Yang tersimpan sekarang", "Masjid")
        assert page.value("place") == "Pasar"
        assert "Jadwal diubah." in dian.submit("Simpan ketikan saya").text
    with app.app_context():
        assert visits.find(visit_id).place == "Pasar"


def test_cancelled_with_the_numbers_to_call(app: Flask) -> None:
    with app.app_context(), clock.frozen(EARLY):
        visit_id = planned()
        asked(visit_id, 0, contact="0812-0000-7777")
    with clock.frozen(EARLY):
        wulan = cast.at_work(app, "wulan")
        page = wulan.get(f"/petugas/jadwal/{visit_id}/batal")
        assert "1 orang memegang tempat." in page.text
        assert "0812-0000-7777" in page.text
        assert "Jadwal dibatalkan." in wulan.submit("Ya, batalkan").text
        assert "Batal." in wulan.get("/jadwal").text


def test_a_number_that_is_closed_is_named_with_who_opens_it(app: Flask) -> None:
    with app.app_context(), clock.frozen(EARLY):
        office = cast.member("wulan").organisation_name
        visit_id = planned(seats=2)
        for slot, contact in ((0, "0812-0000-7777"), (1, ""), (2, "")):
            asked(visit_id, slot, contact=contact)
        freed = day_sheets.sheet(cast.member("wulan"), visit_id)[1]
        day_sheets.free(cast.member("wulan"), freed.id)
        odd(visit_id, 1)
    with clock.frozen(EARLY):
        keeper = cast.at_work(app, "dian")
        for way in ("batal", "ubah"):
            page = keeper.get(f"/petugas/jadwal/{visit_id}/{way}")
            assert "2 orang memegang tempat." in page.text
            assert "0812-0000-7777" not in page.text
            assert page.has(f"tertutup bagi Anda: 09.00-A. Petugas penerima di {office}")
        assert "0812-0000-7777" in cast.at_work(app, "wulan").get(f"/petugas/jadwal/{visit_id}/ubah").text


@pytest.mark.parametrize(("login", "heading"), [("asep", "Meja Anda"), ("wulan", "Janji hari ini")])
def test_the_first_page_leads_to_the_sheet_of_today(app: Flask, login: str, heading: str) -> None:
    with app.app_context(), clock.frozen(EARLY):
        visit_id = planned(crew_ids=[cast.member(login).person_id])
    with clock.frozen(EARLY):
        client = cast.at_work(app, login)
        page = client.get("/petugas/hari-ini")
        assert page.h1 == heading
        assert "Konsultasi keliling hari ini" in page.text
        assert page.link("09.00-12.00, Balai Kelurahan") == f"/petugas/jadwal/{visit_id}"


def test_the_list_names_the_kelurahan(app: Flask) -> None:
    with app.app_context(), clock.frozen(EARLY):
        planned()
        names = [one.name for one in areas.wards() if one.code == shelf.kelurahan()]
    with clock.frozen(EARLY):
        page = cast.at_work(app, "wulan").get("/petugas/jadwal")
    assert page.has("Senin 30 Nov, 09.00–12.00", f"Balai Kelurahan, Kelurahan {names[0]}")


def test_an_outsider_finds_nothing(app: Flask) -> None:
    with app.app_context(), clock.frozen(EARLY):
        visit_id = planned()
    nadia = cast.at_work(app, "nadia")
    assert nadia.get(f"/petugas/jadwal/{visit_id}").status == 404
    assert nadia.get("/petugas/jadwal/baru").status == 404
    assert "Belum ada jadwal." in nadia.get("/petugas/jadwal").text


def test_what_is_over_says_how_many_came(app: Flask) -> None:
    with app.app_context():
        with clock.frozen(EARLY):
            visit_id = planned()
        for slot in (0, 1):
            asked(visit_id, slot)
        with clock.frozen(at("10.30")):
            for row, came in zip(day_sheets.sheet(cast.member("wulan"), visit_id), (True, False), strict=True):
                day_sheets.mark_came(cast.member("wulan"), row.id, came=came)
    for later in (days(2), days(91)):
        with clock.frozen(at("12.01") + later):
            with app.app_context():
                appointments.purge()
            wulan = cast.at_work(app, "wulan")
            assert not wulan.open("/petugas/jadwal").has("Balai Kelurahan")
            page = wulan.click("Yang sudah lewat")
            assert page.has("Balai Kelurahan", "Datang: 1. Tidak datang: 1.")
            assert wulan.open(f"/petugas/jadwal/{visit_id}").has("Datang: 1. Tidak datang: 1.")
