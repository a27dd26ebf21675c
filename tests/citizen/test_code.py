"""The code page: the code, proof that it was kept, what happens next; and what is said while it cannot be made."""

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from pepa import clock
from pepa.domain import arrivals, intake, reporters
from pepa.models.reports import Handle
from tests.citizen.walks import MORNING, STORY, count, digits, enter, kept, later, only, post, send, ticket
from tests.client import Client


def test_what_it_says(client: Client) -> None:
    with clock.frozen(MORNING):
        client.get("/lapor")
        page = client.submit("Kirim", what=STORY, urgency="soon")
        assert page.has(
            "SUDAH sampai.",
            "Simpan kode ini. Dengan kode ini Anda membaca jawaban kami. "
            "Kode yang hilang tidak bisa kami berikan lagi, kepada siapa pun.",
            "Tulis di kertas. Foto layar (screenshot) hanya kalau HP tidak diperiksa orang.",
            "Yang membaca: petugas piket. Paling lambat Kamis 26 Nov, 16.00 WIB.",
            "Keluar cepat tidak membatalkan laporan ini.",
        )
    assert STORY not in page.text
    assert page.link("Baca jawaban") == "/pantau"
    doors = page.tree.select("button[name=go]")
    assert len(doors) == 4
    assert all(door.b and len(door.get_text()) > len(door.b.get_text()) + 10 for door in doors), "what each brings"


def test_the_groups_are_copied_with_their_spaces(client: Client) -> None:
    client.get("/lapor")
    page = client.submit("Kirim", what=STORY)
    (listed,) = page.tree.select("ol.code")
    assert listed["translate"] == "no"
    assert listed.get_text() == " ".join(item.get_text() for item in listed.select("li"))


def test_the_last_four_digits_prove_it(client: Client) -> None:
    code = send(client)
    last = code[-4:]
    arabic = "".join(chr(ord(digit) - ord("0") + 0x0660) for digit in last)
    for typed in (last, f" {last[:2]} {last[2:]}. ", arabic):
        page = client.submit("Cocokkan", last=typed)
        assert digits(page) == code
        assert page.address == "/lapor", "the answer stands in no address"
        assert page.has("Cocok.")
        assert page.value("last") == ""
        assert "Cocok." not in client.get("/lapor").text, "it is said once"
    for typed in ("", code[-3:], code, f"{int(last) ^ 1:04}"):
        assert client.submit("Cocokkan", last=typed).has("Belum cocok. Lihat lagi kodenya di atas.")


def test_ten_minutes_later_they_lead_to_where_the_code_is_asked_for(client: Client) -> None:
    """Not to an empty form, as if nothing had arrived."""
    with clock.frozen(MORNING):
        code = send(client)
    with clock.frozen(later(11)):
        page = client.submit("Cocokkan", last=code[-4:])
        assert (page.address, page.h1) == ("/pantau", "Baca jawaban")
        assert client.submit("Buka", code=code).has("Belum dibaca.")


def test_each_shape_opens_it(app: Flask, client: Client) -> None:
    code = send(client)
    assert client.page
    page = client.page
    (more,) = page.tree.find_all("details")
    assert more.summary
    assert more.summary.get_text() == "Bentuk lain"
    phones, words = more.find_all("b")
    assert all(shape["translate"] == "no" for shape in (phones, words))
    for typed in (phones.get_text(" "), words.get_text(), code):
        assert enter(Client(app), typed).has("Belum dibaca.")


def test_slips_in_words_are_told(client: Client) -> None:
    client.get("/pantau")
    page = client.submit("Buka", code="bujur ketapang daur lanjut daya")
    assert page.status == 422
    assert page.has("Perbaiki: Kode ini kurang 1 kata.")
    assert page.has("Angka, nomor, atau enam kata. Spasi dan titik tidak masalah.")
    assert client.submit("Buka", code="bujur ketapang dauz lanjut daya aliran").has("Kata ke-3 salah ketik.")


@pytest.mark.parametrize(("kecamatan", "said"), [("regency", True), ("elsewhere", True), ("36.73.04", False)])
def test_outside_of_the_city_it_says_what_we_can_do(client: Client, kecamatan: str, said: bool) -> None:
    client.get("/lapor")
    page = client.submit("Kirim", what=STORY, kecamatan=kecamatan)
    sentence = "Ini di luar Kota Serang. Kami tetap membaca dan menjawab."
    assert (sentence in page.text) == said
    assert ("Kami bisa menyambungkan ke kantor di sana, kalau Anda mau." in page.text) == said


def test_proof_without_a_way_in_leads_to_where_the_code_is_asked_for(client: Client, alone: Client) -> None:
    send(client)
    page = alone.post("/lapor", {"last": "1234", "end": "1"})
    assert (page.status, page.location) == (303, "/pantau")
    assert page.cookies == []


def test_a_code_that_cannot_be_made_yet_is_had_by_opening_once_more(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporters, "code", lambda *_, **__: None)
    client.get("/lapor")
    page = client.submit("Kirim", what=STORY)
    assert page.status == 200
    assert page.h1 == "Laporan SUDAH sampai."
    assert page.has("Kodenya sedang dibuat. Buka halaman ini sekali lagi.")
    monkeypatch.undo()
    digits(client.click("Buka sekali lagi"))


def test_without_cookies_it_is_had_once_more_too(app: Flask, alone: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporters, "code", lambda *_, **__: None)
    alone.get("/lapor")
    page = alone.submit("Kirim", what=STORY)
    assert page.has("Laporan SUDAH sampai.")
    monkeypatch.undo()
    digits(alone.click("Buka sekali lagi"))
    assert count(app, Handle) == 0


def silent(*_: object, **__: object) -> None:
    raise OperationalError("select", {}, Exception("database is locked"))


def test_a_database_that_does_not_answer_keeps_nothing_from_arriving(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The spool has it: the page says that it arrived, and shows the code once the database is back."""
    before = count(app)
    client.get("/lapor")
    with monkeypatch.context() as broken:
        broken.setattr(arrivals, "insert", silent)
        broken.setattr(reporters, "by_token", silent)
        page = client.submit("Kirim", what=STORY)
        assert page.h1 == "Laporan SUDAH sampai."
        assert count(app) == before
    code = digits(client.get("/lapor"))
    assert digits(client.get("/lapor")) == code
    assert len(kept(app)) == 1


def test_nor_without_cookies(app: Flask, alone: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    alone.get("/lapor")
    with monkeypatch.context() as broken:
        for name in ("by_token", "transaction"):
            broken.setattr(reporters, name, silent)
        broken.setattr(arrivals, "insert", silent)
        assert alone.submit("Kirim", what=STORY).h1 == "Laporan SUDAH sampai."
    with app.app_context():
        assert arrivals.replay() == 1
    assert len(kept(app)) == 1


def test_a_text_that_is_too_long_arrives_in_part_and_says_so(app: Flask, client: Client) -> None:
    text = "a" * (intake.LONGEST - 10) + "Sampai di sini dan tidak lebih."
    page = post(client, {"ticket": ticket(client), "what": text})
    shown = client.get(page.location or "")
    assert shown.has('100.000 huruf pertama SUDAH sampai. Sisanya belum. Kirim sisanya lewat "Tulis lagi".')
    assert shown.has("Kalimat terakhir yang sampai: …")
    assert "Sampai di Sampai" not in shown.text
    assert text[: intake.LONGEST][-20:] in shown.text
    assert only(app).told.what == text[: intake.LONGEST]
    assert only(app).told.cut == 21


@pytest.mark.parametrize("breaks", ["\n", "\r\n", "\r"])
def test_a_text_of_just_the_limit_is_whole_however_its_lines_break(app: Flask, client: Client, breaks: str) -> None:
    lines = ["b" * 1999] * 50
    text = breaks.join(lines) + breaks
    assert len("\n".join(lines) + "\n") == intake.LONGEST
    page = post(client, {"ticket": ticket(client), "what": text})
    assert "Sisanya belum" not in client.get(page.location or "").text
    assert only(app).told.what == "\n".join(lines) + "\n"
