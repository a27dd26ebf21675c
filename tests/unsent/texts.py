"""A text that is kept, for the tests of what becomes of it."""

from datetime import UTC, datetime, timedelta

from pepa.db import db
from pepa.domain import intake, reporters, reports, unsent
from pepa.models.reports import Report
from pepa.policy import Reporter

AT = datetime(2026, 11, 25, 3, 41, 27, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOLD = {"urgency": "now", "kecamatan": "kasemen", "place": "Gang Mawar", "phone": "0812 000 000"}


def save(what: str = "Isi", ticket: str = "", **told: object) -> Reporter:
    sent = intake.deliver(ticket or intake.mint_ticket(), what=what, keep=True, **told)  # type: ignore[arg-type]
    found = reporters.by_token(sent.token)
    assert found
    return found


def row(reporter: Reporter) -> Report:
    db.session.rollback()
    return db.session.get_one(Report, reporter.report_id)


def kept(reporter: Reporter) -> reports.Told:
    db.session.rollback()
    found = unsent.saved(reporter)
    assert found
    return found.told


def change(reporter: Reporter, what: str, version: int = 0) -> None:
    unsent.change(reporter, reports.Told(what=what), version=version)
