"""The cast of the demo at work: logged in, each in a browser of their own.

cast.at_work(app, "ratna")     a linting client in which an officer of the intake office is logged in
cast.cookie_of("ratna")        a fresh session's cookie;  cast.member("ratna")  whom it lets in (both need the context)
cast.tell("…", urgency="now")  the reporter of a report that was sent just now (needs the context)
"""

import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import keys, sessions
from pepa.models.organisations import Membership
from pepa.models.people import Person, StaffSession
from pepa.policy import Member, Reporter
from pepa.seeds import demo, reading
from tests import people
from tests.client import Client
from tests.people import tell

__all__ = ["CAST", "Client", "Reporter", "at_work", "cookie_of", "member", "tell"]

STORY = "Kemarin malam ada suara pecah."  # what people.tell() tells

# Everybody, by login. Intake office: ratna and bayu are officers, wulan supervisor, hadi head, sekar case manager, dian
# data officer, joko administrator without a key. Independent holder: intan, rahmat. nadia coordinates a legal-aid body,
# ilham is a psychologist, asep an outreach worker. melati, laras, endah and farida speak for a field of the library.
CAST = tuple(member.login for organisation in reading.cast() for member in organisation.members)


def cookie_of(login: str, minutes: int = 15) -> str:
    """A session like one that `sessions.log_in` makes, without spending a code of the authenticator."""
    words = next(account.passphrase for account in demo.accounts(people.instance()) if account.login == login)
    person = db.session.scalars(sa.select(Person).where(Person.login == login)).one()
    membership_id = db.session.scalars(sa.select(Membership.id).where(Membership.person_id == person.id)).one()
    pair = people.pair_of(person, words)
    cookie, id_hash, key = keys.session_cookie()
    with transaction() as session:
        session.add(
            StaffSession(
                id_hash=id_hash,
                membership_id=membership_id,
                secret_sealed=keys.seal_for_session(pair, key, id_hash),
                opened_at=clock.now(),
                seen_at=clock.now(),
                idle_minutes=minutes,
            )
        )
    return cookie


def member(login: str) -> Member:
    """Somebody at work, with a session of their own."""
    found = sessions.member(cookie_of(login))
    assert found is not None
    return found


def at_work(app: Flask, login: str) -> Client:
    """A browser in which somebody is logged in."""
    client = Client(app)
    with app.app_context():
        client.set_cookie("__Host-p", cookie_of(login))
    return client
