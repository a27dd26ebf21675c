"""For the machine's watchdog: does the program answer, and its database."""

from flask import Blueprint, Response

from pepa.domain import installation
from pepa.web.access import public

health_door = Blueprint("health", __name__)


@health_door.route("/healthz")
@public
def show() -> Response:
    well = installation.answers()
    return Response("ok\n" if well else "down\n", status=200 if well else 503, mimetype="text/plain")
