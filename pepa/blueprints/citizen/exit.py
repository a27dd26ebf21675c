"""Leaving, for browsers without scripts: the cookie changes, and another page opens. Waits for nothing."""

from flask import Blueprint, Response, current_app, request

from pepa.domain import reporters, settings
from pepa.web import readers
from pepa.web.access import public

exit_door = Blueprint("exit", __name__)


@exit_door.route("/keluar")
@public
def leave() -> Response:
    response = Response(status=303)
    response.headers.remove("Content-Type")
    response.headers["Location"] = (settings.read.last() or settings.FIRST).exit_url
    response.autocorrect_location_header = False
    response.is_bare = True  # type: ignore[attr-defined]
    cookie, app = request.cookies.get(readers.COOKIE), current_app._get_current_object()  # type: ignore[attr-defined]

    def forget_the_way_in() -> None:
        with app.app_context():
            reporters.leave(cookie)

    if cookie:
        response.call_on_close(forget_the_way_in)
    return readers.forget(response, tombstone=True)
