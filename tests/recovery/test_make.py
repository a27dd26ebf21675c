"""A set of sheets: made, typed back, and what it opens from then on."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.config import Config
from pepa.db import db
from pepa.domain import audit, keys, recovery
from pepa.models.audit import AuditEntry, Chain
from pepa.models.installation import Installation
from pepa.models.recovery import RecoveryKey
from pepa.vault.secret import Broken
from tests.installations import opened

both = pytest.mark.both


def acts() -> list[str]:
    found = list(db.session.scalars(sa.select(AuditEntry.act).where(AuditEntry.act.like("recovery.%"))))
    db.session.rollback()
    return found


@both
def test_a_set_counts_once_it_was_typed_back(context: Flask, config: Config) -> None:
    assert not recovery.is_confirmed()
    pair = recovery.make(config)
    assert not recovery.is_confirmed(), "what nobody typed back may have been printed on an empty cartridge"
    with pytest.raises(recovery.NoRecovery):
        recovery.public(db.session())
    recovery.confirm(pair)
    assert recovery.is_confirmed()
    assert recovery.public(db.session()) == pair.public
    assert acts() == ["recovery.made", "recovery.confirmed"]
    assert audit.first_broken(Chain.STAFF) is None


def test_confirmed_again_it_stays_as_it_was(context: Flask, config: Config) -> None:
    pair = recovery.make(config)
    recovery.confirm(pair)
    recovery.confirm(pair)
    assert acts() == ["recovery.made", "recovery.confirmed"]


def test_a_set_that_nobody_typed_back_gives_way(context: Flask, config: Config) -> None:
    lost, kept = recovery.make(config), recovery.make(config)
    with pytest.raises(recovery.OtherSheets):
        recovery.confirm(lost)
    recovery.confirm(kept)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RecoveryKey)) == 1


def test_a_newer_set_takes_over_once_it_was_typed_back(context: Flask, config: Config) -> None:
    old = recovery.make(config)
    recovery.confirm(old)
    new = recovery.make(config)
    assert recovery.public(db.session()) == old.public, "the old one serves until then"
    assert recovery.server_key(old).reveal() == config.server_key_file.read_bytes()
    db.session.rollback()
    recovery.confirm(new)
    assert recovery.public(db.session()) == new.public
    assert recovery.server_key(new).reveal() == config.server_key_file.read_bytes()
    with pytest.raises(Broken):
        recovery.server_key(old)


def test_no_set_is_made_for_a_key_file_that_is_another_s(context: Flask, config: Config) -> None:
    config.server_key_file.write_bytes(bytes(31) + b"x")
    with pytest.raises(keys.KeyRefused):
        recovery.make(config)
    assert db.session.scalar(sa.select(RecoveryKey.generation)) is None


def test_the_server_key_comes_back_without_a_server_key(config: Config) -> None:
    with opened(config) as app, app.app_context():
        pair = recovery.make(config)
        recovery.confirm(pair)
    raw = config.server_key_file.read_bytes()
    with opened(config) as app, app.app_context():
        keys._installed = None  # as where the program refuses to start
        assert recovery.server_key(pair).reveal() == raw
        with pytest.raises(recovery.OtherSheets):
            recovery.server_key(keys.new_pair())


def test_a_server_key_that_belongs_to_another_database_is_not_given(context: Flask, config: Config) -> None:
    pair = recovery.make(config)
    with db.engine.begin() as connection:
        connection.execute(sa.update(Installation).values(key_check=bytes(16)))
    with pytest.raises(recovery.OtherSheets):
        recovery.server_key(pair)


@pytest.mark.parametrize("column", ["public_key", "mac"])
def test_a_planted_set_is_sealed_to_by_nobody(context: Flask, config: Config, column: str) -> None:
    """Case: somebody who can write to the database puts a public key of their own there."""
    recovery.confirm(recovery.make(config))
    planted = {column: keys.new_pair().public}
    with db.engine.begin() as connection:
        connection.execute(sa.update(RecoveryKey).values(planted))
    assert not recovery.is_confirmed()
    with pytest.raises(keys.KeysUnsound):
        recovery.public(db.session())
