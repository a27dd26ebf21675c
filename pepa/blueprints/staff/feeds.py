"""One's own calendar for other programs: its address is made, shown once, and ended; and the calendar itself."""

from flask import Blueprint, Response, current_app, url_for

from pepa.domain import calendars, feeds, onces
from pepa.policy import Permission
from pepa.web.access import actor, needs, public
from pepa.web.fields import OnceField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

feeds_door = Blueprint("feeds", __name__, url_prefix="/kalender")
ENDED = N_("Alamat kalender SUDAH dimatikan.")
notices(ENDED)


class NewForm(Form):
    once = OnceField()


@feeds_door.route("")
@needs(Permission.BOOK_ROOM)
def show() -> Reply:
    return _show(None)


def _show(address: str | None) -> Reply:
    return page("staff/feeds/show.html", feed=feeds.of(actor()), address=address, once=onces.new())


@feeds_door.route("", methods=["POST"])
@needs(Permission.BOOK_ROOM)
def make() -> Reply:
    """The one page that shows the address."""
    form = NewForm()
    token = form.submit(feeds.make, actor())
    if token is None:
        return see_other("staff.feeds.show")
    path = url_for("staff.feeds.fetch", token=token)
    return _show(current_app.config["PEPA"].base_url.rstrip("/") + path.partition("?")[0])


@feeds_door.route("/ganti")
@needs(Permission.BOOK_ROOM)
def ask() -> Reply:
    """Before an address that somebody uses ends."""
    return page("staff/feeds/ask.html", feed=feeds.of(actor()), once=onces.new())


@feeds_door.route("/matikan", methods=["POST"])
@needs(Permission.BOOK_ROOM)
def end() -> Reply:
    feeds.end(actor())
    return see_other("staff.feeds.show", said=ENDED)


@feeds_door.route("/<token>.ics")
@public
def fetch(token: str) -> Reply:
    """By whoever has the address. It sets no cookie, and nobody between keeps it."""
    found = feeds.bookings_at(token)
    response = Response(calendars.feed(found, current_app.config["PEPA"].base_url), mimetype="text/calendar")
    response.headers["Cache-Control"] = "private, max-age=300"
    return response
