"""A copy put back on another machine: an installation of its own, with or without the spool that was saved."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from pepa.cli import upgrade
from pepa.config import Config
from pepa.domain import keys, recovery, restores
from pepa.seeds import demo
from tests.installations import configured, opened


def sheets(config: Config) -> keys.Pair:
    """What two sheets of the installation that is open give; they were typed back."""
    pair = recovery.make(config)
    recovery.confirm(pair)
    return pair


def elsewhere(config: Config, folder: Path, url: str | None = None, *, saved_spool: bool = False) -> Config:
    """Another machine, where nothing is yet; the spool lay on a disk that was saved, or not."""
    there = configured(folder, url)
    there.instance.mkdir(parents=True)
    if demo.accounts_file(config.instance).exists():
        shutil.copy(demo.accounts_file(config.instance), demo.accounts_file(there.instance))  # who logs in as whom
    if saved_spool:
        shutil.copytree(config.spool, there.spool)
    return there


@contextmanager
def put_back(there: Config, path: Path, pair: keys.Pair) -> Iterator[tuple[Flask, restores.Restored]]:
    """The program there, with its context open, once the copy was put back."""
    with opened(there) as app, app.app_context():
        yield app, restores.restore(there, path, pair, upgrade)
