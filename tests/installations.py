"""Installations to try things on: a folder with instance, key and spool, and a database that is migrated and seeded.

Nearly every test opens the program on one of its own. What each program would put together anew and alike (templates,
SQL, routes, stretched passphrases) is kept for the next one: that was half of what the tests took.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Map, Rule, RuleFactory

from pepa import clock, seeds
from pepa.app import create_app
from pepa.cli import upgrade
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import floods, keys
from pepa.models.duty import Shift
from pepa.models.organisations import Organisation
from pepa.models.people import Person
from pepa.seeds import demo, reading
from pepa.vault import passphrase

SHIFT = timedelta(hours=8)


def configured(folder: Path, database_url: str | None = None) -> Config:
    """Where an installation in this folder keeps its things; nothing is made yet. SQLite unless a URL is given."""
    return Config(
        instance=folder / "instance",
        server_key_file=folder / "keys/pepa.key",
        spool=folder / "spool",
        uploads=folder / "uploads",
        backups=folder / "backups",
        database_url=database_url or f"sqlite:///{folder / 'instance/pepa.sqlite'}",
        base_url="http://localhost",
        cache_seconds=0,
        free_percent=0,
    )


class _Compiled(BytecodeCache):
    """Templates, compiled once in a process of the tests."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key, bucket.checksum] = bucket.code


class _Statements(dict[tuple[Any, ...], Any]):
    """SQL, put together once in a process of the tests, whichever engine of a kind asks for it."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get((type(key[0]), *key[1:]), default)

    def __setitem__(self, key: tuple[Any, ...], made: Any) -> None:
        super().__setitem__((type(key[0]), *key[1:]), made)


class _Routes(Map):
    """The routes of a program, read once in a process of the tests for all that have the same ones; where nobody asks
    for a page, not at all."""

    _read: ClassVar[dict[Any, Any]] = {}

    def __init__(self, *rules: Any, **options: Any) -> None:
        self._unread: list[Rule] = []
        super().__init__(*rules, **options)

    def add(self, rulefactory: RuleFactory) -> None:
        self._unread.extend(rulefactory.get_rules(self))

    def __getattribute__(self, name: str) -> Any:
        if name in ("_matcher", "_rules_by_endpoint") and (unread := self.__dict__.get("_unread")):
            self._unread = []
            self._take(unread)
        return super().__getattribute__(name)

    def update(self) -> None:
        assert self._matcher  # read before the lock is held
        super().update()

    def _take(self, unread: Sequence[Rule]) -> None:
        signs = tuple((one.rule, one.endpoint, *sorted(one.methods or ())) for one in unread)
        if signs not in self._read:
            for rule in unread:
                super().add(rule)
            self._read[signs] = self._matcher, self._rules_by_endpoint
        self._matcher, self._rules_by_endpoint = self._read[signs]
        self._remap = True


_compiled, _statements = _Compiled(), _Statements()
Flask.url_map_class = _Routes
# Whoever makes keys for the cast, and logs in as somebody of it, stretches the same few passphrases again and again.
passphrase.derive = lru_cache(maxsize=1024)(passphrase.derive)


@contextmanager
def opened(config: Config, *, keyless: bool = False) -> Iterator[Flask]:
    """The program on an installation; every connection is closed at the end. One at a time in a process."""
    app = create_app(config, keyless=keyless)
    app.jinja_env.bytecode_cache = _compiled
    with app.app_context():
        db.engine.update_execution_options(compiled_cache=_statements)
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
        _settle_roster()


def _settle_roster() -> None:
    """Who is on duty hangs neither on the day nor on the hour, and nobody is relieved while the tests run: the first of
    each roster's turns began three hours ago."""
    since = clock.hour(clock.now()) - timedelta(hours=3)
    with transaction() as session:
        for organisation in reading.cast():
            turns = [one.login for one in sorted(organisation.members, key=lambda one: one.duty) if one.duty]
            whom = sa.select(Organisation.id).where(Organisation.name == organisation.name).scalar_subquery()
            found = session.scalars(sa.select(Person).where(Person.login.in_(turns)))
            people = {person.login: person.id for person in found}
            shifts = session.scalars(sa.select(Shift).where(Shift.organisation_id == whom).order_by(Shift.starts_at))
            for number, shift in enumerate(shifts.all()):
                shift.person_id = people[turns[number % len(turns)]]
                shift.starts_at = since + number * SHIFT
                shift.ends_at = shift.starts_at + SHIFT
            local = shift.ends_at.astimezone(clock.JAKARTA)  # the last ends where the demo's own turns go on
            shift.ends_at += timedelta(hours=-local.hour % 8)


def copied(template: Path, folder: Path, database_url: str | None = None) -> Config:
    """Copy a closed installation's folder. A database that is no file is copied by who calls this."""
    shutil.copytree(template, folder)
    return configured(folder, database_url)
