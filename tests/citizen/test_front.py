"""The front page, the numbers, who can know, the watchdog's door, and what is not there."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import Kept, transaction
from pepa.domain import installation, intake
from pepa.models.installation import Setting
from pepa.models.organisations import Organisation
from pepa.models.people import Person
from tests.citizen.walks import MORNING, set_up
from tests.client import Client, words

DEMO = "CONTOH. Tulisan di sini TIDAK dibaca petugas. Perlu tolong? 110, 112, 129."


def test_the_most_urgent_thing_stands_first(client: Client) -> None:
    page = client.get("/")
    assert page.h1 == "Ada yang bisa kami bantu?"
    assert page.text.index("Kami Calling Pepa, DP3AKB Kota Serang.") < page.text.index("110 Polisi"), "who we are"
    links = [str(link["href"]) for link in page.tree.select("main a")]
    assert links[:4] == ["tel:110", "tel:112", "tel:119", "tel:129"]
    assert links[-4:] == ["/lapor", "/pantau", "/edukasi", "/jadwal"]
    assert page.has(
        "Kami membantu perempuan dan anak yang disakiti, dan orang yang melihatnya. Anda boleh menulis tanpa nama.",
        "Telepon tercatat di daftar panggilan. Chat tersimpan di HP.",
    )


def test_no_door_leads_nowhere(app: Flask, client: Client) -> None:
    for path in ("/", "/kontak", "/privasi", "/lapor", "/pantau", "/tidak-ada"):
        for link in client.get(path).tree.select("a[href^='/']"):
            target = str(link["href"])
            assert Client(app).get(target).status in (200, 303), target


def test_numbers_are_those_of_the_settings(app: Flask, client: Client) -> None:
    with clock.frozen(MORNING):
        set_up(app, office_number="(0254) 200 123", office_whatsapp="0812-3456-789")
        page = client.get("/kontak")
    links = {str(link["href"]): link.get_text() for link in page.tree.select(".calls a")}
    assert links == {
        "tel:110": "110 Polisi",
        "tel:112": "112 Darurat kota",
        "tel:119": "119 Ambulans",
        "tel:129": "129 SAPA, kementerian",
        "tel:0254200123": "(0254) 200 123 Kantor kami",
        "https://wa.me/628111129129": "08111-129-129 WhatsApp SAPA",
        "https://wa.me/62812345678 9".replace(" ", ""): "0812-3456-789 WhatsApp kantor kami",
    }
    assert page.has("Nomor dicek Rabu 25 Nov.", "Tidak bisa bicara?", "Salah sambung juga tidak apa-apa.")


def test_a_number_that_is_gone_is_not_there(app: Flask, client: Client) -> None:
    with app.app_context():
        with transaction() as session:
            session.execute(sa.delete(Setting).where(Setting.key.like("number.%")))
        Kept.forget()
    for path in ("/", "/kontak", "/privasi", "/lapor", "/pantau"):
        page = client.get(path)
        assert page.status == 200
        assert not page.tree.select("a[href='tel:']")
        assert "Nomor dicek" not in page.text


EMPTY = (
    "office_number",
    "office_whatsapp",
    "counter_address",
    "counter_hours",
    "independent_holder",
    "keep_for",
    "dpo",
)


def test_an_empty_setting_drops_its_sentence(app: Flask, client: Client) -> None:
    set_up(app, **dict.fromkeys(EMPTY, ""))
    texts = [client.get(path).text for path in ("/", "/kontak", "/privasi", "/lapor", "/pantau")]
    for text in texts:
        for scrap in (
            "telepon .",
            "Telepon .",
            "telepon  /",
            ": .",
            ": ,",
            "hanya .",
            "loket:",
            "Laporan:",
            "kantor (",
        ):
            assert scrap not in text
    assert "Tidak bisa bicara?" not in texts[1], "only the office's own number answers to coughing"
    assert "Tanya dulu tanpa bercerita" not in texts[3]
    set_up(app, counter_address="Jalan Contoh 1")
    assert "loket" not in client.get("/").text, "hours are wanting"
    set_up(app, counter_hours="Senin, 08.00-16.00")
    assert client.get("/").has('Datang ke loket: Jalan Contoh 1, Senin, 08.00-16.00. Cukup bilang "mau konsultasi".')


def test_who_is_on_duty(app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        state = intake.state()
    monkeypatch.setattr(intake, "state", lambda: replace(state, on_duty=True))
    assert client.get("/").has("Petugas piket ada sekarang.")
    monkeypatch.setattr(intake, "state", lambda: replace(state, on_duty=False, read_from=MORNING))
    with clock.frozen(MORNING):
        page = client.get("/")
    assert page.has("Sekarang tidak ada petugas piket. Dibaca mulai Rabu 25 Nov, 10.04 WIB. Sekarang: 110 / 112.")


def test_the_demo_says_so_on_top_of_every_page_and_goes_with_the_demo(app: Flask, client: Client) -> None:
    paths = ("/", "/kontak", "/privasi", "/lapor", "/pantau", "/tidak-ada")
    for path in paths:
        page = client.get(path)
        assert page.has(DEMO)
        assert page.text.index(DEMO) < page.text.index(page.h1)
    with app.app_context():
        with transaction() as session:
            session.execute(sa.update(Person).values(is_demo=False))
            session.execute(sa.update(Organisation).values(is_demo=False))
        Kept.forget()
    for path in paths:
        assert "CONTOH" not in client.get(path).text


def test_who_can_know(app: Flask, client: Client) -> None:
    page = client.get("/privasi")
    assert page.h1 == "Siapa yang bisa tahu"
    headings = [heading.get_text() for heading in page.tree.find_all("h2")]
    assert headings == [
        "Yang kami simpan", "Siapa yang membaca", "Kalau komputer dicuri", "Yang tidak bisa kami janjikan",
        "HP dan jaringan", "Cookie, kode", "Berapa lama", "Hak Anda",
    ]  # fmt: skip
    assert page.has(
        "Kami tidak menyimpan alamat internet (IP) atau jenis HP.",
        "Orang yang mengurus komputer kami bisa mengubah program. Ia lalu bisa membaca yang masuk,",
        "Ia bisa membuang laporan, atau mengembalikan data ke keadaan lama.",
        "Petugas yang berhak membaca bisa menyalin.",
        "tetapi tidak bisa mencegah semuanya.",
        "Simpanan yang belum dikirim: 1 tahun.",
        "Dibatalkan: terkunci 14 hari, lalu dihapus.",
        "Cadangan: paling lama 35 hari.",
        "UU 27/2022 pasal 41 dan 46.",
    )
    for item in page.tree.select("main li, main p"):
        assert len(words(item).split()) <= 30, "a list of short sentences"


def test_nobody_is_promised_who_is_not_named(app: Flask, client: Client) -> None:
    """Never "Laporan: ." nor a promise that nobody is named for."""
    set_up(app, keep_for="", dpo="")
    page = client.get("/privasi")
    assert not [item for item in page.tree.select("main li") if words(item).startswith(("Laporan:", "Minta lihat"))]
    assert "Penghentian kami jalankan" not in page.text
    set_up(app, keep_for="10 tahun sesudah kasus selesai", dpo="Ibu Contoh, (0254) 200 124")
    page = client.get("/privasi")
    assert page.has("Laporan: 10 tahun sesudah kasus selesai.")
    assert page.has("hentikan pemakaian data: Ibu Contoh, (0254) 200 124. Penghentian kami jalankan dalam 3×24 jam.")


def test_the_neutral_title_is_a_setting(app: Flask) -> None:
    set_up(app, neutral_title="Kabar Kota")
    client = Client(app, neutral_title="Kabar Kota")
    for path in ("/", "/kontak", "/privasi", "/lapor", "/pantau", "/tidak-ada"):
        page = client.get(path)
        link = page.tree.select_one(".exit a")
        assert link is not None
        assert link["data-title"] == "Kabar Kota"


def test_the_watchdog(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page = client.get("/healthz")
    assert (page.status, page.body, page.headers["Content-Type"]) == (200, b"ok\n", "text/plain; charset=utf-8")
    monkeypatch.setattr(installation, "answers", lambda: False)
    page = client.get("/healthz")
    assert (page.status, page.cookies) == (503, [])
    assert len(page.body) < 10


def test_the_watchdog_asks_the_database_and_the_key(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        assert installation.answers()
        with transaction() as session:
            session.execute(sa.text("update installation set key_check = :x"), {"x": b"x" * 16})
        assert not installation.answers(), "another installation's database"
        with transaction() as session:
            session.execute(sa.text("drop table installation"))
        assert not installation.answers()


def test_pages_are_rendered_once_for_a_state(app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """And anew as soon as what they depend on has changed."""
    monkeypatch.setattr(Kept, "seconds", 60.0)
    for path in ("/", "/kontak", "/privasi"):
        assert client.get(path).body == client.get(path).body
        set_up(app, neutral_title="Kabar Kota")
        assert b"<title>Kabar Kota</title>" in Client(app, neutral_title="Kabar Kota").get(path).body
        set_up(app, neutral_title="Info Warga")
    first = client.get("/lapor").value("ticket")
    assert client.get("/lapor").value("ticket") != first


NOTHING = """/debug /console /metrics /.git/config /.env /instance/pepa.sqlite /static/../wsgi.py /admin /login /lapor/
/lapor/x /pantau/1 /favicon.ico /robots.txt /%00 /%ff /laporan /..%2f..%2fetc/passwd"""


def test_nothing_else_is_there(client: Client) -> None:
    for path in (*NOTHING.split(), "/" + "a" * 5000):
        page = client.get(path)
        assert page.status == 404, path
        assert page.h1 == "Halaman ini tidak ada."
        assert [str(a["href"]) for a in page.tree.select("main a, footer a")] == ["/"]
