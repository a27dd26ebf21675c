"""A code that was replaced after the copy was made: the old one does not come back with it."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from pepa import clock, storage
from pepa.config import Config
from pepa.domain import arrivals, codes, intake, reporters, restores, withdrawals
from pepa.policy import Reporter
from tests import cast
from tests.backups.copies import made
from tests.installations import opened
from tests.people import tell
from tests.restores.places import elsewhere, put_back, sheets


def replaced(reporter: Reporter) -> str:
    """The new code."""
    token = codes.replace(reporter, ticket=intake.mint_ticket(), replaces=codes.version(reporter), came_by=())
    again = reporters.by_token(token)
    assert again
    return str(reporters.code(again))


def test_it_opens_nothing(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair, told, other = sheets(config), tell("Isi"), tell("Lain")
        digits, others = str(reporters.code(told)), str(reporters.code(other))
        path = made(pair)
        replaced(told)
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair) as (_, done):
        assert (done.ended, done.had_spool) == (1, True)
        with pytest.raises(reporters.CodeUnknown):
            reporters.open_code(digits)
        assert reporters.open_code(others)


def test_where_the_spool_is_laid_later(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair, told, gone = sheets(config), tell("Isi"), tell("Dibatalkan")
        digits, others = str(reporters.code(told)), str(reporters.code(gone))
        arrivals.replay()
        path = made(pair)
        replaced(told)
        withdrawals.withdraw(gone, came_by=())
    there = elsewhere(config, tmp_path / "there")
    with put_back(there, path, pair) as (_, done):
        assert not done.had_spool
        assert any(line.startswith("NO spool was found here") for line in restores.told(done))
        assert reporters.open_code(digits)
    with opened(there) as app:
        says = "Simpanan kedua TIDAK ditemukan"
        assert cast.at_work(app, "wulan").open("/petugas/setelah-pemulihan").has(says)
        shutil.copytree(config.spool, there.spool, dirs_exist_ok=True)
        done_later = app.test_cli_runner().invoke(args=["pepa", "replay"])
        assert done_later.exit_code == 0, done_later.output
        with app.app_context():
            for ended in (digits, others):
                with pytest.raises(reporters.CodeUnknown):
                    reporters.open_code(ended)
        assert not cast.at_work(app, "wulan").open("/petugas/setelah-pemulihan").has(says)


@pytest.mark.parametrize("wait", [timedelta(0), timedelta(hours=3)])
def test_one_that_was_replaced_before_holds(config: Config, tmp_path: Path, wait: timedelta) -> None:
    with opened(config) as app, app.app_context():
        pair, told = sheets(config), tell("Isi")
        reporters.code(told)
        digits = replaced(told)
        with clock.frozen(clock.now() + wait):
            path = made(pair)
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair) as (_, done):
        assert done.ended == 0
        assert reporters.open_code(digits)


def test_the_last_time_counts(tmp_path: Path) -> None:
    spool, now = storage.Spool(tmp_path / "spool"), clock.now()
    for hours in (0, 5):
        with clock.frozen(now + timedelta(hours=hours)):
            spool.mark("ab" * 32, storage.TURNED)
    assert list(spool.marked(storage.TURNED)) == [("ab" * 32, clock.hour(now) + timedelta(hours=5))]
    spool.drop("ab" * 32)
    assert list(spool.marked(storage.TURNED)) == []
