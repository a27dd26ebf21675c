"""The citizen's two cookies, and the way in of a browser that keeps none (citizen.md, Quick exit 3-5)."""

from datetime import date

from flask import Response, g, request

from pepa import clock
from pepa.db import DatabaseFault, db
from pepa.domain import arrivals, keys, reporters, settings
from pepa.policy import Reporter
from pepa.web import pages

COOKIE = "__Host-s"
TOMBSTONE = "__Host-x"
SHOWS = ("GET", "HEAD")
LATELY = 60  # minutes in which a page that was left may still be looked for by the back key
FIRST_MINUTE = 29_000_000  # since 1970, in February 2025: a phone that says less has lost the time


def checked_on() -> date | None:
    """The day on which the oldest number of a page was checked."""
    days = [number.checked_on for number in settings.read().numbers.values() if number.checked_on]
    return min(days, default=None)


def has_left() -> bool:
    """This browser left by the exit, and nothing here has begun anew since."""
    return TOMBSTONE in request.cookies


def left_lately() -> bool:
    """The same, within the last hour; or when is not to be known, since the phone's clock is wrong."""
    at = request.cookies.get(TOMBSTONE, "")
    is_old = at.isdecimal() and len(at) < 10 and FIRST_MINUTE <= int(at) < clock.minute() - LATELY
    return has_left() and not is_old


def reader() -> Reporter | None:
    """Whose report may be read in this request: by the cookie, or once by the handle of a browser without cookies.

    Raises reporters.Waiting where the database does not answer, but something of this reader did arrive.
    """
    if "reader" not in g:
        g.reader = None if has_left() else _reader()
    found: Reporter | None = g.reader
    return found


def _reader() -> Reporter | None:
    text, g.said = _parted(request.cookies.get(COOKIE, ""))
    handle, said = _parted(request.args.get("r", ""))
    if text:
        token = reporters.token_of_cookie(text)
        found = arrivals.sender(token) if token else None
        if found and handle:
            reporters.forget_handle(handle)
        return found
    if not handle or request.method != "GET":
        return None
    g.is_alone = True
    if found := reporters.by_handle(handle):
        g.said = said  # anybody can write an address: what it tells counts with its handle alone
    return found


def by_code(typed: str) -> Reporter | None:
    """Whoever types a code into a form that acts at once: a way in for this form, given on with its answer.

    Raises reporters.CodeSlip, reporters.CodeUnknown, Busy.
    """
    return reporters.by_token(reporters.open_code(typed[:500]))


def is_alone() -> bool:
    """Whether the reader came by a handle: this browser keeps no cookie."""
    return bool(g.get("is_alone"))


def said() -> str:
    """One letter, for the page that follows a POST: what it should say once. It stands in no address of its own."""
    return str(g.get("said", ""))


def came_by(typed: str | None) -> tuple[str, ...]:
    """What tells that a form is sent again by whoever sent it first, though it ended her way in."""
    return reporters.came_by(_parted(request.cookies.get(COOKIE, ""))[0], typed)


def forget() -> None:
    """The page said what there was to say, and its cookie reads nothing any more: it goes."""
    if COOKIE in request.cookies:
        g.forgets = True


def stay(said: str) -> None:
    """Reloading this page shows it again: its sign stays in the cookie."""
    g.stays = said


def may_be_alone() -> bool:
    """This browser has not shown yet that it keeps cookies."""
    return COOKIE not in request.cookies and TOMBSTONE not in request.cookies


def arrived(path: str, token: keys.Token, said: str = "", *, handle: str = "") -> Response:
    """303 to the page that reads: by the cookie, and once by a handle unless cookies are known to be kept.

    handle: one that was made already
    """
    g.gives = _with(reporters.cookie(token), said)
    return pages.to(f"{path}?r={_with(handle or reporters.handle(token), said)}" if may_be_alone() else path)


def ended(path: str, said: str) -> Response:
    """303 to a page that says so: what this browser came by opens nothing any more."""
    g.gives = _with(_parted(request.cookies.get(COOKIE, ""))[0], said)
    return pages.to(path)


def once_more(token: keys.Token) -> str:
    """Where the same page is had again: a handle is dead after its first use."""
    return f"{request.path}?r={reporters.handle(token)}" if is_alone() else request.path


def leave() -> None:
    """The way in of this browser ends; that the database does not answer keeps nobody here."""
    try:
        reporters.leave(_parted(request.cookies.get(COOKIE, ""))[0])
        reporters.forget_handle(_parted(request.args.get("r", ""))[0])
    except DatabaseFault:
        db.session.rollback()


def cookies(response: Response) -> Response:
    """Give the cookie, make it good for ten minutes more where a page was read by it, or take both away."""
    found, gives = g.get("reader"), g.get("gives")
    if gives is None and found and not is_alone():
        gives = _with(reporters.cookie(found.token), g.get("stays", ""))
    if gives:
        response.set_cookie(COOKIE, gives, secure=True, httponly=True, samesite="Strict", path="/")
    elif g.get("forgets"):
        response.headers.add("Set-Cookie", f"{COOKIE}=;Max-Age=0;Path=/;Secure")
    if has_left() and (gives or _begins_anew()):
        if not gives:
            response.headers.add("Set-Cookie", f"{COOKIE}=;Max-Age=0;Path=/;Secure")
        response.headers.add("Set-Cookie", f"{TOMBSTONE}=;Max-Age=0;Path=/;Secure")
    return response


def _begins_anew() -> bool:
    """The front page begins anew, and so does a POST; a page that the back key brings out does not."""
    return request.path == "/" or request.method not in SHOWS or not left_lately()


def mark_as_left(response: Response) -> Response:
    """The exit: no way in, and a tombstone, which also drops pages that the browser kept for its back key."""
    response.headers.add("Set-Cookie", f"{COOKIE}=;Max-Age=0;Path=/;Secure")
    response.headers.add("Set-Cookie", f"{TOMBSTONE}={clock.minute()};Path=/;Secure;SameSite=Strict")
    return response


def _with(text: str, said: str) -> str:
    return f"{text}.{said}" if said else text


def _parted(text: str) -> tuple[str, str]:
    text, _, said = text.partition(".")
    return text, said
