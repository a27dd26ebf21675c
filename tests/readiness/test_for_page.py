"""Siap dipakai: one page of what blocks, what warns and what is fine, each with where it is mended."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.config import Config
from pepa.db import Kept, transaction
from pepa.domain import readiness
from pepa.domain.faults import TOPICS, Part
from pepa.errors import NotAllowed
from pepa.models.duty import Shift
from pepa.models.installation import Setting
from tests import cast
from tests.people import office

PAGE = "/petugas/siap"


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    Kept.forget()


def test_it_asks_as_if_live_and_leaves_the_machine_to_the_machine(context: Flask, config: Config) -> None:
    found = readiness.for_page(cast.member("hadi"), config)
    codes = {fault.code for fault in found}
    assert {"demo.there", "sheets.none", "copy.none", "delivery.still", "mail.console"} <= codes
    assert not [fault for fault in found if TOPICS[fault.topic].part is Part.MACHINE]


@pytest.mark.parametrize("login", ["ratna", "intan", "nadia"])
def test_it_is_for_whoever_answers_for_the_settings(context: Flask, config: Config, login: str) -> None:
    with pytest.raises(NotAllowed):
        readiness.for_page(cast.member(login), config)


def test_the_page_says_what_blocks_where_it_is_mended_and_what_is_fine(app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            session.merge(Setting(key="dpo", value=""))
            session.merge(Setting(key="crisis_number", value="119", checked_on=clock.today() - timedelta(days=91)))
            session.execute(sa.delete(Shift))
            own, other = office(), office("independent")
        Kept.forget()
    page = cast.at_work(app, "hadi").open(PAGE)
    assert page.has("Siap dipakai?", "Program BELUM boleh dipakai sungguhan.", "Ini masih contoh", "Ada pengelola.")
    assert page.has("BELUM diisi: Pejabat pelindungan data pribadi.", "Lembar pemulihan BELUM dibuat", "recovery make")
    assert page.has("Inspektorat Contoh: tidak ada yang piket", "91 hari lalu", "flask --app wsgi pepa check")
    links = {a["href"] for a in page.tree.find_all("a") if a.get("href")}
    assert {f"/petugas/pengaturan/{key}" for key in ("dpo", "crisis_number")} <= links
    assert "/petugas/piket" in links
    assert f"/petugas/lembaga/{own}" not in links
    assert not [link for link in links if str(other) in link], "the other office keeps its own roster"


def test_an_administrator_is_not_led_where_they_may_not_go(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        session.execute(sa.delete(Shift))
    page = cast.at_work(app, "joko").open(PAGE)
    assert page.has("tidak ada yang piket")
    main = page.tree.find("main")
    assert not main.find("a", href="/petugas/piket"), "no roster is shown to whoever keeps accounts"


def test_others_find_no_such_page(app: Flask) -> None:
    assert cast.at_work(app, "ratna").get(PAGE).status == 404
    assert cast.at_work(app, "intan").get(PAGE).status == 404


def test_the_settings_lead_there(app: Flask) -> None:
    assert cast.at_work(app, "joko").open("/petugas/pengaturan").has("Siap dipakai? Yang masih menahan")
