"""Numbers grow old: after ninety days somebody is to try them again, two weeks before it is said softly."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.config import Config
from pepa.db import Kept, transaction
from pepa.domain import numbers, printers, readiness, settings
from pepa.domain.faults import Level
from pepa.models.installation import Setting
from tests import cast

DAY = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def all_tried_that_day(app: Flask) -> Iterator[None]:
    with app.app_context(), transaction() as session:
        session.execute(sa.update(Setting).where(Setting.checked_on.is_not(None)).values(checked_on=DAY))
        session.merge(Setting(key="office_number", value="0254-000-000", checked_on=DAY))
    Kept.forget()
    yield
    Kept.forget()


def noon(days: int) -> datetime:
    return datetime(2026, 12, 1, 12, tzinfo=clock.JAKARTA) + timedelta(days=days)


@pytest.mark.both
@pytest.mark.parametrize(
    ("days", "code"), [(0, ""), (75, ""), (76, "number.soon"), (90, "number.soon"), (91, "number.old")]
)
def test_by_the_day(context: Flask, days: int, code: str) -> None:
    with clock.frozen(noon(days)):
        found = numbers.faults()
    assert {fault.code for fault in found} == ({code} if code else set())
    if code:
        assert {fault.about for fault in found} >= {"polisi", "sapa129", "kantor"}
        assert all(fault.values["n"] == days for fault in found)


def test_one_that_nobody_ever_tried(context: Flask) -> None:
    with transaction() as session:
        session.merge(Setting(key="office_whatsapp", value="0812-0000-0000"))
        session.get_one(Setting, "office_whatsapp").checked_on = None
    with clock.frozen(noon(1)):
        (fault,) = numbers.faults()
    assert (fault.code, fault.about, fault.level) == ("number.untried", "kantor_wa", Level.WARNS)


def test_check_warns_and_fails_for_none_of_it(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printers, "fault", lambda: None)
    for days, said in ((80, "tried"), (91, "warns: This number was tried 91 days ago, try it again: Police. [polisi]")):
        with clock.frozen(noon(days)):
            done = app.test_cli_runner().invoke(args=["pepa", "check"])
        assert done.exit_code == 0, done.output
        assert (said in done.output) is (days == 91), "what is only soon stands on the pages alone"
        assert done.output.endswith("No fault found.\n")


def test_a_number_among_the_settings_is_stored_again_once_it_was_tried(context: Flask) -> None:
    me = cast.member("wulan")
    with clock.frozen(noon(0)):
        settings.change(me, "crisis_number", value="119", seen=settings.get_for(me, "crisis_number").value)
    kept = len(settings.get_for(me, "crisis_number").changes)
    with clock.frozen(noon(100)):
        assert "crisis_number" in [fault.about for fault in numbers.faults()]
        settings.change(me, "crisis_number", value="119", seen="119")
        assert "crisis_number" not in [fault.about for fault in numbers.faults()]
        held = settings.get_for(me, "crisis_number")
        assert held.checked_on == clock.today()
        assert len(held.changes) == kept, "it says the same"
        settings.change(me, "crisis_number", value="", seen="119")
        assert settings.get_for(me, "crisis_number").checked_on is None


def test_the_pages_say_so(app: Flask, config: Config) -> None:
    with app.app_context(), transaction() as session:
        for key, days in (("number.110", 100), ("number.129", 80)):
            session.get_one(Setting, key).checked_on = clock.today() - timedelta(days=days)
        session.merge(Setting(key="number.112", value="112", checked_on=clock.today()))
    client = cast.at_work(app, "joko")
    page = client.open("/petugas/pengaturan")
    assert page.has("Perlu dicoba lagi", "dicek 100 hari lalu", "Sebentar lagi", "dicek 80 hari lalu")
    with app.app_context():
        levels = {fault.about: fault.level for fault in readiness.for_page(cast.member("joko"), config)}
    assert (levels["polisi"], levels["sapa129"]) == (Level.WARNS, Level.SOON)
    assert "darurat" not in levels
