"""Looks for words in bytes the way somebody who steals a disk would: in every writing that a program may leave."""

import base64
import gzip
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

SMALLEST = 6  # bytes: what is shorter is found by chance


def writings(word: bytes | str) -> dict[str, bytes]:
    """A word as it may stand in a file: text in several encodings, base64 at each offset, hex."""
    raw = word.encode() if isinstance(word, str) else word
    found = {"bytes": raw, "hex": raw.hex().encode(), "HEX": raw.hex().upper().encode()}
    if isinstance(word, str):
        found |= {"utf-16-le": word.encode("utf-16-le"), "utf-16-be": word.encode("utf-16-be")}
        found["percent"] = "".join(f"%{byte:02X}" if byte > 127 or byte == 32 else chr(byte) for byte in raw).encode()
        found["plus"] = word.replace(" ", "+").encode()
    for offset in range(3):
        for name, encode in (("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode)):
            # Without the signs that the neighbours on both sides would change.
            text = encode(bytes(offset) + raw)
            found[f"{name}+{offset}"] = text[-(-offset * 8 // 6) : len(text.rstrip(b"=")) - 1]
    return {name: form for name, form in found.items() if len(form) >= SMALLEST}


def places(word: bytes | str, raw: bytes) -> list[str]:
    """In which writings a word stands in these bytes, and in whatever is compressed within them."""
    forms = writings(word)
    found = [name for name, form in forms.items() if form in raw]
    for unpacked in _unpacked(raw):
        found += [f"compressed {name}" for name, form in forms.items() if form in unpacked]
    return found


def _unpacked(raw: bytes) -> Iterator[bytes]:
    """Every gzip or zlib stream that begins somewhere in these bytes."""
    for magic, kind in ((b"\x1f\x8b\x08", 31), (b"\x78\x01", 15), (b"\x78\x9c", 15), (b"\x78\xda", 15)):
        at = raw.find(magic)
        while at >= 0:
            with suppress(zlib.error):
                yield zlib.decompressobj(kind).decompress(raw[at : at + 1_000_000], 4_000_000)
            at = raw.find(magic, at + 1)


def files(*folders: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file below these folders with its bytes."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path, path.read_bytes()


def packed(word: str) -> bytes:
    return gzip.compress(word.encode())
