"""Sharing is one more grant: of what stands now and of everything before it."""

import pytest
from flask import Flask

from pepa.db import transaction
from pepa.domain import boxes, keys, messages, reporters, reports
from pepa.errors import NotFound
from pepa.models.organisations import Organisation
from tests.people import holder, member, office, tell


@pytest.mark.both
def test_a_partner_reads_what_was_written_before_and_after(context: Flask) -> None:
    reporter, ratna, nadia = tell("Isi laporan"), member("ratna"), member("nadia")
    reports.answer(ratna, reporter.report_id, text="Sebelum", once="a")
    with pytest.raises(NotFound):
        boxes.open_for(nadia, reporter.box_id)
    legal_aid = holder("legal_aid")
    with transaction() as session:
        boxes.share(session, boxes.open_for(ratna, reporter.box_id), legal_aid)
    reporters.write(reporter, text="Sesudah", once="b")
    box = boxes.open_for(nadia, reporter.box_id)
    assert [written.text for written in messages.all_of(box, reporter.report_id)] == ["Sebelum", "Sesudah"]
    with pytest.raises(NotFound):
        boxes.open_for(member("melati"), reporter.box_id)


def test_a_box_that_was_turned_meanwhile_is_not_shared_blindly(context: Flask) -> None:
    reporter, ratna = tell(), member("ratna")
    old, legal_aid, office_now = boxes.open_for(ratna, reporter.box_id), holder("legal_aid"), holder("intake")
    with transaction() as session:
        boxes.rotate(session, old, [office_now])
    with pytest.raises(boxes.BoxChanged), transaction() as session:
        boxes.share(session, old, legal_aid)
    with pytest.raises(NotFound):
        boxes.open_for(member("nadia"), reporter.box_id)
    with transaction() as session:
        boxes.share(session, boxes.open_for(ratna, reporter.box_id), legal_aid)
    assert set(boxes.open_for(member("nadia"), reporter.box_id).secrets) == {1, 2}


def test_nothing_is_sealed_to_a_key_that_is_not_ours(context: Flask) -> None:
    with transaction() as session:
        session.get_one(Organisation, office("legal_aid")).public_key = keys.new_pair().public
    with pytest.raises(keys.KeysUnsound):
        holder("legal_aid")
    with transaction() as session:
        session.get_one(Organisation, office("police")).public_key = None
    with pytest.raises(keys.KeysUnsound):
        holder("police")
