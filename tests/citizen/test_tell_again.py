"""A reply that is lost on the way is normal: every POST may be sent again, and nothing is lost or doubled (A08)."""

import pytest
from flask import Flask

from tests.citizen.walks import STORY, count, digits, kept, only, post, ticket
from tests.client import Client


@pytest.mark.both
def test_sent_five_times_it_is_one_report_and_one_code(app: Flask, client: Client, database: str) -> None:
    before = count(app)
    sent = {"ticket": ticket(client), "what": STORY}
    codes = set()
    for turn in range(5):
        page = post(client, sent)
        shown = client.get(page.location or "")
        codes.add(digits(shown))
        assert shown.has("Laporan ini SUDAH sampai tadi. Ini kode yang sama.") is (turn > 0)
    assert len(codes) == 1
    assert count(app) == before + 1
    assert only(app).written == ()


def test_the_reply_never_came(app: Flask, client: Client, alone: Client) -> None:
    """The browser knows neither cookie nor handle of the first try."""
    sent = {"ticket": ticket(alone), "what": STORY}
    post(alone, sent)
    page = post(client, sent)
    first = digits(client.get(page.location or ""))
    post(alone, sent)
    assert digits(client.get("/lapor")) == first
    assert len(kept(app)) == 1


def test_reload_and_back_show_the_same_code(client: Client) -> None:
    client.get("/lapor")
    code = digits(client.submit("Kirim", what=STORY))
    assert client.page is not None
    for path in (client.page.address, "/lapor", client.page.address):
        assert digits(client.get(path)) == code


def test_what_was_changed_before_the_second_try_is_added(app: Flask, client: Client) -> None:
    sent = {"ticket": ticket(client), "what": STORY}
    post(client, sent)
    changed = {**sent, "what": STORY + " Anak saya ikut.", "phone": "0812 0000 0000"}
    for _ in range(2):
        post(client, changed)
    found = only(app)
    assert found.told.what == STORY
    assert len(found.written) == 1
    assert STORY + " Anak saya ikut." in found.written[0]
    assert "0812 0000 0000" in found.written[0]


def test_two_tabs_two_reports_and_each_code_opens_its_own(app: Flask, client: Client) -> None:
    tickets = [ticket(client), ticket(client)]
    codes = []
    for number, each in enumerate(tickets):
        page = post(client, {"ticket": each, "what": f"Laporan {number}."})
        codes.append(digits(client.get(page.location or "")))
    assert len(set(codes)) == 2
    assert {found.told.what for found in kept(app, None)} == {"Laporan 0.", "Laporan 1."}


def test_two_tabs_at_once_with_one_ticket(app: Flask, client: Client, alone: Client) -> None:
    """A page that was duplicated: the same ticket, two texts. Neither is lost."""
    shared = ticket(client)
    post(client, {"ticket": shared, "what": "Pertama."})
    post(alone, {"ticket": shared, "what": "Kedua."})
    found = only(app)
    assert (found.told.what, found.written) == ("Pertama.", ("Kedua.",))


def test_after_leaving_a_second_try_leads_to_the_front_page(app: Flask, client: Client) -> None:
    """Nobody who sends a form again after the exit gets a code."""
    sent = {"ticket": ticket(client), "what": STORY}
    client.get(post(client, sent).location or "")
    client.get("/keluar")
    page = post(client, sent)
    assert (page.status, page.location) == (303, "/")
    assert client.cookie("__Host-s") in (None, "")
    assert client.get("/lapor").h1 == "Ceritakan kepada kami"
    assert len(kept(app)) == 1
