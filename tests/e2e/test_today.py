"""An officer's morning in a browser: log in, the day's promises, a call, handing over; each with few clicks."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, expect

from pepa import clock
from pepa.domain import additions, callbacks
from pepa.models.reports import reference_of
from pepa.seeds.demo import Account
from tests import cast
from tests.e2e.test_journey import log_in

Phone = Callable[..., BrowserContext]
NUMBER = "0812-0000-1111"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_log_in_call_back_hand_over(phone: Phone, app: Flask, accounts: dict[str, Account], scripts: bool) -> None:
    with app.app_context():
        reporter, ratna, now = cast.tell(), cast.member("ratna"), clock.now()
        plan = additions.Contact(reach="back", phone=NUMBER, hours="kalau sepi", word="pesanan beras")
        additions.add(reporter, answers=plan, once="p")
        times = {"from_at": now - timedelta(minutes=1), "until_at": now + timedelta(hours=1)}
        callbacks.promise(ratna, reporter.report_id, person_id=ratna.person_id, reason="Ia minta", once="c", **times)
    page = phone(scripts=scripts, width=320, height=480).new_page()
    log_in(page, accounts["ratna"])
    expect(page.get_by_text(NUMBER)).to_have_count(0)

    row = page.get_by_role("listitem").filter(has_text=f"Telepon balik {reference_of(reporter.report_id)}")
    row.get_by_role("link", name="Baca rencana").click()
    expect(page.get_by_text("pesanan beras")).to_be_visible()
    expect(page.get_by_text(NUMBER)).to_have_count(0)
    page.get_by_role("button", name="Sudah saya baca, buka nomor").click()
    expect(page.get_by_role("link", name=NUMBER)).to_be_visible()
    page.get_by_label("Terhubung").check()
    page.get_by_role("button", name="Catat hasil").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Janji hari ini")
    expect(page.get_by_text("Hasil telepon SUDAH dicatat.")).to_be_visible()
    expect(row).to_have_count(0)

    page.get_by_role("link", name="Serah terima piket").click()
    page.get_by_label("Diserahkan kepada").select_option(label="Bayu Contoh")
    page.get_by_label("Yang perlu diketahui").fill("Ia aman di rumah kakaknya.")
    page.get_by_role("button", name="Serahkan piket").click()
    expect(page.get_by_text("SUDAH diserahkan.")).to_be_visible()

    other = phone(scripts=scripts, width=1280, height=800).new_page()
    log_in(other, accounts["bayu"])
    expect(other.get_by_text("Ia aman di rumah kakaknya.")).to_be_visible()
    other.get_by_role("button", name="Sudah saya baca").click()
    expect(other.get_by_text("Dicatat: SUDAH Anda baca.")).to_be_visible()
