"""Everything that an organisation holds, at once: what is due, what it holds alone, what opens for nobody of it."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import boxes, grants
from pepa.models.boxes import Box
from pepa.models.organisations import KeyWrap
from tests.people import holder, member, office, tell

pytestmark = pytest.mark.both


def shared() -> boxes.OpenBox:
    reporter = tell()
    box = boxes.open_for(member("ratna"), reporter.box_id)
    with transaction() as session:
        boxes.share(session, box, holder("legal_aid"))
    return boxes.open_for(member("ratna"), reporter.box_id)


def due() -> set[object]:
    return set(db.session.scalars(sa.select(Box.id).where(Box.rotation_due)))


def test_all_that_it_holds_is_due_and_nothing_else(context: Flask) -> None:
    box = shared()
    with transaction() as session:
        assert grants.make_due(session, office("legal_aid")) == 1
    assert due() == {box.box_id}
    with transaction() as session:
        assert grants.make_due(session, office()) > 1


def test_what_it_held_once_is_not_due(context: Flask) -> None:
    box = shared()
    with transaction() as session:
        boxes.revoke(session, box, boxes.HolderKind.ORGANISATION, office("legal_aid"))
    with transaction() as session:
        assert grants.make_due(session, office("legal_aid")) == 0


def test_alone_is_what_no_other_organisation_holds(context: Flask) -> None:
    box, own = shared(), tell()
    assert own.box_id in grants.alone(office())
    assert box.box_id not in grants.alone(office())
    assert grants.alone(office("legal_aid")) == []


def test_shut_is_what_a_key_opens_that_nobody_has_and_shared_what_both_hold(context: Flask) -> None:
    box = shared()
    assert grants.shut(office("legal_aid")) == []
    with transaction() as session:
        session.execute(sa.delete(KeyWrap).where(KeyWrap.organisation_id == office("legal_aid")))
    assert grants.shut(office("legal_aid")) == [box.box_id]
    own = tell().box_id
    assert grants.shared(office("legal_aid"), office(), [own, box.box_id]) == [box.box_id]
