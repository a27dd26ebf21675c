"""What a title comes as, to take along: files that go on where the line was cut, under names that say nothing."""

import re
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from pepa.domain import titles
from pepa.domain.documents import Format
from pepa.domain.titles import File, Reading, Withdrawn
from pepa.errors import Busy, NotFound
from pepa.web.access import public
from pepa.web.headers import INERT
from pepa.web.pages import Reply
from pepa.web.uses import counted
from pepa.words import N_

outputs_door = Blueprint("outputs", __name__)
PLAIN = re.compile(r"[a-z0-9-]{1,80}\.[a-z0-9]{1,5}")  # every name of a file or a picture is one of these
PIECE = re.compile(r"bytes=(?:(?P<first>[0-9]{1,12})-(?P<last>[0-9]{0,12})|-[0-9]{1,12})", re.ASCII)
EARLIER = re.compile(r"pepa-[0-9]{2,}-v[0-9]+-(?:[a-z-]+-)?(?P<format>[a-z0-9]+)\.[a-z0-9]+")


class MadeAnew(Busy):
    """Between two looks another file has taken its place."""

    says = N_("File ini baru saja diganti. Buka sekali lagi.")


@outputs_door.route("/b/<int:title_id>/<name>")
@public
def take(title_id: int, name: str) -> Reply:
    reading = titles.get(title_id)
    if isinstance(reading, Withdrawn):
        return make_response(render_template("citizen/library/withdrawn.html", gone=reading), 410)
    if not PLAIN.fullmatch(name):
        raise NotFound
    if found := titles.file(title_id, name):
        return _sent(found)
    if drawn := titles.picture(reading, name):
        return _picture(drawn)
    if EARLIER.fullmatch(name):
        return _replaced(reading, name)
    raise NotFound


@outputs_door.route("/edukasi/paket")
@public
def pack() -> Reply:
    found = titles.files(titles.WHOLE).get(Format.PACK)
    if found is None:
        raise NotFound
    return _sent(found)


def _replaced(reading: Reading, name: str) -> Response:
    """A sheet of an earlier version: where the new one is. Never a file that is not what its name says."""
    earlier = EARLIER.fullmatch(name)
    now = titles.files(reading.id).get(earlier["format"]) if earlier else None
    return make_response(render_template("citizen/library/replaced.html", reading=reading, file=now), 410)


def _sent(one: File) -> Response:
    """The file, or the piece of it that is asked for. Its tag is its digest: the same bytes, or the whole file anew."""
    body = b"" if request.method == "HEAD" else titles.content(one)
    if body is None:
        raise MadeAnew(retry_after=2)
    response = Response(body, content_type=one.media_type)
    response.is_file = True  # type: ignore[attr-defined]
    response.headers.update(INERT)
    response.headers["Content-Disposition"] = f'attachment; filename="{one.name}"'
    response.headers["Content-Length"] = str(one.size)
    response.set_etag(one.digest.hex())
    try:
        response.make_conditional(_asked(), accept_ranges=True, complete_length=one.size)
    except RequestedRangeNotSatisfiable:
        response = Response(status=416, content_type="text/plain", headers={"Content-Range": f"bytes */{one.size}"})
    return counted(response, one.title_id, one.format)


def _asked() -> dict[str, Any]:
    """The request; what asks for anything but one piece of a file asks for all of it (RFC 9110, 14.2)."""
    piece = PIECE.fullmatch(request.headers.get("Range", "")) if request.method == "GET" else None
    is_one = piece is not None and not (piece["last"] and int(piece["last"]) < int(piece["first"]))
    return {name: value for name, value in request.environ.items() if is_one or name != "HTTP_RANGE"}


def _picture(raster: bytes) -> Response:
    """A photo or drawing that the page did not bring along; shown by itself, when somebody asks for it."""
    response = Response(raster, content_type="image/jpeg" if raster.startswith(b"\xff\xd8") else "image/png")
    response.headers.update(INERT)
    return response
