"""The pages about rooms: a free cell, a kind, *Pesan*; what others read; what the office decides."""

from collections.abc import Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.models.rooms import Booking, BookingState, Closure
from tests import cast
from tests.counting import own_questions
from tests.rooms.house import EARLY, MONDAY, at, opened
from tests.rooms.test_book import book, state_of

DAY = f"/petugas/ruang?hari={MONDAY.isoformat()}"


@pytest.fixture
def made(app: Flask) -> Iterator[dict[str, UUID]]:
    """Three rooms, early on that Monday."""
    with app.app_context():
        found = opened(
            anggrek={"seats": 4, "features": "quiet"},
            melati={"seats": 12, "features": "step_free"},
            kenanga={"is_child": True, "turnaround": 30, "rules": "Pintu kaca bening."},
        )
    with clock.frozen(EARLY):
        yield found


def the_booking(app: Flask) -> Booking:
    with app.app_context():
        return db.session.scalars(sa.select(Booking)).one()


def test_a_free_cell_a_kind_and_pesan(app: Flask, made: dict[str, UUID]) -> None:
    """Three acts, and without a script."""
    client = cast.at_work(app, "nadia")
    page = client.open(DAY)
    assert page.h1 == "Ruang, Senin 30 Nov"
    links = page.tree.select(".free a[aria-label='Pesan Anggrek pukul 10.30']")
    page = client.open(str(links[0]["href"]))
    assert page.value("starts_at") == "30/11/2026 10.30"
    page = client.submit("Pesan", purpose="counselling")
    assert page.has("SUDAH dipesan.", "Konseling", "Senin 30 Nov, 10.30–11.30 WIB", "Nadia Contoh")
    assert the_booking(app).state == BookingState.CONFIRMED
    assert client.open(DAY).has("Konseling 10.30–11.30", "Jeda")
    assert client.open("/petugas/pesanan").has("Senin 30 Nov, 10.30–11.30, Anggrek", "Konseling", "Dipesan")


@pytest.mark.parametrize("login", ["ilham", "intan"], ids=["partner", "independent holder"])
def test_another_body_reads_that_it_is_taken_and_no_more(app: Flask, made: dict[str, UUID], login: str) -> None:
    with app.app_context():
        booking_id = book("nadia", made["anggrek"], at("10.00"))
    stranger, office = cast.at_work(app, login), cast.at_work(app, "wulan")
    for path in (DAY, f"/petugas/ruang/cetak?hari={MONDAY}", f"/petugas/ruang/{made['anggrek']}/pintu?hari={MONDAY}"):
        page = stranger.open(path)
        assert page.has("Terisi", "10.00–11.00")
        assert b"Konseling" not in page.body
        assert booking_id.hex not in page.body.decode().replace("-", "")
        assert b"Nadia" not in page.body
    assert stranger.get(f"/petugas/pesanan/{booking_id}").status == 404
    assert office.open(DAY).has("Konseling", "10.00–11.00")
    door = office.open(f"/petugas/ruang/{made['anggrek']}/pintu?hari={MONDAY}")
    assert door.has("08.00–10.00 Kosong", "10.00–11.00 Terisi", "11.00–16.00 Kosong")
    assert not door.has("Konseling")


def test_a_refusal_names_other_times_and_keeps_what_was_typed(app: Flask, made: dict[str, UUID]) -> None:
    client = cast.at_work(app, "nadia")
    client.open(f"/petugas/ruang/{made['anggrek']}/pesan?mulai=2026-11-30T10:00&lama=90")
    with app.app_context():
        book("ilham", made["anggrek"], at("10.00"))
    page = client.submit("Pesan", purpose="consultation")
    assert page.status == 422
    assert page.has("Waktu ini tidak tersedia. Yang kosong: 08.15, 11.15, 11.30.")
    assert not page.has("Konseling 10")
    assert page.value("starts_at") == "30/11/2026 10.00"
    checked = {one["value"] for one in page.tree.select("input[checked]")}
    assert checked == {"consultation", "90"}
    assert client.submit("Pesan", starts_at="30/11/2026 11.15").has("SUDAH dipesan.")


def test_pressed_twice_it_is_booked_once(app: Flask, made: dict[str, UUID]) -> None:
    client = cast.at_work(app, "nadia")
    page = client.open(f"/petugas/ruang/{made['anggrek']}/pesan?mulai=2026-11-30T10:00")
    client.submit("Pesan", purpose="other")
    client.page = page
    assert client.submit("Pesan", purpose="other").has("SUDAH dipesan.")
    the_booking(app)


@pytest.mark.parametrize("address", ["mulai=x", "mulai=2026-13-45T10:00", "lama=7", "mulai=&lama=", ""])
def test_an_odd_address_is_an_empty_form(app: Flask, made: dict[str, UUID], address: str) -> None:
    page = cast.at_work(app, "nadia").open(f"/petugas/ruang/{made['anggrek']}/pesan?{address}")
    assert page.h1 == "Pesan Anggrek"
    assert cast.at_work(app, "nadia").open("/petugas/ruang?hari=2026-99-99").h1 == "Ruang, Senin 30 Nov"


def test_only_lengths_that_fit_are_offered(app: Flask, made: dict[str, UUID]) -> None:
    with app.app_context():
        book("ilham", made["anggrek"], at("12.00"))
    page = cast.at_work(app, "nadia").open(f"/petugas/ruang/{made['anggrek']}/pesan?mulai=2026-11-30T10:30")
    assert [one["value"] for one in page.tree.select("input[name=minutes]")] == ["30", "45", "60"]


def test_a_booking_without_a_kind_is_asked_for_one(app: Flask, made: dict[str, UUID]) -> None:
    client = cast.at_work(app, "nadia")
    client.open(f"/petugas/ruang/{made['anggrek']}/pesan?mulai=2026-11-30T10:00")
    page = client.submit("Pesan")
    assert page.status == 422
    assert page.has("Pilih untuk apa ruang ini dipakai.")


def test_the_child_room_is_asked_for_and_the_office_decides(app: Flask, made: dict[str, UUID]) -> None:
    partner, office = cast.at_work(app, "ilham"), cast.at_work(app, "ratna")
    page = partner.open(f"/petugas/ruang/{made['kenanga']}/pesan?mulai=2026-11-30T10:00")
    assert page.has("Pintu kaca bening.")
    assert not page.has("Pelatihan")
    partner.submit("Minta ruang ini", purpose="children", companion="psychologist")
    assert partner.page
    assert partner.page.has("SUDAH diminta.", "Menunggu keputusan", "psikolog", "Ditahan sampai")
    assert not partner.page.has("Setuju")
    assert partner.get("/petugas/pesanan/menunggu").status == 404
    office.open("/petugas/pesanan/menunggu")
    office.click("Senin 30 Nov, 10.00–11.00")
    assert office.submit("Setuju").has("SUDAH diputuskan.", "Tidak ada yang menunggu.")
    assert the_booking(app).state == BookingState.CONFIRMED


def test_decided_by_two_the_second_is_told(app: Flask, made: dict[str, UUID]) -> None:
    with app.app_context():
        booking_id = book("ilham", made["kenanga"], at("10.00"), purpose="children", companion="parent")
    one, two = cast.at_work(app, "ratna"), cast.at_work(app, "bayu")
    one.open(f"/petugas/pesanan/{booking_id}")
    two.open(f"/petugas/pesanan/{booking_id}")
    one.submit("Setuju")
    page = two.submit("Tidak bisa")
    assert page.status == 422
    assert page.has("Pesanan ini sudah berubah. Lihat lagi.", "Dipesan")
    with app.app_context():
        assert state_of(booking_id) == BookingState.CONFIRMED


def test_moved_and_cancelled_after_asking(app: Flask, made: dict[str, UUID]) -> None:
    with app.app_context():
        booking_id = book("nadia", made["anggrek"], at("10.00"))
    client = cast.at_work(app, "nadia")
    client.open(f"/petugas/pesanan/{booking_id}")
    client.click("Pindah waktu atau ruang")
    page = client.submit("Pindahkan", room_id=str(made["melati"]), starts_at="30/11/2026 13.00", minutes="120")
    assert page.has("SUDAH dipindah.", "Melati, Senin 30 Nov, 13.00 WIB")
    client.click("Batalkan")
    page = client.submit("Ya, batalkan")
    assert page.has("SUDAH dibatalkan.", "Dibatalkan")
    assert client.open("/petugas/pesanan").has("Belum ada pesanan.")
    assert client.click("Yang sudah lewat atau batal").has("Melati", "Dibatalkan")


def test_here_and_over(app: Flask, made: dict[str, UUID]) -> None:
    with app.app_context():
        booking_id = book("nadia", made["anggrek"], at("10.00"))
    client = cast.at_work(app, "nadia")
    assert not client.open(f"/petugas/pesanan/{booking_id}").has("Sudah datang")
    with clock.frozen(at("09.50")):
        client = cast.at_work(app, "nadia")
        client.open(f"/petugas/pesanan/{booking_id}")
        assert client.submit("Sudah datang").has("Dicatat: sudah datang.", "Sedang dipakai")
    with clock.frozen(at("10.40")):
        client = cast.at_work(app, "nadia")
        client.open(f"/petugas/pesanan/{booking_id}")
        assert client.submit("Selesai").has("Dicatat: selesai.")


def test_rooms_are_ranked_by_need_then_by_size(app: Flask, made: dict[str, UUID]) -> None:
    client = cast.at_work(app, "nadia")
    client.open("/petugas/ruang/cari")
    page = client.submit("Cari ruang", on="30/11/2026", minutes="90", seats="3", needs=["step_free"], around="10.00")
    found = [a.get_text() for a in page.tree.select("#found .adds b a")]
    assert found == ["Melati", "Anggrek", "Kenanga"]
    assert page.has("Tidak ada: tanpa tangga")
    page = client.submit("Cari ruang", seats="5", needs=[])
    assert [a.get_text() for a in page.tree.select("#found .adds b a")] == ["Melati"]
    assert client.submit("Cari ruang", seats="500").has("Tidak ada yang kosong.")
    assert client.get("/petugas/ruang/cari?minutes=7&on=x&seats=-1&around=99.99&needs=z").status == 422


def test_whatever_the_search_offers_can_be_had(app: Flask, made: dict[str, UUID]) -> None:
    with app.app_context():
        book("ilham", made["anggrek"], at("10.00"))
        book("ilham", made["melati"], at("11.00"), once="b")
    client = cast.at_work(app, "nadia")
    page = client.open("/petugas/ruang/cari?on=30/11/2026&minutes=45&seats=1&around=10.15")
    offered = [str(a["href"]) for a in page.tree.select("#found .adds .acts a") if made["kenanga"].hex not in a["href"]]
    assert len(offered) >= 12
    for href in offered:
        if str(made["kenanga"]) in href:
            continue
        client.open(href)
        page = client.submit("Pesan", purpose="other")
        assert page.has("SUDAH dipesan."), href
        client.click("Batalkan")
        client.submit("Ya, batalkan")


def test_the_week_says_what_is_left(app: Flask, made: dict[str, UUID]) -> None:
    with app.app_context():
        book("ilham", made["anggrek"], at("08.00"), 7 * 60)
    page = cast.at_work(app, "nadia").open(f"/petugas/ruang/pekan?hari={MONDAY}")
    assert page.has("Pekan Senin 30 Nov", "tutup", "8 jam", "45 menit")


@pytest.mark.parametrize("login", ["ratna", "nadia", "hadi"])
def test_who_keeps_no_rooms_changes_none(app: Flask, made: dict[str, UUID], login: str) -> None:
    client = cast.at_work(app, login)
    page = client.open(f"/petugas/ruang/{made['anggrek']}")
    assert not page.has("Tutup ruang")
    for path in ("/petugas/ruang/baru", f"/petugas/ruang/{made['anggrek']}/ubah"):
        assert client.get(path).status == 404


def test_a_room_is_added_changed_and_closed(app: Flask, made: dict[str, UUID]) -> None:
    client = cast.at_work(app, "wulan")
    client.open("/petugas/ruang/daftar")
    client.click("Tambah ruang")
    page = client.submit("Simpan", name="anggrek", seats="x")
    assert page.status == 422
    assert page.has("Tulis angka saja.")
    assert client.submit("Simpan", seats="5").has("Nama ini sudah dipakai ruang lain.")
    page = client.submit("Simpan", name="Dahlia", features=["quiet"])
    assert page.has("Ruang SUDAH ditambahkan.", "Dahlia", "tenang")
    client.click("Ubah")
    assert client.submit("Simpan", seats="6", turnaround="30").has("Ruang SUDAH diubah.", "6", "30 menit")


def test_a_closed_room_lists_what_is_booked(app: Flask, made: dict[str, UUID]) -> None:
    """It is never deleted; each booking is moved or cancelled by somebody."""
    with app.app_context():
        book("nadia", made["anggrek"], at("10.00"))
    client = cast.at_work(app, "wulan")
    client.open(f"/petugas/ruang/{made['anggrek']}")
    client.click("Tutup ruang")
    page = client.submit("Ya, tutup")
    assert page.has("Ruang ditutup Senin 30 Nov", "Senin 30 Nov, 10.00–11.00, Anggrek", "Nadia Contoh")
    assert client.get(f"/petugas/ruang/{made['anggrek']}/pesan").status == 200
    client.open(f"/petugas/ruang/{made['anggrek']}/pesan?mulai=2026-11-30T12:00")
    assert client.submit("Pesan", purpose="other").has("Ruang ini tidak dipakai lagi. Pilih ruang lain.")
    assert "Anggrek" not in client.open(DAY).tree.select_one("thead").get_text()
    client.open(f"/petugas/ruang/{made['anggrek']}")
    assert client.submit("Buka lagi").has("Ruang SUDAH dibuka lagi.")


def test_a_closure_lists_what_is_booked_in_it(app: Flask, made: dict[str, UUID]) -> None:
    with app.app_context():
        book("nadia", made["anggrek"], at("10.00"))
        book("nadia", made["melati"], at("10.00"), once="b")
    client = cast.at_work(app, "wulan")
    client.open("/petugas/ruang/jam-buka")
    values = {"room_id": str(made["anggrek"]), "starts_at": "30/11/2026 09.00", "says": "Cat"}
    page = client.submit("Tambah penutupan", ends_at="30/11/2026 08.00", **values)
    assert page.status == 422
    assert page.has("Selesai harus sesudah mulai.")
    page = client.submit("Tambah penutupan", ends_at="30/11/2026 12.00")
    assert page.has("Penutupan SUDAH dicatat.", "Senin 30 Nov, 10.00–11.00, Anggrek")
    assert not page.has("Melati")
    page = client.open(DAY)
    assert page.has("Tutup Cat")
    client.open("/petugas/ruang/jam-buka")
    client.click("Anggrek")
    assert client.submit("Hapus penutupan").has("Penutupan SUDAH dihapus.")


def test_what_shuts_the_house_is_said_once(app: Flask, made: dict[str, UUID]) -> None:
    with app.app_context():
        me = cast.member("wulan").person_id
        with transaction() as session:
            session.add(Closure(starts_at=at("15.00"), ends_at=at("16.00"), says="Rapat pegawai", made_by_id=me))
    page = cast.at_work(app, "nadia").open(DAY)
    assert page.text.count("Rapat pegawai") == 1


def test_what_is_no_hour_is_said(app: Flask, made: dict[str, UUID]) -> None:
    client = cast.at_work(app, "nadia")
    assert client.open("/petugas/ruang/cari?minutes=60&around=siang").has("Tulis jam seperti ini: 10.30.")


def test_whatever_somebody_types_is_shown_as_it_is(app: Flask, made: dict[str, UUID]) -> None:
    """Scripts and tags in every field that keeps words."""
    typed = "<img src=x onerror=alert(1)> <pers>"
    client = cast.at_work(app, "wulan")
    client.open("/petugas/ruang/baru")
    page = client.submit("Simpan", name=typed, seats="5", rules=typed)
    assert page.has(typed)
    client.open("/petugas/ruang/jam-buka")
    client.submit("Tambah penutupan", starts_at="30/11/2026 09.00", ends_at="30/11/2026 10.00", says=typed)
    for path in (DAY, "/petugas/ruang/jam-buka", "/petugas/ruang/daftar", f"/petugas/ruang/cetak?hari={MONDAY}"):
        page = client.open(path)
        assert page.has(typed[:20])
        assert not page.tree.find("pers")


def test_today_shows_what_one_has_booked(app: Flask, made: dict[str, UUID]) -> None:
    with app.app_context():
        book("ratna", made["anggrek"], at("10.00"))
        book("nadia", made["melati"], at("10.00"))
    assert cast.at_work(app, "ratna").open("/petugas/hari-ini").has("Ruang hari ini", "10.00–11.00, Anggrek")
    page = cast.at_work(app, "nadia").open("/petugas/hari-ini")
    assert page.has("Ruang kita hari ini", "10.00-11.00, Melati")
    assert not page.has("Anggrek")


def test_the_day_of_twenty_full_rooms_asks_three_questions(app: Flask) -> None:
    with app.app_context():
        rooms = opened(**{f"ruang{n}": {"turnaround": 0} for n in range(20)})
        with clock.frozen(EARLY):
            logins = ("nadia", "ilham", "ratna", "wulan")
            for n, room_id in enumerate(rooms.values()):
                for hour in range(8, 16):
                    book(logins[n % 4], room_id, at(f"{hour}.00"), once=f"{n} {hour}")
    with clock.frozen(EARLY):
        for path in (DAY, f"/petugas/ruang/pekan?hari={MONDAY}", f"/petugas/ruang/cetak?hari={MONDAY}"):
            asked = own_questions(app, cast.at_work(app, "nadia"), path)
            assert len(asked) <= 3, "\n".join(asked)


def test_many_bookings_of_one_s_own_come_by_pages(app: Flask) -> None:
    with app.app_context():
        rooms = opened(**{f"ruang{n}": {"turnaround": 0} for n in range(7)})
        with clock.frozen(EARLY):
            for n, room_id in enumerate(rooms.values()):
                for hour in range(8, 16):
                    book("nadia", room_id, at(f"{hour}.00"), once=f"{n} {hour}")
    with clock.frozen(EARLY):
        client = cast.at_work(app, "nadia")
        first = client.open("/petugas/pesanan")
        second = client.click("Berikutnya")
        assert [len(page.tree.select(".adds > li")) for page in (first, second)] == [50, 6]
        assert len(client.click("Sebelumnya").tree.select(".adds > li")) == 50


def test_a_forged_room_is_no_room(app: Flask, made: dict[str, UUID]) -> None:
    """Never the first of the list instead."""
    client = cast.at_work(app, "nadia")
    nothing = UUID(int=7)
    assert client.get(f"/petugas/ruang/{nothing}/pesan").status == 404
    with app.app_context():
        booking_id = book("nadia", made["anggrek"], at("10.00"))
    page = client.open(f"/petugas/pesanan/{booking_id}/pindah")
    fields = {name: page.value(name) for name in ("starts_at", "version", "csrf_token")} | {
        "minutes": "60",
        "room_id": str(nothing),
        "end": "1",
    }
    assert client.post(page.address, fields).status == 422
    with app.app_context():
        assert db.session.get_one(Booking, booking_id).room_id == made["anggrek"]


def test_the_clock_of_a_visitor_changes_nothing(app: Flask, made: dict[str, UUID]) -> None:
    """A cell's address holds the house's own time, whatever zone a browser is in."""
    page = cast.at_work(app, "nadia").open(DAY)
    hrefs = [str(a["href"]) for a in page.tree.select(".free a")]
    assert any("mulai=2026-11-30T08:00" in one or "mulai=2026-11-30T08%3A00" in one for one in hrefs)
    assert page.has("Jam: WIB.")
