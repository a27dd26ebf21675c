"""Setelah pemulihan: what is looked at by a person once a copy was put back."""

from uuid import UUID

from flask import Blueprint

from pepa.domain import incidents
from pepa.policy import Permission
from pepa.web.access import actor, needs
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

incidents_door = Blueprint("incidents", __name__, url_prefix="/setelah-pemulihan")
CONFIRMED = N_("Lembaga itu SUDAH bisa masuk lagi.")
RELEASED, DROPPED = N_("Pemberitahuan yang ditahan SUDAH dikirim."), N_("Pemberitahuan yang ditahan SUDAH dibuang.")
COMPARED = N_("SUDAH dicocokkan. Kartu kader berlaku lagi.")
ENDED = N_("Kalimat tentang gangguan SUDAH tidak tampil lagi.")
notices(CONFIRMED, RELEASED, DROPPED, ENDED, COMPARED)


@incidents_door.route("")
@needs(Permission.COMPARE_RESTORED)
def show() -> Reply:
    return page("staff/incidents/show.html", after=incidents.waiting(actor()))


@incidents_door.route("/<uuid:partner_id>", methods=["POST"])
@needs(Permission.CONFIRM_RESTORED)
def confirm(partner_id: UUID) -> Reply:
    incidents.confirm(actor(), partner_id)
    return see_other("staff.incidents.show", said=CONFIRMED)


@incidents_door.route("/cocok", methods=["POST"])
@needs(Permission.COMPARE_RESTORED)
def compare() -> Reply:
    incidents.compare(actor())
    return see_other("staff.incidents.show", said=COMPARED)


@incidents_door.route("/kirim", methods=["POST"])
@needs(Permission.CONFIRM_RESTORED)
def release() -> Reply:
    incidents.release(actor())
    return see_other("staff.incidents.show", said=RELEASED)


@incidents_door.route("/buang")
@needs(Permission.CONFIRM_RESTORED)
def ask_drop() -> Reply:
    return page("staff/incidents/drop.html", after=incidents.waiting(actor()))


@incidents_door.route("/buang", methods=["POST"])
@needs(Permission.CONFIRM_RESTORED)
def drop() -> Reply:
    incidents.drop(actor())
    return see_other("staff.incidents.show", said=DROPPED)


@incidents_door.route("/selesai")
@needs(Permission.CONFIRM_RESTORED)
def ask_end() -> Reply:
    return page("staff/incidents/end.html", after=incidents.waiting(actor()))


@incidents_door.route("/selesai", methods=["POST"])
@needs(Permission.CONFIRM_RESTORED)
def end() -> Reply:
    incidents.end(actor())
    return see_other("staff.incidents.show", said=ENDED)
