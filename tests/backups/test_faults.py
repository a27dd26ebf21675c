"""What `flask pepa check` says of copies, and the command that makes one."""

from datetime import timedelta

import pytest
from flask import Flask

from pepa import clock
from pepa.config import Config
from pepa.db import db
from pepa.domain import backups, recovery
from pepa.domain.faults import Fault
from tests.backups.copies import looked, made


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
