"""The roster: who is on duty, who next, and changing it."""

from itertools import groupby
from uuid import UUID

from flask import Blueprint, request

from pepa import clock
from pepa.domain import duty, limits, onces, swaps
from pepa.policy import Permission, can
from pepa.web import drafts, formats
from pepa.web.access import actor, needs
from pepa.web.fields import InstantField, OnceField, PickField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

duty_door = Blueprint("duty", __name__, url_prefix="/piket")
WEEK, MONTH = 7, 28  # days shown
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
    form = _form() if can(actor(), Permission.KEEP_ROSTER) else None
    return _roster(form, drafts.offered(form) if form else None)


@duty_door.route("", methods=["POST"])
@needs(Permission.KEEP_ROSTER)
def add() -> Reply:
    form = _form()
    if form.submit(duty.add, actor()):
        drafts.done()
        return see_other("staff.duty.roster", said=ADDED)
    return _roster(form, None)


def _form() -> ShiftForm:
    form = ShiftForm()
    form.person_id.offered = [(person.id, person.name) for person in duty.colleagues(actor())]
    form.once.data = form.once.data or onces.new()
    return form


def _roster(form: ShiftForm | None, draft: dict[str, str] | None) -> Reply:
    days = MONTH if request.args.get("hari") == str(MONTH) else WEEK
    me = actor()
    shifts = duty.roster_for(me, days)
    return page(
        "staff/duty/roster.html",
        form=form,
        draft=draft,
        days=[(day, list(some)) for day, some in groupby(shifts, key=lambda shift: formats.day(shift.starts_at))],
        gaps=[(start, end, limits.read_from(me.organisation_id, start)) for start, end in duty.gaps_in(shifts, days)],
        now=clock.now(),
        waiting=swaps.waiting(me),
        swapped=swaps.accepted(me) if form else {},
        more=MONTH if days == WEEK else None,
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
