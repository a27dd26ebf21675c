"""An alarm is heard on an open page: if its reader wishes, once the browser lets it, and never after the lock (B8)."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from pepa.db import transaction
from pepa.domain import alerts, reports, sessions
from pepa.models.people import StaffSession
from pepa.models.reports import Report
from tests import cast
from tests.duty.rosters import person
from tests.staff.test_scripts import desk, later

Phone = Callable[..., BrowserContext]
TODAY, SAYS = "/petugas/hari-ini", "Ada yang perlu dibaca sekarang."
# Counts tones; like a browser's own it is silent until somebody has touched the page.
EARS = """
window.tones = 0;
window.AudioContext = class {
  constructor() { this.state = "suspended"; this.currentTime = 0; this.destination = {}; }
  resume() { this.state = "running"; }
  createGain() { return { gain: {}, connect: (to) => to }; }
  createOscillator() {
    window.tones += 1;
    return { frequency: {}, connect: (to) => to, start() {}, stop() {} };
  }
};
"""


@pytest.fixture
def quiet(app: Flask) -> Flask:
    """The demo's own reports ask nobody."""
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Report).values(held_by_id=person("hadi")))
    return app


def listening(phone: Phone, app: Flask, login: str = "ratna") -> Page:
    page = desk(phone, app, login)
    page.clock.install()
    page.add_init_script(EARS)
    page.goto(TODAY)
    return page


def heard(page: Page) -> Any:
    return page.evaluate("window.tones")


def test_it_sounds_once_a_report_asks_for_somebody_and_stops_once_it_is_held(phone: Phone, quiet: Flask) -> None:
    page = listening(phone, quiet)
    page.get_by_role("heading", level=1).click()
    later(page, 0.5)
    assert heard(page) == 0
    with quiet.app_context():
        report_id = cast.tell(urgency="now").report_id
    later(page, 0.5)
    expect(page.locator("#alarms").get_by_text(SAYS)).to_be_visible()
    later(page, 0.1)
    first = heard(page)
    assert first > 0
    titles = set()
    for _ in range(4):
        later(page, 1 / 60)
        titles.add(page.title())
    assert titles == {SAYS, "Janji hari ini · Calling Pepa"}
    later(page, 0.5)
    assert heard(page) > first, "until somebody holds it"
    with quiet.app_context():
        reports.hold(cast.member("bayu"), report_id)
    later(page, 0.5)
    expect(page.locator("#alarms").get_by_text(SAYS)).to_have_count(0)
    last = heard(page)
    later(page, 0.5)
    assert heard(page) == last
    assert page.title() == "Janji hari ini · Calling Pepa"


def test_before_anybody_touched_the_page_it_says_that_it_cannot(phone: Phone, quiet: Flask) -> None:
    with quiet.app_context():
        cast.tell(urgency="now")
    page = listening(phone, quiet)
    later(page, 0.1)
    expect(page.get_by_text("Tanda di halaman ini belum bisa berbunyi.")).to_be_visible()
    assert heard(page) == 0
    page.get_by_role("heading", level=1).click()
    expect(page.get_by_text("Tanda di halaman ini belum bisa berbunyi.")).to_be_hidden()
    later(page, 0.2)
    assert heard(page) > 0


def test_the_first_touch_lands_where_it_was_aimed(phone: Phone, quiet: Flask) -> None:
    """What the page said about its sound goes with that touch, and nothing below it moves."""
    with quiet.app_context():
        cast.tell(urgency="now")
        sessions.keep_draft(cast.cookie_of("ratna"), "/petugas/telepon", {"what": "Setengah kalimat"})
    page = desk(phone, quiet, width=1280, height=800)
    page.goto("/petugas/telepon")
    expect(page.get_by_text("Tanda di halaman ini belum bisa berbunyi.")).to_be_visible()
    box = page.get_by_role("link", name="Pakai").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_label("Apa yang diceritakan?")).to_have_value("Setengah kalimat")


def test_turned_off_it_is_silent_and_still_seen(phone: Phone, quiet: Flask) -> None:
    with quiet.app_context():
        alerts.set_sound(cast.member("ratna"), has_sound=False)
        cast.tell(urgency="now")
    page = listening(phone, quiet)
    page.get_by_role("heading", level=1).click()
    later(page, 0.5)
    expect(page.locator("#alarms").get_by_text(SAYS)).to_be_visible()
    assert heard(page) == 0


def test_after_the_lock_nothing_of_the_one_before_sounds(phone: Phone, quiet: Flask) -> None:
    """B8: a page of a session that is gone asks, and is led to the log-in."""
    page = listening(phone, quiet)
    page.get_by_role("heading", level=1).click()
    with quiet.app_context():
        with transaction() as session:
            session.execute(sa.delete(StaffSession))
        cast.tell(urgency="now")
    later(page, 0.5)
    expect(page.get_by_role("heading", level=1)).to_have_text("Masuk")
    later(page, 0.5)
    assert heard(page) == 0
