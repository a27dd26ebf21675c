"""The list of the library: what is there, what narrows it, what is looked for (cases/education 14, 18, 22, 45)."""

import pytest
from flask import Flask

from pepa.db import DatabaseFault, db
from pepa.domain import titles
from pepa.models.titles import State
from tests import shelf
from tests.client import Client
from tests.counting import counting
from tests.library import books


def ids(client: Client) -> list[int]:
    assert client.page is not None
    links = [str(link["href"]).partition("?")[0] for link in client.page.tree.select("ul.doors a[href^='/b/']")]
    return [int(link.removeprefix("/b/")) for link in links]


def test_every_title_stands_there_with_for_whom_how_long_and_what_it_is(client: Client) -> None:
    page = client.get("/edukasi")
    assert ids(client) == list(range(1, 19))
    assert page.h1 == "Belajar"
    assert page.has("Tubuhku milikku Anak 6–10 tahun · 8 menit · Cerita bergambar")
    assert not page.cookies


def test_the_front_page_leads_there(client: Client) -> None:
    client.get("/")
    assert client.click("Belajar").h1 == "Belajar"


def test_a_filter_stands_in_the_address_and_is_a_link_that_takes_it_away(client: Client) -> None:
    client.get("/edukasi")
    page = client.submit("Cari", topik="t5", menit="7")
    assert "topik=t5" in page.address
    narrowed = ids(client)
    assert narrowed
    assert set(narrowed) < set(range(1, 19))
    assert page.value("topik") == "t5"
    client.click("× Berapa lama: Sampai 7 menit")
    wider = ids(client)
    assert set(narrowed) < set(wider)
    client.click("× Tentang apa: Hukum")
    assert ids(client) == list(range(1, 19))


def test_no_address_says_what_was_looked_for(client: Client) -> None:
    """It stays in the phone's history."""
    page = client.get("/edukasi")
    offered = [str(one["value"]) for one in page.tree.select("#topik option, #untuk option") if one["value"]]
    assert len(offered) > 10
    assert all(code[0] in "tu" and code[1:].isdigit() for code in offered)
    assert client.get("/edukasi?untuk=u13").has("Yang mengalami sendiri")
    assert 0 < len(ids(client)) < 18


def test_the_exit_stands_beside_the_search(client: Client) -> None:
    page = client.get("/edukasi")
    assert len(page.tree.select("form a[href='/keluar']")) == 1


def test_a_filter_holds_with_what_is_looked_for_and_in_either_language(client: Client) -> None:
    page = client.get("/edukasi?q=anak&bentuk=cerita_bergambar&l=en")
    assert set(ids(client)) == {6, 7}
    assert page.link("× Kind: Picture story") == "/edukasi?q=anak&l=en"


@pytest.mark.parametrize(
    "query",
    [
        "bentuk=naga",
        "untuk=",
        "menit=-1",
        "menit=5%27",
        "dari=x",
        "dari=-1",
        "topik=%00",
        "topik=kekerasan",
        "untuk=penyintas",
        "topik=t0",
        "topik=t20",
    ],
)
def test_what_is_in_no_list_is_no_filter(client: Client, query: str) -> None:
    assert client.get(f"/edukasi?{query}").status == 200
    assert len(ids(client)) == 18


def test_what_is_looked_for_is_found_by_its_forms_and_said_where_it_was_taken_for_another(client: Client) -> None:
    client.get("/edukasi?q=dipukuli+suami")
    assert ids(client)[0] == 1
    page = client.get("/edukasi?q=kekersan")
    assert page.has("Menampilkan hasil untuk “kekerasan”.")
    assert page.value("q") == "kekersan"
    assert ids(client)[0] == 1


@pytest.mark.parametrize("query", ["-kdrt", '"', "AND", "*", "yang", "di", "' OR 1=1", "a" * 3000, "%00", "%ff", "😊"])
def test_nothing_that_is_typed_is_an_error_or_an_empty_screen(client: Client, query: str) -> None:
    assert client.get(f"/edukasi?q={query}").status == 200
    assert ids(client)


def test_where_nothing_matches_everything_is_shown(client: Client) -> None:
    page = client.get("/edukasi?q=wiragunawati&untuk=u4")
    assert page.has("Tidak ada yang cocok. Ini semua bacaan.")
    assert len(ids(client)) == 18
    client.click("Hapus pencarian")
    assert client.page is not None
    assert client.page.value("q") == ""


def test_what_was_typed_is_shown_as_words(client: Client) -> None:
    page = client.get('/edukasi?q="><script>alert(1)</script>')
    assert page.value("q") == '"><script>alert(1)</script>'
    assert len(page.tree.find_all("script")) == 1


def test_withdrawn_it_is_gone_in_the_same_moment(library: Flask, client: Client) -> None:
    client.get("/edukasi?q=foto")
    assert 9 in ids(client)
    with library.app_context():
        books.withdraw(9)
    for path in ("/edukasi?q=foto", "/edukasi"):
        client.get(path)
        assert 9 not in ids(client)


def test_what_nobody_has_published_is_not_there(library: Flask, client: Client) -> None:
    with library.app_context():
        shelf.title(91, name="Masih ditulis", state=State.DRAFT)
        shelf.title(92, name="Masih ditinjau", state=State.IN_REVIEW)
    client.get("/edukasi")
    assert not {91, 92} & {*ids(client)}
    assert client.get("/b/91").status == 404
    assert client.get("/b/92/kuis").status == 404


def test_an_empty_library_says_so(library: Flask, client: Client) -> None:
    with library.app_context():
        for title_id in range(1, 19):
            books.withdraw(title_id)
    assert client.get("/edukasi").has("Belum ada bacaan di sini.")
    assert client.get("/edukasi?q=anak").has("Belum ada bacaan di sini.")


def test_texts_are_read_once_and_each_list_asks_for_the_ids_alone(library: Flask, client: Client) -> None:
    client.get("/edukasi")
    with library.app_context():
        titles.shelf()
        with counting(library) as asked:
            assert len(titles.shelf().titles) == 18
        assert len(asked) == 1


def test_a_new_edition_is_found_by_its_words_and_no_more_by_the_old_ones(library: Flask, client: Client) -> None:
    with library.app_context():
        books.new_edition(9, title="Foto dan kepercayaan", body="Tentang kupu-kupu.")
    client.get("/edukasi?q=kupu")
    assert ids(client) == [9]
    client.get("/edukasi?q=ancaman")
    assert 9 not in ids(client)


def test_where_the_database_does_not_answer_the_last_shelf_serves_on(
    library: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with library.app_context():
        before = titles.shelf()

        def fails(*_: object) -> object:
            raise DatabaseFault("gone")

        monkeypatch.setattr(db.session, "execute", fails)
        assert titles.shelf() is before


def test_a_long_list_comes_in_pieces(library: Flask, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pepa.blueprints.citizen.library.AT_ONCE", 8)
    seen: list[int] = []
    client.get("/edukasi")
    for _ in range(2):
        seen += ids(client)
        client.click("Berikutnya")
    seen += ids(client)
    assert seen == list(range(1, 19))
    client.click("Sebelumnya")
    assert ids(client) == list(range(9, 17))


def test_who_reads_english_finds_and_sees_what_is_there_in_english(library: Flask, client: Client) -> None:
    with library.app_context():
        titles.shelf()
        books.translate(2, "en", title="Listen, believe, connect", body="Somebody knocks at midnight.", approved=False)
        books.translate(3, "en", title="Neighbours may step in", body="Somebody shouts at midnight.")
    assert client.get("/edukasi?q=midnight&l=en").has("Neighbours may step in")
    assert ids(client) == [3]
    assert client.get("/edukasi?q=midnight").has("Tetangga boleh ikut campur")
    assert client.get("/edukasi?l=en").has("Dengar, percaya, sambungkan")
