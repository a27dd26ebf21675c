"""English: the whole way in it, carried by the address alone, so that no cookie and no header decides."""

import re

import pytest
from flask import Flask

from tests.citizen.walks import STORY, answer, count, only, post, ticket
from tests.client import Client, Page
from tests.house.test_catalogue import english

PAGES = ("/", "/kontak", "/privasi", "/lapor", "/pantau", "/tidak-ada")
HEADS = {
    "/": "How can we help?",
    "/kontak": "Telephone numbers",
    "/privasi": "Who can know",
    "/lapor": "Tell us",
    "/pantau": "Read the answer",
    "/tidak-ada": "This page does not exist.",
}
INDONESIAN = sorted(
    {msgid for msgid, text in english() if len(msgid.split()) > 2 and msgid != text and "%" not in msgid}
)


def in_english(page: Page) -> Page:
    """The page says so, and nothing of it is left in Indonesian."""
    assert page.tree.html is not None
    assert page.tree.html["lang"] == page.headers["Content-Language"] == "en"
    text = page.text
    assert not [one for one in INDONESIAN if one in text], page
    return page


def test_every_page_is_had_in_both(client: Client) -> None:
    for path in PAGES:
        assert in_english(client.get(f"{path}?l=en")).h1 == HEADS[path]
        page = client.get(path)
        assert page.tree.html is not None
        assert page.tree.html["lang"] == page.headers["Content-Language"] == "id"
        assert page.h1 != HEADS[path]


def test_the_whole_way(app: Flask, client: Client) -> None:
    """From the link on the front page to the answer; `client` looks at every link, form and redirect on the way."""
    client.open("/")
    in_english(client.click("English"))
    in_english(client.click("Ask for help / tell"))
    wrong = in_english(client.submit("Send", what=" ", phone="1"))
    assert wrong.has("Not sent yet. Look at 2 things. Your text is still there.", "Write what happened.")
    code = in_english(client.submit("Send", what=STORY, phone=""))
    assert code.h1 == "Your code"
    digits = "".join(item.get_text() for item in code.tree.select("ol.code li"))
    assert in_english(client.submit("Compare", last=digits[-4:])).has("It matches.")
    answer(app, only(app).id, "Terima kasih sudah menulis.")
    answers = in_english(client.click("Read the answer"))
    assert re.search(
        r"Received \w+day \d+ [A-Z][a-z]{2}, around \d+:00\. Read \w+day \d+ \w+, \d\d:\d\d WIB by", answers.text
    )
    assert in_english(client.submit("Send message", text="Tolong telepon besok.")).has("The message HAS arrived.")
    assert in_english(client.open("/pantau?baru&l=en"))
    assert in_english(client.submit("Open", code="12345")).has("15 digits are missing.")
    assert in_english(client.submit("Open", code=digits)).h1 == "Read the answer"


def test_a_phone_without_cookies(alone: Client) -> None:
    alone.open("/lapor?l=en")
    page = in_english(alone.submit("Send", what=STORY))
    assert page.h1 == "Your code"
    assert not page.tree.select("a[lang]"), "the handle is dead: this page is not had in the other language"
    assert in_english(alone.click("Read the answer"))


@pytest.mark.parametrize(
    "path", ["/", "/kontak", "/privasi", "/lapor", "/lapor?baru", "/lapor?pendek", "/pantau", "/pantau?baru"]
)
def test_there_and_back(client: Client, path: str) -> None:
    first = client.open(path)
    there = client.click("English")
    assert in_english(there).h1 == HEADS[path.partition("?")[0]]
    assert bool(there.tree.find(attrs={"name": "pendek"})) == ("pendek" in path), "the page for children stays that"
    assert client.click("Bahasa Indonesia").h1 == first.h1
    assert len(first.tree.select("a[lang]")) == 1


def test_a_page_that_answers_a_form_offers_no_other_language(client: Client) -> None:
    """What was typed would be lost on the way."""
    client.open("/lapor")
    assert not client.submit("Kirim", what=" ", place="Jalan Contoh").tree.select("a[lang]")
    assert not client.get("/tidak-ada").tree.select("a[lang]")


def test_errors_speak_the_language_of_the_address(app: Flask, client: Client) -> None:
    sent = {"ticket": ticket(client), "what": STORY}
    before = count(app)
    assert in_english(client.post("/lapor?l=en", sent)).h1 == "Not all has arrived."
    stranger = client.post("/pantau?l=en", {"code": "1", "end": "1"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert in_english(stranger).h1 == "This came from another site."
    assert in_english(client.call("PUT", "/lapor?l=en")).status == 405
    assert in_english(client.get("/kontak/x?l=en")).link("Front page") == "/?l=en"
    assert count(app) == before


def test_after_the_exit(client: Client) -> None:
    """The way out is the same in both; what the back key brings then is said in the language of its address."""
    page = client.open("/lapor?l=en")
    assert page.link("× Leave quickly") == "/keluar"
    client.submit("Send", what=STORY)
    client.get("/keluar")
    assert in_english(client.get("/lapor?l=en")).h1 == "This page does not exist."
    assert in_english(client.open("/?l=en"))


@pytest.mark.parametrize(
    "query",
    [
        "l=",
        "l=EN",
        "l=id",
        "l=en%00",
        "l=//evil.example",
        "l=en/../..",
        "l[]=en",
        "l=%0d%0aX-Evil:1",
        "L=en",
        "l=fr&l=en",
    ],
)
def test_no_other_value_means_anything(client: Client, query: str) -> None:
    """C12, C13: nothing of it gets into a page, a header or a redirect."""
    for path in PAGES:
        page = client.get(f"{path}?{query}")
        assert page.headers["Content-Language"] == "id"
        assert "X-Evil" not in page.headers
        assert b"evil" not in page.body
    moved = client.post(f"/lapor?{query}", {"ticket": ticket(client), "what": STORY, "end": "1"})
    assert (moved.location or "").startswith("/lapor?r=")
    assert "evil" not in (moved.location or "")


def test_neither_cookie_nor_header_decides(client: Client) -> None:
    """A phone set to English, and a page that was kept in the other language before, change nothing."""
    client.get("/?l=en")
    for path in PAGES:
        page = client.get(path, headers={"Accept-Language": "en-GB,en"})
        assert page.headers["Content-Language"] == "id"
        assert "Accept-Language" not in page.headers.get("Vary", "")
        assert not page.cookies


def test_the_form_in_english_delivers_the_same_report(app: Flask, client: Client) -> None:
    client.open("/lapor?l=en")
    client.submit("Send", what=STORY, urgency="today", speaker="self", kecamatan="elsewhere")
    found = only(app)
    assert (found.told.what, found.told.speaker, found.told.urgency, found.kecamatan) == (
        STORY,
        "self",
        "today",
        "elsewhere",
    )
    assert post(client, {"ticket": ticket(client), "what": STORY}).location == "/lapor"
