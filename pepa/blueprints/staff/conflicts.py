"""Conflicts of interest: one's own, somebody else's, the office's own; lifting one."""

from uuid import UUID

from flask import Blueprint, request

from pepa.domain import conflicts, nameables, namesakes, onces, reports
from pepa.policy import Permission
from pepa.web.access import actor, needs
from pepa.web.fields import LineField, OnceField, PickField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

conflicts_door = Blueprint("conflicts", __name__, url_prefix="/laporan/<uuid:report_id>")
DECLARED = N_("SUDAH dilepas. Laporan itu tidak tampil lagi untuk Anda.")
NAMED = N_("SUDAH dinyatakan. Laporan ini tidak tampil lagi untuk yang bersangkutan.")
HANDED_ON = N_("SUDAH diserahkan. Pemegang mandiri membacanya dari sekarang.")
LIFTED = N_("SUDAH dicabut.")
DISMISSED = N_("Dicatat: bukan orangnya.")
notices(DECLARED, NAMED, HANDED_ON, LIFTED, DISMISSED)


class DeclareForm(Form):
    reason = LineField(N_("Keterangan untuk penyelia"))
    once = OnceField()


class NameForm(Form):
    named_id = PickField(N_("Siapa"), needed=conflicts.NobodyNamed.says, as_id=True)
    reason = LineField(N_("Alasan"), needed=conflicts.NoReason.says)
    once = OnceField()


class HandOnForm(Form):
    reason = LineField(N_("Alasan"), needed=conflicts.NoReason.says)
    once = OnceField()


class LiftForm(Form):
    reason = LineField(N_("Alasan"), needed=conflicts.NoReason.says)


@conflicts_door.route("/kenal", methods=["GET", "POST"])
@needs(Permission.DECLARE_CONFLICT)
def declare(report_id: UUID) -> Reply:
    form = DeclareForm()
    if form.submit(conflicts.declare, actor(), report_id):
        return see_other("staff.inbox.show", said=DECLARED)
    form.once.data = form.once.data or onces.new()
    report = reports.get_for(actor(), report_id)
    return page("staff/conflicts/declare.html", form=form, report=report, onward=nameables.onward(actor()))


@conflicts_door.route("/serahkan", methods=["GET", "POST"])
@needs(Permission.DECLARE_CONFLICT)
def hand_on(report_id: UUID) -> Reply:
    form = HandOnForm()
    if form.submit(conflicts.hand_on, actor(), report_id):
        return see_other("staff.inbox.show", said=HANDED_ON)
    form.once.data = form.once.data or onces.new()
    report = reports.get_for(actor(), report_id)
    return page("staff/conflicts/hand_on.html", form=form, report=report, onward=nameables.onward(actor()))


@conflicts_door.route("/benturan")
@needs(Permission.NAME_CONFLICT)
def show(report_id: UUID) -> Reply:
    report = reports.get_for(actor(), report_id)
    return page(
        "staff/conflicts/show.html",
        report=report,
        standing=conflicts.standing(actor(), report_id),
        history=conflicts.history(actor(), report_id),
        hints=[one for one in namesakes.of(actor(), report) if not one.is_me],
    )


@conflicts_door.route("/benturan/tambah", methods=["GET", "POST"])
@needs(Permission.NAME_CONFLICT)
def name(report_id: UUID) -> Reply:
    report = reports.get_for(actor(), report_id)
    form = NameForm()
    form.named_id.offered = nameables.candidates(actor(), report_id)
    if form.submit(conflicts.name, actor(), report_id):
        return _back(report_id, NAMED)
    form.once.data = form.once.data or onces.new()
    if not form.is_submitted():
        form.named_id.data = _picked(form)
    return page("staff/conflicts/name.html", form=form, report=report, onward=nameables.onward(actor()))


def _picked(form: NameForm) -> UUID | None:
    """Whom a hint was about, where they may be picked."""
    asked = request.args.get("siapa")
    return next((one for one, _ in form.named_id.offered if str(one) == asked), None)


@conflicts_door.route("/benturan/bukan/<uuid:named_id>", methods=["POST"])
@needs(Permission.NAME_CONFLICT)
def dismiss(report_id: UUID, named_id: UUID) -> Reply:
    conflicts.dismiss(actor(), report_id, named_id=named_id)
    return see_other("staff.conflicts.show", report_id=report_id, said=DISMISSED)


@conflicts_door.route("/benturan/<uuid:conflict_id>/cabut", methods=["GET", "POST"])
@needs(Permission.NAME_CONFLICT)
def lift(report_id: UUID, conflict_id: UUID) -> Reply:
    report, act = reports.get_for(actor(), report_id), conflicts.told(actor(), report_id, conflict_id)
    form = LiftForm()
    if form.submit(conflicts.lift, actor(), report_id, conflict_id):
        return _back(report_id, LIFTED)
    return page("staff/conflicts/lift.html", form=form, report=report, act=act)


def _back(report_id: UUID, said: str) -> Reply:
    """To what stands now; to the desk where the act took the report away from the actor as well."""
    if reports.among(actor(), [report_id]):
        return see_other("staff.conflicts.show", report_id=report_id, said=said)
    return see_other("staff.inbox.show", said=said)
