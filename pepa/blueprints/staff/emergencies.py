"""Emergency opening: a report that is not one's own, for some hours, with a reason."""

from uuid import UUID

from flask import Blueprint

from pepa.domain import additions, emergencies, onces, settings
from pepa.policy import Permission
from pepa.web import drafts, tellings
from pepa.web.access import actor, needs
from pepa.web.fields import LineField, OnceField, TextField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

emergencies_door = Blueprint("emergencies", __name__, url_prefix="/darurat")
ENDED = N_("SUDAH diakhiri.")
notices(ENDED)


class EmergencyForm(Form):
    code = LineField(N_("Kode laporan atau kasus"), needed=emergencies.CodeUnknown.says)
    reason = TextField(N_("Alasan"), needed=emergencies.NoReason.says, longest=2_000)
    once = OnceField()


@emergencies_door.route("", methods=["GET", "POST"])
@needs(Permission.OPEN_EMERGENCY)
def begin() -> Reply:
    form = EmergencyForm()
    if made := form.submit(emergencies.begin, actor()):
        drafts.done()
        return see_other("staff.emergencies.show", emergency_id=made)
    form.once.data = form.once.data or onces.new()
    return page(
        "staff/emergencies/begin.html",
        form=form,
        draft=None if form.is_submitted() else drafts.offered(form),
        running=emergencies.mine(actor()),
        hours=settings.read().emergency_hours,
    )


@emergencies_door.route("/<uuid:emergency_id>")
@needs(Permission.OPEN_EMERGENCY)
def show(emergency_id: UUID) -> Reply:
    shown = emergencies.show(actor(), emergency_id)
    plans = [one.answers for one in shown.added if isinstance(one.answers, additions.Contact)]
    return page(
        "staff/emergencies/show.html",
        shown=shown,
        parts=[tellings.part(one) for one in shown.added],
        plan=plans[-1] if plans else None,
        numbers=tellings.numbers(shown.opened.told, plans),
        others=[(row, code) for row, code in emergencies.mine(actor()) if row.id != emergency_id],
    )


@emergencies_door.route("/<uuid:emergency_id>/akhiri", methods=["POST"])
@needs(Permission.END_EMERGENCY)
def end(emergency_id: UUID) -> Reply:
    ended = emergencies.end(actor(), emergency_id)
    if ended.person_id == actor().person_id:
        return see_other("staff.emergencies.begin", said=ENDED)
    return see_other("staff.reports.show", report_id=ended.report_id, said=ENDED)
