"""The citizens' wing: no log-in, no script needed, no htmx, one neutral cookie from the first POST on."""

from flask import Blueprint, Response, request
from flask_babel import gettext

from pepa.blueprints.citizen.additions import CONTACT, WHEN, WHO
from pepa.blueprints.citizen.cards import cards_door
from pepa.blueprints.citizen.certificates import certificates_door
from pepa.blueprints.citizen.contact import contact_door
from pepa.blueprints.citizen.exit import exit_door
from pepa.blueprints.citizen.files import FILES
from pepa.blueprints.citizen.follow_up import follow_up_door
from pepa.blueprints.citizen.health import health_door
from pepa.blueprints.citizen.home import home_door
from pepa.blueprints.citizen.invitations import invitations_door
from pepa.blueprints.citizen.library import library_door
from pepa.blueprints.citizen.outputs import outputs_door
from pepa.blueprints.citizen.privacy import privacy_door
from pepa.blueprints.citizen.report import report_door
from pepa.blueprints.citizen.titles import titles_door
from pepa.blueprints.citizen.visits import visits_door
from pepa.errors import NotFound
from pepa.web import errors, readers, steps
from pepa.words import N_

citizen = Blueprint("citizen", __name__)
for door in (
    *(home_door, contact_door, report_door, follow_up_door, privacy_door, exit_door, health_door),
    *(library_door, titles_door, outputs_door, cards_door, invitations_door, visits_door, certificates_door),
):
    citizen.register_blueprint(door)
steps.in_order(WHEN, WHO, FILES, CONTACT)  # what she may add after the code
NOTHING_KEPT = N_("Belum terkirim. TIDAK ada yang disimpan.")
READ_AGAIN = ("citizen.report.show", "citizen.follow_up.show")  # what a back key could bring out again


@citizen.before_request
def honour_tombstone() -> None:
    """After an exit by script, the next request ends the way in; for an hour nothing but the front page begins anew."""
    if readers.has_left() and request.endpoint != "citizen.exit.leave":
        readers.leave()
        if request.endpoint in READ_AGAIN and readers.left_lately():
            raise NotFound


@citizen.after_request
def keep_or_forget(response: Response) -> Response:
    """A page that answers a POST may hold what was typed: after an exit it says no more than that nothing arrived, and
    the next one, too, since a back key finds all of them."""
    if request.endpoint == "citizen.exit.leave":
        return response
    if readers.has_left() and request.method == "POST" and response.status_code != 303:
        retry = response.headers.get("Retry-After", type=int)
        return errors.answer(gettext(NOTHING_KEPT), response.status_code, retry, "calls")
    return readers.cookies(response)
