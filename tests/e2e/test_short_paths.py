"""The short paths, counted (rule 45): each press of a key that is a finger's, and each text that is typed."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import BrowserContext, Locator, Page, expect

from pepa.db import db
from pepa.domain import devices
from pepa.models.calls import Call
from pepa.models.messages import Message
from pepa.models.reports import Report
from tests import cast
from tests.chats.exports import TEXT
from tests.staff.test_scripts import cookie_of

Phone = Callable[..., BrowserContext]
TOLD = "Ibu itu menelepon dari warung."


class Finger:
    """Whoever holds the phone. acts: how often something was pressed or typed."""

    def __init__(self, page: Page) -> None:
        self.page, self.acts = page, 0

    def opens(self) -> None:
        """The icon on the home screen."""
        self.acts += 1
        self.page.goto("/petugas/")

    def presses(self, word: str) -> None:
        """What carries exactly this word: a link, a button, or what opens more."""
        page = self.page
        found = page.get_by_role("link", name=word, exact=True).or_(page.get_by_role("button", name=word, exact=True))
        self.touches(found.or_(page.locator("summary", has_text=word)).first)

    def touches(self, what: Locator) -> None:
        self.acts += 1
        what.click()

    def types(self, field: str, text: str) -> None:
        self.acts += 1
        self.page.get_by_label(field).fill(text)

    def reads(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def context(request: pytest.FixtureRequest, phone: Phone) -> BrowserContext:
    return phone(scripts=request.param, width=320, height=480)


@pytest.fixture
def locked(context: BrowserContext, app: Flask) -> Finger:
    """A registered phone on which nobody has unlocked anything."""
    with app.app_context():
        wulan = cast.member("wulan")
        device_id = devices.register(wulan, label="HP piket", once="1")
        secret = devices.join(code="".join(devices.code_of(devices.get_for(wulan, device_id)) or ()))
    context.add_cookies([{**cookie_of(secret), "name": "__Host-d"}])
    return Finger(context.new_page())


@pytest.fixture
def officer(context: BrowserContext, app: Flask) -> Finger:
    with app.app_context():
        context.add_cookies([cookie_of(cast.cookie_of("ratna"))])
    return Finger(context.new_page())


def test_a_call_at_night_in_four_acts(locked: Finger, app: Flask) -> None:
    locked.opens()
    locked.presses("Telepon")
    locked.types("Apa yang diceritakan?", TOLD)
    locked.presses("Simpan")
    locked.reads("Tersimpan")
    assert locked.acts <= 4
    with app.app_context():
        assert db.session.scalars(sa.select(Report.channel).where(Report.channel == "phone")).all() == ["phone"]


def test_a_silent_call_in_two_clicks(locked: Finger, app: Flask) -> None:
    locked.page.goto("/petugas/")
    locked.presses("Telepon")
    locked.presses("Diam")
    locked.reads("Telepon diam")
    expect(locked.page.get_by_text("Ketuk 1 kali untuk ya, 2 kali untuk tidak.")).to_be_visible()
    assert locked.acts <= 2
    with app.app_context():
        assert db.session.scalars(sa.select(Call.kind)).all() == ["silent"]


def test_a_chat_in_four_acts(officer: Finger, app: Flask) -> None:
    officer.page.goto("/petugas/")
    officer.presses("Chat")
    officer.types("Tempel chat di sini", TEXT)
    officer.presses("Baca dulu")
    officer.presses("Simpan")
    officer.reads("Tersimpan")
    assert officer.acts <= 4
    with app.app_context():
        assert db.session.scalars(sa.select(Report.channel).where(Report.channel == "chat")).all() == ["chat"]


def test_a_ready_answer_in_four_acts(officer: Finger, app: Flask) -> None:
    with app.app_context():
        reporter = cast.tell(urgency="now")
        reference = db.session.get_one(Report, reporter.report_id).reference
    officer.page.goto("/petugas/")
    officer.touches(officer.page.locator("table").get_by_role("link", name=reference))
    officer.presses("Jawaban siap pakai")
    officer.touches(officer.page.locator("details .button").first)
    officer.presses("Kirim jawaban")
    expect(officer.page.get_by_text("Jawaban SUDAH dikirim.")).to_be_visible()
    assert officer.acts <= 4
    with app.app_context():
        written = sa.select(Message.side).where(Message.report_id == reporter.report_id)
        assert db.session.scalars(written).all() == ["office"]
