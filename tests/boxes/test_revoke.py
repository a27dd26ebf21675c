"""Revoking turns the key for those who stay: nothing is lost, and what comes later is closed (case B09)."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import boxes, follow_up, keys, messages, reporters, reports
from pepa.errors import NotFound
from pepa.models.boxes import Box, Epoch, Grant, HolderKind
from pepa.models.messages import Message
from pepa.models.reports import ReporterKey
from pepa.policy import Member, Reporter
from pepa.vault import sealing
from pepa.vault.pairs import unseal_with
from pepa.vault.secret import Broken
from tests.people import holder, member, office, tell

pytestmark = pytest.mark.both


@pytest.fixture
def reporter(context: Flask) -> Reporter:
    """Of a report that legal aid was given."""
    told, legal_aid = tell("Isi laporan"), holder("legal_aid")
    with transaction() as session:
        boxes.share(session, boxes.open_for(member("ratna"), told.box_id), legal_aid)
    return told


def revoke(reporter: Reporter, organisation: str = "legal_aid") -> boxes.OpenBox:
    box, holder_id = boxes.open_for(member("ratna"), reporter.box_id), office(organisation)
    with transaction() as session:
        return boxes.revoke(session, box, HolderKind.ORGANISATION, holder_id)


def texts(actor: Member | Reporter, reporter: Reporter) -> list[str]:
    box = boxes.open_for(actor, reporter.box_id)
    return [written.text for written in messages.all_of(box, reporter.report_id)]


def test_those_who_stay_read_everything(reporter: Reporter) -> None:
    reports.answer(member("ratna"), reporter.report_id, text="Sebelum", once="a")
    turned = revoke(reporter)
    assert (turned.number, set(turned.secrets)) == (2, {1, 2})
    reports.answer(member("bayu"), reporter.report_id, text="Sesudah", once="b")
    reporters.write(reporter, text="Terima kasih", once="c")
    for actor in (member("ratna"), reporter):
        assert texts(actor, reporter) == ["Sebelum", "Sesudah", "Terima kasih"]
    assert [written.text for written in follow_up.following(reporter).messages] == ["Sebelum", "Sesudah"]
    with pytest.raises(NotFound):
        boxes.open_for(member("nadia"), reporter.box_id)


def test_the_revoked_with_a_fresh_copy_opens_old_epochs_only(reporter: Reporter) -> None:
    """Everything that the database has now, and the key that was theirs."""
    nadia = member("nadia")
    kept = boxes.open_for(nadia, reporter.box_id)
    reports.answer(member("ratna"), reporter.report_id, text="Lama", once="a")
    revoke(reporter)
    reports.answer(member("ratna"), reporter.report_id, text="Baru", once="b")
    old, new = db.session.scalars(
        sa.select(Message).where(Message.report_id == reporter.report_id).order_by(Message.body_epoch)
    )
    assert (old.body_epoch, new.body_epoch) == (1, 2)
    assert boxes.open_body(kept, "message", old.id, 1, old.body_sealed)["text"] == "Lama"
    for epoch in (1, 2):
        forged = boxes.OpenBox(reporter.box_id, 2, {1: kept.secret, 2: kept.secret})
        with pytest.raises(Broken):
            boxes.open_body(forged, "message", new.id, epoch, new.body_sealed)
    (turned,) = db.session.scalars(sa.select(Epoch).where(Epoch.box_id == reporter.box_id, Epoch.number == 2))
    place = sealing.associated("previous epoch", reporter.box_id, 2)
    assert turned.previous_sealed
    with pytest.raises(Broken):
        sealing.unseal(kept.secret, turned.previous_sealed, place)
    pairs = [nadia.keyring.person, nadia.keyring.pair(nadia.organisation_id, 1)]
    for grant in db.session.scalars(sa.select(Grant).where(Grant.box_id == reporter.box_id)):
        for pair in pairs:
            assert pair
            with pytest.raises(Broken):
                unseal_with(pair, grant.key_sealed)


def test_an_old_grant_that_is_put_back_opens_the_old_epoch_and_is_not_renewed(reporter: Reporter) -> None:
    """By somebody who can write to the database: the row is ours, so it is believed, for what it was worth."""
    old = db.session.execute(sa.select(Grant.__table__).where(Grant.holder_id == office("legal_aid"))).mappings().one()
    reports.answer(member("ratna"), reporter.report_id, text="Lama", once="a")
    revoke(reporter)
    reports.answer(member("ratna"), reporter.report_id, text="Baru", once="b")
    with transaction() as session:
        session.execute(sa.insert(Grant), dict(old))
    back = boxes.open_for(member("nadia"), reporter.box_id)
    assert set(back.secrets) == {1}
    with pytest.raises(Broken) as broken:
        messages.all_of(back, reporter.report_id)
    new_id = db.session.scalar(sa.select(Message.id).where(Message.body_epoch == 2))
    assert str(broken.value) == str(new_id)
    box = boxes.open_for(member("ratna"), reporter.box_id)
    with transaction() as session:
        boxes.rotate(session, box, boxes.holders_of(session, box))
    with pytest.raises(NotFound):
        boxes.open_for(member("nadia"), reporter.box_id)


def test_shared_again_everything_is_open(reporter: Reporter) -> None:
    revoke(reporter)
    reports.answer(member("ratna"), reporter.report_id, text="Dalam jeda", once="a")
    box, legal_aid = boxes.open_for(member("ratna"), reporter.box_id), holder("legal_aid")
    with transaction() as session:
        boxes.share(session, box, legal_aid)
    assert texts(member("nadia"), reporter) == ["Dalam jeda"]


def test_a_holder_who_is_none_cannot_be_revoked(reporter: Reporter) -> None:
    with pytest.raises(NotFound):
        revoke(reporter, "police")
    assert db.session.get_one(Box, reporter.box_id).epoch == 1


def test_a_planted_grant_stops_it(reporter: Reporter) -> None:
    with transaction() as session:
        ours = sa.select(Grant.__table__).where(Grant.box_id == reporter.box_id, Grant.holder_id == office())
        planted = dict(session.execute(ours).mappings().one()) | {"holder_id": office("police")}
        session.execute(sa.insert(Grant), planted)
    with pytest.raises(keys.KeysUnsound):
        revoke(reporter)
    assert db.session.get_one(Box, reporter.box_id).epoch == 1, "nothing was turned"
    assert boxes.open_for(member("nadia"), reporter.box_id).number == 1, "and nothing taken away by half"


def test_a_swapped_key_of_the_reporter_stops_it(reporter: Reporter) -> None:
    with transaction() as session:
        session.get_one(ReporterKey, reporter.report_id).public_key = keys.new_pair().public
    with pytest.raises(keys.KeysUnsound):
        revoke(reporter)
    assert db.session.get_one(Box, reporter.box_id).epoch == 1
