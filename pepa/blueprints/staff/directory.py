"""What organisations offer to each other: the directory, how many places are free, a partner's start page."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, request

from pepa.domain import capacities, starts
from pepa.models.capacities import Aid
from pepa.policy import Permission
from pepa.web.access import actor, needs
from pepa.web.fields import ChoicesField, CodeField, LineField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

directory_door = Blueprint("directory", __name__, url_prefix="/layanan")
TOLD, KEPT = N_("Tempat kosong SUDAH dicatat."), N_("Isian lembaga Anda SUDAH disimpan.")
QUICK = (0, 1, 2, 3, 4, 5, 6, 8, 10)  # numbers that are one tap away; any other is typed
notices(TOLD, KEPT)


class PlacesForm(Form):
    """quick: a number that was pressed; places: one that was typed"""

    aid = CodeField()
    quick = CodeField()
    places = LineField(N_("Angka lain"), longest=3)

    def values(self) -> dict[str, Any]:
        typed = self.quick.data or self.places.data or ""
        return {"aid": self.aid.data, "places": int(typed) if typed.isascii() and typed.isdigit() else None}


class EntryForm(Form):
    aids = ChoicesField(N_("Yang disediakan"), Aid)
    hours = LineField(N_("Jam dihubungi"), longest=120)
    phone = LineField(N_("Telepon untuk rekan"), longest=40)
    since = CodeField()


@directory_door.route("")
@needs(Permission.SEE_DIRECTORY)
def show() -> Reply:
    asked = request.args.get("bantuan", "")
    aid = Aid(asked) if asked in {one.value for one in Aid} else None
    return page("staff/directory/show.html", found=capacities.directory(actor(), aid), aid=aid, aids=Aid)


@directory_door.route("/tempat", methods=["GET", "POST"])
@needs(Permission.TELL_PLACES)
def tell() -> Reply:
    form = PlacesForm()
    if form.submit(capacities.tell, actor()):
        return see_other("staff.today.show", said=TOLD)
    return page("staff/directory/tell.html", form=form, ours=capacities.ours(actor()))


@directory_door.route("/ubah", methods=["GET", "POST"])
@needs(Permission.KEEP_ENTRY)
def keep() -> Reply:
    form = EntryForm()
    if form.submit(capacities.keep, actor()):
        return see_other("staff.directory.show", said=KEPT)
    ours, theirs = capacities.ours(actor()), None
    if not form.is_submitted():
        form.hours.data, form.phone.data = ours.hours, ours.phone
        form.aids.data = [one.row.aid for one in ours.offers]
    elif form.since.data != ours.since:
        theirs = ours
    form.since.data = ours.since
    return page("staff/directory/keep.html", status=409 if theirs else 200, form=form, theirs=theirs)


@directory_door.app_template_global()
def start_of_day() -> starts.Start:
    """What the visitor's organisation has today."""
    return starts.of(actor())


@directory_door.app_template_global()
def quick_places() -> Sequence[int]:
    return QUICK
