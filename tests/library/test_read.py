"""A title as it is read: its blocks, its sources, older sheets, other languages, what was withdrawn."""

import html
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import Client as Caller

from pepa import clock
from pepa.domain import blocks
from pepa.domain.blocks import Claim, Note, Picture
from pepa.seeds import titles as seeds
from tests.citizen.test_line import PHONE, fullest, wire
from tests.client import HOST, Client
from tests.library import books

LARGE = 14_336


def test_every_seed_title_is_read_whole(client: Client) -> None:
    """Each sentence of its text, no note for whoever leads, and every source that it names, folded."""
    for seed in seeds.every():
        page = client.get(f"/b/{seed.front.id}")
        assert page.h1 == seed.front.title
        said = html.unescape(page.text)
        for block in seed.body:
            for text in [block.caption] if isinstance(block, Picture) else blocks.texts(block):
                plain = "".join(p.text for p in blocks.pieces(text) if p.kind in ("plain", "strong"))
                words = [word for word in plain.split() if len(word) > 4][:6]
                assert isinstance(block, Note) or all(word in said for word in words), (seed.front.id, text)
        folded = page.tree.select("details")[0]
        named = {
            piece.text
            for block in seed.body
            for text in blocks.texts(block)
            for piece in blocks.pieces(text)
            if piece.kind == "claim"
        }
        assert len(folded.select("ol > li")) == len(named)
        assert all(claim.source in folded.get_text() for key, claim in seed.claims.items() if key in named)


def test_nothing_but_reading_is_asked_of_a_reader(client: Client) -> None:
    page = client.get("/b/2")
    assert not page.cookies
    title = page.tree.title
    assert title
    assert title.get_text() == "Info Warga 02"
    assert [str(one["content"]) for one in page.tree.select("meta[property^='og:']")] == ["Info Warga 02"]
    assert not page.tree.select("img, link[rel=canonical], meta[name=description]")
    assert page.link("Semua bacaan") == "/edukasi"


def test_a_number_is_called_by_a_touch_and_one_that_is_not_set_takes_its_sentence_with_it(
    library: Flask, client: Client
) -> None:
    with library.app_context():
        books.new_edition(2, body="Telepon {nomor:sapa129}. Atau kantor {nomor:kantor}. Selesai.\n\n@ kantor: loket\n\n"
                          "@ sapa129: siang\n@ kantor_wa: chat\n@ sapa129_wa: chat")  # fmt: skip
    page = client.get("/b/2")
    assert page.link("129") == "tel:129"
    assert page.link("08111-129-129") == "https://wa.me/628111129129"
    office = page.tree.select("a[href^='tel:0254']")
    assert bool(office) == page.has("Atau kantor 0254")
    with library.app_context():
        from tests.citizen.walks import set_up

        set_up(library, office_number="", office_whatsapp="")
    page = client.get("/b/2")
    assert page.has("Telepon 129. Selesai.")
    assert "loket" not in page.text


def test_a_picture_is_drawn_in_the_page_and_says_what_it_shows(client: Client) -> None:
    page = client.get("/b/7")
    drawn = page.tree.select("svg[role=img]")
    seed = next(each for each in seeds.every() if each.front.id == 7)
    assert [one["aria-label"] for one in drawn] == [picture.shows for picture in seed.pictures]
    assert all(one.find_all(["path", "rect", "circle", "ellipse"]) for one in drawn)


def test_a_quiz_and_a_guide_are_pages_of_their_own(client: Client) -> None:
    client.get("/b/6")
    assert client.page is not None
    assert [str(a["href"]) for a in client.page.tree.select("a[href^='/b/6/']")] == [
        "/b/6/kuis",
        "/b/6/panduan",
        "/b/6/naskah",
    ]
    page = client.get("/b/6/kuis")
    assert page.has("Siapa pemilik badanmu?", "Lihat jawaban")
    answers = [one.get_text() for one in page.tree.select("details")]
    assert "Badanmu milikmu, dari kepala sampai kaki." in answers[0]
    assert "Aku" in answers[0]
    assert "Temanku" not in answers[0]
    assert client.get("/b/6/panduan").has("Jangan menunjuk anak untuk bercerita.")
    assert client.get("/b/6/naskah").has("Halo, teman kecil.")
    assert client.get("/b/7/naskah").status == 404
    assert client.get("/b/7/lain").status == 404


def test_whoever_leads_reads_notes_and_others_do_not(library: Flask, client: Client) -> None:
    with library.app_context():
        books.new_edition(3, body=">> Hanya untuk yang memimpin.\n\nUntuk semua.", guide=">> Tunggu tiga jawaban.")
    assert "memimpin" not in client.get("/b/3").text
    assert client.get("/b/3/panduan").has("Tunggu tiga jawaban.")


@pytest.mark.parametrize("path", ["/b/1?v=1", "/b/1?v=01"])
def test_the_newest_sheet_says_so(client: Client, path: str) -> None:
    assert client.get(path).has("Lembar Anda versi 1. Ini masih yang terbaru.")


def test_an_older_sheet_says_what_has_changed_since(library: Flask, client: Client) -> None:
    with library.app_context():
        books.new_edition(1, changes="Pasal 5 dijelaskan.")
        books.new_edition(1, changes="Nomor telepon baru.")
    page = client.get("/b/1?v=1")
    assert page.has("Lembar Anda versi 1. Sekarang versi 3.", "Pasal 5 dijelaskan.", "Nomor telepon baru.")
    page = client.get("/b/1?v=2")
    assert "Pasal 5 dijelaskan." not in page.text
    assert page.has("Nomor telepon baru.")
    assert "Lembar Anda" not in client.get("/b/1").text


def test_a_sheet_of_what_was_withdrawn_meanwhile_says_so_first(library: Flask, client: Client) -> None:
    """Whether the very sheet was withdrawn, or one between: what it says may be as wrong."""
    with library.app_context():
        books.new_edition(1)
        books.withdraw(1, reason="Nomor yang disebut berbahaya.")
        books.draft(1, number=3)
        books.publish(1, changes="Nomor diganti.")
    for version in (1, 2):
        page = client.get(f"/b/1?v={version}")
        notice = page.tree.select_one(".notice p")
        assert notice
        said = notice.get_text()
        assert said.startswith("Versi 2 ditarik. Jangan dipakai lagi.")
        assert "Nomor yang disebut berbahaya." in said
        assert page.has("Sekarang versi 3.", "Nomor diganti.")
    assert "ditarik" not in client.get("/b/1?v=3").text
    assert "ditarik" not in client.get("/b/1").text


@pytest.mark.parametrize("version", ["9", "x", "-1", "", "99999999999999999999", "%00", "2"])
def test_a_sheet_that_never_was_says_nothing(client: Client, version: str) -> None:
    page = client.get(f"/b/1?v={version}")
    assert page.status == 200
    assert "Lembar Anda" not in page.text


def test_an_overdue_title_stays_readable_with_a_line(library: Flask, client: Client) -> None:
    with library.app_context():
        books.new_edition(1, due_on=clock.today())
    assert client.get("/b/1").has("Bacaan ini perlu kami cek ulang sejak")
    with library.app_context():
        books.new_edition(1, due_on=clock.today() + timedelta(days=1))
    assert "cek ulang" not in client.get("/b/1").text


def test_withdrawn_it_says_why_and_what_to_read_instead(library: Flask, client: Client) -> None:
    with library.app_context():
        books.withdraw(9, reason="Pasal 14 dikutip keliru.", replacement_id=8)
    for path in ("/b/9", "/b/9?v=1", "/b/9/kuis", "/b/9/panduan", "/b/9/kirim"):
        page = client.get(path)
        assert page.status == 200
        assert page.h1 == "Bacaan ini sudah ditarik"
        assert page.has("Pasal 14 dikutip keliru.", "Jangan sebar foto itu")
        assert "sekstorsi" not in page.text.lower()
    assert client.click("Kalau teman dirundung").h1 == "Kalau teman dirundung"


def test_a_replacement_that_is_withdrawn_too_is_no_replacement(library: Flask, client: Client) -> None:
    with library.app_context():
        books.withdraw(9, replacement_id=8)
        books.withdraw(8)
    assert not client.get("/b/9").tree.select("a[href='/b/8']")


def test_a_draft_beside_what_was_withdrawn_changes_nothing(library: Flask, client: Client) -> None:
    with library.app_context():
        books.withdraw(9, reason="Keliru.")
        books.draft(9, number=2)
    assert client.get("/b/9").has("Keliru.")
    with library.app_context():
        books.publish(9)
    assert client.get("/b/9").h1 == "Jangan sebar foto itu"


@pytest.mark.parametrize("number", ["0", "19", "2147483648", "9" * 40, "-1", "1.5", "x", "%00"])
def test_there_is_no_other_number(client: Client, number: str) -> None:
    for path in (f"/b/{number}", f"/b/{number}/kuis", f"/b/{number}/kirim", f"/b/{number}/pepa-01-v1-a4.pdf"):
        assert client.get(path).status == 404, path


def test_without_sheets_the_browser_prints(client: Client) -> None:
    assert client.get("/b/1").has("Halaman ini bisa dicetak dari browser.")


def test_it_does_not_say_that_it_is_for_whoever_lives_through_it(library: Flask, client: Client) -> None:
    with library.app_context():
        books.new_edition(1, audience="warga penyintas")
        books.new_edition(2, audience="penyintas")
    page = client.get("/b/1")
    assert page.has("Untuk: Warga ·")
    assert "Yang mengalami sendiri" not in page.text
    assert "Untuk:" not in client.get("/b/2").text


# Languages


def test_a_title_without_english_is_shown_in_indonesian_and_says_so(client: Client) -> None:
    page = client.get("/b/2?l=en")
    assert page.has("This text is not there in English yet.")
    heading = page.tree.h1
    assert heading
    assert heading["lang"] == "id"
    assert page.tree.select("main > div[lang=id]")


def test_a_translation_is_shown_once_somebody_has_approved_it(library: Flask, client: Client) -> None:
    with library.app_context():
        books.translate(2, "en", title="Listen, believe, connect", body="Somebody knocks.", approved=False)
    assert client.get("/b/2?l=en").h1 == "Dengar, percaya, sambungkan"
    with library.app_context():
        books.translate(3, "en", title="Neighbours may step in", body="Late in the night.")
        books.translate(3, "su-x-banten", title="Tatangga meunang miluan", body="Tengah peuting.")
    page = client.get("/b/3?l=en")
    assert page.h1 == "Neighbours may step in"
    assert not page.tree.select("main > div[lang]"), "the page's own language"
    assert "not there in English" not in page.text
    client.get("/b/3")
    page = client.click("Sunda Banten")
    assert page.h1 == "Tatangga meunang miluan"
    (text,) = page.tree.select("main > div[lang]")
    assert text["lang"] == "su-x-banten"
    assert client.get("/b/3?bahasa=jv-x-serang").h1 == "Tetangga boleh ikut campur"


def test_a_translation_of_an_older_edition_says_which(library: Flask, client: Client) -> None:
    with library.app_context():
        books.translate(3, "en", title="Neighbours may step in", body="Late in the night.")
        books.new_edition(3)
    page = client.get("/b/3?l=en")
    assert page.h1 == "Neighbours may step in"
    assert page.has("This translation is of version 1. Now there is version 2, in Indonesian.")


def test_a_translation_from_before_what_was_withdrawn_is_shown_no_more(library: Flask, client: Client) -> None:
    """It was made of a text that may hold the same fault."""
    with library.app_context():
        books.translate(3, "en", title="Neighbours may step in", body="Late in the night.")
        books.new_edition(3)
        books.withdraw(3)
        books.draft(3, number=3)
        books.publish(3)
    assert client.get("/b/3?l=en").h1 == "Tetangga boleh ikut campur"
    with library.app_context():
        books.translate(3, "en", title="Neighbours do step in", body="Late in the night.")
        books.new_edition(3)
    assert client.get("/b/3?l=en").h1 == "Neighbours do step in"


# The line


@pytest.mark.parametrize("language", ["", "l=en"])
def test_every_page_is_of_one_of_two_sizes(library: Flask, language: str) -> None:
    """The longest seed with everything that can stand beside it, headers counted, packed as phones of 2013 ask for."""
    fullest(library)
    with library.app_context():
        for seed in seeds.every():
            books.all_outputs(seed.front.id)
        books.output(0, books.Format.PACK, b"x" * 400_000)
    browser, headers = Caller(library), {**PHONE, "Accept-Encoding": "gzip"}
    paths = [f"/b/{seed.front.id}" for seed in seeds.every()]
    paths += [f"{path}/{part}" for path in paths for part in ("kuis", "panduan")]
    for path in [*paths, "/edukasi", "/edukasi?q=kekersan", "/edukasi?q=zzzzzz", "/b/1?v=1"]:
        found = browser.get(f"{path}{'&' if '?' in path else '?'}{language}", base_url=HOST, headers=headers)
        assert found.status_code == 200, path
        assert wire(found) in (5_120, LARGE), (path, wire(found))


def test_a_title_may_have_120_letters(library: Flask, client: Client) -> None:
    name = ("Kalau pertengkaran di rumah sebelah terdengar sampai jalan " * 3)[:120]
    with library.app_context():
        books.new_edition(1, title=name)
    assert client.get("/b/1").h1 == " ".join(name.split())
    assert client.get("/edukasi").has(" ".join(name.split()))


def test_no_mark_of_a_text_is_ever_markup(library: Flask, client: Client) -> None:
    """cases/education 40: what somebody writes is words."""
    evil = '<img src=x onerror=alert(1)> *<b>tebal</b>* [x](javascript:alert(1)) "><svg onload=alert(1)>'
    with library.app_context():
        books.new_edition(
            1, title=evil[:100], body=f"{evil}\n\n- {evil}\n\n> {'<i>'}: {evil}\n\n! {evil}\n\n## <u>x</u>"
        )
    page = client.get("/b/1")
    assert page.has(evil[:20])
    assert not page.tree.select("img, [onerror], [onload], a[href^='javascript']")


def test_sources_tell_when_and_how_they_were_looked_at(client: Client) -> None:
    page = client.get("/b/1")
    folded = page.tree.select_one("details:last-of-type") or page.tree.details
    assert folded
    assert "Dicek Rabu 25 Nov" in " ".join(folded.get_text().split())
    claim = next(block for block in seeds.every()[0].body if isinstance(block, Claim))
    assert claim.says in page.text
