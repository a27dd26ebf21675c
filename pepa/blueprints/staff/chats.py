"""Tempel chat: a chat of the office's phone is read, looked over, and stored in one act (rule 33)."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask_babel import gettext, lazy_gettext

from pepa.domain import chats, hand_ins, intake, keys, lists, onces, tickets, transcripts
from pepa.domain.bundles import Bundle
from pepa.errors import Busy
from pepa.policy import Device, Member, Permission
from pepa.web import drafts
from pepa.web.access import actor, hand, hands_in, needs
from pepa.web.asked import AskedForm
from pepa.web.fields import FilesField, LineField, OnceField, PickField, TextField, TickField
from pepa.web.forms import Form
from pepa.web.gates import upload, with_files
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

chats_door = Blueprint("chats", __name__, url_prefix="/chat")
NOT_KEPT = N_("BELUM tersimpan. Gangguan di pihak kami. Chat masih ada. Tekan Simpan lagi.")
NOT_KEPT_HERE = N_("BELUM tersimpan. Gangguan di pihak kami. Tulisan masih ada di bawah. Tekan Simpan lagi.")
THROWN = N_("Chat itu dibuang.")
notices(THROWN)
SHOWN = 4  # messages at each end


class ChatForm(Form):
    text = TextField(N_("Tempel chat di sini"), longest=chats.LONGEST)
    file = FilesField(N_("Atau pilih file: ekspor chat (.txt, .zip), pesan suara, foto"))
    once = OnceField()
    reference = OnceField()

    def values(self) -> dict[str, Any]:
        """The files have gone their own way."""
        return {name: value for name, value in super().values().items() if name != "file"}


class StoreForm(AskedForm):
    sender = PickField(N_("Yang mana pelapor?"))
    reference = LineField(N_("Sudah ada laporan? Tulis kodenya"), longest=40)


class StraightForm(ChatForm):
    """On a registered phone that nobody unlocked: nothing can be shown there, so it is stored at once."""

    ticket = OnceField()
    with_code = TickField()

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values().items() if name not in ("once", "reference")}


@chats_door.route("")
@hands_in
def begin() -> Reply:
    if isinstance(hand(), Device):
        return _straight(StraightForm(formdata=None))
    code = "".join(sign for sign in request.args.get("kode", "") if sign.isalnum() or sign == "-")[:10]
    form = ChatForm(formdata=None, data={"reference": code})
    return _form(form, drafts.offered(form))


@chats_door.route("", methods=["POST"])
@hands_in
@with_files(chats.Brought)
def read() -> Reply:
    if isinstance(hand(), Device):
        return _take_in(StraightForm())
    form = ChatForm()
    try:
        bundle = form.submit(chats.read, actor(), upload())
    except (Busy, keys.KeysUnsound) as failure:
        form.form_errors.append(gettext(getattr(failure, "says", NOT_KEPT)))
        return _form(form, status=503)
    if bundle is None:
        return _form(form)
    drafts.done()
    return see_other("staff.chats.look")


def _form(form: ChatForm, draft: dict[str, str] | None = None, status: int = 200) -> Reply:
    form.once.data = form.once.data or onces.new()
    waits = chats.waiting(actor()) is not None
    return page("staff/chats/form.html", form=form, draft=draft, waits=waits, status=status)


def _take_in(form: StraightForm) -> Reply:
    try:
        made = form.submit(chats.take_in, hand(), upload())
    except intake.TicketSpoiled as spoiled:
        form.refuse(spoiled)
        made = None
    except (Busy, keys.KeysUnsound):
        form.form_errors.append(gettext(NOT_KEPT_HERE))
        return _straight(form, 503)
    if made is None:
        return _straight(form, 422)
    handed_in, left_out = made
    return see_other("staff.chats.saved", r=handed_in.handle or None, sisa=left_out or None)


def _straight(form: StraightForm, status: int = 200) -> Reply:
    if not (form.ticket.data and tickets.read(form.ticket.data)):
        form.ticket.data = intake.mint_ticket()
    return page("staff/chats/straight.html", form=form, status=status)


@chats_door.route("/isi")
@needs(Permission.HAND_IN)
def look() -> Reply:
    """What was understood of the chat that waits."""
    bundle = chats.waiting(actor())
    reference = bundle.fields.get("reference", "") if bundle else ""
    return _look(StoreForm(formdata=None, data={"reference": reference}), bundle)


def _look(form: StoreForm, bundle: Bundle | None, status: int = 200) -> Reply:
    if bundle is None:
        return page("staff/chats/none.html")
    chat = transcripts.read(bundle.text)
    _offer(form, chat)
    return page("staff/chats/look.html", form=form, status=status, bundle=bundle, chat=chat, ends=_ends(chat))


def _offer(form: StoreForm, chat: transcripts.Transcript) -> None:
    form.offer(intake.state())
    form.sender.offered = [(sender, sender) for sender, _ in chat.senders]


def _ends(chat: transcripts.Transcript) -> Sequence[Sequence[transcripts.Message]]:
    """Its first messages and its last ones; all of them where they are few."""
    every = chat.messages
    return [every] if len(every) <= 2 * SHOWN else [every[:SHOWN], every[-SHOWN:]]


@chats_door.route("/simpan", methods=["POST"])
@needs(Permission.HAND_IN)
def store() -> Reply:
    form = StoreForm()
    bundle = chats.waiting(actor())
    if bundle is None:
        return see_other("staff.chats.look")
    _offer(form, transcripts.read(bundle.text))
    try:
        made = form.submit(chats.store, actor(), bundle)
    except (Busy, keys.KeysUnsound, intake.TicketSpoiled):
        form.form_errors.append(lazy_gettext(NOT_KEPT))
        return _look(form, bundle, 503)
    if made is None:
        return _look(form, bundle)
    added_to = made.report_id if form.reference.data else None
    left_out = len(bundle.left_out) or None
    return see_other("staff.chats.saved", r=made.handle or None, laporan=added_to, sisa=left_out)


@chats_door.route("/buang", methods=["POST"])
@needs(Permission.HAND_IN)
def throw_away() -> Reply:
    chats.throw_away(actor())
    return see_other("staff.chats.begin", said=THROWN)


@chats_door.route("/tersimpan")
@hands_in
def saved() -> Reply:
    """The code by the handle in the address, once; and what is to be copied back into the chat."""
    by = hand()
    if isinstance(by, Member):
        chats.stored(by)
    handle = request.args.get("r", "")
    groups = hand_ins.code_of(handle) if handle else None
    return page(
        "staff/chats/saved.html",
        asked=bool(handle),
        groups=groups,
        answers=list(_answers(groups)),
        added_to=request.args.get("laporan", type=UUID),
        left_out=request.args.get("sisa", 0, type=int),
    )


def _answers(groups: Sequence[str] | None) -> Iterator[str]:
    """What may be pasted back, the code first."""
    if groups:
        site = url_for("citizen.follow_up.show", _external=True)
        yield gettext(
            "Ini kode Anda: %(kode)s. Buka %(situs)s, lalu ketik kode ini. Kode ini untuk satu kali; setelah masuk, "
            "Anda dapat kode baru yang kami tidak tahu.",
            kode=" ".join(groups),
            situs=site,
        )
    for one in lists.ready_answers():
        yield one.text.replace("{sapaan}", gettext("Anda"))
