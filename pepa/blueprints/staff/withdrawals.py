"""What was cancelled by its code: keeping it back, letting it go."""

from uuid import UUID

from flask import Blueprint
from flask_babel import lazy_gettext

from pepa.domain import reports, withdrawals
from pepa.models.reports import KeptBack
from pepa.policy import Permission
from pepa.web.access import actor, needs
from pepa.web.fields import PickField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

withdrawals_door = Blueprint("withdrawals", __name__, url_prefix="/laporan/<uuid:report_id>")
KEPT = N_("Laporan ini ditahan. Isinya tidak dihapus.")
RELEASED = N_("Sudah dilihat. Isinya dihapus sesudah 14 hari sejak dibatalkan.")
notices(KEPT, RELEASED)


class KeepForm(Form):
    reason = PickField(N_("Alasan"), needed=N_("Pilih satu alasan."))


@withdrawals_door.route("/tahan", methods=["GET", "POST"])
@needs(Permission.DECIDE_WITHDRAWN)
def keep_back(report_id: UUID) -> Reply:
    report = reports.get_for(actor(), report_id)
    form = KeepForm()
    form.reason.offered = [(reason.value, lazy_gettext(reason.label)) for reason in KeptBack]
    if form.submit(withdrawals.keep_back, actor(), report_id):
        return see_other("staff.reports.show", report_id=report_id, said=KEPT)
    return page("staff/withdrawals/keep_back.html", form=form, report=report)


@withdrawals_door.route("/boleh-dihapus", methods=["POST"])
@needs(Permission.DECIDE_WITHDRAWN)
def release(report_id: UUID) -> Reply:
    withdrawals.release(actor(), report_id)
    return see_other("staff.reports.show", report_id=report_id, said=RELEASED)
