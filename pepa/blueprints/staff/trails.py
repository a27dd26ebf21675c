"""The trail: what people did, for whoever answers for them, for who keeps the accounts, and for oneself."""

from collections.abc import Callable

from flask import Blueprint, request
from flask_babel import gettext

from pepa.db import Page
from pepa.domain import acts, reports, trails
from pepa.domain.acts import Of
from pepa.domain.trails import Filters, Line
from pepa.models.reports import reference_of
from pepa.policy import Member, Permission, can
from pepa.web.access import actor, member, needs
from pepa.web.fields import DayField, LineField, PickField
from pepa.web.forms import Form
from pepa.web.pages import Reply, page
from pepa.words import N_

trails_door = Blueprint("trails", __name__, url_prefix="/jejak")
GROUPS = {
    "dibuka": N_("Semua pembukaan"),
    "luar-tugas": N_("Pembukaan di luar tugas"),
    "ditolak": N_("Semua yang ditolak"),
}
ABOUT = {
    "staff.trails.show": (Of.REPORT, Of.FILE, Of.CASE, Of.TASK, Of.PERSON, Of.ACCOUNTS),
    "staff.trails.accounts": (Of.PERSON, Of.ACCOUNTS),
    "staff.trails.own": (),
}


class FilterForm(Form):
    """What an address narrows the trail by: ids and codes, nothing in anybody's words."""

    person_id = PickField(N_("Siapa"), as_id=True)
    reference = LineField(N_("Kode laporan"), longest=20)
    act = PickField(N_("Apa"))
    on = DayField(N_("Hari"))

    def __init__(self, me: Member, endpoint: str) -> None:
        super().__init__(formdata=request.args)
        kinds = ABOUT[endpoint]
        if endpoint == "staff.trails.own":
            del self.person_id
        else:
            self.person_id.offered = trails.people(me)
        if endpoint == "staff.trails.accounts" or not can(me, Permission.READ_REPORTS):
            del self.reference
        offered = [(code, gettext(word)) for code, word in GROUPS.items() if endpoint != "staff.trails.accounts"]
        self.act.offered = offered + [(act, gettext(acts.ACTS[act].says)) for act in acts.names(*kinds)]

    def wanted(self, me: Member) -> Filters:
        """What stands in the address. Of a code that the reader does not see the form says so, and narrows nothing."""
        given = self.data
        if not self.validate():
            return Filters()
        try:
            found = reports.by_reference(me, given["reference"]) if given.get("reference") else None
        except reports.ReferenceUnknown as unknown:
            self.refuse(unknown)
            return Filters()
        return Filters(given.get("person_id"), found.id if found else None, given["act"], given["on"])


Listed = Callable[..., Page[Line]]


def _page(endpoint: str, listed: Listed) -> Reply:
    me = actor()
    form = FilterForm(me, endpoint)
    wanted = form.wanted(me)
    narrowing = {
        "person_id": wanted.person_id,
        "reference": reference_of(wanted.report_id) if wanted.report_id else None,
        "act": wanted.act,
        "on": wanted.on,
    }
    return page(
        "staff/trails/show.html",
        form=form,
        endpoint=endpoint,
        narrowing={name: value for name, value in narrowing.items() if value},
        found=None if form.errors else listed(me, wanted, at=request.args.get("at")),
    )


@trails_door.route("")
@needs(Permission.READ_TRAIL)
def show() -> Reply:
    return _page("staff.trails.show", trails.of_organisation)


@trails_door.route("/akun")
@needs(Permission.READ_ACCOUNTS)
def accounts() -> Reply:
    return _page("staff.trails.accounts", trails.of_accounts)


@trails_door.route("/saya")
@member
def own() -> Reply:
    return _page("staff.trails.own", trails.own)
