"""Inner notes: written, changed; of two who change the same one each reads both texts."""

from uuid import UUID

from flask import Blueprint

from pepa.domain import notes, onces, reports
from pepa.policy import Permission
from pepa.web import drafts
from pepa.web.access import actor, needs
from pepa.web.fields import OnceField, TextField, VersionField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

notes_door = Blueprint("notes", __name__, url_prefix="/laporan/<uuid:report_id>/catatan")
LONGEST = 20_000
WRITTEN, CHANGED = N_("Catatan SUDAH disimpan. Hanya kantor ini yang membacanya."), N_("Catatan SUDAH diubah.")
notices(WRITTEN, CHANGED)


class NoteForm(Form):
    note = TextField(N_("Catatan untuk rekan"), needed=notes.NothingNoted.says, longest=LONGEST)
    once = OnceField()


class ChangeForm(Form):
    note = TextField(N_("Catatan untuk rekan"), needed=notes.NothingNoted.says, longest=LONGEST)
    version = VersionField()


@notes_door.route("", methods=["GET", "POST"])
@needs(Permission.WRITE_NOTE)
def write(report_id: UUID) -> Reply:
    report = reports.get_for(actor(), report_id)
    form = NoteForm()
    if form.submit(notes.add, actor(), report_id):
        drafts.done()
        return see_other("staff.reports.show", report_id=report_id, said=WRITTEN, _anchor="notes")
    draft = None
    if not form.is_submitted():
        form.once.data, draft = onces.new(), drafts.offered(form)
    return page("staff/notes/write.html", form=form, report=report, draft=draft)


@notes_door.route("/<uuid:note_id>", methods=["GET", "POST"])
@needs(Permission.WRITE_NOTE)
def change(report_id: UUID, note_id: UUID) -> Reply:
    form = ChangeForm()
    if form.submit(notes.change, actor(), report_id, note_id):
        drafts.done()
        return see_other("staff.reports.show", report_id=report_id, said=CHANGED, _anchor="notes")
    stored = notes.get_for(actor(), report_id, note_id)
    draft = None
    theirs = stored if form.is_submitted() and stored.version != form.version.data else None
    form.version.data = stored.version
    if not form.is_submitted():
        form.note.data = stored.text
        draft = drafts.offered(form)
    report = reports.get_for(actor(), report_id)
    status = 409 if theirs else 200
    return page("staff/notes/change.html", status=status, form=form, report=report, draft=draft, theirs=theirs)
