"""Free places are said in two taps and grow old; everybody reads the directory, each keeps the own entry."""

from datetime import timedelta

import pytest
from flask import Flask

from pepa import clock
from pepa.domain import capacities
from pepa.errors import NotAllowed, NotFound
from pepa.models.capacities import Aid
from pepa.models.organisations import Role
from tests import cast
from tests.client import Client, Page
from tests.counting import BESIDES, own_questions
from tests.people import office
from tests.rooms.house import at, opened
from tests.rooms.test_book import book
from tests.tasks.board import NOW, day, made

START, DIRECTORY = "/petugas/hari-ini", "/petugas/layanan"


def kept(login: str = "kartika", *aids: str) -> None:
    me = cast.member(login)
    since = capacities.ours(me).since
    wanted = aids or ("shelter", "health")
    capacities.keep(me, aids=wanted, hours="Senin, 08.00-16.00", phone="0254-1", since=since)


def ours(login: str = "kartika") -> dict[str, int | None]:
    return {one.row.aid: one.row.places for one in capacities.ours(cast.member(login)).offers}


@pytest.mark.both
def test_places_are_said_and_said_again(context: Flask, database: str) -> None:
    kept()
    for places in (3, 0, 2):
        capacities.tell(cast.member("yuni"), aid="shelter", places=places)
    assert ours() == {"health": None, "shelter": 2}
    told = capacities.ours(cast.member("kartika")).offers[1].row
    assert (told.told_by.name if told.told_by else None, told.organisation_id) == ("Yuni Contoh", office("shelter"))


@pytest.mark.parametrize("places", [None, -1, 1000])
def test_what_is_no_number_of_places_is_refused(context: Flask, places: int | None) -> None:
    kept()
    with pytest.raises(capacities.NotPlaces):
        capacities.tell(cast.member("yuni"), aid="shelter", places=places)
    assert ours()["shelter"] is None


def test_of_what_one_does_not_offer_nothing_is_said(context: Flask) -> None:
    kept()
    for login, aid in (("yuni", "legal_aid"), ("yuni", "else"), ("tegar", "shelter")):
        with pytest.raises(NotFound):
            capacities.tell(cast.member(login), aid=aid, places=1)


@pytest.mark.parametrize(("days", "is_old"), [(0, False), (7, False), (8, True)])
def test_what_was_said_long_ago_is_marked(context: Flask, days: int, is_old: bool) -> None:
    kept()
    with clock.frozen(NOW):
        capacities.tell(cast.member("yuni"), aid="shelter", places=1)
    with clock.frozen(NOW + timedelta(days=days)):
        assert capacities.ours(cast.member("yuni")).offers[1].is_old is is_old


def test_what_goes_on_being_offered_keeps_its_number(context: Flask) -> None:
    kept()
    capacities.tell(cast.member("yuni"), aid="shelter", places=4)
    kept("kartika", "shelter", "return_home")
    assert ours() == {"shelter": 4, "return_home": None}


def test_every_member_reads_the_directory_and_the_administrator_too(context: Flask) -> None:
    kept()
    for login in cast.CAST:
        names = {entry.organisation.name for entry in capacities.directory(cast.member(login))}
        assert {"Rumah Singgah Contoh", "LBH Teratai Contoh", "Kantor Contoh"} <= names
    found = capacities.directory(cast.member("asep"), Aid.SHELTER)
    assert [(entry.organisation.name, entry.hours) for entry in found] == [
        ("Rumah Singgah Contoh", "Senin, 08.00-16.00")
    ]


def test_who_may_change_it(context: Flask) -> None:
    kept()
    for login in ("yuni", "ratna", "asep"):
        with pytest.raises(NotAllowed):
            kept(login)
    for login in ("asep", "joko", "dian"):
        with pytest.raises(NotAllowed):
            capacities.tell(cast.member(login), aid="shelter", places=1)
    assert Role.COORDINATOR in cast.member("kartika").roles


@pytest.mark.both
def test_of_two_who_change_the_entry_the_second_is_told(context: Flask, database: str) -> None:
    kept()
    nadia, since = cast.member("kartika"), capacities.ours(cast.member("kartika")).since
    told = {"aids": ["shelter"], "hours": "Selasa", "phone": "0254-2"}
    for _ in range(2):  # the same form sent again is no conflict
        capacities.keep(nadia, **told, since=since)
    with pytest.raises(capacities.EntryChanged):
        capacities.keep(nadia, aids=["health"], hours="Rabu", phone="0254-3", since=since)
    assert capacities.ours(nadia).hours == "Selasa"


# ---- pages ----


def press(client: Client, n: int) -> Page:
    return client.submit(str(n))


def test_two_taps_from_the_start_page(app: Flask) -> None:
    with app.app_context():
        kept("kartika", "shelter")
    client = cast.at_work(app, "yuni")
    assert client.open(START).has("Tempat kosong di lembaga Anda", "tempat tinggal sementara: belum ditulis")
    assert client.submit("3").has("Tempat kosong SUDAH dicatat.", "3 tempat kosong", "hari ini, Yuni Contoh")
    client.click("Angka lain")
    page = client.submit("Simpan", places="tak")
    assert page.has("Perbaiki: Tulis angka dari 0 sampai 999.")
    assert page.value("places") == "tak"
    assert client.submit("Simpan", places="24").has("24 tempat kosong")
    with app.app_context(), clock.frozen(clock.now() - timedelta(days=9)):
        capacities.tell(cast.member("yuni"), aid="shelter", places=1)
    assert cast.at_work(app, "ratna").open(DIRECTORY).has("1 tempat kosong", "Lama:", "Senin, 08.00-16.00")


def test_a_coordinator_writes_the_own_entry(app: Flask) -> None:
    client = cast.at_work(app, "kartika")
    client.open(START)
    client.click("Tulis sekarang")
    page = client.submit("Simpan", aids=["shelter", "religious_companion"], hours="<b>Tiap hari</b>", phone="0254-7")
    assert page.has("Isian lembaga Anda SUDAH disimpan.", "<b>Tiap hari</b>", "0254-7", "pendampingan rohani")
    client.click("bantuan hukum")
    assert client.page
    assert client.page.has("Belum ada lembaga yang menulis ini.")


def test_an_entry_that_was_changed_meanwhile_shows_both(app: Flask) -> None:
    client = cast.at_work(app, "kartika")
    client.open(f"{DIRECTORY}/ubah")
    with app.app_context():
        kept()
    page = client.submit("Simpan", aids=["legal_aid"], hours="Jumat", phone="0254-9")
    assert page.status == 409
    assert page.has("Orang lain menyimpan lebih dulu.", "Yang tersimpan sekarang", "Senin, 08.00-16.00")
    assert page.value("hours") == "Jumat"
    assert client.submit("Simpan ketikan saya").has("Isian lembaga Anda SUDAH disimpan.", "Jumat")


@pytest.mark.parametrize(("login", "sees_all"), [("nadia", True), ("tegar", False)])
def test_what_a_partner_sees_first(app: Flask, login: str, sees_all: bool) -> None:
    """A coordinator what is due in the whole organisation, a worker the own; rooms that are theirs, nobody else's."""
    with app.app_context():
        rooms = opened()
        with clock.frozen(at("07.00")):
            book("nadia", rooms["anggrek"], at("10.00"), purpose="counselling", once="a")
            book("melati", rooms["melati"], at("11.00"), purpose="training", once="b")
        with clock.frozen(NOW):
            made("nadia", "visit", to="tegar", due=0)
            made("nadia", "fetch", to="nadia", due=0)
            made("ratna", "extend", to="ratna", due=0)
        assert day(5) == at("10.00").date()
    with clock.frozen(at("09.00")):
        page = cast.at_work(app, login).open(START)
    assert page.has("Ruang kita hari ini", "10.00-11.00, Anggrek", "Konseling", "Kunjungi")
    assert page.has("Jemput") is sees_all
    assert not [word for word in ("Melati,", "Pelatihan", "11.00-12.00", "Perpanjang") if word in page.text]


def test_the_directory_asks_little(app: Flask) -> None:
    with app.app_context():
        kept()
        kept("nadia", "legal_aid")
    assert len(own_questions(app, cast.at_work(app, "yuni"), DIRECTORY)) <= 2 + BESIDES
