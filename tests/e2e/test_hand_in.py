"""A night call on the office's phone: home icon, Telepon, typing, Simpan. Four acts, nothing unlocked (rule 45)."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import BrowserContext, expect

from pepa.db import db
from pepa.domain import devices
from pepa.models.reports import Report
from tests import cast

Phone = Callable[..., BrowserContext]
TOLD = "Ibu itu menelepon dari warung."


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_four_acts(phone: Phone, app: Flask, scripts: bool) -> None:
    with app.app_context():
        wulan = cast.member("wulan")
        device_id = devices.register(wulan, label="HP piket", once="1")
        secret = devices.join(code="".join(devices.code_of(devices.get_for(wulan, device_id)) or ()))
    context = phone(scripts=scripts, width=320, height=480)
    context.add_cookies([{"name": "__Host-d", "value": secret, "domain": "localhost", "path": "/", "secure": True,
                          "httpOnly": True, "sameSite": "Strict"}])  # fmt: skip
    page = context.new_page()
    acts = 1  # the home icon
    page.goto("/petugas/")
    acts += 1
    page.get_by_role("link", name="Telepon").click()
    acts += 1
    page.get_by_label("Apa yang diceritakan?").fill(TOLD)
    acts += 1
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tersimpan")
    assert acts == 4
    assert page.evaluate("document.documentElement.scrollWidth <= 320") or not scripts
    page.go_back()
    expect(page.get_by_label("Apa yang diceritakan?")).to_have_value("")
    with app.app_context():
        assert db.session.scalars(sa.select(Report.channel).where(Report.channel == "phone")).all() == ["phone"]
