"""Whether whoever holds the code is the survivor: an officer makes sure; only then is she shown more (citizen.md 6).

The person who hurts her can report as a witness and watch. Messages alone prove nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pepa import clock
from pepa.db import db
from pepa.domain import audit, reports
from pepa.models.people import Person
from pepa.models.reports import ConfirmedBy, Report, Unconfirmed
from pepa.policy import Member, Permission, require


@dataclass(frozen=True)
class Confirmed:
    """Who made sure, and when."""

    at: datetime
    name: str


def confirm(actor: Member, report_id: UUID, *, way: str) -> Report:
    """ "Pastikan bahwa ini penyintas". way: a code of `ConfirmedBy`. Done twice it is done once. Raises NotFound."""
    require(actor, Permission.CONFIRM_SURVIVOR)
    with reports.changing(actor, report_id) as (session, report):
        if report.confirmed_at is None:
            report.confirmed_at, report.confirmed_by_id = clock.now(), actor.person_id
            audit.record(session, "reporter.confirmed", actor, report_id, ConfirmedBy(way).value)
        return report


def take_back(actor: Member, report_id: UUID, *, reason: str) -> Report:
    """She is shown received, read and messages again. reason: a code of `Unconfirmed`. Raises NotFound."""
    require(actor, Permission.CONFIRM_SURVIVOR)
    with reports.changing(actor, report_id) as (session, report):
        if report.confirmed_at is not None:
            report.confirmed_at = report.confirmed_by_id = None
            audit.record(session, "reporter.unconfirmed", actor, report_id, Unconfirmed(reason).value)
        return report


def of(report: Report) -> Confirmed | None:
    """Whether that was done, and by whom."""
    if report.confirmed_at is None or report.confirmed_by_id is None:
        return None
    person = db.session.get_one(Person, report.confirmed_by_id)
    return Confirmed(report.confirmed_at, person.name)
