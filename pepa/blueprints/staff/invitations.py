"""Undangan: what RTs, schools and majelis asked for; a date or a sentence; the poster with the date."""

from uuid import UUID

from flask import Blueprint, request

from pepa.domain import areas, cadres, invitations, plans
from pepa.models.invitations import Host, Invitation, InvitationState, Wish
from pepa.policy import Permission
from pepa.web.access import actor, needs
from pepa.web.evenings import read_id
from pepa.web.fields import DayField, LineField, OnceField, PickField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

invitations_door = Blueprint("invitations", __name__, url_prefix="/undangan")
DATED, DECLINED, TAKEN = N_("Tanggal SUDAH dijawab."), N_("Jawaban SUDAH tersimpan."), N_("Masuk ke daftar.")
notices(DATED, DECLINED, TAKEN)
SHOWN = (InvitationState.ASKED, InvitationState.DATED, InvitationState.DECLINED, InvitationState.CANCELLED)


class DateForm(Form):
    title_id = PickField(N_("Judul"))
    on = DayField(N_("Tanggal"))
    hour = LineField(N_("Jam"), longest=20)
    place = LineField(N_("Tempat, seperti yang dibaca pengundang"), longest=invitations.LONGEST_PLACE)
    cadre_id = PickField(N_("Siapa yang datang?"), as_id=True)
    answer = LineField(N_("Kalimat tambahan (boleh kosong)"), longest=invitations.LONGEST_ANSWER)
    was = OnceField()

    def offer(self) -> "DateForm":
        self.title_id.offered = [(str(one.id), one.name) for one in plans.taught() if not one.is_withdrawn]
        self.cadre_id.offered = list(cadres.named_for(actor()))
        return self

    def values(self) -> dict[str, object]:
        typed = super().values()
        return {**typed, "title_id": plans.number_of(typed["title_id"]), "was": read_id(self.was.data)}

    def of(self, row: Invitation, asked: invitations.Answered) -> "DateForm":
        """What was answered, to be moved."""
        if plan := invitations.plan_of(row):
            self.title_id.data, self.on.data, self.hour.data = str(plan.title_id), plan.on, plan.hour
            self.place.data, self.cadre_id.data = plan.place, plan.cadre_id
            self.answer.data, self.was.data = asked.answer, str(plan.id)
        return self


class DeclineForm(Form):
    answer = LineField(N_("Jawaban kami, satu kalimat"), longest=invitations.LONGEST_ANSWER)


@invitations_door.route("")
@needs(Permission.ANSWER_INVITATION)
def show() -> Reply:
    wanted = request.args.get("status", InvitationState.ASKED.value)
    aside = wanted == "aside"
    state = InvitationState(wanted) if wanted in set(InvitationState) else None
    found = invitations.list_for(actor(), state=None if aside else state, aside=aside, at=request.args.get("at"))
    names = {ward.code: ward.name for ward in areas.wards()}
    return page(
        "staff/invitations/list.html", found=found, wanted=wanted, states=SHOWN, names=names, hosts=Host, wishes=Wish
    )


@invitations_door.route("/<uuid:invitation_id>")
@needs(Permission.ANSWER_INVITATION)
def one(invitation_id: UUID) -> Reply:
    row, asked = invitations.get_for(actor(), invitation_id)
    return _one(row, DateForm(formdata=None).offer().of(row, asked), DeclineForm(formdata=None))


@invitations_door.route("/<uuid:invitation_id>/tanggal", methods=["POST"])
@needs(Permission.ANSWER_INVITATION)
def date_it(invitation_id: UUID) -> Reply:
    row, _ = invitations.get_for(actor(), invitation_id)
    form = DateForm().offer()
    if form.submit(invitations.date_it, actor(), invitation_id):
        return see_other("staff.invitations.one", invitation_id=invitation_id, said=DATED)
    return _one(row, form, DeclineForm(formdata=None))


@invitations_door.route("/<uuid:invitation_id>/belum", methods=["POST"])
@needs(Permission.ANSWER_INVITATION)
def decline(invitation_id: UUID) -> Reply:
    row, _ = invitations.get_for(actor(), invitation_id)
    form = DeclineForm()
    if form.submit(invitations.decline, actor(), invitation_id):
        return see_other("staff.invitations.one", invitation_id=invitation_id, said=DECLINED)
    return _one(row, DateForm(formdata=None).offer(), form)


@invitations_door.route("/<uuid:invitation_id>/terima", methods=["POST"])
@needs(Permission.ANSWER_INVITATION)
def take_in(invitation_id: UUID) -> Reply:
    invitations.take_in(actor(), invitation_id)
    return see_other("staff.invitations.one", invitation_id=invitation_id, said=TAKEN)


def _one(row: Invitation, form: DateForm, declining: DeclineForm) -> Reply:
    asked = invitations.get_for(actor(), row.id)[1]
    contact = invitations.contact_for(actor(), row.id)
    if not form.is_submitted() and not row.plan_id and contact:
        form.place.data = contact.place
    failed = declining if declining.errors else form
    return page(
        "staff/invitations/one.html",
        form=failed,
        dating=form,
        declining=declining,
        row=row,
        asked=asked,
        contact=contact,
    )


@invitations_door.route("/<uuid:invitation_id>/poster")
@needs(Permission.ANSWER_INVITATION)
def poster(invitation_id: UUID) -> Reply:
    """A sheet for the wall: the title's own lines for one, the day, the hour, the place."""
    row, asked = invitations.get_for(actor(), invitation_id)
    lines = invitations.poster_lines(actor(), invitation_id)
    return page("staff/invitations/poster.html", row=row, asked=asked, lines=lines)
