"""*Kabar*: the page, its count in the frame, where each line leads; and how one is told besides."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask

from pepa import clock
from pepa.config import Config
from pepa.domain import alerts
from pepa.domain.outbox import Notice
from pepa.models.organisations import Role
from pepa.models.reports import reference_of
from pepa.seeds import reading
from tests import cast
from tests.client import Client
from tests.counting import own_questions
from tests.duty.rosters import person
from tests.notices.lists import LISTED, OF_A_REPORT, empty, listed, told
from tests.walls.test_hidden import hide

CAST = ("ratna", "wulan", "hadi", "sekar", "dian", "joko", "intan", "nadia", "ilham", "asep")
HOURS = ("", "kemarin", "2026-13-40T99:00", "2099-03-04T10:00:00", "0001-01-01T00:00:00+14:00")
AT = datetime(2026, 3, 4, 10, 41, tzinfo=clock.JAKARTA)


@pytest.fixture(autouse=True)
def _empty(app: Flask) -> None:
    with app.app_context():
        empty()


def count(client: Client) -> str:
    """What stands beside *Kabar* in the frame."""
    page = client.get("/petugas/akun")
    (link,) = page.tree.select("a.news")
    return "".join(one.get_text() for one in link.find_all("b"))


def test_a_line_is_read_where_it_leads(app: Flask) -> None:
    with app.app_context():
        report_id = cast.tell("Isi yang tidak ada di sini").report_id
        told("ratna", Notice.LATE_READING, report_id)
        told("ratna", Notice.SHEETS)
    client = cast.at_work(app, "ratna")
    assert count(client) == "2"
    page = client.open("/petugas/kabar")
    late = f"Batas baca {reference_of(report_id)} lewat."
    assert page.has(late, "Kunci lembaga diberikan lagi dengan lembar pemulihan.", "baru")
    assert "Isi yang tidak" not in page.text
    page = client.submit(f"Buka: {late}")
    assert page.address.startswith(f"/petugas/laporan/{report_id}")
    assert count(client) == "1"
    client.open("/petugas/kabar")
    page = client.submit("Sudah dibaca: Kunci lembaga diberikan lagi dengan lembar pemulihan.")
    assert page.has("SUDAH dibaca.")
    assert count(client) == ""
    assert page.link(f"Buka: {late}") == f"/petugas/laporan/{report_id}"
    assert not page.has("Semua sudah dibaca")


def test_all_at_once_but_for_what_came_meanwhile(app: Flask) -> None:
    with app.app_context(), clock.frozen(AT):
        with clock.frozen(AT - timedelta(days=2)):
            told("ratna", Notice.SHIFT)
        told("ratna", Notice.MEMBERS)
        client = cast.at_work(app, "ratna")
    with clock.frozen(AT):
        client.open("/petugas/kabar")
        with app.app_context():
            told("ratna", Notice.STAND_IN)
        page = client.submit("Semua sudah dibaca")
        assert page.has("Semua kabar ini SUDAH dibaca.")
        with app.app_context():
            assert [one.notice for one in listed("ratna") if not one.is_read] == [Notice.STAND_IN]


@pytest.mark.parametrize("hour", HOURS)
def test_an_hour_that_no_page_has_marks_nothing_that_was_not_shown(app: Flask, hour: str) -> None:
    with app.app_context(), clock.frozen(AT):
        told("ratna", Notice.MEMBERS)
        client = cast.at_work(app, "ratna")
    with clock.frozen(AT):
        token = client.open("/petugas/kabar").value("csrf_token")
        answer = client.post("/petugas/kabar/dibaca", {"csrf_token": token, "hour": hour, "seen": "x", "end": "1"})
        assert answer.status == 303
        assert count(client) == "1"


@pytest.mark.parametrize("login", CAST)
def test_nobody_is_led_to_a_page_that_is_not_there_for_them(app: Flask, login: str) -> None:
    with app.app_context(), clock.frozen(clock.now() - timedelta(hours=1)):
        kind = kind_of(login)
        report_id = cast.tell(about="office" if kind == "independent" else None).report_id
        for notice in LISTED:
            told(login, notice, report_id if notice in OF_A_REPORT else None, kind=kind)
    client = cast.at_work(app, login)
    client.open("/petugas/kabar")
    client.submit("Semua sudah dibaca")
    lists, places = ["/petugas/kabar"], set[str]()
    for address in lists:  # they stand on several pages
        places |= {str(a["href"]) for a in client.open(address).tree.select("#list a.button")}
        lists += sorted(place for place in places if "?at=" in place and place not in lists)
    assert "/petugas/akun" in places
    for place in places:
        assert client.open(place).status == 200, place


def kind_of(login: str) -> str:
    """Of the organisation in which somebody of the cast works."""
    return next(one.kind for one in reading.cast() for member in one.members if member.login == login)


def test_another_s_line_and_one_that_is_hidden_are_not_there(app: Flask) -> None:
    with app.app_context():
        theirs = told("bayu", Notice.SHIFT)
        report_id = cast.tell().report_id
        mine = told("ratna", Notice.LATE_READING, report_id)
        hide(report_id, person("ratna"))
    client = cast.at_work(app, "ratna")
    page = client.open("/petugas/kabar")
    assert page.has("Belum ada kabar untuk Anda.")
    assert count(client) == ""
    token = client.open("/petugas/akun").value("csrf_token")
    for notice_id in (theirs, mine):
        assert client.post(f"/petugas/kabar/{notice_id}", {"csrf_token": token, "end": "1"}).status == 404


def test_it_asks_little_however_much_there_is(app: Flask) -> None:
    with app.app_context():
        for hours in range(40):
            with clock.frozen(AT + timedelta(hours=hours)):
                told("ratna", Notice.LATE_READING, cast.tell().report_id)
    client = cast.at_work(app, "ratna")
    asked = own_questions(app, client, "/petugas/kabar")
    assert len(asked) <= 2, "\n".join(asked)  # the list, and which of its reports may be opened
    page = client.open("/petugas/kabar")
    assert len(page.body) < 60 * 1024
    assert len(client.open(page.link("Berikutnya")).tree.select("#list li")) == 10


def test_one_says_how_one_is_told_and_tries_it(app: Flask) -> None:
    client = cast.at_work(app, "ratna")
    client.open("/petugas/akun")
    page = client.click("Cara dikabari")
    assert page.has("SMS belum dipasang di kantor ini.")
    page = client.submit("Simpan", has_mail=False, quiet_from="21", quiet_until="21")
    assert page.status == 422
    assert page.has("Dari dan sampai sama. Pilih jam lain.")
    page = client.submit("Simpan", has_mail=False, quiet_from="21", quiet_until="06")
    assert page.has("Cara dikabari SUDAH disimpan.")
    with app.app_context():
        mine = alerts.ways(cast.people.member("ratna"))
    assert (mine.has_mail, mine.has_sms, mine.quiet_from, mine.quiet_until) == (False, True, 21, 6)
    for _ in range(3):
        page = client.submit("Kirim kabar percobaan")
        assert page.has("Kabar percobaan SUDAH dikirim.")
    assert client.submit("Kirim kabar percobaan").has("Sudah tiga kali dalam satu jam ini.")
    assert count(client) == "3"


def test_where_there_is_a_gateway_sms_is_offered(app: Flask, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "PEPA", replace(config, sms_url="https://gateway.example/send"))
    client = cast.at_work(app, "asep")
    client.open("/petugas/kabar/cara")
    client.submit("Simpan", has_mail=True, has_sms=False)
    with app.app_context():
        assert not alerts.ways(cast.people.member("asep")).has_sms
        assert Role.OUTREACH_WORKER in cast.people.member("asep").roles, "whatever somebody does here"
