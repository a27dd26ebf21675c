"""Coverage at the desk: one reckoning on the screen, on paper, in CSV and XLSX; filters that remove themselves."""

import csv
import io
from datetime import date

import pytest
from flask import Flask

from pepa import clock
from pepa.domain import periods
from pepa.models.outreach import Manner
from tests import cast, shelf
from tests.client import Client, Page, words
from tests.coverage.worlds import TITLE, Rt, Session, store
from tests.people import member
from tests.tables.test_files import cells

A, B, BARE = "36.73.01.1001", "36.73.02.1001", "36.73.03.1001"


@pytest.fixture
def head(app: Flask) -> Client:
    """31 of 74 RTs of one kelurahan, one of one of another; a third has no list."""
    with app.app_context():
        shelf.title(TITLE, name="Tubuhku milikku")
        rts = [Rt(A, f"{n:03}") for n in range(1, 75)]
        there, today = Rt(B), clock.today()
        period = periods.of(today)
        held = [Session(A, today, [rt], numbers=[(20, period)]) for rt in rts[:31]]
        more = [Session(B, today, [there], manner=Manner.DOORS), Session(BARE, today, [], manner=Manner.GROUP)]
        store(member("hadi").person_id, [*rts, there], [*held, *more])
    return cast.at_work(app, "hadi")


def row(page: Page, name: str) -> list[str]:
    (found,) = [tr for tr in page.tree.find_all("tr") if tr.th and words(tr.th) == name]
    return [words(cell) for cell in found.find_all("td")]


def test_a_share_says_of_how_many(head: Client) -> None:
    page = head.open("/petugas/cakupan")
    assert page.has("32 dari 75 RT (43 %)")
    today = page.tree.find_all("tr")
    assert today
    assert row(page, "Serang")[:6] == ["31 dari 74 RT (42 %)", "–", "43", "31", "620", "0"]
    assert row(page, "Kasemen")[0] == "1 dari 1 RT (100 %)"
    assert row(page, "Walantaka")[0] == "daftar RT belum ada"
    assert "100 %" not in row(page, "Walantaka")


def test_screen_paper_csv_and_xlsx_hold_the_same(head: Client) -> None:
    screen = head.open("/petugas/cakupan")
    raw = head.get("/petugas/cakupan/cakupan.csv").body.decode("utf-8-sig")
    told = [line for line in csv.reader(io.StringIO(raw), delimiter=";") if len(line) > 1]
    paper = head.open("/petugas/cakupan/cetak")
    printed = [[words(cell) for cell in tr.find_all(["td", "th"])] for tr in paper.tree.find_all("tr")]
    assert [[cell.replace(".", "") for cell in line] for line in printed] == [
        [cell.replace(".", "") for cell in line] for line in told
    ]
    assert len(told) == 1 + 67 + 6 + 1
    for line in told[1:68]:
        kelurahan, rts, reached, percent = line[1], line[3], line[4], line[5]
        said = f"{reached} dari {rts} RT ({percent} %)" if reached else "daftar RT belum ada"
        shown = [r for r in screen.tree.find_all("tr") if r.th and words(r.th) == kelurahan]
        assert any(words(r.td) == said for r in shown if r.td), line
    book = cells(head.get("/petugas/cakupan/cakupan.xlsx").body)
    assert {cell for line in told for cell in line if cell and not cell.isdigit() and "/" not in cell} <= set(book)


def test_an_rt_stands_in_words_and_a_code_as_text(head: Client) -> None:
    raw = head.get(f"/petugas/cakupan/cakupan.csv?kelurahan={A}").body.decode("utf-8-sig")
    assert "\r\nRT 003;;;ya;1;" in raw
    assert "\r\nRT 074;;;belum;0;belum pernah" in raw
    assert "RT 003" in cells(head.get(f"/petugas/cakupan/cakupan.xlsx?kelurahan={A}").body)
    assert A in cells(head.get("/petugas/cakupan/cakupan.xlsx").body)


def test_file_names_are_plain_and_say_the_quarter(head: Client) -> None:
    name = head.get("/petugas/cakupan/cakupan.xlsx").headers["Content-Disposition"]
    assert name == f'attachment; filename="cakupan-{periods.current()}.xlsx"'


def test_a_filter_stands_in_the_address_and_removes_itself(head: Client) -> None:
    head.open("/petugas/cakupan")
    page = head.submit("Tampilkan", kecamatan="36.73.02", cara="doors", judul=str(TITLE))
    assert "kecamatan=36.73.02" in page.address
    assert page.has("1 dari 1 RT (100 %)")
    assert not any("Walantaka" in words(heading) for heading in page.tree.find_all("h2"))
    removed = page.link("Hapus saringan: × Dari rumah ke rumah")
    assert "cara" not in removed
    assert f"judul={TITLE}" in removed
    assert head.open(removed).link("Hapus saringan: × Kasemen")


def test_a_kelurahan_by_rt(head: Client) -> None:
    head.open("/petugas/cakupan")
    page = head.click("Serang")
    assert page.h1 == "Cakupan: Serang"
    assert page.has("31 dari 74 RT (42 %)", "RT 074")
    assert row(page, "RT 003")[0] == "Terjangkau"
    assert row(page, "RT 074")[0] == "Belum pernah"
    assert head.open(f"/petugas/cakupan?kelurahan={BARE}").has("daftar RT belum ada")


def test_the_map_is_boxes_with_hatches(head: Client) -> None:
    head.open("/petugas/cakupan")
    page = head.click("Peta kotak")
    assert len(page.tree.find_all("g", transform=True)) == 67
    hollow = [box for box in page.tree.find_all("g", transform=True) if "hollow" in str(box)]
    assert len(hollow) == 65, "no list, no hatch"
    hatched = [words(box) for box in page.tree.find_all("g", transform=True) if "url(#h2)" in str(box)]
    assert hatched == ["Serang42 %"]
    assert head.click("Tabel").has("31 dari 74 RT (42 %)")


def test_the_paper_of_a_kelurahan(head: Client) -> None:
    page = head.open(f"/petugas/cakupan/cetak?kelurahan={A}")
    assert page.has("31 dari 74 RT (42 %)", "RT 074")


@pytest.mark.parametrize(
    "query", ["periode=x", "periode=2026-Q9", "kecamatan=x", "judul=x", "judul=99999999999", "cara=x", "cara=group"]
)
def test_a_spoiled_address_narrows_nothing(head: Client, query: str) -> None:
    assert head.open(f"/petugas/cakupan?{query}").has("32 dari 75 RT (43 %)")


def test_a_kelurahan_that_is_none(head: Client) -> None:
    assert head.get("/petugas/cakupan?kelurahan=x").status == 404


def test_an_earlier_quarter(head: Client) -> None:
    page = head.open("/petugas/cakupan?periode=2025-Q1")
    assert page.has("Triwulan I 2025 (Jan–Mar)")
    assert clock.today() > date(2025, 3, 31)


def test_a_late_correction_stands_apart_and_a_closed_quarter_says_until_when(app: Flask) -> None:
    now, was = periods.current(), periods.before(periods.current())
    with app.app_context():
        shelf.title(TITLE)
        rt, hadi = Rt(A), member("hadi")
        store(hadi.person_id, [rt], [Session(A, periods.first_day(was), [rt], numbers=[(30, was), (10, now)])])
        periods.close(hadi, was)
    client = cast.at_work(app, "hadi")
    addresses = ("cakupan", "cakupan/cetak", f"cakupan?kelurahan={A}", f"cakupan/cetak?kelurahan={A}", "triwulan")
    for address in addresses:
        page = client.open(f"/petugas/{address}")
        assert page.has("riwulan lalu: −20") or page.has("Koreksi triwulan lalu, tidak termasuk di sini: −20"), address
    assert row(client.open("/petugas/cakupan"), "Serang")[4] == "0 koreksi triwulan lalu: −20"
    told = client.get("/petugas/cakupan/cakupan.csv").body.decode("utf-8-sig")
    (line,) = [line for line in csv.DictReader(io.StringIO(told), delimiter=";") if line["Kelurahan"] == "Serang"]
    assert (line["Kegiatan"], line["Kehadiran"], line["Koreksi triwulan lalu"]) == ("0", "0", "-20")
    assert client.open("/petugas/cakupan").has("dihitung dari semua triwulan")
    for address in (f"cakupan?periode={was}", f"cakupan?periode={was}&kelurahan={A}", f"cakupan/cetak?periode={was}"):
        page = client.open(f"/petugas/{address}")
        assert page.has("Triwulan ini ditutup: belum pernah dan terakhir dihitung sampai akhir triwulan.")
        assert "dari semua triwulan" not in page.text
