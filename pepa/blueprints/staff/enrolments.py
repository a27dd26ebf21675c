"""Inviting somebody by a link, and giving a way back to whoever forgot the passphrase."""

from uuid import UUID

from flask import Blueprint, url_for

from pepa.domain import enrolments, forfeits, onces
from pepa.domain.enrolments import Made
from pepa.models.organisations import Role
from pepa.policy import Permission, can
from pepa.web import scans
from pepa.web.access import actor, needs
from pepa.web.fields import ChoicesField, LineField, OnceField, PassphraseField, PickField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

enrolments_door = Blueprint("enrolments", __name__, url_prefix="/undang")
ALREADY = N_("Undangan ini SUDAH dibuat tadi. Tautannya hilang? Tekan Kirim lagi.")
CANCELLED = N_("Undangan itu dibatalkan. Tautannya tidak berlaku lagi.")
notices(ALREADY, CANCELLED)


class InviteForm(Form):
    name = LineField(N_("Nama"), longest=100)
    email = LineField(N_("Email (boleh kosong)"), longest=200)
    organisation_id = PickField(N_("Lembaga"), needed=N_("Pilih lembaganya."), as_id=True)
    roles = ChoicesField(N_("Peran"), Role)
    once = OnceField()


class ForgottenForm(Form):
    person_id = PickField(N_("Siapa yang lupa?"), needed=N_("Pilih orangnya."), as_id=True)


class GiveUpForm(Form):
    passphrase = PassphraseField(N_("Kalimat sandi Anda"), needed=N_("Tulis kalimat sandi."))


class SendForm(Form):
    """Nothing to fill in: the button is all."""


@enrolments_door.route("")
@needs(Permission.INVITE_MEMBER)
def show() -> Reply:
    return _list(_invite_form(fresh=True), _forgotten_form(fresh=True))


@enrolments_door.route("", methods=["POST"])
@needs(Permission.INVITE_MEMBER)
def invite() -> Reply:
    form = _invite_form()
    if made := form.submit(enrolments.invite, actor()):
        return _link(made) if made.token else see_other("staff.enrolments.show", said=ALREADY)
    return _list(form, _forgotten_form(fresh=True))


@enrolments_door.route("/lupa", methods=["POST"])
@needs(Permission.INVITE_MEMBER)
def choose() -> Reply:
    """Whose passphrase was forgotten; a page of its own asks first."""
    form = _forgotten_form()
    if form.validate():
        return see_other("staff.enrolments.ask", person_id=form.person_id.data)
    return _list(_invite_form(fresh=True), form)


def _invite_form(*, fresh: bool = False) -> InviteForm:
    form = InviteForm(formdata=None) if fresh else InviteForm()
    places = enrolments.places(actor())
    form.organisation_id.offered = [(place.id, place.name) for place in places]
    form.roles.offered = [(role.value, role.label) for role in enrolments.roles_in(actor(), places)]
    if len(places) == 1:
        form.organisation_id.data = places[0].id
    form.once.data = form.once.data or onces.new()
    return form


def _forgotten_form(*, fresh: bool = False) -> ForgottenForm:
    form = ForgottenForm(formdata=None) if fresh else ForgottenForm()
    form.person_id.offered = [
        (person.id, f"{person.name} · {places}") for person, places in enrolments.forgetful(actor())
    ]
    return form


def _list(form: InviteForm, forgotten: ForgottenForm) -> Reply:
    wrong = forgotten if forgotten.errors else form
    open_ones = enrolments.list_for(actor())
    return page("staff/enrolments/list.html", form=wrong, invite=form, forgotten=forgotten, enrolments=open_ones)


def _link(made: Made) -> Reply:
    """The one page that shows a link."""
    row = enrolments.get_for(actor(), made.id)
    path = url_for("staff.joining.show", token=made.token).partition("?")[0]
    address = scans.address(path)
    return page("staff/enrolments/link.html", enrolment=row, address=address, drawn=scans.qr(address))


@enrolments_door.route("/<uuid:enrolment_id>/lagi", methods=["POST"])
@needs(Permission.INVITE_MEMBER)
def again(enrolment_id: UUID) -> Reply:
    return _link(enrolments.again(actor(), enrolment_id))


@enrolments_door.route("/<uuid:enrolment_id>/batal")
@needs(Permission.INVITE_MEMBER)
def ask_cancel(enrolment_id: UUID) -> Reply:
    return page("staff/enrolments/cancel.html", enrolment=enrolments.get_for(actor(), enrolment_id))


@enrolments_door.route("/<uuid:enrolment_id>/batal", methods=["POST"])
@needs(Permission.INVITE_MEMBER)
def cancel(enrolment_id: UUID) -> Reply:
    enrolments.cancel(actor(), enrolment_id)
    return see_other("staff.enrolments.show", said=CANCELLED)


@enrolments_door.route("/lupa/<uuid:person_id>", methods=["GET", "POST"])
@needs(Permission.INVITE_MEMBER)
def ask(person_id: UUID) -> Reply:
    found = enrolments.to_bring_back(actor(), person_id)
    form = SendForm()
    if made := form.submit(enrolments.bring_back, actor(), person_id):
        return _link(made)
    if can(actor(), Permission.KEEP_ORGANISATIONS) and forfeits.with_person(actor(), person_id):
        return see_other("staff.enrolments.ask_last", person_id=person_id)
    return page("staff/enrolments/forgotten.html", form=form, memberships=found, person=found[0].person)


@enrolments_door.route("/lupa/<uuid:person_id>/terakhir", methods=["GET", "POST"])
@needs(Permission.KEEP_ORGANISATIONS)
def ask_last(person_id: UUID) -> Reply:
    """Of the only person who opens a partner's key: what stays shut for ever is said first."""
    found = enrolments.to_bring_back(actor(), person_id)
    form = GiveUpForm()
    if made := form.submit(forfeits.bring_back, actor(), person_id):
        return _link(made)
    lost = forfeits.with_person(actor(), person_id)
    return page("staff/enrolments/last.html", form=form, memberships=found, person=found[0].person, lost=lost)
