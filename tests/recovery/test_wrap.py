"""Keys of the two root holders, sealed to the sheets by whoever holds them and logs in."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import keys, recovery
from pepa.models.organisations import Organisation
from pepa.models.recovery import RecoveryKey, RecoveryWrap
from tests.people import member, office
from tests.recovery.sets import confirmed, logs_in

both = pytest.mark.both


def how_many() -> int:
    found = db.session.scalar(sa.select(sa.func.count()).select_from(RecoveryWrap))
    db.session.rollback()
    return found or 0


@both
def test_whoever_logs_in_seals_what_they_hold(context: Flask, config: Config) -> None:
    pair = confirmed(config)
    assert recovery.held(pair, office()) == []
    logs_in("ratna")
    (held,) = recovery.held(pair, office())
    organisation = db.session.get_one(Organisation, office())
    assert (held.generation, held.pair.public) == (organisation.generation, organisation.public_key)


def test_once_is_enough(context: Flask, config: Config) -> None:
    confirmed(config)
    logs_in("ratna")
    ratna = member("ratna")
    assert recovery.wrap_due(ratna.person_id, ratna.keyring.person) == []
    bayu = member("bayu")
    assert recovery.wrap_due(bayu.person_id, bayu.keyring.person) == [], "nor by a colleague"
    assert how_many() == 1


def test_two_who_log_in_at_once_leave_one(context: Flask, config: Config) -> None:
    confirmed(config)
    ratna, bayu = member("ratna"), member("bayu")
    due = [recovery.wrap_due(one.person_id, one.keyring.person) for one in (ratna, bayu)]
    for values in due:
        assert len(values) == 1
        with transaction() as session:
            recovery.keep(session, values)
    assert how_many() == 1


def test_before_there_are_sheets_nothing_is_due(context: Flask, config: Config) -> None:
    ratna = member("ratna")
    assert recovery.wrap_due(ratna.person_id, ratna.keyring.person) == []
    recovery.make(config)
    assert recovery.wrap_due(ratna.person_id, ratna.keyring.person) == [], "nor before they were typed back"


def test_a_partner_s_key_is_no_business_of_the_sheets(context: Flask, config: Config) -> None:
    confirmed(config)
    nadia = member("nadia")
    assert not nadia.is_root
    assert recovery.wrap_due(nadia.person_id, nadia.keyring.person) == []


def test_a_planted_set_keeps_nobody_from_logging_in(context: Flask, config: Config) -> None:
    confirmed(config)
    with db.engine.begin() as connection:
        connection.execute(sa.update(RecoveryKey).values(public_key=keys.new_pair().public))
    logs_in("ratna")
    assert how_many() == 0, "and nothing is sealed to it"


def test_a_new_generation_is_sealed_as_it_is_made(context: Flask, config: Config) -> None:
    pair = confirmed(config)
    logs_in("ratna")
    new = keys.new_pair()
    with transaction() as session:
        organisation = session.get_one(Organisation, office())
        organisation.generation += 1
        recovery.wrap(session, organisation, new)
    held = recovery.held(pair, office())
    assert [one.generation for one in held] == [1, 2]
    assert held[1].pair.public == new.public


@pytest.mark.parametrize("kind", ["legal_aid", "intake"])
def test_there_may_be_nothing_to_seal_to(context: Flask, config: Config, kind: str) -> None:
    """A partner's key is not the sheets', and before there are sheets nothing is."""
    if kind == "legal_aid":
        confirmed(config)
    with transaction() as session:
        recovery.wrap(session, session.get_one(Organisation, office(kind)), keys.new_pair())
    assert how_many() == 0


def test_newer_sheets_take_the_older_ones_place(context: Flask, config: Config) -> None:
    old = confirmed(config)
    logs_in("ratna")
    new = confirmed(config)
    assert recovery.held(old, office()), "until somebody seals it anew the old ones open it"
    logs_in("wulan")
    assert recovery.held(old, office()) == []
    assert len(recovery.held(new, office())) == 1


def test_a_wrap_that_was_planted_or_moved_does_not_open(context: Flask, config: Config) -> None:
    pair = confirmed(config)
    logs_in("ratna")
    with db.engine.begin() as connection:
        connection.execute(sa.update(RecoveryWrap).values(generation=7))
    with pytest.raises(keys.KeysUnsound):
        recovery.held(pair, office())
