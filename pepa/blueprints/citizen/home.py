"""The front page: who we are, whom to call, the doors."""

from flask import Blueprint, render_template

from pepa.domain import intake, settings
from pepa.web.access import public
from pepa.web.pages import Reply, kept
from pepa.web.readers import checked_on

home_door = Blueprint("home", __name__)


@home_door.route("/")
@public
def show() -> Reply:
    state = intake.state()
    seen = (settings.read(), state.on_duty, None if state.on_duty else state.read_from)
    return kept("home", seen, lambda: render_template("citizen/home/show.html", intake=state, checked_on=checked_on()))
