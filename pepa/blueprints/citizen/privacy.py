"""Who can know: what is kept, who reads it, what cannot be promised."""

from flask import Blueprint, render_template

from pepa.domain import settings
from pepa.web.access import public
from pepa.web.pages import Reply, kept

privacy_door = Blueprint("privacy", __name__)


@privacy_door.route("/privasi")
@public
def show() -> Reply:
    return kept("privacy", settings.read(), lambda: render_template("citizen/privacy/show.html"))
