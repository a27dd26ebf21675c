"""Making sure that whoever holds a code is the survivor, and taking that back."""

from uuid import UUID

from flask import Blueprint
from flask_babel import lazy_gettext

from pepa.domain import confirmations, reports
from pepa.models.reports import ConfirmedBy, Unconfirmed
from pepa.policy import Permission
from pepa.web.access import actor, needs
from pepa.web.fields import PickField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

confirmations_door = Blueprint("confirmations", __name__, url_prefix="/laporan/<uuid:report_id>")
CONFIRMED = N_("Sudah dipastikan. Sekarang ia melihat tahap dan nama lembaga.")
TAKEN_BACK = N_("Dibatalkan. Ia hanya melihat diterima, dibaca, dan pesan.")
notices(CONFIRMED, TAKEN_BACK)


class ConfirmForm(Form):
    way = PickField(N_("Caranya"), needed=N_("Pilih caranya."))


class TakeBackForm(Form):
    reason = PickField(N_("Alasan"), needed=N_("Pilih satu alasan."))


@confirmations_door.route("/pastikan", methods=["GET", "POST"])
@needs(Permission.CONFIRM_SURVIVOR)
def confirm(report_id: UUID) -> Reply:
    report = reports.get_for(actor(), report_id)
    form = ConfirmForm()
    form.way.offered = [(way.value, lazy_gettext(way.label)) for way in ConfirmedBy]
    if form.submit(confirmations.confirm, actor(), report_id):
        return see_other("staff.reports.show", report_id=report_id, said=CONFIRMED)
    return page("staff/confirmations/confirm.html", form=form, report=report)


@confirmations_door.route("/tidak-pasti", methods=["GET", "POST"])
@needs(Permission.CONFIRM_SURVIVOR)
def take_back(report_id: UUID) -> Reply:
    report = reports.get_for(actor(), report_id)
    form = TakeBackForm()
    form.reason.offered = [(reason.value, lazy_gettext(reason.label)) for reason in Unconfirmed]
    if form.submit(confirmations.take_back, actor(), report_id):
        return see_other("staff.reports.show", report_id=report_id, said=TAKEN_BACK)
    return page("staff/confirmations/take_back.html", form=form, report=report)
