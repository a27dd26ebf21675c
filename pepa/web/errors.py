"""Failures as answers. The only place that knows HTTP's numbers for them; nobody ever sees a stack trace."""

import logging
from types import TracebackType
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, make_response, render_template, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.routing import RequestRedirect

from pepa.db import DatabaseFault
from pepa.domain import keys
from pepa.errors import Busy, Conflict, Failure, Invalid, NotAllowed, NotFound
from pepa.web import access, drafts, forms, pages
from pepa.words import N_

log = logging.getLogger("pepa.web")
BROKEN = N_("Isi ini tidak bisa dibuka. Tidak ada yang hilang. Beri tahu pengelola.")
KEPT = N_("Terkunci. Ketikan Anda disimpan terkunci.")
SHUT = N_("Kartu sudah tertutup. Pindai QR di kartu, lalu ketik PIN.")
pages.notices(KEPT, SHUT)
NUMBERS: dict[type[Failure], int] = {NotFound: 404, NotAllowed: 403, Conflict: 409, Invalid: 422, Busy: 503}


def register(app: Flask) -> None:
    """Every failure becomes a page of the wing that it happened in, or a fragment for htmx."""
    app.before_request(_slash)
    app.register_error_handler(access.Locked, _locked)
    app.register_error_handler(Failure, _failure)
    app.register_error_handler(keys.Unopened, _broken)
    app.register_error_handler(DatabaseFault, _database)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def answer(says: str, status: int, retry_after: int | None = None, kind: str = "plain") -> Response:
    """One sentence as a page. kind: "plain", "gone" (a 404 says nothing more) or "calls" (with the numbers to call)."""
    if status >= 500:
        access.forget_visitor()
    try:
        return _page(says, status, retry_after, kind)
    except DatabaseFault as fault:  # the page itself asks who is at work
        if status >= 500:
            raise
        return _database(fault)


def _page(says: str, status: int, retry_after: int | None, kind: str) -> Response:
    if pages.is_staff() and request.headers.get("HX-Request") == "true":
        html = render_template("errors/part.html", says=says)
        response = make_response(html, status)
        response.headers.update({"HX-Retarget": "#notices", "HX-Reswap": "innerHTML"})
    else:
        template = "errors/staff.html" if pages.is_staff() else "errors/citizen.html"
        response = make_response(render_template(template, says=says, kind=kind), status)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _failure(failure: Failure) -> Response:
    status = next((number for kind, number in NUMBERS.items() if isinstance(failure, kind)), 503)
    retry = failure.retry_after if isinstance(failure, Busy) else None
    kind = "gone" if status == 404 else "calls" if status == 503 else "plain"
    return answer(forms.told(failure), status, retry, kind)


def _locked(_: access.Locked) -> Response:
    """To the log-in page. What was being typed is kept, sealed to whoever typed it, and offered after unlocking."""
    if access.is_shut_card():
        return pages.see_other("staff.cadres.open_card", said=SHUT)
    kept = request.method == "POST" and drafts.keep_all()
    return pages.to_login(said=KEPT if kept else None)


def _broken(_: Exception) -> Response:
    log.error("a sealed value did not open")
    return answer(gettext(BROKEN), 503, kind="calls")


def _database(error: Exception) -> Response:
    log.error("the database did not answer: %s", type(error).__name__)
    return answer(gettext(Busy.says), 503, 30, "calls")


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    says = NotFound.says if status in (403, 404) else NotAllowed.says if status < 500 else Failure.says
    response = answer(gettext(says), 404 if status == 403 else status, kind="gone" if status in (403, 404) else "plain")
    if status == 405:
        response.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or ["GET"])
    return response


def _slash() -> Response | None:
    """An address that lacks its last slash: the way there without a host, for the request's own may be anybody's."""
    wrong = request.routing_exception
    if not isinstance(wrong, RequestRedirect):
        return None
    target = urlsplit(wrong.new_url)
    path = "/" + target.path.lstrip("/")
    return Response(status=wrong.code, headers={"Location": urlunsplit(("", "", path, target.query, ""))})


def _unexpected(error: Exception) -> Response:
    """A fault of ours: its kind goes to the log, never its words, which could be somebody's."""
    log.error("%s in %s", type(error).__name__, request.endpoint, exc_info=_without_values(error))
    return answer(gettext(Failure.says), InternalServerError.code or 500, kind="calls")


def _without_values(error: Exception) -> tuple[type[BaseException], BaseException, TracebackType | None]:
    return Exception, Exception(type(error).__name__), error.__traceback__
