"""Where one is reached: whoever changes it does not hear alone of what they change next."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import delivery
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import account
from pepa.domain.outbox import Notice
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from tests.account.own import row, secrets_of, was_told
from tests.delivery import smtp
from tests.members.people import forget_told
from tests.notices.lists import empty, said
from tests.people import member

OLD, NEW = "ratna@contoh.example", "pencuri@contoh.example"


def changed(*, email: str, phone: str = "") -> None:
    account.set_reach(member("ratna"), email=email, phone=phone, passphrase=secrets_of("ratna").passphrase)


@pytest.mark.both
def test_the_address_of_before_is_told_too(context: Flask, config: Config, database: str) -> None:
    empty()
    with transaction() as session:
        session.get_one(Person, row("ratna").id).email = OLD
    with smtp.serving() as box:
        changed(email=NEW)
        url = f"smtp://127.0.0.1:{box.port}"
        assert delivery.send_due(replace(config, mail_url=url, mail_from="piket@contoh.example")) == 2
    assert {mail["To"] for mail in box.mails} == {OLD, NEW}
    assert all(Notice.ACCOUNT.label in mail.get_content() for mail in box.mails)
    assert said("ratna") == [Notice.ACCOUNT]
    db.session.rollback()
    assert set(db.session.scalars(sa.select(OutboxRow.address))) == {None}, "it left"


def test_what_is_not_changed_is_not_told(context: Flask) -> None:
    changed(email=NEW)
    forget_told()
    changed(email=NEW)
    assert not was_told("ratna")
    changed(email=NEW, phone="0812 0000 1234")
    assert was_told("ratna")
