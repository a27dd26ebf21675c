"""Somebody of the cast with a passkey, as the tests of the log-in and of the account need one."""

from pepa.db import db
from pepa.domain import account, passkeys, sessions
from pepa.models.passkeys import Passkey
from pepa.policy import Member
from tests import cast
from tests.account.own import secrets_of
from tests.passkeys.device import HERE, Device


def asked_to_make(me: Member, login: str) -> str:
    return account.begin_passkey(me, name="HP", passphrase=secrets_of(login).passphrase, site=HERE)


def added(login: str, device: Device, name: str = "HP") -> Member:
    """Whoever has it from now on."""
    me = cast.member(login)
    account.add_passkey(me, name=name, passkey=device.make(asked_to_make(me, login)), site=HERE)
    return me


def comes_in(login: str, answer: str, words: str | None = None, site: str = HERE) -> bool:
    """Whether the log-in takes this answer."""
    words = secrets_of(login).passphrase if words is None else words
    try:
        return bool(sessions.log_in(login=login, passphrase=words, code="", passkey=answer, site=site))
    except sessions.WrongLogin:
        return False


def signed(device: Device, **more: str) -> str:
    return device.sign(passkeys.asked_to_log_in(), **more)


def kept(device: Device) -> Passkey | None:
    db.session.rollback()
    return db.session.query(Passkey).filter_by(credential_id=device.id).one_or_none()
