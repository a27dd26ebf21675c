"""The register of disclosures: what left the office, to whom, on which basis."""

from flask import Blueprint, request
from flask_babel import gettext

from pepa.domain import disclosures, onces, reports
from pepa.models.disclosures import ShareBasis
from pepa.policy import Permission
from pepa.web import drafts
from pepa.web.access import actor, needs
from pepa.web.fields import DayField, LineField, OnceField, PickField, TextField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

disclosures_door = Blueprint("disclosures", __name__, url_prefix="/pemberian-data")
NOTED = N_("Pemberian data SUDAH dicatat.")
notices(NOTED)


class DisclosureForm(Form):
    on = DayField(N_("Hari diberikan"), needed=N_("Tulis harinya."))
    to = LineField(N_("Kepada siapa"), needed=disclosures.NothingSaid.says)
    items = TextField(N_("Data apa"), needed=disclosures.NothingSaid.says, longest=5_000)
    purpose = TextField(N_("Untuk apa"), needed=disclosures.NothingSaid.says, longest=5_000)
    basis = PickField(N_("Dasarnya"), needed=N_("Pilih satu."))
    reference = LineField(N_("Kode laporan"), longest=20)
    once = OnceField()


class FilterForm(Form):
    """In the address: what of one report was given to whom."""

    kode = LineField(N_("Kode laporan"), longest=20)


@disclosures_door.route("")
@needs(Permission.KEEP_DISCLOSURES)
def show() -> Reply:
    form = FilterForm(formdata=request.args)
    of, at, found = " ".join((form.kode.data or "").split()), request.args.get("at"), None
    try:
        found = disclosures.list_for(actor(), of=of, at=at)
    except reports.ReferenceUnknown as failure:
        form.kode.errors = [gettext(failure.says)]
    return page("staff/disclosures/show.html", form=form, found=found, of=of)


@disclosures_door.route("/catat", methods=["GET", "POST"])
@needs(Permission.KEEP_DISCLOSURES)
def add() -> Reply:
    form = DisclosureForm()
    form.basis.offered = [(one.value, gettext(one.label)) for one in ShareBasis]
    if form.submit(disclosures.add, actor()):
        drafts.done()
        return see_other("staff.disclosures.show", said=NOTED)
    draft = None if form.is_submitted() else drafts.offered(form)
    return page("staff/disclosures/add.html", form=form, draft=draft, once=form.once.data or onces.new())
