"""The roster: who is on duty, who next, and changing it."""

from uuid import UUID

from flask import Blueprint

from pepa import clock
from pepa.domain import duty, onces
from pepa.policy import Permission, can
from pepa.web.access import actor, needs
from pepa.web.fields import InstantField, OnceField, PickField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

duty_door = Blueprint("duty", __name__, url_prefix="/piket")
ADDED, REMOVED = N_("Piket ditambahkan."), N_("Piket dihapus.")
notices(ADDED, REMOVED)


class ShiftForm(Form):
    person_id = PickField(N_("Siapa"), needed=N_("Pilih satu orang."), as_id=True)
    starts_at = InstantField(N_("Mulai"), needed=N_("Tulis hari dan jam mulai."))
    ends_at = InstantField(N_("Selesai"), needed=N_("Tulis hari dan jam selesai."))
    once = OnceField()


@duty_door.route("")
@needs(Permission.SEE_ROSTER)
def roster() -> Reply:
    return _roster(_form() if can(actor(), Permission.KEEP_ROSTER) else None)


@duty_door.route("", methods=["POST"])
@needs(Permission.KEEP_ROSTER)
def add() -> Reply:
    form = _form()
    if form.submit(duty.add, actor()):
        return see_other("staff.duty.roster", said=ADDED)
    return _roster(form)


def _form() -> ShiftForm:
    form = ShiftForm()
    form.person_id.choices = [(person.id, person.name) for person in duty.colleagues(actor())]
    return form


def _roster(form: ShiftForm | None) -> Reply:
    me = actor()
    return page(
        "staff/duty/roster.html",
        form=form,
        on_duty=duty.now_for(me),
        read_from=duty.read_from(me.organisation_id, clock.now()),
        shifts=duty.roster_for(me),
        once=(form.once.data if form else None) or onces.new(),
    )


@duty_door.route("/<uuid:shift_id>/hapus")
@needs(Permission.KEEP_ROSTER)
def ask(shift_id: UUID) -> Reply:
    return page("staff/duty/remove.html", shift=duty.shift_for(actor(), shift_id))


@duty_door.route("/<uuid:shift_id>/hapus", methods=["POST"])
@needs(Permission.KEEP_ROSTER)
def remove(shift_id: UUID) -> Reply:
    duty.remove(actor(), shift_id)
    return see_other("staff.duty.roster", said=REMOVED)
