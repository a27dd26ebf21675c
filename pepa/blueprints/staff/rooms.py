"""Rooms by day and by week, finding one, printing the day; what rooms there are, and keeping them."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext, lazy_gettext

from pepa import clock
from pepa.domain import diaries, offers, opening, rooms, takings, tallies, timetable
from pepa.models.rooms import OF_A_ROOM, Need
from pepa.policy import Permission, can
from pepa.web import drafts, formats
from pepa.web.access import actor, needs
from pepa.web.fields import (
    ChoicesField,
    DayField,
    LineField,
    NumberField,
    PickField,
    TextField,
    TickField,
    VersionField,
    day_asked,
)
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

rooms_door = Blueprint("rooms", __name__, url_prefix="/ruang")
ADDED, CHANGED = N_("Ruang SUDAH ditambahkan."), N_("Ruang SUDAH diubah.")
CLOSED, REOPENED = N_("Ruang SUDAH ditutup. Yang sudah dipesan ada di bawah."), N_("Ruang SUDAH dibuka lagi.")
notices(ADDED, CHANGED, CLOSED, REOPENED)
HOUR_ODD = N_("Tulis jam seperti ini: 10.30.")
TURNAROUNDS = (0, 15, 30, 45, 60)


class FindForm(Form):
    on = DayField(N_("Hari"))
    minutes = PickField(N_("Lama"))
    seats = NumberField(N_("Berapa orang"))
    needs = ChoicesField(N_("Yang perlu ada"), Need)
    around = LineField(N_("Sekitar jam"), longest=5)

    def validate(self, extra_validators: Any = None) -> bool:
        sound: bool = super().validate(extra_validators)
        if self.around.data and _hour(clock.today(), self.around.data) is None:
            self.around.errors = [*self.around.errors, gettext(HOUR_ODD)]
            return False
        return sound

    def asked(self) -> dict[str, Any]:
        """What is looked for; what could not be read is left out."""
        on = self.on.data or clock.today()
        return {
            "on": on,
            "minutes": int(self.minutes.data or 60),
            "seats": self.seats.data or 1,
            "needs": self.needs.data,
            "around": _hour(on, self.around.data or ""),
        }


class RoomForm(Form):
    name = LineField(N_("Nama"), longest=rooms.LONGEST_NAME)
    seats = NumberField(N_("Kursi"), needed=rooms.NoSeat.says)
    features = ChoicesField(N_("Yang ada di ruang ini"), Need)
    turnaround = PickField(N_("Jeda sesudah dipakai"), needed=rooms.TurnaroundOdd.says)
    rules = TextField(N_("Aturan dan isi ruang"), longest=2000)

    def values(self) -> dict[str, Any]:
        told = super().values()
        return {**told, "turnaround": int(told["turnaround"])}

    def offer(self) -> None:
        self.turnaround.offered = [(str(one), formats.length(one)) for one in TURNAROUNDS]
        self.features.offered = [(need.value, lazy_gettext(need.label)) for need in OF_A_ROOM]


class NewRoomForm(RoomForm):
    is_child = TickField()


class ChangeRoomForm(RoomForm):
    version = VersionField()


@rooms_door.route("")
@needs(Permission.BOOK_ROOM)
def day() -> Reply:
    on = day_asked()
    return page("staff/rooms/day.html", day=timetable.day(actor(), on), **_around(on, 1))


@rooms_door.route("/pekan")
@needs(Permission.BOOK_ROOM)
def week() -> Reply:
    on = day_asked()
    monday = on - timedelta(days=on.weekday())
    days = [monday + timedelta(days=n) for n in range(7)]
    return page("staff/rooms/week.html", week=timetable.week(actor(), on), days=days, **_around(monday, 7))


@rooms_door.route("/cari")
@needs(Permission.BOOK_ROOM)
def find() -> Reply:
    form = FindForm(formdata=request.args)
    form.minutes.offered = [(str(one), formats.length(one)) for one in offers.LENGTHS]
    form.needs.offered = [(need.value, lazy_gettext(need.label)) for need in OF_A_ROOM]
    is_sent = "minutes" in request.args
    is_read = is_sent and form.validate()
    asked = form.asked()
    found = offers.find(actor(), **asked) if is_read else None
    form.minutes.data = str(asked["minutes"])
    form.on.data = form.on.data or (None if is_sent else asked["on"])
    return page("staff/rooms/find.html", form=form, found=found, on=asked["on"], minutes=asked["minutes"], status=200)


@rooms_door.route("/cetak")
@needs(Permission.BOOK_ROOM)
def sheet() -> Reply:
    on = day_asked()
    takings.sheet(actor())
    return page("staff/rooms/sheet.html", day=timetable.day(actor(), on), on=on, now=clock.now())


@rooms_door.route("/<uuid:room_id>/pintu")
@needs(Permission.BOOK_ROOM)
def door(room_id: UUID) -> Reply:
    on = day_asked()
    rooms.get_for(actor(), room_id)
    takings.sheet(actor())
    room = rooms.get_for(actor(), room_id)
    return page("staff/rooms/door.html", room=room, notices=timetable.door(actor(), room_id, on), on=on)


@rooms_door.route("/daftar")
@needs(Permission.BOOK_ROOM)
def every() -> Reply:
    return page("staff/rooms/list.html", rooms=rooms.all_of_them(actor()))


@rooms_door.route("/pemakaian")
@needs(Permission.KEEP_ROOMS)
def used() -> Reply:
    return page("staff/rooms/used.html", month=tallies.month(actor(), _month_asked()))


@rooms_door.route("/baru", methods=["GET", "POST"])
@needs(Permission.KEEP_ROOMS)
def add() -> Reply:
    form = NewRoomForm()
    form.offer()
    draft = None if form.is_submitted() else drafts.offered(form)
    if room_id := form.submit(rooms.add, actor()):
        drafts.done()
        return see_other("staff.rooms.show", room_id=room_id, said=ADDED)
    form.turnaround.data = form.turnaround.data or "15"
    return page("staff/rooms/edit.html", form=form, room=None, theirs=None, draft=draft)


@rooms_door.route("/<uuid:room_id>")
@needs(Permission.BOOK_ROOM)
def show(room_id: UUID) -> Reply:
    me = actor()
    room = rooms.get_for(me, room_id)
    booked = diaries.of_room(me, room_id) if can(me, Permission.DECIDE_BOOKING) else None
    return page("staff/rooms/show.html", room=room, booked=booked)


@rooms_door.route("/<uuid:room_id>/ubah", methods=["GET", "POST"])
@needs(Permission.KEEP_ROOMS)
def change(room_id: UUID) -> Reply:
    room = rooms.get_for(actor(), room_id)
    form = ChangeRoomForm(
        data={
            "name": room.name,
            "seats": room.seats,
            "features": room.features.split(),
            "turnaround": str(room.turnaround),
            "rules": room.rules,
            "version": room.version,
        }
    )
    form.offer()
    draft = None if form.is_submitted() else drafts.offered(form)
    if form.submit(rooms.change, actor(), room_id):
        drafts.done()
        return see_other("staff.rooms.show", room_id=room_id, said=CHANGED)
    stored = rooms.get_for(actor(), room_id)
    theirs = stored if form.is_submitted() and form.version.data != stored.version else None
    form.version.data = stored.version
    status = 409 if theirs else 200
    return page("staff/rooms/edit.html", status=status, form=form, room=stored, theirs=theirs, draft=draft)


@rooms_door.route("/<uuid:room_id>/tutup")
@needs(Permission.KEEP_ROOMS)
def ask(room_id: UUID) -> Reply:
    return page("staff/rooms/close.html", room=rooms.get_for(actor(), room_id))


@rooms_door.route("/<uuid:room_id>/tutup", methods=["POST"])
@needs(Permission.KEEP_ROOMS)
def close(room_id: UUID) -> Reply:
    rooms.close(actor(), room_id)
    return see_other("staff.rooms.show", room_id=room_id, said=CLOSED)


@rooms_door.route("/<uuid:room_id>/buka", methods=["POST"])
@needs(Permission.KEEP_ROOMS)
def reopen(room_id: UUID) -> Reply:
    rooms.reopen(actor(), room_id)
    return see_other("staff.rooms.show", room_id=room_id, said=REOPENED)


def _month_asked() -> date | None:
    """The month in the address, `?bulan=2026-08`."""
    try:
        return date.fromisoformat(request.args.get("bulan", "") + "-01")
    except ValueError:
        return None


def _around(on: date, step: int) -> dict[str, Any]:
    return {"on": on, "before": on - timedelta(days=step), "after": on + timedelta(days=step), "now": clock.now()}


def _hour(on: date, typed: str) -> datetime | None:
    """`10.30` or `10` on a day."""
    hour, _, minute = typed.replace(":", ".").partition(".")
    if not (hour.isdecimal() and int(hour) < 24 and (not minute or (minute.isdecimal() and int(minute) < 60))):
        return None
    return opening.at(on, int(hour) * 60 + int(minute or 0))
