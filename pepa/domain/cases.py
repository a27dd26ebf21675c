"""Cases: opened from a report and holding it. What is done in one is a later piece; here it can be seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import Page, db, keyset, transaction
from pepa.domain import audit, judgements, leavings, onces, reports, restrictions, triage, walls
from pepa.errors import NotFound
from pepa.models.cases import Case, CaseReport, CaseState
from pepa.models.people import Person
from pepa.models.reports import Report, Stage
from pepa.policy import Member, Permission, require


@dataclass(frozen=True)
class Shown:
    """A case as its page shows it. windows: what health can still do for whom it is about, by report."""

    case: Case
    opened_by: str
    reports: Sequence[Report]
    windows: Sequence[judgements.Window]


def visible_to(actor: Member) -> sa.Select[Case]:
    """Every query about cases begins here: the actor's office has it, and nothing in it is hidden from the actor."""
    require(actor, Permission.SEE_CASES)
    hidden = sa.select(CaseReport.case_id).where(CaseReport.report_id.in_(walls.hidden(actor)))
    return sa.select(Case).where(Case.organisation_id == actor.organisation_id, Case.id.not_in(hidden))


def list_for(actor: Member, *, at: str | None = None, size: int = 50) -> Page[Case]:
    """The cases of the actor's office, the oldest first."""
    return keyset(visible_to(actor), Case.opened_at, Case.id, at=at, size=size)


def get_for(actor: Member, case_id: UUID) -> Case:
    """Load and authorise in one step. Raises NotFound, recorded, for whoever may not see it."""
    case = db.session.scalar(visible_to(actor).where(Case.id == case_id))
    if case is None:
        audit.refused("case.refused", actor, case_id)
        raise NotFound
    return case


def open_from(actor: Member, report_id: UUID, *, case_id: UUID | None = None, number: int, once: str) -> UUID:
    """A report becomes a case of its own, or joins one that is open. The same form sent again opens nothing new.
    number: of the newest row about it that the actor has seen.

    Raises Restricted, JudgedMeanwhile, MovedOn, NotFound, KeysUnsound.
    """
    require(actor, Permission.TRIAGE_REPORT)
    opened = reports.seen(actor, report_id)
    made = get_for(actor, case_id).id if case_id else uuid4()
    row = triage.case_row(actor, opened.box, report_id, made)
    with reports.changing(actor, report_id) as (session, report):
        if before := onces.made(session, "case.open", report_id, once):
            return before
        restrictions.require_none(session, report_id)
        triage.require_number(session, report_id, number)
        if report.stage != Stage.TRIAGED:
            raise reports.MovedOn
        reports.move(report, Stage.CASE)
        if case_id is None:
            _insert(session, actor, made)
        elif session.scalar(visible_to(actor).where(Case.id == case_id)) is None:  # taken away in this moment
            raise NotFound
        session.add(CaseReport(report_id=report_id, case_id=made))
        session.flush()
        leavings.take_back(session, walls.beside(session, [report_id]))
        triage.insert_case_row(session, actor, row)
        onces.keep(session, "case.open", report_id, once, made)
        return made


def _insert(session: Session, actor: Member, case_id: UUID) -> None:
    session.add(
        Case(
            id=case_id,
            organisation_id=actor.organisation_id,
            state=CaseState.OPENED.value,
            opened_at=clock.now(),
            opened_by_id=actor.person_id,
        )
    )
    session.flush()
    audit.record(session, "case.opened", actor, case_id)


def show(actor: Member, case_id: UUID) -> Shown:
    """A case with its reports; that it was looked at is recorded. Raises NotFound, Broken."""
    get_for(actor, case_id)
    with transaction() as session:
        audit.record(session, "case.seen", actor, case_id)
    named = visible_to(actor).join(Person, Person.id == Case.opened_by_id).add_columns(Person.name)
    row = db.session.execute(named.where(Case.id == case_id)).first()
    if row is None:  # taken away in this moment
        raise NotFound
    case, opened_by = row
    held = reports.visible_to(actor).join(CaseReport, CaseReport.report_id == Report.id)
    found = list(db.session.scalars(held.where(CaseReport.case_id == case_id).order_by(Report.received_at, Report.id)))
    return Shown(case, opened_by, found, judgements.windows_of(actor, found, clock.now()))


def of(actor: Member, report_id: UUID) -> Case | None:
    """The case that holds a report that the actor has open; None where the actor may not see it."""
    return next(iter(of_reports(actor, [report_id])), None)


def of_reports(actor: Member, report_ids: Sequence[UUID]) -> Sequence[Case]:
    """The cases that hold any of these reports and that the actor may see, the oldest first."""
    held = sa.select(CaseReport.case_id).where(CaseReport.report_id.in_(report_ids))
    return list(db.session.scalars(visible_to(actor).where(Case.id.in_(held)).order_by(Case.opened_at, Case.id)))


def move(session: Session, report_id: UUID, organisation_id: UUID) -> None:
    """A report's case goes to another office with all that it holds. In the transaction of the act."""
    held = session.get(CaseReport, report_id)
    if held is not None:
        session.get_one(Case, held.case_id).organisation_id = organisation_id


def hand_over(session: Session, report: Report, organisation_id: UUID) -> None:
    """A report went to another office: it leaves its case. Alone in it, the case goes along; else it gets a case of its
    own there, so that no report of a case is without one. In the transaction of the act."""
    held = session.get(CaseReport, report.id)
    if held is None:
        return
    case = session.get_one(Case, held.case_id)
    if case.organisation_id == organisation_id:  # it went there with all that it holds
        return
    others = sa.select(CaseReport.report_id).where(CaseReport.case_id == case.id, CaseReport.report_id != report.id)
    if session.scalar(others.limit(1)) is None:
        case.organisation_id = organisation_id
        return
    own = Case(
        id=uuid4(),
        organisation_id=organisation_id,
        state=case.state,
        opened_at=case.opened_at,
        opened_by_id=case.opened_by_id,
    )
    session.add(own)
    session.flush()
    held.case_id = own.id
