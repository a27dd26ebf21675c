"""What a request brings. A form too long for us is read to its end and keeps its first part; it is never a bare 413.

Werkzeug refuses a form over 500,000 bytes, but 100,000 letters take up to 1.2 MB urlencoded; and a refusal in the
middle of a slow upload ends in "connection reset" on the phone (cases/citizen 32). A file over 500,000 bytes it would
lay on the disk in the clear (cases/citizen 20): here the parts of a form go where its door says, piece by piece.
"""

from collections.abc import Iterator
from contextlib import suppress
from threading import BoundedSemaphore
from typing import IO, Any, Protocol
from urllib.parse import unquote_to_bytes

import flask
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from pepa import clock

FIELD_BYTES = 1_300_000  # of one field, as sent
FIELDS = 200
CHUNK = 65_536
SIP = 4_096  # of a slow line a chunk would take too long
BETWEEN = 1_048_576  # bytes that a part's head, or what stands before the first part, may have
DRAIN = 10.0  # seconds
SLOWEST = 500  # bytes a second that a form with files brings, after its first minute: 2G brings ten times as much
LEAVING = 2  # how many may be let go by at once; of a worker's threads, which are for those who are served


class Part(Protocol):
    """A file of a form while it arrives."""

    def write(self, chunk: bytes) -> None: ...

    def end(self) -> None: ...


class Taker(Protocol):
    """Where a door lets the files of its form go. None: no file is taken, and nothing behind this one is read."""

    def begin(self, name: str) -> Part | None: ...


class NoFiles:
    """Takes none: of a form its fields before the first file are read."""

    def begin(self, _: str) -> None:
        """What comes is let go by."""


class Body(FormDataParser):
    """Reads forms in bounded memory. taker: where files go; without one, a form that could hold any is let go by."""

    taker: Taker | None = None

    def _parse_urlencoded(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, Any]]:
        fields = [_decoded(raw) for raw in _fields(stream)]
        return stream, self.cls(fields), self.cls()

    def _parse_multipart(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, Any]]:
        if self.taker is None:
            drain(stream)
            return stream, self.cls(), self.cls()
        return stream, self.cls(_parts(stream, options.get("boundary", ""), self.taker)), self.cls()


_leaving = BoundedSemaphore(LEAVING)


def drain(stream: IO[bytes]) -> None:
    """Read for a while what nobody wants: a phone that is answered in the middle of its sending sees a broken line."""
    if not _leaving.acquire(blocking=False):
        return
    end = clock.monotonic() + DRAIN
    try:
        with suppress(ClientDisconnected):
            while clock.monotonic() < end and stream.read(SIP):
                pass
    finally:
        _leaving.release()


def _parts(stream: IO[bytes], boundary: str, taker: Taker) -> list[tuple[str, str]]:
    """The fields of a multipart form in their order; its files go to the taker. Raises ClientDisconnected where it was
    cut, and gives what came before where it is none."""
    decoder = MultipartDecoder(boundary.encode("latin-1", "replace"), BETWEEN, max_parts=FIELDS)
    fields: list[tuple[str, bytearray]] = []
    part: Part | None = None
    with suppress(ValueError, RequestEntityTooLarge):
        for event in _events(decoder, stream):
            if isinstance(event, File):
                part = taker.begin(event.filename) if event.filename else _Nothing()
                if part is None:
                    break
            elif isinstance(event, Field):
                part = None
                fields.append((event.name or "", bytearray()))
            elif isinstance(event, Data) and part:
                part.write(event.data)
                if not event.more_data:
                    part.end()
            elif isinstance(event, Data):
                value = fields[-1][1]
                value += event.data[: FIELD_BYTES - len(value)]
    drain(stream)
    return [(name, _clean(bytes(value))) for name, value in fields]


def _events(decoder: MultipartDecoder, stream: IO[bytes]) -> Iterator[Event]:
    """Raises ValueError or RequestEntityTooLarge where this is no form, or its parts are too many; ClientDisconnected
    where it comes so slowly that it only holds a place."""
    event: Event = NeedData()
    began, come = clock.monotonic(), 0
    while not isinstance(event, Epilogue):
        event = decoder.next_event()
        if not isinstance(event, NeedData):
            yield event
            continue
        chunk = stream.read(CHUNK)
        come += len(chunk)
        if clock.monotonic() - began > 60 + come / SLOWEST:
            raise ClientDisconnected
        decoder.receive_data(chunk or None)


class _Nothing:
    """A file field in which nothing was chosen."""

    def write(self, chunk: bytes) -> None:
        """Let it go by."""

    def end(self) -> None:
        """Nothing to close."""


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
    return _clean(unquote_to_bytes(raw.replace(b"+", b" ")))


def _clean(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


class Request(flask.Request):
    """A request with our reading of forms."""

    form_data_parser_class = Body
    max_form_memory_size = 4_000_000
    taker: Taker | None = None

    def make_form_data_parser(self) -> FormDataParser:
        parser = super().make_form_data_parser()
        parser.taker = self.taker  # type: ignore[attr-defined]
        return parser

    @property
    def is_whole(self) -> bool:
        """The end mark, last field of every form, has arrived: nothing was cut on the way."""
        return self.form.get("end") == "1"
