"""The own account of somebody of the cast: `secrets_of("ratna")` is what they log in with, `row("ratna")` their row."""

import sqlalchemy as sa

from pepa.db import db
from pepa.domain import account, sessions
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.policy import Member
from pepa.seeds import demo
from tests import people

WORDS = "kambing makan pepaya di loteng"


def secrets_of(login: str) -> demo.Account:
    return next(one for one in demo.accounts(people.instance()) if one.login == login)


def row(login: str) -> Person:
    db.session.rollback()
    return db.session.scalars(sa.select(Person).where(Person.login == login)).one()


def was_told(login: str) -> bool:
    told = (OutboxRow.person_id == row(login).id, OutboxRow.notice == "account")
    return db.session.scalar(sa.select(sa.exists().where(*told))) or False


def spares_of(me: Member) -> list[str]:
    """Ten new spare codes."""
    return account.new_spares(me, passphrase=secrets_of(row_login(me)).passphrase)


def row_login(me: Member) -> str:
    return db.session.get_one(Person, me.person_id).login


def logs_in(login: str, words: str, code: str, **more: str) -> str | None:
    """The cookie, or None where it is refused."""
    try:
        return sessions.log_in(login=login, passphrase=words, code=code, **more)  # type: ignore[arg-type]
    except sessions.WrongLogin:
        return None
