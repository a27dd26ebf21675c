"""Every page in a browser: nothing overflows, axe finds no fault, targets are large enough, also with text at 200 %."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from pepa.seeds.demo import Account
from tests.e2e.places import tell
from tests.e2e.test_journey import log_in

Phone = Callable[..., BrowserContext]
AXE = Path(__file__).with_name("axe.min.js").read_text()
DUTY = ("/petugas/piket/serah-terima", "/petugas/piket/tanda")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
PUBLIC = ("/", "/kontak", "/lapor", "/lapor?pendek", "/pantau", "/privasi", "/tidak-ada")
SMALL_TARGETS = """() => [...document.querySelectorAll(
    'button, .button, .exit a, .doors a, .calls a, input:not([type=hidden]), select')]
  .filter(e => e.getClientRects().length && (e.closest('label') || e).getBoundingClientRect().height < 40)
  .map(e => e.outerHTML.slice(0, 120))"""
ON_TOP = """() => { const at = document.querySelector(".exit a").getBoundingClientRect();
  return document.elementFromPoint(at.left + 9, at.top + 9).getAttribute("href") }"""
SIZES = [(240, 320), (320, 480), (1280, 800)]


def faults(page: Page) -> list[str]:
    """What axe finds."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found["violations"]]


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def check(page: Page, where: str) -> None:
    page.wait_for_load_state()
    assert overflow(page) <= 0, f"{where} is wider than the screen"
    assert not faults(page), f"{where}: {faults(page)}"


def open_first(page: Page) -> None:
    """The first report of the list, once it is there: a click may return before the page has changed."""
    page.goto("/petugas/")
    page.locator("table tbody th a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("L-")
    page.wait_for_load_state()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_citizens_pages(phone: Phone, width: int, height: int) -> None:
    page = phone(width=width, height=height).new_page()
    for path in PUBLIC:
        page.goto(path)
        check(page, path)
    tell(page)
    check(page, "the code page")
    page.goto("/pantau")
    check(page, "the answers")


def fits(page: Page, where: str) -> None:
    """On a small screen: no wider than it, every target large enough for a thumb, nothing over the exit."""
    page.wait_for_load_state()
    for width, height in SIZES[:2]:
        page.set_viewport_size({"width": width, "height": height})
        assert overflow(page) <= 0, f"{where} is wider than {width}"
        assert not page.evaluate(SMALL_TARGETS), where
        assert page.evaluate(ON_TOP) == "/keluar", f"{where}: something lies over the exit"


NAME_IN_BAR = """(() => {
    const link = document.querySelector('.exit a'), range = document.createRange();
    range.selectNodeContents(link.nextSibling);
    range.setStart(link.nextSibling, 1);
    const {top, bottom, right} = range.getBoundingClientRect();
    return {top, bottom, right, exit: link.getBoundingClientRect().left};
})()"""


@pytest.mark.parametrize("query", ["", "l=en"], ids=["id", "en"])
def test_small_screens(phone: Phone, query: str) -> None:
    """Every page of the wing, also with its faults, on the smallest screens and in both languages."""
    page = phone().new_page()
    for path in PUBLIC:
        page.goto(f"{path}{'&' if '?' in path else '?'}{query}")
        fits(page, path)
    page.goto(f"/lapor?{query}")
    send = page.locator("form button").first
    send.click()
    expect(page.locator("[role=alert]")).to_be_visible()
    fits(page, "what is wrong with the form")
    page.locator("#what").fill("Pintu dibanting lagi.")
    send.click()
    digits_are_there = page.locator("ol.code")
    expect(digits_are_there).to_be_visible()
    fits(page, "the code")
    for number in range(page.locator("button[name=go]").count()):
        page.locator("button[name=go]").nth(number).click()
        expect(digits_are_there).to_have_count(0)
        fits(page, f"addition {number}")
        page.locator("button[name=go]").last.click()
        expect(digits_are_there).to_be_visible()
    page.goto(f"/pantau?{query}")
    fits(page, "the answers")
    for number in range(page.locator("button[name=go]").count()):
        page.goto(f"/pantau?{query}")
        page.locator("button[name=go]").nth(number).click()
        expect(page.locator("#text")).to_have_count(0)
        fits(page, f"act {number}")
    page.goto(f"/pantau?baru&{query}")
    page.locator("#code").fill("12345")
    page.locator("form button").first.click()
    expect(page.locator("#code-e")).to_be_visible()
    fits(page, "a wrong code")
    assert page.evaluate("document.documentElement.lang") == (query[2:] or "id")


WORK = (
    "/telepon-balik",
    "/lapor-polisi",
    "/pilah",
    "/bantuan",
    "/lain",
    "/kasus",
    "/catatan",
    "/laporan-lain",
    "/alasan",
)


@pytest.mark.parametrize(("width", "height"), SIZES[1:])
def test_staff_pages(phone: Phone, accounts: dict[str, Account], width: int, height: int) -> None:
    page = phone(width=width, height=height).new_page()
    page.goto("/petugas/masuk")
    check(page, "the log-in page")
    log_in(page, accounts["wulan"])
    check(page, "the desk")
    open_first(page)
    check(page, "a report")
    report = page.url
    for path in (*(report + end for end in WORK), "/petugas/kasus", "/petugas/hari-ini", *DUTY):
        page.goto(path)
        check(page, path)
    page.goto("/petugas/piket")
    check(page, "the roster")
    page.goto("/petugas/disisihkan")
    check(page, "what was put aside")


def test_text_at_200_percent(phone: Phone) -> None:
    page = phone(width=320, height=480).new_page()
    for path in PUBLIC:
        page.goto(path)
        page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
        assert overflow(page) <= 0, path


def test_the_name_in_the_bar_is_whole_or_not_there(phone: Phone) -> None:
    """Beside the exit there is not room for it everywhere: cut off it would draw looks."""
    page = phone(width=240, height=320).new_page()
    for width in (200, 240, 260, 320):
        page.set_viewport_size({"width": width, "height": 320})
        page.goto("/")
        name = page.evaluate(NAME_IN_BAR)
        assert name["top"] >= 48 or (name["bottom"] <= 48 and name["right"] <= name["exit"]), width


def test_targets_of_48_pixels(phone: Phone) -> None:
    page = phone(width=320, height=480).new_page()
    for path in PUBLIC[:4]:
        page.goto(path)
        small = page.evaluate(SMALL_TARGETS)
        assert not small, path


def test_with_keys_alone(phone: Phone, app: Flask) -> None:
    """KaiOS and keyboards: tab to the box, write, tab to the button, press it."""
    page = phone().new_page()
    page.goto("/lapor")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.pathname") == "/keluar", "exit comes first"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "what":
            break
    page.keyboard.type("Tolong baca ini.")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "Kirim":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kode Anda")


def test_the_browser_keeps_nothing(phone: Phone, accounts: dict[str, Account]) -> None:
    """No page leaves anything in the browser's stores: no snapshot of htmx, no local storage."""
    context = phone(width=1280, height=800)
    page = context.new_page()
    log_in(page, accounts["ratna"])
    open_first(page)
    kept = page.evaluate("[localStorage.length, sessionStorage.length]")
    assert kept == [0, 0]
    page.goto("/")
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
