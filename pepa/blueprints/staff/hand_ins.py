"""By telephone and at the counter: one short form, for an officer at work and for a registered phone that is locked.

Nothing of what was written is shown afterwards.
"""

from flask import Blueprint, request
from flask_babel import lazy_gettext

from pepa.domain import calls, hand_ins, intake, keys, onces, tickets
from pepa.errors import Busy
from pepa.models.reports import Channel
from pepa.policy import Member, Permission
from pepa.web import drafts
from pepa.web.access import hand, hands_in, needs
from pepa.web.asked import AskedForm
from pepa.web.fields import OnceField, TextField
from pepa.web.pages import Reply, page, see_other
from pepa.words import N_

hand_ins_door = Blueprint("hand_ins", __name__)
NOT_KEPT = N_("BELUM tersimpan. Gangguan di pihak kami. Tulisan masih ada di bawah. Tekan Simpan lagi.")
HEADINGS = {Channel.PHONE: N_("Telepon"), Channel.COUNTER: N_("Tamu datang")}


class HandInForm(AskedForm):
    ticket = OnceField()
    what = TextField(
        N_("Apa yang diceritakan?"),
        needed=N_("Tulis dulu yang diceritakan. Satu kalimat sudah cukup."),
        longest=intake.LONGEST,
    )


@hand_ins_door.route("/telepon")
@hands_in
def call() -> Reply:
    return _begin(Channel.PHONE)


@hand_ins_door.route("/telepon", methods=["POST"])
@hands_in
def take_call() -> Reply:
    return _take(Channel.PHONE)


@hand_ins_door.route("/loket")
@needs(Permission.HAND_IN)
def counter() -> Reply:
    return _begin(Channel.COUNTER)


@hand_ins_door.route("/loket", methods=["POST"])
@needs(Permission.HAND_IN)
def take_guest() -> Reply:
    return _take(Channel.COUNTER)


@hand_ins_door.route("/tersimpan")
@hands_in
def saved() -> Reply:
    """A code is shown by the handle in the address, once: asked again, the page has none."""
    handle = request.args.get("r", "")
    return page("staff/hand_ins/saved.html", groups=hand_ins.code_of(handle) if handle else None, asked=bool(handle))


def _begin(channel: Channel) -> Reply:
    form = HandInForm(formdata=None)
    form.offer(intake.state())
    return _page(form, channel, drafts.offered(form))


def _page(form: HandInForm, channel: Channel, draft: dict[str, str] | None = None, status: int = 200) -> Reply:
    if not (form.ticket.data and tickets.read(form.ticket.data)):
        form.ticket.data = intake.mint_ticket()
    return page(
        "staff/hand_ins/form.html",
        form=form,
        heading=HEADINGS[channel],
        draft=draft,
        here=request.path,
        untold=_untold() if channel is Channel.PHONE else None,
        status=status,
    )


def _untold() -> tuple[object, ...]:
    """What `ui.untold` shows; what came before only to whoever is at work."""
    by = hand()
    return calls.kinds(), onces.new(), calls.recent(by) if isinstance(by, Member) else None


def _take(channel: Channel) -> Reply:
    by = hand()
    form = HandInForm()
    form.offer(intake.state())
    try:
        handed_in = form.submit(hand_ins.hand_in, by, channel=channel)
    except intake.TicketSpoiled as spoiled:
        form.refuse(spoiled)
        handed_in = None
    except (Busy, keys.KeysUnsound):
        form.form_errors.append(lazy_gettext(NOT_KEPT))
        return _page(form, channel, status=503)
    if handed_in is None:
        return _page(form, channel, status=422)
    drafts.done()
    return see_other("staff.hand_ins.saved", r=handed_in.handle or None)
