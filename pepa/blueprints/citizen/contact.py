"""Telephone numbers."""

from flask import Blueprint, render_template

from pepa.domain import settings
from pepa.web.access import public
from pepa.web.pages import Reply, kept
from pepa.web.readers import checked_on

contact_door = Blueprint("contact", __name__)


@contact_door.route("/kontak")
@public
def show() -> Reply:
    return kept(
        "contact", settings.read(), lambda: render_template("citizen/contact/show.html", checked_on=checked_on())
    )
