"""The staff wing, under /petugas: behind the log-in, smoother with htmx, whole without it."""

from flask import Blueprint

from pepa.web.pages import forget_said

staff = Blueprint("staff", __name__, url_prefix="/petugas")
staff.after_request(forget_said)
