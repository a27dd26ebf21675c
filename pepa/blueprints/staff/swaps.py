"""Swapping shifts: asking a colleague, taking it or not, a supervisor's word."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint

from pepa.domain import duty, onces, swaps
from pepa.models.duty import Swap
from pepa.policy import Member, Permission
from pepa.web.access import actor, needs
from pepa.web.fields import OnceField, PickField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

swaps_door = Blueprint("swaps", __name__, url_prefix="/piket")
ASKED = N_("Permintaan SUDAH dikirim. Piket tetap milik Anda sampai diterima.")
ACCEPTED = N_("Piket ini sekarang milik Anda.")
DECLINED = N_("Ditolak. Piket tetap milik rekan.")
DROPPED = N_("Permintaan ditarik kembali.")
OVERRULED = N_("Dibatalkan. Piket kembali ke semula.")
TOO_LATE, MOVED, LEFT = swaps.Decided.says, swaps.Moved.says, swaps.GaverLeft.says
notices(ASKED, ACCEPTED, DECLINED, DROPPED, OVERRULED, TOO_LATE, MOVED, LEFT)


class SwapForm(Form):
    person_id = PickField(N_("Minta kepada"), needed=N_("Pilih satu orang."), as_id=True)
    once = OnceField()


@swaps_door.route("/<uuid:shift_id>/tukar", methods=["GET", "POST"])
@needs(Permission.SWAP_SHIFT)
def ask(shift_id: UUID) -> Reply:
    shift = swaps.shift_for(actor(), shift_id)
    form = SwapForm()
    form.person_id.offered = [(one.id, one.name) for one in duty.colleagues(actor()) if one.id != shift.person_id]
    form.once.data = form.once.data or onces.new()
    if form.submit(swaps.ask, actor(), shift_id):
        return see_other("staff.duty.roster", said=ASKED)
    return page("staff/swaps/ask.html", form=form, shift=shift)


@swaps_door.route("/tukar/<uuid:swap_id>/terima", methods=["POST"])
@needs(Permission.SWAP_SHIFT)
def accept(swap_id: UUID) -> Reply:
    return _decided(swaps.accept, swap_id, ACCEPTED)


@swaps_door.route("/tukar/<uuid:swap_id>/tolak", methods=["POST"])
@needs(Permission.SWAP_SHIFT)
def decline(swap_id: UUID) -> Reply:
    return _decided(swaps.decline, swap_id, DECLINED)


@swaps_door.route("/tukar/<uuid:swap_id>/tarik", methods=["POST"])
@needs(Permission.SWAP_SHIFT)
def drop(swap_id: UUID) -> Reply:
    return _decided(swaps.drop, swap_id, DROPPED)


@swaps_door.route("/tukar/<uuid:swap_id>/batalkan", methods=["POST"])
@needs(Permission.KEEP_ROSTER)
def overrule(swap_id: UUID) -> Reply:
    return _decided(swaps.overrule, swap_id, OVERRULED)


def _decided(verb: Callable[[Member, UUID], Swap], swap_id: UUID, said: str) -> Reply:
    try:
        verb(actor(), swap_id)
    except (swaps.Decided, swaps.Moved) as failure:
        said = failure.says
    return see_other("staff.duty.roster", said=said)
