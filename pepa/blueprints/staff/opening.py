"""When the house is open: closures, dated sets of hours, the holidays of a year."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, request

from pepa import clock
from pepa.domain import diaries, guests, onces, opening, rooms
from pepa.models.places import Holiday
from pepa.policy import Permission, can
from pepa.web.access import actor, needs
from pepa.web.fields import CodeField, DayField, InstantField, LineField, OnceField, PickField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

opening_door = Blueprint("opening", __name__, url_prefix="/ruang/jam-buka")
SHUT, OPENED = N_("Penutupan SUDAH dicatat."), N_("Penutupan SUDAH dihapus.")
ADDED, DROPPED = N_("Jam buka SUDAH ditambahkan."), N_("Jam buka SUDAH dihapus.")
APPROVED = N_("Hari libur SUDAH disetujui.")
notices(SHUT, OPENED, ADDED, DROPPED, APPROVED)
YEARS = range(2000, 2200)


class ClosureForm(Form):
    room_id = PickField(N_("Ruang"), as_id=True)
    starts_at = InstantField(N_("Mulai"), needed=N_("Tulis hari dan jam mulai."))
    ends_at = InstantField(N_("Selesai"), needed=N_("Tulis hari dan jam selesai."))
    says = LineField(N_("Alasan"), longest=opening.LONGEST_LINE)
    once = OnceField()


class SetForm(Form):
    name = LineField(N_("Nama"), longest=opening.LONGEST_LINE)
    valid_from = DayField(N_("Berlaku mulai"))
    valid_until = DayField(N_("Berlaku sampai"))
    day_0 = LineField(N_("Senin"), longest=20)
    day_1 = LineField(N_("Selasa"), longest=20)
    day_2 = LineField(N_("Rabu"), longest=20)
    day_3 = LineField(N_("Kamis"), longest=20)
    day_4 = LineField(N_("Jumat"), longest=20)
    day_5 = LineField(N_("Sabtu"), longest=20)
    day_6 = LineField(N_("Minggu"), longest=20)
    once = OnceField()

    def values(self) -> dict[str, Any]:
        told = super().values()
        days = [told.pop(f"day_{n}") for n in range(7)]
        return {**told, "days": days}


@opening_door.route("")
@needs(Permission.BOOK_ROOM)
def show() -> Reply:
    return _show(None, None)


def _show(closing: ClosureForm | None, adding: SetForm | None) -> Reply:
    me = actor()
    if can(me, Permission.KEEP_ROOMS):
        closing, adding = closing or ClosureForm(formdata=None), adding or SetForm(formdata=None)
        closing.room_id.offered = [(one.id, one.name) for one in rooms.every(me)]
        for form in (closing, adding):
            form.once.data = form.once.data or onces.new()
    sent = next((form for form in (closing, adding) if form is not None and form.errors), None)
    return page(
        "staff/opening/show.html",
        form=sent,
        closing=closing,
        adding=adding,
        closures=opening.closures(me),
        sets=opening.sets(me),
        names={one.id: one.name for one in rooms.all_of_them(me)},
        year=clock.today().year,
    )


@opening_door.route("/tutup", methods=["POST"])
@needs(Permission.KEEP_ROOMS)
def close() -> Reply:
    form = ClosureForm()
    form.room_id.offered = [(one.id, one.name) for one in rooms.every(actor())]
    if closure_id := form.submit(opening.close, actor()):
        return see_other("staff.opening.closure", closure_id=closure_id, said=SHUT)
    return _show(form, None)


@opening_door.route("/tutup/<uuid:closure_id>")
@needs(Permission.KEEP_ROOMS)
def closure(closure_id: UUID) -> Reply:
    me = actor()
    found = opening.closure_for(me, closure_id)
    booked = None
    if can(me, Permission.DECIDE_BOOKING):
        booked = diaries.within(me, found.starts_at, found.ends_at, found.room_id)
    room = rooms.get_for(me, found.room_id) if found.room_id else None
    is_all = room is None and can(me, Permission.KEEP_APART)
    awaited = guests.within(me, found.starts_at, found.ends_at) if is_all else ()
    return page("staff/opening/closure.html", closure=found, booked=booked, awaited=awaited, room=room)


@opening_door.route("/tutup/<uuid:closure_id>/hapus", methods=["POST"])
@needs(Permission.KEEP_ROOMS)
def reopen(closure_id: UUID) -> Reply:
    opening.reopen(actor(), closure_id)
    return see_other("staff.opening.show", said=OPENED)


@opening_door.route("/jam", methods=["POST"])
@needs(Permission.KEEP_ROOMS)
def add_set() -> Reply:
    form = SetForm()
    if set_id := form.submit(opening.add_set, actor()):
        return see_other("staff.opening.dated", set_id=set_id, said=ADDED)
    return _show(None, form)


@opening_door.route("/jam/<uuid:set_id>")
@needs(Permission.KEEP_ROOMS)
def dated(set_id: UUID) -> Reply:
    me = actor()
    found = opening.set_for(me, set_id)
    booked = diaries.outside(me, set_id) if can(me, Permission.DECIDE_BOOKING) else None
    awaited = guests.outside(me, set_id) if can(me, Permission.KEEP_APART) else ()
    return page("staff/opening/dated.html", found=found, booked=booked, awaited=awaited)


@opening_door.route("/jam/<uuid:set_id>/hapus")
@needs(Permission.KEEP_ROOMS)
def ask(set_id: UUID) -> Reply:
    return page("staff/opening/drop.html", found=opening.set_for(actor(), set_id))


@opening_door.route("/jam/<uuid:set_id>/hapus", methods=["POST"])
@needs(Permission.KEEP_ROOMS)
def drop_set(set_id: UUID) -> Reply:
    opening.drop_set(actor(), set_id)
    return see_other("staff.opening.show", said=DROPPED)


class HolidaysForm(Form):
    """state: which were approved when the page was made; the days themselves are its boxes"""

    state = CodeField()

    def values(self) -> dict[str, Any]:
        return {"state": self.state.data, "days": request.form.getlist("days")}


@opening_door.route("/libur")
@needs(Permission.BOOK_ROOM)
def holidays() -> Reply:
    return _holidays(None)


def _holidays(form: HolidaysForm | None) -> Reply:
    """The days of a year; where somebody else was first, ticked as typed and judged anew."""
    me, year = actor(), _year()
    days = opening.holidays(me, year)
    approved = [day.on for day in days if day.approved_at]
    return page(
        "staff/opening/holidays.html",
        form=form,
        days=days,
        year=year,
        state=opening.state_of(days),
        ticked=request.form.getlist("days") if form else _proposed(days, approved),
        booked=diaries.on_days(me, approved) if can(me, Permission.DECIDE_BOOKING) else (),
        awaited=guests.on_days(me, approved) if can(me, Permission.KEEP_APART) else (),
        approved_any=bool(approved),
        today=clock.today(),
    )


def _proposed(days: Sequence[Holiday], approved: Sequence[date]) -> list[str]:
    """What stands; where nothing was approved yet, the days that are certain: an estimate is ticked by a person."""
    return [on.isoformat() for on in approved or [day.on for day in days if day.is_certain]]


@opening_door.route("/libur", methods=["POST"])
@needs(Permission.KEEP_ROOMS)
def approve() -> Reply:
    form = HolidaysForm()
    if form.submit(opening.approve, actor(), _year()) is None:
        return _holidays(form)
    return see_other("staff.opening.holidays", tahun=_year(), said=APPROVED)


def _year() -> int:
    typed = request.args.get("tahun", "")
    year = int(typed) if typed.isdecimal() and len(typed) == 4 else clock.today().year
    return year if year in YEARS else clock.today().year
