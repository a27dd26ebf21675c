"""A code that an officer read out: it ends at its first use, and she gets one that nobody else knows (citizen.md 7)."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db
from pepa.domain import arrivals, hand_ins, intake, reports
from pepa.models.reports import Channel, Reading, ReporterKey
from tests.client import Client, Page
from tests.intake.test_replay import lose
from tests.people import member

NEW = "Kode dari petugas hanya untuk satu kali. Ini kode baru Anda; petugas tidak tahu kode ini."
DEAD = "Kode ini tidak membuka apa-apa."


@pytest.fixture
def handed(app: Flask) -> hand_ins.HandedIn:
    with app.app_context():
        ratna = member("ratna")
        handed = hand_ins.hand_in(
            ratna, intake.mint_ticket(), channel=Channel.PHONE, what="Ibu itu menelepon.", with_code=True
        )
        reports.answer(ratna, handed.report_id, text="Kami baca.", once="1")
        return handed


@pytest.fixture
def code(app: Flask, handed: hand_ins.HandedIn) -> str:
    with app.app_context():
        groups = hand_ins.code_of(handed.handle)
        assert groups
        return " ".join(groups)


def shown(page: Page) -> str:
    found = page.tree.select_one(".code")
    assert found
    return " ".join(found.text.split())


def test_the_first_typing_leads_to_a_new_code(app: Flask, code: str) -> None:
    her, officer = Client(app), Client(app)
    for _ in range(3):
        her.get("/pantau")  # looking at the page uses nothing up (cases B22)
    page = her.submit("Buka", code=code)
    assert page.has(NEW)
    new = shown(page)
    assert new != code
    page = her.click("Baca jawaban")
    assert page.has("Kami baca.")
    officer.get("/pantau")
    assert officer.submit("Buka", code=code).has(DEAD)
    later = Client(app)
    later.get("/pantau")
    page = later.submit("Buka", code=new)
    assert page.has("Kami baca.")
    assert not page.has(NEW)


@pytest.mark.parametrize("cookies", [True, False])
def test_a_lost_reply_and_the_same_form_again(app: Flask, code: str, cookies: bool) -> None:
    her = Client(app, cookies=cookies)
    page = her.get("/pantau")
    fields = {"code": code, "ticket": page.value("ticket"), "end": "1"}
    first = her.open(str(her.post("/pantau", fields).location))
    her.forget_cookies() if cookies else None
    again = her.open(str(her.post("/pantau", fields).location))
    assert first.has(NEW)
    assert again.has(NEW)
    assert shown(again) == shown(first)


def test_another_form_with_the_same_code_gets_nothing(app: Flask, code: str) -> None:
    her, officer = Client(app), Client(app)
    ticket = officer.get("/pantau").value("ticket")
    her.get("/pantau")
    her.submit("Buka", code=code)
    page = officer.post("/pantau", {"code": code, "ticket": ticket, "end": "1"})
    assert page.status == 404
    assert page.has(DEAD)


def test_after_the_exit_the_same_form_shows_nothing(app: Flask, code: str) -> None:
    her = Client(app)
    fields = {"code": code, "ticket": her.get("/pantau").value("ticket"), "end": "1"}
    her.open(str(her.post("/pantau", fields).location))
    her.get("/keluar")
    for _ in range(2):
        page = her.post("/pantau", fields)
        assert (page.status, page.h1) == (404, "Belum terkirim.")


@pytest.mark.parametrize("ticket", ["", "x"])
def test_an_old_form_works_too(app: Flask, code: str, ticket: str) -> None:
    her = Client(app)
    page = her.open(str(her.post("/pantau", {"code": code, "ticket": ticket, "end": "1"}).location))
    assert page.has(NEW)


def test_the_spool_does_not_bring_a_used_code_back(app: Flask, handed: hand_ins.HandedIn, code: str) -> None:
    her = Client(app)
    her.get("/pantau")
    her.submit("Buka", code=code)
    with app.app_context():
        assert handed.reporter
        lose(handed.reporter)
        assert arrivals.replay() == 1
        key = db.session.get_one(ReporterKey, handed.report_id)
        assert (key.code_locator, key.code_sealed, key.is_once) == (None, None, False)
        assert not db.session.scalar(sa.select(sa.func.count()).where(Reading.report_id == handed.report_id))


def test_an_unused_code_comes_back_with_its_report(app: Flask, handed: hand_ins.HandedIn, code: str) -> None:
    with app.app_context():
        assert handed.reporter
        lose(handed.reporter)
        assert arrivals.replay() == 1
    her = Client(app)
    her.get("/pantau")
    assert her.submit("Buka", code=code).has(NEW)
