"""What the desk's scripts add: parts instead of pages, a lock before the server's, a word when the line is gone."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from pepa.db import db
from pepa.domain import sessions
from pepa.models.people import Draft, StaffSession
from pepa.models.reports import Report
from tests import cast

Phone = Callable[..., BrowserContext]
HALF = "Setengah kalimat yang"


def cookie_of(value: str) -> Any:
    return {"name": "__Host-p", "value": value, "domain": "localhost", "path": "/", "secure": True, "httpOnly": True,
            "sameSite": "Strict"}  # fmt: skip


def desk(phone: Phone, app: Flask, login: str = "ratna", **size: Any) -> Page:
    """A page of somebody at work."""
    with app.app_context():
        cookie = cast.cookie_of(login)
    context = phone(**{"width": 320, "height": 480, **size})
    context.add_cookies([cookie_of(cookie)])
    return context.new_page()


def later(page: Page, minutes: float) -> None:
    """Let the page's clock run on; what it then asks is answered."""
    page.clock.fast_forward(int(minutes * 60_000))
    page.wait_for_timeout(100)
    expect(page.locator(".htmx-request")).to_have_count(0)


def draft(app: Flask, path: str, login: str = "ratna") -> dict[str, str] | None:
    with app.app_context():
        return sessions.draft_for(cast.member(login), path)


@pytest.fixture
def path(app: Flask) -> str:
    """The page of a report that nobody has opened."""
    with app.app_context():
        return f"/petugas/laporan/{cast.tell().report_id}"


def test_the_alarm_s_button_is_on_the_smallest_screen(phone: Phone, app: Flask) -> None:
    """The most urgent thing is the first thing under the h1, and its button lies inside 320×480."""
    with app.app_context():
        cast.tell(urgency="now")
    page = desk(phone, app)
    for address in ("/petugas/", "/petugas/piket"):
        page.goto(address)
        box = page.locator("#alarms .primary").first.bounding_box()
        assert box
        assert box["y"] + box["height"] <= 480, box
        assert box["height"] >= 44
    page.locator("#alarms .primary").first.click()
    expect(page.get_by_text("Anda memegang laporan ini.")).to_be_visible()


def test_tabs_and_pages_change_the_list_alone(phone: Phone, app: Flask) -> None:
    page = desk(phone, app, width=1280, height=800)
    page.goto("/petugas/")
    page.evaluate("window.kept = 1")
    page.locator("#tab-semua").click()
    expect(page.locator("#tab-semua")).to_have_attribute("aria-current", "page")
    assert page.evaluate("window.kept") == 1, "the page itself stayed"
    assert page.url.endswith("/petugas/?tab=semua")
    assert page.evaluate("document.activeElement.id") == "tab-semua", "and so did the place of the keyboard"
    page.go_back()
    expect(page.locator("#tab-baru")).to_have_attribute("aria-current", "page")
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_a_new_alarm_comes_by_itself(phone: Phone, app: Flask, path: str) -> None:
    with app.app_context():
        db.session.execute(sa.update(Report).values(stage="read"))
        db.session.commit()
    page = desk(phone, app, width=1280, height=800)
    page.clock.install()
    page.goto(path)
    assert page.locator("#alarm").count() == 0
    page.locator("textarea").fill(HALF)
    with app.app_context():
        code = db.session.get_one(Report, cast.tell(urgency="now").report_id).reference
    later(page, 0.4)
    expect(page.locator("#alarms")).to_contain_text(code)
    assert page.locator("textarea").input_value() == HALF, "nothing else of the page was touched"


def test_nobody_there_locks_and_keeps_what_was_typed(phone: Phone, app: Flask, path: str) -> None:
    page = desk(phone, app)
    page.clock.install()
    page.goto(path)
    page.locator("textarea").fill(HALF)
    later(page, 13)
    assert page.url.endswith(path)
    later(page, 1)
    expect(page.get_by_role("heading", level=1)).to_have_text("Masuk")
    assert page.url.endswith(f"/petugas/masuk?back={path}")
    assert HALF not in page.content()
    with app.app_context():
        assert db.session.scalars(sa.select(sa.func.count()).select_from(StaffSession)).one() == 0, "the key is gone"
    assert draft(app, path) == {"text": HALF}


def test_whoever_moves_is_there(phone: Phone, app: Flask, path: str) -> None:
    """Typing asks nothing of the server, but it counts: the page's own question then says that somebody is there."""
    page = desk(phone, app)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.resource_type == "fetch" else None)
    page.clock.install()
    page.goto(path)
    for _ in range(3):
        later(page, 10)
        page.locator("textarea").press_sequentially("x")
        later(page, 0.4)
    assert page.url.endswith(path)
    fetched = [url for url in asked if "/petugas/" in url]
    assert any("segar=1" in url for url in fetched), "while nobody moved"
    assert any("segar=1" not in url for url in fetched), "after somebody had"


def test_another_tab_of_the_same_person_is_somebody_there(phone: Phone, app: Flask, path: str) -> None:
    page = desk(phone, app)
    page.clock.install()
    page.goto(path)
    other = page.context.new_page()
    other.goto("/petugas/piket")
    later(page, 12)  # both tabs have one clock
    other.mouse.click(5, 5)
    page.wait_for_timeout(400)
    later(page, 3)
    assert page.url.endswith(path), "not locked"


def test_lock_now_takes_the_typing_along(phone: Phone, app: Flask, path: str) -> None:
    page = desk(phone, app)
    page.goto(path)
    page.locator("textarea").fill(HALF)
    page.get_by_role("button", name="Kunci sekarang").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Masuk")
    assert draft(app, path) == {"text": HALF}


def test_taking_another_report_does_not_lose_the_answer(phone: Phone, app: Flask, path: str) -> None:
    with app.app_context():
        cast.tell(urgency="now")
    page = desk(phone, app)
    page.goto(path)
    page.locator("textarea").fill(HALF)
    page.locator("#alarms .primary").first.click()
    expect(page.get_by_text("Anda memegang laporan ini.")).to_be_visible()
    page.goto(path)
    expect(page.get_by_text("Ketikan tadi ada di sini.")).to_be_visible()
    page.get_by_role("link", name="Pakai").first.click()
    assert page.locator("textarea").input_value() == HALF


def test_nothing_is_kept_where_nothing_was_typed(phone: Phone, app: Flask, path: str) -> None:
    page = desk(phone, app)
    page.goto(path)
    page.get_by_role("button", name="Saya pegang").last.click()
    expect(page.get_by_text("Anda memegang laporan ini.")).to_be_visible()
    page.get_by_role("button", name="Kunci sekarang").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Masuk")
    with app.app_context():
        assert db.session.scalars(sa.select(sa.func.count()).select_from(Draft)).one() == 0


def test_an_empty_answer_is_said_without_leaving_the_page(phone: Phone, app: Flask, path: str) -> None:
    page = desk(phone, app)
    page.goto(path)
    page.evaluate("window.kept = 1")
    page.locator("textarea").fill("  ")
    page.get_by_role("button", name="Kirim jawaban").click()
    expect(page.locator("#text-e")).to_be_visible()
    assert page.evaluate("window.kept") == 1
    page.locator("textarea").fill("Kami baca.")
    page.get_by_role("button", name="Kirim jawaban").click()
    expect(page.get_by_text("Jawaban SUDAH dikirim.")).to_be_visible()


def test_a_line_that_is_gone_is_said_and_costs_nothing(
    browser: Browser, live_server: str, app: Flask, path: str
) -> None:
    """In a context of its own: that the browser complains of the line is what is tried here."""
    with app.app_context():
        cookie = cast.cookie_of("ratna")
    with closing(browser.new_context(base_url=live_server)) as context:
        context.add_cookies([cookie_of(cookie)])
        page = context.new_page()
        page.goto(path)
        page.locator("textarea").fill(HALF)
        gone = "**/petugas/laporan/**"
        page.route(gone, lambda route: route.abort() if route.request.method == "POST" else route.continue_())
        page.get_by_role("button", name="Kirim jawaban").click()
        expect(page.get_by_role("alert")).to_contain_text("Belum terkirim: jaringan terputus.")
        assert page.locator("textarea").input_value() == HALF
        page.unroute(gone)
        page.get_by_role("button", name="Kirim jawaban").click()
        expect(page.get_by_text("Jawaban SUDAH dikirim.")).to_be_visible()


def test_a_fault_is_said_where_notices_stand(
    phone: Phone, app: Flask, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = desk(phone, app)
    page.goto(path)
    page.locator("textarea").fill(HALF)

    def fault(route: Route) -> None:
        if route.request.method == "POST":
            monkeypatch.setattr("pepa.domain.reports.answer", lambda *_, **__: 1 / 0)
        route.continue_()

    page.route("**/petugas/laporan/**", fault)
    page.get_by_role("button", name="Kirim jawaban").click()
    expect(page.locator("#notices [role=alert]")).to_be_visible()
    assert page.locator("textarea").input_value() == HALF
    assert page.get_by_role("heading", level=1).inner_text().startswith("Isi L-")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_whole_way_with_and_without_scripts(phone: Phone, app: Flask, path: str, scripts: bool) -> None:
    page = desk(phone, app, scripts=scripts)
    page.goto("/petugas/")
    page.locator("#tab-semua").click()
    page.goto(path)
    page.locator("summary").click()
    page.locator("details .button").first.click()
    page.get_by_role("button", name="Kirim jawaban").click()
    expect(page.get_by_text("Jawaban SUDAH dikirim.")).to_be_visible()
    page.locator('a[href="#menu"]').click()
    page.get_by_role("link", name="Piket").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Piket")
    page.get_by_role("button", name="Kunci sekarang").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Masuk")


def test_text_twice_as_large_fits_the_phone(phone: Phone, app: Flask, path: str) -> None:
    page = desk(phone, app, "wulan")
    for address in ("/petugas/", path, "/petugas/piket", "/petugas/tidak-ada"):
        page.goto(address)
        page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
