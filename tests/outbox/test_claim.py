"""Notices: written with the act, taken by one worker at a time, sent at least once, tried again later."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import outbox
from pepa.domain.outbox import LEASE, TRIES, Notice
from pepa.models.outbox import OutboxRow
from tests import processes
from tests.duty.rosters import person
from tests.outbox import workers

pytestmark = pytest.mark.both
AT = datetime(2026, 3, 4, 3, 41, 27, tzinfo=UTC)


def tell(count: int = 1, login: str = "ratna") -> None:
    to = person(login)
    with transaction() as session:
        for _ in range(count):
            outbox.tell(session, to, Notice.ALARM)


def rows() -> list[OutboxRow]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(OutboxRow).order_by(OutboxRow.id)))


@pytest.fixture(autouse=True)
def _empty(context: Flask) -> None:
    with transaction() as session:
        session.execute(sa.delete(OutboxRow))


def test_a_notice_belongs_to_the_act_that_wrote_it(context: Flask) -> None:
    to = person("ratna")

    def fail() -> None:
        with transaction() as session:
            outbox.tell(session, to, Notice.ALARM)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert rows() == []


def test_taken_it_is_nobody_else_s_for_two_minutes(context: Flask) -> None:
    with clock.frozen(AT):
        tell()
        (due,) = outbox.claim()
        assert (due.notice, due.channel, due.address, due.tries) == (Notice.ALARM, "mail", "ratna@contoh.example", 1)
        assert outbox.claim() == []
    with clock.frozen(AT + LEASE):
        assert outbox.claim() == []
    with clock.frozen(AT + LEASE + timedelta(seconds=1)):
        (again,) = outbox.claim()
    assert (again.id, again.tries) == (due.id, 2), "the same id: the same Message-ID"


def test_sent_it_stays_sent(context: Flask) -> None:
    with clock.frozen(AT):
        tell()
        (due,) = outbox.claim()
        outbox.sent(due.id)
    (row,) = rows()
    assert (row.sent_at, row.due_at, row.leased_until) == (clock.hour(AT), clock.hour(AT), None)
    with clock.frozen(AT + timedelta(days=30)):
        assert outbox.claim() == []


def test_failed_it_is_tried_later_and_later(context: Flask) -> None:
    waits, now = [], AT
    with clock.frozen(now):
        tell()
    for _ in range(TRIES):
        with clock.frozen(now):
            (due,) = outbox.claim()
            outbox.failed(due.id, due.tries)
            (row,) = rows()
            waits.append(row.due_at - now)
        with clock.frozen(row.due_at - timedelta(seconds=1)):
            assert outbox.claim() == []
        now = row.due_at
    assert waits[:4] == [timedelta(seconds=seconds) for seconds in (30, 60, 120, 240)]
    assert waits[:-1] == sorted(waits[:-1])
    assert max(waits) == outbox.LONGEST_WAIT
    assert row.due_at == clock.hour(row.due_at), "given up: only the hour stays"
    with clock.frozen(now + timedelta(days=1)):
        assert outbox.claim() == [], "a notice that nobody takes after hours is given up; the next alarm is another"


def test_the_oldest_first_and_no_more_than_asked(context: Flask) -> None:
    for minutes in (2, 0, 1):
        with clock.frozen(AT + timedelta(minutes=minutes)):
            tell()
    with clock.frozen(AT + timedelta(minutes=3)):
        oldest = sorted(rows(), key=lambda row: row.due_at)
        assert {due.id for due in outbox.claim(limit=2)} == {row.id for row in oldest[:2]}
        assert [due.id for due in outbox.claim(limit=2)] == [oldest[2].id]


def test_nothing_is_due_before_its_time(context: Flask) -> None:
    with clock.frozen(AT):
        tell()
    with clock.frozen(AT - timedelta(minutes=1)):
        assert outbox.claim() == []


def test_a_clock_that_was_put_back_does_not_hold_it_up(context: Flask) -> None:
    """Case A10: written or leased while the clock was a year ahead."""
    with clock.frozen(AT + timedelta(days=365)):
        tell(2)
        taken = outbox.claim(limit=1)
    with clock.frozen(AT):
        assert {due.id for due in outbox.claim()} == {row.id for row in rows()}
        assert outbox.claim() == [], "and is leased as ever"
    assert len(taken) == 1


def test_workers_in_two_processes_send_each_exactly_once(config: Config, context: Flask) -> None:
    """Two workers of two threads."""
    tell(500)
    said = processes.both(config, workers.send_all, 2)
    taken = [notice_id for one in said for notice_id in one]
    assert len(taken) == len(set(taken)) == 500
    assert all(said), "both of them worked"
    assert {row.sent_at is not None for row in rows()} == {True}
    assert {row.tries for row in rows()} == {1}


def test_threads_of_one_process_too(context: Flask) -> None:
    tell(60)

    def work(_: int) -> list[str]:
        with context.app_context():
            return workers.send_all(1)

    with ThreadPoolExecutor(3) as pool:
        taken = [notice_id for one in pool.map(work, range(3)) for notice_id in one]
    assert len(taken) == len(set(taken)) == 60
