"""What the desk costs on the line: the first page with all that it fetches, and each part after it."""

import re

import pytest
from flask import Flask

from tests import cast
from tests.client import Client

FIRST, PART = 30 * 1024, 8 * 1024  # bytes, headers and all
ROWS = 50  # a whole page of a list
SAME = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def client(app: Flask) -> Client:
    with app.app_context():
        for n in range(ROWS):
            cast.tell(f"Laporan ke-{n}.", urgency=("now", "today", "soon")[n % 3])
    return cast.at_work(app, "ratna")


def weight(client: Client, path: str, **headers: str) -> int:
    answer = client.get(path, headers={**SAME, **headers})
    assert answer.status == 200
    return len(str(answer.headers)) + len(answer.body)


@pytest.mark.parametrize(
    "path", ["/petugas/hari-ini", "/petugas/", "/petugas/cari", "/petugas/piket", "/petugas/pustaka?antrean=terbit"]
)
def test_the_first_page_with_all_that_it_fetches(client: Client, path: str) -> None:
    html = client.open(path).body.decode()
    fetched = set(re.findall(r'(?:<script src|<link rel="(?:icon|stylesheet)" href)="([^"]+)"', html))
    assert any("htmx" in one for one in fetched)
    weights = {one: weight(client, one) for one in (path, *fetched)}
    assert sum(weights.values()) <= FIRST, weights


@pytest.mark.parametrize("path", ["/petugas/?tab=semua", "/petugas/"])
def test_a_whole_list_as_a_part(client: Client, path: str) -> None:
    part = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "section#list"}
    assert client.get(path, headers=part).body.count(b"<tr>") > ROWS, "all of its rows, and their head"
    assert weight(client, path, **part) <= PART
