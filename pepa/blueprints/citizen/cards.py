"""What the QR of a printed card leads to: a short way to the page where its PIN is typed."""

from flask import Blueprint

from pepa.web.access import public
from pepa.web.pages import Reply, see_other

cards_door = Blueprint("cards", __name__)


@cards_door.route("/k/<code>")
@public
def scan(code: str) -> Reply:
    return see_other("staff.cadres.open_card", k=code[:60])
