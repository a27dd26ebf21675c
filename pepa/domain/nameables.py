"""Of whom can be said that they may not know of a report, and what they are called (domain.md rules 13 and 18)."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from pepa.db import db
from pepa.domain import exclusions, keys, reports, walls
from pepa.models.organisations import Membership, Organisation, OrganisationKind, Role
from pepa.models.people import Person
from pepa.models.reports import Exclusion, Report
from pepa.policy import Member, Permission, require


def candidates(actor: Member, report_id: UUID) -> Sequence[tuple[UUID, str]]:
    """Whom whoever leads may name: people with the organisation beside the name (rule 18), then partners."""
    require(actor, Permission.NAME_CONFLICT)
    reports.get_for(actor, report_id)
    hidden = set(db.session.scalars(sa.select(Exclusion.excluded_id).where(Exclusion.report_id == report_id)))
    query = (
        sa.select(Person.id, Person.name, Organisation.name)
        .join(Membership, Membership.person_id == Person.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Person.is_active, Membership.is_active, Organisation.is_active, Person.id != actor.person_id)
        .order_by(Organisation.id != actor.organisation_id, Organisation.name, Person.name)
    )
    people = {row[0]: f"{row[1]}, {row[2]}" for row in reversed(db.session.execute(query).all())}
    offered = [*reversed(people.items()), *exclusions.partners()]
    return [(one, label) for one, label in offered if one not in hidden]


@dataclass(frozen=True)
class KeptOut:
    """Whom officers told of a report. leads: one of them leads the office by now, and its people work under them"""

    names: Sequence[str]
    leads: bool


def kept_out(report_ids: Iterable[UUID]) -> KeptOut:
    """Whom an officer told of reports that the actor has open: colleagues do not talk to them of it."""
    here = Exclusion.report_id.in_(walls.beside(db.session(), list(report_ids)))
    ids = set(db.session.scalars(sa.select(Exclusion.excluded_id).where(here, Exclusion.conflict_id.is_not(None))))
    leads = bool(ids) and db.session.scalar(sa.select(sa.exists().where(Membership.person_id.in_(ids), *_leading())))
    return KeptOut(sorted(name for name, _ in names(ids).values()), bool(leads))


def _leading() -> tuple[sa.ColumnElement[bool], ...]:
    """Memberships of whoever leads the office, also since a moment ago."""
    office = sa.select(Organisation.id).where(Organisation.kind == OrganisationKind.INTAKE.value)
    is_head = Membership.roles.like(f"%{Role.HEAD.value}%")
    return (Membership.organisation_id.in_(office), Membership.is_active.is_(True), is_head)


def about_whoever_leads(actor: Member) -> Sequence[Report]:
    """The office's reports that somebody may not know of who leads it by now: whoever reads them is to hand them on
    (rule 13: asked again whenever a role changes). Nobody is told of it but those who see the report."""
    require(actor, Permission.DECLARE_CONFLICT)
    if not actor.is_office:
        return []
    leading = sa.select(Membership.person_id).where(*_leading())
    about = sa.select(Exclusion.report_id).where(Exclusion.excluded_id.in_(leading))
    query = reports.visible_to(actor).where(Report.id.in_(about), Report.withdrawn_at.is_(None))
    return db.session.scalars(query.order_by(Report.received_at, Report.id)).all()


def onward(actor: Member) -> str:
    """Who reads what the actor's office may not; "" where the actor is there already, or nobody is."""
    office = db.session.get_one(Organisation, actor.organisation_id)
    if office.kind != OrganisationKind.INTAKE:
        return ""
    with suppress(keys.KeysUnsound):
        return exclusions.independent(db.session()).name
    return ""


def names(ids: set[UUID]) -> dict[UUID, tuple[str, str]]:
    """Name and place of people, and names of organisations."""
    if not ids:
        return {}
    people = sa.select(Person.id, Person.name, sa.func.min(Organisation.name)).where(Person.id.in_(ids))
    people = people.outerjoin(Membership, sa.and_(Membership.person_id == Person.id, Membership.is_active))
    people = people.outerjoin(Organisation, Organisation.id == Membership.organisation_id).group_by(Person.id)
    found = {row[0]: (row[1], row[2] or "") for row in db.session.execute(people)}
    bodies = sa.select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))
    return dict.fromkeys(ids, ("", "")) | found | {row[0]: (row[1], "") for row in db.session.execute(bodies)}
