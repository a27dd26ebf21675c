"""A link that was edited, cut out, moved or added is found, and named."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import audit
from pepa.models.audit import AuditEntry, AuditHead, Chain
from tests.people import member


@pytest.fixture(params=list(Chain), ids=[chain.value for chain in Chain])
def chain(request: pytest.FixtureRequest, context: Flask) -> Chain:
    """A chain of eight links and no other."""
    ratna = member("ratna")
    with transaction() as session:
        session.execute(sa.delete(AuditEntry))
        session.execute(sa.update(AuditHead).values(number=0, mac=b""))
        for n in range(8):
            if request.param is Chain.STAFF:
                audit.record(session, f"thing.{n}", ratna, uuid4(), "note")
            else:
                audit.record_anonymous(session, f"thing.{n}", uuid4())
    assert audit.first_broken(request.param) is None
    return Chain(request.param)


def change(chain: Chain, at: int, /, **values: object) -> None:
    where = sa.and_(AuditEntry.chain == chain.value, AuditEntry.number == at)
    with transaction() as session:
        session.execute(sa.update(AuditEntry).where(where).values(values))


CHANGES: dict[str, object] = {
    "at": datetime(2020, 1, 1, tzinfo=UTC),
    "act": "thing.else",
    "person_id": uuid4(),
    "organisation_id": uuid4(),
    "thing_id": uuid4(),
    "note": "another",
    "mac": b"x" * 32,
}


@pytest.mark.both
@pytest.mark.parametrize("number", [1, 4, 8])
def test_an_edited_link(chain: Chain, number: int) -> None:
    where = sa.and_(AuditEntry.chain == chain.value, AuditEntry.number == number)
    for column, value in CHANGES.items():
        before = db.session.scalar(sa.select(AuditEntry.__table__.c[column]).where(where))
        change(chain, number, **{column: value})
        assert audit.first_broken(chain) == number, column
        change(chain, number, **{column: before})
        assert audit.first_broken(chain) is None


def test_somebody_s_name_taken_off(chain: Chain) -> None:
    change(chain, 4, thing_id=None)
    assert audit.first_broken(chain) == 4


@pytest.mark.parametrize("number", [1, 4, 7])
def test_a_link_cut_out(chain: Chain, number: int) -> None:
    where = sa.and_(AuditEntry.chain == chain.value, AuditEntry.number == number)
    with transaction() as session:
        session.execute(sa.delete(AuditEntry).where(where))
    assert audit.first_broken(chain) == number


def test_a_link_cut_out_and_the_rest_numbered_anew(chain: Chain) -> None:
    with transaction() as session:
        session.execute(sa.delete(AuditEntry).where(AuditEntry.chain == chain.value, AuditEntry.number == 4))
        for number in (5, 6, 7, 8):
            where = sa.and_(AuditEntry.chain == chain.value, AuditEntry.number == number)
            session.execute(sa.update(AuditEntry).where(where).values(number=number - 1))
    assert audit.first_broken(chain) == 4


@pytest.mark.both
def test_two_links_that_changed_places(chain: Chain) -> None:
    change(chain, 4, number=100)
    change(chain, 5, number=4)
    change(chain, 100, number=5)
    assert audit.first_broken(chain) == 4


def test_a_link_put_in_with_another_s_mac(chain: Chain) -> None:
    table = AuditEntry.__table__
    with transaction() as session:
        where = sa.and_(table.c.chain == chain.value, table.c.number == 8)
        copy = dict(session.execute(sa.select(table).where(where)).mappings().one())
        session.execute(sa.insert(AuditEntry), copy | {"number": 9})
    assert audit.first_broken(chain) == 9


def test_a_link_of_the_other_chain(chain: Chain) -> None:
    other = next(one for one in Chain if one is not chain)
    change(chain, 8, chain=other.value, number=1)
    assert audit.first_broken(chain) is None, "the tail that was cut is the anchor's to find"
    assert audit.first_broken(other) == 1


def test_what_comes_after_is_still_chained(chain: Chain) -> None:
    change(chain, 4, act="thing.else")
    with transaction() as session:
        audit.record(session, "thing.done", None)
        audit.record_anonymous(session, "thing.done")
    assert audit.first_broken(chain) == 4
    change(chain, 4, act="thing.3")
    assert audit.first_broken(chain) is None
    db.session.rollback()


@pytest.mark.both
@pytest.mark.parametrize("head", ["left", "put back", "emptied"])
def test_a_tail_that_was_cut_off_shows_for_ever(chain: Chain, head: str) -> None:
    """Whatever is recorded after it does not cover it up, nor does a head that is put back to none."""
    was = db.session.execute(sa.select(AuditHead.number, AuditHead.mac).where(AuditHead.chain == chain.value)).one()
    with transaction() as session:
        session.execute(sa.delete(AuditEntry).where(AuditEntry.chain == chain.value, AuditEntry.number > 5))
        values = {"left": tuple(was), "put back": (5, was.mac), "emptied": (0, b"")}[head]
        ours = sa.update(AuditHead).where(AuditHead.chain == chain.value)
        session.execute(ours.values(number=values[0], mac=values[1]))
    assert audit.is_cut(chain)
    for _ in range(2):
        with transaction() as session:
            audit.record(session, "thing.done", None)
            audit.record_anonymous(session, "thing.done")
        assert audit.first_broken(chain) == 6


def test_an_empty_chain_is_whole(context: Flask) -> None:
    with transaction() as session:
        session.execute(sa.delete(AuditEntry))
    assert [audit.first_broken(chain) for chain in Chain] == [None, None]
