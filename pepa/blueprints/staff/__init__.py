"""The staff wing, under /petugas: behind the log-in, smoother with htmx, whole without it."""

from flask import Blueprint, request

from pepa.blueprints.staff.duty import duty_door
from pepa.blueprints.staff.reports import reports_door
from pepa.blueprints.staff.sessions import sessions_door
from pepa.errors import Invalid
from pepa.web.pages import forget_said
from pepa.words import N_

staff = Blueprint("staff", __name__, url_prefix="/petugas")
staff.after_request(forget_said)
for door in (reports_door, duty_door, sessions_door):
    staff.register_blueprint(door)


class CutOff(Invalid):
    says = N_("Belum sampai semua. TIDAK ada yang disimpan. Kembali, lalu kirim lagi.")


@staff.before_request
def whole() -> None:
    """A form that was cut on the way is refused before anything of it is taken."""
    if request.method == "POST" and not request.is_whole:  # type: ignore[attr-defined]
        raise CutOff
