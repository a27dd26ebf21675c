"""A child's way: one page, a child's words, one shape of the code; the same report comes of it."""

import re

import pytest
from flask import Flask

from pepa import clock, storage
from pepa.db import db
from pepa.models.reports import Report
from tests import cast
from tests.citizen.test_refuse import full
from tests.citizen.walks import MORNING, STORY, count, enter, kept, later, only, set_up
from tests.client import Client, Page


def tell(client: Client, what: str = STORY, **fields: str) -> Page:
    client.open("/lapor?pendek")
    return client.submit("Kirim", what=what, **fields)


def digits(page: Page) -> str:
    """The code on a child's code page."""
    assert page.h1 == "SUDAH sampai."
    return "".join(item.get_text() for item in page.tree.select("ol.code li"))


def test_the_form_leads_there(client: Client) -> None:
    page = client.get(client.get("/lapor").link("Umur di bawah 18? Ada halaman yang lebih pendek."))
    assert page.address == "/lapor?pendek"
    assert page.h1 == "Cerita ke kami"
    assert page.has(
        "Kamu tidak salah. Kamu boleh cerita, sedikit juga boleh.",
        "Kamu sekarang aman?",
        "Di mana kamu bisa ditemui? Rumah, sekolah, atau tempat lain",
        "Kami tidak bisa janji merahasiakan dari semua orang. Kami hanya bilang ke orang yang perlu menjagamu.",
        "Kalau itu kekerasan seksual, undang-undang meminta kami memberi tahu polisi. Batasnya 3×24 jam.",
        'Tidak bisa nulis? Cari guru BK, kader, atau orang puskesmas. Bilang: "Saya mau cerita, tolong temani." '
        "Bahaya sekarang: 110 atau 112.",
    )
    assert [str(button.get_text()) for button in page.tree.find_all("button")] == ["Kirim"], "nothing to save"
    assert not page.tree.select("[checked]")


def test_it_is_the_same_report(app: Flask, client: Client) -> None:
    with clock.frozen(MORNING):
        tell(client, place="di sekolah", nickname="Ade", age="13", safe="unknown")
        found = only(app)
    told = found.told
    assert (told.what, told.place, told.nickname, told.age, told.safe) == (STORY, "di sekolah", "Ade", "13", "unknown")
    assert (told.speaker, found.urgency, found.holder) == ("child", "today", "Kantor Contoh")
    with app.app_context():
        assert db.session.get_one(Report, found.id).coarse_group == "child"


@pytest.mark.parametrize(("safe", "urgency"), [("no", "now"), ("yes", "today"), ("unknown", "today"), ("", "today")])
def test_a_child_that_is_not_safe_needs_somebody_now(app: Flask, client: Client, safe: str, urgency: str) -> None:
    tell(client, **{"safe": safe} if safe else {})
    assert only(app).urgency == urgency


def test_afterwards_it_has_its_own_words(app: Flask, client: Client) -> None:
    with clock.frozen(MORNING):
        page = tell(client)
        code = digits(page)
        assert re.fullmatch(r"\d{20}", code)
        assert page.has(
            "SUDAH sampai. Ini kodemu. Tulis di buku, seperti nomor biasa.",
            "Dibaca petugas paling lambat Rabu 25 Nov, 12.15 WIB. Kode hilang? Tulis lagi saja.",
            "Keluar cepat tidak membatalkan laporan ini.",
        )
        assert page.link("Tulis lagi") == "/lapor?pendek"
        assert not page.tree.select("form, details"), "one shape of the code, and nothing to be asked"
        assert digits(client.get("/lapor")) == code
    assert enter(Client(app), code).h1 == "Baca jawaban"


def test_without_cookies_too(app: Flask, alone: Client) -> None:
    assert len(digits(tell(alone))) == 20
    assert len(kept(app)) == 1


def test_an_error_keeps_the_child_s_page(app: Flask, client: Client) -> None:
    before = count(app)
    page = tell(client, " ", nickname="Ade", safe="no")
    assert page.status == 422
    assert page.h1 == "Cerita ke kami"
    assert page.has("Belum terkirim. Lihat 1 hal ini. Tulisanmu masih ada.", "Perbaiki: Tulis dulu yang terjadi.")
    assert page.value("nickname") == "Ade"
    assert page.tree.select("input[value=no][checked]")
    assert count(app) == before
    digits(client.submit("Kirim", what=STORY))
    assert only(app).told.nickname == "Ade"


def test_a_fault_of_ours_and_an_old_page_keep_it_too(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.frozen(MORNING):
        client.get("/lapor?pendek")
        with monkeypatch.context() as broken:
            broken.setattr(storage.Spool, "put", full)
            page = client.submit("Kirim", what=STORY)
            assert page.status == 503
            assert page.has("Tulisanmu masih ada di bawah. Tekan Kirim lagi.")
    with clock.frozen(later(73 * 60)):
        page = client.submit("Kirim")
        assert page.status == 422
        assert page.has("Halaman ini terbuka terlalu lama. Tulisanmu masih ada. Tekan Kirim lagi.")
        digits(client.submit("Kirim"))
    assert len(kept(app)) == 1


def test_sent_again_with_another_answer_loses_neither(app: Flask, client: Client) -> None:
    """Back, "not safe" after all, send: that is what counts."""
    page = client.get("/lapor?pendek")
    sent = {"pendek": "1", "ticket": page.value("ticket"), "what": STORY, "safe": "yes", "end": "1"}
    client.post("/lapor", sent)
    client.post("/lapor", {**sent, "safe": "no", "age": "12"})
    assert only(app).urgency == "now"
    assert only(app).written == ("12\n\nKamu sekarang aman? Tidak",)


def test_somebody_under_18_on_the_long_page_is_spoken_to_so(app: Flask, client: Client) -> None:
    client.open("/lapor")
    digits(client.submit("Kirim", what=STORY, speaker="child"))
    assert only(app).told.speaker == "child"


def test_its_sentences_are_short_and_say_kamu(client: Client) -> None:
    """A child's page: 10 words a sentence, and nobody is called Anda (words.md § 1, Voice)."""
    pages = [client.get("/lapor?pendek"), tell(client, " "), client.submit("Kirim", what=STORY)]
    for page in pages:
        assert "Anda" not in page.text
        for element in page.tree.select("main p, main h1, main h2, main label, main legend, main li"):
            for sentence in re.split(r"(?<=[.?:])\s+", " ".join(element.get_text(" ").split())):
                assert len(sentence.split()) <= 10, sentence


def test_the_law_is_said_where_the_office_says_it(app: Flask, client: Client) -> None:
    set_up(app, law_sentence="")
    assert "undang-undang" not in client.get("/lapor?pendek").text
    assert client.get("/lapor?pendek").has("Kami hanya bilang ke orang yang perlu menjagamu.")


def test_the_desk_shows_what_was_asked(app: Flask, client: Client) -> None:
    tell(client, nickname="Ade", safe="no")
    page = cast.at_work(app, "ratna").open(f"/petugas/laporan/{only(app).id}")
    facts = page.tree.select("aside .facts")[0].get_text(" ")
    assert "Sekarang aman Tidak" in " ".join(facts.split())
    assert "Nama panggilan Ade" in " ".join(facts.split())
    assert "Umur Dilewati" in " ".join(facts.split())
