"""Another passphrase: the same key pair behind it, all else that is open ends, and its owner is told."""

from datetime import timedelta

import pytest
from flask import Flask

from pepa import clock
from pepa.domain import account, locks, passphrases, reports, sessions
from tests import cast
from tests.account.own import WORDS, logs_in, row, secrets_of, was_told
from tests.client import Client


def test_the_page_changes_it(app: Flask) -> None:
    with app.app_context():
        old, other = secrets_of("ratna"), cast.cookie_of("ratna")
    client = cast.at_work(app, "ratna")
    client.open("/petugas/akun")
    page = client.click("Ganti kalimat sandi")
    offered = page.tree.select_one("#offered ol")
    assert offered
    assert client.click("Enam kata lain").tree.select_one("#offered ol") != offered
    typed = {"words": WORDS, "words_again": WORDS}
    page = client.submit("Ganti", passphrase="bukan kalimat sandi itu", **typed)
    assert page.status == 422
    assert page.has("Belum diganti.", "Kalimat sandi ini tidak cocok.")
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        assert client.submit("Ganti", passphrase=old.passphrase, **typed).has("Kalimat sandi SUDAH diganti.")
        assert client.get("/petugas/piket").status == 200, "this session goes on"
    with app.app_context():
        assert sessions.member(other) is None
        assert was_told("ratna")
        code = locks.totp_now(old.totp_secret)
        assert logs_in("ratna", old.passphrase, code) is None
    with app.app_context(), clock.frozen(clock.now() + timedelta(minutes=2)):
        assert logs_in("ratna", WORDS, locks.totp_now(old.totp_secret))


def test_the_words_offered_are_drawn_from_what_the_browser_alone_holds(app: Flask) -> None:
    """The session's hash and the old lock stand in the database: with the server key they would give the words."""
    with app.app_context():
        cookie = cast.cookie_of("ratna")
        me = sessions.member(cookie)
        assert me
        offered = account.words(me, 0, cookie)
        assert offered == account.words(me, 0, cookie)
        assert offered != account.words(me, 0, cast.cookie_of("ratna"))
    shown = cast.at_work(app, "ratna").open("/petugas/akun/sandi")
    again = cast.at_work(app, "ratna").open("/petugas/akun/sandi")
    assert shown.tree.select_one("#offered ol") != again.tree.select_one("#offered ol")


def test_what_was_sealed_opens_as_before(context: Flask) -> None:
    report_id = cast.tell("Masih terbaca").report_id
    me, public = cast.member("ratna"), row("ratna").public_key
    account.change_passphrase(me, passphrase=secrets_of("ratna").passphrase, words=WORDS, words_again=WORDS)
    assert row("ratna").public_key == public
    cookie = logs_in("ratna", WORDS, locks.totp_now(secrets_of("ratna").totp_secret))
    again = sessions.member(cookie)
    assert again
    assert reports.open_for(again, report_id)


@pytest.mark.parametrize(
    ("words", "again", "refused"),
    [
        ("pendek", "pendek", passphrases.TooShort),
        ("ratna contoh kantor contoh", "ratna contoh kantor contoh", passphrases.Guessable),
        (WORDS, WORDS + " x", passphrases.NotTheSame),
    ],
)
def test_a_bad_one_is_refused_before_anything_is_changed(
    context: Flask, words: str, again: str, refused: type[Exception]
) -> None:
    before = row("ratna").secret_sealed
    with pytest.raises(refused):
        account.change_passphrase(
            cast.member("ratna"), passphrase=secrets_of("ratna").passphrase, words=words, words_again=again
        )
    assert row("ratna").secret_sealed == before


def test_secrets_are_never_kept_as_a_draft(app: Flask) -> None:
    """The screen locked meanwhile: what was typed into other fields is kept, sealed; no secret is."""
    client = cast.at_work(app, "ratna")
    client.open("/petugas/akun/sandi")
    with clock.frozen(clock.now() + timedelta(minutes=20)):
        client.submit("Ganti", passphrase="x", words=WORDS, words_again=WORDS)
    with app.app_context():
        draft = sessions.draft_for(cast.member("ratna"), "/petugas/akun/sandi") or {}
        assert not {"passphrase", "words", "words_again"} & draft.keys()


def test_whoever_is_not_at_work_has_no_account(app: Flask) -> None:
    for path in ("", "/sandi", "/aplikasi", "/cadangan", "/alamat", "/lembaga"):
        assert Client(app).get(f"/petugas/akun{path}").status == 303
