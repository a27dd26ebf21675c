"""The server key and its file."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import get_args

import pytest

from pepa.vault import server
from pepa.vault.server import KeyFileError, KeyFileExists, KeyFileMalformed, KeyFileMissing, ServerKey

RAW = bytes(range(32))
KNOWN = {
    "pepper": "9e8d7c804edf9a325862ed3faf70af7ebcf0b40a190bb9612e494e6dcf4b9abf",
    "totp": "1ec0756c9eb491bf4dd6925e7f6109c798f84e78453056cbf7ca4e20bf1f0034",
    "audit": "e65d07f89e21c294938c3da849c98220ce9a693f79515f15a957d0bb05403ea3",
    "pk": "edb5e35130368ce97894a88a24bde50f5c2bdca3b52da96a28fd726856f9c3aa",
    "ticket": "9a420e263dca87c4c3055bfd956b0c8b60305ffcb0b9f9f113d74a5360e26de2",
    "code": "ce97dd59e2c54be391524ef769cc9573c2373ef673d1772af8b546180ddcd149",
}


def test_known_sub_keys() -> None:
    key = ServerKey.from_bytes(RAW)
    assert {purpose: key.sub(purpose).reveal().hex() for purpose in get_args(server.Purpose)} == KNOWN
    assert key.check_value.hex() == "ff76c3d2d90c314d3f468c63ef448132"
    assert key.key_id == "86cc-03aa"


def test_everything_made_from_a_key_differs() -> None:
    one, two = ServerKey.new(), ServerKey.new()
    made = [key.sub(purpose).reveal() for key in (one, two) for purpose in get_args(server.Purpose)]
    assert len(set(made)) == len(made)
    assert one.check_value != two.check_value
    assert one.key_id != two.key_id


def test_no_sub_key_for_another_purpose() -> None:
    with pytest.raises(KeyError):
        ServerKey.new().sub("check")  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_key_of_another_size(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        ServerKey.from_bytes(bytes(size))


def test_shows_its_id_only() -> None:
    assert repr(ServerKey.from_bytes(RAW)) == "<ServerKey 86cc-03aa>"


# ---- the file ----


def test_made_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a" / "keys" / "server.key"
    made = server.create(path)
    assert server.load(path).check_value == made.check_value
    assert path.stat().st_size == 32
    assert [entry.name for entry in path.parent.iterdir()] == ["server.key"]


def test_for_the_eyes_of_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "server.key"
    before = os.umask(0)
    try:
        server.create(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "server.key"
    path.write_bytes(b"whatever lies there")
    with pytest.raises(KeyFileExists, match=r"server\.key"):
        server.create(path)
    assert path.read_bytes() == b"whatever lies there"
    assert [entry.name for entry in tmp_path.iterdir()] == ["server.key"]


def test_two_who_begin_at_once_get_one_key(tmp_path: Path) -> None:
    path = tmp_path / "server.key"
    start = Barrier(8)

    def begin(_: int) -> str | None:
        start.wait()
        try:
            return server.create(path).key_id
        except KeyFileExists:
            return None

    with ThreadPoolExecutor(8) as pool:
        made = [key_id for key_id in pool.map(begin, range(8)) if key_id]
    assert made == [server.load(path).key_id]


def test_a_full_disk_leaves_no_half_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        server.create(tmp_path / "server.key")
    assert list(tmp_path.iterdir()) == []


def test_synced_to_the_disk_with_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(stat.S_IFMT(os.fstat(handle).st_mode)))
    server.create(tmp_path / "keys" / "server.key")
    assert synced == [stat.S_IFREG, stat.S_IFDIR, stat.S_IFDIR]


def test_no_file(tmp_path: Path) -> None:
    for path in (tmp_path / "server.key", tmp_path, tmp_path / "none" / "server.key"):
        with pytest.raises(KeyFileMissing) as caught:
            server.load(path)
        assert str(path) in str(caught.value)
        assert isinstance(caught.value, KeyFileError)


@pytest.mark.parametrize(
    "raw", [b"", RAW[:31], RAW + b"\n", bytes(32), RAW.hex().encode()], ids=["empty", "cut", "line end", "zeros", "hex"]
)
def test_no_key_in_the_file(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "server.key"
    path.write_bytes(raw)
    with pytest.raises(KeyFileMalformed) as caught:
        server.load(path)
    assert str(path) in str(caught.value)
    assert RAW.hex()[:16] not in str(caught.value)
    assert path.read_bytes() == raw
