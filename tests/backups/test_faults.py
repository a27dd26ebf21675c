"""What `flask pepa check` says of copies, and the command that makes one."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.config import Config
from pepa.db import db
from pepa.domain import backups, keys, outbox, recovery
from pepa.domain.faults import Fault
from pepa.models.outbox import OutboxRow
from tests.backups.copies import looked, made
from tests.members.people import told


def test_none_is_a_fault(context: Flask) -> None:
    assert backups.faults() == [Fault("copy.none"), Fault("drill.none")]


def test_a_fresh_one_that_was_opened_is_none(context: Flask) -> None:
    made()
    (row_id,) = db.session.scalars(db.select(backups.Backup.id))
    backups.drilled(row_id)
    assert backups.faults() == []
    assert all(backups.last())
    with clock.frozen(clock.now() + timedelta(days=3)):
        assert backups.faults() == [Fault("copy.old", values={"n": 3})]
    with clock.frozen(clock.now() + timedelta(days=200)):
        made()
        assert backups.faults() == [Fault("drill.old", values={"n": 200})]


def reminded() -> int:
    """How often somebody of the office was told."""
    query = sa.select(sa.func.count()).where(OutboxRow.notice == outbox.Notice.BACKUP.value)
    found = db.session.scalar(query) or 0
    db.session.rollback()
    return found


def test_somebody_is_told_once_a_day(context: Flask, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_installed", replace(keys.here(), production=True))
    now = clock.now()
    with clock.frozen(now + timedelta(days=9)):
        assert backups.remind() == 0, "before there are sheets there can be none"
    recovery.confirm(recovery.make(config))
    made()
    assert backups.remind() == 0
    with clock.frozen(now + timedelta(days=3)):
        assert (backups.remind(), backups.remind()) == (1, 0)
        first = reminded()
        assert first == len(told("backup") & {"wulan", "hadi", "joko"}) == 3
    with clock.frozen(now + timedelta(days=4, hours=1)):
        assert backups.remind() == 1
        assert reminded() == 2 * first


def test_where_none_was_ever_made(context: Flask, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    recovery.confirm(recovery.make(config))
    with clock.frozen(clock.now() + timedelta(days=3)):
        assert backups.remind() == 0, "it is not live"
        monkeypatch.setattr(keys, "_installed", replace(keys.here(), production=True))
        assert backups.remind() == 1


def test_its_age_is_always_said(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    assert "The last backup that was found whole is not there." in run(args=["pepa", "check"]).output
    with app.app_context():
        made()
    with clock.frozen(clock.now() + timedelta(days=1, hours=1)):
        assert "The last backup that was found whole is 1 days old." in run(args=["pepa", "check"]).output


def test_the_command_needs_sheets(app: Flask, config: Config) -> None:
    run = app.test_cli_runner().invoke
    refused = run(args=["pepa", "backup"])
    assert refused.exit_code == 1
    assert "Lembar pemulihan belum dibuat" in refused.output
    assert not config.backups.exists()


def test_the_command(app: Flask, config: Config) -> None:
    run = app.test_cli_runner().invoke
    with app.app_context():
        recovery.confirm(pair := recovery.make(config))
    done = run(args=["pepa", "backup"])
    assert done.exit_code == 0, done.output
    (path,) = config.backups.iterdir()
    assert str(path) in done.output
    assert looked(path, pair).rows["reports"]
    found = run(args=["pepa", "backup", "--verify", str(path)])
    assert "is what was written here on" in found.output
    path.write_bytes(path.read_bytes()[:-1])
    cut = run(args=["pepa", "backup", "--verify", str(path)])
    assert (cut.exit_code, "was cut or changed" in cut.output) == (1, True)
    elsewhere = run(args=["pepa", "backup", "--to", str(config.backups / "usb")])
    assert elsewhere.exit_code == 0
    assert len(list((config.backups / "usb").iterdir())) == 1


@pytest.mark.parametrize("missing", ["not/there.backup", "keys/pepa.key"])
def test_another_file_is_told_so(app: Flask, config: Config, missing: str) -> None:
    told = app.test_cli_runner().invoke(args=["pepa", "backup", "--verify", str(config.instance.parent / missing)])
    assert told.exit_code == 1
    assert "no backup of Pepa" in told.output or "No such file" in told.output
