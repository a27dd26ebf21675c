"""The calendar as somebody on a cheap phone meets it: read, choose an hour, write a code down, come back by it."""

from uuid import UUID

import pytest
from flask import Flask

from pepa import clock
from pepa.domain import appointments, day_sheets, floods, visits
from tests import cast
from tests.client import Client
from tests.rooms.house import EARLY, at, days
from tests.visits.calendar import asked, planned


@pytest.fixture
def alone(app: Flask) -> Client:
    """A browser that keeps no cookie."""
    return Client(app, cookies=False)


def plan(app: Flask, **values: object) -> str:
    with app.app_context(), clock.frozen(EARLY):
        return str(planned(**values))


def take(client: Client, visit_id: str, hour: str = "0", **more: str) -> str:
    """Choose an hour on the page. Returns the code that is shown."""
    with clock.frozen(EARLY):
        client.get(f"/jadwal/{visit_id}")
    with clock.frozen(EARLY + 20 * clock.SECOND):
        page = client.submit("Ambil tempat", slot=hour, **more)
    assert page.h1 == "Kode jadwal Anda"
    code = page.tree.find(class_="code")
    assert code is not None
    return code.get_text()


def test_the_calendar_names_day_hours_and_place(app: Flask, alone: Client) -> None:
    plan(app, offers=["woman_officer"])
    with clock.frozen(EARLY):
        page = alone.get("/jadwal")
    assert "Senin 30 Nov, 09.00–12.00 WIB" in page.text
    assert "Balai Kelurahan" in page.text
    assert "petugas perempuan" in page.text
    assert "Masih ada tempat." in page.text
    assert not page.cookies


def test_an_empty_calendar_says_where_else(alone: Client) -> None:
    assert "129" in alone.get("/jadwal").text
    assert "129" in alone.get("/jadwal?kecamatan=99").text


def test_a_place_needs_no_name_no_cookie_and_no_script(app: Flask, alone: Client) -> None:
    visit_id = plan(app)
    code = take(alone, visit_id, "1")
    with clock.frozen(EARLY):
        alone.get("/jadwal/kode")
        page = alone.submit("Lihat", code=code.lower())
        assert "Senin 30 Nov, 10.00 WIB" in page.text
        page = alone.submit("Batalkan tempat ini")
        assert "Dibatalkan" in page.text
        alone.get("/jadwal/kode")
        assert "Dibatalkan" in alone.submit("Lihat", code=code).text


def test_what_was_taken_meanwhile_is_said_beside_the_hours(app: Flask, alone: Client) -> None:
    visit_id = plan(app)
    with clock.frozen(EARLY):
        late = Client(app, cookies=False)
        late.get(f"/jadwal/{visit_id}")
    take(alone, visit_id, "0")
    with clock.frozen(EARLY + 30 * clock.SECOND):
        page = late.submit("Ambil tempat", slot="0", contact="0812-0000-7777")
    assert page.status == 422
    assert "Jam ini baru saja terisi. Yang kosong: 10.00, 11.00." in page.text
    assert page.value("contact") == "0812-0000-7777"
    assert [one["value"] for one in page.tree.find_all("input", {"name": "slot"})] == ["1", "2"]
    with clock.frozen(EARLY + 60 * clock.SECOND):
        assert late.submit("Ambil tempat", slot="1").h1 == "Kode jadwal Anda"


def test_no_hour_chosen_keeps_what_was_typed(app: Flask, alone: Client) -> None:
    visit_id = plan(app)
    with clock.frozen(EARLY):
        alone.get(f"/jadwal/{visit_id}")
        page = alone.submit("Ambil tempat", contact="0812-0000-7777")
    assert page.status == 422
    assert "Pilih dulu jamnya." in page.text
    assert page.value("contact") == "0812-0000-7777"


def test_a_form_that_was_cut_takes_nothing(app: Flask, alone: Client) -> None:
    visit_id = plan(app)
    with clock.frozen(EARLY):
        page = alone.post(f"/jadwal/{visit_id}", {"slot": "0"})
    assert page.h1 == "Pilih jam"
    with app.app_context(), clock.frozen(EARLY):
        assert visits.coming()[0].free == 3


def test_an_unknown_code_is_told(alone: Client) -> None:
    alone.get("/jadwal/kode")
    page = alone.submit("Lihat", code="ABCDE FGHJK")
    assert page.status == 422
    assert "Kode ini tidak ada di jadwal." in page.text


@pytest.mark.parametrize("path", ["/jadwal", "/jadwal/cetak", "/jadwal/kode"])
def test_each_page_fits_the_line(app: Flask, alone: Client, path: str) -> None:
    plan(app)
    with clock.frozen(EARLY):
        page = alone.get(path, headers={"Accept-Encoding": "gzip"})
    assert len(page.body) + 600 < 14_336


def test_what_is_cancelled_is_crossed_out_and_leads_nowhere(app: Flask, alone: Client) -> None:
    visit_id = plan(app)
    with app.app_context(), clock.frozen(EARLY):
        visits.cancel(cast.member("wulan"), visits.coming()[0].id, version=1)
    with clock.frozen(EARLY):
        page = alone.get("/jadwal")
        assert "Batal." in page.text
        assert f"/jadwal/{visit_id}" not in page.tree.decode()
        assert "Jadwal ini batal." in alone.get(f"/jadwal/{visit_id}").text


def test_what_was_cancelled_meanwhile_is_told_with_what_was_typed(app: Flask, alone: Client) -> None:
    visit_id = plan(app)
    with clock.frozen(EARLY):
        alone.get(f"/jadwal/{visit_id}")
        with app.app_context():
            visits.cancel(cast.member("wulan"), UUID(visit_id), version=1)
    with clock.frozen(EARLY + 30 * clock.SECOND):
        page = alone.submit("Ambil tempat", slot="0", contact="0812-0000-7777")
    assert page.status == 422
    assert "Jadwal ini batal. Lihat hari lain." in page.text
    assert "BELUM dapat tempat. Nomor yang Anda tulis: 0812-0000-7777" in page.text


def test_what_is_over_is_not_said_to_be_full(app: Flask, alone: Client) -> None:
    visit_id = plan(app)
    with clock.frozen(at("10.30")):
        alone.get(f"/jadwal/{visit_id}")
    with clock.frozen(at("11.30")):
        assert "Masih berjalan." in alone.get("/jadwal").text
        page = alone.get(f"/jadwal/{visit_id}")
    assert "Jadwal ini sudah lewat. Lihat hari lain." in page.text
    assert "terisi" not in page.text


def test_the_print_is_for_a_wall(app: Flask, alone: Client) -> None:
    plan(app)
    with clock.frozen(at("07.30")):
        page = alone.get("/jadwal/cetak")
    assert "Dicetak Senin 30 Nov." in page.text
    assert page.tree.find("table") is not None
    address = app.config["PEPA"].base_url.partition("://")[2]
    assert page.has(f"Jadwal dan janji, di HP: {address}/jadwal")
    assert page.tree.find("svg") is not None


def test_a_print_without_a_visit_says_so(alone: Client) -> None:
    page = alone.get("/jadwal/cetak")
    assert "Belum ada jadwal." in page.text
    assert page.tree.find("table") is None


def test_the_letter_by_which_she_is_called_stands_on_both_pages(app: Flask, alone: Client) -> None:
    visit_id = plan(app, seats=2)
    take(Client(app, cookies=False), visit_id, "1")
    code = take(alone, visit_id, "1")
    assert alone.page is not None
    assert "Anda dipanggil: 10.00-B" in alone.page.text
    with clock.frozen(EARLY):
        alone.get("/jadwal/kode")
        assert "Anda dipanggil: 10.00-B" in alone.submit("Lihat", code=code).text


def test_after_the_hour_a_code_tells_nobody_who_came(app: Flask, alone: Client) -> None:
    code = take(alone, plan(app), "0")
    with app.app_context(), clock.frozen(at("09.30")):
        me = cast.member("wulan")
        (row,) = day_sheets.sheet(me, visits.coming()[0].id)
        day_sheets.mark_came(me, row.id, came=False)
    with clock.frozen(at("09.31")):
        alone.get("/jadwal/kode")
        page = alone.submit("Lihat", code=code)
    assert "Jadwal ini sudah lewat." in page.text
    assert "Tidak datang" not in page.text


def test_of_two_dates_one_is_given_back(app: Flask, alone: Client) -> None:
    code = take(alone, plan(app), "1")
    with app.app_context(), clock.frozen(EARLY):
        me = cast.member("wulan")
        later = planned(starts_at=at("09.00") + days(7), ends_at=at("12.00") + days(7), once="later")
        first = visits.coming()[0].id
        (row,) = day_sheets.sheet(me, first)
        visits.cancel(me, first, version=1)
        next_id = day_sheets.give_next(me, row.id, visit_id=later, slot=0, once="n")
    with clock.frozen(EARLY):
        alone.get("/jadwal/kode")
        page = alone.submit("Lihat", code=code)
        assert "Jadwal ini batal." in page.text
        assert "Senin 7 Des, 09.00 WIB" in page.text
        assert page.value("appointment_ids") == str(next_id)
        assert "Dibatalkan" in alone.submit("Batalkan tempat ini").text


def test_a_form_sent_again_after_giving_back_is_no_place_until_it_takes_one(app: Flask, alone: Client) -> None:
    visit_id = plan(app)
    with clock.frozen(EARLY):
        form = alone.get(f"/jadwal/{visit_id}")
    with clock.frozen(EARLY + 30 * clock.SECOND):
        page = alone.submit("Ambil tempat", slot="0")
        alone.get("/jadwal/kode")
        alone.submit("Lihat", code=str(page.tree.find(class_="code").get_text()))  # type: ignore[union-attr]
        alone.submit("Batalkan tempat ini")
        alone.page = form
        page = alone.submit("Ambil tempat", slot="2", contact="0812-0000-7777")
        assert page.status == 422
        assert "Tempat tadi sudah dibatalkan." in page.text
        assert "SUDAH" not in page.text
        assert page.value("contact") == "0812-0000-7777"
        assert "11.00 WIB" in alone.submit("Ambil tempat", slot="2").text


def test_a_form_sent_again_after_the_day_was_cancelled_says_so(app: Flask, alone: Client) -> None:
    visit_id = plan(app)
    with clock.frozen(EARLY):
        form = alone.get(f"/jadwal/{visit_id}")
    with clock.frozen(EARLY + 30 * clock.SECOND):
        alone.submit("Ambil tempat", slot="0")
        with app.app_context():
            visits.cancel(cast.member("wulan"), visits.coming()[0].id, version=1)
        alone.page = form
        page = alone.submit("Ambil tempat", slot="0")
    assert page.h1 == "Tempat Anda"
    assert "Jadwal ini batal." in page.text
    assert "SUDAH" not in page.text


def test_another_hour_picked_at_once_is_no_machines(app: Flask, alone: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appointments, "watch", floods.Watch(quick=floods.HASTY, many=200))
    visit_id = plan(app)
    with clock.frozen(EARLY):
        alone.get(f"/jadwal/{visit_id}")
    with app.app_context():
        asked(UUID(visit_id), 0)
    with clock.frozen(EARLY + 40 * clock.SECOND):
        alone.submit("Ambil tempat", slot="0")
        assert alone.submit("Ambil tempat", slot="1").h1 == "Kode jadwal Anda"
        with app.app_context():
            rows = day_sheets.sheet(cast.member("wulan"), UUID(visit_id))
    assert [row.is_aside for row in rows] == [False, False]
