"""No time of an anonymous act is finer than the hour, once somebody has the report (docs/threat-model.md)."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, delivery
from pepa.config import Config
from pepa.db import Instant, db, transaction
from pepa.domain import duty, outbox, reporters, reports, tickets
from pepa.models import TABLES
from pepa.models.duty import Shift
from pepa.models.outbox import OutboxRow
from tests.people import member, tell

AT = datetime(2027, 3, 9, 2, 12, 41, 512000, tzinfo=UTC)
NEAR = timedelta(minutes=25)


def _telling() -> dict[str, datetime]:
    """Times in the clear that lie near the act, and tell more than its hour."""
    found = {}
    for table in TABLES.values():
        for column in table.columns:
            if isinstance(column.type, Instant):
                for (at,) in db.session.execute(sa.select(column).where(column.is_not(None))):
                    if abs(at - AT) < NEAR and at != clock.hour(at):
                        found[f"{table.name}.{column.name}"] = at
    db.session.rollback()
    return found


def _read_all() -> None:
    """An officer reads whatever asks for somebody."""
    officer = member("ratna")
    for report in reports.alarms_for(officer):
        reports.open_for(officer, report.id, shows_messages=True)


def _put_on_duty(login: str) -> None:
    officer, day = member(login), clock.hour(AT)
    with transaction() as session:
        shift = Shift(organisation_id=officer.organisation_id, person_id=officer.person_id)
        shift.starts_at, shift.ends_at = day, day + timedelta(hours=8)
        session.add(shift)


@pytest.mark.both
def test_an_urgent_report_that_was_alarmed_followed_and_read(context: Flask, config: Config) -> None:
    _read_all()
    _put_on_duty("ratna")
    with clock.frozen(AT):
        reporter = tell(urgency="now")
        code = reporters.code(reporter)
        assert code
        reporters.handle(reporter.token)
        assert duty.ring() == 1
        assert _telling().keys() == {"reports.read_due_at", "reports.alarm_at", "outbox.due_at"}, (
            "while they are needed"
        )
        assert delivery.send_due(config) == 1
        reporters.write(reporter, text="Satu hal lagi.", once="satu")
        reporters.open_code(code)
    with clock.frozen(AT + timedelta(hours=2)):
        _read_all()
    assert _telling() == {}
    name = tickets.token_hash(reporter.token).hex()
    written = (config.spool / name[:2] / name).stat().st_mtime
    assert datetime.fromtimestamp(written, UTC) == clock.hour(AT)


@pytest.mark.both
def test_a_notice_that_never_leaves_keeps_the_hour_alone(context: Flask) -> None:
    """Its last due time is the first one and pauses that are known, so it would tell as much."""
    _read_all()
    with clock.frozen(AT):
        tell(urgency="now")
        assert duty.ring() == 1
    for attempt in range(outbox.TRIES):
        with clock.frozen(AT + timedelta(hours=1 + attempt)):
            (due,) = outbox.claim()
            outbox.failed(due.id, due.tries)
    with clock.frozen(AT + timedelta(days=2)):
        assert outbox.claim() == [], "it was tried often enough"
    (due_at,) = db.session.scalars(sa.select(OutboxRow.due_at).where(OutboxRow.sent_at.is_(None)))
    assert due_at == clock.hour(due_at)
