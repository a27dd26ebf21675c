"""Locked files: locking one, naming who may look, looking with a reason, letting go of the lock."""

from uuid import UUID

from flask import Blueprint, Response

from pepa.domain import guards, viewings
from pepa.policy import Permission
from pepa.web import headers
from pepa.web.access import actor, needs
from pepa.web.fields import LineField, PickField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

guards_door = Blueprint("guards", __name__, url_prefix="/laporan/<uuid:report_id>/file/<uuid:file_id>")
LOCKED = N_("Sudah dikunci. Tidak ada yang diperlihatkan lagi.")
NAMED = N_("Sudah ditunjuk. Hanya mereka yang bisa melihat.")
RELEASED = N_("Kuncinya sudah dilepas.")
notices(LOCKED, NAMED, RELEASED)


class ViewersForm(Form):
    first_id = PickField(N_("Orang pertama"), needed=guards.NobodyNamed.says, as_id=True)
    second_id = PickField(N_("Orang kedua"), as_id=True)


class ReasonForm(Form):
    reason = LineField(N_("Untuk apa?"), needed=viewings.NoReason.says)


@guards_door.route("/kunci", methods=["GET", "POST"])
@needs(Permission.READ_REPORTS)
def lock(report_id: UUID, file_id: UUID) -> Reply:
    opened, _ = viewings.find(actor(), report_id, file_id)
    form = Form()
    if form.submit(guards.lock, actor(), report_id, file_id):
        return see_other("staff.files.show", report_id=report_id, file_id=file_id, said=LOCKED)
    return page("staff/guards/lock.html", form=form, opened=opened)


@guards_door.route("/penglihat", methods=["GET", "POST"])
@needs(Permission.NAME_VIEWERS)
def name_viewers(report_id: UUID, file_id: UUID) -> Reply:
    opened, _ = viewings.find(actor(), report_id, file_id)
    form = ViewersForm()
    offered = [(one.id, one.name) for one in guards.candidates(actor(), report_id)]
    form.first_id.offered = form.second_id.offered = offered
    if form.submit(guards.name_viewers, actor(), report_id, file_id):
        return see_other("staff.files.show", report_id=report_id, file_id=file_id, said=NAMED)
    return page("staff/guards/viewers.html", form=form, opened=opened)


@guards_door.route("/lepas", methods=["GET", "POST"])
@needs(Permission.NAME_VIEWERS)
def release(report_id: UUID, file_id: UUID) -> Reply:
    opened, _ = viewings.find(actor(), report_id, file_id)
    form = ReasonForm()
    if form.submit(guards.release, actor(), report_id, file_id):
        return see_other("staff.files.show", report_id=report_id, file_id=file_id, said=RELEASED)
    return page("staff/guards/release.html", form=form, opened=opened)


@guards_door.route("/lihat", methods=["GET", "POST"])
@needs(Permission.READ_REPORTS)
def look(report_id: UUID, file_id: UUID) -> Reply:
    opened, _ = viewings.find(actor(), report_id, file_id)
    form = ReasonForm()
    copy = form.submit(guards.look, actor(), report_id, file_id)
    if copy:  # the answer to this form alone: no address shows it again
        return Response(copy.content, mimetype="image/jpeg", headers=headers.INERT)
    return page("staff/guards/look.html", form=form, opened=opened, named=guards.may_look(actor(), opened))
