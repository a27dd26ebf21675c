"""Calls without a story: the page of the telephone, then one button. A silent one opens its script."""

from flask import Blueprint, request

from pepa.domain import calls, intake
from pepa.web.access import hand, hands_in
from pepa.web.fields import LineField, OnceField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

calls_door = Blueprint("calls", __name__, url_prefix="/telepon")
NOTED = N_("Tercatat. Tidak ada yang perlu ditulis.")
notices(NOTED)


class CallForm(Form):
    kind = LineField()
    number = LineField(N_("Nomor yang menelepon"), longest=40)
    once = OnceField()


@calls_door.route("/tanpa-cerita", methods=["POST"])
@hands_in
def log() -> Reply:
    form = CallForm()
    if form.submit(calls.log, hand()) is None:
        return see_other("staff.hand_ins.call")
    if request.form.get("kind") == calls.SILENT:
        return see_other("staff.calls.silent")
    return see_other("staff.hand_ins.call", said=NOTED)


@calls_door.route("/diam")
@hands_in
def silent() -> Reply:
    """The words to say. No report is open yet, so nothing is asked that only her words could answer."""
    return page("staff/calls/silent.html", places=[name for _, name in intake.state().kecamatan])
