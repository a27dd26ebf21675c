"""The spool's reserve: on a disk that is full, texts still find room (case A04)."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from pepa import storage
from pepa.storage import LEAST, MEGABYTE, RESERVE, Spool
from tests.storage.test_files import disk

NAME = "ab" + "0" * 62


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def stands_by(spool: Spool) -> int:
    path = spool.folder / ".reserve"
    return path.stat().st_size if path.exists() else 0


def fill_up(spool: Spool, patch: pytest.MonkeyPatch) -> None:
    """The disk of the spool is full but for what the reserve has given up."""
    whole, write = stands_by(spool), os.write

    def refuse(handle: int, content: Any) -> int:
        if whole - stands_by(spool) < len(content):
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(handle, content)

    patch.setattr(storage.os, "write", refuse)


def test_it_takes_its_room_at_once(spool: Spool) -> None:
    assert spool.keep_reserve() == RESERVE
    assert stands_by(spool) == RESERVE
    assert (spool.folder / ".reserve").stat().st_blocks * 512 >= RESERVE, "a file with holes would keep nothing free"
    assert spool.keep_reserve() == RESERVE
    assert list(spool.names()) == [], "it is no report"


def test_it_is_not_taken_from_a_disk_that_has_little(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    disk(monkeypatch, free=0.05)
    assert spool.keep_reserve() == 0
    assert stands_by(spool) == 0


def test_a_text_takes_its_place(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    spool.keep_reserve()
    fill_up(spool, monkeypatch)
    content = b"x" * 1_700_000
    assert spool.put(NAME, content) is content
    assert spool.get(NAME) == content
    assert RESERVE - 4 * MEGABYTE <= stands_by(spool) < RESERVE
    for number in range(3):
        spool.put(f"cd{number:062}", b"short")
    assert len(list(spool.names())) == 4


def test_once_it_is_used_up_the_spool_says_so(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    spool.keep_reserve()
    disk(monkeypatch, free=0)
    assert spool.has_room()
    os.truncate(spool.folder / ".reserve", LEAST - 1)
    assert not spool.has_room()
    os.truncate(spool.folder / ".reserve", 0)
    fill_up(spool, monkeypatch)
    with pytest.raises(OSError, match="No space"):
        spool.put(NAME, b"x")
    assert list(spool.folder.rglob("[!.]*")) == [spool.folder / "ab"], "no draft stays behind"


def test_without_one_there_is_room_while_the_disk_has_some(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    assert spool.has_room()
    disk(monkeypatch, free=0.001)
    assert not spool.has_room()


def test_another_fault_of_the_disk_takes_nothing_of_it(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    spool.keep_reserve()

    def broken(*_: Any) -> int:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(storage.os, "write", broken)
    with pytest.raises(OSError, match="Input/output"):
        spool.put(NAME, b"x")
    assert stands_by(spool) == RESERVE
