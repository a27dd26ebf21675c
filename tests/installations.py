"""Installations to try things on: a folder with instance, key and spool, and a database that is migrated and seeded."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from pepa import seeds
from pepa.app import create_app
from pepa.cli import upgrade
from pepa.config import Config
from pepa.db import db
from pepa.domain import floods, keys
from pepa.seeds import demo


def configured(folder: Path, database_url: str | None = None) -> Config:
    """Where an installation in this folder keeps its things; nothing is made yet. SQLite unless a URL is given."""
    return Config(
        instance=folder / "instance",
        server_key_file=folder / "keys/pepa.key",
        spool=folder / "spool",
        uploads=folder / "uploads",
        database_url=database_url or f"sqlite:///{folder / 'instance/pepa.sqlite'}",
        base_url="http://localhost",
        cache_seconds=0,
        free_percent=0,
    )


@contextmanager
def opened(config: Config) -> Iterator[Flask]:
    """The program on an installation; every connection is closed at the end. One at a time in a process."""
    app = create_app(config)
    # Tests send faster than people do, and the same again: those about that set a watch of their own.
    floods.watch = floods.Watch(hasty=0, quick=0, many=10**6, long=10**6)
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            for engine in db.engines.values():
                # For SQLite this also folds the write-ahead log in, so that the file alone is the database.
                engine.dispose()


def planted(config: Config) -> None:
    """Make an installation out of nothing, as `flask pepa seed` does: tables, key, first data, the cast of the demo."""
    with opened(config) as app, app.app_context():
        upgrade()
        keys.install(config)
        seeds.plant()
        demo.plant(config.instance)


def copied(template: Path, folder: Path, database_url: str | None = None) -> Config:
    """Copy a closed installation's folder. A database that is no file is copied by who calls this."""
    shutil.copytree(template, folder)
    return configured(folder, database_url)
