"""The police clock of a report: starting it, and noting how it ended. It never sends by itself."""

from uuid import UUID

from flask import Blueprint
from flask_babel import lazy_gettext

from pepa.domain import police, reports, settings
from pepa.models.police import PoliceEnding, ToldBy
from pepa.policy import Permission, can
from pepa.web import drafts
from pepa.web.access import actor, needs
from pepa.web.fields import InstantField, LineField, PickField, TextField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

police_door = Blueprint("police", __name__, url_prefix="/laporan/<uuid:report_id>/lapor-polisi")
BEGUN, ENDED = N_("Hitungan 3×24 jam SUDAH berjalan."), N_("SUDAH dicatat selesai.")
notices(BEGUN, ENDED)


class BeginForm(Form):
    told_by = PickField(N_("Siapa yang melaporkan kepada kami"), needed=N_("Pilih satu."))
    from_at = InstantField(N_("Sejak kapan, kalau bukan sejak laporan masuk"))


class EndForm(Form):
    ending = PickField(N_("Selesai karena"), needed=N_("Pilih satu."))
    on = LineField(N_("Hari lapor"), longest=60)
    number = LineField(N_("Nomor laporan polisi"), longest=100)
    details = TextField(N_("Siapa yang melapor, atau isi keputusan"), longest=5000)


@police_door.route("")
@needs(Permission.KEEP_POLICE_CLOCK)
def show(report_id: UUID) -> Reply:
    beginning, ending = BeginForm(formdata=None), EndForm(formdata=None)
    return _show(report_id, beginning, ending, drafts.offered(beginning, ending))


@police_door.route("", methods=["POST"])
@needs(Permission.KEEP_POLICE_CLOCK)
def begin(report_id: UUID) -> Reply:
    reports.get_for(actor(), report_id)
    form = _begin_form(BeginForm())
    if form.submit(police.begin, actor(), report_id):
        drafts.done()
        return see_other("staff.police.show", report_id=report_id, said=BEGUN)
    return _show(report_id, form, EndForm(formdata=None))


@police_door.route("/selesai", methods=["POST"])
@needs(Permission.KEEP_POLICE_CLOCK)
def end(report_id: UUID) -> Reply:
    reports.get_for(actor(), report_id)
    form = _end_form(EndForm())
    if form.submit(police.end, actor(), report_id):
        drafts.done()
        return see_other("staff.police.show", report_id=report_id, said=ENDED)
    return _show(report_id, BeginForm(formdata=None), form)


def _begin_form(form: BeginForm) -> BeginForm:
    form.told_by.offered = [(one.value, lazy_gettext(one.label)) for one in ToldBy]
    return form


def _end_form(form: EndForm) -> EndForm:
    may = [one for one in PoliceEnding if one is not PoliceEnding.DECIDED or can(actor(), Permission.NOTE_DECISION)]
    form.ending.offered = [(one.value, lazy_gettext(one.label)) for one in may]
    return form


def _show(report_id: UUID, beginning: BeginForm, ending: EndForm, draft: dict[str, str] | None = None) -> Reply:
    opened, running = police.show(actor(), report_id)
    return page(
        "staff/police/show.html",
        form=beginning if beginning.errors else ending,
        beginning=_begin_form(beginning),
        ending=_end_form(ending),
        draft=draft,
        report=opened.report,
        running=running,
        left=police.hours_left(running.clock) if running else None,
        unit=settings.read().police_unit,
        refuses=settings.read().adult_refuses,
    )
