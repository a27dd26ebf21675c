"""The library's desk: written, reviewed, published and withdrawn by those who may, with nothing of a text lost."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, expect

from pepa import clock
from pepa.db import transaction
from pepa.domain import editions, opinions, usage
from pepa.domain.manuscripts import Manuscript
from pepa.models.outputs import OutputTrouble
from pepa.models.titles import State
from tests import cast, writing
from tests.client import Client, Page
from tests.staff.test_scripts import desk

PUSTAKA = "/petugas/pustaka"


def at(edition_id: UUID, page: str = "") -> str:
    return f"{PUSTAKA}/naskah/{edition_id}{page}"


def of(app: Flask, title_id: int = 1) -> UUID:
    with app.app_context():
        found = editions.published(title_id)
        assert found
        return found.id


def state(app: Flask, edition_id: UUID) -> str:
    with app.app_context():
        return writing.row(edition_id).state


def named(app: Flask, made: Page) -> UUID:
    return UUID(made.address.split("/")[4])


def test_a_title_goes_its_whole_way(app: Flask) -> None:
    sekar = cast.at_work(app, "sekar")
    sekar.open(PUSTAKA)
    sekar.click("Judul baru")
    writes = sekar.submit("Mulai menulis", title="Rumah yang aman", kind="artikel")
    edition_id = named(app, writes)
    sent = writing.TYPED
    saved = sekar.submit(
        "Simpan", body=sent.body, whatsapp=sent.whatsapp, sms=sent.sms, poster=sent.poster, card=sent.card,
        audience=["warga", "ketua_rt"], topics=["rumah"], reviewers=["hukum"], checks=sent.checks, due_months="6",
    )  # fmt: skip
    assert saved.has("Naskah SUDAH disimpan.")
    sekar.click("Pratinjau")
    assert sekar.submit("Kirim untuk ditinjau").has("Naskah SUDAH dikirim untuk ditinjau.", "Yang masih kurang (3)")
    nadia = cast.at_work(app, "nadia")
    waits = nadia.open(PUSTAKA)
    assert waits.has("Menunggu saya (1)", "19. Rumah yang aman")
    nadia.click("19. Rumah yang aman")
    assert nadia.submit("Catat yang dicentang", keys=["aman"]).has("SUDAH dicatat cocok", "Nadia Contoh")
    assert nadia.submit("Setuju untuk bidang ini Ahli hukum").has("Persetujuan Anda SUDAH dicatat.")
    assert nadia.open(PUSTAKA + "?antrean=bidang").has("Tidak ada naskah yang menunggu Anda.")
    wulan = cast.at_work(app, "wulan")
    wulan.open(at(edition_id, "/tinjau"))
    refused = wulan.submit("Terbitkan")
    assert refused.status == 422
    assert refused.has("Belum bisa. Lihat daftar yang masih kurang.", "Belum disetujui: Kantor.")
    wulan.submit("Setuju untuk bidang ini Kantor")
    assert wulan.submit("Terbitkan").has("Judul ini SUDAH terbit.")
    assert state(app, edition_id) == State.PUBLISHED


def test_who_wrote_it_finds_no_button_to_judge_it(app: Flask) -> None:
    with app.app_context():
        edition_id = writing.proposed("wulan")
    page = cast.at_work(app, "wulan").open(at(edition_id, "/tinjau"))
    assert page.has("Anda ikut menulis naskah ini.")
    assert not page.has("Setuju untuk bidang ini")
    assert not page.has("Terbitkan")
    assert not page.has("Cocok dengan sumbernya")


def test_what_is_wrong_is_said_beside_each_field_and_nothing_typed_is_lost(app: Flask) -> None:
    with app.app_context():
        edition_id = writing.draft()
    client = cast.at_work(app, "sekar")
    client.open(at(edition_id, "/tulis"))
    page = client.submit("Simpan", title="x" * 121, body="# Satu", sms="a & b", minutes="banyak")
    assert page.status == 422
    assert page.has("121 huruf. Paling banyak 120 huruf.", "Baris 1:", "Tanda “&” tidak bisa dikirim dengan SMS.")
    assert page.has("Tulis angka 1 sampai 120.")
    assert (page.value("title"), page.value("body"), page.value("sms")) == ("x" * 121, "# Satu", "a & b")
    with app.app_context():
        assert writing.row(edition_id).title == writing.TYPED.title


def test_of_two_editors_each_reads_both(app: Flask) -> None:
    """cases/education: two editors at once."""
    with app.app_context():
        edition_id = writing.draft()
    first, second = cast.at_work(app, "sekar"), cast.at_work(app, "ratna")
    first.open(at(edition_id, "/tulis"))
    second.open(at(edition_id, "/tulis"))
    first.submit("Simpan", poster="Punya Sekar")
    page = second.submit("Simpan", poster="Punya Ratna")
    assert page.status == 409
    assert page.has("Sekar Contoh menyimpan lebih dulu.", "Punya Sekar", "Punya Ratna")
    assert second.submit("Simpan ketikan saya").has("Naskah SUDAH disimpan.")
    with app.app_context():
        assert writing.row(edition_id).poster == "Punya Ratna"


def test_what_was_typed_before_is_offered_again(app: Flask) -> None:
    with app.app_context():
        edition_id = writing.draft()
    client = cast.at_work(app, "sekar")
    page = client.open(at(edition_id, "/tulis"))
    fields = {"typed.body": "Belum dikirim.", "typed.audience": "kader", "typed_at": at(edition_id, "/tulis"),
              "csrf_token": page.value("csrf_token"), "end": "1"}  # fmt: skip
    client.post("/petugas/ketikan", fields)
    assert client.open(at(edition_id, "/tulis")).has("Ketikan tadi ada di sini.")
    found = client.click("Pakai")
    assert found.value("body") == "Belum dikirim."
    ticked = {str(box["value"]) for box in found.tree.select("input[name=audience][checked]")}
    assert ticked == {"warga"}, "what was ticked stays as it is stored"


def test_short_texts_are_proposed_and_nothing_is_stored(app: Flask) -> None:
    with app.app_context():
        edition_id = writing.draft(whatsapp="", sms="", poster="", card="")
    client = cast.at_work(app, "sekar")
    client.open(at(edition_id, "/tulis"))
    page = client.submit("Usulkan yang masih kosong", sms="Sudah ada.")
    assert page.value("whatsapp").startswith("*Rumah yang aman*")
    assert page.value("card").startswith("Info Warga 19")
    assert page.value("sms") == "Sudah ada."
    with app.app_context():
        assert writing.row(edition_id).whatsapp == ""
    assert client.submit("Simpan").has("Naskah SUDAH disimpan.")


def test_the_count_is_live_and_shown_without_a_script(app: Flask) -> None:
    with app.app_context():
        edition_id = writing.draft(sms="Butuh teman bicara? {nomor:sapa129}")
    client = cast.at_work(app, "sekar")
    page = client.open(at(edition_id, "/tulis"))
    assert page.has("23 dari 160 huruf, 1 SMS")
    asked = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "section#counts"}
    fields = {"sms": "x" * 161, "title": "Satu", "csrf_token": page.value("csrf_token"), "end": "1"}
    part = client.post(at(edition_id, "/hitung"), fields, headers=asked)
    assert part.status == 200
    assert part.has("161 dari 160 huruf, 2 SMS", "4 dari 120 huruf")
    assert len(part.body) < 2000
    with app.app_context():
        assert writing.row(edition_id).sms == "Butuh teman bicara? {nomor:sapa129}"


def test_differences_to_what_readers_have(app: Flask) -> None:
    with app.app_context():
        me = cast.member("sekar")
        edition_id = editions.draft_edition(me, 1)
        typed = Manuscript.of(writing.row(edition_id))
        changed = editions.replace(typed, title="Apa itu kekerasan di rumah?", changes="Judulnya.")
        editions.revise(me, edition_id, manuscript=changed, version=1)
    page = cast.at_work(app, "nadia").open(at(edition_id, "/tinjau"))
    assert page.has("Dibanding versi 1.")
    assert next(one.get_text() for one in page.tree.find_all("ins")) == " di rumah"


def test_an_overdue_title_is_written_on_like_any_other(app: Flask) -> None:
    """cases/education 44."""
    client = cast.at_work(app, "sekar")
    client.open(f"{PUSTAKA}/1")
    client.submit("Buat versi 2")
    with app.app_context():
        writing.overdue(1, clock.today())
    edition_id = named(app, client.page) if client.page else None
    assert edition_id
    page = client.open(at(edition_id, "/tulis"))
    assert page.has("Versi yang terbit sudah jatuh tempo")
    assert not page.has("Perlu dibandingkan dengan sumbernya"), "the demo compared them today"
    assert client.submit("Simpan", title="Apa itu kekerasan di rumah?").has("Naskah SUDAH disimpan.")
    assert cast.at_work(app, "hadi").open(f"{PUSTAKA}?antrean=jatuh-tempo").has("1. Apa itu kekerasan?", "Lewat")


def test_what_has_to_be_compared_is_told_beside_the_text(app: Flask) -> None:
    with app.app_context():
        edition_id = writing.draft()
    page = cast.at_work(app, "sekar").open(at(edition_id, "/tulis"))
    assert page.has("Perlu dibandingkan dengan sumbernya: aman.")


def test_it_is_sent_back_and_the_note_is_kept_on_the_way(app: Flask) -> None:
    with app.app_context():
        edition_id = writing.proposed()
    client = cast.at_work(app, "nadia")
    client.open(at(edition_id, "/tinjau"))
    refused = client.submit("Kembalikan menjadi draf", note=" ")
    assert refused.status == 422
    assert refused.has("Tulis apa yang perlu diubah.")
    assert client.submit("Kembalikan menjadi draf", note="Pasal 6.").has("Pasal 6.", "Nadia Contoh")
    assert state(app, edition_id) == State.DRAFT


def test_it_is_withdrawn_with_its_reason(app: Flask) -> None:
    edition_id = of(app)
    client = cast.at_work(app, "hadi")
    client.open(f"{PUSTAKA}/1")
    client.click("Tarik")
    assert client.submit("Ya, tarik").status == 422
    done = client.submit("Ya, tarik", reason="Pasalnya salah.", replacement_id="2")
    assert done.has("Judul ini SUDAH ditarik.", "Pasalnya salah.")
    assert state(app, edition_id) == State.WITHDRAWN
    assert client.open(f"{PUSTAKA}?antrean=ditarik").has("1. Apa itu kekerasan?")


@pytest.mark.parametrize("login", ["nadia", "hadi"])
def test_who_does_not_write_finds_no_way_to(app: Flask, login: str) -> None:
    client = cast.at_work(app, login)
    page = client.open(at(of(app)))
    assert not page.tree.select("a[href$='/tulis']")
    assert client.get(at(of(app), "/tulis")).status == 404
    assert client.get(f"{PUSTAKA}/judul-baru").status == 404


def test_filters_stand_in_the_address(app: Flask) -> None:
    client = cast.at_work(app, "sekar")
    for word in ("Draf", "Ditinjau", "Jatuh tempo", "Terbit", "Ditarik"):
        page = client.open(client.open(PUSTAKA).link(word))
        assert "antrean=" in page.address
        assert page.tree.select("ul.tabs a[aria-current]")[0].get_text().startswith(word)
    assert client.open(f"{PUSTAKA}?antrean=apa-saja").status == 200


def test_numbers_beyond_any_title_are_none(app: Flask) -> None:
    client: Client = cast.at_work(app, "sekar")
    assert client.get(f"{PUSTAKA}/999").status == 404
    assert client.get(f"{PUSTAKA}/{10**30}").status == 404


def test_a_title_says_how_it_is_taken_and_what_readers_say(app: Flask) -> None:
    with app.app_context():
        opinions.give(1, clarity="wrong", note="Pasalnya keliru.", ticket=opinions.mint_ticket(again=True))
        usage.count(1)
        usage.write(all_of_them=True)
        with transaction() as session:
            session.add(OutputTrouble(title_id=1, says="Bagian isi: gambar rusak.", made_from=b"", at=clock.now()))
    page = cast.at_work(app, "ratna").open(f"{PUSTAKA}/1")
    assert page.has("Dibaca di halaman", "Ada yang salah 1", "Pasalnya keliru.", "Bagian isi: gambar rusak.")
    other = cast.at_work(app, "nadia").open(f"{PUSTAKA}/1")
    assert not other.has("Pasalnya keliru."), "what readers wrote is the office's"
    assert other.has("Dibaca di halaman")


def test_on_a_phone_every_part_is_reached_without_a_script(app: Flask, phone: Callable[..., BrowserContext]) -> None:
    page = desk(phone, app, "ratna", scripts=False, width=320, height=480)
    page.goto("/petugas/hari-ini")
    library = page.get_by_role("link", name="Pustaka", exact=True)
    expect(library).to_be_hidden()
    page.get_by_role("link", name="Semua", exact=True).click()
    library.click()
    expect(page.get_by_role("heading", name="Pustaka", exact=True)).to_be_visible()


def test_counts_follow_the_fingers(app: Flask, phone: Callable[..., BrowserContext]) -> None:
    with app.app_context():
        edition_id = writing.draft(sms="Satu.")
    page = desk(phone, app, "sekar", width=1280, height=800)
    page.goto(at(edition_id, "/tulis"))
    expect(page.locator("#counts")).to_contain_text("5 dari 160 huruf, 1 SMS")
    page.get_by_label("Teks SMS").fill("Satu. Dua.")
    expect(page.locator("#counts")).to_contain_text("10 dari 160 huruf, 1 SMS")
    expect(page.get_by_label("Teks SMS")).to_have_value("Satu. Dua.")
    with app.app_context():
        assert writing.row(edition_id).sms == "Satu."


def test_a_text_that_moved_on_meanwhile_is_said_with_its_state(app: Flask) -> None:
    with app.app_context():
        edition_id = writing.draft()
    client = cast.at_work(app, "sekar")
    client.open(at(edition_id, "/tulis?l=en"))
    with app.app_context():
        editions.propose(cast.member("ratna"), edition_id, version=2)
    page = client.submit("Save", title="Another title")
    assert page.status == 422
    assert page.has("The status of this text is now In review.")
    assert state(app, edition_id) == State.IN_REVIEW
