"""Who is counted as a reader: nobody by address, not we ourselves, nor whoever only looks whether a page is there."""

import re

from flask import Flask, Response, current_app, request

from pepa.domain import usage
from pepa.web.access import DEVICE_COOKIE, STAFF_COOKIE

# What fetches by itself: search engines, previews of chats, programs. Looked at for this alone, kept nowhere.
BY_ITSELF = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|facebookexternalhit|whatsapp|telegram|curl|wget|python|java/|okhttp|"
    r"go-http|libwww|headless|monitor|uptime|scan",
    re.IGNORECASE,
)


def counted(response: Response, title_id: int, format_: str = usage.PAGE) -> Response:
    """Count that somebody took something, once the answer is out. Not HEAD, nor a download that goes on, nor us."""
    if request.method == "GET" and response.status_code in (200, 206) and _begins(response) and _is_reader():
        usage.count(title_id, format_)
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        response.call_on_close(lambda: _write(app))
    return response


def _write(app: Flask) -> None:
    """The answer is out, and what belonged to its request is gone."""
    with app.app_context():
        usage.write()


def _begins(response: Response) -> bool:
    """Whether the answer holds the beginning: a download that was cut is one download, in however many pieces."""
    begins = response.content_range.start if response.status_code == 206 else 0
    return begins == 0


def _is_reader() -> bool:
    is_ours = STAFF_COOKIE in request.cookies or DEVICE_COOKIE in request.cookies
    return not is_ours and not BY_ITSELF.search(request.headers.get("User-Agent") or "bot/")
