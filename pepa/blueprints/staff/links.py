"""Reports about the same people: suggested, linked, taken apart again. Never merged."""

from uuid import UUID

from flask import Blueprint

from pepa.domain import links, reports
from pepa.policy import Permission
from pepa.web.access import actor, needs
from pepa.web.fields import LineField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

links_door = Blueprint("links", __name__, url_prefix="/laporan/<uuid:report_id>/laporan-lain")
LINKED = N_("SUDAH dihubungkan. Isinya tetap terpisah.")
UNLINKED = N_("Hubungan SUDAH dilepas.")
notices(LINKED, UNLINKED)


class LinkForm(Form):
    """reference: as it is said aloud."""

    reference = LineField(N_("Kode laporan lain"), needed=reports.ReferenceUnknown.says, longest=20)


@links_door.route("")
@needs(Permission.LINK_REPORTS)
def show(report_id: UUID) -> Reply:
    return _page(report_id, LinkForm(formdata=None))


def _page(report_id: UUID, form: Form) -> Reply:
    like = links.suggest(actor(), report_id)  # what was read before it is recorded would be read again, row by row
    report = reports.get_for(actor(), report_id)
    linked = links.of(actor(), report)
    return page("staff/links/show.html", form=form, report=report, linked=linked, like=like)


@links_door.route("", methods=["POST"])
@needs(Permission.LINK_REPORTS)
def link_by_reference(report_id: UUID) -> Reply:
    reports.get_for(actor(), report_id)
    form = LinkForm()
    form.submit(links.link_by_reference, actor(), report_id)
    if form.errors:
        return _page(report_id, form)
    return see_other("staff.links.show", report_id=report_id, said=LINKED)


@links_door.route("/<uuid:other_id>/hubungkan", methods=["POST"])
@needs(Permission.LINK_REPORTS)
def link(report_id: UUID, other_id: UUID) -> Reply:
    links.link(actor(), report_id, other_id=other_id)
    return see_other("staff.links.show", report_id=report_id, said=LINKED)


@links_door.route("/<uuid:other_id>/lepas", methods=["POST"])
@needs(Permission.LINK_REPORTS)
def unlink(report_id: UUID, other_id: UUID) -> Reply:
    links.unlink(actor(), report_id, other_id=other_id)
    return see_other("staff.links.show", report_id=report_id, said=UNLINKED)
