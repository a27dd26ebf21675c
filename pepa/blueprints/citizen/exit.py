"""Leaving, for browsers without scripts: the cookies change, and another page opens. Waits for nothing."""

from flask import Blueprint, Response, current_app, request

from pepa.db import DatabaseFault
from pepa.domain import reporters, settings
from pepa.web import readers
from pepa.web.access import public

exit_door = Blueprint("exit", __name__)


@exit_door.route("/keluar")
@public
def leave() -> Response:
    """303 in under 300 bytes; the database is asked only once the answer is out."""
    response = Response(status=303, headers={"Cache-Control": "no-store"})
    response.headers["Location"] = (settings.read.last() or settings.FIRST).exit_url
    response.headers.remove("Content-Type")
    response.is_bare = True  # type: ignore[attr-defined]
    cookie = request.cookies.get(readers.COOKIE, "").partition(".")[0]
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def forget_the_way_in() -> None:
        try:
            with app.app_context():
                reporters.leave(cookie)
        except DatabaseFault as fault:
            app.logger.error("a way in stays open until its ten minutes are over: %s", type(fault).__name__)

    if cookie:
        response.call_on_close(forget_the_way_in)
    return readers.mark_as_left(response)
