"""Konsultasi keliling from the office's side: plan, go, say who came, give the next date."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext

from pepa.domain import appointments, areas, clashes, day_sheets, onces, routing, visits
from pepa.models.rooms import Need
from pepa.models.visits import Visit, VisitKind
from pepa.policy import Permission, can
from pepa.web import formats
from pepa.web.access import actor, needs
from pepa.web.fields import (
    ChoicesField,
    IdsField,
    InstantField,
    LineField,
    NumberField,
    OnceField,
    PickField,
    VersionField,
)
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

visits_door = Blueprint("visits", __name__, url_prefix="/jadwal")
PLANNED, CHANGED, CANCELLED = N_("Jadwal SUDAH ada di halaman warga."), N_("Jadwal diubah."), N_("Jadwal dibatalkan.")
CAME, MISSED, NEXT, SEATED, FREED = (
    N_("Dicatat: datang."),
    N_("Dicatat: tidak datang."),
    N_("Tanggal berikutnya tersimpan. Kodenya tetap sama."),
    N_("Tamu tanpa janji dicatat."),
    N_("Tempat dilepas. Orang lain bisa mengambilnya."),
)
notices(PLANNED, CHANGED, CANCELLED, CAME, MISSED, NEXT, SEATED, FREED)


class VisitForm(Form):
    kelurahan_code = PickField(N_("Kelurahan"), empty=N_("Di kantor"))
    place = LineField(N_("Tempat"), longest=visits.PLACE)
    starts_at = InstantField(N_("Mulai"), needed=N_("Tulis hari dan jam mulai."))
    ends_at = InstantField(N_("Selesai"), needed=N_("Tulis hari dan jam selesai."))
    slot_minutes = NumberField(N_("Lama satu konsultasi, menit"), needed=N_("Tulis lamanya, seperti 45."))
    seats = NumberField(N_("Berapa meja"), needed=N_("Tulis berapa meja, paling sedikit 1."))
    offers = ChoicesField(N_("Yang ada di sana"), Need)
    crew_ids = IdsField(N_("Yang berangkat"))

    def values(self) -> dict[str, object]:
        """A kelurahan that is chosen says what kind it is."""
        told = super().values()
        told["kind"] = (VisitKind.KELURAHAN if told["kelurahan_code"] else VisitKind.OFFICE).value
        return told


class PlanForm(VisitForm):
    once = OnceField()


class ChangeForm(VisitForm):
    version = VersionField()


class CancelForm(Form):
    version = VersionField()


class SlotForm(Form):
    slot = PickField(N_("Jam"))
    once = OnceField()

    def values(self) -> dict[str, object]:
        return {**super().values(), "slot": int(self.slot.data) if self.slot.data else None}


class NextForm(Form):
    """An hour says of which day it is: whoever picks another day afterwards is asked again."""

    visit_id = PickField(N_("Hari"), as_id=True, needed=N_("Pilih harinya."))
    slot = PickField(N_("Jam"))
    once = OnceField()

    def values(self) -> dict[str, object]:
        return {**super().values(), "slot": int(self.slot.data.partition(":")[2])}


@visits_door.route("")
@needs(Permission.RUN_VISIT)
def show() -> Reply:
    is_past = "lalu" in request.args
    found = visits.listed_for(actor(), at=request.args.get("at"), is_past=is_past)
    counts = appointments.counts(found.items) if is_past else {}
    wards = {one.code: one.name for one in areas.wards()}
    return page("staff/visits/list.html", found=found, wards=wards, is_past=is_past, counts=counts)


@visits_door.app_template_global()
def visits_today() -> Sequence[Visit]:
    """Those of today that the visitor goes along with."""
    return visits.today_of(actor()) if can(actor(), Permission.RUN_VISIT) else ()


@visits_door.app_template_global()
def shut_visits() -> Sequence[clashes.Clash]:
    """Those at the office on a time at which it is shut."""
    return clashes.of_office(actor())


def _wards() -> list[tuple[str, str]]:
    """By name: whoever plans knows where they go."""
    return [(one.code, one.label) for one in sorted(areas.wards(), key=lambda one: (one.name, one.code))]


@visits_door.route("/baru", methods=["GET", "POST"])
@needs(Permission.PLAN_VISITS)
def plan() -> Reply:
    form = PlanForm(data={"slot_minutes": 45, "seats": 1, "crew_ids": [actor().person_id]})
    form.kelurahan_code.offered = _wards()
    if visit_id := form.submit(visits.plan, actor()):
        return see_other("staff.visits.sheet", visit_id=visit_id, said=PLANNED)
    form.once.data = form.once.data or onces.new()
    return page("staff/visits/plan.html", form=form, visit=None, theirs=None, companions=visits.companions(actor()))


SAME = ("kelurahan_code", "place", "starts_at", "ends_at", "slot_minutes", "seats", "version")


def _stands(visit: Visit) -> dict[str, object]:
    crew = [one.id for one in visits.crew(visit.id)]
    return {**{name: getattr(visit, name) for name in SAME}, "offers": visit.offers.split(), "crew_ids": crew}


@visits_door.route("/<uuid:visit_id>/ubah", methods=["GET", "POST"])
@needs(Permission.PLAN_VISITS)
def change(visit_id: UUID) -> Reply:
    visit = visits.get_for(actor(), visit_id)
    form = ChangeForm(data=_stands(visit))
    form.kelurahan_code.offered = _wards()
    if form.submit(visits.change, actor(), visit_id):
        return see_other("staff.visits.sheet", visit_id=visit_id, said=CHANGED)
    stale = form.is_submitted() and form.version.data != visit.version
    form.version.data = visit.version
    return page(
        "staff/visits/plan.html",
        status=409 if stale else 200,
        form=form,
        visit=visit,
        theirs=visits.listed(visit_id) if stale else None,
        companions=visits.companions(actor()),
        **_held(visit_id),
    )


def _held(visit_id: UUID) -> dict[str, Any]:
    """Who still counts on a visit, and whose office opens the numbers."""
    return {"waiting": day_sheets.waiting(actor(), visit_id), "office": routing.office_for(None).name}


@visits_door.route("/<uuid:visit_id>/batal", methods=["GET", "POST"])
@needs(Permission.PLAN_VISITS)
def cancel(visit_id: UUID) -> Reply:
    visit = visits.get_for(actor(), visit_id)
    form = CancelForm(data={"version": visit.version})
    if form.submit(visits.cancel, actor(), visit_id):
        return see_other("staff.visits.show", said=CANCELLED)
    return page("staff/visits/cancel.html", form=form, visit=visit, **_held(visit_id))


@visits_door.route("/<uuid:visit_id>")
@needs(Permission.RUN_VISIT)
def sheet(visit_id: UUID) -> Reply:
    visit = visits.get_for(actor(), visit_id)
    form = SlotForm(formdata=None, data={"once": onces.new()})
    form.slot.offered = _for_guests(visit)
    return _sheet(visit, form)


@visits_door.route("/<uuid:visit_id>/tamu", methods=["POST"])
@needs(Permission.RUN_VISIT)
def seat(visit_id: UUID) -> Reply:
    """Somebody came without a place."""
    visit = visits.get_for(actor(), visit_id)
    form = SlotForm()
    form.slot.offered = _for_guests(visit)
    if form.submit(day_sheets.walk_in, actor(), visit_id):
        return see_other("staff.visits.sheet", visit_id=visit_id, said=SEATED)
    return _sheet(visit, form)


def _for_guests(visit: Visit) -> list[tuple[str, str]]:
    """The hours that are left on the day itself; where none is, a guest sits between the others."""
    if not visits.is_on(visit):
        return []
    left = appointments.slots(visit, running=True)
    if any(one.seats for one in left):
        return [(str(one.number), formats.hours(one.starts_at)) for one in left if one.seats]
    rest = [one.number for one in left] or [visit.slots - 1]
    between = N_("%(jam)s, di antara yang lain")
    return [(str(slot), gettext(between, jam=formats.hours(visit.slot_at(slot)))) for slot in rest]


def _sheet(visit: Visit, form: SlotForm) -> Reply:
    me = actor()
    return page(
        "staff/visits/sheet.html",
        form=form,
        visit=visit,
        listed=visits.listed(visit.id),
        count=appointments.counts([visit])[visit.id],
        crew=visits.crew(visit.id),
        rows=day_sheets.sheet(me, visit.id),
        most_aside=day_sheets.MOST_ASIDE,
    )


@visits_door.route("/tempat/<uuid:appointment_id>/datang", methods=["POST"])
@needs(Permission.RUN_VISIT)
def came(appointment_id: UUID) -> Reply:
    return _mark(appointment_id, came=True)


@visits_door.route("/tempat/<uuid:appointment_id>/tidak", methods=["POST"])
@needs(Permission.RUN_VISIT)
def missed(appointment_id: UUID) -> Reply:
    return _mark(appointment_id, came=False)


@visits_door.route("/tempat/<uuid:appointment_id>/lepas", methods=["GET", "POST"])
@needs(Permission.RUN_VISIT)
def free(appointment_id: UUID) -> Reply:
    """Somebody called and is not coming."""
    appointment = day_sheets.get_for(actor(), appointment_id)
    form = Form()
    if visit_id := form.submit(day_sheets.free, actor(), appointment_id):
        return see_other("staff.visits.sheet", visit_id=visit_id, said=FREED)
    visit = visits.find(appointment.visit_id)
    called = appointments.called(visit, appointment.slot, appointment.seat)
    return page("staff/visits/free.html", form=form, appointment=appointment, visit=visit, called=called)


def _mark(appointment_id: UUID, *, came: bool) -> Reply:
    visit_id = day_sheets.get_for(actor(), appointment_id).visit_id
    day_sheets.mark_came(actor(), appointment_id, came=came)
    return see_other("staff.visits.sheet", visit_id=visit_id, said=CAME if came else MISSED)


@visits_door.route("/tempat/<uuid:appointment_id>/lagi", methods=["GET", "POST"])
@needs(Permission.RUN_VISIT)
def give_next(appointment_id: UUID) -> Reply:
    """The next date: first the day, then the hour."""
    now = day_sheets.get_for(actor(), appointment_id)
    form = NextForm()
    form.visit_id.offered = [(one.id, _day(one)) for one in visits.coming() if one.free]
    chosen = form.visit_id.data if form.visit_id.data in {one for one, _ in form.visit_id.offered} else None
    form.slot.offered = _hours(chosen, form.slot.data) if chosen else []
    if chosen and form.slot.data and not form.slot.data.startswith(f"{chosen}:"):
        form.slot.data = None
        form.refuse(day_sheets.OtherDay())
    if chosen and form.slot.data and form.submit(day_sheets.give_next, actor(), appointment_id):
        return see_other("staff.visits.sheet", visit_id=now.visit_id, said=NEXT)
    if form.is_submitted() and not chosen:
        form.validate()
    if form.slot.errors:
        form.slot.offered = [(hour, says) for hour, says in form.slot.offered if hour != form.slot.data]
    form.once.data = form.once.data or onces.new()
    return page("staff/visits/next.html", form=form, appointment=now, visit=visits.find(now.visit_id))


def _day(one: visits.Listed) -> str:
    """Two visits may be on one day, and two places may have one name."""
    hours = f"{formats.on(formats.day(one.starts_at))}, {formats.hours(one.starts_at)}–{formats.hours(one.ends_at)}"
    return ", ".join([hours, one.place, *([one.kelurahan] if one.kelurahan else [])])


def _hours(visit_id: UUID, typed: str | None) -> list[tuple[str, str]]:
    """What is left of a day, and the hour that was chosen: that it is gone is said beside it."""
    named = [(f"{visit_id}:{one.number}", one) for one in appointments.slots(visits.find(visit_id))]
    return [(name, formats.hours(one.starts_at)) for name, one in named if one.seats or name == typed]
