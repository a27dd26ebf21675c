"""The one question about reports and cases: from whom they are hidden (domain.md rule 13).

An exclusion names a report and a person or an organisation. It hides the report, and whatever shares a case with it,
from that person wherever they work, and from everybody who is or ever was of that organisation, in whose name they
ask: with two memberships nobody comes in by the second. Every query about reports begins in `reports.visible_to`, every
one about cases in `cases.visible_to`, and whoever is told something is asked about in `may_know`: all three ask here.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from pepa.db import db
from pepa.models.cases import CaseReport
from pepa.models.organisations import Membership
from pepa.models.reports import Exclusion
from pepa.policy import Member, hidden_from


def hidden(actor: Member) -> sa.CompoundSelect[Any]:
    """The ids of the reports that are hidden from the actor, for a query."""
    return _hidden(Exclusion.excluded_id.in_(hidden_from(actor)), actor.person_id)


def marks(actor: Member) -> set[str]:
    """The hex digits of the reports that are hidden from the actor: by them the note of an act names another report."""
    return {report_id.hex for report_id in db.session.scalars(hidden(actor))}


def hidden_of(person_id: UUID) -> sa.CompoundSelect[Any]:
    """The same for somebody who is told something, in whosever name that is."""
    return _hidden(Exclusion.excluded_id == person_id, person_id)


def _hidden(named: sa.ColumnElement[bool], person_id: UUID) -> sa.CompoundSelect[Any]:
    theirs = sa.select(Membership.organisation_id).where(Membership.person_id == person_id)
    ours = sa.or_(named, Exclusion.excluded_id.in_(theirs))
    one, other = aliased(CaseReport), aliased(CaseReport)
    beside = (
        sa.select(other.report_id)
        .join(one, one.case_id == other.case_id)
        .join(Exclusion, Exclusion.report_id == one.report_id)
        .where(ours)
    )
    return sa.select(Exclusion.report_id).where(ours).union(beside)


def may_know(session: Session, report_id: UUID, people: Sequence[UUID]) -> list[UUID]:
    """Those of them who may know that this report exists."""
    unknowing = {person_id for _, person_id in kept_from(session, [report_id], people)}
    return [person_id for person_id in people if person_id not in unknowing]


def kept_from(session: Session, report_ids: Collection[UUID], people: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Each of these reports with each of these people who may not know that it exists."""
    named = _named(session, report_ids) if people else {}
    if not named:
        return set()
    wanted = (Membership.person_id.in_(people), Membership.organisation_id.in_(set().union(*named.values())))
    of = defaultdict(set)
    for person_id, organisation_id in session.execute(
        sa.select(Membership.person_id, Membership.organisation_id).where(*wanted)
    ):
        of[person_id].add(organisation_id)
    return {
        (report_id, person_id)
        for report_id, excluded in named.items()
        for person_id in people
        if person_id in excluded or not excluded.isdisjoint(of[person_id])
    }


def beside(session: Session, report_ids: Collection[UUID]) -> set[UUID]:
    """These reports, with whatever shares a case with one of them."""
    one, other = aliased(CaseReport), aliased(CaseReport)
    query = sa.select(other.report_id).join(one, one.case_id == other.case_id).where(one.report_id.in_(report_ids))
    return {*report_ids, *session.scalars(query)}


def _named(session: Session, report_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Whom the exclusions of these reports, and of whatever shares a case with them, name."""
    one, other = aliased(CaseReport), aliased(CaseReport)
    own = sa.select(Exclusion.report_id, Exclusion.excluded_id).where(Exclusion.report_id.in_(report_ids))
    beside = (
        sa.select(one.report_id, Exclusion.excluded_id)
        .join(other, other.case_id == one.case_id)
        .join(Exclusion, Exclusion.report_id == other.report_id)
        .where(one.report_id.in_(report_ids))
    )
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for report_id, excluded_id in session.execute(own.union(beside)):
        found[report_id].add(excluded_id)
    return found
