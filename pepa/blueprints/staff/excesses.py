"""Somebody opens many reports that are not theirs: why is asked, and whoever leads looks at it."""

from uuid import UUID

from flask import Blueprint

from pepa.domain import excesses, reports
from pepa.policy import Permission
from pepa.web import drafts
from pepa.web.access import actor, needs
from pepa.web.fields import TextField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

excesses_door = Blueprint("excesses", __name__)
SEEN = N_("Sudah dicatat: Anda yang melihat.")
notices(SEEN)


class ReasonForm(Form):
    reason = TextField(N_("Untuk apa?"), needed=excesses.NoReason.says, longest=2_000)


@excesses_door.route("/laporan/<uuid:report_id>/alasan", methods=["GET", "POST"])
@needs(Permission.READ_REPORTS)
def explain(report_id: UUID) -> Reply:
    report = reports.get_for(actor(), report_id)
    form = ReasonForm()
    if form.is_submitted():
        form.submit(excesses.explain, actor())
        if not form.errors:
            drafts.done()
            return see_other("staff.reports.show", report_id=report_id)
    draft = None if form.is_submitted() else drafts.offered(form)
    return page("staff/excesses/explain.html", form=form, report=report, draft=draft)


@excesses_door.route("/pembukaan/<uuid:excess_id>/dilihat", methods=["POST"])
@needs(Permission.WATCH_OPENINGS)
def look_at(excess_id: UUID) -> Reply:
    excesses.look_at(actor(), excess_id)
    return see_other("staff.inbox.show", said=SEEN)
