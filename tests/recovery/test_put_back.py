"""The server key's file, written again from two sheets: where it is missing or wrong, never over a right one."""

import os
import stat
from dataclasses import replace

import pytest
from flask import Flask

from pepa.config import Config
from pepa.domain import intake, keys, recovery
from pepa.vault.server import ServerKey
from tests.installations import opened
from tests.recovery.sets import confirmed


@pytest.fixture
def pair(config: Config) -> keys.Pair:
    with opened(config) as app, app.app_context():
        return confirmed(config)


def test_a_right_one_stays(context: Flask, config: Config) -> None:
    pair = confirmed(config)
    before = config.server_key_file.stat()
    assert recovery.put_back(config, pair) is False
    assert config.server_key_file.stat() == before


@pytest.mark.parametrize(
    "content", [None, b"", b"short", bytes(32), bytes(31) + b"x"], ids=["missing", "empty", "short", "zeros", "other"]
)
def test_it_comes_back(config: Config, pair: keys.Pair, content: bytes | None) -> None:
    file = config.server_key_file
    raw = file.read_bytes()
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    with opened(config, keyless=True) as app, app.app_context():
        assert not keys.is_installed()
        assert recovery.put_back(config, pair) is True
        assert keys.is_installed()
        assert intake.state().open
    assert file.read_bytes() == raw
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    aside = [path for path in file.parent.iterdir() if path != file]
    assert [path.read_bytes() for path in aside] == ([] if content is None else [content]), "nothing is thrown away"
    with opened(config) as app, app.app_context():
        assert keys.here().server.key_id == ServerKey.from_bytes(raw).key_id


def test_it_is_not_written_where_it_would_be_copied(config: Config, pair: keys.Pair) -> None:
    within = replace(config, server_key_file=config.instance / "server.key")
    with opened(within, keyless=True) as app, app.app_context(), pytest.raises(keys.KeyRefused, match="may not stand"):
        recovery.put_back(within, pair)
    assert not within.server_key_file.exists()


def test_another_set_brings_none_back(config: Config, pair: keys.Pair) -> None:
    config.server_key_file.unlink()
    with opened(config, keyless=True) as app, app.app_context(), pytest.raises(recovery.OtherSheets):
        recovery.put_back(config, keys.new_pair())
    assert not config.server_key_file.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_cannot_be_read_is_not_taken_for_a_wrong_one(config: Config, pair: keys.Pair) -> None:
    config.server_key_file.chmod(0)
    with opened(config, keyless=True) as app, app.app_context(), pytest.raises(keys.KeyRefused, match="cannot be read"):
        recovery.put_back(config, pair)
    config.server_key_file.chmod(0o600)
