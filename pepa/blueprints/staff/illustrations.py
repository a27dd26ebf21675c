"""Gambar: the pictures of a title, taken in and drawn anew."""

from flask import Blueprint, Response
from flask_babel import gettext

from pepa.domain import editions, illustrations
from pepa.errors import Busy
from pepa.policy import Permission
from pepa.web import headers
from pepa.web.access import actor, needs
from pepa.web.fields import FilesField
from pepa.web.forms import Form
from pepa.web.gates import upload, with_files
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

illustrations_door = Blueprint("illustrations", __name__, url_prefix="/pustaka/<int(max=99999):title_id>/gambar")
ADDED, REMOVED = N_("Gambar SUDAH disimpan. Tulis namanya di naskah."), N_("Gambar SUDAH dihapus.")
notices(ADDED, REMOVED)


class PicturesForm(Form):
    file = FilesField(N_("Gambar"))

    def values(self) -> dict[str, object]:
        """The files have gone their own way."""
        return {}


@illustrations_door.route("")
@needs(Permission.SEE_LIBRARY)
def show(title_id: int) -> Reply:
    return _page(title_id, PicturesForm(formdata=None))


@illustrations_door.route("", methods=["POST"])
@needs(Permission.WRITE_TITLE)
@with_files(illustrations.Brought)
def add(title_id: int) -> Reply:
    form = PicturesForm()
    try:
        names = form.submit(illustrations.add, actor(), title_id, upload())
    except Busy as failure:
        form.form_errors.append(gettext(failure.says))
        return _page(title_id, form, 503)
    return see_other("staff.illustrations.show", title_id=title_id, said=ADDED) if names else _page(title_id, form)


def _page(title_id: int, form: Form, status: int = 200) -> Reply:
    newest = editions.of(actor(), title_id)[0]
    found = illustrations.of(actor(), title_id)
    return page("staff/illustrations/show.html", status=status, form=form, edition=newest, found=found)


@illustrations_door.route("/<picture>")
@needs(Permission.SEE_LIBRARY)
def look(title_id: int, picture: str) -> Response:
    found = illustrations.get_for(actor(), title_id, picture)
    return Response(found.png, mimetype="image/png", headers=headers.INERT)


@illustrations_door.route("/<picture>/buang", methods=["POST"])
@needs(Permission.WRITE_TITLE)
def remove(title_id: int, picture: str) -> Reply:
    form = Form()
    if form.submit(illustrations.remove, actor(), title_id, picture):
        return see_other("staff.illustrations.show", title_id=title_id, said=REMOVED)
    shown = PicturesForm(formdata=None)
    shown.form_errors = form.form_errors
    return _page(title_id, shown, 409)
