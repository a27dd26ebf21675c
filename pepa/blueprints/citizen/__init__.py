"""The citizens' wing: no log-in, no script needed, no htmx, one neutral cookie from the first POST on."""

from flask import Blueprint

citizen = Blueprint("citizen", __name__)
