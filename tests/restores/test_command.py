"""`flask pepa restore`: two sheets are typed; what cannot be done is one sentence."""

from pathlib import Path

import pytest

from pepa.config import Config
from pepa.domain import backups, recovery, reports, restores
from tests.backups.copies import made
from tests.installations import opened
from tests.people import member, tell
from tests.restores.places import elsewhere, sheets


def typed(config: Config) -> tuple[Path, str, Path]:
    """A copy, what somebody types who has two sheets of its set, and a file with what they give."""
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        tell("Isi")
        path = made(pair)
        found = recovery.printed(pair)[:2]
        secret = config.instance.parent / "secret"
        secret.write_text(pair.secret.reveal().hex())
    return path, "".join(" ".join(line) + "\n" for sheet in found for line in sheet.lines), secret


def test_by_two_sheets_into_an_empty_one(config: Config, tmp_path: Path) -> None:
    path, words, _ = typed(config)
    there = elsewhere(config, tmp_path / "there")
    with opened(there) as app:
        done = app.test_cli_runner().invoke(args=["pepa", "restore", str(path)], input=words)
        assert done.exit_code == 0, done.output
        assert "Opened whole in" in done.output
        assert "0 newer reports came home from the spool." in done.output
        assert "partners wait for the intake office: /petugas/setelah-pemulihan" in done.output
        with app.app_context():
            assert reports.among(member("ratna"), []) == set()
    with opened(there) as app:
        again = app.test_cli_runner().invoke(args=["pepa", "restore", str(path)], input=words)
        assert again.exit_code == 1
        assert "into an empty one alone" in again.output
        assert "Lembar 1" not in again.output, "nobody types two sheets for nothing"


def test_a_drill_is_remembered(config: Config) -> None:
    path, words, _ = typed(config)
    with opened(config) as app:
        done = app.test_cli_runner().invoke(args=["pepa", "restore", "--check", str(path)], input=words)
        assert done.exit_code == 0, done.output
        assert "Nothing was touched." in done.output
        with app.app_context():
            assert backups.last()[2] is not None
            assert backups.faults() == []


def test_sheets_of_another_set(config: Config, tmp_path: Path) -> None:
    path, _, secret = typed(config)
    secret.write_text("ab" * 32)
    there = elsewhere(config, tmp_path / "there")
    with opened(there) as app:
        run = app.test_cli_runner().invoke
        refused = run(args=["pepa", "restore", "--secret", str(secret), str(path)])
        assert (refused.exit_code, "these sheets do not open it" in refused.output) == (1, True)
        secret.write_text("not hex")
        assert run(args=["pepa", "restore", "--secret", str(secret), str(path)]).exit_code == 1
        other = run(args=["pepa", "restore", "--secret", str(secret), str(secret)])
        assert (other.exit_code, "is no backup of Pepa" in other.output) == (1, True)
        assert run(args=["pepa", "restore"]).exit_code == 2


def test_cut_off_half_way_it_says_so(config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, _, secret = typed(config)
    there = elsewhere(config, tmp_path / "there")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with opened(there) as app:
        with monkeypatch.context() as patch:
            patch.setattr(restores._Laying, "end", full)
            cut = app.test_cli_runner().invoke(args=["pepa", "restore", "--secret", str(secret), str(path)])
        assert "It was cut off half-way. What is here serves nobody: run it again." in cut.output
        assert "No space left" in cut.output
        done = app.test_cli_runner().invoke(args=["pepa", "restore", "--secret", str(secret), str(path)])
        assert done.exit_code == 0, done.output
