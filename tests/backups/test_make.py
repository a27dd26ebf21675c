"""A copy holds what stood at one moment, whatever is written and deleted meanwhile; it is whole or not there (A25)."""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, storage
from pepa.config import Config
from pepa.db import db
from pepa.domain import archives, backups, destruction, dumps, keys
from pepa.models import TABLES
from pepa.models.audit import AuditEntry
from pepa.models.backups import Backup
from pepa.models.installation import Clearing, Installation
from pepa.models.reports import Report
from pepa.policy import Reporter
from tests.backups.copies import PAIR, looked, made
from tests.people import tell
from tests.uploads.samples import photo
from tests.uploads.test_add import send

pytestmark = pytest.mark.both
PHOTO = photo()


def sealed(file_id: UUID) -> bytes:
    with storage.files().open(file_id.hex) as file:
        return file.read()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_everything_is_in_it(context: Flask, database: str, config: Config) -> None:
    told = tell("Isi")
    (file_id,), _ = send(told, PHOTO)
    storage.spool().mark("ab" * 32, storage.GONE)
    counted = {name: db.session.scalar(sa.select(sa.func.count()).select_from(table)) for name, table in TABLES.items()}
    found = looked(made())
    assert {name: len(rows) for name, rows in found.rows.items()} == counted == found.end["rows"]
    spooled = max(storage.spool().names())
    there = {*(("uploads", name) for name in storage.files().names()), *(("spool", n) for n in storage.spool().names())}
    assert found.files.keys() == {*there, ("spool", "ab" * 32 + ".gone")}
    assert ("uploads", file_id.hex) in there
    assert found.files["spool", spooled] == storage.spool().get(spooled)
    assert found.files["uploads", file_id.hex] == sealed(file_id)
    assert sum(found.end["files"].values()) == len(found.files)
    assert found.end["bytes"] == sum(map(len, found.files.values()))
    row = db.session.get_one(Installation, 1)
    assert (found.manifest["key_check"], found.manifest["epoch"]) == (row.key_check.hex(), "")
    newest = sa.select(sa.func.max(AuditEntry.number)).where(AuditEntry.chain == "anonymous")
    assert found.manifest["audit"]["anonymous"][0] == db.session.scalar(newest)


def test_nothing_of_it_stands_in_the_clear(context: Flask, database: str, config: Config) -> None:
    tell("Isi")
    path = made()
    raw, head = path.read_bytes(), archives.head(path)
    assert head.made_at == clock.hour(clock.now())
    assert (head.key_id, head.schema) == (keys.here().server.key_id, backups.newest())
    for name in ("ratna", "Ratna", "intake_officer", "reports"):
        assert name.encode() not in raw
    assert path.stat().st_mode & 0o077 == 0


def test_the_same_rows_in_either_database(context: Flask, database: str) -> None:
    """Values say nothing of where they stood."""
    told = tell("Isi")
    found = looked(made()).rows
    (report,) = (row for row in found["reports"] if row["id"] == told.report_id.hex)
    assert datetime.fromisoformat(report["received_at"]) == clock.hour(clock.now())
    assert report["received_at"].endswith("+00:00")
    assert report["is_aside"] is False
    assert report["urgency"] in range(4)
    assert all(isinstance(row["on"], str) and len(row["on"]) == 10 for row in found["holidays"])


def test_a_copy_is_remembered_and_found_whole(context: Flask, database: str, config: Config) -> None:
    tell("Isi")
    path = made()
    (row,) = db.session.scalars(sa.select(Backup))
    counted = db.session.scalar(sa.select(sa.func.count()).select_from(Report))
    assert (row.name, row.size, row.reports) == (path.name, path.stat().st_size, counted)
    assert row.verified_at is not None
    carried = path.with_name("elsewhere")
    carried.write_bytes(path.read_bytes())
    with clock.frozen(clock.now() + timedelta(days=3)):
        assert backups.verify(carried).verified_at == clock.now()
    raw = bytearray(carried.read_bytes())
    raw[len(raw) // 2] ^= 1
    carried.write_bytes(raw)
    with pytest.raises(backups.NotTheSame, match="cut or changed"):
        backups.verify(carried)
    carried.write_bytes(raw[:-1])
    with pytest.raises(backups.NotTheSame):
        backups.verify(carried)
    carried.write_bytes(b"something else")
    with pytest.raises(archives.NoArchive):
        backups.verify(carried)


def test_a_planted_digest_is_not_believed(context: Flask, database: str) -> None:
    path = made()
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.update(Backup).values(digest=archives.digest(path)))
    db.session.rollback()
    with pytest.raises(backups.NotTheSame, match="was not made here"):
        backups.verify(path)


def test_what_is_too_old_goes_and_nothing_else(context: Flask, database: str, config: Config) -> None:
    config.backups.mkdir()
    now = clock.now()
    old, young = ((now - age).strftime(backups.WRITTEN) for age in (timedelta(days=35, hours=1), timedelta(days=34)))
    others = [f"pepa-{young}.backup", "pepa-20200101.backup", "something-20200101T000000Z.backup"]
    for name in (f"pepa-{old}.backup", *others):
        (config.backups / name).touch()
    path = made()
    assert names(config.backups) == sorted([*others, path.name])


def test_a_clock_that_leapt_removes_none(context: Flask, database: str, config: Config) -> None:
    destruction.purge()
    first = made()
    with clock.frozen(clock.now() + timedelta(days=400)):
        destruction.purge()
        assert db.session.get_one(Clearing, 1).wary_until
        second = made()
    assert names(config.backups) == sorted([first.name, second.name])


def test_what_fails_on_the_way_leaves_nothing(
    context: Flask, database: str, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(tell("Isi"), PHOTO)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(archives.Packing, "file", full)
        with pytest.raises(OSError, match="No space"):
            made()
    with monkeypatch.context() as patch:
        patch.setattr(archives, "digest", lambda path: b"another")
        with pytest.raises(backups.NotTheSame, match="look at its disk"):
            made()
    assert names(config.backups) == []
    assert not list(config.uploads.glob(".backup"))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Backup)) == 0
    (config.backups / ".pepa-20260101T000000Z.backup").touch()  # what a killed one leaves
    assert names(config.backups) != [made().name]


def test_one_at_a_time(context: Flask, database: str, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def meanwhile(*_: object) -> list[dumps.Table]:
        with pytest.raises(backups.BackupRefused, match="another one"):
            backups.make(config, PAIR.public)
        told.append("refused")
        return []

    with monkeypatch.context() as patch:
        patch.setattr(dumps, "tables", meanwhile)
        with suppress(KeyError):
            made()
    assert told
    assert made().exists(), "the lock is free again"


def test_an_older_schema_is_not_copied(context: Flask, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "newest", lambda: "9999")
    with pytest.raises(backups.BackupRefused, match="pepa seed"):
        made()


class Crowd:
    """People who send reports with files, and destroy them, until told to stop. Each sealed file by its id."""

    def __init__(self, app: Flask) -> None:
        self.app, self.stop, self.sent, self.gone = app, threading.Event(), dict[UUID, bytes](), 0
        self.faults: list[BaseException] = []
        whats = (self._send, self._send, self._destroy)
        self.threads = [threading.Thread(target=self._run, args=(what,)) for what in whats]
        self.there: list[Reporter] = []

    def _run(self, what: Callable[[], None]) -> None:
        with self.app.app_context():
            try:
                while not self.stop.is_set():
                    what()
            except BaseException as error:
                self.faults.append(error)
            finally:
                db.session.remove()

    def _send(self) -> None:
        told = tell("Isi")
        (file_id,), _ = send(told, PHOTO + os.urandom(40_000))
        self.sent[file_id] = sealed(file_id)
        self.there.append(told)

    def _destroy(self) -> None:
        if len(self.there) > 3:
            destruction.destroy(self.there.pop(0).report_id)
            self.gone += 1
        else:
            time.sleep(0.01)


def test_while_people_write_and_delete(app: Flask, database: str) -> None:
    """Every row's file is in it, and whole."""
    crowd = Crowd(app)
    for thread in crowd.threads:
        thread.start()
    copies = []
    try:
        with app.app_context():
            while (crowd.gone < 8 or len(copies) < 3) and not crowd.faults:
                copies.append(made_at_once())
    finally:
        crowd.stop.set()
        for thread in crowd.threads:
            thread.join()
    assert not crowd.faults
    for found in copies:
        ids = [UUID(hex=row["id"]) for row in found.rows["attachments"]]
        for file_id in ids:
            assert found.files["uploads", file_id.hex] == crowd.sent.get(file_id, found.files["uploads", file_id.hex])
        reports = {row["id"] for row in found.rows["reports"]}
        assert {row["report_id"] for row in found.rows["attachments"]} <= reports
        assert len(found.rows["reporter_keys"]) == len(reports)
    assert any(found.rows["attachments"] for found in copies)
    assert storage.files().folder.joinpath(".backup").exists() is False


def made_at_once() -> "object":
    path = made()
    found = looked(path)
    path.unlink()
    return found
