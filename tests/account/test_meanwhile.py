"""A way back is used while the old passphrase still works on something: what it made stands."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from pepa.domain import account, enrolments, joining, locks, sessions
from tests import cast
from tests.account.own import row, secrets_of
from tests.joining.newcomers import WORDS as NEW
from tests.joining.newcomers import filled, page

OTHER = "gajah terbang sambil makan rujak cingur"


def renews_after(verb: Callable[..., Any]) -> Callable[..., Any]:
    """The same verb; once it is done for the first time, its owner makes a new passphrase."""
    token = enrolments.bring_back(cast.member("wulan"), row("bayu").id).token
    assert token
    drawn, done = page(token), []

    def slow(*args: Any) -> Any:
        found = verb(*args)
        if not done:
            done.append(True)
            joining.renew(drawn, **filled(drawn))
        return found

    return slow


def test_a_passphrase_is_not_written_over_the_renewed_account(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    bayu = cast.member("bayu")
    monkeypatch.setattr(locks, "relocked", renews_after(locks.relocked))
    with pytest.raises(account.ChangedMeanwhile):
        account.change_passphrase(bayu, passphrase=secrets_of("bayu").passphrase, words=OTHER, words_again=OTHER)
    assert locks.unlock_person(row("bayu"), NEW)
    assert locks.unlock_person(row("bayu"), OTHER) is None


def test_nobody_comes_in_by_the_old_one(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    old = secrets_of("bayu")
    monkeypatch.setattr(locks, "is_outdated", lambda person: True)
    monkeypatch.setattr(locks, "unlock_person", renews_after(locks.unlock_person))
    with pytest.raises(sessions.WrongLogin):
        sessions.log_in(login="bayu", passphrase=old.passphrase, code=locks.totp_now(old.totp_secret))
    monkeypatch.undo()
    assert locks.unlock_person(row("bayu"), NEW)
