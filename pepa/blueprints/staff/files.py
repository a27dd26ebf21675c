"""A file that a reporter sent: a copy to look at; the original for whoever says why."""

from uuid import UUID

from flask import Blueprint, Response, request

from pepa.domain import viewings
from pepa.models.attachments import Kind
from pepa.policy import Permission
from pepa.web import headers
from pepa.web.access import actor, needs
from pepa.web.fields import LineField, PassphraseField
from pepa.web.forms import Form
from pepa.web.pages import Reply, page
from pepa.words import N_

files_door = Blueprint("files", __name__)


class OriginalForm(Form):
    reason = LineField(N_("Untuk apa?"), needed=viewings.NoReason.says)
    passphrase = PassphraseField(N_("Kalimat sandi"), needed=N_("Tulis kalimat sandi."))


@files_door.route("/laporan/<uuid:report_id>/file/<uuid:file_id>")
@needs(Permission.READ_REPORTS)
def show(report_id: UUID, file_id: UUID) -> Reply:
    return _page(report_id, file_id, OriginalForm(formdata=None))


@files_door.route("/laporan/<uuid:report_id>/file/<uuid:file_id>", methods=["POST"])
@needs(Permission.TAKE_ORIGINAL)
def take(report_id: UUID, file_id: UUID) -> Reply:
    form = OriginalForm()
    original = form.submit(viewings.take, actor(), report_id, file_id)
    if original is None:
        return _page(report_id, file_id, form)
    response = Response(original.content, mimetype="application/octet-stream", headers=headers.INERT)
    response.content_length = original.size
    return _as_file(response, original.name)


@files_door.route("/laporan/<uuid:report_id>/file/<uuid:file_id>/salinan")
@needs(Permission.READ_REPORTS)
def copy(report_id: UUID, file_id: UUID) -> Reply:
    found = viewings.copy_for(actor(), report_id, file_id)
    if found.kind is Kind.PDF:
        return _as_file(Response(found.content, mimetype="application/octet-stream", headers=headers.INERT), found.name)
    return Response(found.content, mimetype="image/jpeg", headers=headers.INERT)


def _page(report_id: UUID, file_id: UUID, form: OriginalForm) -> Reply:
    opened = viewings.open_for(actor(), report_id, file_id)
    shown = not opened.asks_first or request.args.get("lihat") == "ya"
    named = opened.file.guard is not None and opened.file.guard.lets(actor().person_id)
    return page("staff/files/show.html", form=form, opened=opened, shown=shown, named=named)


def _as_file(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
