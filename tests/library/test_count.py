"""How often a title is taken: people alone, each once, and nothing about them (library.md 20)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import Client as Caller

from pepa import clock
from pepa.db import DatabaseFault, db
from pepa.domain import usage
from pepa.domain.documents import Format
from pepa.models.outputs import Use
from tests import cast
from tests.client import HOST, Client
from tests.library import books

PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 4.4.2) AppleWebKit/537.36 Chrome/30.0.0.0 Mobile Safari/537.36"}


@pytest.fixture(autouse=True)
def _nothing_waits() -> Iterator[None]:
    usage._waiting.take(all_of_them=True)
    yield
    usage._waiting.take(all_of_them=True)


def uses(app: Flask) -> dict[tuple[int, str], int]:
    with app.app_context():
        usage.write(all_of_them=True)
        db.session.rollback()
        return {(row.title_id, row.format): row.times for row in db.session.scalars(sa.select(Use))}


def get(app: Flask, path: str, method: str = "GET", **headers: str) -> int:
    named = {**PHONE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    answer = Caller(app).open(path, method=method, base_url=HOST, headers=named)
    answer.close()
    return answer.status_code


def test_a_page_and_a_sheet_are_counted_by_title_output_and_day(library: Flask) -> None:
    with library.app_context():
        path = f"/b/7/{books.output(7, Format.A4, b'x' * 1000)}"
    for wanted in ("/b/7", "/b/7", path, "/b/7/kuis", "/b/6"):
        assert get(library, wanted) == 200
    assert uses(library) == {(7, "page"): 2, (7, "a4"): 1, (7, "page-kuis"): 1, (6, "page"): 1}
    assert get(library, "/b/7") == 200
    assert uses(library)[(7, "page")] == 3


def test_who_is_no_reader_is_not_counted(library: Flask) -> None:
    with library.app_context():
        path = f"/b/7/{books.output(7, Format.A4, b'x' * 1000)}"
        tag = "etag"
    get(library, "/b/7", "HEAD")
    get(library, path, "HEAD")
    assert get(library, path, Range="bytes=500-") == 206
    assert get(library, path, Range="bytes=5000-") == 416
    assert get(library, path, If_None_Match=f'"{tag}"') == 200
    for agent in ("Googlebot/2.1", "WhatsApp/2.23", "facebookexternalhit/1.1", "curl/8", "python-requests/2", ""):
        get(library, "/b/7", User_Agent=agent)
    get(library, "/b/99")
    get(library, "/b/7/pepa-07-v9-a4.pdf")
    assert uses(library) == {(7, "a4"): 1}


def test_the_beginning_of_a_download_is_the_download(library: Flask) -> None:
    with library.app_context():
        path = f"/b/7/{books.output(7, Format.A4, b'x' * 1000)}"
    for asked in ("bytes=0-499", "bytes=500-749", "bytes=750-"):
        assert get(library, path, Range=asked) == 206
    assert uses(library) == {(7, "a4"): 1}


def test_we_ourselves_are_not_counted(library: Flask) -> None:
    at_work = cast.at_work(library, "ratna")
    at_work.headers.update(PHONE)
    assert at_work.get("/b/7").status == 200
    assert uses(library) == {}


def test_reading_takes_no_write_lock_until_there_is_enough(library: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "MOST", 3)
    for _ in range(2):
        get(library, "/b/7")
        with library.app_context():
            assert books.count(Use) == 0
    get(library, "/b/7")
    with library.app_context():
        assert books.count(Use) == 1
    assert uses(library) == {(7, "page"): 3}


def test_what_waited_long_enough_is_written_with_the_next(library: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "SECONDS", 0.0)
    get(library, "/b/7")
    with library.app_context():
        assert books.count(Use) == 1


def test_where_the_database_does_not_answer_it_waits_on(library: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    get(library, "/b/7")

    def fails() -> object:
        raise DatabaseFault("gone")

    with library.app_context(), monkeypatch.context() as patched:
        patched.setattr(usage, "transaction", fails)
        assert usage.write(all_of_them=True) == 0
    assert uses(library) == {(7, "page"): 1}


@pytest.mark.both
def test_counts_add_up_by_day(context: Flask) -> None:
    for day in range(3):
        with clock.frozen(clock.now() - timedelta(days=day)):
            usage.count(7)
            usage.count(7, "a4")
    assert usage.write(all_of_them=True) == 6
    usage.count(7)
    usage.write(all_of_them=True)
    taken = {(one.title_id, one.format): one.times for one in usage.since(cast.member("wulan"), days=2)}
    assert taken == {(7, "page"): 3, (7, "a4"): 2}
    labels = [one.label for one in usage.since(cast.member("wulan"))]
    assert labels == ["Lembar A4, hitam putih", "Dibaca di halaman"]


def test_a_table_of_counts_names_nobody(library: Flask) -> None:
    assert {column.name for column in Use.__table__.columns} == {"title_id", "format", "on", "times"}
    assert Client(library).get("/b/7").cookies == []
