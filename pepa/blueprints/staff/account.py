"""Akun saya: passphrase, authenticator, spare codes, addresses; what is open elsewhere; another organisation."""

from uuid import UUID

from flask import Blueprint, url_for

from pepa.domain import account
from pepa.web import scans
from pepa.web.access import actor, member
from pepa.web.fields import CodeField, LineField, PassphraseField, PhoneField, turn_asked
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

account_door = Blueprint("account", __name__, url_prefix="/akun")
CHANGED = N_("Kalimat sandi SUDAH diganti. Di tempat lain akun Anda terkunci.")
RENEWED = N_("Aplikasi kode SUDAH diganti. Kode dari yang lama tidak berlaku lagi.")
REACHED = N_("Email dan nomor SUDAH disimpan.")
ENDED = N_("Di tempat lain akun Anda SUDAH terkunci.")
MOVED = N_("Anda SUDAH pindah lembaga.")
notices(CHANGED, RENEWED, REACHED, ENDED, MOVED)
PRESENT = N_("Kalimat sandi sekarang")
NEEDED = N_("Tulis kalimat sandi.")


class PassphraseForm(Form):
    passphrase = PassphraseField(PRESENT, needed=NEEDED)
    words = PassphraseField(N_("Kalimat sandi baru"))
    words_again = PassphraseField(N_("Kalimat sandi baru, sekali lagi"))


class AuthenticatorForm(Form):
    passphrase = PassphraseField(PRESENT, needed=NEEDED)
    old_digits = CodeField(N_("Kode dari aplikasi yang lama"))
    digits = CodeField(N_("Kode dari aplikasi yang baru"))


class SparesForm(Form):
    passphrase = PassphraseField(PRESENT, needed=NEEDED)


class ReachForm(Form):
    email = LineField(N_("Email"), longest=200)
    phone = PhoneField(N_("Nomor HP untuk SMS"), longest=40)
    passphrase = PassphraseField(PRESENT, needed=NEEDED)


@account_door.route("")
@member
def show() -> Reply:
    me = actor()
    opened, places = account.opened(me), account.places(me)
    return page("staff/account/show.html", account=account.of(me), opened=opened, places=places)


@account_door.route("/sandi", methods=["GET", "POST"])
@member
def passphrase() -> Reply:
    form = PassphraseForm()
    turn = turn_asked()
    words = account.words(actor(), turn).split()
    if form.submit(account.change_passphrase, actor()):
        return see_other("staff.account.show", said=CHANGED)
    other = url_for("staff.account.passphrase", turn=turn + 1)
    return page("staff/account/passphrase.html", form=form, words=words, turn=turn, other=other)


@account_door.route("/aplikasi", methods=["GET", "POST"])
@member
def authenticator() -> Reply:
    form = AuthenticatorForm()
    secret, address = account.totp(actor()), account.totp_address(actor())
    if form.submit(account.change_totp, actor()):
        return see_other("staff.account.show", said=RENEWED)
    form.old_digits.data = form.digits.data = ""
    drawn = scans.qr(address)
    return page("staff/account/authenticator.html", form=form, secret=secret, address=address, drawn=drawn)


@account_door.route("/cadangan", methods=["GET", "POST"])
@member
def spares() -> Reply:
    """The one page that shows new codes is the answer to its form."""
    form = SparesForm()
    codes = form.submit(account.new_spares, actor())
    return page("staff/account/spares.html", form=form, codes=codes, left=account.of(actor()).spares)


@account_door.route("/alamat", methods=["GET", "POST"])
@member
def reach() -> Reply:
    mine = account.of(actor())
    form = ReachForm(data={"email": mine.email, "phone": mine.phone})
    if form.submit(account.set_reach, actor()):
        return see_other("staff.account.show", said=REACHED)
    return page("staff/account/reach.html", form=form)


@account_door.route("/kunci-lain", methods=["POST"])
@member
def end_others() -> Reply:
    account.end_others(actor())
    return see_other("staff.account.show", said=ENDED)


@account_door.route("/lembaga")
@member
def places() -> Reply:
    return page("staff/account/places.html", places=account.places(actor()))


@account_door.route("/lembaga/<uuid:membership_id>", methods=["POST"])
@member
def move(membership_id: UUID) -> Reply:
    account.move(actor(), membership_id)
    return see_other("staff.today.show", said=MOVED)
