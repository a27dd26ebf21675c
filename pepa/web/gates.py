"""Who may send files now. A slow phone holds a thread for minutes, and texts must always find one."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from flask import request
from werkzeug.exceptions import ClientDisconnected

from pepa.domain import keys, onces, uploads
from pepa.errors import Failure
from pepa.policy import Reporter
from pepa.web import bodies

# With those that bodies lets go by, half of the sixteen threads of a worker (deploy/gunicorn.conf.py).
AT_ONCE = 6
SILENT = 60.0  # seconds without a byte after which a line counts as dead
BESIDE = 1_048_576  # bytes of a form beside its files
# What was wrong with a form, as a sign for the page that follows it.
SAYS: dict[str, type[Failure]] = {
    "b": uploads.TooLarge,
    "j": uploads.UnknownKind,
    "m": uploads.TooMany,
    "n": uploads.NothingChosen,
    "t": uploads.Cut,
    "r": uploads.NoRoom,
    "w": uploads.NotKept,
}
_letters = {failure: letter for letter, failure in SAYS.items()}
_reading = BoundedSemaphore(AT_ONCE)


def receive(reporter: Reporter) -> str:
    """Read a form with files to its end, keep what may be kept. Returns signs for the next page: how many have arrived,
    then a letter of SAYS where something was wrong."""
    if (request.content_length or 0) > uploads.MOST * uploads.LARGEST + BESIDE:
        return _turned_away(uploads.TooLarge)
    if not _reading.acquire(blocking=False):
        return _turned_away(uploads.NoRoom)
    try:
        return _received(reporter)
    except ClientDisconnected:
        return _letters[uploads.Cut]
    except keys.KeysUnsound:
        return _letters[uploads.NotKept]
    finally:
        _reading.release()


def _received(reporter: Reporter) -> str:
    try:
        with uploads.receiving(reporter) as upload, _patience():
            request.taker = upload  # type: ignore[attr-defined]
            if not request.is_whole:  # type: ignore[attr-defined]
                return _letters[uploads.Cut]
            uploads.add(reporter, upload, once=request.form.get("once") or onces.new())
            return f"{upload.arrived or ''}{_letters[upload.fault] if upload.fault else ''}"
    except uploads.NoRoom:
        return _turned_away(uploads.NoRoom)
    except (uploads.NothingChosen, uploads.NotKept) as failure:
        return _letters[type(failure)]


def _turned_away(why: type[Failure]) -> str:
    turn_away()
    return _letters[why]


def turn_away() -> None:
    """Nothing of this form is taken; what of it is still to come is read for a while, if there is a thread to spare."""
    bodies.drain(request.stream)


@contextmanager
def _patience() -> Iterator[None]:
    """A phone may be as slow as it likes, but one that has gone says nothing any more."""
    line = request.environ.get("gunicorn.socket")
    if line is not None:
        line.settimeout(SILENT)
    try:
        yield
    finally:
        if line is not None:
            line.settimeout(None)
