"""Kartu kader: the office makes and prints it; on the phone its QR and its PIN open it."""

from uuid import UUID

from flask import Blueprint, request

from pepa import clock
from pepa.domain import areas, cadres, onces, tickets
from pepa.models.cadres import Cadre
from pepa.policy import Permission
from pepa.web.access import CARD_COOKIE, CutOff, actor, card, needs, public, teaches
from pepa.web.fields import CodeField, LineField, OnceField, PickField
from pepa.web.forms import Form
from pepa.web.light import light
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

cadres_door = Blueprint("cadres", __name__)
ENDED, SETTLED, LEFT = N_("Kartu itu tidak berlaku lagi."), N_("Tersimpan."), N_("Anda SUDAH keluar.")
notices(ENDED, SETTLED, LEFT)


class CadreForm(Form):
    name = LineField(N_("Nama di kartu"), longest=60)
    kelurahan_code = PickField(N_("Kelurahan"))
    once = OnceField()

    def offer(self) -> "CadreForm":
        self.kelurahan_code.offered = [(ward.code, ward.label) for ward in areas.wards()]
        return self


class AreaForm(Form):
    area_id = PickField(N_("RT atau RW"), as_id=True)

    def offer(self, cadre: Cadre) -> "AreaForm":
        self.area_id.offered = [(part.id, part.label) for part in areas.of(cadre.kelurahan_code, clock.today())]
        return self


class SecretsForm(Form):
    """Drawn before the form is shown: pressed twice, it prints the same card twice."""

    code = OnceField()
    pin = OnceField()

    def draw(self) -> "SecretsForm":
        self.code.data, self.pin.data = cadres.new_code(), cadres.new_pin()
        return self


class OpenForm(Form):
    code = CodeField(N_("Kode di kartu"))
    pin = CodeField(N_("PIN"))


@cadres_door.route("/kader")
@needs(Permission.KEEP_CADRES)
def show() -> Reply:
    return _list(CadreForm(formdata=None))


@cadres_door.route("/kader", methods=["POST"])
@needs(Permission.KEEP_CADRES)
def make() -> Reply:
    form = CadreForm().offer()
    if cadre_id := form.submit(cadres.make, actor()):
        return see_other("staff.cadres.one", cadre_id=cadre_id)
    return _list(form)


def _list(form: CadreForm) -> Reply:
    form.once.data = form.once.data or onces.new()
    found = cadres.list_for(actor(), request.args.get("at"))
    return page("staff/cadres/list.html", form=form.offer(), found=found, wards=_ward_names())


def _ward_names() -> dict[str, str]:
    return {ward.code: ward.name for ward in areas.wards()}


@cadres_door.route("/kader/<uuid:cadre_id>")
@needs(Permission.KEEP_CADRES)
def one(cadre_id: UUID) -> Reply:
    cadre = cadres.get_for(actor(), cadre_id)
    form = AreaForm(formdata=None, data={"area_id": cadre.area_id}).offer(cadre)
    return _one(cadre, form)


@cadres_door.route("/kader/<uuid:cadre_id>", methods=["POST"])
@needs(Permission.KEEP_CADRES)
def settle(cadre_id: UUID) -> Reply:
    cadre = cadres.get_for(actor(), cadre_id)
    form = AreaForm().offer(cadre)
    form.submit(cadres.settle, actor(), cadre_id)
    if form.errors:
        return _one(cadre, form)
    return see_other("staff.cadres.one", cadre_id=cadre_id, said=SETTLED)


def _one(cadre: Cadre, form: AreaForm) -> Reply:
    ward = areas.ward(cadre.kelurahan_code)
    secrets = SecretsForm(formdata=None).draw()
    return page("staff/cadres/one.html", form=form, cadre=cadre, ward=ward, secrets=secrets)


@cadres_door.route("/kader/<uuid:cadre_id>/kartu", methods=["POST"])
@needs(Permission.KEEP_CADRES)
def print_card(cadre_id: UUID) -> Reply:
    """The card and its PIN, once: asked for again it is another one."""
    cadre = cadres.get_for(actor(), cadre_id)
    form = SecretsForm()
    cadres.print_card(actor(), cadre_id, code=form.code.data or "", pin=form.pin.data or "")
    groups = tickets.grouped(form.code.data or "")
    return page("staff/cadres/card.html", form=form, cadre=cadre, groups=groups, pin=form.pin.data)


@cadres_door.route("/kader/<uuid:cadre_id>/pin", methods=["POST"])
@needs(Permission.KEEP_CADRES)
def renew_pin(cadre_id: UUID) -> Reply:
    cadre = cadres.get_for(actor(), cadre_id)
    form = SecretsForm()
    cadres.renew_pin(actor(), cadre_id, pin=form.pin.data or "", once=form.code.data or "")
    return page("staff/cadres/pin.html", form=form, cadre=cadre, pin=form.pin.data)


@cadres_door.route("/kader/<uuid:cadre_id>/hapus")
@needs(Permission.KEEP_CADRES)
def ask(cadre_id: UUID) -> Reply:
    return page("staff/cadres/end.html", cadre=cadres.get_for(actor(), cadre_id))


@cadres_door.route("/kader/<uuid:cadre_id>/hapus", methods=["POST"])
@needs(Permission.KEEP_CADRES)
def end(cadre_id: UUID) -> Reply:
    cadres.end(actor(), cadre_id)
    return see_other("staff.cadres.show", said=ENDED)


@cadres_door.route("/kartu", methods=["GET", "POST"])
@public
def open_card() -> Reply:
    """On the cadre's phone; nobody is logged in there."""
    if request.method == "POST" and not request.is_whole:  # type: ignore[attr-defined]
        raise CutOff
    scanned, open_now = request.args.get("k", "")[:60], card()
    if request.method == "GET" and open_now and (not scanned or cadres.is_of(open_now, scanned)):
        return see_other("staff.plans.mine")
    form = OpenForm()
    if request.method == "GET":
        form.code.data = scanned
    if secret := form.submit(cadres.open_card):
        response = see_other("staff.plans.mine")
        response.set_cookie(CARD_COOKIE, secret, secure=True, httponly=True, samesite="Strict", path="/")
        return response
    return light("worker/cadres/open.html", form=form)


@cadres_door.route("/kartu/keluar", methods=["POST"])
@teaches
def leave() -> Reply:
    """What the card has open is over; somebody at work with a passphrase locks instead."""
    if found := card():
        cadres.shut(found)
    response = see_other("staff.cadres.open_card", said=LEFT)
    response.set_cookie(CARD_COOKIE, "", max_age=0, secure=True, httponly=True, samesite="Strict", path="/")
    return response
