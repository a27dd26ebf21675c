"""Those who must not meet: who is expected when and by which door, who is here, who came without an appointment."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint

from pepa import clock
from pepa.domain import apart, guests, offers, onces, receptions, stays
from pepa.models.stays import Side
from pepa.policy import Permission, can
from pepa.web import formats
from pepa.web.access import actor, needs, visitor
from pepa.web.fields import ChoiceField, InstantField, LineField, OnceField, PickField, day_asked
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

stays_door = Blueprint("stays", __name__, url_prefix="/ruang/kunjungan")
MADE, ENDED = N_("SUDAH dicatat."), N_("SUDAH dihapus.")
EXPECTED, HERE, GONE = N_("Kunjungan SUDAH dicatat."), N_("Dicatat: sudah tiba."), N_("Dicatat: sudah pulang.")
DROPPED = N_("Kunjungan SUDAH dibatalkan.")
notices(MADE, ENDED, EXPECTED, HERE, GONE, DROPPED)
LENGTHS = tuple(one for one in offers.LENGTHS if one <= 240)


class GroupForm(Form):
    label = LineField(N_("Siapa yang tidak boleh bertemu"), longest=apart.LONGEST_LABEL)
    once = OnceField()


class WalkInForm(Form):
    side = ChoiceField(N_("Siapa yang datang"), Side)
    entrance = PickField(N_("Pintu"))
    minutes = PickField(N_("Berapa lama"), needed=N_("Pilih berapa lama."))
    once = OnceField()

    def values(self) -> dict[str, Any]:
        told = super().values()
        return {**told, "minutes": int(told["minutes"])}

    def offer(self) -> None:
        self.entrance.offered = [(one, one) for one in stays.entrances()]
        self.minutes.offered = [(str(one), formats.length(one)) for one in LENGTHS]
        self.minutes.data = self.minutes.data or "60"
        self.once.data = self.once.data or onces.new()


class ExpectForm(WalkInForm):
    starts_at = InstantField(N_("Mulai"), needed=N_("Tulis hari dan jam mulai."))
    window = PickField(N_("Waktu datang, sejak mulai"))

    def values(self) -> dict[str, Any]:
        told = super().values()
        return {**told, "window": int(told["window"] or stays.WINDOWS[0])}

    def offer(self) -> None:
        super().offer()
        self.window.offered = [(str(one), formats.length(one)) for one in stays.WINDOWS]
        self.window.data = self.window.data or str(stays.WINDOWS[0])


@stays_door.app_template_global()
def stays_alerts() -> Any:
    """Who has to be kept apart now, for whoever keeps them."""
    me = visitor()
    return guests.alerts(me) if me and can(me, Permission.KEEP_APART) else ()


@stays_door.app_template_global()
def side(code: str) -> str:
    return Side(code).label


@stays_door.route("")
@needs(Permission.KEEP_APART)
def show() -> Reply:
    return _show(GroupForm(formdata=None))


def _show(form: GroupForm) -> Reply:
    me, on = actor(), day_asked()
    form.once.data = form.once.data or onces.new()
    return page(
        "staff/stays/show.html",
        form=form,
        on=on,
        today=clock.today(),
        before=on - timedelta(days=1),
        after=on + timedelta(days=1),
        found=guests.of_day(me, on),
        groups=apart.groups(me),
    )


@stays_door.route("/kelompok", methods=["POST"])
@needs(Permission.KEEP_APART)
def make() -> Reply:
    form = GroupForm()
    if form.submit(apart.make, actor()):
        return see_other("staff.stays.show", said=MADE)
    return _show(form)


@stays_door.route("/kelompok/<uuid:group_id>/harap", methods=["GET", "POST"])
@needs(Permission.KEEP_APART)
def expect(group_id: UUID) -> Reply:
    group = apart.get_for(actor(), group_id)
    form = ExpectForm()
    form.offer()
    if stay_id := form.submit(stays.expect, actor(), group_id):
        return see_other("staff.stays.one", stay_id=stay_id, said=EXPECTED)
    return page("staff/stays/expect.html", form=form, group=group)


@stays_door.route("/kelompok/<uuid:group_id>/datang", methods=["GET", "POST"])
@needs(Permission.KEEP_APART)
def walk_in(group_id: UUID) -> Reply:
    group = apart.get_for(actor(), group_id)
    form = WalkInForm()
    form.offer()
    if form.submit(receptions.walk_in, actor(), group_id):
        return see_other("staff.stays.show", said=HERE)
    return page("staff/stays/walk_in.html", form=form, group=group)


@stays_door.route("/kelompok/<uuid:group_id>/hapus")
@needs(Permission.KEEP_APART)
def ask(group_id: UUID) -> Reply:
    return page("staff/stays/end.html", group=apart.get_for(actor(), group_id))


@stays_door.route("/kelompok/<uuid:group_id>/hapus", methods=["POST"])
@needs(Permission.KEEP_APART)
def end(group_id: UUID) -> Reply:
    apart.end(actor(), group_id)
    return see_other("staff.stays.show", said=ENDED)


@stays_door.route("/<uuid:stay_id>")
@needs(Permission.KEEP_APART)
def one(stay_id: UUID) -> Reply:
    return page("staff/stays/one.html", seen=guests.one(actor(), stay_id))


@stays_door.route("/<uuid:stay_id>/tiba", methods=["POST"])
@needs(Permission.KEEP_APART)
def arrive(stay_id: UUID) -> Reply:
    receptions.arrive(actor(), stay_id)
    return _on_its_day(stay_id, HERE)


@stays_door.route("/<uuid:stay_id>/pulang", methods=["POST"])
@needs(Permission.KEEP_APART)
def leave(stay_id: UUID) -> Reply:
    receptions.leave(actor(), stay_id)
    return _on_its_day(stay_id, GONE)


@stays_door.route("/<uuid:stay_id>/batal", methods=["POST"])
@needs(Permission.KEEP_APART)
def cancel(stay_id: UUID) -> Reply:
    stays.cancel(actor(), stay_id)
    return _on_its_day(stay_id, DROPPED)


def _on_its_day(stay_id: UUID, said: str) -> Reply:
    """The list on which it stands: today's, where they are still here or it is today's, else that of its own day."""
    stay = guests.one(actor(), stay_id).stay
    on = stay.starts_at.astimezone(clock.JAKARTA).date()
    return see_other("staff.stays.show", said=said, hari=None if on == clock.today() or stay.is_here else on)
