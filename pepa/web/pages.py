"""Answers: a page, a part of it, or the way to the next page. Doors do not know htmx; this file does."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, make_response, render_template, request, url_for
from flask_babel import gettext
from jinja2_fragments import BlockNotFoundError
from jinja2_fragments.flask import render_block
from werkzeug.wrappers import Response as Reply

from pepa import clock
from pepa.db import Kept
from pepa.web import headers
from pepa.web.forms import Form
from pepa.web.languages import language, way

SAID = "__Host-n"  # the notice that the next page shows once

__all__ = ["Reply", "kept", "page", "part", "see_other"]


def register(app: Flask) -> None:
    app.jinja_env.globals["said"] = said


def page(template: str, *, status: int = 200, form: Form | None = None, **values: Any) -> Response:
    """A whole page, or to htmx the one block that it asked for: block name = element id = hx-target.

    Answers 422 by itself when the form has errors. A page that shows again what was typed is never compressed.
    """
    values["form"] = form
    if form is not None and form.errors and status == 200:
        status = 422
    block = _block(template, part(), values)
    html = render_template(template, **values) if block is None else block  # an empty part is a part
    response = make_response(html, status)
    if is_staff():
        response.vary.update(("HX-Request", "HX-Target"))
    response.keep_plain = form is not None and form.is_submitted()  # type: ignore[attr-defined]
    return response


def _block(template: str, block: str | None, values: dict[str, Any]) -> str | None:
    """One block alone, or None where none is asked for or the template has no such block."""
    try:
        return render_block(template, block, **values) if block else None
    except BlockNotFoundError:
        return None


def part() -> str | None:
    """The block that htmx asks for, or None for a whole page. htmx 4 sends `tag#id` and, at history, asks for all."""
    asked = request.headers
    if not is_staff() or asked.get("HX-Request") != "true" or asked.get("HX-Request-Type") == "full":
        return None
    if "HX-History-Restore-Request" in asked:
        return None
    _, _, name = asked.get("HX-Target", "").partition("#")
    return name or None


def is_staff() -> bool:
    """Whether this request is for the staff wing; the other one knows no htmx."""
    return request.path == "/petugas" or request.path.startswith("/petugas/")


def see_other(endpoint: str, *, said: str | None = None, **values: Any) -> Response:
    """303 to a page of ours, with one notice for it; to htmx 200 and HX-Redirect, since fetch would follow a 303."""
    return to(url_for(endpoint, **values), said=said)


def to(address: str, *, said: str | None = None) -> Response:
    """The same for an address that is known to be ours."""
    address = way(address)
    response = Response(status=303, headers={"Location": address})
    if request.headers.get("HX-Request") == "true":
        response = Response(status=200, headers={"HX-Redirect": address})
    if said:
        response.set_cookie(SAID, _told(said), max_age=60, secure=True, httponly=True, samesite="Strict", path="/")
    return response


def to_login(*, said: str | None = None) -> Response:
    """To the log-in page, which brings whoever logs in back to where they were."""
    return see_other("staff.sessions.log_in", said=said, back=own_path(_whereabouts()))


def _whereabouts() -> str:
    """The page that asks. A form's own address may be none: then the nearest page above it. A part says where it is."""
    if request.headers.get("HX-Request") == "true" and request.method == "GET":
        here = urlsplit(request.headers.get("HX-Current-URL", ""))
        return f"{here.path}?{here.query}" if here.query else here.path
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    address, path = current_app.create_url_adapter(request), request.path
    assert address is not None
    while path and not address.test(path, "GET"):
        path = path.rpartition("/")[0]
    return path


def own_path(address: str | None) -> str | None:
    """A path of the staff wing, or None: nobody is sent anywhere else by an address that they were given."""
    if not address or not re.fullmatch(r"/petugas(/[A-Za-z0-9_./-]*)?(\?[A-Za-z0-9_=&%.+-]*)?", address):
        return None
    return None if ".." in address or "//" in address else address


def _told(said: str) -> str:
    """A notice travels as the msgid's place in this list, so that nobody can make us say something else."""
    if said not in NOTICES:
        raise ValueError(f"{said!r} is not in NOTICES")
    return str(NOTICES.index(said))


NOTICES: list[str] = []


def notices(*sentences: str) -> None:
    """Declare what `see_other(said=…)` may say; at import, beside the door."""
    NOTICES.extend(sentence for sentence in sentences if sentence not in NOTICES)


def said() -> str | None:
    """The notice for this page, once."""
    index = request.cookies.get(SAID, "")
    if not (index.isascii() and index.isdigit()) or int(index) >= len(NOTICES):
        return None
    g.said = True
    return str(gettext(NOTICES[int(index)]))


def forget_said(response: Response) -> Response:
    """It was shown."""
    if g.get("said"):
        response.set_cookie(SAID, "", max_age=0, secure=True, httponly=True, samesite="Strict", path="/")
    return response


_texts: dict[tuple[str, str], tuple[object, str]] = {}


def rendered(name: str, state: object, build: Callable[[], str]) -> str:
    """A page's text, rendered once for a state, where only a small part of it differs from one answer to the next."""
    key = (name, language())
    found = _texts.get(key)
    if found is None or found[0] != state or Kept.seconds == 0:
        found = _texts[key] = (state, build())
    return found[1]


_bodies: dict[tuple[str, str, str | None], tuple[float, object, bytes]] = {}


def kept(name: str, state: object, build: Callable[[], str]) -> Response:
    """A page that is the same for everybody: rendered and compressed once for a state, then sent as it is.

    state: whatever the page depends on; compared by value. Old ones are read anew after `Kept.seconds`.
    """
    coding = headers.wanted("gzip")
    key = (name, language(), coding)
    found = _bodies.get(key)
    now = clock.monotonic()
    if found is None or found[1] != state or now - found[0] >= max(Kept.seconds, 0) * 30:
        body = build().encode()
        found = (now, state, headers.squeezed(body, coding, best=True) if coding else body)
        _bodies[key] = found
    response = Response(found[2], mimetype="text/html")
    response.vary.add("Accept-Encoding")
    if coding:
        response.headers["Content-Encoding"] = coding
    return response
