"""The morning's anchor: once a day, from seven on, to those who keep the paper in both offices."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import anchors, audit, keys, outbox
from pepa.errors import NotAllowed
from pepa.models.anchors import Anchor
from pepa.models.organisations import Membership
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.vault.server import ServerKey
from tests import cast
from tests.people import member

SEVEN = datetime(2026, 12, 6, 0, 0, tzinfo=UTC)  # a Sunday


def told() -> list[str]:
    query = sa.select(Person.login).join(OutboxRow, OutboxRow.person_id == Person.id)
    return sorted(db.session.scalars(query.where(OutboxRow.notice == "anchor")))


def test_the_words_of_a_known_key(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever changes how they are made makes every paper worthless."""
    known = replace(keys.here(), server=ServerKey.from_bytes(bytes(range(32))))
    monkeypatch.setattr(keys, "_installed", known)
    assert anchors.words_of(0, b"", 0, b"") == "bibit dadar atribut batok sosok jajan"
    assert anchors.words_of(12, b"\x01" * 32, 7, b"\x02" * 32) == "purnama giling duduk lain patin jadi"


@pytest.mark.both
def test_once_a_day_from_seven_on_also_on_a_sunday(context: Flask) -> None:
    with clock.frozen(SEVEN - timedelta(minutes=1)):
        assert anchors.make() == 0
    with clock.frozen(SEVEN):
        assert [anchors.make(), anchors.make()] == [1, 0]
    with clock.frozen(SEVEN + timedelta(days=1, hours=9)):
        assert anchors.make() == 1, "the machine stood still at seven"
    assert [one.on.day for one in db.session.scalars(sa.select(Anchor).order_by(Anchor.on))] == [6, 7]
    assert told() == sorted(["hadi", "wulan", "intan"] * 2)


def test_what_the_mail_says_and_to_whom(context: Flask) -> None:
    heads = audit.heads()
    with clock.frozen(SEVEN):
        anchors.make()
    one = db.session.scalars(sa.select(Anchor)).one()
    assert one.rows == sum(number for number, _ in heads.values())
    row = db.session.scalars(sa.select(OutboxRow).where(OutboxRow.notice == "anchor").limit(1)).one()
    due = outbox.Due(row.id, outbox.Channel.MAIL, outbox.Notice.ANCHOR, row.person_id, None, "a@b.example", 1)
    assert anchors.words(due) == f"Jangkar 06-12-2026: {one.words}. Baris: {one.rows}. Salin ke buku."
    assert anchors.stands(due)
    with transaction() as session:
        session.execute(sa.update(Membership).where(Membership.person_id == row.person_id).values(is_active=False))
    assert not anchors.stands(due), "whoever has left is told nothing more"
    assert anchors.words(replace(due, notice=outbox.Notice.ALARM)) == ""


def test_the_page_is_for_those_who_keep_the_paper(app: Flask) -> None:
    with app.app_context(), clock.frozen(SEVEN):
        anchors.make()
    with app.app_context():
        words = db.session.scalars(sa.select(Anchor.words)).one()
    for login in ("wulan", "hadi", "intan"):
        assert cast.at_work(app, login).open("/petugas/jangkar").has(words)
    for login in ("ratna", "joko", "nadia"):
        assert cast.at_work(app, login).open("/petugas/jangkar").status == 404


def test_nobody_else_lists_them(context: Flask) -> None:
    with pytest.raises(NotAllowed):
        anchors.list_for(member("ratna"))
