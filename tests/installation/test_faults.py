"""`flask pepa check`: what is wrong, and what keeps the office from going live."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.cli import upgrade
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import installation, keys
from pepa.models.organisations import Organisation
from pepa.models.people import Person
from tests.installations import opened

LIVE = {"mail_url": "smtps://surat.example:465", "base_url": "https://pepa.example"}


def said(config: Config, part: str) -> list[str]:
    return [fault for fault in installation.faults(config) if part in fault]


def test_nothing_is_wrong_with_a_fresh_one(context: Flask, config: Config) -> None:
    assert installation.faults(config) == []


@pytest.mark.parametrize("folder", ["instance", "spool", "uploads"])
def test_no_key_is_made_where_it_would_be_copied(empty_config: Config, folder: str) -> None:
    within = replace(empty_config, server_key_file=getattr(empty_config, folder) / "deep" / "inside.key")
    with opened(within) as app, app.app_context():
        upgrade()
        with pytest.raises(keys.KeyRefused, match="may not stand inside"):
            keys.install(within)
    assert not within.server_key_file.exists()


def test_a_key_that_lies_there_already_is_said(context: Flask, config: Config) -> None:
    assert said(replace(config, server_key_file=config.instance / "inside.key"), "stands inside")


def test_a_key_that_others_may_read_is_said(context: Flask, config: Config) -> None:
    config.server_key_file.chmod(0o644)
    assert said(config, "others on this machine may read")
    config.server_key_file.chmod(0o600)
    assert not said(config, "others on this machine may read")


def test_live_it_needs_mail_and_an_address_that_others_reach(context: Flask, config: Config) -> None:
    live = replace(config, production=True, mail_url="console:", base_url="http://localhost:8000")
    assert said(live, "PEPA_MAIL_URL")
    assert said(live, "PEPA_BASE_URL")
    reached = replace(live, **LIVE)
    assert not said(reached, "PEPA_MAIL_URL")
    assert not said(reached, "PEPA_BASE_URL")
    assert not said(replace(live, production=False), "PEPA_"), "a demo may stay at home"


def test_live_whoever_reads_can_be_reached(context: Flask, config: Config) -> None:
    live = replace(config, production=True, **LIVE)
    before = said(live, "neither mail nor phone")
    with transaction() as session:
        session.execute(sa.update(Person).where(Person.login.in_(["ratna", "asep"])).values(email=None, phone=None))
    assert len(said(live, "neither mail nor phone")) == len(before) + 1, "whoever reads no reports rings for nobody"
    with transaction() as session:
        session.execute(sa.update(Person).where(Person.login == "ratna").values(phone="+6281200000000"))
    assert said(live, "neither mail nor phone") == before
    db.session.rollback()


def test_live_it_needs_people_at_both_root_holders(context: Flask, config: Config) -> None:
    live = replace(config, production=True)
    assert not [fault for fault in installation.faults(live) if "can open" in fault or "accounts:" in fault]
    with transaction() as session:
        gone = sa.update(Person).where(Person.login.in_(["rahmat", "joko"])).values(is_active=False)
        session.execute(gone)
        session.execute(sa.update(Organisation).where(Organisation.kind == "police").values(rekey_due=True))
    found = installation.faults(live)
    assert "1 people of the independent holder can open reports; 2 are needed" in found
    assert "nobody keeps accounts: give somebody of the intake office the role of administrator" in found
    assert "Unit PPA Contoh needs a new key: somebody left it under suspicion" in found
