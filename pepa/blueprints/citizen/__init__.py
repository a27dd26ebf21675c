"""The citizens' wing: no log-in, no script needed, no htmx, one neutral cookie from the first POST on."""

from flask import Blueprint, Response, request

from pepa.blueprints.citizen.contact import contact_door
from pepa.blueprints.citizen.exit import exit_door
from pepa.blueprints.citizen.follow_up import follow_up_door
from pepa.blueprints.citizen.health import health_door
from pepa.blueprints.citizen.home import home_door
from pepa.blueprints.citizen.privacy import privacy_door
from pepa.blueprints.citizen.report import report_door
from pepa.domain import reporters
from pepa.errors import NotFound
from pepa.web import readers

citizen = Blueprint("citizen", __name__)
for door in (home_door, contact_door, report_door, follow_up_door, privacy_door, exit_door, health_door):
    citizen.register_blueprint(door)
READ_AGAIN = ("citizen.report.show", "citizen.follow_up.show")  # what a back key could bring out again


@citizen.before_request
def honour_tombstone() -> None:
    """After an exit by script, the next request ends the way in; nothing but the front page begins anew."""
    if readers.has_left():
        reporters.leave(request.cookies.get(readers.COOKIE))
        if request.endpoint in READ_AGAIN:
            raise NotFound


@citizen.after_request
def keep_or_forget(response: Response) -> Response:
    """The cookie goes with the page that read by it; both cookies go where somebody begins anew."""
    begins = request.endpoint == "citizen.home.show" or request.method == "POST"
    if readers.has_left() and begins and request.endpoint != "citizen.exit.leave":
        if "__Host-s" not in str(response.headers.getlist("Set-Cookie")):
            return readers.forget(response, tombstone=False)
        response.set_cookie(readers.TOMBSTONE, "", max_age=0, secure=True, path="/")
    return readers.refresh(response)
