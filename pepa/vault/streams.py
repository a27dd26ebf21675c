"""Files, sealed while they arrive and opened while they leave (libsodium's secretstream, XChaCha20-Poly1305).

A sealed file is `format byte ‖ header (24) ‖ frames`. A frame is 64 KiB of the padded file and 17 bytes; the last one
may be shorter, and it alone carries the FINAL tag. Each frame is bound to its file, its place and those before it: none
can be changed, moved, left out or added. What has no FINAL is no file.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Final

from nacl.bindings import crypto_secretstream_xchacha20poly1305_ABYTES as TAG_SIZE
from nacl.bindings import crypto_secretstream_xchacha20poly1305_HEADERBYTES as HEADER_SIZE
from nacl.bindings import crypto_secretstream_xchacha20poly1305_init_pull as init_pull
from nacl.bindings import crypto_secretstream_xchacha20poly1305_init_push as init_push
from nacl.bindings import crypto_secretstream_xchacha20poly1305_pull as pull
from nacl.bindings import crypto_secretstream_xchacha20poly1305_push as push
from nacl.bindings import crypto_secretstream_xchacha20poly1305_state as State  # noqa: N812
from nacl.bindings import crypto_secretstream_xchacha20poly1305_TAG_FINAL as FINAL
from nacl.bindings import crypto_secretstream_xchacha20poly1305_TAG_MESSAGE as MESSAGE
from nacl.exceptions import CryptoError

from pepa.vault.sealing import padme
from pepa.vault.secret import Broken, Secret

FORMAT: Final = b"\x03"
FRAME: Final = 65_536  # bytes of a file in one frame


class Writing:
    """Bytes on their way into sealed frames, under a key that seals nothing else. Holds at most one frame in the clear.
    Without `finish` they have no end, and so never open."""

    def __init__(self, key: Secret, ad: bytes, out: Callable[[bytes], object]) -> None:
        """key: 32 random bytes; out: takes the sealed bytes."""
        self._ad, self._out, self._state, self._frame = FORMAT + ad, out, State(), bytearray()
        out(FORMAT + init_push(self._state, key.reveal()))

    def write(self, chunk: bytes) -> None:
        self._frame += chunk
        while len(self._frame) > FRAME:  # the last one stays until it is known to be the last
            self._push(FRAME, MESSAGE)

    def finish(self) -> None:
        self._push(len(self._frame), FINAL)

    def _push(self, length: int, tag: int) -> None:
        frame = bytes(self._frame[:length])
        del self._frame[:length]
        self._out(push(self._state, frame, self._ad, tag))


class Sealing(Writing):
    """One file on its way in.

    write(chunk)  as it arrives
    finish()      only once it is known to have arrived whole: pads it (Padmé) and closes it with FINAL
    size, sha256  of what was written, without the padding
    """

    def __init__(self, key: Secret, ad: bytes, out: Callable[[bytes], object]) -> None:
        super().__init__(key, ad, out)
        self._digest, self.size = sha256(), 0

    @property
    def sha256(self) -> bytes:
        return self._digest.digest()

    def write(self, chunk: bytes) -> None:
        self.size += len(chunk)
        self._digest.update(chunk)
        super().write(chunk)

    def finish(self) -> None:
        left = padme(self.size) - self.size
        while left:
            piece = min(left, FRAME)
            super().write(bytes(piece))
            left -= piece
        super().finish()


def frames(key: Secret, ad: bytes, read: Callable[[int], bytes]) -> Iterator[bytes]:
    """What `Writing` was given, frame by frame. read(n): up to n sealed bytes, fewer at the end only.

    Raises Broken for everything else than the whole of it. That may come after some frames: what is passed on before
    the end is not yet known to be whole.
    """
    state = State()
    if read(1) != FORMAT or len(key.reveal()) != 32:
        raise Broken("file")
    header, tag = read(HEADER_SIZE), MESSAGE
    if len(header) != HEADER_SIZE:
        raise Broken("file")
    init_pull(state, header, key.reveal())
    while tag == MESSAGE:
        frame = _pulled(state, read(FRAME + TAG_SIZE), FORMAT + ad)
        if frame is None:
            raise Broken("file")
        plain, tag = frame
        yield plain
    if tag != FINAL or read(1):
        raise Broken("file")


def opened(key: Secret, ad: bytes, size: int, read: Callable[[int], bytes]) -> Iterator[bytes]:
    """The file again, frame by frame. size: what `Sealing` said. Raises Broken as `frames`, and for another size."""
    left, padded = size, 0
    for plain in frames(key, ad, read):
        padded += len(plain)
        if left and plain:
            yield plain[:left]
        left -= min(left, len(plain))
    if left or padded != padme(size):
        raise Broken("file")


def _pulled(state: State, sealed: bytes, ad: bytes) -> tuple[bytes, int] | None:
    """None instead of an exception: one that is raised outside of where it was found carries nothing along."""
    if len(sealed) < TAG_SIZE:
        return None
    try:
        return pull(state, sealed, ad)
    except CryptoError:
        return None
