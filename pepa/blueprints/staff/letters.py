"""Letters of other bodies: taken in with their scans, acknowledged, answered with what was done (rule 34)."""

from typing import Any
from uuid import UUID

from flask import Blueprint
from flask_babel import gettext, lazy_gettext

from pepa import clock
from pepa.domain import intake, keys, letters, onces, tickets
from pepa.errors import Busy, Failure
from pepa.models.letters import Body
from pepa.policy import Permission
from pepa.web import drafts, formats
from pepa.web.access import actor, needs
from pepa.web.asked import AskedForm
from pepa.web.fields import ChoiceField, DayField, FilesField, LineField, OnceField, TextField
from pepa.web.forms import Form
from pepa.web.gates import upload, with_files
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

letters_door = Blueprint("letters", __name__)
NOT_KEPT = N_("BELUM tersimpan. Gangguan di pihak kami. Tulisan masih ada di bawah. Tekan Simpan lagi.")
REPLIED = N_("Sudah dicatat: surat ini SUDAH dijawab.")
notices(REPLIED)


class LetterForm(AskedForm):
    ticket = OnceField()
    once = OnceField()
    body = ChoiceField(N_("Surat dari"), Body)
    sender = LineField(N_("Nama kantor atau petugasnya"))
    number = LineField(N_("Nomor surat"))
    sent_on = DayField(N_("Tanggal surat"))
    what = TextField(
        N_("Apa yang diminta?"),
        needed=N_("Tulis dulu apa yang diminta. Satu kalimat sudah cukup."),
        longest=intake.LONGEST,
    )
    file = FilesField(N_("Pindaian atau foto suratnya"))

    def values(self) -> dict[str, Any]:
        """The scans have gone their own way, and nobody reads a code to a letter."""
        return {name: value for name, value in super().values().items() if name not in ("file", "with_code")}


class ReplyForm(Form):
    text = TextField(N_("Apa yang dilakukan?"), needed=letters.NothingWritten.says, longest=20_000)
    replied_on = DayField(N_("Dijawab pada"))
    once = OnceField()


@letters_door.route("/surat")
@needs(Permission.HAND_IN)
def begin() -> Reply:
    form = LetterForm(formdata=None)
    return _page(form, drafts.offered(form))


@letters_door.route("/surat", methods=["POST"])
@needs(Permission.HAND_IN)
@with_files(letters.Brought)
def take_in() -> Reply:
    form = LetterForm()
    form.offer(intake.state())
    try:
        fault = _bring(form)
        made = None if fault else form.submit(letters.take_in, actor())
        if fault:
            form.validate()
            form.refuse(fault)
    except intake.TicketSpoiled as spoiled:
        form.refuse(spoiled)
        made = None
    except (Busy, keys.KeysUnsound):
        form.form_errors.append(lazy_gettext(NOT_KEPT))
        return _page(form, status=503)
    if made is None:
        return _page(form, status=422)
    drafts.done()
    return see_other("staff.letters.saved")


def _bring(form: LetterForm) -> Failure | None:
    """The scans first: what came of them stays, whatever else is wrong."""
    try:
        letters.bring(actor(), upload(), once=form.once.data or "")
        return None
    except letters.FAULTS as fault:
        fault.field = form.file.name
        return fault


def _page(form: LetterForm, draft: dict[str, str] | None = None, status: int = 200) -> Reply:
    form.offer(intake.state())
    form.once.data = form.once.data or onces.new()
    if not (form.ticket.data and tickets.read(form.ticket.data)):
        form.ticket.data = intake.mint_ticket()
    came = letters.brought(actor(), once=form.once.data)
    return page("staff/letters/form.html", form=form, draft=draft, came=came, status=status)


@letters_door.route("/surat/tersimpan")
@needs(Permission.HAND_IN)
def saved() -> Reply:
    receipt = letters.receipt(actor())
    return page("staff/letters/saved.html", text=_acknowledged(receipt) if receipt else None)


def _acknowledged(receipt: letters.Receipt) -> str:
    """What may be written back: no name, no word of what it is about."""
    said = []
    if receipt.number and receipt.sent_on:
        number, day = receipt.number, formats.on(receipt.sent_on)
        said.append(gettext("Surat nomor %(nomor)s, %(hari)s, SUDAH kami terima.", nomor=number, hari=day))
    elif receipt.number:
        said.append(gettext("Surat nomor %(nomor)s SUDAH kami terima.", nomor=receipt.number))
    else:
        said.append(gettext("Surat Anda SUDAH kami terima."))
    said.append(gettext("Tanggal terima: %(hari)s.", hari=formats.on(receipt.taken_on)))
    if receipt.reference:
        said.append(gettext("Kode surat ini pada kami: %(kode)s.", kode=receipt.reference))
    if receipt.due_at:
        said.append(gettext("Kami jawab paling lambat %(batas)s.", batas=formats.when(receipt.due_at)))
    return " ".join(said)


@letters_door.route("/laporan/<uuid:report_id>/surat")
@needs(Permission.ANSWER_REPORT)
def answer(report_id: UUID) -> Reply:
    report = letters.get_for(actor(), report_id)
    form = ReplyForm(formdata=None, data={"replied_on": clock.today(), "once": onces.new()})
    draft = drafts.offered(form)
    return page("staff/letters/reply.html", form=form, report=report, draft=draft)


@letters_door.route("/laporan/<uuid:report_id>/surat", methods=["POST"])
@needs(Permission.ANSWER_REPORT)
def reply(report_id: UUID) -> Reply:
    report = letters.get_for(actor(), report_id)
    form = ReplyForm()
    if form.submit(letters.reply, actor(), report_id):
        drafts.done()
        return see_other("staff.reports.show", report_id=report_id, said=REPLIED)
    return page("staff/letters/reply.html", form=form, report=report, draft=None)
