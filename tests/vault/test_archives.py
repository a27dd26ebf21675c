"""Archives: what was put in comes out for the holder of the secret half, whole or not at all."""

import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepa.vault import archives, streams
from pepa.vault.pairs import KeyPair
from pepa.vault.secret import Broken

PAIR = KeyPair.new()
Records = list[tuple[bytes, bytes]]


def written(records: Records, *, finish: bool = True, told: dict[str, object] | None = None) -> bytes:
    out = io.BytesIO()
    writer = archives.Writer(PAIR.public, told or {"schema": "0001"}, out.write)
    for kind, payload in records:
        writer.put(kind, payload)
    if finish:
        writer.finish()
    return out.getvalue()


def read(raw: bytes, pair: KeyPair = PAIR) -> Records:
    file = io.BytesIO(raw)
    head = archives.head(file.read)
    assert head
    return list(archives.records(archives.stream_key(pair, file.read), head, file.read))


@given(st.lists(st.tuples(st.sampled_from([b"a", b"b"]), st.binary(max_size=200)), max_size=40))
def test_what_went_in_comes_out(records: Records) -> None:
    assert read(written(records)) == records


@pytest.mark.parametrize("size", [0, 1, 65_530, 65_531, 65_532, 65_536, 200_000])
def test_records_cross_the_edges_of_frames(size: int) -> None:
    records = [(b"c", os.urandom(size)), (b"d", b"last")]
    assert read(written(records)) == records


def test_the_header_is_read_by_anybody_and_changed_by_nobody() -> None:
    raw = written([(b"a", b"one")], told={"schema": "0014", "key": "3f0a-91cc"})
    head = archives.head(io.BytesIO(raw).read)
    assert head
    assert head.told == {"schema": "0014", "key": "3f0a-91cc"}
    with pytest.raises(Broken):
        read(raw.replace(b"0014", b"0013"))


def test_another_pair_opens_nothing() -> None:
    with pytest.raises(Broken):
        read(written([(b"a", b"one")]), KeyPair.new())


def test_nothing_of_it_shows() -> None:
    assert b"a marker" not in written([(b"a", b"a marker")])


def test_what_is_not_whole_does_not_open() -> None:
    records = [(b"a", os.urandom(3 * streams.FRAME)), (b"b", b"end")]
    raw = written(records)
    for cut in (1, 17, streams.FRAME, len(raw) // 2):
        with pytest.raises(Broken):
            read(raw[:-cut])
    with pytest.raises(Broken):
        read(raw + b"x")
    with pytest.raises(Broken):
        read(written(records, finish=False))
    for at in range(len(raw) - 4 * streams.FRAME // 3, len(raw), 9_973):
        with pytest.raises(Broken):
            read(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])


NOTHING = ("", "[]\n", "{\n")


@pytest.mark.parametrize("raw", [b"", b"pepa-backup 2\n{}\n", *(archives.MAGIC + line.encode() for line in NOTHING)])
def test_another_file_is_no_archive(raw: bytes) -> None:
    assert archives.head(io.BytesIO(raw).read) is None


def test_a_header_without_an_end_is_not_read_for_ever() -> None:
    assert archives.head(io.BytesIO(archives.MAGIC + b"x" * 10**6).read) is None
