""" "Serah terima piket", and how the officer on duty is alarmed."""

from uuid import UUID

from flask import Blueprint

from pepa.domain import alerts, duty, handovers, onces, today
from pepa.errors import Invalid
from pepa.policy import Permission
from pepa.web import drafts
from pepa.web.access import actor, needs
from pepa.web.fields import OnceField, PickField, TextField, TickField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

handovers_door = Blueprint("handovers", __name__, url_prefix="/piket")
HANDED, READ = N_("SUDAH diserahkan."), N_("Dicatat: SUDAH Anda baca.")
SOUND_ON, SOUND_OFF = N_("Bunyi menyala."), N_("Bunyi mati. SMS dan email tetap jalan.")
NOT_YOURS = handovers.NotForYou.says
notices(HANDED, READ, SOUND_ON, SOUND_OFF, NOT_YOURS)


class HandoverForm(Form):
    person_id = PickField(N_("Diserahkan kepada"), needed=N_("Pilih satu orang."), as_id=True)
    note = TextField(N_("Yang perlu diketahui"), needed=handovers.NothingWritten.says, longest=10_000)
    out = TextField(N_("Siapa di luar, pulang kapan (boleh kosong)"), longest=2000)
    once = OnceField()


class SoundForm(Form):
    has_sound = TickField()


@handovers_door.route("/serah-terima", methods=["GET", "POST"])
@needs(Permission.HAND_OVER)
def show() -> Reply:
    me = actor()
    form = HandoverForm()
    form.person_id.offered = [(one.id, one.name) for one in duty.colleagues(me) if one.id != me.person_id]
    form.once.data = form.once.data or onces.new()
    if form.submit(handovers.write, me):
        drafts.done()
        return see_other("staff.handovers.show", said=HANDED)
    draft = None if form.is_submitted() else drafts.offered(form)
    return page("staff/handovers/show.html", form=form, draft=draft, day=today.of(me), found=handovers.newest(me))


@handovers_door.route("/serah-terima/<uuid:handover_id>/baca", methods=["POST"])
@needs(Permission.HAND_OVER)
def confirm(handover_id: UUID) -> Reply:
    said = READ
    try:
        handovers.confirm(actor(), handover_id)
    except Invalid:
        said = NOT_YOURS
    return see_other("staff.today.show", said=said)


@handovers_door.route("/tanda")
@needs(Permission.SWAP_SHIFT)
def alarms() -> Reply:
    return page("staff/handovers/alarms.html", how=alerts.of(actor()))


@handovers_door.route("/tanda/bunyi", methods=["POST"])
@needs(Permission.SWAP_SHIFT)
def sound() -> Reply:
    form = SoundForm()
    rings = form.submit(alerts.set_sound, actor())
    return see_other("staff.handovers.alarms", said=SOUND_ON if rings and rings.has_sound else SOUND_OFF)
