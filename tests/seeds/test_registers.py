"""The demo's registers: each of their pages shows something, and nobody of the cast is told of it."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db
from pepa.domain import anchors, breaches, conflicts, disclosures, reports
from pepa.errors import NotFound
from pepa.models.outbox import OutboxRow
from pepa.models.reports import Report
from pepa.seeds import registers
from tests import cast
from tests.people import member, office


def test_each_page_shows_something(context: Flask) -> None:
    members = {login: member(login) for login in cast.CAST}
    read = sa.select(Report.id).where(Report.holder_id == office(), Report.read_at.is_not(None)).order_by(Report.id)
    codes = (registers.KNOWS[1], "next_door", "no_money")
    told = dict(zip(codes, db.session.scalars(read), strict=False))
    db.session.rollback()
    registers.plant(members, told)
    wulan = members["wulan"]
    (known,) = breaches.running_for(wulan)
    assert (known.is_over, 48 <= known.hours <= 52) == (False, True)
    (conflict,) = conflicts.history(wulan, told[registers.KNOWS[1]])
    assert (conflict.name, conflict.reason) == (members["bayu"].name, registers.KNOWS[2])
    with pytest.raises(NotFound):
        reports.get_for(members["bayu"], told[registers.KNOWS[1]])
    entries = disclosures.list_for(wulan).items
    assert [bool(entry.reference) for entry in entries] == [True, True, False]
    assert all(entry.items and entry.items.startswith("Contoh. ") for entry in entries)
    assert len(anchors.list_for(wulan).items) == 1
    assert anchors.faults() == []
    notices = sa.select(OutboxRow.id).where(OutboxRow.notice.in_(["breach", "anchor"]))
    assert not list(db.session.scalars(notices))
