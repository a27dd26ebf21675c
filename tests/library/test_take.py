"""Files of a title: whole, in pieces, on after a cut, under names that say nothing (cases/education 28-32, 46)."""

import pytest
from flask import Flask
from werkzeug.test import Client as Caller
from werkzeug.test import TestResponse

from pepa.domain import titles
from pepa.domain.documents import MEDIA, Format
from tests.client import HOST, Client
from tests.library import books

BODY = bytes(range(256)) * 60


@pytest.fixture
def taken(library: Flask) -> str:
    """The address of a sheet."""
    with library.app_context():
        return f"/b/7/{books.output(7, Format.A4, BODY, pages=2)}"


def get(app: Flask, path: str, method: str = "GET", **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Caller(app).open(path, method=method, base_url=HOST, headers=named)


def test_it_is_the_file_with_a_plain_name_and_nothing_runs_in_it(library: Flask, taken: str) -> None:
    answer = get(library, taken, Accept_Encoding="gzip, br")
    assert (answer.status_code, answer.get_data()) == (200, BODY)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="pepa-07-v1-a4.pdf"'
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    assert "Content-Encoding" not in answer.headers


def test_the_size_that_is_shown_is_the_size_that_comes(library: Flask, client: Client, taken: str) -> None:
    page = client.get("/b/7")
    assert page.has(f"Cetak Lembar A4, hitam putih, 2 halaman, {round(len(BODY) / 1000)} kB")
    assert page.link("Cetak") == taken
    assert get(library, taken).headers["Content-Length"] == str(len(BODY))


@pytest.mark.parametrize("format_", [each for each in Format if each is not Format.PACK])
def test_every_kind_goes_on_where_it_was_cut(library: Flask, format_: Format) -> None:
    """Also those that are text: they are neither packed nor filled up."""
    with library.app_context():
        path = f"/b/7/{books.output(7, format_, BODY)}"
    whole = get(library, path, Accept_Encoding="gzip")
    assert whole.get_data() == BODY
    assert whole.headers["Content-Type"] == MEDIA[format_]
    half = len(BODY) // 2
    rest = get(library, path, Range=f"bytes={half}-", If_Range=whole.headers["ETag"], Accept_Encoding="gzip")
    assert rest.status_code == 206
    assert rest.headers["Content-Range"] == f"bytes {half}-{len(BODY) - 1}/{len(BODY)}"
    assert rest.headers["Content-Length"] == str(len(BODY) - half)
    assert whole.get_data()[:half] + rest.get_data() == BODY


@pytest.mark.parametrize(
    ("asked", "piece"), [("bytes=100-", BODY[100:]), ("bytes=-7", BODY[-7:]), ("bytes=0-0", BODY[:1])]
)
def test_a_piece_is_that_piece(library: Flask, taken: str, asked: str, piece: bytes) -> None:
    answer = get(library, taken, Range=asked)
    assert (answer.status_code, answer.get_data()) == (206, piece)


def test_past_the_end_there_is_nothing(library: Flask, taken: str) -> None:
    answer = get(library, taken, Range=f"bytes={len(BODY)}-")
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(BODY)}"
    assert len(answer.get_data()) < 100


@pytest.mark.parametrize("asked", ["bytes=x-", "lines=1-2", "bytes=5-2", "bytes=", "bytes=0-1,4-5", "bytes= 0-1"])
def test_what_is_no_piece_is_the_whole(library: Flask, taken: str, asked: str) -> None:
    answer = get(library, taken, Range=asked)
    assert (answer.status_code, answer.get_data()) == (200, BODY)


def test_a_changed_file_comes_whole_and_an_unchanged_one_not_at_all(library: Flask, taken: str) -> None:
    tag = get(library, taken).headers["ETag"]
    assert get(library, taken, If_None_Match=tag).status_code == 304
    with library.app_context():
        books.output(7, Format.A4, BODY[::-1], pages=2)
    answer = get(library, taken, Range="bytes=100-", If_Range=tag)
    assert (answer.status_code, answer.get_data()) == (200, BODY[::-1])
    assert answer.headers["ETag"] != tag


def test_a_file_that_is_changed_under_the_hand_is_asked_for_again(
    client: Client, taken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(titles, "content", lambda _: None)
    page = client.get(taken)
    assert page.status == 503
    assert page.headers["Retry-After"] == "2"
    assert page.h1 == "File ini baru saja diganti."


def test_whoever_only_looks_is_told_the_size_without_the_bytes(library: Flask, taken: str) -> None:
    assert get(library, taken, "HEAD", Range="bytes=0-1").status_code == 200
    answer = get(library, taken, "HEAD")
    assert (answer.status_code, answer.get_data()) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(BODY))
    assert answer.headers["ETag"] == get(library, taken).headers["ETag"]


def test_an_older_sheet_says_where_the_new_one_is(library: Flask, client: Client, taken: str) -> None:
    with library.app_context():
        books.new_edition(7)
        books.output(7, Format.A4, BODY, pages=2, number=2)
    page = client.get(taken)
    assert page.status == 410
    assert page.h1 == "Lembar ini sudah diganti"
    assert page.link("Simpan yang baru") == "/b/7/pepa-07-v2-a4.pdf"
    assert client.get("/b/7/pepa-07-v1-epub.epub").link("Baca bacaannya") == "/b/7"


def test_a_withdrawn_sheet_says_why(library: Flask, client: Client, taken: str) -> None:
    with library.app_context():
        books.withdraw(7, reason="Gambar keliru.", replacement_id=6)
    page = client.get(taken)
    assert page.status == 410
    assert page.has("Gambar keliru.", "Tubuhku milikku")


@pytest.mark.parametrize(
    "name",
    [
        "x",
        "a4.pdf",
        "pepa-07-v1-a4.pdf.exe",
        "..%2f..%2fetc",
        "PEPA-07-V1-A4.PDF",
        "kuis.pdf",
        "%00.pdf",
        "a" * 3000 + ".pdf",
    ],
)
def test_there_is_nothing_else(library: Flask, client: Client, taken: str, name: str) -> None:
    assert client.get(f"/b/7/{name}").status == 404


def test_one_of_another_title_is_not_this_one_s(library: Flask, client: Client, taken: str) -> None:
    assert client.get(taken.replace("/b/7/", "/b/6/")).status == 410
    assert client.get("/b/99/pepa-99-v1-a4.pdf").status == 404


def test_the_whole_library_is_one_file(library: Flask, client: Client) -> None:
    assert client.get("/edukasi/paket").status == 404
    assert "satu file" not in client.get("/edukasi").text
    with library.app_context():
        books.output(0, Format.PACK, BODY, name="pepa-20261201-paket.html")
    page = client.get("/edukasi")
    assert page.has("Semua bacaan, satu file 15 kB")
    answer = get(library, page.link("Semua bacaan, satu file"), Range="bytes=10-")
    assert (answer.status_code, answer.get_data()) == (206, BODY[10:])
    assert answer.headers["Content-Disposition"] == 'attachment; filename="pepa-20261201-paket.html"'


def test_a_picture_without_lines_is_had_by_its_link(library: Flask, client: Client) -> None:
    with library.app_context():
        books.photo(1, "rumah.png", b"\x89PNG\r\n\x1a\n" + BODY)
        books.new_edition(1, body="![Sebuah rumah](rumah.png)\nRumah kita.")
    page = client.get("/b/1")
    assert page.has("Gambar: Sebuah rumah Lihat gambar, 15 kB", "Rumah kita.")
    answer = get(library, page.link("Lihat gambar"))
    assert answer.headers["Content-Type"] == "image/png"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_what_no_published_text_shows_is_nobody_s_to_see(library: Flask, client: Client) -> None:
    """A picture that was sent for a draft, or one that an edition dropped, under a name that is easily guessed."""
    with library.app_context():
        for name in ("01-1.png", "01-2.png", "01-3.png"):
            books.photo(1, name, b"\x89PNG\r\n\x1a\n" + BODY)
        books.new_edition(1, body="![Sebuah rumah](01-1.png)\nRumah kita.")
        books.new_edition(1, guide="![Sebuah jalan](01-2.png)\nJalan kita.", body="Tanpa gambar.")
    assert [client.get(f"/b/1/01-{number}.png").status for number in (1, 2, 3)] == [404, 200, 404]
    with library.app_context():
        books.translate(1, "en", title="A house", body="![A house](01-3.png)\nOurs.", approved=False)
    assert client.get("/b/1/01-3.png").status == 404
    with library.app_context():
        books.translate(1, "su-x-banten", title="Imah", body="![Imah](01-3.png)\nImah urang.")
    assert client.get("/b/1/01-3.png").status == 200
