"""Somebody who can write to the database takes newer keys away, so that others write under one that was revoked.

Nothing is sealed, it is recorded, and whoever answers for the office is told.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import boxes, follow_up, keys, messages, outbox, reporters, reports
from pepa.errors import NotFound
from pepa.models.audit import AuditEntry
from pepa.models.boxes import Box, Epoch, Grant, HolderKind
from pepa.models.messages import Message
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.reports import Report
from pepa.policy import Reporter
from tests.people import holder, member, tell

Rows = list[dict[str, Any]]


@pytest.fixture
def revoked(context: Flask) -> tuple[Reporter, Rows]:
    """A report that legal aid could read until just now, and what its grants were before."""
    reporter, legal_aid = tell("Isi"), holder("legal_aid")
    with transaction() as session:
        boxes.share(session, boxes.open_for(member("ratna"), reporter.box_id), legal_aid)
    old = [dict(row) for row in db.session.execute(grants_of(reporter)).mappings()]
    box = boxes.open_for(member("ratna"), reporter.box_id)
    with transaction() as session:
        boxes.revoke(session, box, HolderKind.ORGANISATION, legal_aid.id)
    return reporter, old


def grants_of(reporter: Reporter) -> Any:
    return sa.select(Grant.__table__).where(Grant.box_id == reporter.box_id)


def written(reporter: Reporter) -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).where(Message.report_id == reporter.report_id)) or 0


def told(notice: outbox.Notice) -> list[str]:
    query = sa.select(Person.login).join(OutboxRow, OutboxRow.person_id == Person.id)
    return sorted(db.session.scalars(query.where(OutboxRow.notice == notice.value)))


def refuses(reporter: Reporter, *verbs: Callable[[], object]) -> None:
    for verb in verbs:
        with pytest.raises(keys.KeysUnsound):
            verb()
    assert written(reporter) == 0
    acts = sa.select(AuditEntry.act).where(AuditEntry.thing_id == reporter.report_id, AuditEntry.act == "report.broken")
    assert len(list(db.session.scalars(acts))) == len(verbs)
    assert told(outbox.Notice.CHANGED) == ["hadi", "joko", "wulan"], "once a day, not each time"


def answers(reporter: Reporter) -> Callable[[], object]:
    return lambda: reports.answer(member("ratna"), reporter.report_id, text="Isi", once="a")


def writes(reporter: Reporter) -> Callable[[], object]:
    return lambda: reporters.write(reporter, text="Isi", once="b")


def test_turning_leaves_no_older_grant_to_fall_back_to(revoked: tuple[Reporter, Rows]) -> None:
    reporter, _ = revoked
    with transaction() as session:
        newest = (Grant.box_id == reporter.box_id, Grant.epoch == 2, Grant.holder_id == reporter.report_id)
        session.execute(sa.delete(Grant).where(*newest))
    with pytest.raises(NotFound):
        boxes.open_for(reporter, reporter.box_id)


@pytest.mark.both
def test_old_grants_in_place_of_the_new(revoked: tuple[Reporter, Rows]) -> None:
    """From an older copy of the database: they are ours, and still read what they read."""
    reporter, old = revoked
    with transaction() as session:
        session.execute(sa.delete(Grant).where(Grant.box_id == reporter.box_id))
        session.execute(sa.insert(Grant), old)
    assert reporters.told(reporter).what == "Isi"
    refuses(reporter, writes(reporter), answers(reporter))
    box = boxes.open_for(member("ratna"), reporter.box_id)
    for turn in (lambda s: boxes.rotate(s, box, []), lambda s: boxes.share(s, box, holder("police"))):
        with pytest.raises(keys.KeysUnsound), transaction() as session:
            turn(session)


def test_old_grants_and_the_box_set_back(revoked: tuple[Reporter, Rows]) -> None:
    reporter, old = revoked
    with transaction() as session:
        session.execute(sa.delete(Grant).where(Grant.box_id == reporter.box_id))
        session.execute(sa.insert(Grant), old)
        session.get_one(Box, reporter.box_id).epoch = 1
    refuses(reporter, writes(reporter), answers(reporter))


def test_old_grants_and_the_epoch_taken_out(revoked: tuple[Reporter, Rows]) -> None:
    reporter, old = revoked
    with transaction() as session:
        session.execute(sa.delete(Grant).where(Grant.box_id == reporter.box_id))
        session.execute(sa.insert(Grant), old)
        session.execute(sa.delete(Epoch).where(Epoch.box_id == reporter.box_id, Epoch.number == 2))
    refuses(reporter, writes(reporter), answers(reporter))


def test_an_answer_that_its_reporter_could_not_read(context: Flask) -> None:
    reporter = tell("Isi")
    with transaction() as session:
        session.execute(sa.delete(Grant).where(Grant.box_id == reporter.box_id, Grant.holder_id == reporter.report_id))
    refuses(reporter, answers(reporter))


def test_an_answer_into_a_box_that_others_read(context: Flask) -> None:
    """Two reports whose boxes are exchanged: the answer to one would be sealed for whoever was given the other."""
    mine, shared = tell("Isi"), tell("Lain")
    legal_aid = holder("legal_aid")
    with transaction() as session:
        boxes.share(session, boxes.open_for(member("ratna"), shared.box_id), legal_aid)
    with transaction() as session:
        session.add(Box(id=(aside := uuid4())))
        session.flush()
        for report_id, box_id in (
            (mine.report_id, aside),
            (shared.report_id, mine.box_id),
            (mine.report_id, shared.box_id),
        ):
            session.get_one(Report, report_id).box_id = box_id
            session.flush()
    refuses(mine, answers(mine))


def test_a_message_under_way_while_the_key_turns_is_not_taken_for_one(revoked: tuple[Reporter, Rows]) -> None:
    reporter, _ = revoked
    under_way = boxes.open_for(member("ratna"), reporter.box_id)
    box = boxes.open_for(member("bayu"), reporter.box_id)
    with transaction() as session:
        boxes.rotate(session, box, boxes.holders_of(session, box))
    row = messages.from_office(under_way, uuid4(), reporter.report_id, member("ratna"), "Isi")
    with transaction() as session:
        boxes.insert(session, [row])
    assert [one.text for one in follow_up.following(reporter).messages] == ["Isi"]
