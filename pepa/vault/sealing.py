"""Seals values and documents (XChaCha20-Poly1305, libsodium) and makes keyed and plain digests (BLAKE2b).

A sealed value is `format byte ‖ nonce (24) ‖ ciphertext and tag (16 longer than the plaintext)`. The format byte is
authenticated together with the associated data, so a sealed key never opens as a document, nor the reverse.
"""

import json
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from hmac import compare_digest
from os import urandom
from typing import Any, Final
from uuid import UUID

from nacl._sodium import ffi, lib
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as aead_open
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt as aead_seal
from nacl.exceptions import CryptoError

from pepa.vault.secret import Broken, Secret

Part = bytes | str | int | UUID

KEY_SIZE: Final = 32
NONCE_SIZE: Final = 24
OVERHEAD: Final = 1 + NONCE_SIZE + 16
VALUE: Final = b"\x01"
DOCUMENT: Final = b"\x02"
# vault.md § 5: 256 B, 1, 4, 16, 64 KiB, then multiples of the last.
LADDER: Final = (256, 1024, 4096, 16384, 65536)
_open = lib.crypto_aead_xchacha20poly1305_ietf_decrypt
_written = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode


def _counted(part: Part) -> bytes:
    """Kind, length and bytes of one part, so that no two lists of parts give the same bytes."""
    if isinstance(part, str):
        kind, raw = b"s", part.encode("utf-8", "surrogatepass")
    elif isinstance(part, bytes):
        kind, raw = b"b", part
    elif isinstance(part, UUID):
        kind, raw = b"u", part.bytes
    elif isinstance(part, bool) or not isinstance(part, int):
        raise TypeError(f"{type(part).__name__} cannot be bound to a sealed value")
    else:
        kind, raw = b"i", part.to_bytes(8, "big", signed=True)
    return kind + len(raw).to_bytes(4, "big") + raw


_HEAD: Final = _counted("pepa") + _counted(1)


def associated(*parts: Part) -> bytes:
    """The bytes that bind a sealed value to its place: `pepa`, format 1, then the parts, each with its kind and length.

    Integers have eight bytes, signed (OverflowError beyond). The first part is a stable domain string owned by the
    code, never the name of a table or column, so that migrations need no key.
    """
    return _HEAD + b"".join(map(_counted, parts))


def bound_to(place: bytes, row_id: UUID) -> bytes:
    """`associated(…, row_id)`, where `place` is what the parts before it gave: for many rows of one place."""
    return place + _counted(row_id)


def _seal(form: bytes, key: Secret, plain: bytes, ad: bytes) -> bytes:
    if len(key.reveal()) != KEY_SIZE:
        raise ValueError("a sealing key has 32 bytes")
    nonce = urandom(NONCE_SIZE)
    return b"".join((form, nonce, aead_seal(plain, form + ad, nonce, key.reveal())))


def _opened(form: bytes, key: Secret, sealed: bytes, ad: bytes) -> bytes | None:
    if len(sealed) < OVERHEAD or sealed[:1] != form or len(key.reveal()) != KEY_SIZE:
        return None
    try:
        return aead_open(sealed[1 + NONCE_SIZE :], form + ad, sealed[1 : 1 + NONCE_SIZE], key.reveal())
    except CryptoError:
        return None


def seal(key: Secret, plain: bytes, ad: bytes) -> bytes:
    """Seal a key or another short value of fixed size: 41 bytes longer than `plain`, not padded.

    key: 32 bytes (ValueError otherwise); ad: from `associated`
    """
    return _seal(VALUE, key, plain, ad)


def unseal(key: Secret, sealed: bytes, ad: bytes) -> bytes:
    """What `seal` was given. Broken for everything else: another key, place or format, a flipped bit, a cut."""
    plain = _opened(VALUE, key, sealed, ad)
    if plain is None:
        raise Broken("value")
    return plain


def seal_document(key: Secret, doc: dict[str, Any], ad: bytes) -> bytes:
    """Seal a JSON document, padded by spaces to `padded_length`, which JSON itself ignores: nothing to unpad wrongly.

    Written as ASCII, so that NUL and lone surrogates come back as they were. ValueError for NaN and infinities.
    """
    plain = _written(doc).encode("ascii")
    return _seal(DOCUMENT, key, plain.ljust(padded_length(len(plain))), ad)


def open_document(key: Secret, sealed: bytes, ad: bytes) -> dict[str, Any]:
    """The document that `seal_document` was given. Broken for everything else."""
    doc = _document(_opened(DOCUMENT, key, sealed, ad))
    if doc is None:
        raise Broken("document")
    return doc


def open_texts(key: Secret, rows: Iterable[tuple[UUID, bytes]], place: bytes) -> Iterator[tuple[UUID, bytes]]:
    """Very many documents of one place, each as the JSON that it is, its padding too; what does not open is left out.

    rows: id and sealed bytes; place: what `bound_to` completes. libsodium is asked without PyNaCl's wrapper, which
    looks at every argument anew: that took longer than the opening.
    """
    room, out, secret = 0, ffi.NULL, key.reveal()
    for row_id, sealed in rows:
        length, ad = len(sealed) - OVERHEAD, DOCUMENT + bound_to(place, row_id)
        if length < 0 or sealed[:1] != DOCUMENT:
            continue
        if length > room:
            room, out = length, ffi.new("unsigned char[]", length)
        nonce, body = sealed[1 : 1 + NONCE_SIZE], sealed[1 + NONCE_SIZE :]
        if not _open(out, ffi.NULL, ffi.NULL, body, len(body), ad, len(ad), nonce, secret):
            yield row_id, ffi.buffer(out, length)[:]


def _document(plain: bytes | None) -> dict[str, Any] | None:
    """None instead of an exception: JSONDecodeError would carry the whole text along."""
    if plain is None:
        return None
    try:
        doc = json.loads(plain.decode("ascii"))
    except (ValueError, RecursionError):
        return None
    return doc if isinstance(doc, dict) else None


def padded_length(n: int) -> int:
    """Bytes that a document of n bytes takes before sealing: the ladder of vault.md § 5."""
    for step in LADDER:
        if n <= step:
            return step
    return -(-n // LADDER[-1]) * LADDER[-1]


def padme(n: int) -> int:
    """Bytes that a file of n bytes is padded to: at most 12 % more, so that sizes tell O(log log n) bits.

    Padmé: Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019.
    """
    if n < 2:
        return n
    exponent = n.bit_length() - 1
    loose = (1 << (exponent - exponent.bit_length())) - 1
    return (n + loose) & ~loose


def mac(key: Secret, *parts: Part) -> bytes:
    """32 bytes that only a holder of `key` can make over these parts. Compare with `same`."""
    return blake2b(associated(*parts), key=key.reveal(), digest_size=32, person=b"pepa-mac").digest()


def digest(*parts: Part) -> bytes:
    """32 bytes that commit to these parts without a key."""
    return blake2b(associated(*parts), digest_size=32, person=b"pepa-digest").digest()


def derive(key: Secret, purpose: str, *parts: Part) -> Secret:
    """A key of 32 bytes for one purpose, which tells nothing of `key` nor of the keys for other purposes."""
    raw = blake2b(associated(purpose, *parts), key=key.reveal(), digest_size=32, person=b"pepa-derive").digest()
    return Secret(raw)


def same(a: bytes, b: bytes) -> bool:
    """Equal? The time taken does not tell where they differ."""
    return compare_digest(a, b)
