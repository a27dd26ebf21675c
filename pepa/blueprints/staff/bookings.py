"""Booking a free cell, one's own bookings, and what becomes of each: moved, cancelled, decided, used."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask_babel import lazy_gettext

from pepa import clock
from pepa.domain import (
    apart,
    bookings,
    check_ins,
    child_rooms,
    diaries,
    displacements,
    endings,
    guests,
    offers,
    onces,
    rooms,
    stays,
)
from pepa.models.rooms import Booking, Companion, Need, Purpose, Reason, Room
from pepa.models.stays import Side
from pepa.policy import Permission, can
from pepa.web import formats
from pepa.web.access import actor, needs
from pepa.web.fields import ChoiceField, ChoicesField, InstantField, OnceField, PickField, TickField, VersionField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

bookings_door = Blueprint("bookings", __name__)
BOOKED, ASKED = N_("SUDAH dipesan."), N_("SUDAH diminta. Waktunya ditahan sampai diputuskan.")
MOVED, CANCELLED, DECIDED = N_("SUDAH dipindah."), N_("SUDAH dibatalkan."), N_("SUDAH diputuskan.")
HERE, OVER = N_("Dicatat: sudah datang."), N_("Dicatat: selesai.")
TAKEN = N_("Ruang SUDAH diambil. Pemesannya diberi tahu.")
notices(TAKEN, BOOKED, ASKED, MOVED, CANCELLED, DECIDED, HERE, OVER)
OF_A_STAY = ("group_id", "side", "entrance", "window")
NO_TIME = N_("Tulis hari dan jam mulai.")
NO_LENGTH = N_("Pilih berapa lama.")


class TimeForm(Form):
    starts_at = InstantField(N_("Mulai"), needed=NO_TIME)
    minutes = PickField(N_("Berapa lama"), needed=NO_LENGTH)

    def values(self) -> dict[str, Any]:
        told = super().values()
        return {**told, "minutes": int(told["minutes"])}

    def offer_lengths(self, room: Room | None) -> None:
        """All of them, or before it is sent those that fit."""
        fit = offers.lengths(actor(), room, self.starts_at.data) if room and self.starts_at.data else ()
        self.minutes.offered = [(str(one), formats.length(one)) for one in fit or offers.LENGTHS]
        if self.minutes.data is None:
            self.minutes.data = "60" if not fit or 60 in fit else str(fit[-1])


class BookForm(TimeForm):
    purpose = ChoiceField(N_("Untuk apa"), Purpose)
    companion = ChoiceField(N_("Siapa yang menemani anak"), Companion)
    needs = ChoicesField(N_("Yang perlu disiapkan"), Need)
    once = OnceField()

    @property
    def is_kept_apart(self) -> bool:
        return False


class KeptApartForm(BookForm):
    """The office's: it may say that it is for somebody who must not meet another."""

    group_id = PickField(N_("Yang tidak boleh bertemu"), as_id=True)
    side = ChoiceField(N_("Siapa yang datang"), Side)
    entrance = PickField(N_("Pintu"))
    window = PickField(N_("Waktu datang, sejak mulai"))

    def offer_groups(self) -> None:
        self.group_id.offered = [(one.id, one.label) for one in apart.groups(actor())]
        self.entrance.offered = [(one, one) for one in stays.entrances()]
        self.window.offered = [(str(one), formats.length(one)) for one in stays.WINDOWS]
        self.window.data = self.window.data or str(stays.WINDOWS[0])

    def values(self) -> dict[str, Any]:
        told = super().values()
        told["window"] = int(told["window"] or stays.WINDOWS[0])
        return told if self.is_kept_apart else {k: v for k, v in told.items() if k not in OF_A_STAY}

    @property
    def is_kept_apart(self) -> bool:
        """Whatever of it was chosen: half an answer must not become a booking like any other."""
        return any((self.group_id.data, self.side.data, self.entrance.data))


class VersionForm(Form):
    version = VersionField()


class MoveForm(TimeForm, VersionForm):
    room_id = PickField(N_("Ruang"), needed=N_("Pilih satu ruang."), as_id=True)


class DisplaceForm(VersionForm):
    reason = ChoiceField(N_("Alasan"), Reason)
    once = OnceField()


class DecideForm(VersionForm):
    is_granted = TickField()


@bookings_door.app_template_global()
def booked_today() -> Sequence[Booking]:
    """What the visitor has booked for the rest of today."""
    return diaries.today(actor()) if can(actor(), Permission.BOOK_ROOM) else ()


@bookings_door.app_template_global()
def purpose(code: str) -> str:
    """A kind of use as a msgid."""
    return Purpose(code).label


@bookings_door.app_template_global()
def released_after(starts_at: datetime | None) -> datetime | None:
    """Until when a room is kept for somebody who does not say that they are there; None: to its end."""
    unused = endings.unused()
    return starts_at + unused if starts_at is not None and unused < endings.LONGEST else None


@bookings_door.app_template_global()
def most_booked() -> int:
    """How many bookings a list of those that are in the way names at once."""
    return diaries.MOST


@bookings_door.app_template_global()
def reason(code: str) -> str:
    return Reason(code).label


@bookings_door.app_template_global()
def companion(code: str) -> str:
    return Companion(code).label


@bookings_door.route("/ruang/<uuid:room_id>/pesan", methods=["GET", "POST"])
@needs(Permission.BOOK_ROOM)
def book(room_id: UUID) -> Reply:
    room = rooms.get_for(actor(), room_id)
    form = _book_form(room)
    if not form.is_submitted():
        _prefill(form)
    form.offer_lengths(None if form.is_submitted() else room)
    if room.is_child:
        form.purpose.offered = [(one.value, lazy_gettext(one.label)) for one in child_rooms.PURPOSES]
    form.once.data = form.once.data or onces.new()
    asks = room.is_child or form.is_kept_apart
    if booking_id := _book(form, room_id):
        return see_other("staff.bookings.show", booking_id=booking_id, said=ASKED if asks else BOOKED)
    return page("staff/bookings/book.html", form=form, room=rooms.get_for(actor(), room_id))


def _book_form(room: Room) -> BookForm:
    if not can(actor(), Permission.KEEP_APART):
        return BookForm()
    form = KeptApartForm()
    form.offer_groups()
    if room.is_child:
        form.side.offered = [(Side.A.value, lazy_gettext(Side.A.label))]
    return form


def _book(form: BookForm, room_id: UUID) -> UUID | None:
    if form.is_kept_apart:
        return form.submit(stays.book, actor(), room_id)
    return form.submit(bookings.book, actor(), room_id)


def _prefill(form: TimeForm) -> None:
    """The free cell that was pressed: its beginning, and how long it was looked for."""
    try:
        form.starts_at.process_formdata([request.args.get("mulai", "").replace("T", " ")])
    except ValueError:
        form.starts_at.raw = ""
    lengths = {str(one) for one in offers.LENGTHS}
    form.minutes.data = request.args.get("lama") if request.args.get("lama") in lengths else None


@bookings_door.route("/pesanan")
@needs(Permission.BOOK_ROOM)
def mine() -> Reply:
    is_past = "lalu" in request.args
    found = diaries.mine(actor(), at=request.args.get("at"), is_past=is_past)
    lost = () if is_past else diaries.lost(actor())
    return page("staff/bookings/mine.html", found=found, is_past=is_past, lost=lost, state_of=diaries.state_of)


@bookings_door.route("/pesanan/menunggu")
@needs(Permission.DECIDE_BOOKING)
def waiting() -> Reply:
    return page("staff/bookings/waiting.html", found=diaries.waiting(actor()))


@bookings_door.route("/pesanan/<uuid:booking_id>")
@needs(Permission.BOOK_ROOM)
def show(booking_id: UUID) -> Reply:
    return _show(booking_id, VersionForm(formdata=None))


def _show(booking_id: UUID, form: Form) -> Reply:
    me, shown = actor(), diaries.one(actor(), booking_id)
    return page(
        "staff/bookings/show.html",
        form=form,
        shown=shown,
        now=clock.now(),
        kept_apart=guests.of_booking(me, booking_id) if can(me, Permission.KEEP_APART) else None,
        instead=displacements.instead(me, shown.booking) if shown.booking.displaced_for else (),
    )


@bookings_door.route("/pesanan/<uuid:booking_id>/pindah", methods=["GET", "POST"])
@needs(Permission.BOOK_ROOM)
def move(booking_id: UUID) -> Reply:
    booking = bookings.get_for(actor(), booking_id)
    form = MoveForm()
    if not form.is_submitted():
        form.starts_at.data, form.room_id.data, form.version.data = booking.starts_at, booking.room_id, booking.version
        form.minutes.data = str(int((booking.ends_at - booking.starts_at).total_seconds()) // 60)
        if "mulai" in request.args:
            _prefill(form)
    form.room_id.offered = [(one.id, one.name) for one in bookings.rooms_for(actor(), booking)]
    form.offer_lengths(None)
    if form.submit(bookings.move, actor(), booking_id):
        is_asked = diaries.one(actor(), booking_id).next_room is not None
        return see_other("staff.bookings.show", booking_id=booking_id, said=ASKED if is_asked else MOVED)
    return _again("staff/bookings/move.html", form, booking_id)


def _again(template: str, form: VersionForm, booking_id: UUID) -> Reply:
    """What stands now. Whoever came second reads it and sends again what they typed."""
    shown = diaries.one(actor(), booking_id)
    is_stale = form.is_submitted() and form.version.data != shown.booking.version
    form.version.data = shown.booking.version
    return page(template, status=409 if is_stale else 200, form=form, shown=shown)


@bookings_door.route("/pesanan/<uuid:booking_id>/batal", methods=["GET", "POST"])
@needs(Permission.BOOK_ROOM)
def cancel(booking_id: UUID) -> Reply:
    form = VersionForm()
    if form.submit(bookings.cancel, actor(), booking_id):
        return see_other("staff.bookings.show", booking_id=booking_id, said=CANCELLED)
    return page("staff/bookings/cancel.html", form=form, shown=diaries.one(actor(), booking_id))


@bookings_door.route("/pesanan/<uuid:booking_id>/darurat", methods=["GET", "POST"])
@needs(Permission.DECIDE_BOOKING)
def displace(booking_id: UUID) -> Reply:
    form = DisplaceForm()
    form.once.data = form.once.data or onces.new()
    if ours := form.submit(displacements.displace, actor(), booking_id):
        return see_other("staff.bookings.show", booking_id=ours, said=TAKEN)
    return _again("staff/bookings/displace.html", form, booking_id)


@bookings_door.route("/pesanan/<uuid:booking_id>/putuskan", methods=["POST"])
@needs(Permission.DECIDE_BOOKING)
def decide(booking_id: UUID) -> Reply:
    form = DecideForm()
    if form.submit(bookings.decide, actor(), booking_id):
        return see_other("staff.bookings.waiting", said=DECIDED)
    return _show(booking_id, form)


@bookings_door.route("/pesanan/<uuid:booking_id>/datang", methods=["POST"])
@needs(Permission.BOOK_ROOM)
def check_in(booking_id: UUID) -> Reply:
    form = VersionForm()
    if form.submit(check_ins.check_in, actor(), booking_id):
        return see_other("staff.bookings.show", booking_id=booking_id, said=HERE)
    return _show(booking_id, form)


@bookings_door.route("/pesanan/<uuid:booking_id>/selesai", methods=["POST"])
@needs(Permission.BOOK_ROOM)
def end(booking_id: UUID) -> Reply:
    form = VersionForm()
    if form.submit(check_ins.end, actor(), booking_id):
        return see_other("staff.bookings.show", booking_id=booking_id, said=OVER)
    return _show(booking_id, form)
