"""Files: one that stands is whole; what a killed worker leaves goes; they stop before texts do."""

import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from pepa import clock, storage
from pepa.config import ROOT
from pepa.storage import Files

NAME = "ab" + "0" * 30
AT = datetime(2026, 3, 4, 3, 41, 27, tzinfo=UTC)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "uploads")


def later(days: int = 0) -> datetime:
    return datetime.now(UTC) + timedelta(days=days, seconds=storage.UNTOUCHED + 5)


def all_there(files: Files) -> list[str]:
    return [path.name for path in files.folder.rglob("*") if path.is_file()]


def put(files: Files, content: bytes = b"x", name: str = NAME) -> None:
    draft = files.begin(name)
    draft.write(content)
    draft.keep()


def test_a_draft_carries_no_name_until_it_is_kept(files: Files) -> None:
    draft = files.begin(NAME)
    draft.write(b"one")
    draft.write(b"two")
    assert list(files.names()) == []
    assert all_there(files) == ["." + NAME]
    with pytest.raises(FileNotFoundError):
        files.open(NAME)
    draft.keep()
    assert list(files.names()) == [NAME]
    assert all_there(files) == [NAME]
    with files.open(NAME) as file:
        assert file.read() == b"onetwo"


def test_dropped_nothing_stays(files: Files) -> None:
    draft = files.begin(NAME)
    draft.write(b"x")
    draft.drop()
    draft.drop()
    assert all_there(files) == []
    put(files)
    files.drop(NAME)
    files.drop(NAME)
    assert all_there(files) == []


def test_dropping_a_draft_that_was_kept_takes_nothing_away(files: Files) -> None:
    draft = files.begin(NAME)
    draft.keep()
    draft.drop()
    assert all_there(files) == [NAME]


def test_for_its_owner_alone_and_by_the_hour(files: Files) -> None:
    with clock.frozen(AT):
        put(files)
    path = files.folder / "ab" / NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for one in (path, path.parent):
        assert datetime.fromtimestamp(one.stat().st_mtime, UTC) == clock.hour(AT)


@pytest.mark.parametrize("name", ["", "../a", "a/b", ".", "a.b", "a\0", "CON.txt", "%2e%2e"])
def test_no_name_leads_elsewhere(files: Files, name: str) -> None:
    """Case C14."""
    for reach in (files.begin, files.open, files.drop):
        with pytest.raises(ValueError):
            reach(name)


def test_it_is_on_the_disk_before_it_has_its_name(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    sync, rename = os.fsync, Path.rename

    def synced(handle: int) -> None:
        done.append("folder" if Path(f"/proc/self/fd/{handle}").is_dir() else "file")
        sync(handle)

    def renamed(path: Path, target: Path) -> Path:
        done.append("name")
        return rename(path, target)

    draft = files.begin(NAME)
    monkeypatch.setattr(storage.os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    draft.keep()
    assert done == ["file", "name", "folder"]


# What killed workers leave


KILLED = """
import os, sys
from pathlib import Path
from pepa.storage import Files
draft = Files(Path(sys.argv[1])).begin(sys.argv[2])
draft.write(b"half of a photo")
os.kill(os.getpid(), 9)
"""


def test_a_killed_worker_s_draft_goes(files: Files) -> None:
    """Case A14."""
    done = subprocess.run([sys.executable, "-c", KILLED, str(files.folder), NAME], cwd=ROOT, check=False)
    assert done.returncode == -9
    assert all_there(files) == ["." + NAME]
    assert files.sweep() == 0, "not yet: it may have been begun this moment"
    with clock.frozen(later()):
        assert files.sweep() == 1
    assert all_there(files) == []


def test_one_that_is_being_written_stays_however_slow(files: Files) -> None:
    draft = files.begin(NAME)
    with clock.frozen(later(days=1)):
        assert files.sweep() == 0
    draft.keep()
    assert all_there(files) == [NAME]


def test_names_by_their_age(files: Files) -> None:
    with clock.frozen(AT):
        put(files)
    assert list(files.names(AT - timedelta(hours=1))) == []
    assert list(files.names(AT + timedelta(hours=1))) == [NAME]


def test_what_others_laid_there_is_not_looked_into(files: Files) -> None:
    put(files)
    for stray in ("lost+found/#123", "README", "ab/" + NAME[:-1] + "z.bak"):
        path = files.folder / stray
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    assert list(files.names()) == [NAME]
    with clock.frozen(later()):
        assert files.sweep() == 0


# Room


def disk(monkeypatch: pytest.MonkeyPatch, *, free: float, of: int = 1000 * storage.MEGABYTE) -> None:
    found = SimpleNamespace(f_frsize=4096, f_blocks=of // 4096, f_bavail=int(of * free) // 4096)
    monkeypatch.setattr(storage.os, "statvfs", lambda _: found)
    if storage._files:  # elsewhere the tests take no heed of how full this machine's own disk is
        monkeypatch.setattr(storage._files, "free_percent", 20)


@pytest.mark.parametrize(("free", "room"), [(0.5, True), (0.21, True), (0.19, False), (0.0, False)])
def test_they_stop_at_a_fifth_of_the_disk(
    files: Files, monkeypatch: pytest.MonkeyPatch, free: float, room: bool
) -> None:
    disk(monkeypatch, free=free)
    assert files.has_room() is room
