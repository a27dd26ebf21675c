"""Konsultasi keliling: the calendar for everybody, a place without a name, and what a code says of it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, make_response, render_template, request

from pepa import clock
from pepa.domain import appointments, areas, visits
from pepa.models.rooms import Need
from pepa.web import formats
from pepa.web.access import public
from pepa.web.fields import ChoicesField, CodeField, IdsField, LineField, OnceField, PickField
from pepa.web.forms import Form
from pepa.web.pages import Reply, page
from pepa.words import N_

visits_door = Blueprint("visits", __name__, url_prefix="/jadwal")


class PlaceForm(Form):
    slot = PickField(N_("Jam berapa?"))
    needs = ChoicesField(N_("Perlu sesuatu? (boleh dilewati)"), Need)
    contact = LineField(N_("Nomor yang aman, kalau jadwal berubah (boleh kosong)"), longest=appointments.CONTACT)
    subject = LineField(N_("Kosongkan ini."))  # nobody sees it; machines fill it in
    ticket = OnceField()

    def values(self) -> dict[str, object]:
        return {**super().values(), "slot": int(self.slot.data) if self.slot.data else None}


class CodeForm(Form):
    code = CodeField(N_("Kode"))


class GiveBackForm(CodeForm):
    appointment_ids = IdsField()


@visits_door.route("")
@public
def show() -> Reply:
    return page("citizen/visits/list.html", **_asked())


@visits_door.route("/cetak")
@public
def print_list() -> Reply:
    """For the boards of RT and RW."""
    return page("citizen/visits/print.html", **_asked())


def _asked() -> dict[str, Any]:
    """The calendar by what stands in the address; a kecamatan that is none is none."""
    known = areas.kecamatan()
    code = request.args.get("kecamatan", "")
    listed = visits.coming(kecamatan_code=code if code in known else None)
    return {
        "visits": listed,
        "kecamatan": known,
        "chosen": code if code in known else "",
        "today": clock.today(),
    }


@visits_door.route("/<uuid:visit_id>")
@public
def ask(visit_id: UUID) -> Reply:
    form = _form(visit_id)
    form.ticket.data = appointments.ticket()
    return _asking(visit_id, form)


@visits_door.route("/<uuid:visit_id>", methods=["POST"])
@public
def take(visit_id: UUID) -> Reply:
    form = _form(visit_id)
    if not request.is_whole:  # type: ignore[attr-defined]
        return _asking(visit_id, form, is_cut=True)
    if code := form.submit(appointments.ask, visit_id):
        return _code(code)
    return _asking(visit_id, form)


def _form(visit_id: UUID) -> PlaceForm:
    form = PlaceForm()
    form.slot.offered = [
        (str(one.number), formats.hours(one.starts_at))
        for one in appointments.slots(visits.find(visit_id))
        if one.seats or str(one.number) == form.slot.data
    ]
    return form


def _asking(visit_id: UUID, form: PlaceForm, *, is_cut: bool = False) -> Reply:
    """What was taken meanwhile is offered no more; a form that comes back has a ticket of whoever has read it."""
    if form.slot.errors:
        form.slot.offered = [(number, hour) for number, hour in form.slot.offered if number != form.slot.data]
    if form.errors:
        form.ticket.data = appointments.ticket(again=True)
    return page("citizen/visits/ask.html", form=form, visit=visits.listed(visit_id), is_cut=is_cut)


def _code(code: str) -> Reply:
    """What is held by now: a form that is sent again may be older than what became of its place."""
    groups, held = appointments.shown(code), appointments.by_code(code=code)
    open_ones = [one for one in held if one.is_open]
    if not open_ones:
        return _held(held, code)
    response = make_response(render_template("citizen/visits/code.html", groups=groups, held=open_ones))
    response.keep_plain = True  # type: ignore[attr-defined]
    return response


@visits_door.route("/kode", methods=["GET", "POST"])
@public
def look() -> Reply:
    """The code is typed, and stands in no address."""
    form = CodeForm()
    if held := form.submit(appointments.by_code):
        return _held(held, form.code.data or "")
    return page("citizen/visits/look.html", form=form)


@visits_door.route("/batal", methods=["POST"])
@public
def give_back() -> Reply:
    form = GiveBackForm()
    if not request.is_whole:  # type: ignore[attr-defined]
        return page("citizen/visits/look.html", form=form)
    if held := form.submit(appointments.cancel_by_code):
        return _held(held, form.code.data or "")
    return page("citizen/visits/look.html", form=form)


def _held(held: Sequence[appointments.Held], code: str) -> Reply:
    response = make_response(render_template("citizen/visits/held.html", held=held, code=code))
    response.keep_plain = True  # type: ignore[attr-defined]
    return response
