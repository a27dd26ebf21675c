"""Triage at the desk: how urgent, which dangers; then short help, a case, or something else."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint
from flask_babel import gettext, lazy_gettext

from pepa import clock
from pepa.domain import additions, cases, exclusions, judgements, links, onces, reports, triage
from pepa.models.additions import RedFlag
from pepa.models.reports import CoarseGroup, Report, Urgency
from pepa.models.triages import Help, Lowered, OtherOutcome
from pepa.policy import Permission
from pepa.web import drafts, tellings
from pepa.web.access import actor, needs
from pepa.web.fields import (
    ChoiceField,
    ChoicesField,
    InstantField,
    OnceField,
    PickField,
    TextField,
    TickField,
    VersionField,
)
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

triage_door = Blueprint("triage", __name__, url_prefix="/laporan/<uuid:report_id>")
JUDGED = N_("Penilaian SUDAH disimpan. Sekarang pilih: bantuan singkat, kasus, atau lain.")
HELPED = N_("Bantuan singkat SUDAH dicatat.")
ENDED = N_("SUDAH dicatat.")
OPENED, JOINED = N_("Kasus SUDAH dibuka."), N_("Laporan SUDAH masuk ke kasus itu.")
notices(JUDGED, HELPED, ENDED, OPENED, JOINED)
SOON = N_("1 hari kerja")


class JudgeForm(Form):
    urgency = ChoiceField(N_("Seberapa mendesak?"), Urgency)
    lowered = ChoiceField(N_("Alasan menurunkan"), Lowered)
    flags = ChoicesField(N_("Tanda bahaya"), RedFlag)
    group = ChoiceField(N_("Kelompok"), CoarseGroup)
    sexual = TickField()
    happened_at = InstantField(N_("Kapan terjadi, kalau diketahui"))
    note = TextField(N_("Catatan penilaian"), longest=5_000)
    number = VersionField()
    once = OnceField()


class HelpForm(Form):
    help = ChoiceField(N_("Berupa"), Help)
    problem = TextField(N_("Masalahnya"), needed=triage.HelpUnsaid.says, longest=5_000)
    done = TextField(N_("Yang dilakukan"), needed=triage.HelpUnsaid.says, longest=5_000)
    answer = TextField(N_("Kalimat ini akan dibaca pelapor:"), longest=20_000)
    number = VersionField()
    once = OnceField()


class OtherForm(Form):
    outcome = PickField(N_("Alasan"), needed=triage.OutcomeMissing.says)
    answer = TextField(N_("Kalimat ini akan dibaca pelapor:"), longest=20_000)
    number = VersionField()
    once = OnceField()


class CaseForm(Form):
    case_id = PickField(N_("Masuk ke"), as_id=True)
    number = VersionField()
    once = OnceField()


@triage_door.route("/pilah")
@needs(Permission.TRIAGE_REPORT)
def show(report_id: UUID) -> Reply:
    opened = reports.open_for(actor(), report_id)
    added, course = additions.to(actor(), opened), judgements.of(actor(), opened)
    is_repeat = links.is_repeat(actor(), opened.report)
    form = _proposed(opened, added, course, is_repeat)
    draft = drafts.offered(form)
    return _judging(form, opened, added, course, is_repeat, draft=draft)


@triage_door.route("/pilah", methods=["POST"])
@needs(Permission.TRIAGE_REPORT)
def judge(report_id: UUID) -> Reply:
    reports.get_for(actor(), report_id)
    form = _judge_form()
    if form.submit(triage.judge, actor(), report_id):
        drafts.done()
        return see_other("staff.reports.show", report_id=report_id, said=JUDGED)
    opened = reports.open_for(actor(), report_id)
    course = judgements.of(actor(), opened)
    theirs = course.last if course.number > form.number.data else None
    form.number.data = course.number
    is_repeat = links.is_repeat(actor(), opened.report)
    return _judging(form, opened, additions.to(actor(), opened), course, is_repeat, theirs=theirs)


def _judge_form(**data: object) -> JudgeForm:
    form = JudgeForm(formdata=None, data=data) if data else JudgeForm()
    labels = {Urgency.SOON.value: lazy_gettext(SOON)}
    form.urgency.offered = [(code, labels.get(code, label)) for code, label in form.urgency.offered]
    return form


def _proposed(
    opened: reports.Opened, added: Sequence[additions.Added], course: judgements.Course, is_repeat: bool
) -> JudgeForm:
    """The form as what was told, and what was judged before, proposes it."""
    last, flags = course.last, judgements.flags_of(added, course.last)
    urgency = judgements.urgency_of(opened.report.urgency, list(flags), repeat=is_repeat and last is None)
    return _judge_form(
        urgency=urgency.value,
        lowered=last.lowered.value if last and last.lowered else None,
        flags=[flag.value for flag in flags],
        group=opened.report.coarse_group,
        sexual=last.sexual if last else False,
        happened_at=last.began_at if last and last.is_exact else None,
        note=last.note if last else "",
        number=course.number,
        once=opened.once,
    )


def _judging(
    form: JudgeForm,
    opened: reports.Opened,
    added: Sequence[additions.Added],
    course: judgements.Course,
    is_repeat: bool,
    *,
    draft: dict[str, str] | None = None,
    theirs: judgements.Judged | None = None,
) -> Reply:
    return page(
        "staff/triage/judge.html",
        status=409 if theirs else 200,
        form=form,
        opened=opened,
        course=course,
        theirs=theirs,
        draft=draft,
        windows=course.last.windows(clock.now()) if course.last else [],
        ticked={flag.value: tellings.tick(one) for flag, one in judgements.flags_of(added, course.last).items()},
        is_repeat=is_repeat,
        facts=tellings.facts(opened.told, exclusions.named(opened.report.id)),
        parts=[tellings.part(one) for one in added],
    )


@triage_door.route("/bantuan", methods=["GET", "POST"])
@needs(Permission.TRIAGE_REPORT)
def give_help(report_id: UUID) -> Reply:
    report = reports.get_for(actor(), report_id)
    form = HelpForm()
    if form.submit(triage.give_help, actor(), report_id):
        drafts.done()
        return see_other("staff.reports.show", report_id=report_id, said=HELPED)
    return _ending("staff/triage/help.html", form, report)


@triage_door.route("/lain", methods=["GET", "POST"])
@needs(Permission.TRIAGE_REPORT)
def end_otherwise(report_id: UUID) -> Reply:
    report = reports.get_for(actor(), report_id)
    form = OtherForm()
    form.outcome.offered = [(outcome.value, lazy_gettext(outcome.label)) for outcome in OtherOutcome]
    if form.submit(triage.end_otherwise, actor(), report_id):
        drafts.done()
        return see_other("staff.reports.show", report_id=report_id, said=ENDED)
    return _ending("staff/triage/other.html", form, report)


@triage_door.route("/kasus", methods=["GET", "POST"])
@needs(Permission.TRIAGE_REPORT)
def open_case(report_id: UUID) -> Reply:
    report = reports.get_for(actor(), report_id)
    form = CaseForm()
    near = links.of(actor(), report)
    found = cases.of_reports(actor(), [link.report.id for link in near])
    form.case_id.offered = [(case.id, gettext("Kasus %(kode)s", kode=case.reference)) for case in found]
    if case_id := form.submit(cases.open_from, actor(), report_id):
        said = JOINED if form.case_id.data else OPENED
        return see_other("staff.cases.show", case_id=case_id, said=said)
    return _ending("staff/triage/case.html", form, report)


def _ending(template: str, form: HelpForm | OtherForm | CaseForm, report: Report) -> Reply:
    """The page of an end. A form that was not sent yet gets its mark, and what was typed there before is offered;
    beside one that came too late stands what a colleague has stored."""
    if not form.is_submitted():
        form.once.data, form.number.data = onces.new(), triage.newest(report.id)
        return page(template, form=form, report=report, draft=drafts.offered(form), theirs=None)
    theirs = None
    if form.form_errors:
        opened = reports.open_for(actor(), report.id)
        course = judgements.of(actor(), opened)
        theirs = course.newest if course.number > form.number.data else None
        report, form.number.data = opened.report, course.number
    return page(template, status=409 if theirs else 200, form=form, report=report, draft=None, theirs=theirs)
