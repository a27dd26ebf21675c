"""Quick exit, in a whole Chromium that keeps pages for its back key (citizen.md, Quick exit 6; D01, D04)."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.places import DULL, STORY, dull_site, tell

Phone = Callable[..., BrowserContext]
STEPS = ("Kapan dan di mana", "Siapa, dan keadaan sekarang", "Foto, suara, atau surat", "Cara menghubungi Anda")
AT = ("landing", "typed", "code", "added", "answers")


@pytest.fixture(autouse=True)
def dull(app: Flask) -> Iterator[str]:
    with dull_site(app) as address:
        yield address


def walk(page: Page, to: str) -> list[str]:
    """Walk as far as a step. Returns what must never be seen again."""
    if to == "landing":
        page.goto("/")
        return []
    if to == "typed":
        page.goto("/")
        page.get_by_role("link", name="Minta tolong / cerita").click()
        page.get_by_label("Apa yang terjadi?").fill(STORY)
        return [STORY]
    code = tell(page)
    if to == "added":
        return [STORY, code, code[:4], *add(page)]
    if to == "answers":
        page.goto("/pantau")
        expect(page.get_by_role("heading", level=1)).to_have_text("Baca jawaban")
        expect(page.get_by_role("button", name="Kirim pesan")).to_be_visible()
        return [STORY, code, code[:4], "Kirim pesan", "Diterima"]
    return [STORY, code, code[:4], "Kode Anda"]


def add(page: Page) -> list[str]:
    """Through every step, each with something typed, as far as the last one."""
    page.get_by_role("button", name=STEPS[0]).click()
    for step in STEPS:
        expect(page.get_by_role("heading", level=1)).to_have_text(step)
        lines = page.locator("main input[spellcheck=false]:not([type=file])")
        if lines.count():
            lines.first.fill("0812 3456 7890")
        if step != STEPS[-1]:
            page.get_by_role("button", name="Tambahkan" if lines.count() else "Lewati").click()
    return [*STEPS, "0812", "Ditambahkan", "Kode Anda"]


def seen(page: Page) -> str:
    """Everything that somebody at the screen could read of the page, fields included."""
    page.wait_for_timeout(150)  # a page that is taken out of memory announces no load
    fields = [box.input_value() for box in page.locator("textarea, input:not([type=hidden]):not([type=radio])").all()]
    return " ".join([page.title(), page.locator("html").inner_text(), *fields])


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("step", AT)
def test_back_ten_times_forward_and_reload_show_nothing(
    phone: Phone, full_browser: Browser, dull: str, step: str, scripts: bool
) -> None:
    page = phone(scripts=scripts, width=320, height=480, browser=full_browser).new_page()
    secrets = walk(page, step)
    page.locator(".exit a").click()
    page.wait_for_url(dull)
    for move in ["back"] * 10 + ["forward"] * 3 + ["reload"]:
        if move == "back":
            page.go_back(wait_until="commit")
        elif move == "forward":
            page.go_forward(wait_until="commit")
        else:
            page.reload()
        shown = seen(page)
        assert not [secret for secret in secrets if secret in shown], f"{move} brought it back: {page.url}"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_without_exit_the_code_does_come_back(phone: Phone, full_browser: Browser, dull: str, scripts: bool) -> None:
    """The control: were the browser to keep nothing anyway, the tests above would prove nothing."""
    page = phone(scripts=scripts, width=320, height=480, browser=full_browser).new_page()
    code = tell(page)
    page.goto(dull)
    expect(page.locator("h1")).to_have_text(DULL)
    page.go_back(wait_until="commit")  # a kept page is not loaded once more: there is nothing to wait for but its text
    expect(page.locator("ol.code")).to_have_text(re.compile(r"\s*".join(code)))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_second_visit_after_exit_begins_anew(phone: Phone, dull: str, scripts: bool) -> None:
    page = phone(scripts=scripts).new_page()
    tell(page)
    page.locator(".exit a").click()
    page.wait_for_url(dull)
    page.goto("/")
    expect(page.get_by_role("link", name="Minta tolong / cerita")).to_be_visible()
    page.get_by_role("link", name="Minta tolong / cerita").click()
    expect(page.get_by_label("Apa yang terjadi?")).to_have_value("")
    assert "SUDAH" not in seen(page)


def test_three_shifts_leave_and_hammering_keys_does_not_stop_it(phone: Phone, dull: str) -> None:
    page = phone().new_page()
    walk(page, "code")
    for _ in range(3):
        page.keyboard.press("Shift")
    for key in ("Escape", "Shift", "Enter", "Escape"):
        try:
            page.keyboard.press(key)
        except Exception:
            break  # the page is gone already
    page.wait_for_url(dull)
    expect(page.locator("h1")).to_have_text(DULL)


def test_shift_for_capital_letters_does_not_leave(phone: Phone) -> None:
    page = phone().new_page()
    page.goto("/lapor")
    page.get_by_label("Apa yang terjadi?").press_sequentially("Ibu Ani Budi")
    expect(page.get_by_label("Apa yang terjadi?")).to_have_value("Ibu Ani Budi")


def test_exit_does_not_wait_for_the_server(phone: Phone, dull: str) -> None:
    """The page is blank in the same breath as the click, on a line on which no answer could have come by then."""
    context = phone()
    page = context.new_page()
    walk(page, "typed")
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 1000, "downloadThroughput": 6250, "uploadThroughput": 6250},
    )
    blank = page.evaluate("(document.querySelector('.exit a').click(), document.body.innerText)")
    assert blank.strip() == ""
    page.wait_for_url(dull, timeout=20_000)


def test_exit_is_a_link_and_nothing_covers_it(phone: Phone) -> None:
    page = phone().new_page()
    for path in ("/", "/kontak", "/lapor", "/pantau", "/privasi"):
        page.goto(path)
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        box = page.locator(".exit a").bounding_box()
        assert box is not None
        assert box["y"] <= 0.5
        assert box["height"] >= 48
        middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
        assert page.evaluate("([x, y]) => document.elementFromPoint(x, y).closest('a').pathname", middle) == "/keluar"
        assert page.evaluate("document.querySelector('a, button, input').pathname") == "/keluar", (
            "first in the document"
        )


def test_leaving_cancels_nothing(phone: Phone, dull: str) -> None:
    page = phone().new_page()
    code = tell(page)
    page.locator(".exit a").click()
    page.wait_for_url(dull)
    other = phone().new_page()
    other.goto("/pantau")
    other.get_by_label("Kode").fill(code)
    other.get_by_role("button", name="Buka").click()
    expect(other.get_by_text("Belum dibaca.")).to_be_visible()
    assert STORY not in seen(other)
