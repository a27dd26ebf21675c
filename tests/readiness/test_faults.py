"""`flask pepa check`: what is wrong, and what keeps the office from going live."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.cli import upgrade
from pepa.config import Config
from pepa.db import Kept, db, transaction
from pepa.domain import destruction, keys, printers, readiness, settings
from pepa.domain.faults import POINTS, TOPICS, Fault, Level
from pepa.models.duty import Shift
from pepa.models.installation import Setting
from pepa.models.organisations import Organisation
from pepa.models.people import Person
from pepa.models.places import Holiday
from tests.installations import opened
from tests.people import office

REACHED = {"mail_url": "smtps://surat.example:465", "base_url": "https://pepa.example"}


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whether sheets can be printed is asked once: it takes a process of its own."""
    monkeypatch.setattr(printers, "fault", lambda: None)
    yield
    Kept.forget()


def found(config: Config, code: str) -> list[Fault]:
    return [fault for fault in readiness.faults(config) if fault.code == code]


def live(config: Config, code: str, **more: Any) -> list[Fault]:
    return found(replace(config, production=True, **{**REACHED, **more}), code)


def test_every_point_belongs_to_a_topic_and_is_filled_in_once() -> None:
    assert {code.partition(".")[0] for code in POINTS} == set(TOPICS)


def test_nothing_is_wrong_with_a_fresh_one(context: Flask, config: Config) -> None:
    assert not [fault for fault in readiness.faults(config) if fault.level is Level.BLOCKS]


@pytest.mark.parametrize("folder", ["instance", "spool", "uploads"])
def test_no_key_is_made_where_it_would_be_copied(empty_config: Config, folder: str) -> None:
    within = replace(empty_config, server_key_file=getattr(empty_config, folder) / "deep" / "inside.key")
    with opened(within) as app, app.app_context():
        upgrade()
        with pytest.raises(keys.KeyRefused, match="may not stand inside"):
            keys.install(within)
    assert not within.server_key_file.exists()


def test_a_key_that_lies_there_already_is_said(context: Flask, config: Config) -> None:
    assert found(replace(config, server_key_file=config.instance / "inside.key"), "server.inside")


def test_a_key_that_others_may_read_is_said(context: Flask, config: Config) -> None:
    config.server_key_file.chmod(0o644)
    assert found(config, "server.open")
    config.server_key_file.chmod(0o600)
    assert not found(config, "server.open")


def test_live_it_needs_mail_and_an_address_that_others_reach(context: Flask, config: Config) -> None:
    assert live(config, "mail.console", mail_url="console:")
    assert live(config, "address.local", base_url="http://localhost:8000")
    assert not live(config, "mail.console")
    assert not live(config, "address.local")
    assert not found(replace(config, mail_url="console:"), "mail.console"), "a demo may stay at home"


def test_live_the_delivery_has_to_run(context: Flask, config: Config) -> None:
    assert live(config, "delivery.still"), "it never did"
    destruction.purge()
    assert not live(config, "delivery.still")
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert live(config, "delivery.still"), "it stands still"


def test_live_whoever_reads_can_be_reached(context: Flask, config: Config) -> None:
    before = live(config, "reach.none")
    with transaction() as session:
        session.execute(sa.update(Person).where(Person.login.in_(["ratna", "asep"])).values(email=None, phone=None))
    assert len(live(config, "reach.none")) == len(before) + 1, "whoever reads no reports rings for nobody"
    with transaction() as session:
        session.execute(sa.update(Person).where(Person.login == "ratna").values(phone="+6281200000000"))
    assert live(config, "reach.none") == before
    db.session.rollback()


@pytest.mark.both
def test_live_it_needs_people_at_both_root_holders(context: Flask, config: Config) -> None:
    for code in ("able.few", "keeper.none", "rekey.due"):
        assert not live(config, code)
    with transaction() as session:
        gone = sa.update(Person).where(Person.login.in_(["rahmat", "joko"])).values(is_active=False)
        session.execute(gone)
        session.execute(sa.update(Organisation).where(Organisation.kind == "police").values(rekey_due=True))
    (few,) = live(config, "able.few")
    assert (few.about, few.values["n"], few.values["needed"]) == ("independent", 1, 2)
    assert live(config, "keeper.none")
    (due,) = live(config, "rekey.due")
    assert due.about == str(office("police"))


@pytest.mark.both
def test_live_both_root_holders_need_a_roster(context: Flask, config: Config) -> None:
    assert not live(config, "duty.none")
    assert not live(config, "duty.ends")
    with transaction() as session:
        session.execute(sa.delete(Shift).where(Shift.organisation_id == office("independent")))
    (none,) = live(config, "duty.none")
    assert none.about == str(office("independent"))
    db.session.rollback()
    with clock.frozen(clock.now() + timedelta(days=30)):
        (ends,) = live(config, "duty.ends")
        assert (ends.about, ends.level) == (str(office()), Level.WARNS)
    with clock.frozen(clock.now() + timedelta(days=40)):
        assert len(live(config, "duty.none")) == 2


@pytest.mark.both
def test_live_holidays_are_approved_by_somebody_the_next_years_from_november(context: Flask, config: Config) -> None:
    with clock.frozen(clock.now().replace(year=2026, month=10)):
        assert [fault.about for fault in live(config, "holidays.none")] == ["2026"]
        with transaction() as session:
            day = session.get_one(Holiday, date(2026, 12, 25))
            day.approved_at = clock.now()
        assert not live(config, "holidays.none")
    with clock.frozen(clock.now().replace(year=2026, month=11)):
        assert [fault.about for fault in live(config, "holidays.none")] == ["2027"]
        assert not found(config, "holidays.none")


def test_agreements_have_a_last_day_and_are_not_over(context: Flask, config: Config) -> None:
    (unsaid,) = live(config, "agreement.unsaid")
    before = unsaid.values["n"]
    assert isinstance(before, int)
    today = clock.today()
    with transaction() as session:
        for kind, days in (("police", -1), ("hospital", 20), ("shelter", 100)):
            row = session.get_one(Organisation, office(kind))
            row.agreed_until_on = today + timedelta(days=days)
    (unsaid,) = live(config, "agreement.unsaid")
    assert unsaid.values["n"] == before - 3
    (over,), (soon,) = live(config, "agreement.over"), live(config, "agreement.soon")
    assert (over.about, over.level) == (str(office("police")), Level.WARNS)
    assert (soon.about, soon.level) == (str(office("hospital")), Level.SOON)


def test_what_had_better_not_be_empty_warns(context: Flask, config: Config) -> None:
    said = {"law_sentence": "A", "crisis_number": "", "police_unit": "", "dpo": ""}
    with transaction() as session:
        for code in (*settings.NEEDED, *settings.WANTED):
            session.merge(Setting(key=code, value=said.get(code, "x")))
    Kept.forget()
    assert [fault.about for fault in live(config, "setting.wanted")] == ["crisis_number"]
    assert [fault.about for fault in live(config, "setting.empty")] == ["dpo", "police_unit"]


def test_what_keeps_sheets_from_being_printed(context: Flask, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printers, "fault", lambda: "Pango is missing")
    assert found(config, "print.nothing") == [Fault("print.nothing", values={"why": "Pango is missing"})]


def test_the_disks(context: Flask, config: Config) -> None:
    same = [fault.values["folder"] for fault in live(config, "disk.same")]
    assert same == [config.spool, config.backups]
    assert live(config, "disk.full", free_percent=101)
    assert not live(config, "disk.full")
    assert not found(config, "disk.same"), "a demo lies in one place"
