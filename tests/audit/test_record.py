"""The record of acts: two chains, ids and codes only, with the act or after its failure."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import audit
from pepa.models.audit import AuditEntry, Chain
from tests import processes
from tests.audit import recorders
from tests.people import member

pytestmark = pytest.mark.both
AT = datetime(2026, 3, 4, 3, 41, 27, 123456, tzinfo=UTC)


def last(chain: Chain) -> AuditEntry:
    db.session.rollback()
    query = sa.select(AuditEntry).where(AuditEntry.chain == chain.value).order_by(AuditEntry.number.desc()).limit(1)
    return db.session.scalars(query).one()


def test_staff_by_the_microsecond_and_citizens_by_the_hour(context: Flask) -> None:
    ratna, thing = member("ratna"), uuid4()
    with clock.frozen(AT), transaction() as session:
        audit.record(session, "thing.done", ratna, thing, "code")
        audit.record_anonymous(session, "thing.done", thing)
    staff, anonymous = last(Chain.STAFF), last(Chain.ANONYMOUS)
    assert (staff.at, staff.person_id, staff.organisation_id) == (AT, ratna.person_id, ratna.organisation_id)
    assert (staff.act, staff.thing_id, staff.note) == ("thing.done", thing, "code")
    assert (anonymous.at, anonymous.person_id, anonymous.organisation_id) == (clock.hour(AT), None, None)
    assert (anonymous.act, anonymous.thing_id, anonymous.note) == ("thing.done", thing, "")


def test_what_a_job_does_at_a_citizen_s_bidding_is_by_the_hour_too(context: Flask) -> None:
    with clock.frozen(AT), transaction() as session:
        audit.record_prompted(session, "thing.rung", uuid4(), "code")
    assert last(Chain.STAFF).at == clock.hour(AT)


def test_it_stands_and_falls_with_the_act(context: Flask) -> None:
    before = last(Chain.STAFF).number

    def fail() -> None:
        with transaction() as session:
            audit.record(session, "thing.done", None)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert last(Chain.STAFF).number == before
    audit.refused("thing.refused", member("ratna"), uuid4())
    entry = last(Chain.STAFF)
    assert (entry.number, entry.act) == (before + 1, "thing.refused")
    assert audit.first_broken(Chain.STAFF) is None


def test_the_two_chains_are_numbered_on_their_own(context: Flask) -> None:
    numbers = [last(chain).number for chain in Chain]
    with transaction() as session:
        audit.record_anonymous(session, "thing.done")
        audit.record_anonymous(session, "thing.done")
        audit.record(session, "thing.done", None)
    assert [last(chain).number for chain in Chain] == [numbers[0] + 1, numbers[1] + 2]


def test_many_at_once_make_one_whole_chain(context: Flask) -> None:
    before = last(Chain.STAFF).number

    def record(_: int) -> None:
        with context.app_context():
            for _ in range(5):
                with transaction() as session:
                    audit.record(session, "thing.done", None)
            db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(record, range(4)))
    assert last(Chain.STAFF).number == before + 20
    assert audit.first_broken(Chain.STAFF) is None


def test_many_processes_make_one_whole_chain(config: Config, context: Flask) -> None:
    before = last(Chain.ANONYMOUS).number
    processes.both(config, recorders.record, 15)
    assert last(Chain.ANONYMOUS).number == before + 30
    assert audit.first_broken(Chain.ANONYMOUS) is None


def test_openings_oldest_first(context: Flask) -> None:
    thing = uuid4()
    for hour, login in enumerate(("ratna", "wulan", "ratna")):
        with clock.frozen(AT.replace(hour=hour)), transaction() as session:
            audit.record(session, "report.opened", member(login), thing)
            audit.record(session, "report.held", member(login), thing)
    assert audit.openings(thing) == [
        (AT.replace(hour=0), "Ratna Contoh"),
        (AT.replace(hour=1), "Wulan Contoh"),
        (AT.replace(hour=2), "Ratna Contoh"),
    ]
    assert audit.openings(uuid4()) == []
