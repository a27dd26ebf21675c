"""What was put aside, shown apart: put back or looked over, one or many at once; recorded."""

from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import inbox
from pepa.models.audit import AuditEntry
from pepa.models.people import Person
from pepa.models.reports import Exclusion, Report
from tests import cast
from tests.client import Client, Page


def put_aside(app: Flask, count: int, **told: str) -> list[str]:
    """So many reports that were put aside; their references."""
    with app.app_context():
        made = [cast.tell(**told).report_id for _ in range(count)]
        with transaction() as session:
            session.execute(sa.update(Report).where(Report.id.in_(made)).values(is_aside=True))
        return [db.session.get_one(Report, report_id).reference for report_id in made]


def codes(page: Page) -> list[str]:
    return [th.get_text(strip=True) for th in page.tree.select("#list tbody th")]


def ids(page: Page) -> dict[str, str]:
    """The value that ticks a row, by its reference."""
    rows = page.tree.select("#list tbody tr")
    return {row.th.get_text(strip=True): str(row.select_one("input[type=checkbox]")["value"]) for row in rows}  # type: ignore[union-attr, index]


def acts(app: Flask, act: str) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).where(AuditEntry.act == act)) or 0


@pytest.fixture
def client(app: Flask) -> Client:
    return cast.at_work(app, "ratna")


def test_apart_from_the_list_and_its_counts(app: Flask, client: Client) -> None:
    before = client.open("/petugas/?tab=semua")
    made = put_aside(app, 3)
    page = client.open("/petugas/?tab=semua")
    assert codes(page) == codes(before)
    assert page.has("Disisihkan (3)")
    shown = client.click("Disisihkan (3)")
    assert shown.h1 == "Disisihkan"
    assert set(codes(shown)) == set(made)


def test_one_is_put_back(app: Flask, client: Client) -> None:
    made = put_aside(app, 3)
    page = client.open("/petugas/disisihkan")
    page = client.submit("Kembalikan yang dipilih ke daftar", ticked=[ids(page)[made[1]]])
    assert page.has("Sudah kembali ke daftar.")
    assert set(codes(page)) == {made[0], made[2]}
    assert made[1] in codes(client.open("/petugas/"))
    assert acts(app, "report.put_back") == 1


def test_several_are_looked_over(app: Flask, client: Client) -> None:
    made = put_aside(app, 3)
    page = client.open("/petugas/disisihkan")
    page = client.submit("Yang dipilih sudah dilihat", ticked=[ids(page)[code] for code in made[:2]])
    assert codes(page) == [made[2]]
    assert acts(app, "report.looked_over") == 2
    seen = client.click("Sudah dilihat")
    assert set(codes(seen)) == set(made[:2])
    assert seen.has("Ratna")
    back = client.submit("Kembalikan yang dipilih ke daftar", ticked=[ids(seen)[made[0]]])
    assert codes(back) == [made[1]]
    assert made[0] in codes(client.open("/petugas/"))


def test_all_of_the_page_at_once(app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    put_aside(app, 7)
    real = inbox.list_aside
    monkeypatch.setattr(inbox, "list_aside", lambda actor, **more: real(actor, size=5, **more))
    client.open("/petugas/disisihkan")
    page = client.submit("Semua di halaman ini (5) sudah dilihat")
    assert len(codes(page)) == 2
    page = client.submit("Semua di halaman ini (2) sudah dilihat")
    assert page.has("Tidak ada yang disisihkan di sini.")
    assert acts(app, "report.looked_over") == 7
    with app.app_context():
        assert inbox.counts(cast.member("ratna")).aside == 0


def test_nothing_ticked(app: Flask, client: Client) -> None:
    put_aside(app, 1)
    client.open("/petugas/disisihkan")
    page = client.submit("Kembalikan yang dipilih ke daftar")
    assert page.status == 422
    assert page.has("Pilih dulu laporannya.")


def test_opened_it_says_why_it_lies_there_and_goes_back(app: Flask, client: Client) -> None:
    (made,) = put_aside(app, 1)
    client.open("/petugas/disisihkan")
    page = client.click(made)
    assert page.has("Laporan ini disisihkan")
    page = client.submit("Kembalikan ke daftar")
    assert page.has("Sudah kembali ke daftar.")
    assert "disisihkan:" not in page.text
    assert made in codes(client.open("/petugas/?tab=dibaca"))


def test_urgent_ones_are_called_out_on_every_page(app: Flask, client: Client) -> None:
    sentence = "Di antara yang disisihkan ada yang minta ditolong sekarang."
    put_aside(app, 2, urgency="today")
    assert sentence not in client.open("/petugas/piket").text
    put_aside(app, 2, urgency="now")
    assert client.open("/petugas/piket").has(sentence)
    client.click("Lihat yang disisihkan")
    client.submit("Semua di halaman ini (4) sudah dilihat")
    assert sentence not in client.open("/petugas/piket").text


def test_others_ids_are_passed_over(app: Flask, client: Client) -> None:
    put_aside(app, 1, about="office")
    (mine,) = put_aside(app, 1)
    (hidden,) = put_aside(app, 1)
    with app.app_context():
        aside = {report.reference: report.id for report in db.session.scalars(sa.select(Report).where(Report.is_aside))}
        ratna = db.session.scalars(sa.select(Person.id).where(Person.login == "ratna")).one()
        with transaction() as session:
            session.add(Exclusion(report_id=aside[hidden], excluded_id=ratna))
    page = client.open("/petugas/disisihkan")
    assert codes(page) == [mine]
    form = page.tree.find("form", action="/petugas/disisihkan")
    assert form
    token = str(form.find("input", attrs={"name": "csrf_token"})["value"])  # type: ignore[index]
    everything = [("ticked", str(report_id)) for report_id in aside.values()] + [
        ("ticked", "x"),
        ("ticked", str(UUID(int=0))),
    ]
    answer = client.post("/petugas/disisihkan", [*everything, ("act", "back"), ("csrf_token", token), ("end", "1")])
    assert answer.status == 303
    with app.app_context():
        left = set(db.session.scalars(sa.select(Report.id).where(Report.is_aside)))
    assert left == set(aside.values()) - {aside[mine]}
    assert acts(app, "report.put_back") == 1
