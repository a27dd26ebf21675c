"""Organisations: the list of whoever keeps them, and each one's own page."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from pepa.domain import onces, organisations, regrants, rekeys, standings
from pepa.models.capacities import Aid
from pepa.models.organisations import OrganisationKind
from pepa.policy import Permission, can
from pepa.web.access import actor, needs, visitor
from pepa.web.fields import (
    ChoicesField,
    CodeField,
    DayField,
    LineField,
    OnceField,
    PassphraseField,
    PickField,
    VersionField,
)
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

organisations_door = Blueprint("organisations", __name__, url_prefix="/lembaga")
ADDED, CHANGED = N_("Lembaga SUDAH ditambahkan."), N_("Isian lembaga SUDAH disimpan.")
SUSPENDED, RESUMED = N_("Lembaga ini SUDAH ditahan."), N_("Lembaga ini bisa masuk lagi.")
ENDED, RENEWED = N_("Lembaga ini SUDAH diakhiri."), N_("Kunci baru SUDAH dibuat.")
GIVEN, MORE = N_("SUDAH dibagikan lagi."), N_("Sebagian SUDAH dibagikan lagi. Tekan sekali lagi untuk sisanya.")
notices(ADDED, CHANGED, SUSPENDED, RESUMED, ENDED, RENEWED, GIVEN, MORE)


class EntryForm(Form):
    """What stands of an organisation."""

    name = LineField(N_("Nama"), needed=organisations.NameMissing.says, longest=120)
    agreement = LineField(N_("Nomor perjanjian"), longest=120)
    agreed_until_on = DayField(N_("Perjanjian berlaku sampai"))
    aids = ChoicesField(N_("Yang disediakan"), Aid)
    hours = LineField(N_("Jam dihubungi"), longest=120)
    person = LineField(N_("Orang yang dihubungi"), longest=80)
    phone = LineField(N_("Telepon untuk rekan"), longest=40)


class AddForm(EntryForm):
    kind = PickField(N_("Jenis"), needed=organisations.KindMissing.says)
    once = OnceField()


class ChangeForm(EntryForm):
    since = CodeField()
    version = VersionField()


class SureForm(Form):
    passphrase = PassphraseField(N_("Kalimat sandi"), needed=N_("Tulis kalimat sandi."))


@organisations_door.route("")
@needs(Permission.SEE_ORGANISATION)
def list_all() -> Reply:
    me = actor()
    if not can(me, Permission.KEEP_ORGANISATIONS):
        return see_other("staff.organisations.show", organisation_id=me.organisation_id)
    return page("staff/organisations/list.html", found=organisations.listed(me))


@organisations_door.route("/baru", methods=["GET", "POST"])
@needs(Permission.KEEP_ORGANISATIONS)
def add() -> Reply:
    form = AddForm()
    form.kind.offered = [(kind.value, kind.label) for kind in organisations.KINDS]
    if made := form.submit(organisations.add, actor()):
        return see_other("staff.organisations.show", organisation_id=made, said=ADDED)
    form.once.data = form.once.data or onces.new()
    return page("staff/organisations/add.html", form=form)


@organisations_door.route("/<uuid:organisation_id>")
@needs(Permission.SEE_ORGANISATION)
def show(organisation_id: UUID) -> Reply:
    me = actor()
    values: dict[str, Any] = {
        "looked": organisations.look(me, organisation_id),
        "is_own": organisation_id == me.organisation_id,
        "renews": rekeys.can_make(me, organisation_id),
        "shut": regrants.shut_for(me, organisation_id),
    }
    return page("staff/organisations/show.html", **values)


@organisations_door.route("/<uuid:organisation_id>/ubah", methods=["GET", "POST"])
@needs(Permission.KEEP_ORGANISATIONS)
def change(organisation_id: UUID) -> Reply:
    form = ChangeForm()
    if form.submit(organisations.change, actor(), organisation_id):
        return see_other("staff.organisations.show", organisation_id=organisation_id, said=CHANGED)
    looked = organisations.look(actor(), organisation_id)
    row, entry = looked.organisation, looked.entry
    if not form.is_submitted():
        form.process(
            obj=row, aids=[one.row.aid for one in entry.offers], since=entry.since,
            hours=entry.hours, person=entry.person, phone=entry.phone,
        )  # fmt: skip
    return page("staff/organisations/change.html", form=form, looked=looked)


@organisations_door.route("/<uuid:organisation_id>/tahan")
@needs(Permission.KEEP_ORGANISATIONS)
def ask_suspend(organisation_id: UUID) -> Reply:
    looked = organisations.look(actor(), organisation_id)
    return page("staff/organisations/suspend.html", looked=looked)


@organisations_door.route("/<uuid:organisation_id>/tahan", methods=["POST"])
@needs(Permission.KEEP_ORGANISATIONS)
def suspend(organisation_id: UUID) -> Reply:
    standings.suspend(actor(), organisation_id)
    return see_other("staff.organisations.show", organisation_id=organisation_id, said=SUSPENDED)


@organisations_door.route("/<uuid:organisation_id>/lanjut", methods=["POST"])
@needs(Permission.KEEP_ORGANISATIONS)
def resume(organisation_id: UUID) -> Reply:
    standings.resume(actor(), organisation_id)
    return see_other("staff.organisations.show", organisation_id=organisation_id, said=RESUMED)


@organisations_door.route("/<uuid:organisation_id>/akhiri", methods=["GET", "POST"])
@needs(Permission.KEEP_ORGANISATIONS)
def end(organisation_id: UUID) -> Reply:
    form = SureForm()
    if form.submit(standings.end, actor(), organisation_id):
        return see_other("staff.organisations.show", organisation_id=organisation_id, said=ENDED)
    looked, alone = organisations.look(actor(), organisation_id), standings.alone(organisation_id)
    return page("staff/organisations/end.html", form=form, looked=looked, alone=alone)


@organisations_door.route("/kunci-baru", methods=["GET", "POST"])
@needs(Permission.APPROVE_MEMBER)
def renew_key() -> Reply:
    """Of the actor's own organisation."""
    form = SureForm()
    mine = actor().organisation_id
    if form.submit(rekeys.renew, actor()):
        return see_other("staff.organisations.show", organisation_id=mine, said=RENEWED)
    looked = organisations.look(actor(), mine)
    return page("staff/organisations/renew.html", form=form, looked=looked, renews=rekeys.can_make(actor(), mine))


@organisations_door.route("/bagikan-lagi")
@needs(Permission.GRANT_AGAIN)
def shut() -> Reply:
    return page("staff/organisations/shut.html", found=regrants.listed(actor()))


@organisations_door.route("/<uuid:organisation_id>/bagikan-lagi", methods=["POST"])
@needs(Permission.GRANT_AGAIN)
def give_again(organisation_id: UUID) -> Reply:
    left = regrants.give(actor(), organisation_id)
    return see_other("staff.organisations.shut", said=MORE if left else GIVEN)


@organisations_door.app_template_global()
def rekey_due() -> bool:
    """Whether a new key is due that the visitor can make."""
    me = visitor()
    return me is not None and rekeys.is_due(me)


@organisations_door.app_template_global()
def kind_of(kind: str) -> str:
    """The word for a kind of organisation."""
    return OrganisationKind(kind).label
