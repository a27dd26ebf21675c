"""The demo cast at work, for tests of verbs: members with their keys, without a session.

member("ratna") is an officer of the intake office; office("legal_aid") is the id of an organisation by its kind;
tell("…") is the reporter of a report that was sent just now.
"""

from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from pepa.config import Config
from pepa.db import db
from pepa.domain import boxes, intake, keys, reporters
from pepa.models.organisations import KeyWrap, Membership, Organisation
from pepa.models.people import Person
from pepa.policy import Member, Reporter
from pepa.seeds import demo
from pepa.vault import passphrase


def instance() -> Path:
    config: Config = current_app.config["PEPA"]
    return config.instance


def pair_of(person: Person, words: str) -> keys.Pair:
    """A person's key pair by the passphrase, as a log-in gets it."""
    pepper = keys.here().server.sub("pepper")
    key = passphrase.derive(words, passphrase.Kdf.from_json(person.kdf))
    secret = passphrase.unlock(person.secret_sealed, key, pepper, person.id)
    return keys.Pair.from_secret(secret)


def member(login: str) -> Member:
    """Somebody of the cast at work, with the keys that the database gives now."""
    words = next(account.passphrase for account in demo.accounts(instance()) if account.login == login)
    person = db.session.scalars(sa.select(Person).where(Person.login == login)).one()
    membership = db.session.scalars(sa.select(Membership).where(Membership.person_id == person.id)).one()
    wraps = list(db.session.scalars(sa.select(KeyWrap).where(KeyWrap.person_id == person.id)))
    return Member(
        person_id=person.id,
        name=person.name,
        organisation_id=membership.organisation_id,
        organisation_name=membership.organisation.name,
        is_root=membership.organisation.is_root,
        is_office=membership.organisation.is_office,
        rekey_due=membership.organisation.rekey_due,
        roles=membership.role_set,
        session_hash=b"",
        keyring=keys.keyring(pair_of(person, words), person.id, wraps),
    )


def office(kind: str = "intake") -> UUID:
    """The id of the cast's organisation of a kind."""
    return db.session.scalars(sa.select(Organisation.id).where(Organisation.kind == kind)).one()


def holder(kind: str) -> boxes.Holder:
    """An organisation of the cast as somebody who can be given a key."""
    return boxes.organisation_holder(db.session.get_one(Organisation, office(kind)))


def tell(what: str = "Kemarin malam ada suara pecah.", **told: Any) -> Reporter:
    """Whoever sent a report a moment ago."""
    delivered = intake.deliver(intake.mint_ticket(), what=what, **told)
    reporter = reporters.by_token(delivered.token)
    assert reporter is not None
    return reporter
