"""What every answer carries: policies for the browser, and the body made small where that tells nobody anything."""

import gzip
import re
from functools import lru_cache

import brotli
from flask import Flask, Response, request

from pepa.web import templates
from pepa.web.languages import language

COMMON = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
SHOWN = {"X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin"}  # not on a citizen's redirect
STAFF = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
}
# Bytes that others made: no browser runs, guesses or keeps them.
INERT = {"Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "no-store"}
HSTS = "max-age=31536000"
MOVES = (301, 302, 303, 307, 308)
SMALL = 300  # bytes under which making smaller makes larger


def citizen_policy(without: tuple[str, ...] = (), scripts: tuple[str, ...] = ()) -> str:
    """Only the inlined style and scripts, by their hashes; no `form-action`, which would catch the way out."""
    script = " ".join([templates.script_source(), *map(templates.script_source, scripts)])
    inline = f"style-src {templates.style_source(*without)}; script-src {script}; img-src data:"
    return f"default-src 'none'; {inline}; frame-ancestors 'none'; base-uri 'none'"


def register(app: Flask) -> None:
    app.after_request(_finish)


def _finish(response: Response) -> Response:
    if getattr(response, "is_bare", False):
        return response
    staff = request.path.startswith("/petugas")
    response.headers.extend(COMMON)
    moves = response.status_code in MOVES
    if moves:
        response.headers.remove("Content-Type")
    if staff or not moves:
        response.headers.extend(SHOWN)
    if response.mimetype == "text/html":
        response.headers["Content-Language"] = language()
    if request.endpoint != "static" or response.status_code >= 400:
        response.headers.setdefault("Cache-Control", "no-store")
        if staff:
            for name, value in STAFF.items():
                response.headers.setdefault(name, value)
        elif moves:  # nothing is shown, and every byte of it comes on top of the page that it leads to
            response.headers["Content-Security-Policy"] = "default-src 'none'"
        else:
            without, scripts = getattr(response, "unstyled", ()), getattr(response, "scripts", ())
            response.headers.setdefault("Content-Security-Policy", citizen_policy(without, scripts))
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = HSTS
    return compressed(response)


def compressed(response: Response) -> Response:
    """Smaller, by what the browser asks for; citizens' pages by gzip alone, which can be padded (`web/padding.py`).

    Not where a page shows again what somebody typed (`keep_plain`), nor where it is done already.
    """
    text = (response.mimetype or "").startswith("text/") or response.mimetype in (
        "application/javascript",
        "image/svg+xml",
    )
    if not text or response.status_code in (204, 303, 304) or "Content-Encoding" in response.headers:
        return response
    if getattr(response, "is_file", False):  # a download that was cut goes on at a byte of the file itself
        return response
    response.vary.add("Accept-Encoding")
    if getattr(response, "keep_plain", False) or request.method == "HEAD":
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) >= SMALL:
        is_file = request.endpoint == "static"
        coding = wanted() if is_file or request.path.startswith("/petugas") else wanted("gzip")
        if coding:
            ours = is_file and ".min." not in request.path
            response.set_data(_squeezed_file(body, coding, ours) if is_file else squeezed(body, coding))
            response.headers["Content-Encoding"] = coding
    return response


def wanted(*codings: str) -> str | None:
    """br, gzip or nothing, as the browser says; an old WebView that asks for gzip is not given brotli."""
    accepted = request.accept_encodings
    offered = codings or ("br", "gzip")
    return next((coding for coding in offered if accepted.find(coding) >= 0 and accepted[coding] > 0), None)


@lru_cache(maxsize=64)
def _squeezed_file(body: bytes, coding: str, is_ours: bool) -> bytes:
    """A file is squeezed as far as it goes, once a process. is_ours: its comments are for whoever opens the tree."""
    bare = re.sub(rb"/\*.*?\*/", b"", body, flags=re.DOTALL) if is_ours else body
    return squeezed(bare, coding, best=True)


def squeezed(body: bytes, coding: str, best: bool = False) -> bytes:
    """best: for what is made once and sent often."""
    if coding == "br":
        return bytes(brotli.compress(body, quality=11 if best else 5, lgwin=18))
    return gzip.compress(body, compresslevel=9 if best else 6, mtime=0)
