"""Whoever works in a suspended organisation is told so, once they have shown all three; nobody else learns of it."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import locks, sessions, standings
from pepa.models.organisations import Membership
from pepa.models.people import LoginDelay
from pepa.seeds import demo
from tests.client import Client
from tests.members.people import words
from tests.people import instance, member, office


def shown(**changed: str) -> dict[str, str]:
    """nadia's three."""
    found = next(one for one in demo.accounts(instance()) if one.login == "nadia")
    return {
        "login": "nadia", "passphrase": found.passphrase, "code": locks.totp_now(found.totp_secret), **changed
    }  # fmt: skip


@pytest.fixture
def held(context: Flask) -> Flask:
    standings.suspend(member("joko"), office("legal_aid"))
    return context


def test_they_are_told_that_it_is_suspended_not_that_they_are_wrong(held: Flask) -> None:
    with pytest.raises(sessions.Suspended):
        sessions.log_in(**shown())
    assert db.session.scalars(sa.select(LoginDelay)).all() == [], "nothing was wrong"
    standings.resume(member("joko"), office("legal_aid"))
    assert sessions.member(sessions.log_in(**shown()))


@pytest.mark.parametrize("wrong", [{"passphrase": "bukan ini"}, {"code": "000000"}, {"login": "tegar"}])
def test_whoever_does_not_know_all_three_learns_nothing(held: Flask, wrong: dict[str, str]) -> None:
    with pytest.raises(sessions.WrongLogin):
        sessions.log_in(**shown(**wrong))


def test_of_one_that_ended_nobody_is_told_anything(held: Flask) -> None:
    standings.end(member("joko"), office("legal_aid"), passphrase=words("joko"))
    with pytest.raises(sessions.WrongLogin):
        sessions.log_in(**shown())


def test_whoever_works_elsewhere_too_comes_in_there(held: Flask) -> None:
    with transaction() as session:
        session.add(Membership(person_id=member("nadia").person_id, organisation_id=office("police"), roles="worker"))
    at_work = sessions.member(sessions.log_in(**shown()))
    assert at_work
    assert at_work.organisation_id == office("police")


def test_the_page_says_whom_to_ask(app: Flask) -> None:
    with app.app_context():
        standings.suspend(member("joko"), office("legal_aid"))
        typed = shown()
    client = Client(app)
    client.get("/petugas/masuk")
    assert client.submit("Masuk", **typed).has("Lembaga Anda sedang ditahan. Hubungi kantor.")
