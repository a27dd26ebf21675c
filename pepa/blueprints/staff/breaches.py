"""The register of breaches: noting one, its clock, its two letters, its end."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, request
from flask_babel import gettext

from pepa.domain import breaches, onces, settings
from pepa.models.breaches import TRANSITIONS, BreachState
from pepa.policy import Permission
from pepa.web import drafts, formats
from pepa.web.access import actor, needs
from pepa.web.fields import InstantField, OnceField, PickField, TextField, VersionField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

breaches_door = Blueprint("breaches", __name__, url_prefix="/kebocoran")
NOTED, CHANGED, WRITTEN = N_("SUDAH dicatat. Hitungan 3×24 jam berjalan."), N_("Tersimpan."), N_("Surat tersimpan.")
ENDED = N_("SUDAH dicatat selesai.")
notices(NOTED, CHANGED, WRITTEN, ENDED)
FACTS = {
    "what": N_("Apa yang terjadi"),
    "happened": N_("Kapan dan bagaimana terjadi"),
    "data": N_("Data apa"),
    "whose": N_("Data siapa, kira-kira berapa orang"),
    "done": N_("Apa yang sudah dikerjakan"),
}
LETTERS = {"to_people": N_("Surat kepada orangnya"), "to_agency": N_("Surat kepada lembaga pengawas")}
# What a letter says before somebody writes it: the law asks which data, when and how, and what was done (art. 46).
UNSAID = N_("(belum diisi)")
TO_PEOPLE = N_(
    "Kepada Yth. …\n\n"
    "Kami memberi tahu bahwa data pribadi Anda yang ada pada kami bocor. Kami minta maaf.\n\n"
    "Yang terjadi: %(what)s\nKapan dan bagaimana: %(happened)s\nData Anda yang terkena: %(data)s\n"
    "Yang sudah kami kerjakan: %(done)s\n\n"
    "Kami mengetahuinya pada %(found)s. Ada pertanyaan, atau Anda merasa tidak aman? Hubungi kami: %(contact)s.\n\n"
    "Dasar surat ini: UU 27/2022 pasal 46.\n\n%(organisation)s"
)
TO_AGENCY = N_(
    "Kepada Yth. %(agency)s\n\n"
    "Perihal: pemberitahuan kegagalan pelindungan data pribadi (UU 27/2022 pasal 46)\n\n"
    "1. Yang terjadi: %(what)s\n2. Kapan dan bagaimana: %(happened)s\n3. Data yang terungkap: %(data)s\n"
    "4. Orang yang terkena: %(whose)s\n5. Penanganan dan pemulihan: %(done)s\n"
    "6. Diketahui pada: %(found)s\n7. Narahubung: %(contact)s\n\n%(organisation)s"
)
ENDINGS = TRANSITIONS[BreachState.OPEN]
DRAFTS = {"to_people": TO_PEOPLE, "to_agency": TO_AGENCY}


class FactsForm(Form):
    what = TextField(FACTS["what"], needed=breaches.NothingSaid.says, longest=20_000)
    happened = TextField(FACTS["happened"], longest=20_000)
    data = TextField(FACTS["data"], longest=20_000)
    whose = TextField(FACTS["whose"], longest=20_000)
    done = TextField(FACTS["done"], longest=20_000)


class NoteForm(FactsForm):
    found_at = InstantField(N_("Sejak kapan kantor tahu"), needed=N_("Tulis hari dan jamnya."))
    once = OnceField()


class ChangeForm(FactsForm):
    found_at = InstantField(N_("Sejak kapan kantor tahu"), needed=N_("Tulis hari dan jamnya."))
    version = VersionField()


class LettersForm(Form):
    to_people = TextField(LETTERS["to_people"], longest=50_000)
    to_agency = TextField(LETTERS["to_agency"], longest=50_000)
    version = VersionField()


class EndForm(Form):
    ending = PickField(N_("Selesai karena"), needed=N_("Pilih satu."))
    details = TextField(N_("Kapan, kepada siapa, nomor surat, atau isi keputusan"), longest=5_000)
    version = VersionField()


@breaches_door.route("")
@needs(Permission.KEEP_BREACHES)
def show_all() -> Reply:
    return page("staff/breaches/list.html", found=breaches.list_for(actor(), at=request.args.get("at")))


@breaches_door.route("/catat", methods=["GET", "POST"])
@needs(Permission.KEEP_BREACHES)
def add() -> Reply:
    form = NoteForm()
    if made := form.submit(breaches.note, actor()):
        drafts.done()
        return see_other("staff.breaches.show", breach_id=made, said=NOTED)
    draft = None if form.is_submitted() else drafts.offered(form)
    return page("staff/breaches/add.html", form=form, draft=draft, once=form.once.data or onces.new())


@breaches_door.route("/<uuid:breach_id>")
@needs(Permission.KEEP_BREACHES)
def show(breach_id: UUID) -> Reply:
    known = breaches.get_for(actor(), breach_id)
    return page("staff/breaches/show.html", known=known, facts=FACTS, letters=LETTERS)


@breaches_door.route("/<uuid:breach_id>/ubah", methods=["GET", "POST"])
@needs(Permission.KEEP_BREACHES)
def change(breach_id: UUID) -> Reply:
    known = breaches.get_for(actor(), breach_id)
    form = ChangeForm()
    if form.submit(breaches.change, actor(), breach_id):
        return _kept(breach_id, CHANGED)
    return _edited("staff/breaches/change.html", known, form, {**known.said, "found_at": known.breach.found_at})


@breaches_door.route("/<uuid:breach_id>/surat", methods=["GET", "POST"])
@needs(Permission.KEEP_BREACHES)
def write(breach_id: UUID) -> Reply:
    known = breaches.get_for(actor(), breach_id)
    form = LettersForm()
    letters = {which: letter(known, which) for which in LETTERS}
    if form.submit(breaches.write, actor(), breach_id):
        return _kept(breach_id, WRITTEN)
    return _edited("staff/breaches/write.html", known, form, letters)


def _kept(breach_id: UUID, said: str) -> Reply:
    drafts.done()
    return see_other("staff.breaches.show", breach_id=breach_id, said=said)


def _edited(template: str, known: breaches.Known, form: ChangeForm | LettersForm, stands: dict[str, Any]) -> Reply:
    """A page whose fields begin with what stands there; where somebody else saved first, that is shown beside."""
    if not form.is_submitted():
        form.process(data={**stands, "version": known.breach.version})
        return page(template, form=form, known=known, draft=drafts.offered(form), stands=None)
    is_old = form.version.data != known.breach.version
    form.version.data = known.breach.version
    return page(template, form=form, known=known, draft=None, stands=stands if is_old else None)


def letter(known: breaches.Known, which: str) -> str:
    """As somebody wrote it, else filled in from what is known."""
    if written := str(known.said.get(which) or ""):
        return written
    found, unsaid = settings.read(), gettext(UNSAID)
    told = {name: known.said.get(name) or unsaid for name in FACTS}
    told |= {
        "found": formats.when(known.breach.found_at),
        "contact": found.dpo or found.office_number or unsaid,
        "agency": found.agency or unsaid,
        "organisation": actor().organisation_name,
    }
    return str(gettext(DRAFTS[which], **told))


@breaches_door.route("/<uuid:breach_id>/cetak/<which>")
@needs(Permission.KEEP_BREACHES)
def paper(breach_id: UUID, which: str) -> Reply:
    if which not in LETTERS:
        abort(404)
    known = breaches.printed(actor(), breach_id, which)
    return page("staff/breaches/paper.html", known=known, heading=LETTERS[which], text=letter(known, which))


@breaches_door.route("/<uuid:breach_id>/selesai", methods=["GET", "POST"])
@needs(Permission.KEEP_BREACHES)
def end(breach_id: UUID) -> Reply:
    known = breaches.get_for(actor(), breach_id)
    form = EndForm()
    form.ending.offered = [(state.value, gettext(state.label)) for state in BreachState if state in ENDINGS]
    if form.submit(breaches.end, actor(), breach_id):
        return _kept(breach_id, ENDED)
    draft = None if form.is_submitted() else drafts.offered(form)
    return page("staff/breaches/end.html", form=form, known=known, draft=draft)
