"""What old and odd phones, readers aloud and careful browsers meet on every page (cases/citizen 42, 44, 45, 54-62)."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from pepa import clock
from pepa.models.additions import Addition
from tests.citizen.walks import MORNING, count, later, send
from tests.client import Client
from tests.client import Page as Seen
from tests.e2e.places import tell

STATIC = Path(__file__).parents[2] / "pepa/static"
INLINED = ("exit.js", "copy.js", "photos.js")


def walk(client: Client) -> Iterator[Seen]:
    """One page of each kind, in the order in which somebody comes to them; forms with what is wrong in them as well."""
    for path in ("/", "/kontak", "/privasi", "/lapor", "/lapor?pendek", "/pantau"):
        yield client.get(path)
    yield client.post("/lapor", {"phone": "1", "end": "1"})
    yield client.post("/lapor", {"pendek": "1", "end": "1"})
    send(client)
    yield client.get("/lapor")
    for number in "1234":
        client.post("/lapor", {"go": number, "end": "1"})
        yield client.get("/lapor")
    yield client.post("/lapor", {"step": "4", "reach": "back", "phone": "1", "end": "1"})
    yield client.get("/pantau")


def is_told_to_readers_aloud(page: Seen) -> None:
    """54: the language, a legend for each group, the heading first, nothing that takes the focus elsewhere."""
    assert page.tree.html is not None
    assert page.tree.html["lang"] == "id"
    for choice in page.tree.select("input[type=radio]"):
        group = choice.find_parent("fieldset")
        assert group is not None
        assert group.legend is not None
        assert group.legend.get_text(strip=True)
    assert not page.tree.select("[autofocus], [tabindex]:not([tabindex='-1'])")
    first = page.tree.select_one("main h1, main h2, main label, main form, main a")
    assert first is not None
    assert first.name == "h1"


def is_stopped_by_no_browser(page: Seen) -> None:
    """56: with scripts off a field that nobody sees would keep everything from being sent."""
    assert not page.tree.select("[required], [pattern], [min], [max], [maxlength]")
    assert all(form.has_attr("novalidate") for form in page.forms)


def has_real_buttons(page: Seen) -> None:
    """58: Opera Mini and keys alone need something to press."""
    assert all(form.select("button:not([type=button]):not([hidden])") for form in page.forms)


def names_no_menu(page: Seen) -> None:
    """61: advice about a browser goes out of date; nobody is asked to switch anything on."""
    assert not re.search(r"javascript|noscript|script|\bmenu\b|pengaturan|aktifkan", page.text, re.IGNORECASE)


def keeps_what_is_typed(page: Seen) -> None:
    """62: an enhanced spell check sends it to the browser's maker."""
    typed = page.tree.select("textarea, input:not([type=hidden]):not([type=radio]):not([type=file])")
    assert all(field.get("spellcheck") == "false" and field.get("autocomplete") == "off" for field in typed)


CHECKS = (is_told_to_readers_aloud, is_stopped_by_no_browser, has_real_buttons, names_no_menu, keeps_what_is_typed)


def test_every_page_is_fit_for_them(client: Client) -> None:
    for page in walk(client):
        for check in CHECKS:
            try:
                check(page)
            except AssertionError as wrong:
                raise AssertionError(f"{page}, {page.h1}: {check.__doc__}") from wrong


def test_no_script_writes_into_a_form(client: Client) -> None:
    """58: Opera Mini rewrites what scripts put into hidden fields."""
    for name in INLINED:
        script = re.sub(r"/\*.*?\*/", "", (STATIC / name).read_text(), flags=re.DOTALL)
        assert not re.search(r"hidden|getElementsByName|\bforms\b|\.(once|ticket|end|step)\b", script), name


def test_two_tabs_at_two_steps(app: Flask, client: Client) -> None:
    """42: each tab's form is its own, whatever the cookie says by now."""
    send(client)
    client.post("/lapor", {"go": "1", "end": "1"})
    one = client.get("/lapor")
    client.post("/lapor", {"go": "2", "end": "1"})
    two = client.get("/lapor")
    for page, number, field in ((one, "1", "place"), (two, "2", "hurt"), (one, "1", "place")):
        sent = {"step": number, "once": page.value("once"), field: "Pasar lama", "end": "1"}
        assert client.post("/lapor", sent).status == 303
    assert count(app, Addition) == 2


def test_no_cookie_is_measured_by_the_phone_s_clock(client: Client) -> None:
    """44: a clock that is two days off logs nobody out: no cookie that lets in carries a time for the phone."""
    send(client)
    seen = [client.get("/lapor"), client.post("/lapor", {"go": "1", "end": "1"}), client.get("/lapor")]
    given = [line.lower() for page in seen for line in page.cookies]
    assert given
    assert not [line for line in given if "expires" in line or "max-age" in line]


def test_after_the_time_is_over_nothing_tells_that_something_was_begun(app: Flask, client: Client) -> None:
    """45: each page is a stranger's."""
    with clock.frozen(MORNING):
        send(client)
        client.post("/lapor", {"go": "2", "end": "1"})
        client.get("/lapor")
    with clock.frozen(later(11)):
        for path in ("/", "/lapor", "/lapor?pendek", "/pantau", "/kontak"):
            hers, stranger = client.get(path), Client(app).get(path)
            assert (hers.status, hers.text) == (stranger.status, stranger.text)
            assert hers.cookies == stranger.cookies == []


def by_keys(page: Page, wanted: str, at_most: int = 60) -> None:
    """Tab as far as what has this name or value."""
    for _ in range(at_most):
        page.keyboard.press("Tab")
        here = page.evaluate("var e = document.activeElement; [e.innerText, e.value, e.name].join(' ')")
        if wanted in str(here):
            return
    raise AssertionError(f"no key leads to {wanted}")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_keys_alone_lead_through(app: Flask, phone: Callable[..., BrowserContext], scripts: bool) -> None:
    """58: KaiOS, 240 by 320, no pointer."""
    page = phone(scripts=scripts).new_page()
    code = tell(page)
    by_keys(page, "Kapan dan di mana")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kapan dan di mana")
    by_keys(page, "recent")
    page.keyboard.press("Space")
    by_keys(page, "Tambahkan")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ditambahkan.")).to_be_visible()
    by_keys(page, "Kode Anda")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kode Anda")
    assert "".join(page.locator("ol.code li").all_inner_texts()) == code
    assert count(app, Addition) == 1
