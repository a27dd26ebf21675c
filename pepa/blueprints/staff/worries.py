"""A neighbour's worry, told to a cadre: handed in as a report by the card, and never shown again."""

from flask import Blueprint, request
from flask_babel import lazy_gettext

from pepa.domain import hand_ins, intake, keys, tickets
from pepa.errors import Busy
from pepa.models.reports import Channel
from pepa.web import drafts
from pepa.web.access import hand, teaches
from pepa.web.asked import AskedForm
from pepa.web.fields import OnceField, TextField
from pepa.web.light import light
from pepa.web.pages import Reply, notices, see_other
from pepa.words import N_

worries_door = Blueprint("worries", __name__, url_prefix="/kegiatan")
NOT_KEPT = N_("BELUM tersimpan. Gangguan di pihak kami. Tulisan masih ada di bawah. Tekan Kirim lagi.")
HANDED_IN = N_("SUDAH sampai di meja petugas. Isinya tidak ditampilkan lagi di sini.")
notices(HANDED_IN)


class WorryForm(AskedForm):
    ticket = OnceField()
    what = TextField(
        N_("Apa yang diceritakan?"),
        needed=N_("Tulis dulu yang diceritakan. Satu kalimat sudah cukup."),
        longest=intake.LONGEST,
    )


@worries_door.route("/sampaikan")
@teaches
def write() -> Reply:
    form = WorryForm(formdata=None)
    drafts.offered(form)
    return _page(form)


@worries_door.route("/sampaikan", methods=["POST"])
@teaches
def tell() -> Reply:
    """As a guest at the counter: it was told face to face."""
    by = hand()
    form = WorryForm()
    form.offer(intake.state())
    try:
        handed_in = form.submit(hand_ins.hand_in, by, channel=Channel.COUNTER)
    except intake.TicketSpoiled as spoiled:
        form.refuse(spoiled)
        handed_in = None
    except (Busy, keys.KeysUnsound):
        form.form_errors.append(lazy_gettext(NOT_KEPT))
        return _page(form, status=503)
    if handed_in is None:
        return _page(form, status=422)
    drafts.done()
    return see_other("staff.plans.mine", said=HANDED_IN)


def _page(form: WorryForm, status: int = 200) -> Reply:
    form.offer(intake.state())
    if not (form.ticket.data and tickets.read(form.ticket.data)):
        form.ticket.data = intake.mint_ticket()
    return light("worker/worries/tell.html", form=form, here=request.path, status=status)
