"""Logging in, locking, and what was being typed when the screen locked."""

import re
from hmac import compare_digest

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext

from pepa import clock
from pepa.domain import account, keys, passkeys, sessions
from pepa.web import drafts, scans
from pepa.web.access import STAFF_COOKIE, CutOff, actor, member, minutes_here, public, visitor
from pepa.web.fields import AnswerField, CodeField, LineField, PassphraseField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, own_path, page, see_other, to
from pepa.words import N_

sessions_door = Blueprint("sessions", __name__)
NONCE_MINUTES = 60
LOCKED = N_("SUDAH terkunci. Masuk lagi untuk meneruskan.")
STALE = N_("Halaman ini terbuka terlalu lama. Isi lagi.")
DISCARDED = N_("Ketikan tadi dibuang.")
notices(LOCKED, DISCARDED)


class LogInForm(Form):
    login = LineField(N_("Nama masuk"), needed=N_("Tulis nama masuk."))
    passphrase = PassphraseField(N_("Kalimat sandi"), needed=N_("Tulis kalimat sandi."))
    code = CodeField(N_("Kode 6 angka dari aplikasi"))
    spare = CodeField(N_("Kode cadangan"))
    passkey = AnswerField()


@sessions_door.route("/masuk", methods=["GET", "POST"])
@public
def log_in() -> Reply:
    back, before = own_path(request.args.get("back")), visitor()
    if before and request.method != "POST":
        return _on(back)
    if request.method == "POST" and not request.is_whole:  # type: ignore[attr-defined]
        raise CutOff
    form = LogInForm()
    if form.is_submitted() and not _is_fresh(request.form.get("nonce", "")):
        form.form_errors.append(gettext(STALE))
    elif cookie := form.submit(sessions.log_in, site=scans.address(""), idle_minutes=minutes_here()):
        if before:
            sessions.lock(before)  # whatever was open in this browser ends: a new log-in is a new session
        return _with_cookie(_on(back) if back or not account.is_choosing(cookie) else _choose(), cookie)
    form.code.data = form.spare.data = ""  # it will not do a second time
    offered = passkeys.are_there()
    return page("staff/sessions/log_in.html", form=form, back=back, nonce=_nonce(clock.minute()), passkeys=offered)


@sessions_door.route("/masuk/passkey")
@public
def challenge() -> Reply:
    """What a passkey is asked to sign, the same kind for everybody: no name is known yet."""
    return jsonify(passkeys.asked_to_log_in())


def _choose() -> Reply:
    """Whoever works in several organisations says in which one now."""
    return see_other("staff.account.places")


def _on(back: str | None) -> Reply:
    return to(back) if back else see_other("staff.today.show")


def _with_cookie(response: Reply, cookie: str) -> Reply:
    ends = None if cookie else 0
    response.set_cookie(STAFF_COOKIE, cookie, max_age=ends, secure=True, httponly=True, samesite="Strict", path="/")
    return response


def _nonce(minute: int) -> str:
    return f"{minute}.{keys.page_nonce('log in', str(minute))}"


def _is_fresh(nonce: str) -> bool:
    minute = nonce.partition(".")[0]
    if not re.fullmatch(r"[0-9]{1,12}", minute) or not compare_digest(nonce.encode(), _nonce(int(minute)).encode()):
        return False
    return -5 <= clock.minute() - int(minute) <= NONCE_MINUTES


@sessions_door.route("/kunci", methods=["POST"])
@member
def lock() -> Reply:
    sessions.lock(actor())
    at = own_path(request.form.get("typed_at"))
    back = drafts.page_of(at) if at else None
    return _with_cookie(see_other("staff.sessions.log_in", said=LOCKED, back=back), "")


@sessions_door.route("/ketikan/simpan", methods=["POST"])
@member
def keep() -> Reply:
    """What is being typed was kept on its way in, like whatever a form carries along."""
    return Response(status=204)


@sessions_door.route("/ketikan", methods=["POST"])
@member
def discard() -> Reply:
    back = own_path(request.form.get("back"))
    if back:
        sessions.drop_draft(actor(), back)
    return to(back, said=DISCARDED) if back else see_other("staff.inbox.show")
