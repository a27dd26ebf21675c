"""The citizen's cookie, and the tombstone that an exit leaves (citizen.md, Quick exit)."""

from datetime import date

from flask import Response, g, request

from pepa.domain import intake, keys, reporters, settings
from pepa.policy import Reporter

COOKIE = "__Host-s"
TOMBSTONE = "__Host-x"


def checked_on() -> date | None:
    """The day on which the oldest number of a page was checked."""
    days = [number.checked_on for number in settings.read().numbers.values() if number.checked_on]
    return min(days, default=None)


def has_left() -> bool:
    """This browser left by the exit and has not come back by the front page."""
    return TOMBSTONE in request.cookies


def reader() -> Reporter | None:
    """Whose report may be read in this request: by the cookie, or once by the handle of a browser without cookies.

    Raises reporters.Waiting where the report stands in the spool only.
    """
    if "reader" not in g:
        g.reader, g.is_alone = _reader()
    found: Reporter | None = g.reader
    return found


def is_alone() -> bool:
    """Whether the reader came by a handle: this browser keeps no cookie."""
    return bool(g.get("is_alone"))


def _reader() -> tuple[Reporter | None, bool]:
    if has_left():
        return None, False
    handle = request.args.get("r", "")
    text = request.cookies.get(COOKIE)
    if text:
        token = reporters.token_of_cookie(text)
        if handle:
            reporters.forget_handle(handle)
        return (intake.sender(token) if token else None), False
    return (reporters.by_handle(handle) if handle else None), True


def remember(response: Response, token: keys.Token) -> Response:
    """Give the browser its way in, good for ten minutes more."""
    response.set_cookie(COOKIE, reporters.cookie(token), secure=True, httponly=True, samesite="Strict", path="/")
    g.remembered = True
    return response


def refresh(response: Response) -> Response:
    """A page that was read with the cookie makes it good for ten minutes more; one without sets nothing."""
    found = g.get("reader")
    if found and not is_alone() and not g.get("remembered"):
        remember(response, found.token)
    return response


def forget(response: Response, *, tombstone: bool) -> Response:
    """Take the way in from the browser; and the tombstone, or set it."""
    response.set_cookie(COOKIE, "", max_age=0, secure=True, path="/")
    if tombstone:
        response.set_cookie(TOMBSTONE, "1", secure=True, path="/")
    else:
        response.set_cookie(TOMBSTONE, "", max_age=0, secure=True, path="/")
    return response
