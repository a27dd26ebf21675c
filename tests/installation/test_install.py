"""The server key and its database: made once, held together, never made again in silence (case A21)."""

import os
import stat
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.app import create_app
from pepa.cli import upgrade
from pepa.config import Config
from pepa.db import db
from pepa.domain import intake, keys
from pepa.models.installation import Installation
from pepa.vault.server import KeyFileError, ServerKey, load
from tests.installations import opened

both = pytest.mark.both


def open_again(config: Config) -> None:
    """As every start of the program does."""
    with opened(config) as app, app.app_context():
        keys.here()


@both
def test_out_of_nothing(empty_config: Config) -> None:
    with opened(empty_config) as app, app.app_context():
        assert keys.is_installed() is False
        with pytest.raises(keys.KeyRefused, match="pepa seed"):
            keys.here()
        upgrade()
        assert keys.open_installation(empty_config) is False, "tables alone are no installation"
        assert not empty_config.server_key_file.exists()
        keys.install(empty_config)
        assert keys.is_installed()
        row = db.session.get_one(Installation, 1)
        assert row.key_check == load(empty_config.server_key_file).check_value
        assert len(row.code_salt) == 16
    assert stat.S_IMODE(empty_config.server_key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(empty_config.server_key_file.parent.stat().st_mode) == 0o700
    assert empty_config.instance not in empty_config.server_key_file.parents, "a backup of the instance has no key"


@both
def test_again_nothing_changes(config: Config) -> None:
    raw = config.server_key_file.read_bytes()
    with opened(config) as app, app.app_context():
        before = db.session.get_one(Installation, 1).code_salt
        keys.install(config)
        db.session.rollback()
        assert db.session.get_one(Installation, 1).code_salt == before
    assert config.server_key_file.read_bytes() == raw


@both
@pytest.mark.parametrize(
    "content", [None, b"", b"x" * 31, b"x" * 33, bytes(32)], ids=["missing", "empty", "short", "long", "zeros"]
)
def test_without_its_key_the_program_does_not_start(config: Config, content: bytes | None) -> None:
    """Missing, or what is left of it after an accident: refused with the key's id, and none is made."""
    raw = config.server_key_file.read_bytes()
    key_id = ServerKey.from_bytes(raw).key_id
    if content is None:
        config.server_key_file.unlink()
    else:
        config.server_key_file.write_bytes(content)
    with pytest.raises(keys.KeyRefused) as refused:
        open_again(config)
    assert key_id in str(refused.value)
    assert str(config.server_key_file) in str(refused.value)
    assert config.server_key_file.exists() is (content is not None)
    assert content is None or config.server_key_file.read_bytes() == content
    config.server_key_file.write_bytes(raw)
    open_again(config)


@both
def test_with_another_s_key_it_does_not_start_either(config: Config) -> None:
    raw, other = config.server_key_file.read_bytes(), os.urandom(32)
    config.server_key_file.write_bytes(other)
    with pytest.raises(keys.KeyRefused) as refused:
        open_again(config)
    for key in (raw, other):
        assert ServerKey.from_bytes(key).key_id in str(refused.value), "both ids are named"
        assert key.hex() not in str(refused.value)
    assert config.server_key_file.read_bytes() == other
    config.server_key_file.write_bytes(raw)
    open_again(config)


@both
def test_seeding_never_makes_a_key_for_a_database_that_has_one(config: Config) -> None:
    """As after a restore of the database alone."""
    with opened(config) as app, app.app_context():
        config.server_key_file.unlink()
        with pytest.raises(keys.KeyRefused):
            keys.install(config)
        assert not config.server_key_file.exists()
        assert keys.is_installed() is False


def test_a_key_that_lies_there_already_is_taken_for_an_empty_database(empty_config: Config) -> None:
    empty_config.server_key_file.parent.mkdir(parents=True)
    empty_config.server_key_file.write_bytes(raw := os.urandom(32))
    with opened(empty_config) as app, app.app_context():
        upgrade()
        keys.install(empty_config)
        assert db.session.get_one(Installation, 1).key_id == ServerKey.from_bytes(raw).key_id
    assert empty_config.server_key_file.read_bytes() == raw


def test_a_spoilt_key_is_not_taken_for_an_empty_database(empty_config: Config) -> None:
    empty_config.server_key_file.parent.mkdir(parents=True)
    empty_config.server_key_file.write_bytes(b"short")
    with opened(empty_config) as app, app.app_context():
        upgrade()
        with pytest.raises(KeyFileError):
            keys.install(empty_config)
        assert db.session.get(Installation, 1) is None
    assert empty_config.server_key_file.read_bytes() == b"short"


def test_a_key_goes_with_its_own_database_only(config: Config, tmp_path: Path) -> None:
    """Sub-keys differ, so nothing of one installation opens under another's key, even where the check was forged."""
    with opened(config) as app, app.app_context():
        intake.deliver(intake.mint_ticket(), what="Isi")
        mine = keys.mac("x")
        ticket = intake.mint_ticket()
    config.server_key_file.write_bytes(other := os.urandom(32))
    forged = {"key_check": ServerKey.from_bytes(other).check_value}
    engine = sa.create_engine(config.database_url)
    with engine.begin() as connection:
        connection.execute(sa.update(Installation).values(forged))
    engine.dispose()
    with opened(config) as app, app.app_context():
        assert keys.mac("x") != mine
        assert intake.state().open is False
        with pytest.raises(intake.TicketSpoiled):
            intake.deliver(ticket, what="Isi")


def test_a_program_without_an_installation_serves_no_form(empty_config: Config) -> None:
    with opened(empty_config) as app, app.app_context():
        upgrade()
        assert intake.state().open is False


def test_create_app_makes_the_instance_folder_and_no_key(empty_config: Config) -> None:
    app: Flask = create_app(empty_config)
    assert empty_config.instance.is_dir()
    assert not empty_config.server_key_file.exists()
    with app.app_context():
        db.engine.dispose()
