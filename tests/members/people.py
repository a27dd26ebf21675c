"""Newcomers: an account and a membership without a key, as somebody has who was just invited.

newcomer("baru")          to the intake office;  words(login)  what opens an account;  membership("ratna")  its id
"""

from dataclasses import dataclass
from uuid import UUID, uuid4

import sqlalchemy as sa

from pepa.db import db, transaction
from pepa.domain import keys, locks
from pepa.models.organisations import KeyWrap, Membership, Organisation
from pepa.models.people import Person
from pepa.policy import Member
from pepa.seeds import demo
from tests.people import instance, office

PASSPHRASE = "enam kata yang dibuat hari ini"


@dataclass(frozen=True)
class Newcomer:
    person_id: UUID
    membership_id: UUID
    pair: keys.Pair
    key: str

    def at_work(self) -> Member:
        """Logged in, with the keys that the database gives now."""
        db.session.rollback()
        found = db.session.get_one(Membership, self.membership_id)
        wraps = list(db.session.scalars(sa.select(KeyWrap).where(KeyWrap.person_id == self.person_id)))
        return Member(
            person_id=self.person_id,
            name=found.person.name,
            organisation_id=found.organisation_id,
            organisation_name=found.organisation.name,
            is_root=found.organisation.is_root,
            roles=found.role_set,
            session_hash=b"",
            keyring=keys.keyring(self.pair, self.person_id, wraps),
            is_office=found.organisation.is_office,
            rekey_due=found.organisation.rekey_due,
        )


def newcomer(login: str = "baru", kind: str = "intake", roles: str = "intake_officer") -> Newcomer:
    person_id, membership_id, place = uuid4(), uuid4(), office(kind)
    own = locks.new_person_keys(person_id, PASSPHRASE, locks.new_totp())
    with transaction() as session:
        session.add(
            Person(
                id=person_id,
                login=login,
                name=f"{login.title()} Contoh",
                is_demo=True,
                public_key=own.public_key,
                key_mac=own.key_mac,
                kdf=own.kdf,
                secret_sealed=own.secret_sealed,
                totp_sealed=own.totp_sealed,
            )
        )
        session.flush()
        session.add(Membership(id=membership_id, person_id=person_id, organisation_id=place, roles=roles))
    return Newcomer(person_id, membership_id, own.pair, own.public_key.hex())


def words(login: str) -> str:
    return next(account.passphrase for account in demo.accounts(instance()) if account.login == login)


def membership(login: str, kind: str | None = None) -> UUID:
    query = sa.select(Membership.id).join(Person).join(Organisation).where(Person.login == login)
    return db.session.scalars(query if kind is None else query.where(Organisation.kind == kind)).one()


def told(notice: str) -> set[str]:
    """The logins of whoever is told this."""
    rows = sa.text("select login from people join outbox on outbox.person_id = people.id where notice = :notice")
    return set(db.session.scalars(rows, {"notice": notice}))


def forget_told() -> None:
    with transaction() as session:
        session.execute(sa.text("delete from outbox"))
