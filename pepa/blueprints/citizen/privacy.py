"""Who can know: what is kept, who reads it, what cannot be promised."""

from flask import Blueprint, render_template

from pepa.domain import settings
from pepa.web.access import public
from pepa.web.pages import Reply, kept

privacy_door = Blueprint("privacy", __name__)
# The page is long and has neither a form nor a list of numbers; without their looks it weighs what the others weigh.
UNSTYLED = (
    *(".code", ".thread", ".calls", ".doors", ".field", ".pick", ".wrong", ".second"),
    *("table", "th", "td", "form", "fieldset", "input", "select", "textarea", "label", "legend", "summary"),
)


@privacy_door.route("/privasi")
@public
def show() -> Reply:
    page = kept("privacy", settings.read(), lambda: render_template("citizen/privacy/show.html", unstyled=UNSTYLED))
    page.unstyled = UNSTYLED  # type: ignore[attr-defined]
    return page
