"""Logging in, locking, and what was being typed when the screen locked."""

from flask import Blueprint, current_app, request

from pepa import clock
from pepa.domain import keys, sessions
from pepa.web.access import STAFF_COOKIE, actor, member, public, visitor
from pepa.web.fields import CodeField, LineField, PassphraseField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, own_path, page, see_other, to
from pepa.words import N_

sessions_door = Blueprint("sessions", __name__)
NONCE_MINUTES = 60
LOCKED = N_("Terkunci. Masuk lagi untuk meneruskan.")
STALE = N_("Halaman ini terbuka terlalu lama. Isi lagi.")
DISCARDED = N_("Ketikan tadi dibuang.")
notices(LOCKED, DISCARDED)


class LogInForm(Form):
    login = LineField(N_("Nama masuk"), needed=N_("Tulis nama masuk."))
    passphrase = PassphraseField(N_("Kalimat sandi"), needed=N_("Tulis kalimat sandi."))
    code = CodeField(N_("Kode 6 angka dari aplikasi"))


@sessions_door.route("/masuk", methods=["GET", "POST"])
@public
def log_in() -> Reply:
    back = own_path(request.args.get("back"))
    if visitor() and request.method == "GET":
        return to(back) if back else see_other("staff.reports.desk")
    form = LogInForm()
    if form.is_submitted() and not _is_fresh(request.form.get("nonce", "")):
        form.form_errors.append(STALE)
    else:
        minutes = current_app.config["PEPA"].session_minutes
        if cookie := form.submit(sessions.log_in, idle_minutes=minutes):
            response = to(back) if back else see_other("staff.reports.desk")
            response.set_cookie(STAFF_COOKIE, cookie, secure=True, httponly=True, samesite="Strict", path="/")
            return response
    return page("staff/sessions/log_in.html", form=form, back=back, nonce=_nonce(clock.minute()))


def _nonce(minute: int) -> str:
    return f"{minute}.{keys.page_nonce('log in', str(minute))}"


def _is_fresh(nonce: str) -> bool:
    minute, _, _ = nonce.partition(".")
    if not minute.isascii() or not minute.isdigit() or nonce != _nonce(int(minute)):
        return False
    return -5 <= clock.minute() - int(minute) <= NONCE_MINUTES


@sessions_door.route("/kunci", methods=["POST"])
@member
def lock() -> Reply:
    sessions.lock(actor())
    response = see_other("staff.sessions.log_in", said=LOCKED)
    response.set_cookie(STAFF_COOKIE, "", max_age=0, secure=True, httponly=True, samesite="Strict", path="/")
    return response


@sessions_door.route("/ketikan", methods=["POST"])
@member
def discard() -> Reply:
    back = own_path(request.form.get("back"))
    if back:
        sessions.drop_draft(actor(), back)
    return to(back, said=DISCARDED) if back else see_other("staff.reports.desk")
