"""Telling: one page, one button, the code."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from pepa.db import Kept
from pepa.domain import intake
from pepa.models.reports import Handle, Speaker
from tests.citizen.walks import STORY, count, digits, kept, only, post, send, set_up, ticket
from tests.client import Client

FIELDS = [
    "ticket",
    "what",
    "urgency",
    "place",
    "phone",
    "speaker",
    "kecamatan",
    "about",
    "about_partner",
    "subject",
    "end",
]


def test_the_form_asks_in_this_order(client: Client) -> None:
    page = client.get("/lapor")
    assert page.h1 == "Ceritakan kepada kami"
    names = [str(control["name"]) for control in page.forms[0].select("input, textarea, select")]
    assert list(dict.fromkeys(names)) == FIELDS
    assert names.count("end") == 1
    assert names[-1] == "end"


def test_one_field_nobody_sees_and_no_key_reaches(client: Client) -> None:
    """Machines fill it in. A browser that draws it all the same says what to do with it."""
    field = client.get("/lapor").tree.select_one("[name=subject]")
    assert field
    parent = field.parent
    assert parent
    assert parent.has_attr("hidden")
    assert (field["tabindex"], field["autocomplete"]) == ("-1", "off")
    assert "Kosongkan ini." in parent.get_text()


def test_nothing_is_ticked_and_nothing_but_the_text_is_needed(client: Client) -> None:
    page = client.get("/lapor")
    assert not page.tree.select("[checked], [selected], [required], [maxlength], [minlength], [pattern]")
    assert page.has("Semua pertanyaan di bawah ini boleh dilewati.")
    client.submit("Kirim", what=STORY)
    assert client.page is not None
    assert client.page.h1 == "Kode Anda"


def test_choices_are_whole(client: Client) -> None:
    page = client.get("/lapor")

    def offered(name: str) -> list[str]:
        return [str(control["value"]) for control in page.tree.select(f"input[name={name}]")]

    assert offered("urgency") == ["now", "today", "soon"]
    assert offered("speaker") == [speaker.value for speaker in Speaker]
    places = [option.get_text() for option in page.tree.select("select[name=kecamatan] option")]
    assert places == ["Lewati", "Cipocok Jaya", "Curug", "Kasemen", "Serang", "Taktakan", "Walantaka",
                      "Kabupaten Serang", "Daerah lain", "Tidak tahu"]  # fmt: skip


@pytest.mark.both
def test_everything_arrives(app: Flask, client: Client, database: str) -> None:
    send(client, place="Gang Mawar, dekat musala", phone="0812 0000 0000", urgency="now", speaker="witness",
         kecamatan="36.73.02")  # fmt: skip
    told = only(app).told
    assert (told.place, told.phone, told.urgency) == ("Gang Mawar, dekat musala", "0812 0000 0000", "now")
    assert (told.speaker, told.kecamatan, told.about, told.cut) == ("witness", "36.73.02", None, 0)
    assert only(app).kecamatan == "36.73.02"


def test_it_is_three_page_loads_to_the_code(client: Client) -> None:
    client.get("/")
    client.get("/lapor")
    page = client.submit("Kirim", what=STORY)
    assert page.address.startswith("/lapor"), "the 303 leads to the code page itself"
    digits(page)


def test_the_answer_to_the_post_holds_nothing(client: Client) -> None:
    page = post(client, {"ticket": ticket(client), "what": STORY})
    assert (page.status, page.body) == (303, b"")


def test_the_cookie(client: Client) -> None:
    """It is set by the first POST alone, ends with the browser, and no script and no other site gets it."""
    for path in ("/", "/kontak", "/privasi", "/pantau", "/lapor", "/healthz", "/tidak-ada"):
        assert client.get(path).cookies == [], path
    page = post(client, {"ticket": ticket(client), "what": STORY})
    (line,) = page.cookies
    name, _, rest = line.partition("=")
    value, *attributes = [piece.strip() for piece in rest.split(";")]
    assert name == "__Host-s"
    assert re.fullmatch(r"[A-Za-z0-9_-]{70}", value)
    assert set(attributes) == {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"}


def test_without_cookies_the_address_shows_the_code_once(app: Flask, alone: Client) -> None:
    page = post(alone, {"ticket": ticket(alone), "what": STORY})
    assert re.fullmatch(r"/lapor\?r=[A-Za-z0-9_-]{70}", page.location or "")
    shown = alone.get(page.location or "")
    code = digits(shown)
    assert shown.has("Di HP ini laporan tetap bisa dikirim, dan kode diberikan. Menambah keterangan tidak bisa.")
    assert shown.forms == []
    assert shown.cookies == []
    again = alone.get(page.location or "")
    assert again.h1 == "Ceritakan kepada kami", "a handle that was used is an empty form"
    assert code[:4] not in again.text
    assert count(app, Handle) == 0


def test_with_cookies_the_handle_dies_unused(app: Flask, client: Client, alone: Client) -> None:
    page = post(client, {"ticket": ticket(client), "what": STORY})
    assert page.location is not None
    digits(client.get(page.location))
    assert count(app, Handle) == 0
    assert alone.get(page.location).h1 == "Ceritakan kepada kami"
    digits(client.get(page.location))


def test_a_look_ahead_does_not_use_the_handle(alone: Client) -> None:
    page = post(alone, {"ticket": ticket(alone), "what": STORY})
    alone.call("HEAD", page.location or "")
    digits(alone.get(page.location or ""))


def test_a_browser_that_is_known_to_keep_cookies_gets_a_plain_address(app: Flask, client: Client) -> None:
    first = send(client)
    page = post(client, {"ticket": ticket(client), "what": "Kedua."})
    assert page.location == "/lapor"
    assert digits(client.get("/lapor")) != first
    assert count(app, Handle) == 0


def test_another_report_from_the_same_phone(app: Flask, client: Client) -> None:
    first = send(client)
    assert digits(client.get("/lapor")) == first
    page = client.click("Tulis laporan lain")
    assert page.h1 == "Ceritakan kepada kami"
    assert page.value("what") == ""
    second = digits(client.submit("Kirim", what="Yang kedua."))
    assert second != first
    assert len(kept(app, None)) == 2


def test_about_the_office_goes_to_the_independent_holder_alone(app: Flask, client: Client) -> None:
    set_up(app, independent_holder="Inspektorat Contoh")
    client.get("/lapor")
    assert client.page is not None
    assert client.page.has("Tentang kantor kami: hanya Inspektorat Contoh.")
    page = client.submit("Kirim", what=STORY, about="office")
    assert page.has("Hanya Inspektorat Contoh yang membaca.")
    assert (only(app).told.about, only(app).holder) == ("office", "Inspektorat Contoh")


def test_about_the_office_is_offered_only_where_somebody_else_can_read_it(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        Kept.forget()
        state = intake.state()
    assert state.independent
    monkeypatch.setattr(intake, "state", lambda: replace(state, independent=False))
    page = client.get("/lapor")
    assert [str(box["value"]) for box in page.tree.select("input[name=about]")] == ["nobody", "partner"]
    assert "Tentang kantor kami" not in page.text
    forged = post(client, {"ticket": page.value("ticket"), "what": STORY, "about": "office"})
    assert forged.status == 422
    assert forged.has("Pilihan ini tidak ada di daftar. Pilih lagi, atau lewati.")
    assert kept(app) == []


def test_naming_a_partner_is_enough_to_keep_it_out(app: Flask, client: Client) -> None:
    client.get("/lapor")
    client.submit("Kirim", what=STORY, about_partner="LBH Teratai Contoh")
    assert only(app).told.about == "partner"
    assert only(app).told.about_partner


def test_the_law_stands_before_the_button_once_the_head_has_decided(app: Flask, client: Client) -> None:
    sentence = "wajib kami laporkan ke polisi. Batasnya 3×24 jam sejak sampai"
    talk = "Kalau ada cara aman, kami bicara dengan Anda lebih dulu."
    others = "Batas ini berlaku juga untuk laporan tenaga kesehatan, psikolog, psikiater, dan pekerja sosial."
    for decided, said in (("A", (sentence, others)), ("A2", (sentence, talk, others)), ("", ())):
        set_up(app, law_sentence=decided)
        page = client.get("/lapor")
        places = [page.text.index(part) for part in said]
        assert places == sorted(places)
        assert all(place < page.text.index("Kirim Simpan.") for place in places)
        assert not [part for part in {sentence, talk, others} - set(said) if part in page.text]
        assert page.has("Belum siap? Pakai Simpan.") == bool(said)


@pytest.mark.parametrize(
    ("agent", "passes_on"),
    [
        ("Opera/9.80 (J2ME/MIDP; Opera Mini/7.1; U; id) Presto/2.12", True),
        ("Mozilla/5.0 (Linux; U; Android 4.4; id) AppleWebKit UCBrowser/10.7 Mobile", True),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/142 Mobile", False),
        ("", False),
    ],
)
def test_a_browser_that_reads_along_is_told_of(app: Flask, agent: str, passes_on: bool) -> None:
    client = Client(app, headers={"User-Agent": agent} if agent else {})
    sentence = "Browser ini membuka halaman lewat perusahaan lain. Perusahaan itu bisa ikut membaca."
    assert client.get("/lapor").has(sentence) is passes_on


def test_the_alarm_is_promised_only_while_somebody_is_on_duty(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        state = intake.state()
    for on_duty in (True, False):
        monkeypatch.setattr(intake, "state", lambda on_duty=on_duty: replace(state, on_duty=on_duty))
        page = client.get("/lapor")
        assert page.has('"Sekarang" membunyikan tanda di petugas piket.') is on_duty
        assert page.has("110 dan 112 tetap lebih cepat.")


def test_each_form_has_a_ticket_of_its_own(client: Client) -> None:
    assert len({ticket(client) for _ in range(5)}) == 5


def test_the_hour_is_all_that_is_kept_of_the_time(app: Flask, client: Client) -> None:
    send(client)
    at = only(app).received_at
    assert (at.minute, at.second, at.microsecond) == (0, 0, 0)
