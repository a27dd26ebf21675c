"""A list is stored in one act; a second time it changes nothing; what it does not name ends where that is asked."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import area_changes, areas, listings, periods
from pepa.models.areas import Area
from tests import cast
from tests.client import Client
from tests.listings.test_look import GOOD, HEAD, A
from tests.people import member

NOW, TODAY = datetime(2026, 12, 1, 3, tzinfo=UTC), date(2026, 12, 1)


def stands(day: date = TODAY) -> list[str]:
    db.session.rollback()
    return [part.label for part in areas.of(A, day)]


@pytest.mark.both
def test_it_is_stored_once_however_often_it_is_sent(context: Flask) -> None:
    with clock.frozen(NOW):
        for new in (3, 0):
            stored = listings.store(member("dian"), text=GOOD, on=date(2026, 10, 1), ends_others=True)
            assert (len(stored.new), stored.gone) == (new, [])
            assert stands() == ["Lingkungan Contoh", "RW 02, Lingkungan Contoh", "RT 003, RW 02, Lingkungan Contoh",
                                "RW 01", "RT 001, RW 01", "RT 002, RW 01"]  # fmt: skip
        assert stands(date(2026, 9, 30)) == []


def test_what_is_written_out_can_be_read_in_again(context: Flask) -> None:
    with clock.frozen(NOW):
        dian = member("dian")
        listings.store(dian, text=GOOD + f"{A};;;09;\n", on=TODAY, ends_others=False)
        out = listings.export(dian).decode("utf-8-sig")
        assert f"{A};Serang;Lingkungan Contoh;RW 02;RT 003" in out.splitlines()
        assert f"{A};Serang;;RW 09;" in out.splitlines()
        looked = listings.look(dian, out)
    assert (len(looked.known), looked.new, looked.wrong, looked.gone) == (4, [], [], [])


def test_what_it_does_not_name_ends_where_that_is_asked(context: Flask) -> None:
    less = f"{HEAD}\n{A};;;01;001\n"
    with clock.frozen(NOW):
        dian = member("dian")
        listings.store(dian, text=GOOD, on=date(2026, 10, 1), ends_others=False)
        listings.store(dian, text=less, on=TODAY, ends_others=False)
        assert len(stands()) == 6
        listings.store(dian, text=less, on=TODAY, ends_others=True)
        assert stands() == ["RW 01", "RT 001, RW 01"]
        assert len(stands(date(2026, 11, 30))) == 6


def test_one_wrong_line_keeps_all_of_it_out(context: Flask) -> None:
    with clock.frozen(NOW), pytest.raises(listings.LinesWrong):
        listings.store(member("dian"), text=GOOD + ";Atlantis;;;1\n", on=TODAY, ends_others=False)
    assert stands() == []


def test_no_day_of_a_closed_quarter(context: Flask) -> None:
    with clock.frozen(NOW):
        periods.close(member("hadi"), "2026-Q3")
        for day, failure in ((date(2026, 9, 1), area_changes.DayClosed), (date(2026, 12, 2), area_changes.DayWrong)):
            with pytest.raises(failure):
                listings.store(member("dian"), text=GOOD, on=day, ends_others=False)


# ---- the door ----


@pytest.fixture
def dian(app: Flask) -> Client:
    return cast.at_work(app, "dian")


def rows(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(sa.select(Area)).all())


def test_a_file_is_looked_over_then_stored(app: Flask, dian: Client) -> None:
    dian.open("/petugas/wilayah/daftar")
    page = dian.send_files("Periksa dulu", ("daftar.csv", b"\xef\xbb\xbf" + GOOD.encode()))
    assert page.h1 == "Periksa daftar RT"
    assert page.has("BELUM disimpan. 3 baru, 0 sudah ada, 0 pindah, 0 salah, 0 tidak ada di daftar.", "RT 003, RW 02")
    assert rows(app) == 0
    page = dian.submit("Simpan")
    assert page.has("Daftar SUDAH disimpan.")
    assert rows(app) == 6
    dian.open("/petugas/wilayah/daftar")
    dian.submit("Periksa dulu", text=GOOD)
    assert dian.submit("Simpan").has("Tidak ada yang baru di daftar ini.")
    assert rows(app) == 6


def test_what_is_wrong_is_said_by_line_and_the_text_stays(app: Flask, dian: Client) -> None:
    dian.open("/petugas/wilayah/daftar")
    page = dian.send_files("Periksa dulu", ("daftar.csv", f"{GOOD};Atlantis;;;1\n".encode()))
    assert page.has("Baris 5: Kelurahan ini tidak ada.")
    assert "Atlantis" in page.value("text")
    assert "Simpan" not in [button.get_text() for button in page.tree.find_all("button")]
    page = dian.submit("Periksa lagi", text=GOOD)
    assert page.has("3 baru, 0 sudah ada, 0 pindah, 0 salah")
    assert dian.submit("Simpan", on="32/13/2026").has("Tulis hari seperti ini")
    assert dian.submit("Simpan", on="01/12/2099").has("Pakai hari sejak")
    assert rows(app) == 0


@pytest.mark.parametrize(
    ("raw", "says"), [(b"\xff\xfe", "bukan CSV UTF-8"), (b"x;y\n1;2", "Baris pertama belum berisi nama kolom")]
)
def test_a_file_that_cannot_be_read_says_why(dian: Client, raw: bytes, says: str) -> None:
    dian.open("/petugas/wilayah/daftar")
    assert dian.send_files("Periksa dulu", ("daftar.csv", raw)).has(says)


def test_lists_to_fill_in_and_to_keep(dian: Client) -> None:
    for name in ("kosong", "daftar"):
        page = dian.get(f"/petugas/wilayah/{name}.csv")
        assert page.status == 200
        assert page.body.startswith(b"\xef\xbb\xbfkode;kelurahan;lingkungan;rw;rt\r\n")
        assert page.headers["Content-Disposition"].startswith('attachment; filename="daftar-rt-')
        assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
