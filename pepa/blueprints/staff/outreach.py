"""Catat: a session in four acts, on a cheap phone, with or without a net; and what became of it."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, request

from pepa import clock
from pepa.domain import outreach, photos, plans, teachings
from pepa.errors import Busy, Invalid
from pepa.policy import Device
from pepa.web import templates
from pepa.web.access import hand, teaches
from pepa.web.evenings import AttendanceForm, EveningForm
from pepa.web.fields import FilesField, VersionField
from pepa.web.forms import Form
from pepa.web.gates import upload, with_files
from pepa.web.light import light
from pepa.web.pages import Reply, notices, see_other
from pepa.words import N_

outreach_door = Blueprint("outreach", __name__, url_prefix="/kegiatan")
LOGGED, CORRECTED, READ = N_("SUDAH tercatat. Terima kasih."), N_("Angka SUDAH dikoreksi."), N_("Sudah ditandai.")
PICTURED = N_("Foto SUDAH terkirim.")
notices(LOGGED, CORRECTED, READ, PICTURED)


class PhotoForm(Form):
    file = FilesField(N_("Satu foto (boleh tidak)"))


class CorrectionForm(AttendanceForm):
    number = VersionField()
    manner = ""

    def of(self, logged: teachings.Logged) -> "CorrectionForm":
        self.manner = logged.teaching.manner
        self.numbered()
        return self

    def values(self) -> dict[str, Any]:
        return {"number": self.number.data, "attendance": self.counted(self.manner)}


@outreach_door.route("/catat")
@teaches
def log() -> Reply:
    """Act one is done where a kit's code was scanned: its address fills title, place and day in."""
    me, asked = hand(), request.args
    form = EveningForm(formdata=None)
    form.teaching.data = str(uuid4())
    plan = plans.scanned(me, asked.get("r", ""))
    form.plan.data = plan.token if plan else ""
    form.title_id.data = str(plan.title_id) if plan else asked.get("t", "")[:9] or None
    form.kelurahan_code.data = plan.kelurahan_code if plan else asked.get("w") or plans.home(me)
    form.on.data = plan.on if plan else _day(asked.get("d", "")) or clock.today()
    part = plans.part_of(plan) if plan else None
    form.area_ids.data = [part] if part else _ids("" if plan else asked.get("a", ""))
    if plan and plan.area_id and not part:
        return _page(form, is_changed=True)
    return _page(form, is_filled=plan is not None or {"t", "w", "d"} <= asked.keys())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _ids(text: str) -> list[UUID]:
    try:
        return [UUID(text)] if text else []
    except ValueError:
        return []


@outreach_door.route("/catat", methods=["POST"])
@teaches
def keep() -> Reply:
    me = hand()
    form = EveningForm().offer()
    if form.is_asking_parts:
        return _page(form)
    try:
        teaching_id = form.submit(outreach.log, me)
    except outreach.SameAgain as same:
        form.renew(same.first)
        return _page(form, same=same.first, status=409)
    if teaching_id is None:
        return _page(form)
    return see_other("staff.outreach.show", teaching_id=teaching_id, said=LOGGED)


def _page(form: EveningForm, *, is_filled: bool = False, **more: Any) -> Reply:
    if not form.is_submitted():
        form.offer()
    filled = is_filled and all(field.data for field in (form.title_id, form.kelurahan_code, form.on))
    return _log(form, is_filled=filled, **more)


def _log(form: EveningForm, *, is_shell: bool = False, **more: Any) -> Reply:
    values = {"is_filled": False, "is_changed": False, "same": None, **more}
    me = hand()
    holder = me.label if isinstance(me, Device) and not is_shell else ""  # two may share a phone
    return light("worker/outreach/log.html", form=form, is_shell=is_shell, who=plans.mark(me), holder=holder, **values)


@outreach_door.route("/catat/luring")
@teaches
def shell() -> Reply:
    """The page as a phone keeps it: the own kelurahan's RTs, and nothing of anybody: no token, no name, no log."""
    form = EveningForm(formdata=None)
    form.kelurahan_code.data = plans.home(hand())
    return _log(form.offer(), is_shell=True)


@outreach_door.route("/sw.js")
@teaches
def worker() -> Reply:
    """The page's service worker: from this address it can reach no further than these pages, and it asks for one."""
    response = Response(templates.whole("sw.js"), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@outreach_door.route("/tercatat/<uuid:teaching_id>")
@teaches
def show(teaching_id: UUID) -> Reply:
    return _show(teaching_id, PhotoForm(formdata=None))


def _show(teaching_id: UUID, form: "PhotoForm", status: int = 200) -> Reply:
    return light("worker/outreach/show.html", logged=teachings.get_for(hand(), teaching_id), form=form, status=status)


@outreach_door.route("/tercatat/<uuid:teaching_id>/foto", methods=["POST"])
@teaches
@with_files(photos.Brought)
def send_photo(teaching_id: UUID) -> Reply:
    """The log stands, whatever becomes of its picture."""
    form = PhotoForm()
    try:
        photos.store(hand(), teaching_id, upload())
    except (Invalid, Busy) as fault:
        form.refuse(fault)
        return _show(teaching_id, form, 422 if isinstance(fault, Invalid) else 503)
    return see_other("staff.outreach.show", teaching_id=teaching_id, said=PICTURED)


@outreach_door.route("/tercatat/<uuid:teaching_id>/koreksi")
@teaches
def ask_numbers(teaching_id: UUID) -> Reply:
    logged = teachings.get_for(hand(), teaching_id)
    form = CorrectionForm(formdata=None).of(logged)
    form.fill(logged.count)
    form.number.data = logged.teaching.number
    return _correction(form, logged)


@outreach_door.route("/tercatat/<uuid:teaching_id>/koreksi", methods=["POST"])
@teaches
def correct(teaching_id: UUID) -> Reply:
    me = hand()
    logged = teachings.get_for(me, teaching_id)
    form = CorrectionForm().of(logged)
    if form.submit(outreach.correct, me, teaching_id):
        return see_other("staff.outreach.show", teaching_id=teaching_id, said=CORRECTED)
    form.number.data = logged.teaching.number
    return _correction(form, logged)


def _correction(form: CorrectionForm, logged: teachings.Logged) -> Reply:
    return light("worker/outreach/correct.html", form=form, logged=logged)


@outreach_door.route("/ditarik", methods=["POST"])
@teaches
def note_withdrawn() -> Reply:
    outreach.note_withdrawn(hand(), plans.number_of(request.form.get("title_id")) or 0)
    return see_other("staff.plans.mine", said=READ)
