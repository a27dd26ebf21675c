"""A page that is the same for everybody but for one value: rendered and compressed once, the value set in each time.

Compressing 12 KB anew for every reader would cost more than all the rest of the answer. A gzip stream may be put
together from pieces (RFC 1951): what stands before the value, the value as it is, and what stands behind it.
"""

import zlib
from collections.abc import Callable

from flask import Response

from pepa.db import Kept
from pepa.web import headers
from pepa.web.languages import language

_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"  # gzip: deflate, no time, best compression, no system


class Splice:
    """One rendering, cut at its mark. Values have the mark's length, in ASCII."""

    def __init__(self, text: str, mark: str) -> None:
        self.before, self.after = (part.encode() for part in text.split(mark))
        packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
        self._before = _HEAD + packer.compress(self.before) + packer.flush(zlib.Z_FULL_FLUSH)
        # What was seen before, so that the second piece may point back into the first; never into the value.
        seen = (self.before + b"\0" * len(mark))[-32_768:]
        packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, seen)
        self._after = packer.compress(self.after) + packer.flush()
        self._sum = zlib.crc32(self.before)

    def plain(self, value: str) -> bytes:
        return self.before + value.encode() + self.after

    def gzipped(self, value: str) -> bytes:
        raw = value.encode()
        size = len(raw).to_bytes(2, "little")
        stored = b"\0" + size + bytes(byte ^ 0xFF for byte in size) + raw
        total = len(self.before) + len(raw) + len(self.after)
        tail = zlib.crc32(self.after, zlib.crc32(raw, self._sum)).to_bytes(4, "little") + total.to_bytes(4, "little")
        return b"".join((self._before, stored, self._after, tail))


_splices: dict[tuple[str, str], tuple[object, Splice]] = {}


def spliced(name: str, state: object, build: Callable[[str], str], value: str) -> Response:
    """A page with a value set in.

    state  whatever else the page depends on; compared by value
    build  renders the page with the mark that it is given where the value stands
    """
    key = (name, language())
    found = _splices.get(key)
    if found is None or found[0] != state or Kept.seconds == 0:
        mark = "~" * len(value)
        found = _splices[key] = (state, Splice(build(mark), mark))
    response = Response(mimetype="text/html")
    response.vary.add("Accept-Encoding")
    if headers.wanted("gzip"):
        response.set_data(found[1].gzipped(value))
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.set_data(found[1].plain(value))
    return response
