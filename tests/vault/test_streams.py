"""Files sealed in frames: whole, in order, of their place, or not at all (cases B03, B04, B20)."""

import io
import os
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl import bindings

from pepa.vault import sealing, streams
from pepa.vault.secret import Broken, Secret

KEY, AD = Secret(b"k" * 32), sealing.associated("file", "one")
FRAME = streams.FRAME + streams.TAG_SIZE
HEAD = 1 + streams.HEADER_SIZE


def sealed(content: bytes, *, step: int = 70_001, finish: bool = True, key: Secret = KEY, ad: bytes = AD) -> bytes:
    """What stands on the disk of a file that came in pieces of so many bytes."""
    out: list[bytes] = []
    sealing_of = streams.Sealing(key, ad, out.append)
    for start in range(0, len(content), step):
        sealing_of.write(content[start : start + step])
    if finish:
        sealing_of.finish()
    assert sealing_of.size == len(content)
    assert sealing_of.sha256 == sha256(content).digest()
    return b"".join(out)


def read(raw: bytes, size: int, *, key: Secret = KEY, ad: bytes = AD) -> bytes:
    return b"".join(streams.opened(key, ad, size, io.BytesIO(raw).read))


def is_closed(raw: bytes, size: int, **place: object) -> bool:
    """What is raised says no more than that it is a file, and carries nothing along."""
    try:
        read(raw, size, **place)  # type: ignore[arg-type]
    except Broken as broken:
        return (str(broken), broken.__context__) == ("file", None)
    return False


@pytest.fixture(scope="module")
def content() -> bytes:
    return os.urandom(3 * streams.FRAME + 1234)


@pytest.mark.parametrize("size", [0, 1, 255, 65_535, 65_536, 65_537, 131_072, 131_073, 300_000])
def test_what_went_in_comes_out(size: int) -> None:
    content = os.urandom(size)
    assert read(sealed(content), size) == content


@given(st.integers(0, 300_000), st.integers(1000, 200_000))
def test_only_padded_sizes_occur(size: int, step: int) -> None:
    """Case B20."""
    raw = sealed(bytes(size), step=step)
    padded = sealing.padme(size)
    assert len(raw) == HEAD + padded + max(1, -(-padded // streams.FRAME)) * streams.TAG_SIZE
    assert padded <= size * 1.12
    assert padded & ((1 << max(0, padded.bit_length() - 1 - (padded.bit_length() - 1).bit_length())) - 1) == 0


def test_at_most_one_frame_waits_in_the_clear() -> None:
    out: list[bytes] = []
    sealing_of = streams.Sealing(KEY, AD, out.append)
    for count in range(1, 400):
        sealing_of.write(bytes(1000))
        gone = sum(map(len, out)) - HEAD
        assert count * 1000 - gone // FRAME * streams.FRAME <= streams.FRAME


def test_without_its_final_frame_it_is_no_file(content: bytes) -> None:
    raw = sealed(content, finish=False)
    for size in (len(content), 0, streams.FRAME, 3 * streams.FRAME):
        assert is_closed(raw, size)


def test_cut_anywhere_it_is_no_file(content: bytes) -> None:
    raw = sealed(content)
    for at in (0, 1, HEAD - 1, HEAD, HEAD + 5, HEAD + FRAME, HEAD + FRAME + 1, HEAD + 2 * FRAME, len(raw) - 1):
        assert is_closed(raw[:at], len(content)), at
        assert is_closed(raw[:at], 0), at


def test_a_flipped_bit_in_any_frame_closes_it(content: bytes) -> None:
    """Case B03: format, header, and of every frame its first, middle and last bytes."""
    raw = sealed(content)
    starts = range(HEAD, len(raw), FRAME)
    places = [0, 1, HEAD - 1, *(at + more for at in starts for more in (0, 1, 700, 1200)), len(raw) - 1, len(raw) - 17]
    for at in places:
        changed = bytearray(raw)
        changed[at] ^= 1 << (at % 8)
        assert is_closed(bytes(changed), len(content)), at


def test_frames_moved_left_out_added_or_taken_from_another(content: bytes) -> None:
    """Case B04."""
    raw, other = sealed(content), sealed(content)
    head, frames = raw[:HEAD], [raw[at : at + FRAME] for at in range(HEAD, len(raw), FRAME)]
    theirs = [other[at : at + FRAME] for at in range(HEAD, len(other), FRAME)]
    assert len(frames) == 4
    for order in ([1, 0, 2, 3], [0, 2, 3], [0, 1, 2], [0, 0, 1, 2, 3], [0, 1, 2, 3, 3], [3], [1, 2, 3]):
        assert is_closed(head + b"".join(frames[n] for n in order), len(content)), order
    assert is_closed(head + b"".join([*frames[:2], theirs[2], frames[3]]), len(content))
    assert is_closed(other[:HEAD] + b"".join(frames), len(content))
    for more in (b"\0", b"x" * FRAME, raw):
        assert is_closed(raw + more, len(content))


def test_of_another_file_or_under_another_key(content: bytes) -> None:
    raw = sealed(content)
    assert is_closed(raw, len(content), ad=sealing.associated("file", "two"))
    assert is_closed(raw, len(content), key=Secret(b"K" * 32))
    assert is_closed(raw, len(content), key=Secret(b"k" * 31))


def test_said_to_be_longer_or_shorter(content: bytes) -> None:
    """Within the padding the row alone knows the size; beyond it the file gives the lie to it."""
    raw = sealed(content)
    for size in (0, 1, len(content) // 2, sealing.padme(len(content)) + 1, 2 * len(content)):
        assert is_closed(raw, size), size


def test_a_known_answer() -> None:
    """The format must not change unseen: what was sealed by an earlier version has to open."""
    header, first = bytes.fromhex("00" * 24), b"Halo"
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, header, KEY.reveal())
    raw = bytes.fromhex(KNOWN)
    assert raw[:25] == b"\x03" + header
    assert bindings.crypto_secretstream_xchacha20poly1305_pull(state, raw[25:], b"\x03" + AD) == (first, 3)
    assert read(raw, 4) == first


KNOWN = "030000000000000000000000000000000000000000000000008cf0a059093ff748e821c4caa88ee984964669be65"
