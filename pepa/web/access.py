"""Who comes in. Every door declares `@public`, `@member` or `@needs(P.X)`; one that declares nothing lets nobody in."""

import secrets
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable
from functools import wraps
from hmac import compare_digest
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, has_request_context, request
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user
from werkzeug.exceptions import ClientDisconnected

from pepa.domain import cadres, devices, sessions
from pepa.errors import Invalid, NotAllowed, NotFound
from pepa.policy import Device, Member, Permission, can
from pepa.web import gates, pages
from pepa.words import N_

STAFF_COOKIE = "__Host-p"
DEVICE_COOKIE = "__Host-d"
CARD_COOKIE = "__Host-k"
CSRF = "csrf_token"
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
View = TypeVar("View", bound=Callable[..., Any])


class FromElsewhere(NotAllowed):
    says = N_("Kiriman ini datang dari situs lain. Buka halaman ini langsung, lalu kirim dari sini.")


class CutOff(Invalid):
    """A form of the desk that was cut on the way: refused before anything of it is taken."""

    says = N_("Belum sampai semua. TIDAK ada yang disimpan. Kembali, lalu kirim lagi.")


class Worker(UserMixin):
    """Flask-Login's view of a member at work."""

    def __init__(self, member: Member) -> None:
        self.member = member

    def get_id(self) -> str:
        return self.member.person_id.hex


class Locked(Exception):
    """Nobody is at work with this browser: to the log-in page, with the way back."""


def public(view: View) -> View:
    """A door for everybody."""
    return _declared(view, "public")


def member(view: View) -> View:
    """A door for whoever is at work."""
    return _declared(view, "member")


def needs(permission: Permission) -> Callable[[View], View]:
    """A door for whoever may do this."""
    return lambda view: _declared(view, permission)


def hands_in(view: View) -> View:
    """A door for whoever may hand in: also for a registered phone, while nobody has unlocked anything."""
    door = _declared(view, Permission.HAND_IN)
    door.by_device = True  # type: ignore[attr-defined]
    return door


def teaches(view: View) -> View:
    """A door for whoever logs what was taught: also for a cadre's card that its PIN opened."""
    door = _declared(view, Permission.LOG_OUTREACH)
    door.by_card = True  # type: ignore[attr-defined]
    return door


def quiet(argument: str) -> Callable[[View], View]:
    """A page that asks for itself again (with this argument in its address) is no sign that somebody is there."""

    def marked(view: View) -> View:
        view.quiet = argument  # type: ignore[attr-defined]
        return view

    return marked


def _declared(view: View, access: str) -> View:
    @wraps(view)
    def door(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    door.access = access  # type: ignore[attr-defined]
    return door  # type: ignore[return-value]


def actor() -> Member:
    """Who is at work in this request. Raises Locked."""
    found = visitor()
    if found is None:
        raise Locked
    return found


def hand() -> Member | Device:
    """Who hands in: whoever is at work, else the phone. Raises Locked."""
    found: Device | None = g.get("device")
    return found or actor()


def device() -> Device | None:
    """The registered phone that asks, if it is one."""
    if "known_device" not in g:
        g.known_device = devices.by_cookie(request.cookies.get(DEVICE_COOKIE))
    known: Device | None = g.known_device
    return known


def card() -> Device | None:
    """The cadre's card that is open in this browser, if one is."""
    if "known_card" not in g:
        g.known_card = cadres.by_cookie(request.cookies.get(CARD_COOKIE))
    known: Device | None = g.known_card
    return known


def is_shut_card() -> bool:
    """Whether somebody comes with a card that was open and is not any more, to a page that it opens."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "by_card", False) and CARD_COOKIE in request.cookies and card() is None


def visitor() -> Member | None:
    """Who is at work in this request, if anybody."""
    if has_request_context() and g.get("device"):
        return None
    return current_user.member if has_request_context() and current_user.is_authenticated else None


def register(app: Flask) -> None:
    """Hang the log-in on the staff cookie and a guard before every door."""
    manager = LoginManager()
    manager.session_protection = None  # it would hash address and browser
    manager.init_app(app)
    app.config["REMEMBER_COOKIE_NAME"] = ";"  # nobody is remembered: no cookie can have this name
    manager.request_loader(_load)
    app.before_request(_guard)
    app.jinja_env.globals.update(can=_may, csrf=csrf, visitor=visitor, idle_minutes=_idle_minutes)
    app.jinja_env.globals.update(device=device, card=card)


def forget_visitor() -> None:
    """For a page about a fault: who is at work is not asked of a database that does not answer."""
    g._login_user = AnonymousUserMixin()


def _idle_minutes() -> int:
    me = visitor()
    return me.idle_minutes if me else int(current_app.config["PEPA"].session_minutes)


def minutes_here() -> int:
    """How long whoever logs in at this machine may be idle."""
    return devices.idle_minutes(device(), int(current_app.config["PEPA"].session_minutes))


def _load(_: Any) -> Worker | None:
    quiet_argument = getattr(current_app.view_functions.get(request.endpoint or ""), "quiet", None)
    there = quiet_argument is None or quiet_argument not in request.args
    found = sessions.member(request.cookies.get(STAFF_COOKIE), there=there)
    return Worker(found) if found else None


def _may(permission: str) -> bool:
    return can(visitor(), Permission(permission))


def _guard() -> None:
    if request.endpoint is None or request.endpoint == "static":
        return
    view = current_app.view_functions[request.endpoint]
    access = getattr(view, "access", None)
    if access is None:
        abort(403)
    unsafe = request.method in UNSAFE
    if unsafe and _from_elsewhere():
        raise FromElsewhere
    if access == "public" or _is_by_device(view, unsafe):
        return
    at_work = actor()
    if access != "member" and not can(at_work, Permission(access)):
        raise NotFound
    if unsafe:
        _read_files(view)
    if unsafe and not request.is_whole:  # type: ignore[attr-defined]
        raise CutOff
    if unsafe and not csrf_is_good(at_work):
        raise FromElsewhere


def _read_files(view: Callable[..., Any]) -> None:
    """Only of whoever may send some: nobody else's are looked at. Raises CutOff, uploads.NoRoom."""
    begin = getattr(view, "files", None)
    try:
        if begin is not None and "upload" not in g:
            gates.take_in(begin)
    except ClientDisconnected:
        raise CutOff from None


def _is_by_device(view: Callable[..., Any], unsafe: bool) -> bool:
    """Nobody is at work at this phone, or what it sends was begun while nobody was: the phone itself, or the card that
    is open in it, does it.

    Its cookie goes with no form of another site. Raises CutOff.
    """
    find = device if getattr(view, "by_device", False) else card if getattr(view, "by_card", False) else None
    if find is None:
        return False
    at_work, permission = visitor(), Permission(view.access)  # type: ignore[attr-defined]
    if unsafe and (find() or can(at_work, permission)):
        _read_files(view)
    begun = can(at_work, permission) and not (unsafe and CSRF not in request.form)
    if begun or find() is None:
        return False
    if unsafe and not request.is_whole:  # type: ignore[attr-defined]
        raise CutOff
    g.device = find()
    return True


def _from_elsewhere() -> bool:
    """Whether the form stood on another site. Newer browsers say so; of older ones the desk alone looks at Origin.

    Our own pages leave it null. It must not cost a report that some phone sends an odd one.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None or not pages.is_staff():
        return site in ("cross-site", "same-site")
    origin = request.headers.get("Origin", "null")
    return origin != "null" and urlsplit(origin).netloc != request.host


def csrf() -> str:
    """The session's token under a mask that is fresh for each page, so that compression tells nothing of it, and the
    same in all of its forms, so that a list of them compresses; a phone alone has none."""
    if g.get("device"):
        return ""
    if "csrf" not in g:
        secret = sessions.csrf(actor())
        mask = secrets.token_bytes(len(secret))
        g.csrf = urlsafe_b64encode(mask + _xor(mask, secret)).decode()
    token: str = g.csrf
    return token


def csrf_is_good(at_work: Member) -> bool:
    """Whether the form's token belongs to the session."""
    secret = sessions.csrf(at_work)
    try:
        raw = b64decode(request.form.get(CSRF, ""), altchars=b"-_", validate=True)
    except ValueError:
        return False
    half = len(secret)
    return len(raw) == 2 * half and compare_digest(_xor(raw[:half], raw[half:]), secret)


def _xor(a: bytes, b: bytes) -> bytes:
    return bytes(x ^ y for x, y in zip(a, b, strict=True))
