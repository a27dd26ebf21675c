"""A report: opening it, holding it, answering it."""

from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext

from pepa import clock
from pepa.domain import (
    additions,
    cases,
    confirmations,
    exclusions,
    judgements,
    links,
    lists,
    nameables,
    namesakes,
    notes,
    reports,
    viewings,
    withdrawals,
)
from pepa.models.reports import Stage
from pepa.policy import Permission
from pepa.web import drafts, tellings, threads
from pepa.web.access import actor, needs
from pepa.web.fields import OnceField, TextField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

reports_door = Blueprint("reports", __name__)
LONGEST_ANSWER = 20_000
ANSWERED = N_("Jawaban SUDAH dikirim. Pelapor membacanya dengan kodenya.")
HELD, HELD_BEFORE = N_("Anda memegang laporan ini."), N_("Rekan sudah memegang laporan ini lebih dulu.")
PUT_BACK = N_("Sudah kembali ke daftar.")
notices(ANSWERED, HELD, HELD_BEFORE, PUT_BACK)


class AnswerForm(Form):
    text = TextField(
        N_("Jawaban untuk pelapor"), needed=reports.NothingWritten.says, longest=LONGEST_ANSWER, is_message=True
    )
    once = OnceField()


@reports_door.route("/laporan/<uuid:report_id>/kembalikan", methods=["POST"])
@needs(Permission.HOLD_REPORT)
def put_back(report_id: UUID) -> Reply:
    reports.get_for(actor(), report_id)
    reports.put_back(actor(), [report_id])
    return see_other("staff.reports.show", report_id=report_id, said=PUT_BACK)


@reports_door.route("/laporan/<uuid:report_id>")
@needs(Permission.READ_REPORTS)
def show(report_id: UUID) -> Reply:
    opened = reports.open_for(actor(), report_id, shows_messages=True)
    form = AnswerForm(formdata=None, data={"once": opened.once})
    draft = drafts.offered(form)
    if not form.text.data and (picked := request.args.get("jawaban")):
        form.text.data = _ready_answers().get(picked, "")
    return _shown(opened, form, draft)


@reports_door.route("/laporan/<uuid:report_id>", methods=["POST"])
@needs(Permission.ANSWER_REPORT)
def answer(report_id: UUID) -> Reply:
    form = AnswerForm()
    if form.submit(reports.answer, actor(), report_id):
        drafts.done()
        return see_other("staff.reports.show", report_id=report_id, said=ANSWERED)
    return _shown(reports.open_for(actor(), report_id, shows_messages=True), form, None)


@reports_door.route("/laporan/<uuid:report_id>/pegang", methods=["POST"])
@needs(Permission.HOLD_REPORT)
def hold(report_id: UUID) -> Reply:
    mine = reports.hold(actor(), report_id).held_by_id == actor().person_id
    return see_other("staff.reports.show", report_id=report_id, said=HELD if mine else HELD_BEFORE)


def _shown(opened: reports.Opened, form: AnswerForm, draft: dict[str, str] | None) -> Reply:
    added = additions.to(actor(), opened)
    plans = [one.answers for one in added if isinstance(one.answers, additions.Contact)]
    course, report = judgements.of(actor(), opened), opened.report
    files = viewings.to(actor(), opened)
    return page(
        "staff/reports/show.html",
        form=form,
        opened=opened,
        draft=draft,
        files=files,
        parts=[tellings.part(one) for one in added],
        course=course,
        flags=list(judgements.flags_of(added, course.last)),
        windows=course.last.windows(clock.now()) if course.last else [],
        case=cases.of(actor(), report.id) if report.stage == Stage.CASE else None,
        notes=notes.of(actor(), report.id),
        links=links.of(actor(), report),
        plan=plans[-1] if plans else None,
        numbers=tellings.numbers(opened.told, plans),
        facts=tellings.facts(opened.told, exclusions.named(report.id)),
        letter=tellings.letter(opened.told),
        steps=threads.steps(opened),
        looks=threads.looks(opened.acts, files),
        ready_answers=_ready_answers(),
        decided=withdrawals.decided(report.id) if report.withdrawn_at else None,
        confirmed=confirmations.of(report),
        kept_out=nameables.kept_out([report.id]),
        hints=namesakes.of(actor(), report),
    )


def _ready_answers() -> dict[str, str]:
    return {one.code: one.text.replace("{sapaan}", gettext("Anda")) for one in lists.ready_answers()}
