"""People who come in by a link.

link("wulan", roles=["worker"])       a link that somebody of the cast made (needs the context): its secret
comes_in(app, token, "citra")         a browser that joined by it, at work
page(token)                           what a page behind it holds, for the verb;  filled(page)  what is typed there
"""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from pepa.db import db
from pepa.domain import enrolments, joining, locks, onces
from pepa.domain.joining import Page
from pepa.models.people import Person
from tests import cast
from tests.client import Client
from tests.client import Page as Answer

WORDS = "kambing makan pepaya di loteng"
BROWSER = "ab" * 32


def link(by: str, *, to: UUID | None = None, roles: tuple[str, ...] = ("intake_officer",), **more: Any) -> str:
    """The secret of a link to the maker's own organisation, or to another one."""
    me = cast.member(by)
    given = {"name": "Citra Contoh", "email": "", "once": onces.new(), **more}
    made = enrolments.invite(me, organisation_id=to or me.organisation_id, roles=roles, **given)
    assert made.token
    return made.token


def page(token: str, browser: str = BROWSER) -> Page:
    return Page(token, browser)


def filled(drawn: Page, **changed: Any) -> dict[str, Any]:
    """What is typed into the form behind a link."""
    typed = {"words": WORDS, "words_again": WORDS, "digits": locks.totp_now(drawn.totp), "idle_minutes": 15}
    return {**typed, **changed}


def joined(token: str, login: str = "citra", **changed: Any) -> str:
    """The cookie of somebody who joined."""
    drawn = page(token)
    return joining.join(drawn, **filled(drawn, name="Citra Contoh", login=login, **changed))


def renewed(by: str, login: str, **changed: Any) -> str:
    """The cookie of somebody who forgot the passphrase and made a new one."""
    made = enrolments.bring_back(cast.member(by), person(login))
    assert made.token
    drawn = page(made.token)
    return joining.renew(drawn, **filled(drawn, **changed))


def person(login: str) -> UUID:
    return db.session.scalars(sa.select(Person.id).where(Person.login == login)).one()


def secret_on(answer: Answer) -> str:
    """The authenticator's secret that a page shows."""
    shown = answer.tree.select_one("dd code")
    assert shown
    return shown.get_text().replace(" ", "")


def begun(app: Flask, token: str) -> Client:
    """A browser on the form behind a link."""
    client = Client(app)
    client.open(f"/petugas/bergabung/{token}")
    client.click("Mulai")
    return client


def sends(client: Client, **typed: str) -> Answer:
    """The form is filled in with a right code of the authenticator, and sent."""
    assert client.page
    code = locks.totp_now(secret_on(client.page))
    return client.submit("Simpan dan masuk", **{"words": WORDS, "words_again": WORDS, "digits": code, **typed})
