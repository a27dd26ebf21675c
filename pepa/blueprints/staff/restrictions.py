"""Restriction of processing: noting that it was asked, deciding, ending it."""

from uuid import UUID

from flask import Blueprint
from flask_babel import lazy_gettext

from pepa.domain import onces, reports, restrictions
from pepa.models.restrictions import RestrictionState
from pepa.policy import Permission
from pepa.web import drafts
from pepa.web.access import actor, needs
from pepa.web.fields import InstantField, OnceField, PickField, TextField, VersionField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

restrictions_door = Blueprint("restrictions", __name__, url_prefix="/laporan/<uuid:report_id>/pembatasan")
ASKED, DECIDED = N_("SUDAH dicatat. Hitungan 3×24 jam berjalan."), N_("Keputusan SUDAH dicatat.")
DECISIONS = restrictions.DECISIONS
LIFTED = N_("Data laporan ini SUDAH dibuka lagi.")
notices(ASKED, DECIDED, LIFTED)


class AskForm(Form):
    asked_at = InstantField(N_("Kapan diminta"), needed=N_("Tulis hari dan jamnya."))
    how = TextField(N_("Siapa yang minta, dan lewat apa"), needed=restrictions.HowUnsaid.says, longest=5000)
    once = OnceField()


class DecideForm(Form):
    decision = PickField(N_("Keputusan"), needed=N_("Pilih satu."))
    reason = TextField(N_("Alasan"), longest=5000)
    version = VersionField()


class LiftForm(Form):
    reason = TextField(N_("Alasan dibuka lagi"), needed=restrictions.ReasonMissing.says, longest=5000)
    version = VersionField()


@restrictions_door.route("")
@needs(Permission.READ_REPORTS)
def show(report_id: UUID) -> Reply:
    forms = AskForm(formdata=None), DecideForm(formdata=None), LiftForm(formdata=None)
    return _show(report_id, *forms, drafts.offered(*forms))


@restrictions_door.route("", methods=["POST"])
@needs(Permission.READ_REPORTS)
def ask(report_id: UUID) -> Reply:
    reports.get_for(actor(), report_id)
    form = AskForm()
    if form.submit(restrictions.ask, actor(), report_id):
        return _kept(report_id, ASKED)
    return _show(report_id, form, DecideForm(formdata=None), LiftForm(formdata=None))


@restrictions_door.route("/putuskan", methods=["POST"])
@needs(Permission.NOTE_DECISION)
def decide(report_id: UUID) -> Reply:
    reports.get_for(actor(), report_id)
    form = DecideForm()
    _offer(form)
    if form.submit(restrictions.decide, actor(), report_id):
        return _kept(report_id, DECIDED)
    return _show(report_id, AskForm(formdata=None), form, LiftForm(formdata=None))


@restrictions_door.route("/buka", methods=["POST"])
@needs(Permission.NOTE_DECISION)
def lift(report_id: UUID) -> Reply:
    reports.get_for(actor(), report_id)
    form = LiftForm()
    if form.submit(restrictions.lift, actor(), report_id):
        return _kept(report_id, LIFTED)
    return _show(report_id, AskForm(formdata=None), DecideForm(formdata=None), form)


def _kept(report_id: UUID, said: str) -> Reply:
    drafts.done()
    return see_other("staff.restrictions.show", report_id=report_id, said=said)


def _offer(form: DecideForm) -> None:
    form.decision.offered = [(one.value, lazy_gettext(one.label)) for one in RestrictionState if one in DECISIONS]


def _show(
    report_id: UUID, asking: AskForm, deciding: DecideForm, lifting: LiftForm, draft: dict[str, str] | None = None
) -> Reply:
    opened, requests = restrictions.show(actor(), report_id)
    _offer(deciding)
    return page(
        "staff/restrictions/show.html",
        form=next((form for form in (asking, deciding, lifting) if form.errors), asking),
        asking=asking,
        deciding=deciding,
        lifting=lifting,
        draft=draft,
        report=opened.report,
        requests=requests,
        state=requests[0].row.state if requests else "",
        once=asking.once.data or onces.new(),
    )
