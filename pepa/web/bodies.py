"""What a request brings. A form too long for us is read to its end and keeps its first part; it is never a bare 413.

Werkzeug refuses a form over 500,000 bytes, but 100,000 letters take up to 1.2 MB urlencoded; and a refusal in the
middle of a slow upload ends in "connection reset" on the phone (cases/citizen 32).
"""

from collections.abc import Iterator
from typing import IO, Any
from urllib.parse import unquote_to_bytes

import flask
from werkzeug.datastructures import MultiDict
from werkzeug.formparser import FormDataParser

FIELD_BYTES = 1_300_000  # of one field, as sent
FIELDS = 200
CHUNK = 65_536


class Body(FormDataParser):
    """Reads urlencoded forms field by field, in bounded memory."""

    def _parse_urlencoded(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, Any]]:
        fields = [_decoded(raw) for raw in _fields(stream)]
        return stream, self.cls(fields), self.cls()

    def _parse_multipart(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, Any]]:
        """No form of ours is sent so: read to its end and dropped; Werkzeug would lay a large part on the disk."""
        while stream.read(CHUNK):
            pass
        return stream, self.cls(), self.cls()


def _fields(stream: IO[bytes]) -> Iterator[bytes]:
    """The raw `name=value` pieces; what a piece has over FIELD_BYTES, and pieces after FIELDS, are read and dropped."""
    piece, count = bytearray(), 0
    while chunk := stream.read(CHUNK):
        first, *rest = chunk.split(b"&")
        piece += first[: FIELD_BYTES - len(piece)]
        for part in rest:
            if piece and count < FIELDS:
                count += 1
                yield bytes(piece)
            piece = bytearray(part[:FIELD_BYTES])
    if piece and count < FIELDS:
        yield bytes(piece)


def _decoded(raw: bytes) -> tuple[str, str]:
    name, _, value = raw.partition(b"=")
    return _text(name), _text(value)


def _text(raw: bytes) -> str:
    """As browsers mean it: + is a space, bad UTF-8 is marked, NUL is dropped, a line break is one letter."""
    text = unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8", "replace")
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


class Request(flask.Request):
    """A request with our reading of forms."""

    form_data_parser_class = Body
    max_form_memory_size = 4_000_000

    @property
    def is_whole(self) -> bool:
        """The end mark, last field of every form, has arrived: nothing was cut on the way."""
        return self.form.get("end") == "1"
