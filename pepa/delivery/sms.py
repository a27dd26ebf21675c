"""Notices by SMS, through whatever gateway the office has that takes one message by HTTP. An SMS says that something
waits, with a report's code at most.
"""

import json
from pathlib import Path
from typing import IO, NoReturn
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener
from uuid import UUID

TIMEOUT = 20  # seconds
LONGEST = 160  # signs of one SMS in the telephone's own alphabet
FIELDS = {"to": "to", "text": "text", "id": "id"}


class _Stay(HTTPRedirectHandler):
    """Nobody is followed elsewhere: the token is for this address alone."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: object, newurl: str
    ) -> NoReturn:
        raise HTTPError(req.full_url, code, msg, headers, fp)  # type: ignore[arg-type]


_opener = build_opener(_Stay)


def carry(url: str, token_file: Path | None, number: str, text: str, notice_id: UUID) -> None:
    """Send one notice. url: http(s):// for JSON, http(s)+form:// for a form; behind # other names of its fields.

    Its id comes from the notice, so that a gateway can know a second sending as one. Raises OSError (urllib's failures
    are among them) when it did not leave, ValueError for what is no SMS.
    """
    with _opener.open(written(url, token_file, number, text, notice_id), timeout=TIMEOUT) as answer:
        answer.read(1)


def written(url: str, token_file: Path | None, number: str, text: str, notice_id: UUID) -> Request:
    """The message itself. Raises ValueError where number or text are none that every telephone shows."""
    digits = "".join(sign for sign in number if sign.isdigit() or sign == "+")
    if len(digits) < 7 or not text.isascii() or len(text) > LONGEST:
        raise ValueError("no SMS")
    place = urlsplit(url)
    scheme, _, form = place.scheme.partition("+")
    if scheme not in ("http", "https") or form not in ("", "form"):
        raise ValueError("no address of a gateway")
    names = FIELDS | dict(parse_qsl(place.fragment))
    fields = {names["to"]: digits, names["text"]: text, names["id"]: str(notice_id)}
    body, kind = (
        (urlencode(fields), "application/x-www-form-urlencoded") if form else (json.dumps(fields), "application/json")
    )
    headers = {"Content-Type": kind}
    if token_file:
        headers["Authorization"] = f"Bearer {token_file.read_text().strip()}"
    address = urlunsplit((scheme, place.netloc, place.path, place.query, ""))
    return Request(address, body.encode(), headers, method="POST")  # noqa: S310 - one of two schemes, from the settings
