"""Live, no form opens before sheets would open what it brings; a demo does without."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import intake, keys, outbox, readiness, recovery, rescues
from pepa.domain.faults import Fault
from pepa.models.organisations import Membership, Organisation
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.recovery import RecoveryKey, RecoveryWrap
from tests.client import Client
from tests.installations import opened
from tests.people import office
from tests.recovery.sets import confirmed, logs_in


@pytest.fixture
def live(config: Config) -> Iterator[Flask]:
    """The program where it matters."""
    with opened(replace(config, production=True)) as app, app.app_context():
        yield app


def inspector() -> str:
    """Somebody of the independent holder who can open."""
    query = sa.select(Person.login).join(Membership).where(Membership.organisation_id == office("independent"))
    return next(login for login in db.session.scalars(query.order_by(Person.login)))


def said(config: Config, *, production: bool = True) -> list[Fault]:
    found = readiness.faults(replace(config, production=production))
    return [fault for fault in found if fault.topic == "sheets"]


def test_a_demo_needs_no_sheets(context: Flask, config: Config) -> None:
    assert not rescues.is_ready()
    state = intake.state()
    assert state.open
    assert state.independent
    assert said(config, production=False) == []


def test_live_it_opens_once_both_keys_are_sealed(live: Flask, config: Config) -> None:
    assert not intake.state().open
    assert said(config) == rescues.faults(live=True)
    assert rescues.faults(live=True) == [Fault("sheets.none")]
    confirmed(config)
    assert not intake.state().open
    assert len(rescues.faults(live=True)) == 2, "each of the two by its name"
    logs_in("ratna")
    (fault,) = rescues.faults(live=True)
    assert (fault.code, fault.about) == ("sheets.unsealed", str(office("independent")))
    assert not intake.state().open
    logs_in(inspector())
    assert rescues.faults(live=True) == said(config) == []
    state = intake.state()
    assert state.open
    assert state.independent


def test_live_the_phone_page_stands_in_its_place(live: Flask, config: Config) -> None:
    """Case A24: before anybody types; and what was typed meanwhile is not lost."""
    client = Client(live)
    page = client.get("/lapor")
    assert page.tree.textarea is None
    assert page.tree.find("a", href="tel:112")
    assert intake.deliver(intake.mint_ticket(), what="Sudah terketik").stored
    confirmed(config)
    logs_in("ratna")
    logs_in(inspector())
    assert client.get("/lapor").tree.textarea


def test_a_new_generation_never_closes_the_form(live: Flask, config: Config) -> None:
    confirmed(config)
    logs_in("ratna")
    logs_in(inspector())
    newer = keys.new_pair()
    with transaction() as session:
        organisation = session.get_one(Organisation, office())
        organisation.generation += 1
        recovery.wrap(session, organisation, newer)
    assert rescues.is_ready()


def test_nor_do_new_sheets(live: Flask, config: Config) -> None:
    confirmed(config)
    logs_in("ratna")
    logs_in(inspector())
    recovery.make(config)
    assert rescues.is_ready()
    confirmed(config)
    assert rescues.is_ready(), "the older ones serve until all is sealed anew"
    logs_in("bayu")
    assert rescues.is_ready()


@pytest.mark.parametrize("table", [RecoveryKey, RecoveryWrap])
def test_what_was_planted_does_not_count(live: Flask, config: Config, table: type[RecoveryKey | RecoveryWrap]) -> None:
    confirmed(config)
    logs_in("ratna")
    logs_in(inspector())
    with db.engine.begin() as connection:
        connection.execute(sa.update(table).values(mac=bytes(32)))
    assert not intake.state().open
    assert said(config)


def warned() -> list[str]:
    query = sa.select(Person.login).join(OutboxRow).where(OutboxRow.notice == outbox.Notice.KEYS)
    found = list(db.session.scalars(query))
    db.session.rollback()
    return found


def test_live_a_form_that_closes_is_told_once_a_day(live: Flask, config: Config) -> None:
    """Case A24: nobody may be visiting, and whoever answers for it learns of it all the same."""
    assert rescues.watch() == 0, "before it was ever open"
    confirmed(config)
    logs_in("ratna")
    logs_in(inspector())
    assert rescues.watch() == 0
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(sa.update(RecoveryKey).values(mac=bytes(32)))
    assert rescues.watch() == 1
    assert rescues.watch() == 0
    assert "wulan" in warned()
    assert "ratna" not in warned()
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert rescues.watch() == 1


def test_a_demo_is_not_told(context: Flask, config: Config) -> None:
    confirmed(config)
    assert not rescues.is_ready()
    assert rescues.watch() == 0
    assert warned() == []


def test_a_planted_set_is_named_everywhere(context: Flask, config: Config) -> None:
    confirmed(config)
    with db.engine.begin() as connection:
        connection.execute(sa.update(RecoveryKey).values(mac=bytes(32)))
    assert said(config, production=False) == [Fault("sheets.planted", values={"n": 1})]
