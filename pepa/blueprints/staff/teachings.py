"""Kegiatan, for the office: confirmed or set aside, many at once; typed from paper or a line of a chat; its picture."""

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, request

from pepa import clock
from pepa.domain import areas, cadres, chat_lines, outreach, photos, plans, teachings
from pepa.models.outreach import Manner, Standing
from pepa.policy import Permission
from pepa.web import headers
from pepa.web.access import actor, needs
from pepa.web.evenings import EveningForm
from pepa.web.fields import DayField, IdsField, LineField, PickField
from pepa.web.forms import Form
from pepa.web.light import light
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

teachings_door = Blueprint("teachings", __name__)
DECIDED, TYPED = N_("SUDAH ditandai."), N_("SUDAH tercatat. Ketik yang berikutnya.")
NONE = N_("Belum ada yang dipilih.")
notices(DECIDED, TYPED, NONE)
NARROWED = ("standing", "kelurahan_code", "title_id", "manner", "from_on", "until_on")


class FilterForm(Form):
    """What the list is narrowed to stands in the address."""

    standing = PickField(N_("Keadaan"))
    kelurahan_code = PickField(N_("Kelurahan"))
    title_id = PickField(N_("Judul"))
    manner = PickField(N_("Cara"))
    from_on = DayField(N_("Dari tanggal"))
    until_on = DayField(N_("Sampai tanggal"))

    def offer(self) -> "FilterForm":
        self.standing.offered = [(one.value, one.label) for one in Standing]
        self.manner.offered = [(one.value, one.label) for one in Manner]
        self.kelurahan_code.offered = [(ward.code, ward.name) for ward in areas.wards()]
        self.title_id.offered = [(str(one.id), one.name) for one in plans.taught()]
        return self

    def narrowed(self) -> teachings.Filter:
        title_id, standing, manner = self.title_id.data, self.standing.data, self.manner.data
        return teachings.Filter(
            Standing(standing) if standing in set(Standing) else None,
            self.kelurahan_code.data,
            plans.number_of(title_id),
            Manner(manner) if manner in set(Manner) else None,
            self.from_on.data,
            self.until_on.data,
        )


class PickedForm(Form):
    picked = IdsField(N_("Pilih"))


class PaperForm(EveningForm):
    cadre_id = PickField(N_("Dicatat atas nama"), as_id=True)

    def offer(self) -> "PaperForm":
        super().offer()
        self.cadre_id.offered = list(cadres.named_for(actor()))
        return self

    def values(self) -> dict[str, Any]:
        if self.cadre_id.data is None:
            raise outreach.CadreMissing
        return {**super().values(), "cadre_id": self.cadre_id.data}


class LineForm(Form):
    line = LineField(N_("Baris dari WhatsApp"), longest=400)


@teachings_door.route("/sesi")
@needs(Permission.CONFIRM_OUTREACH)
def show() -> Reply:
    form = FilterForm(request.args).offer()
    if not request.args:
        form.standing.data = Standing.LOGGED.value
    found = teachings.list_for(actor(), form.narrowed(), request.args.get("at"))
    return page("staff/teachings/list.html", form=form, found=found, kept=_kept(form), standings=Standing)


def _kept(form: FilterForm) -> dict[str, str]:
    """The filters as they stand in an address."""
    found = {name: form[name].data for name in NARROWED[:4]}
    days = {name: form[name]._value() for name in NARROWED[4:]}
    return {name: str(value) for name, value in {**found, **days}.items() if value}


@teachings_door.route("/sesi", methods=["POST"])
@needs(Permission.CONFIRM_OUTREACH)
def decide() -> Reply:
    """Every picked one, by whichever button."""
    wanted, picked = request.form.get("as", ""), PickedForm().picked.data or []
    if wanted in set(Standing):
        outreach.decide(actor(), picked, standing=Standing(wanted))
    back = {name: request.form[name] for name in NARROWED if request.form.get(name)}
    return see_other("staff.teachings.show", said=DECIDED if picked else NONE, **back)


@teachings_door.route("/sesi/<uuid:teaching_id>/foto")
@needs(Permission.CONFIRM_OUTREACH)
def photo(teaching_id: UUID) -> Reply:
    return Response(photos.open_for(actor(), teaching_id), mimetype="image/jpeg", headers=headers.INERT)


@teachings_door.route("/ketik")
@needs(Permission.LOG_FOR_OTHERS)
def paper() -> Reply:
    form = PaperForm(formdata=None)
    form.cadre_id.data = _id(request.args.get("kader", ""))
    form.teaching.data = str(uuid4())
    form.on.data = clock.today()
    return _paper(form, LineForm(formdata=None))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@teachings_door.route("/ketik", methods=["POST"])
@needs(Permission.LOG_FOR_OTHERS)
def keep() -> Reply:
    form = PaperForm().offer()
    if form.is_asking_parts:
        return _paper(form, LineForm(formdata=None))
    try:
        teaching_id = form.submit(outreach.log, actor())
    except outreach.SameAgain as same:
        form.renew(same.first)
        return _paper(form, LineForm(formdata=None), same=same.first, status=409)
    if teaching_id is None:
        return _paper(form, LineForm(formdata=None))
    return see_other("staff.teachings.paper", kader=form.cadre_id.data, said=TYPED)


@teachings_door.route("/ketik/baris", methods=["POST"])
@needs(Permission.LOG_FOR_OTHERS)
def line() -> Reply:
    """A line of a chat fills the form in; nothing is kept before somebody has looked at it."""
    lines, form = LineForm(), PaperForm(formdata=None)
    form.teaching.data = str(uuid4())
    form.cadre_id.data = _id(request.form.get("kader", ""))
    if read := _read(lines):
        form.title_id.data, form.kelurahan_code.data, form.on.data = str(read.title_id), read.kelurahan_code, read.on
        form.area_ids.data, form.manner.data = list(read.area_ids), read.manner.value
        form.present.data, form.minutes.data, form.disabled.data = read.present, read.minutes, read.disabled
        for name, number in read.cells.items():
            form[name].data = number
    return _paper(form, lines, status=200 if read else 422)


def _read(lines: LineForm) -> chat_lines.Read | None:
    try:
        return chat_lines.read(lines.line.data or "")
    except (chat_lines.LineWrong, chat_lines.LineShort) as wrong:
        lines.refuse(wrong)
        return None


def _paper(form: PaperForm, lines: LineForm, *, same: UUID | None = None, status: int = 200) -> Reply:
    if not hasattr(form, "parts"):
        form.offer()
    return light("worker/teachings/paper.html", form=form, lines=lines, same=same, status=status)
