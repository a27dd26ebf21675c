"""Akun saya: passphrase, authenticator, spare codes, addresses; what is open elsewhere; another organisation."""

from uuid import UUID

from flask import Blueprint, request, url_for

from pepa.domain import account
from pepa.web import scans
from pepa.web.access import STAFF_COOKIE, actor, member
from pepa.web.fields import AnswerField, CodeField, LineField, PassphraseField, PhoneField, PickField, turn_asked
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

account_door = Blueprint("account", __name__, url_prefix="/akun")
CHANGED = N_("Kalimat sandi SUDAH diganti. Di tempat lain akun Anda terkunci.")
RENEWED = N_("Aplikasi kode SUDAH diganti. Kode dari yang lama tidak berlaku lagi.")
REACHED = N_("Email dan nomor SUDAH disimpan.")
ENDED = N_("Di tempat lain akun Anda SUDAH terkunci.")
MOVED = N_("Anda SUDAH pindah lembaga.")
ADDED = N_("Kunci sandi SUDAH ditambah. Kode 6 angka tetap berlaku.")
REMOVED = N_("Kunci sandi SUDAH dihapus. Di tempat lain akun Anda terkunci.")
notices(CHANGED, RENEWED, REACHED, ENDED, MOVED, ADDED, REMOVED)
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


class PasskeyForm(Form):
    name = LineField(N_("Nama kunci sandi ini"), longest=40)
    passphrase = PassphraseField(PRESENT, needed=NEEDED)


class MadeForm(Form):
    name = LineField(N_("Nama kunci sandi ini"), longest=40)
    passkey = AnswerField()


class RemovalForm(Form):
    passkey_id = PickField(N_("Kunci sandi yang mana?"), as_id=True)
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
    passkeys = account.passkeys_of(me)
    return page("staff/account/show.html", account=account.of(me), opened=opened, places=places, passkeys=passkeys)


@account_door.route("/sandi", methods=["GET", "POST"])
@member
def passphrase() -> Reply:
    form = PassphraseForm()
    turn = turn_asked()
    words = account.words(actor(), turn, request.cookies[STAFF_COOKIE]).split()
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


@account_door.route("/passkey", methods=["GET", "POST"])
@member
def passkey() -> Reply:
    """The one page that asks the browser is the answer to its form: a passkey is begun by the passphrase alone."""
    form = PasskeyForm()
    asked = form.submit(account.begin_passkey, actor(), site=scans.address(""))
    return page("staff/account/passkey.html", form=form, asked=asked)


@account_door.route("/passkey/jadi", methods=["POST"])
@member
def made() -> Reply:
    form = MadeForm()
    if form.submit(account.add_passkey, actor(), site=scans.address("")):
        return see_other("staff.account.show", said=ADDED)
    return page("staff/account/passkey.html", form=form, asked=None)


@account_door.route("/passkey/lepas", methods=["GET", "POST"])
@member
def remove() -> Reply:
    form = RemovalForm()
    form.passkey_id.offered = [(one.id, one.name) for one in account.passkeys_of(actor())]
    if form.submit(account.remove_passkey, actor()):
        return see_other("staff.account.show", said=REMOVED)
    return page("staff/account/passkey_removal.html", form=form)


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
