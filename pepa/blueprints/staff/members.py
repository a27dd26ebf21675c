"""The people of an organisation: what each does there, changed by somebody else; who leaves, who stands in."""

from uuid import UUID

from flask import Blueprint, request

from pepa.domain import departures, members, onces, organisations, placements, rights, roles, stand_ins
from pepa.errors import NotFound
from pepa.models.organisations import Role
from pepa.policy import Permission
from pepa.web.access import actor, needs
from pepa.web.fields import (
    ChoiceField,
    ChoicesField,
    DayField,
    IdsField,
    OnceField,
    PassphraseField,
    PickField,
    TickField,
    VersionField,
)
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

members_door = Blueprint("members", __name__, url_prefix="/anggota")
CHANGED, PLACED = N_("Peran SUDAH diubah. Sesinya berakhir."), N_("Lembaganya SUDAH diubah.")
LEFT, NAMED, ENDED = N_("SUDAH dicatat keluar."), N_("Pengganti SUDAH dicatat."), N_("Pengganti SUDAH diakhiri.")
notices(CHANGED, PLACED, LEFT, NAMED, ENDED)


class RolesForm(Form):
    roles = ChoicesField(N_("Peran"), Role)
    version = VersionField()


class PlacesForm(Form):
    organisation_ids = IdsField()
    roles = ChoicesField(N_("Perannya di lembaga yang baru"), Role)


class PlacesSureForm(PlacesForm):
    passphrase = PassphraseField(N_("Kalimat sandi"), needed=N_("Tulis kalimat sandi."))


class LeaveForm(Form):
    manner = ChoiceField(N_("Cara keluarnya"), departures.Manner)
    passphrase = PassphraseField(N_("Kalimat sandi"), needed=N_("Tulis kalimat sandi."))
    gives_up = TickField()


class StandInForm(Form):
    person_id = PickField(N_("Penggantinya"), as_id=True)
    from_on = DayField(N_("Hari pertama"))
    until_on = DayField(N_("Hari terakhir"))
    once = OnceField()


@members_door.route("/lembaga/<uuid:organisation_id>")
@needs(Permission.SEE_ORGANISATION)
def list_all(organisation_id: UUID) -> Reply:
    me = actor()
    return page(
        "staff/members/list.html",
        organisation=organisations.get_for(me, organisation_id),
        found=members.listed(me, organisation_id),
        away=stand_ins.away(organisation_id),
        changes=members.changes(me, organisation_id),
    )


@members_door.route("/<uuid:membership_id>")
@needs(Permission.SEE_ORGANISATION)
def show(membership_id: UUID) -> Reply:
    me, membership = actor(), members.get_for(actor(), membership_id)
    return page(
        "staff/members/show.html",
        membership=membership,
        listed=members.one(me, membership),
        elsewhere=members.elsewhere(me, membership),
        keeps=members.may_keep(me, membership),
        names=stand_ins.may_name(me, membership),
        away=stand_ins.of(membership),
    )


@members_door.route("/peran")
@needs(Permission.SEE_ORGANISATION)
def rights_table() -> Reply:
    asked = request.args.get("peran", "")
    role = Role(asked) if asked in {one.value for one in Role} else None
    return page("staff/members/rights.html", parts=rights.table(role), role=role, roles=Role)


@members_door.route("/<uuid:membership_id>/peran", methods=["GET", "POST"])
@needs(Permission.KEEP_MEMBERS)
def change_roles(membership_id: UUID) -> Reply:
    """First what would be left is shown."""
    form = RolesForm()
    membership = members.to_keep(actor(), membership_id)
    if difference := form.submit(roles.difference, actor(), membership_id):
        return page("staff/members/roles_sure.html", form=form, membership=membership, difference=difference)
    if not form.is_submitted():
        form.roles.data = list(membership.role_set)
    form.version.data = membership.version
    given = members.given_by(actor(), membership.organisation)
    return page("staff/members/roles.html", form=form, membership=membership, given=given)


@members_door.route("/<uuid:membership_id>/peran/simpan", methods=["POST"])
@needs(Permission.KEEP_MEMBERS)
def save_roles(membership_id: UUID) -> Reply:
    form = RolesForm()
    membership = members.to_keep(actor(), membership_id)
    if form.submit(roles.choose, actor(), membership_id):
        return see_other("staff.members.show", membership_id=membership_id, said=CHANGED)
    form.version.data = membership.version
    given = members.given_by(actor(), membership.organisation)
    return page("staff/members/roles.html", form=form, membership=membership, given=given)


@members_door.route("/<uuid:membership_id>/lembaga", methods=["GET", "POST"])
@needs(Permission.KEEP_ORGANISATIONS)
def change_places(membership_id: UUID) -> Reply:
    """First what would be left is shown."""
    form = PlacesForm()
    offered = placements.offered(actor(), membership_id)
    if difference := form.submit(placements.difference, actor(), membership_id):
        return _places_sure(membership_id, PlacesSureForm(), difference)
    if not form.is_submitted():
        form.organisation_ids.data = [one.id for one, is_there in offered if is_there]
    membership = members.to_keep(actor(), membership_id)
    kept = placements.kept(actor(), membership_id)
    return page("staff/members/places.html", form=form, membership=membership, offered=offered, kept=kept)


def _places_sure(membership_id: UUID, form: PlacesSureForm, difference: placements.Difference) -> Reply:
    membership = members.to_keep(actor(), membership_id)
    return page("staff/members/places_sure.html", form=form, membership=membership, difference=difference)


@members_door.route("/<uuid:membership_id>/lembaga/simpan", methods=["POST"])
@needs(Permission.KEEP_ORGANISATIONS)
def save_places(membership_id: UUID) -> Reply:
    form = PlacesSureForm()
    membership = members.to_keep(actor(), membership_id)
    home = membership.organisation_id
    if form.submit(placements.place, actor(), membership_id):
        return see_other("staff.members.list_all", organisation_id=home, said=PLACED)
    again = PlacesForm()
    if difference := again.submit(placements.difference, actor(), membership_id):
        return _places_sure(membership_id, form, difference)
    offered = placements.offered(actor(), membership_id)
    kept = placements.kept(actor(), membership_id)
    return page("staff/members/places.html", form=again, membership=membership, offered=offered, kept=kept)


@members_door.route("/<uuid:membership_id>/keluar", methods=["GET", "POST"])
@needs(Permission.KEEP_MEMBERS)
def leave(membership_id: UUID) -> Reply:
    form = LeaveForm()
    plan = departures.plan(actor(), membership_id)
    home = plan.membership.organisation_id
    if form.submit(departures.leave, actor(), membership_id):
        return see_other("staff.members.list_all", organisation_id=home, said=LEFT)
    return page("staff/members/leave.html", form=form, plan=departures.plan(actor(), membership_id))


@members_door.route("/<uuid:membership_id>/pengganti", methods=["GET", "POST"])
@needs(Permission.SEE_ORGANISATION)
def name_stand_in(membership_id: UUID) -> Reply:
    form = StandInForm()
    membership = members.get_for(actor(), membership_id)
    if not stand_ins.may_name(actor(), membership):
        raise NotFound
    home = membership.organisation.name
    form.person_id.offered = [(one.id, f"{one.name} ({home})") for one in stand_ins.offered(membership)]
    if form.submit(stand_ins.name, actor(), membership_id):
        return see_other("staff.members.show", membership_id=membership_id, said=NAMED)
    form.once.data = form.once.data or onces.new()
    return page("staff/members/stand_in.html", form=form, membership=members.get_for(actor(), membership_id))


@members_door.route("/pengganti/<uuid:stand_in_id>/akhiri", methods=["POST"])
@needs(Permission.SEE_ORGANISATION)
def end_stand_in(stand_in_id: UUID) -> Reply:
    membership_id = stand_ins.end(actor(), stand_in_id)
    return see_other("staff.members.show", membership_id=membership_id, said=ENDED)
