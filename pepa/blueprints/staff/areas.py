"""Places: what lies in a kelurahan, what became of it, and the office's list of it as a file."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, request

from pepa import clock
from pepa.domain import area_changes, areas, listings, onces, takings
from pepa.domain.areas import Part, Ward
from pepa.errors import Invalid
from pepa.models.areas import Level
from pepa.policy import Permission
from pepa.web import drafts
from pepa.web.access import actor, needs
from pepa.web.downloads import as_file
from pepa.web.fields import ChoiceField, DayField, FilesField, LineField, OnceField, PickField, TextField, TickField
from pepa.web.forms import Form
from pepa.web.gates import upload, with_files
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

areas_door = Blueprint("areas", __name__, url_prefix="/wilayah")
ADDED, CHANGED, ENDED = N_("Sudah ditambahkan."), N_("Sudah diubah. Yang lama tetap tercatat."), N_("Sudah diakhiri.")
STORED, NOTHING_NEW = N_("Daftar SUDAH disimpan."), N_("Tidak ada yang baru di daftar ini. Tidak ada yang diubah.")
notices(ADDED, CHANGED, ENDED, STORED, NOTHING_NEW)
DAY = N_("Tulis harinya, seperti ini: 25/11/2026.")
SHOWN = 100  # lines of one kind on the page that looks a list over


class AddForm(Form):
    level = ChoiceField(N_("Apa?"), Level)
    name = LineField(N_("Nomor atau nama"), longest=60)
    parent_id = PickField(N_("Di dalam"), as_id=True, empty=N_("Langsung di kelurahan"))
    on = DayField(N_("Sejak"), needed=DAY)
    once = OnceField()


class RenameForm(Form):
    name = LineField(N_("Nomor atau nama baru"), longest=60)
    on = DayField(N_("Sejak"), needed=DAY)


class SplitForm(Form):
    names = LineField(N_("Menjadi"), longest=300)
    on = DayField(N_("Sejak"), needed=DAY)


class MergeForm(Form):
    other_id = PickField(N_("Digabung dengan"), as_id=True)
    name = LineField(N_("Menjadi"), longest=60)
    on = DayField(N_("Sejak"), needed=DAY)


class MoveForm(Form):
    parent_id = PickField(N_("Pindah ke"), as_id=True)
    on = DayField(N_("Sejak"), needed=DAY)


class EndForm(Form):
    on = DayField(N_("Sejak"), needed=DAY)


class ListForm(Form):
    text = TextField(N_("Atau tempel isinya"))
    file = FilesField(N_("File CSV"))

    def values(self) -> dict[str, Any]:
        """The file has gone its own way."""
        return {"text": self.text.data}


class StoreForm(Form):
    text = TextField(N_("Isi daftar"))
    on = DayField(N_("Berlaku sejak"), needed=DAY)
    ends_others = TickField()


@areas_door.route("")
@needs(Permission.KEEP_AREAS)
def show() -> Reply:
    code = request.args.get("kelurahan")
    if code is None:
        return page("staff/areas/city.html", wards=areas.wards(), counts=listings.counts(actor()))
    form = AddForm(formdata=None, data={"level": Level.RT.value, "on": clock.today()})
    return _ward(code, form)


@areas_door.route("", methods=["POST"])
@needs(Permission.KEEP_AREAS)
def add() -> Reply:
    code = request.args.get("kelurahan", "")
    form = AddForm()
    form.parent_id.offered = _larger(code)
    if form.submit(area_changes.add, actor(), kelurahan_code=code):
        return see_other("staff.areas.show", kelurahan=code, said=ADDED)
    return _ward(code, form)


def _ward(code: str, form: AddForm) -> Reply:
    ward = areas.ward(code)
    form.parent_id.offered = _larger(code)
    form.once.data = form.once.data or onces.new()
    return page("staff/areas/ward.html", form=form, ward=ward, parts=areas.of(code, clock.today()))


def _larger(code: str) -> list[tuple[UUID, str]]:
    return [(part.id, part.label) for part in areas.of(code, clock.today()) if part.level is not Level.RT]


@areas_door.route("/bagian/<uuid:area_id>")
@needs(Permission.KEEP_AREAS)
def part(area_id: UUID) -> Reply:
    part, ward = _found(area_id)
    return page("staff/areas/part.html", part=part, ward=ward)


@areas_door.route("/bagian/<uuid:area_id>/nama", methods=["GET", "POST"])
@needs(Permission.KEEP_AREAS)
def rename(area_id: UUID) -> Reply:
    part, ward = _found(area_id)
    form = RenameForm(data={"name": part.name, "on": clock.today()})
    if form.submit(area_changes.rename, actor(), area_id):
        return _done(ward, CHANGED)
    return page("staff/areas/change.html", form=form, part=part, ward=ward, what="rename")


@areas_door.route("/bagian/<uuid:area_id>/pecah", methods=["GET", "POST"])
@needs(Permission.KEEP_AREAS)
def split(area_id: UUID) -> Reply:
    part, ward = _found(area_id)
    form = SplitForm(data={"names": f"{part.name}, ", "on": clock.today()})
    if form.submit(area_changes.split, actor(), area_id):
        return _done(ward, CHANGED)
    return page("staff/areas/change.html", form=form, part=part, ward=ward, what="split")


@areas_door.route("/bagian/<uuid:area_id>/gabung", methods=["GET", "POST"])
@needs(Permission.KEEP_AREAS)
def merge(area_id: UUID) -> Reply:
    part, ward = _found(area_id)
    form = MergeForm(data={"name": part.name, "on": clock.today()})
    beside = areas.of(ward.code, clock.today())
    form.other_id.offered = [
        (one.id, one.label)
        for one in beside
        if (one.level, one.parent_id) == (part.level, part.parent_id) and one.id != part.id
    ]
    if form.submit(area_changes.merge, actor(), area_id):
        return _done(ward, CHANGED)
    return page("staff/areas/change.html", form=form, part=part, ward=ward, what="merge")


@areas_door.route("/bagian/<uuid:area_id>/pindah", methods=["GET", "POST"])
@needs(Permission.KEEP_AREAS)
def move(area_id: UUID) -> Reply:
    """Into a part of the same kelurahan, or of the one that the address names."""
    part, ward = _found(area_id)
    to = areas.ward(request.args.get("kelurahan") or ward.code)
    form = MoveForm(data={"on": clock.today()})
    form.parent_id.offered = [(found_id, label) for found_id, label in _larger(to.code) if found_id != part.id]
    if form.submit(area_changes.move, actor(), area_id):
        return _done(to, CHANGED)
    return page("staff/areas/change.html", form=form, part=part, ward=ward, what="move", to=to, wards=areas.wards())


@areas_door.route("/bagian/<uuid:area_id>/akhiri", methods=["GET", "POST"])
@needs(Permission.KEEP_AREAS)
def end(area_id: UUID) -> Reply:
    part, ward = _found(area_id)
    form = EndForm(data={"on": clock.today()})
    if form.is_submitted() and form.submit(_end, area_id):
        return _done(ward, ENDED)
    return page("staff/areas/change.html", form=form, part=part, ward=ward, what="end")


def _end(area_id: UUID, *, on: date) -> bool:
    area_changes.end(actor(), area_id, on=on)
    return True


def _found(area_id: UUID) -> tuple[Part, Ward]:
    part = area_changes.get_for(actor(), area_id)
    return part, areas.ward(part.kelurahan_code)


def _done(ward: Ward, said: str) -> Reply:
    return see_other("staff.areas.show", kelurahan=ward.code, said=said)


@areas_door.route("/daftar")
@needs(Permission.KEEP_AREAS)
def bring() -> Reply:
    form = ListForm(formdata=None)
    return page("staff/areas/bring.html", form=form, draft=drafts.offered(form))


@areas_door.route("/daftar", methods=["POST"])
@needs(Permission.KEEP_AREAS)
@with_files(listings.Brought)
def look() -> Reply:
    form = ListForm()
    if text := form.submit(_text):
        drafts.done()
        stored = StoreForm(formdata=None, data={"text": text, "on": clock.today()})
        return _looked(stored, text)
    return page("staff/areas/bring.html", form=form, draft=None)


def _text(*, text: str) -> str:
    return listings.text_of(upload(), text)


@areas_door.route("/daftar/isi", methods=["POST"])
@needs(Permission.KEEP_AREAS)
def store() -> Reply:
    """Pressed "Periksa lagi", or "Simpan"."""
    form = StoreForm()
    if request.form.get("again"):
        return _looked(form, form.text.data or "")
    looked = form.submit(listings.store, actor())
    if looked is None:
        return _looked(form, form.text.data or "")
    return see_other("staff.areas.show", said=STORED if looked.added or looked.gone else NOTHING_NEW)


def _looked(form: StoreForm, text: str) -> Reply:
    try:
        looked = listings.look(actor(), text)
    except Invalid as failure:
        form.refuse(failure)
        looked = listings.Looked(text)
    return page("staff/areas/look.html", form=form, looked=looked, shown=SHOWN)


@areas_door.route("/kosong.csv")
@needs(Permission.KEEP_AREAS)
def blank() -> Reply:
    return as_file(listings.blank(), "daftar-rt-kosong.csv")


@areas_door.route("/daftar.csv")
@needs(Permission.KEEP_AREAS)
def export() -> Reply:
    takings.table(actor())
    return as_file(listings.export(actor()), f"daftar-rt-{clock.today():%Y-%m-%d}.csv")
