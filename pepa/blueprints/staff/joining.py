"""The pages behind a link: somebody joins, or makes a new passphrase. Reading them uses nothing up."""

import re
import secrets
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext

from pepa.domain import enrolments, joining, locks
from pepa.domain.joining import Page
from pepa.models.enrolments import Enrolment
from pepa.web import scans
from pepa.web.access import STAFF_COOKIE, CutOff, actor, member, minutes_here, public
from pepa.web.fields import CodeField, LineField, PassphraseField, turn_asked
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

joining_door = Blueprint("joining", __name__, url_prefix="/bergabung")
BROWSER_COOKIE = "__Host-j"  # what is drawn for this browser comes from it: `locks`
A_DAY, A_WHILE = 24 * 3600, 15 * 60  # seconds
NO_COOKIE = N_("Browser ini tidak menyimpan cookie. Nyalakan cookie, lalu buka tautannya lagi.")
JOINED = N_("Anda SUDAH anggota lembaga itu. Pindah lewat Akun saya.")
notices(JOINED)


class JoinForm(Form):
    name = LineField(N_("Nama Anda"), longest=100)
    login = LineField(N_("Nama masuk"), longest=60)
    words = PassphraseField(N_("Kalimat sandi"))
    words_again = PassphraseField(N_("Kalimat sandi, sekali lagi"))
    digits = CodeField(N_("Kode 6 angka dari aplikasi"))


class RenewForm(Form):
    words = PassphraseField(N_("Kalimat sandi baru"))
    words_again = PassphraseField(N_("Kalimat sandi, sekali lagi"))
    digits = CodeField(N_("Kode 6 angka dari aplikasi"))


class AcceptForm(Form):
    passphrase = PassphraseField(N_("Kalimat sandi"), needed=N_("Tulis kalimat sandi."))


@joining_door.route("/<token>")
@public
def show(token: str) -> Reply:
    """What the link is. Nothing is set and nothing begins: mail programs look at links, too."""
    return _first(joining.at(token), AcceptForm(formdata=None), token)


def _first(enrolment: Enrolment, form: Form, token: str) -> Reply:
    if not enrolments.stands(enrolment):
        return page("staff/joining/over.html", status=410, enrolment=enrolment)
    return page("staff/joining/show.html", form=form, enrolment=enrolment, token=token)


@joining_door.route("/<token>/isi", methods=["GET", "POST"])
@public
def join(token: str) -> Reply:
    enrolment = joining.at(token)
    _whole()
    if enrolment.is_reset or not enrolments.stands(enrolment):
        return _elsewhere(enrolment, token)
    form = JoinForm()
    form.name.data = form.name.data or ("" if form.is_submitted() else enrolment.name)
    return _filled(enrolment, token, form, lambda drawn: form.submit(joining.join, drawn, idle_minutes=minutes_here()))


@joining_door.route("/<token>/baru", methods=["GET", "POST"])
@public
def renew(token: str) -> Reply:
    enrolment = joining.at(token)
    _whole()
    if not enrolment.is_reset or not enrolments.stands(enrolment):
        return _elsewhere(enrolment, token)
    form = RenewForm()
    return _filled(enrolment, token, form, lambda drawn: form.submit(joining.renew, drawn, idle_minutes=minutes_here()))


def _elsewhere(enrolment: Enrolment, token: str) -> Reply:
    """The page of the link; whoever has just used it, and did not hear so, is led on."""
    drawn = Page(token, request.cookies.get(BROWSER_COOKIE, ""))
    is_done = joining.was_just_used(enrolment, drawn)
    return see_other("staff.joining.done" if is_done else "staff.joining.show", token=token)


def _filled(enrolment: Enrolment, token: str, form: Form, send: Any) -> Reply:
    """The form behind a link, or what comes after it. What was drawn for this browser stays the same."""
    browser = request.cookies.get(BROWSER_COOKIE, "")
    known = re.fullmatch(r"[0-9a-f]{64}", browser) is not None
    drawn = Page(token, browser if known else secrets.token_hex(32))
    if form.is_submitted() and not known:
        form.form_errors.append(gettext(NO_COOKIE))
    elif cookie := send(drawn):
        response = see_other("staff.joining.done", token=token)
        _set(response, BROWSER_COOKIE, drawn.browser, A_WHILE)
        _set(response, STAFF_COOKIE, cookie, None)
        return response
    form.digits.data = ""
    turn = turn_asked()
    login = enrolment.person.login if enrolment.person else enrolment.name
    address = locks.totp_address(drawn.totp, login)
    response = page(
        "staff/joining/form.html",
        form=form,
        enrolment=enrolment,
        token=token,
        words=drawn.words(turn).split(),
        turn=turn,
        other=url_for(str(request.endpoint), token=token, turn=turn + 1),
        secret=drawn.totp,
        address=address,
        drawn=scans.qr(address),
    )
    _set(response, BROWSER_COOKIE, drawn.browser, A_DAY)
    return response


def _whole() -> None:
    if request.method == "POST" and not request.is_whole:  # type: ignore[attr-defined]
        raise CutOff


def _set(response: Reply, name: str, value: str, seconds: int | None) -> None:
    response.set_cookie(name, value, max_age=seconds, secure=True, httponly=True, samesite="Strict", path="/")


@joining_door.route("/<token>/terima", methods=["POST"])
@member
def accept(token: str) -> Reply:
    """By the account that is open in this browser."""
    form = AcceptForm()
    if form.submit(joining.accept, actor(), token):
        return see_other("staff.today.show", said=JOINED)
    return _first(joining.at(token), form, token)


@joining_door.route("/<token>/selesai")
@public
def done(token: str) -> Reply:
    """The spare codes, for as long as this browser may still ask."""
    drawn = Page(token, request.cookies.get(BROWSER_COOKIE, ""))
    enrolment = joining.just_used(drawn)
    waits = joining.waits(enrolment)
    return page("staff/joining/done.html", enrolment=enrolment, codes=drawn.spares, waits=waits)
