"""What a quarter came to, and closing it from there."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import coverage, digests, periods
from pepa.domain.coverage import Asked
from pepa.models.outreach import Count, Manner, Standing, Teaching
from tests import cast, shelf
from tests.coverage.worlds import TITLE, Rt, Session, store
from tests.people import member

A, B = "36.73.01.1001", "36.73.02.1001"
NOW, DAY, PERIOD = datetime(2026, 12, 1, 3, tzinfo=UTC), date(2026, 11, 1), "2026-Q4"


@pytest.mark.both
def test_by_title_manner_and_age(context: Flask) -> None:
    hadi = member("hadi")
    for number in (TITLE, TITLE + 1):
        shelf.title(number)
    rts = [Rt(A), Rt(B)]
    held = [
        Session(A, DAY, rts[:1], numbers=[(5, PERIOD), (9, PERIOD)]),
        Session(A, DAY, rts[:1], Manner.DOORS, title_id=TITLE + 1),
        Session(A, DAY, [], Manner.GROUP, numbers=[(90, PERIOD)]),
        Session(A, date(2026, 9, 1), rts[:1], numbers=[(30, "2026-Q3"), (10, PERIOD)]),
        Session(A, DAY, rts[1:], standing=Standing.LOGGED, numbers=[(70, PERIOD)]),
    ]
    first, *_ = store(hadi.person_id, rts, held)
    with transaction() as session:
        session.get_one(Count, (first, 2)).f_teen = 4
    with clock.frozen(NOW):
        found = digests.of(hadi, PERIOD)
    assert found.titles == [(TITLE, 2), (TITLE + 1, 1)]
    assert found.manners == {Manner.MEETING: 1, Manner.DOORS: 1, Manner.GROUP: 1}
    assert {name: number for name, number in found.people.items() if number} == {"f_teen": 4, "uncounted": 9}
    assert sum(found.people[name] for name in coverage.HEADS) == found.city.total.attendance
    assert found.city.total.late == -20
    assert [ward.name for ward in found.untouched] == ["Kasemen"]
    assert found.listless == 65


@pytest.mark.both
def test_what_waits_when_a_quarter_closes_counts_in_the_open_one(context: Flask) -> None:
    """Confirmed later it would change what was closed."""
    hadi, rt = member("hadi"), Rt(A)
    shelf.title(TITLE)
    on, was = date(2026, 9, 1), "2026-Q3"
    waits, held = (
        Session(A, on, [rt], standing=standing, numbers=[(7, was)])
        for standing in (Standing.LOGGED, Standing.CONFIRMED)
    )
    waiting, _ = store(hadi.person_id, [rt], [waits, held])
    with clock.frozen(NOW):
        before = coverage.of(hadi, Asked(was)).total
        periods.close(hadi, was)
        with transaction() as session:
            row = session.get_one(Teaching, waiting)
            assert row.period == PERIOD
            row.standing = Standing.CONFIRMED
        db.session.expire_all()
        assert coverage.of(hadi, Asked(was)).total == before
        assert coverage.of(hadi, Asked(PERIOD)).total.attendance == 7
        assert db.session.get_one(Count, (waiting, 1)).is_late


def test_a_quarter_is_closed_from_its_page(app: Flask) -> None:
    client = cast.at_work(app, "hadi")
    code = periods.before(periods.current())
    page = client.open(f"/petugas/triwulan?periode={code}")
    assert page.has("masih terbuka")
    assert client.click("Tutup triwulan ini").has("Angkanya tidak berubah lagi.")
    page = client.submit("Ya, tutup")
    assert page.has("Triwulan itu SUDAH ditutup.", "ditutup")
    assert not any("Tutup triwulan" in link.get_text() for link in page.tree.find_all("a"))
    running = client.open("/petugas/triwulan")
    assert not any("Tutup triwulan" in link.get_text() for link in running.tree.find_all("a"))
    client.open(f"/petugas/triwulan/tutup?periode={periods.current()}")
    assert client.submit("Ya, tutup").has("Triwulan ini belum selesai.")


def test_whoever_keeps_no_targets_sees_the_report(app: Flask) -> None:
    client = cast.at_work(app, "dian")
    page = client.open("/petugas/triwulan")
    assert page.has("Menurut judul", "Kehadiran menurut umur", "Belum ada kegiatan yang dikonfirmasi.")
    assert client.get("/petugas/sasaran").status == 404
