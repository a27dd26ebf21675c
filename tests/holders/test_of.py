"""Who can open, who waits: by a sound wrap of the present generation, and nothing else."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import holders, keys
from pepa.models.organisations import KeyWrap, Membership
from pepa.models.people import Person
from tests.people import member, office


def names(kind: str = "intake", *, waits: bool = False) -> list[str]:
    found = holders.of(office(kind))
    return [one.membership.person.login for one in found if (one.waits if waits else one.can_open)]


def person_id(login: str) -> object:
    return db.session.scalars(sa.select(Person.id).where(Person.login == login)).one()


@pytest.mark.both
def test_everybody_but_the_administrator_opens_and_nobody_waits(context: Flask, database: str) -> None:
    assert names() == ["bayu", "dian", "hadi", "ratna", "sekar", "wulan"]
    assert names(waits=True) == []


def test_whoever_has_no_wrap_waits(context: Flask) -> None:
    with transaction() as session:
        session.execute(sa.delete(KeyWrap).where(KeyWrap.person_id == person_id("bayu")))
    assert names(waits=True) == ["bayu"]
    assert [one.person.login for one in holders.waiting(office())] == ["bayu"]


def test_a_planted_wrap_counts_for_nothing(context: Flask) -> None:
    with transaction() as session:
        session.execute(sa.update(KeyWrap).where(KeyWrap.person_id == person_id("bayu")).values(mac=bytes(32)))
    assert names(waits=True) == ["bayu"]


def test_whose_own_key_was_changed_by_other_hands_opens_nothing(context: Flask) -> None:
    with transaction() as session:
        session.execute(sa.update(Person).where(Person.login == "bayu").values(public_key=bytes(32)))
    assert names(waits=True) == ["bayu"]


def test_a_wrap_of_an_earlier_generation_is_not_enough(context: Flask) -> None:
    with transaction() as session:
        session.execute(sa.text("update organisations set generation = 2 where kind = 'intake'"))
    assert names() == []
    assert "joko" not in names(waits=True), "an administrator needs no key"


def test_who_left_is_not_there(context: Flask) -> None:
    with transaction() as session:
        session.execute(sa.update(Membership).where(Membership.person_id == person_id("bayu")).values(is_active=False))
    assert "bayu" not in names()


def test_a_ring_tells_every_generation_that_it_holds(context: Flask) -> None:
    ratna = member("ratna")
    assert set(holders.generations(ratna.keyring, office())) == {1}
    assert holders.generations(ratna.keyring, office("legal_aid")) == {}


def test_a_fingerprint_is_four_words_and_always_the_same() -> None:
    assert list(keys.fingerprint(bytes(range(32)))) == ["ekologi", "unduh", "kunyit", "dendang"]
    assert list(keys.fingerprint(bytes(32))) != list(keys.fingerprint(bytes(range(32))))
