"""Turning the key: one of two wins, the chain holds, and the reporter follows."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import boxes, follow_up, reporters, reports
from pepa.models.boxes import Box, Epoch, Grant
from pepa.policy import Reporter
from tests import processes
from tests.boxes import turners
from tests.people import holder, member, tell

pytestmark = pytest.mark.both


def rotate(reporter: Reporter) -> boxes.OpenBox:
    box = boxes.open_for(member("ratna"), reporter.box_id)
    with transaction() as session:
        return boxes.rotate(session, box, boxes.holders_of(session, box))


def test_the_reporter_reads_every_answer_after_three_rotations(context: Flask) -> None:
    reporter = tell("Isi")
    sent = []
    for turn in range(4):
        reports.answer(member("ratna"), reporter.report_id, text=f"Jawaban {turn}", once=f"a{turn}")
        reporters.write(reporter, text=f"Balasan {turn}", once=f"b{turn}")
        sent.append(f"Jawaban {turn}")
        if turn < 3:
            rotate(reporter)
    assert boxes.open_for(reporter, reporter.box_id).number == 4
    assert [written.text for written in follow_up.following(reporter).messages] == sent
    assert reporters.told(reporter).what == "Isi"
    digits = reporters.code(reporter)
    assert digits
    by_code = reporters.by_token(reporters.open_code(digits))
    assert by_code
    assert [written.text for written in follow_up.following(by_code).messages] == sent
    opened = reports.open_for(member("bayu"), reporter.report_id)
    assert len(opened.messages) == 8


def test_each_epoch_has_a_key_of_its_own(context: Flask) -> None:
    reporter = tell()
    rotate(reporter)
    box = rotate(reporter)
    assert len({secret.reveal() for secret in box.secrets.values()}) == 3
    assert db.session.get_one(Box, reporter.box_id).epoch == 3


def test_whoever_was_given_the_box_meanwhile_is_not_left_behind(context: Flask) -> None:
    reporter, legal_aid = tell(), holder("legal_aid")
    opened = boxes.open_for(member("bayu"), reporter.box_id)
    with transaction() as session:
        boxes.share(session, boxes.open_for(member("ratna"), reporter.box_id), legal_aid)
    with transaction() as session:
        boxes.rotate(session, opened, boxes.holders_of(session, opened))
    assert set(boxes.open_for(member("nadia"), reporter.box_id).secrets) == {1, 2}


def test_a_turned_box_is_not_due_any_more(context: Flask) -> None:
    reporter = tell()
    with transaction() as session:
        session.get_one(Box, reporter.box_id).rotation_due = True
    rotate(reporter)
    assert db.session.get_one(Box, reporter.box_id).rotation_due is False


def test_of_two_threads_one_is_told(context: Flask) -> None:
    reporter, ratna, start = tell(), member("ratna"), Barrier(2)
    box = boxes.open_for(ratna, reporter.box_id)

    def turn(_: int) -> str:
        with context.app_context():
            start.wait(10)
            try:
                with transaction() as session:
                    boxes.rotate(session, box, boxes.holders_of(session, box))
            except boxes.BoxChanged:
                return "told"
            finally:
                db.session.remove()
            return "turned"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(turn, range(2))) == ["told", "turned"]
    db.session.rollback()
    epochs = sa.select(Epoch.number).where(Epoch.box_id == reporter.box_id)
    assert sorted(db.session.scalars(epochs)) == [1, 2]
    assert boxes.open_for(reporter, reporter.box_id).number == 2


def test_of_two_processes_one_is_told(config: Config, context: Flask) -> None:
    reporter = tell()
    said = processes.both(config, turners.turn, str(reporter.box_id))
    assert sorted(said) == ["told that it changed", "turned to 2"]
    db.session.rollback()
    grants = sa.select(sa.func.count()).where(Grant.box_id == reporter.box_id, Grant.epoch == 2)
    assert db.session.scalar(grants) == 2, "the office's and the reporter's, of one of the two"
