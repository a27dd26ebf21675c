"""Certificates for cadres: who has held enough, giving one, printing it, taking it back."""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, url_for
from flask_babel import gettext

from pepa.domain import certificates
from pepa.domain.certificates import Standings
from pepa.domain.printers import Unmade
from pepa.errors import Busy
from pepa.policy import Permission
from pepa.web import formats
from pepa.web.access import actor, needs
from pepa.web.downloads import as_file
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

certificates_door = Blueprint("certificates", __name__)
ISSUED, REVOKED = N_("Sertifikat SUDAH dibuat."), N_("Sertifikat itu SUDAH dicabut.")
NO_PDF = N_("PDF belum jadi. Cetak dari halaman ini dulu.")
notices(ISSUED, REVOKED)


class IssueForm(Form):
    pass


@certificates_door.route("/sertifikat")
@needs(Permission.CERTIFY_CADRE)
def show() -> Reply:
    least = certificates.needed()
    return page("staff/certificates/list.html", found=certificates.list_for(actor()), least=least)


@certificates_door.route("/kader/<uuid:cadre_id>/sertifikat")
@needs(Permission.CERTIFY_CADRE)
def one(cadre_id: UUID) -> Reply:
    return _one(certificates.get_for(actor(), cadre_id))


def _one(found: Standings, form: Form | None = None, status: int = 200) -> Reply:
    sheet = _sheet(found, actor().organisation_name) if found.certificate else {}
    return page(
        "staff/certificates/show.html",
        form=form,
        status=status,
        found=found,
        least=certificates.needed(),
        sheet=sheet,
    )


@certificates_door.route("/kader/<uuid:cadre_id>/sertifikat", methods=["POST"])
@needs(Permission.CERTIFY_CADRE)
def issue(cadre_id: UUID) -> Reply:
    form = IssueForm()
    if form.submit(certificates.issue, actor(), cadre_id):
        return see_other("staff.certificates.one", cadre_id=cadre_id, said=ISSUED)
    return _one(certificates.get_for(actor(), cadre_id), form)


@certificates_door.route("/kader/<uuid:cadre_id>/sertifikat/pdf", methods=["POST"])
@needs(Permission.CERTIFY_CADRE)
def paper(cadre_id: UUID) -> Reply:
    found = certificates.get_for(actor(), cadre_id)
    sheet = _sheet(found, actor().organisation_name) if found.certificate else {}
    try:
        body = certificates.paper(actor(), cadre_id, address=str(sheet.get("link", "")), words=sheet)
    except (Busy, Unmade):
        form = IssueForm()
        form.form_errors.append(gettext(NO_PDF))
        return _one(found, form, 503)
    return as_file(body, f"sertifikat-{sheet['number']}.pdf")


@certificates_door.route("/kader/<uuid:cadre_id>/sertifikat/cabut", methods=["GET", "POST"])
@needs(Permission.CERTIFY_CADRE)
def revoke(cadre_id: UUID) -> Reply:
    found = certificates.get_for(actor(), cadre_id)
    form = IssueForm()
    if form.is_submitted():
        certificates.revoke(actor(), cadre_id)
        return see_other("staff.certificates.one", cadre_id=cadre_id, said=REVOKED)
    return page("staff/certificates/revoke.html", found=found)


def _sheet(found: Standings, office: str) -> dict[str, Any]:
    """The sentences of the sheet, on paper and on the page that is printed where no PDF can be made."""
    certificate = found.certificate
    assert certificate
    number, base = certificates.grouped(certificate.number), current_app.config["PEPA"].base_url
    link = base + url_for("citizen.certificates.show", number=number)
    return {
        "lines": [gettext("telah mengadakan %(n)s kegiatan edukasi untuk warga", n=certificate.sessions)],
        "place_and_day": gettext("Serang, %(hari)s", hari=formats.numeric(certificate.issued_on)),
        "office": office,
        "by": gettext("(nama dan tanda tangan)"),
        "number": number,
        "address": link.partition("://")[2],
        "link": link,
    }
