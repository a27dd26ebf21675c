"""Phones of the office: a supervisor makes a code, it is typed on the phone, and the phone can hand in."""

from uuid import UUID

from flask import Blueprint, request

from pepa.domain import devices, onces
from pepa.policy import Permission
from pepa.web.access import DEVICE_COOKIE, CutOff, actor, needs, public
from pepa.web.fields import CodeField, LineField, OnceField, TickField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

devices_door = Blueprint("devices", __name__, url_prefix="/hp")
A_LONG_TIME = 400 * 24 * 3600  # seconds; browsers keep no cookie longer
JOINED, ENDED = N_("HP ini SUDAH terdaftar."), N_("HP itu tidak bisa mengirim lagi.")
notices(JOINED, ENDED)


class DeviceForm(Form):
    label = LineField(N_("Sebutan HP ini"), longest=60)
    is_computer = TickField()
    once = OnceField()


class JoinForm(Form):
    code = CodeField(N_("Kode HP"))


@devices_door.route("")
@needs(Permission.KEEP_DEVICES)
def show() -> Reply:
    return _list(DeviceForm(formdata=None))


@devices_door.route("", methods=["POST"])
@needs(Permission.KEEP_DEVICES)
def register() -> Reply:
    form = DeviceForm()
    if device_id := form.submit(devices.register, actor()):
        return see_other("staff.devices.code", device_id=device_id)
    return _list(form)


def _list(form: DeviceForm) -> Reply:
    form.once.data = form.once.data or onces.new()
    return page("staff/devices/list.html", form=form, devices=devices.list_for(actor()))


@devices_door.route("/<uuid:device_id>/kode")
@needs(Permission.KEEP_DEVICES)
def code(device_id: UUID) -> Reply:
    device = devices.get_for(actor(), device_id)
    return page("staff/devices/code.html", device=device, groups=devices.code_of(device))


@devices_door.route("/<uuid:device_id>/hapus")
@needs(Permission.KEEP_DEVICES)
def ask(device_id: UUID) -> Reply:
    return page("staff/devices/end.html", device=devices.get_for(actor(), device_id))


@devices_door.route("/<uuid:device_id>/hapus", methods=["POST"])
@needs(Permission.KEEP_DEVICES)
def end(device_id: UUID) -> Reply:
    devices.end(actor(), device_id)
    return see_other("staff.devices.show", said=ENDED)


@devices_door.route("/daftar", methods=["GET", "POST"])
@public
def join() -> Reply:
    """On the phone itself; nobody is logged in there."""
    if request.method == "POST" and not request.is_whole:  # type: ignore[attr-defined]
        raise CutOff
    form = JoinForm()
    if secret := form.submit(devices.join):
        response = see_other("staff.hand_ins.call", said=JOINED)
        response.set_cookie(
            DEVICE_COOKIE, secret, max_age=A_LONG_TIME, secure=True, httponly=True, samesite="Strict", path="/"
        )
        return response
    return page("staff/devices/join.html", form=form)
