"""The desk: reports by urgency and age, one of them open, holding it, answering it."""

from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext

from pepa import clock
from pepa.domain import duty, lists, onces, reports, sessions
from pepa.models.reports import About, Channel, Speaker, Stage
from pepa.policy import Permission, can
from pepa.web.access import actor, member, needs, quiet
from pepa.web.fields import OnceField, TextField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

reports_door = Blueprint("reports", __name__)
TABS = {
    "baru": (Stage.RECEIVED.value, N_("Belum dibaca")),
    "dibaca": (Stage.READ.value, N_("Sudah dibaca")),
    "semua": ("all", N_("Semua")),
}
ANSWERED = N_("Jawaban SUDAH dikirim. Pelapor membacanya dengan kode.")
notices(ANSWERED)
LONGEST_ANSWER = 20_000


class AnswerForm(Form):
    text = TextField(N_("Jawaban untuk pelapor"), needed=reports.NothingWritten.says, longest=LONGEST_ANSWER)
    once = OnceField()


@reports_door.route("/")
@member
@quiet("segar")
def desk() -> Reply:
    me = actor()
    if not can(me, Permission.READ_REPORTS):
        return page("staff/start.html")
    tab = request.args.get("tab", "")
    tab = tab if tab in TABS else "baru"
    found = reports.list_for(me, stage=TABS[tab][0], at=request.args.get("at"))
    return page(
        "staff/reports/desk.html",
        tab=tab,
        tabs=[(code, gettext(word)) for code, (_, word) in TABS.items()],
        found=found,
        holders=reports.holders_of(found),
        alarms=duty.alarms_for(me),
        places=lists.places(),
        channels={channel.value: channel.label for channel in Channel},
        now=clock.now(),
    )


@reports_door.route("/laporan/<uuid:report_id>")
@needs(Permission.READ_REPORTS)
def show(report_id: UUID) -> Reply:
    form = AnswerForm(formdata=None)
    draft = sessions.draft_for(actor(), request.path)
    ready = {answer.code: answer.text for answer in lists.ready_answers()}
    if draft and request.args.get("ketikan") == "pakai":
        form.text.data, draft = draft.get("text", ""), None
    elif chosen := ready.get(request.args.get("jawaban", "")):
        form.text.data = chosen.replace("{sapaan}", gettext("Anda"))
    return _opened(report_id, form, draft)


@reports_door.route("/laporan/<uuid:report_id>", methods=["POST"])
@needs(Permission.ANSWER_REPORT)
def answer(report_id: UUID) -> Reply:
    form = AnswerForm()
    if form.submit(reports.answer, actor(), report_id):
        sessions.drop_draft(actor(), request.path)
        return see_other("staff.reports.show", report_id=report_id, said=ANSWERED)
    return _opened(report_id, form, None)


def _opened(report_id: UUID, form: AnswerForm, draft: dict[str, str] | None) -> Reply:
    opened = reports.open_for(actor(), report_id)
    told = opened.told
    words = {
        "speaker": gettext(Speaker(told.speaker).label) if told.speaker else gettext("Tidak ditulis"),
        "about": gettext(About(told.about).label).rstrip(":") if told.about else gettext("Tidak ditulis"),
    }
    return page(
        "staff/reports/show.html",
        form=form,
        opened=opened,
        draft=draft,
        words=words,
        places=lists.places(),
        ready_answers=lists.ready_answers(),
        once=form.once.data or onces.new(),
    )


@reports_door.route("/laporan/<uuid:report_id>/pegang", methods=["POST"])
@needs(Permission.HOLD_REPORT)
def hold(report_id: UUID) -> Reply:
    reports.hold(actor(), report_id)
    return see_other("staff.reports.show", report_id=report_id)
