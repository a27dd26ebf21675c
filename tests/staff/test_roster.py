"""The roster's door: who sees it, who keeps it, what is refused, what stays empty."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import Kept, db, transaction
from pepa.domain import duty
from pepa.models.duty import Shift
from tests import cast
from tests.client import Client, Page

AHEAD = clock.today().year + 1  # a roster has no room for what is over


def typed(at: datetime, hours: int = 0) -> str:
    """As a person writes it, so many hours later."""
    return (at.astimezone(clock.JAKARTA) + timedelta(hours=hours)).strftime("%d/%m/%Y %H.%M")


def kept(app: Flask, login: str = "wulan") -> tuple[Client, Page]:
    """A browser of whoever keeps the roster, on its page."""
    client = cast.at_work(app, login)
    return client, client.open("/petugas/piket")


def colleague(app: Flask, login: str = "bayu") -> str:
    with app.app_context():
        return str(cast.member(login).person_id)


def count() -> int:
    return db.session.scalars(sa.select(sa.func.count()).select_from(Shift)).one()


def test_officers_see_it_and_supervisors_keep_it(app: Flask) -> None:
    for login in ("ratna", "hadi", "rahmat"):
        page = cast.at_work(app, login).open("/petugas/piket")
        assert page.h1 == "Piket"
        assert page.has("Piket sekarang", "Berikutnya")
        assert not page.tree.find("select")
        assert not page.has("Hapus")
    for login in ("wulan", "intan"):
        assert cast.at_work(app, login).open("/petugas/piket").has("Tambah piket", "Hapus")


def test_each_office_has_its_own(app: Flask) -> None:
    page = cast.at_work(app, "rahmat").open("/petugas/piket")
    assert page.has("Rahmat Contoh", "Intan Contoh")
    assert not page.has("Ratna Contoh")
    assert not page.has("Bayu Contoh")


def test_a_week_and_on_demand_four(app: Flask) -> None:
    client = cast.at_work(app, "ratna")
    week = len(client.open("/petugas/piket").tree.select(".day > li"))
    month = len(client.click("Empat minggu ke depan").tree.select(".day > li"))
    assert 3 * 7 <= week <= 3 * 8
    assert 3 * 28 <= month <= 3 * 29
    assert len(client.open("/petugas/piket?hari=99999999999").tree.select(".day > li")) == week


def test_add_and_remove(app: Flask) -> None:
    client, _ = kept(app)
    person_id = colleague(app)
    with app.app_context():
        before = count()
    starts = clock.now().replace(minute=13, second=0, microsecond=0) + timedelta(days=5)
    page = client.submit("Tambah piket", person_id=person_id, starts_at=typed(starts), ends_at=typed(starts, 8))
    assert page.has("Piket ditambahkan.")
    with app.app_context():
        assert count() == before + 1
        mine = db.session.scalars(sa.select(Shift).where(Shift.starts_at == starts)).one()
        assert str(mine.person_id) == person_id
    page = client.open(f"/petugas/piket/{mine.id}/hapus")
    assert page.h1 == "Hapus piket ini?"
    assert client.submit("Ya, hapus").has("Piket dihapus.")
    with app.app_context():
        assert count() == before
    assert client.get(f"/petugas/piket/{mine.id}/hapus").status == 404


def test_the_page_that_asks_leads_back_too(app: Flask) -> None:
    client, _ = kept(app)
    with app.app_context():
        before = count()
    assert client.click("Hapus").h1 == "Hapus piket ini?"
    assert client.click("Tidak, kembali").h1 == "Piket"
    with app.app_context():
        assert count() == before


@pytest.mark.parametrize(
    ("starts", "ends", "says"),
    [
        ("", "", "Tulis hari dan jam mulai."),
        ("besok", "lusa", "Tulis hari dan jam seperti ini: 25/11/2026 08.00."),
        ("31/02/2026 08.00", "31/02/2026 16.00", "Tulis hari dan jam seperti ini: 25/11/2026 08.00."),
        (f"01/12/{AHEAD} 24.00", f"02/12/{AHEAD} 08.00", "Tulis hari dan jam seperti ini: 25/11/2026 08.00."),
        ("1" * 1000, f"1/1/{AHEAD} 8", "Tulis hari dan jam seperti ini: 25/11/2026 08.00."),
        (f"01/12/{AHEAD} 08.00", f"01/12/{AHEAD} 07.00", "Selesai lebih awal daripada mulai."),
        (f"01/12/{AHEAD} 08.00", f"01/12/{AHEAD} 08.00", "Selesai lebih awal daripada mulai."),
        (f"01/12/{AHEAD} 08.00", f"03/12/{AHEAD} 08.00", "Satu piket paling lama 24 jam."),
        ("01/11/2026 08.00", "01/11/2026 16.00", "Piket ini sudah lewat."),
        ("31/12/9999 08.00", "31/12/9999 23.59", "Tulis hari dan jam seperti ini: 25/11/2026 08.00."),
        ("01/01/0001 00.00", "01/01/0001 09.00", "Tulis hari dan jam seperti ini: 25/11/2026 08.00."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(app: Flask, starts: str, ends: str, says: str) -> None:
    client, _ = kept(app)
    page = client.submit("Tambah piket", person_id=colleague(app), starts_at=starts, ends_at=ends)
    assert page.status == 422
    assert page.has("Belum tersimpan. Ketikan Anda masih ada.", f"Perbaiki: {says}")
    assert page.value("starts_at") == starts
    assert page.value("ends_at") == ends


@pytest.mark.parametrize(
    "typed_as",
    [f"1/12/{AHEAD} 8.00", f"01-12-{AHEAD} 08:00", f"01.12.{AHEAD}, 08.00 WIB", f"{AHEAD}-12-01T08:00"],
    ids=["strokes", "dashes", "dots", "as machines do"],
)
def test_days_are_read_as_people_write_them(app: Flask, typed_as: str) -> None:
    client, _ = kept(app)
    page = client.submit("Tambah piket", person_id=colleague(app), starts_at=typed_as, ends_at=f"01/12/{AHEAD} 09.30")
    assert page.status == 200
    with app.app_context():
        ends = datetime(AHEAD, 12, 1, 9, 30, tzinfo=clock.JAKARTA)
        (shift,) = db.session.scalars(sa.select(Shift).where(Shift.ends_at == ends)).all()
        assert shift.starts_at == datetime(AHEAD, 12, 1, 8, tzinfo=clock.JAKARTA)


@pytest.mark.parametrize("login", ["nadia", "rahmat", "joko", "sekar"])
def test_only_who_reads_here_is_put_on_duty(app: Flask, login: str) -> None:
    client, page = kept(app)
    fields = {name: page.value(name) for name in ("csrf_token", "once")} | {"end": "1"}
    times = {"starts_at": typed(clock.now(), 24), "ends_at": typed(clock.now(), 30)}
    for person_id in (colleague(app, login), "x", "00000000-0000-4000-8000-000000000000", "' or 1=1 --"):
        page = client.post("/petugas/piket", {**fields, **times, "person_id": person_id})
        assert page.status == 422
        assert page.has("Pilihan ini tidak ada di daftar.")


def test_sent_twice_it_is_one_shift(app: Flask) -> None:
    client, page = kept(app)
    fields = {name: page.value(name) for name in ("csrf_token", "once")} | {"end": "1"}
    times = {"starts_at": typed(clock.now(), 24), "ends_at": typed(clock.now(), 30), "person_id": colleague(app)}
    with app.app_context():
        before = count()
    for _ in range(5):
        assert client.post("/petugas/piket", {**fields, **times}).status == 303
    with app.app_context():
        assert count() == before + 1


def test_another_office_s_shift_is_not_there(app: Flask) -> None:
    with app.app_context():
        mine = cast.member("wulan").organisation_id
        other = db.session.scalars(sa.select(Shift.id).where(Shift.organisation_id != mine)).first()
        before = count()
    client, page = kept(app)
    assert client.get(f"/petugas/piket/{other}/hapus").status == 404
    fields = {"csrf_token": page.value("csrf_token"), "end": "1"}
    assert client.post(f"/petugas/piket/{other}/hapus", fields).status == 404
    with app.app_context():
        assert count() == before


@pytest.mark.parametrize(
    ("hour", "says"),
    [(18, 'halaman warga menulis "Dibaca mulai Kamis 26 Nov, 08.00 WIB".'), (10, "tanda berbunyi di semua petugas.")],
)
def test_the_page_says_when_nobody_is_there(app: Flask, hour: int, says: str) -> None:
    """A gap in the roster, and what the citizens' page says in it; both read the same clock."""
    with clock.frozen(datetime(2026, 11, 25, hour, tzinfo=clock.JAKARTA)):  # a Wednesday
        with app.app_context():
            with transaction() as session:
                session.execute(sa.delete(Shift))
            Kept.forget()
            wulan = cast.member("wulan")
            start = clock.now() + timedelta(hours=30)
            duty.add(wulan, person_id=wulan.person_id, starts_at=start, ends_at=start + timedelta(hours=8), once="1")
            gaps = duty.gaps_in(duty.roster_for(wulan, 7), 7)
            assert gaps[0][1] == start
            assert gaps[1][0] == start + timedelta(hours=8)
        page = cast.at_work(app, "ratna").open("/petugas/piket")
        assert page.has("Tidak ada orangnya", says)
    with app.app_context():
        assert not duty.gaps_in([], 0)
