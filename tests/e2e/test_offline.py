"""Catat in flight mode: kept in the phone, sent once the net is back, one row however often it is sent."""

import json
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from pepa.db import db
from pepa.domain import cadres
from pepa.models.outreach import Teaching
from tests import shelf
from tests.outreach.evenings import carded, rts

PAGE = "/petugas/kegiatan/catat"
KEPT = "JSON.parse(localStorage.catat || '[]')"


@pytest.fixture
def context(browser: Browser, live_server: str, app: Flask) -> Iterator[BrowserContext]:
    """A phone in which a card is open. Without a net a browser complains on its console; that is no fault here."""
    with app.app_context():
        shelf.title()
        code, pin = carded()
        secret = cadres.open_card(code=code, pin=pin)
    context = browser.new_context(base_url=live_server, viewport={"width": 320, "height": 480}, locale="id-ID")
    cookie = {"name": "__Host-k", "value": secret, "domain": "localhost", "path": "/", "secure": True}
    context.add_cookies([{**cookie, "httpOnly": True, "sameSite": "Strict"}])  # type: ignore[list-item]
    context.set_default_timeout(10_000)
    yield context
    context.close()


def rows(app: Flask) -> list[int]:
    with app.app_context():
        db.session.rollback()
        return [1 for _ in db.session.scalars(sa.select(Teaching.id))]


def ready(context: BrowserContext) -> Page:
    """The page, once the phone keeps it."""
    page = context.new_page()
    page.goto(PAGE)
    page.evaluate("navigator.serviceWorker.ready.then(() => caches.open('catat')).then(kept => kept.keys())")
    page.wait_for_function("caches.match('/petugas/kegiatan/catat/luring').then(kept => !!kept)")
    page.wait_for_function("!!navigator.serviceWorker.controller")
    return page


def fill(page: Page, present: str = "25") -> None:
    page.locator("#title_id").select_option("90")
    page.locator("#present").fill(present)
    page.get_by_label("Tatap muka").check()


def test_without_a_net_it_waits_in_the_phone_and_then_goes_once(app: Flask, context: BrowserContext) -> None:
    page = ready(context)
    context.set_offline(True)
    page.goto(f"{PAGE}?t=90&d=20261125&r=kit")
    expect(page.get_by_text("Tidak ada jaringan.")).to_be_visible()
    assert page.locator("#title_id").input_value() == "90"
    assert page.locator("#on").input_value() == "25/11/2026"
    fill(page)
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.locator("#unsent li")).to_contain_text("tersimpan di HP")
    kept = page.evaluate("localStorage.catat")
    for _ in range(4):  # the battery, the back key, the page again
        page.goto(PAGE)
        expect(page.locator("#unsent li")).to_contain_text("tersimpan di HP")
    assert rows(app) == []
    context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#unsent li")).to_contain_text("diterima kantor")
    assert len(rows(app)) == 1
    for _ in range(5):  # the answer was lost: the phone sends it again
        page.evaluate("kept => localStorage.setItem('catat', kept)", kept)
        page.goto(PAGE)
        expect(page.locator("#unsent li")).to_contain_text("diterima kantor")
    assert len(rows(app)) == 1
    page.goto("/petugas/kegiatan")
    expect(page.get_by_text("Rumah yang aman")).to_have_count(1)
    page.close()


def test_with_a_net_it_goes_at_once_and_twice_is_once(app: Flask, context: BrowserContext) -> None:
    page = ready(context)
    fill(page)
    page.get_by_role("button", name="Kirim", exact=True).dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Yang sudah dicatat")
    assert len(rows(app)) == 1
    page.close()


def test_what_the_office_asks_about_is_looked_at(app: Flask, context: BrowserContext) -> None:
    page = ready(context)
    page.locator("#title_id").select_option("90")
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Tulis dulu berapa yang hadir.")
    fill(page)
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Yang sudah dicatat")
    page.goto(PAGE)
    fill(page, "12")
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.get_by_role("heading", name="Sama atau lain?")).to_be_visible()
    page.get_by_role("button", name="Kegiatan lain. Catat").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Yang sudah dicatat")
    assert len(rows(app)) == 2
    page.close()


@pytest.mark.parametrize("is_own", [True, False])
def test_twenty_and_no_more_and_nobody_else_s(app: Flask, context: BrowserContext, is_own: bool) -> None:
    page = ready(context)
    who = page.locator("#unsent").get_attribute("data-who") if is_own else "another"
    items = [{"id": f"{n:032x}", "who": who, "fields": [["teaching", f"{n:032x}"]], "says": "", "state": "kept"}
             for n in range(20)]  # fmt: skip
    page.evaluate("items => localStorage.setItem('catat', items)", json.dumps(items))
    context.set_offline(True)
    page.goto(PAGE)
    fill(page)
    page.get_by_role("button", name="Kirim", exact=True).click()
    full = page.get_by_text("HP ini sudah menyimpan 20 catatan.")
    if is_own:
        expect(full).to_be_visible()
        assert page.evaluate(f"{KEPT}.length") == 20
        page.close()
        return
    expect(page.locator("#unsent li")).to_have_count(21)
    expect(full).to_have_count(0)
    context.set_offline(False)
    page.goto(PAGE)
    expect(page.locator("#unsent")).to_contain_text("diterima kantor")
    assert page.evaluate(f"{KEPT}.filter(one => one.who === 'another').length") == 20, "another's are not sent"
    assert len(rows(app)) == 1
    page.close()


def answering(status: int) -> str:
    """A script under which the office answers every log so; 0: the log-in page of somebody's Wi-Fi."""
    return f"""const real = window.fetch;
      window.fetch = (address, options) => (options || {{}}).method === "POST"
        ? Promise.resolve(new Response("<p>Halo", {{ status: {status or 200} }})) : real(address, options);"""


@pytest.mark.parametrize("status", [500, 503, 403, 0])
def test_a_fault_of_the_line_loses_nothing_and_asks_nothing(app: Flask, context: BrowserContext, status: int) -> None:
    page = ready(context)
    page.evaluate(answering(status))
    fill(page)
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.locator("#unsent li")).to_contain_text("tersimpan di HP")
    expect(page.locator("#unsent button")).to_have_count(0)
    assert rows(app) == []
    page.goto("/petugas/kegiatan")
    expect(page.locator("#unsent li")).to_contain_text("diterima kantor")
    assert len(rows(app)) == 1
    page.close()


def test_what_is_asked_about_stays_until_the_office_has_it(app: Flask, context: BrowserContext) -> None:
    page = ready(context)
    page.locator("#title_id").select_option("90")
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Tulis dulu berapa yang hadir.")
    assert page.evaluate(f"{KEPT}.length") == 1
    page.goto("/petugas/kegiatan")
    page.get_by_role("button", name="Lihat").click()
    expect(page.get_by_role("alert")).to_contain_text("Tulis dulu berapa yang hadir.")
    fill(page)
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Yang sudah dicatat")
    assert page.evaluate(f"{KEPT}.map(one => one.state)") == ["here"]
    page.goto(PAGE)
    fill(page, "12")
    page.get_by_role("button", name="Kirim", exact=True).click()
    page.get_by_role("link", name="Sama. Jangan catat lagi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Yang sudah dicatat")
    assert page.evaluate(f"{KEPT}.length") == 0
    assert len(rows(app)) == 1
    page.close()


def test_another_s_is_never_opened_and_is_dropped_with_a_question(app: Flask, context: BrowserContext) -> None:
    page = ready(context)
    item = {"id": "a" * 32, "who": "another", "fields": [], "says": "x", "state": "kept", "asks": True}
    page.evaluate("items => localStorage.setItem('catat', items)", json.dumps([item]))
    page.goto(PAGE)
    expect(page.locator("#unsent li")).to_contain_text("tersimpan di HP")
    expect(page.get_by_role("button", name="Lihat")).to_have_count(0)
    page.once("dialog", lambda asked: asked.dismiss())
    page.get_by_role("button", name="Hapus").click()
    assert page.evaluate(f"{KEPT}.length") == 1
    page.once("dialog", lambda asked: asked.accept())
    page.get_by_role("button", name="Hapus").click()
    assert page.evaluate(f"{KEPT}.length") == 0
    page.close()


def test_a_page_about_a_fault_is_not_kept(context: BrowserContext) -> None:
    page = ready(context)
    page.add_init_script("""const real = window.fetch;
      window.fetch = (address, options) => String(address).endsWith("/luring")
        ? Promise.resolve(new Response("<p>Halo", { status: 503 })) : real(address, options);""")
    page.goto(PAGE)
    page.wait_for_load_state("networkidle")
    shell = "caches.match('/petugas/kegiatan/catat/luring').then(kept => kept && kept.text())"
    assert "Tidak ada jaringan." in page.evaluate(shell)
    page.close()


def test_after_leaving_the_phone_keeps_no_page(context: BrowserContext) -> None:
    page = ready(context)
    page.get_by_role("button", name="Keluar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Buka kartu")
    page.wait_for_function("caches.has('catat').then(kept => !kept)")
    page.close()


def test_without_a_net_the_part_and_the_day_are_filled_in(app: Flask, context: BrowserContext) -> None:
    with app.app_context():
        (rt,) = rts("003")
    page = ready(context)
    context.set_offline(True)
    page.clock.set_fixed_time("2026-11-25T17:30:00Z")  # in Serang it is the 26th
    page.goto(f"{PAGE}?t=90&a={rt.hex}")
    assert page.locator("#on").input_value() == "26/11/2026"
    assert page.locator(f"input[value='{rt}']").is_checked()
    page.close()


def test_what_the_phone_keeps_names_nobody(app: Flask, context: BrowserContext) -> None:
    page = ready(context)
    addresses = page.evaluate("caches.open('catat').then(kept => kept.keys()).then(all => all.map(one => one.url))")
    assert {address.partition("localhost")[2].partition("/")[2] for address in addresses} == {
        "petugas/kegiatan/catat/luring",
        "static/catat.js",
    }
    shell = page.evaluate("caches.match('/petugas/kegiatan/catat/luring').then(kept => kept.text())")
    assert "Siti" not in shell
    assert "csrf_token" not in shell
    scopes = page.evaluate(
        "navigator.serviceWorker.getRegistrations().then(all => all.map(one => new URL(one.scope).pathname))"
    )
    assert scopes == [PAGE]
    page.goto("/petugas/kegiatan")
    assert page.evaluate("navigator.serviceWorker.controller") is None
    page.close()
