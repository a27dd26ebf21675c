"""Kegiatan saya: what is coming, what was logged, what is still to be sent; and getting an evening ready."""

from uuid import UUID

from flask import Blueprint, request, url_for

from pepa.domain import areas, onces, plans, takings, teachings
from pepa.models.outreach import Plan
from pepa.web import figures
from pepa.web.access import hand, teaches
from pepa.web.evenings import EveningForm, PlanForm, named
from pepa.web.light import light
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

plans_door = Blueprint("plans", __name__, url_prefix="/kegiatan")
CANCELLED = N_("Rencana dibatalkan.")
notices(CANCELLED)
CARDS = 20  # that are cut for an evening: two sheets
BRING = (
    N_("Panduan fasilitator, dibaca dulu sehari sebelumnya"),
    N_("20 kartu saku, sudah dipotong"),
    N_("Lembar hadir di bawah ini dan pulpen"),
    N_("Kertas besar dan spidol, kalau ada"),
    N_("Air minum; teman kalau pulang malam"),
)


@plans_door.route("")
@teaches
def mine() -> Reply:
    me = hand()
    return light(
        "worker/plans/mine.html",
        quarter=figures.quarter,
        coming=[(plan, _name(plan), _where(plan)) for plan in plans.coming(me)],
        unlogged=[(plan, _name(plan), _where(plan)) for plan in plans.unlogged(me)],
        own=teachings.own(me),
        withdrawn=teachings.withdrawn(me),
        reached=teachings.reached(me),
        home=_ward(plans.home(me)),
        filled=_filled,
        who=plans.mark(me),
    )


def _name(plan: Plan) -> str:
    """A title by its name; one that is not taught any more by its number."""
    return next((named(one) for one in plans.taught() if one.id == plan.title_id), f"#{plan.title_id}")


def _ward(code: str | None) -> str:
    return areas.ward(code).name if code else ""


def _where(plan: Plan) -> str:
    area_id = plans.part_of(plan)
    parts = areas.of(plan.kelurahan_code, plan.on) if area_id else ()
    part = next((part.label for part in parts if part.id == area_id), "")
    return ", ".join(name for name in (plan.place, part, _ward(plan.kelurahan_code)) if name)


def _filled(plan: Plan) -> str:
    """The address that a kit's code holds: with what is printed on it, so that it also fills in where no net is."""
    return url_for(
        "staff.outreach.log",
        r=plan.token,
        t=plan.title_id,
        w=plan.kelurahan_code,
        d=plan.on.strftime("%Y%m%d"),
        a=part.hex if (part := plans.part_of(plan)) else None,
    )


@plans_door.route("/siapkan")
@teaches
def prepare() -> Reply:
    form = PlanForm(formdata=None)
    form.kelurahan_code.data = plans.home(hand())
    title_id = request.args.get("t", "")
    form.title_id.data = title_id if title_id.isdecimal() else None
    return _prepare(form)


@plans_door.route("/siapkan", methods=["POST"])
@teaches
def plan() -> Reply:
    form = PlanForm().offer()
    if "parts" in request.form:
        return _prepare(form)
    if plan_id := form.submit(plans.plan, hand()):
        return see_other("staff.plans.kit", plan_id=plan_id)
    return _prepare(form)


def _prepare(form: PlanForm) -> Reply:
    form.once.data = form.once.data or onces.new()
    return light("worker/plans/prepare.html", form=form.offer())


@plans_door.route("/rencana/<uuid:plan_id>")
@teaches
def kit(plan_id: UUID) -> Reply:
    found = plans.get_for(hand(), plan_id)
    return light(
        "worker/plans/kit.html", plan=found, name=_name(found), where=_where(found), files=plans.files(found),
        bring=BRING, filled=_filled(found),
    )  # fmt: skip


@plans_door.route("/rencana/<uuid:plan_id>/cetak")
@teaches
def sheet(plan_id: UUID) -> Reply:
    """The attendance sheet, with the numbers of the boxes that the log has."""
    found = plans.get_for(hand(), plan_id)
    takings.sheet(hand())
    found = plans.get_for(hand(), plan_id)
    form = EveningForm(formdata=None)
    form.numbered()
    return page("staff/plans/sheet.html", form=form, plan=found, name=_name(found), where=_where(found),
                bring=BRING, filled=_filled(found))  # fmt: skip


@plans_door.route("/rencana/<uuid:plan_id>/batal", methods=["POST"])
@teaches
def cancel(plan_id: UUID) -> Reply:
    plans.cancel(hand(), plan_id)
    return see_other("staff.plans.mine", said=CANCELLED)
