"""Archives that somebody made: read within bounds, whatever they say of themselves."""

import io
import os
import zipfile
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepa.domain import transcripts


def archive(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in members:
            made.writestr(name, content)
    return out.getvalue()


def read(content: bytes) -> list[tuple[str, bytes]]:
    return [(name, b"".join(chunks)) for name, chunks in transcripts.unpacked(content)]


def test_names_and_bytes_in_their_order() -> None:
    members = [("_chat.txt", b"a"), ("../../etc/passwd", b"b"), ("dalam/foto.jpg", os.urandom(200_000))]
    assert read(archive(*members)) == members
    assert read(archive(*members, method=zipfile.ZIP_STORED)) == members


def test_a_bomb_is_let_go_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcripts, "UNPACKED", 1_000_000)
    bomb = archive(("satu", bytes(600_000)), ("dua", bytes(600_000)))
    assert len(bomb) < 3000
    came: list[int] = []
    with pytest.raises(transcripts.Unreadable):
        came.extend(len(chunk) for _, chunks in transcripts.unpacked(bomb) for chunk in chunks)
    assert sum(came) == 1_000_000


def test_what_it_says_of_its_sizes_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcripts, "UNPACKED", 1_000_000)
    lying = archive(("satu", bytes(2_000_000))).replace((2_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(transcripts.Unreadable):
        assert len(read(lying)[0][1]) <= 10


def test_too_many_members() -> None:
    with pytest.raises(transcripts.Unreadable):
        read(archive(*((str(number), b"") for number in range(transcripts.MEMBERS + 1))))


def spoiled() -> Iterator[bytes]:
    whole = archive(("_chat.txt", b"Ibu: takut" * 100))
    yield whole[: len(whole) // 2]
    yield whole[:60] + b"\xff" * 20 + whole[80:]
    yield b"PK\x03\x04" + os.urandom(100)
    locked = bytearray(whole)
    for place in (6, whole.index(b"PK\x01\x02") + 8):
        locked[place] |= 1  # packed under a password
    yield bytes(locked)
    yield archive(("a", b"a" * 1000), method=zipfile.ZIP_LZMA)


@pytest.mark.parametrize("content", list(spoiled()), ids=["cut", "changed", "no archive", "locked", "packed otherwise"])
def test_what_cannot_be_read_is_said(content: bytes) -> None:
    with pytest.raises(transcripts.Unreadable):
        read(content)


@given(st.binary(max_size=200), st.integers(0, 250), st.integers(0, 255))
def test_bytes_that_were_changed_are_read_or_refused(content: bytes, place: int, value: int) -> None:
    made = bytearray(archive(("_chat.txt", content)))
    made[place % len(made)] = value
    with suppress(transcripts.Unreadable):
        read(bytes(made))
