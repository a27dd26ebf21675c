"""Another authenticator, by the passphrase and the old one or a spare code; ten new spare codes."""

from datetime import timedelta

import pytest
from flask import Flask

from pepa import clock
from pepa.domain import account, locks, sessions, spares
from tests import cast
from tests.account.own import logs_in, row, secrets_of, spares_of, was_told
from tests.joining.newcomers import secret_on


def test_the_page_changes_it(app: Flask) -> None:
    with app.app_context():
        mine, other = secrets_of("ratna"), cast.cookie_of("ratna")
    client = cast.at_work(app, "ratna")
    client.open("/petugas/akun")
    page = client.click("Ganti aplikasi kode")
    secret = secret_on(page)
    assert secret_on(client.open(page.address)) == secret, "a page that is loaded again shows the same"
    code = locks.totp_now(mine.totp_secret)
    page = client.submit("Ganti", passphrase=mine.passphrase, old_digits=code, digits="000000")
    assert page.status == 422
    assert page.has("Kode ini tidak cocok.")
    typed = {"passphrase": mine.passphrase, "old_digits": locks.totp_now(mine.totp_secret)}
    assert client.submit("Ganti", digits=locks.totp_now(secret), **typed).has("Aplikasi kode SUDAH diganti.")
    assert secret_on(client.open(page.address)) != secret, "it is somebody's now, and shown no more"
    with app.app_context(), clock.frozen(clock.now() + timedelta(minutes=2)):
        assert sessions.member(other) is None
        assert was_told("ratna")
        assert logs_in("ratna", mine.passphrase, locks.totp_now(mine.totp_secret)) is None
    with app.app_context(), clock.frozen(clock.now() + timedelta(minutes=4)):
        assert logs_in("ratna", mine.passphrase, locks.totp_now(secret))


def test_the_old_phone_is_gone_a_spare_code_does(context: Flask) -> None:
    me = cast.member("ratna")
    codes = spares_of(me)
    new = account.totp(me)
    account.change_totp(me, passphrase=secrets_of("ratna").passphrase, old_digits=codes[3], digits=locks.totp_now(new))
    assert spares.left(me.person_id) == 9
    assert account.totp(me) != new


@pytest.mark.parametrize("old", ["", "000000", "AAAA-AAAA-AAAA"])
def test_the_passphrase_alone_changes_nothing_and_guessing_is_delayed(context: Flask, old: str) -> None:
    me, before = cast.member("ratna"), row("ratna").totp_sealed
    typed = {"passphrase": secrets_of("ratna").passphrase, "old_digits": old}
    with clock.frozen(clock.now()):
        waits = []
        for _ in range(8):
            with pytest.raises((sessions.WrongFactor, sessions.WrongPassphrase)) as refused:
                account.change_totp(me, digits=locks.totp_now(account.totp(me)), **typed)
            waits.append(refused.value.values["n"])
    assert waits[-1] > 1
    assert row("ratna").totp_sealed == before


def test_new_spare_codes_take_the_place_of_the_old(app: Flask) -> None:
    with app.app_context():
        me = cast.member("ratna")
        old = spares_of(me)
        words = secrets_of("ratna").passphrase
    client = cast.at_work(app, "ratna")
    client.open("/petugas/akun")
    assert client.page
    assert client.page.has("Sisa 10")
    client.click("Buat kode cadangan")
    assert client.submit("Buat sepuluh yang baru", passphrase="bukan yang ini").status == 422
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        page = client.submit("Buat sepuluh yang baru", passphrase=words)
    new = [li.get_text() for li in page.tree.select("ol.code li")]
    assert len(set(new)) == 10
    assert not set(new) & set(old)
    assert all(code not in client.open("/petugas/akun/cadangan").text for code in new), "shown once"
    with app.app_context():
        assert not spares.stands(me.person_id, old[0])
        assert spares.stands(me.person_id, new[0].lower().replace("-", " "))
