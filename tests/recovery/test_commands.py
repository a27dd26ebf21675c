"""`flask pepa recovery …`: made and typed back, opened, tried, looked at; a slip is one sentence."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from pepa import cli
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import keys, recovery, rescues
from pepa.models.organisations import KeyWrap
from tests.installations import opened
from tests.people import member, office
from tests.recovery.sets import confirmed, logs_in, typed

ROOT = Path(__file__).parents[2]
Run = Callable[..., Result]


@pytest.fixture
def run(context: Flask) -> Run:
    """A command, and what is typed while it runs."""

    def ran(*args: str, typed: str = "") -> Result:
        return context.test_cli_runner().invoke(args=["pepa", "recovery", *args], input=typed)

    return ran


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[recovery.Printed]:
    """What was printed last, as the paper has it."""
    seen: list[recovery.Printed] = []
    printed = recovery.printed

    def noted(pair: keys.Pair) -> list[recovery.Printed]:
        seen[:] = printed(pair)
        return list(seen)

    monkeypatch.setattr(recovery, "printed", noted)
    return seen


class Typist:
    """Somebody at the machine who types back what was printed. enters: how often Enter is pressed first"""

    def __init__(self, seen: Sequence[recovery.Printed], enters: int, slips: Sequence[str] = ()) -> None:
        self._seen, self._enters, self._slips = seen, enters, list(slips)
        self._lines: list[str] = []

    def prompt(self, text: str, **_: object) -> str:
        if self._enters:
            self._enters -= 1
            return ""
        if not self._lines:
            self._lines = [" ".join(line) for sheet in self._seen for line in sheet.lines]
        click.echo(text)
        return self._slips.pop(0) if self._slips else self._lines.pop(0)


def test_made_shown_and_typed_back(
    run: Run, made: list[recovery.Printed], monkeypatch: pytest.MonkeyPatch, config: Config
) -> None:
    monkeypatch.setattr(cli.click, "prompt", Typist(made, enters=3, slips=["qwerty"]).prompt)
    done = run("make")
    assert done.exit_code == 0, done.output
    assert "Lembar pemulihan 1 dari 3" in done.output
    assert "Kata ke-1 tidak ada di daftar." in done.output
    assert recovery.is_confirmed()
    assert all(f"Lembar {number} cocok." in done.output for number in (1, 2, 3))


def test_cut_off_before_it_was_typed_back_it_does_not_count(run: Run) -> None:
    done = run("make", typed="\n\n\n")
    assert done.exit_code == 1
    assert not recovery.is_confirmed()
    assert rescues.status() is None


def test_printed_files_are_gone_afterwards(
    run: Run, made: list[recovery.Printed], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder, seen = tmp_path / "cetak", []
    typist = Typist(made, enters=1)

    def prompt(text: str, **more: object) -> str:
        if not seen:
            seen.extend((path.name, oct(path.stat().st_mode)[-3:]) for path in sorted(folder.iterdir()))
        return typist.prompt(text, **more)

    monkeypatch.setattr(rescues, "paper", lambda sheet, address: f"{sheet.number}".encode())
    monkeypatch.setattr(cli.click, "prompt", prompt)
    done = run("make", "--folder", str(folder))
    assert done.exit_code == 0, done.output
    assert seen == [(f"lembar-{number}.pdf", "600") for number in (1, 2, 3)]
    assert list(folder.iterdir()) == []
    assert not any(word in done.output for line in made[0].lines for word in line if len(word) > 8)


def test_printed_files_are_gone_when_it_is_cut_off(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(rescues, "paper", lambda sheet, address: b"x")
    assert run("make", "--folder", str(tmp_path / "cetak")).exit_code == 1
    assert list((tmp_path / "cetak").iterdir()) == []


def test_they_are_not_printed_where_backups_go_in(run: Run, config: Config) -> None:
    done = run("make", "--folder", str(config.instance / "cetak"))
    assert done.exit_code == 1
    assert "ikut dicadangkan" in done.output
    assert not (config.instance / "cetak").exists()


def test_a_set_is_typed_back_later(run: Run, config: Config) -> None:
    pair = recovery.make(config)
    sheets = typed(pair)
    assert run("confirm", typed="\n".join(sheets[:2])).exit_code == 1, "all three, or some may be unreadable"
    assert not recovery.is_confirmed()
    done = run("confirm", typed="\n".join(sheets))
    assert done.exit_code == 0, done.output
    assert recovery.is_confirmed()


def test_opened_for_somebody(run: Run, config: Config) -> None:
    pair = confirmed(config)
    logs_in("ratna")
    with transaction() as session:
        session.execute(sa.delete(KeyWrap).where(KeyWrap.organisation_id == office()))
    two = "\n".join(typed(pair)[1:])
    done = run("open", "--organisation", "intake", "--person", "ratna", "--person", "bayu", typed=two)
    assert done.exit_code == 0, done.output
    assert "left alone" in done.output
    assert member("ratna").keyring.wraps
    assert member("bayu").keyring.wraps
    assert not member("wulan").keyring.wraps


@pytest.mark.parametrize("args", [("--organisation", "intake"), ("--person", "ratna")])
def test_whose_key_and_for_whom_go_together(run: Run, args: tuple[str, str]) -> None:
    assert run("open", *args).exit_code == 2


def test_what_cannot_be_is_one_sentence(run: Run, config: Config) -> None:
    pair = confirmed(config)
    two = "\n".join(typed(pair)[:2])
    done = run("open", "--organisation", "intake", "--person", "ratna", typed=two)
    assert done.exit_code == 1
    assert done.output.splitlines()[-1] == f"Error: {rescues.NotSealed.says}"
    done = run("open", "--organisation", "legal_aid", "--person", "nadia", typed="\n".join(typed(pair)[:2]))
    assert done.output.splitlines()[-1] == f"Error: {rescues.NotRoot.says}"


def test_the_server_key_comes_back_where_the_program_does_not_start(config: Config) -> None:
    with opened(config) as app, app.app_context():
        two = "\n".join(typed(confirmed(config))[:2])
    raw = config.server_key_file.read_bytes()
    config.server_key_file.write_bytes(os.urandom(32))
    with opened(config, keyless=True) as app, app.app_context():
        done = app.test_cli_runner().invoke(args=["pepa", "recovery", "open"], input=two)
        assert done.exit_code == 0, done.output
        assert "is back" in done.output
    assert config.server_key_file.read_bytes() == raw


def test_what_the_documents_say_to_type(config: Config) -> None:
    """A process of its own, as at the machine: without the key the program does not start, and says what does."""
    with opened(config) as app, app.app_context():
        two = "\n".join(typed(confirmed(config))[:2])
    raw = config.server_key_file.read_bytes()
    config.server_key_file.unlink()

    def ran(name: str, command: str) -> subprocess.CompletedProcess[str]:
        flask = Path(sys.executable).with_name("flask")
        surroundings = {
            "PATH": os.environ["PATH"],
            "PEPA_INSTANCE": str(config.instance),
            "PEPA_SERVER_KEY_FILE": str(config.server_key_file),
            "PEPA_SPOOL": str(config.spool),
            "PEPA_UPLOADS": str(config.uploads),
        }
        words = [str(flask), "--app", name, "pepa", "recovery", command]
        return subprocess.run(words, cwd=ROOT, env=surroundings, input=two, capture_output=True, text=True, check=False)

    refused = ran("wsgi", "open")
    assert refused.returncode != 0
    assert "flask --app rescue pepa recovery open" in refused.stderr
    done = ran("rescue", "open")
    assert done.returncode == 0, done.stdout + done.stderr
    assert config.server_key_file.read_bytes() == raw
    assert ran("wsgi", "status").returncode == 0


def test_tried(run: Run, config: Config) -> None:
    pair = confirmed(config)
    logs_in("ratna")
    done = run("drill", typed="\n".join(typed(pair)[:2]))
    assert done.exit_code == 0, done.output
    assert "2 kunci" in done.output


def test_looked_at(run: Run, config: Config) -> None:
    assert run("status").exit_code == 1
    pair = confirmed(config)
    done = run("status")
    assert done.exit_code == 0
    assert recovery.name_of(pair.public) in done.output
    assert done.output.count("not sealed to it yet") == 2
    db.session.rollback()
