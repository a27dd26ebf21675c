"""The spool: one file a report, whole or not there, on the disk before anybody is told so."""

import errno
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pepa import clock, storage
from pepa.storage import Spool

NAME = "ab" + "0" * 62
AT = datetime(2026, 3, 4, 3, 41, 27, tzinfo=UTC)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def files(spool: Spool) -> list[Path]:
    return [path for path in spool.folder.rglob("*") if path.is_file()]


def test_what_was_put_is_there(spool: Spool) -> None:
    content = b"x" * 300_000
    assert spool.put(NAME, content) is content
    assert spool.get(NAME) == content
    assert list(spool.names()) == [NAME]
    assert files(spool) == [spool.folder / "ab" / NAME], "no draft stays behind"


def test_for_its_owner_alone(spool: Spool) -> None:
    spool.put(NAME, b"x")
    assert stat.S_IMODE(files(spool)[0].stat().st_mode) == 0o600


def test_the_first_one_stays(spool: Spool) -> None:
    spool.put(NAME, b"first")
    assert spool.put(NAME, b"second") == b"first"
    assert spool.get(NAME) == b"first"
    assert len(files(spool)) == 1


def test_of_many_at_once_one_wins_and_all_are_told_which(spool: Spool) -> None:
    contents = [bytes([n]) * 50_000 for n in range(16)]
    with ThreadPoolExecutor(16) as pool:
        stood = set(pool.map(lambda content: spool.put(NAME, content), contents))
    assert len(stood) == 1
    assert spool.get(NAME) in stood
    assert len(files(spool)) == 1


def test_times_say_the_hour(spool: Spool) -> None:
    with clock.frozen(AT):
        spool.put(NAME, b"x")
    for path in (spool.folder / "ab" / NAME, spool.folder / "ab"):
        assert datetime.fromtimestamp(path.stat().st_mtime, UTC) == clock.hour(AT), path
    with clock.frozen(AT.replace(hour=5)):
        spool.put("ab" + "1" * 62, b"y")
    assert datetime.fromtimestamp((spool.folder / "ab").stat().st_mtime, UTC) == AT.replace(hour=5, minute=0, second=0)


class Watch:
    """What the program asks of the system, in its order."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.done: list[str] = []
        for name in ("write", "fsync", "link", "utime"):
            patch.setattr(storage.os, name, self.watched(name, getattr(os, name)))
        patch.setattr(Path, "mkdir", self.watched("mkdir", Path.mkdir))

    def watched(self, name: str, really: Any) -> Any:
        def watched(*args: Any, **named: Any) -> Any:
            what = Path(f"/proc/self/fd/{args[0]}").resolve() if isinstance(args[0], int) else args[0]
            self.done.append(f"{name} {'folder' if Path(what).is_dir() or name == 'mkdir' else 'file'}")
            return really(*args, **named)

        return watched


def test_the_file_is_synced_before_its_name_and_the_folder_after(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    spool.folder.mkdir()
    with monkeypatch.context() as patch:
        watch = Watch(patch)
        spool.put(NAME, b"x")
    asked = [act for act in watch.done if not act.startswith("utime")]
    assert asked == ["mkdir folder", "fsync folder", "write file", "fsync file", "link file", "fsync folder"]
    with monkeypatch.context() as patch:
        watch = Watch(patch)
        spool.put("ab" + "1" * 62, b"x")
    asked = [act for act in watch.done if not act.startswith("utime")]
    assert asked == ["write file", "fsync file", "link file", "fsync folder"]


def test_whoever_comes_second_waits_for_the_disk_too(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first may have linked its file and not yet synced the folder; the second must not be told "kept" before."""
    spool.put(NAME, b"first")
    watch = Watch(monkeypatch)
    spool.put(NAME, b"second")
    assert watch.done[-1] == "fsync folder"


@pytest.mark.parametrize("call", ["write", "fsync", "link"])
def test_a_disk_that_refuses_leaves_nothing(spool: Spool, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(storage.os, call, refuse)
        with pytest.raises(OSError, match="No space"):
            spool.put(NAME, b"x")
    assert files(spool) == []
    assert spool.get(NAME) is None
    assert spool.put(NAME, b"x") == b"x", "and the next try is taken"


def test_a_disk_that_takes_a_little_at_a_time(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    really = os.write
    monkeypatch.setattr(storage.os, "write", lambda handle, view: really(handle, bytes(view[:1000])))
    content = os.urandom(10_500)
    spool.put(NAME, content)
    assert spool.get(NAME) == content


def test_dropped_it_is_gone_and_may_be_dropped_again(spool: Spool) -> None:
    spool.put(NAME, b"x")
    spool.drop(NAME)
    spool.drop(NAME)
    assert spool.get(NAME) is None
    assert list(spool.names()) == []


def test_drafts_and_an_empty_spool_have_no_names(spool: Spool) -> None:
    assert list(spool.names()) == []
    spool.put(NAME, b"x")
    (spool.folder / "ab/.0123").write_bytes(b"half")
    assert list(spool.names()) == [NAME]


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a b", "a\x00"])
def test_a_name_is_letters_and_digits(spool: Spool, name: str) -> None:
    for verb in (lambda: spool.put(name, b""), lambda: spool.get(name), lambda: spool.drop(name)):
        with pytest.raises(ValueError):
            verb()


def test_there_is_no_spool_before_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "_spool", None)
    with pytest.raises(RuntimeError):
        storage.spool()


def test_a_mark_stands_beside_and_says_the_hour(spool: Spool) -> None:
    spool.put(NAME, b"x")
    with clock.frozen(AT):
        spool.mark(NAME, storage.LEFT)
        spool.mark(NAME, storage.LEFT)
    assert spool.is_marked(NAME, storage.LEFT)
    assert list(spool.names()) == [NAME], "a mark is no report"
    (mark,) = [path for path in files(spool) if path.name != NAME]
    assert (mark.stat().st_size, mark.stat().st_mtime) == (0, clock.hour(AT).timestamp())
    assert stat.S_IMODE(mark.stat().st_mode) == 0o600


def test_a_mark_needs_no_file_and_ends_with_it(spool: Spool) -> None:
    spool.mark(NAME, storage.LEFT)
    assert (spool.has(NAME), spool.get(NAME), spool.is_marked(NAME, storage.LEFT)) == (False, None, True)
    spool.put(NAME, b"x")
    spool.drop(NAME)
    assert files(spool) == []
    assert not spool.is_marked(NAME, storage.LEFT)
