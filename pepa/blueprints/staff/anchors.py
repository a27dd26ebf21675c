"""The daily anchor: six words and a number, to be copied into a book."""

from flask import Blueprint, request

from pepa.domain import anchors
from pepa.policy import Permission
from pepa.web.access import actor, needs
from pepa.web.pages import Reply, page

anchors_door = Blueprint("anchors", __name__, url_prefix="/jangkar")


@anchors_door.route("")
@needs(Permission.SEE_ANCHORS)
def show() -> Reply:
    return page("staff/anchors/show.html", found=anchors.list_for(actor(), at=request.args.get("at")))
