"""Archives: records in one sealed stream that only the holder of a public key's secret half opens.

An archive is `magic line ‖ header line (JSON, clear) ‖ sealed stream key (80) ‖ stream`; the header is bound to the
stream. Inside, a record is `kind (1) ‖ length (4) ‖ payload`. What was cut, changed or put together anew does not open.
"""

import json
from collections.abc import Callable, Iterator
from os import urandom
from typing import Any, Final, NamedTuple

from pepa.vault import sealing, streams
from pepa.vault.pairs import KeyPair, seal_to, unseal_with
from pepa.vault.secret import Broken, Secret

MAGIC: Final = b"pepa-backup 1\n"
HEADER_ROOM: Final = 4096  # bytes that a header takes at most
LARGEST: Final = 1 << 30  # bytes of one record
_SEALED_KEY: Final = 48 + sealing.KEY_SIZE
_HEAD: Final = 5


class Head(NamedTuple):
    """What an archive says in the clear. raw: the line as it stands, which the stream is bound to."""

    told: dict[str, Any]
    raw: bytes


class Writer:
    """An archive on its way out, record by record; without `finish` it never opens.

    key  of its stream, for a proof of who wrote it that stands inside
    """

    def __init__(self, public: bytes, told: dict[str, Any], out: Callable[[bytes], object]) -> None:
        """public: whom it is sealed to; told: its header; out: takes its bytes. Broken where public is no key."""
        raw = json.dumps(told, separators=(",", ":"), sort_keys=True).encode("ascii") + b"\n"
        if len(raw) > HEADER_ROOM:
            raise ValueError("a header is a line")
        self.key = Secret(urandom(sealing.KEY_SIZE))
        out(MAGIC + raw + seal_to(public, self.key.reveal()))
        self._stream = streams.Writing(self.key, _place(raw), out)

    def put(self, kind: bytes, payload: bytes) -> None:
        """One record. kind: one byte."""
        self._stream.write(kind + len(payload).to_bytes(4, "big"))
        self._stream.write(payload)

    def finish(self) -> None:
        self._stream.finish()


def _place(raw: bytes) -> bytes:
    return sealing.associated("backup", raw)


def head(read: Callable[[int], bytes]) -> Head | None:
    """The header at the beginning of a file, or None: no archive of ours. read(n): up to n bytes, fewer at the end."""
    if read(len(MAGIC)) != MAGIC:
        return None
    raw = bytearray()
    while not raw.endswith(b"\n"):
        sign = read(1)
        if not sign or len(raw) >= HEADER_ROOM:
            return None
        raw += sign
    try:
        told = json.loads(raw)
    except ValueError:
        return None
    return Head(told, bytes(raw)) if isinstance(told, dict) else None


def stream_key(pair: KeyPair, read: Callable[[int], bytes]) -> Secret:
    """The key of the stream that follows: what comes after the header. Broken where it is sealed to somebody else."""
    return Secret(unseal_with(pair, read(_SEALED_KEY)))


def records(key: Secret, head: Head, read: Callable[[int], bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Kind and payload of each record, in turn. Broken where it is not whole, perhaps only after the last of them."""
    held, at = bytearray(), 0
    wanted = _HEAD
    for frame in streams.frames(key, _place(head.raw), read):
        held += frame
        while len(held) - at >= wanted:
            length = int.from_bytes(held[at + 1 : at + _HEAD], "big")
            if length > LARGEST:
                raise Broken("backup")
            if len(held) - at < (wanted := _HEAD + length):
                break
            yield bytes(held[at : at + 1]), bytes(held[at + _HEAD : at + wanted])
            at, wanted = at + wanted, _HEAD
        del held[:at]
        at = 0
    if held:
        raise Broken("backup")
