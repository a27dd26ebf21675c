"""Who may send files now. A slow phone holds a thread for minutes, and texts must always find one.

The desk's forms with files are read before its doors are asked, since the guard looks into them: their door declares
`@with_files`, and finds the files by `upload()`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any, TypeVar

from flask import Flask, g, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import ClientDisconnected

from pepa.domain import keys, onces, uploads
from pepa.errors import Failure
from pepa.policy import Reporter
from pepa.web import bodies
from pepa.web.steps import STEP  # the first field of a citizen's form with files

# With those that bodies lets go by, half of the sixteen threads of a worker (deploy/gunicorn.conf.py). The desk's
# archives lie in memory while they are read, so there is one at a time.
AT_ONCE, AT_THE_DESK = 5, 1
QUEUE = 30.0  # seconds that somebody at the desk waits for the other one
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
_reading, _desk = BoundedSemaphore(AT_ONCE), BoundedSemaphore(AT_THE_DESK)
View = TypeVar("View", bound=Callable[..., Any])


def receive(reporter: Reporter) -> str | None:
    """Read a form with files to its end, keep what may be kept. Returns signs for the next page: how many have arrived,
    then a letter of SAYS where something was wrong. None where it is no such form, but one that came in its clothes."""
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


def _received(reporter: Reporter) -> str | None:
    try:
        with uploads.receiving(reporter) as upload, _patience():
            request.taker = upload  # type: ignore[attr-defined]
            if STEP not in request.form:
                return None
            if not request.is_whole:  # type: ignore[attr-defined]
                return _letters[uploads.Cut]
            uploads.add(reporter, upload, once=request.form.get("once") or onces.new())
            return f"{upload.arrived or ''}{_letters[upload.fault] if upload.fault else ''}"
    except uploads.NoRoom:
        return _turned_away(uploads.NoRoom)
    except (uploads.NothingChosen, uploads.NotKept) as failure:
        return _letters[type(failure)]


def register(app: Flask) -> None:
    app.teardown_request(_let_go)


def with_files(begin: Callable[[], uploads.Upload]) -> Callable[[View], View]:
    """A door of the desk whose form has files. begin: where they go while they arrive."""

    def marked(view: View) -> View:
        view.files = begin  # type: ignore[attr-defined]
        return view

    return marked


def take_in(begin: Callable[[], uploads.Upload]) -> None:
    """Read the desk's form to its end; what of its files is not kept is gone with the request.

    Raises uploads.NoRoom, ClientDisconnected where it was cut.
    """
    if request.mimetype != "multipart/form-data":
        return
    if not _desk.acquire(timeout=QUEUE):
        turn_away()
        raise uploads.NoRoom
    try:
        g.upload = begin()
        request.taker = g.upload  # type: ignore[attr-defined]
        with _patience():
            _ = request.form  # read here, and not where somebody first asks for a field
    except ClientDisconnected:
        request.form = ImmutableMultiDict()  # whoever asks now, for the page that says so, finds nothing
        raise
    finally:
        _desk.release()


def upload() -> uploads.Upload:
    """The files of this request's form, which are at their end; none where it is no form with files."""
    found: uploads.Upload | None = g.get("upload")
    return found or uploads.Upload()


def _let_go(_: BaseException | None) -> None:
    if found := g.pop("upload", None):
        found.drop()


def _turned_away(why: type[Failure]) -> str | None:
    return _letters[why] if turn_away() else None


def turn_away() -> bool:
    """No file of this form is taken; what of it is still to come is read for a while, if there is a thread to spare.
    Returns whether it is a form with files at all; else its fields are all here."""
    request.taker = bodies.NoFiles()  # type: ignore[attr-defined]
    return STEP in request.form


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
