"""How one is told, and when not."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db
from pepa.domain import alerts
from pepa.models.audit import AuditEntry
from tests.people import member


@pytest.mark.both
def test_ways_and_quiet_hours_are_one_s_own(context: Flask) -> None:
    ratna, bayu = member("ratna"), member("bayu")
    assert (alerts.ways(ratna).has_mail, alerts.ways(ratna).has_sms) == (True, True), "as before anything was chosen"
    alerts.choose(ratna, has_mail=False, has_sms=True, quiet_from=21, quiet_until=6)
    mine = alerts.ways(ratna)
    assert (mine.has_mail, mine.has_sms, mine.quiet_from, mine.quiet_until) == (False, True, 21, 6)
    assert (alerts.ways(bayu).has_mail, alerts.ways(bayu).quiet_from) == (True, None)
    alerts.choose(ratna, has_mail=True, has_sms=False)
    mine = alerts.ways(ratna)
    assert (mine.has_mail, mine.has_sms, mine.quiet_from, mine.quiet_until) == (True, False, None, None)
    newest = sa.select(AuditEntry.act).where(AuditEntry.person_id == ratna.person_id).order_by(AuditEntry.number.desc())
    assert db.session.scalar(newest.limit(1)) == "alerts.ways"


@pytest.mark.parametrize(
    ("begins", "ends", "refused"),
    [(21, None, alerts.HalfQuiet), (None, 6, alerts.HalfQuiet), (6, 6, alerts.QuietForever)],
)
def test_half_of_them_are_none(context: Flask, begins: int | None, ends: int | None, refused: type[Exception]) -> None:
    ratna = member("ratna")
    with pytest.raises(refused):
        alerts.choose(ratna, has_mail=False, has_sms=False, quiet_from=begins, quiet_until=ends)
    assert alerts.ways(ratna).has_mail, "nothing was changed"
