"""Who stands in for a colleague who is away: told what they are told, from first day to last (domain.md rule 15).

It gives no right and no key: whoever stands in works in the same organisation and has both already.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, holders, members, onces, outbox
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.organisations import Membership
from pepa.models.people import Person
from pepa.models.stand_ins import StandIn
from pepa.policy import ROLE_MAY, Member, Permission, require
from pepa.words import N_

LONGEST = timedelta(days=180)


class NobodyChosen(Invalid):
    says = N_("Pilih dulu penggantinya.")
    field = "person_id"


class NoDays(Invalid):
    says = N_("Tulis hari pertama dan hari terakhirnya.")
    field = "from_on"


class DaysBackwards(Invalid):
    says = N_("Hari terakhir lebih awal daripada hari pertama. Betulkan harinya.")
    field = "until_on"


class TooLong(Invalid):
    says = N_("Paling lama 180 hari. Sesudah itu tulis lagi.")
    field = "until_on"


class DaysOver(Invalid):
    says = N_("Hari-hari ini sudah lewat. Betulkan harinya.")
    field = "until_on"


class Overlaps(Conflict):
    says = N_("Di hari-hari itu SUDAH ada penggantinya. Akhiri dulu yang lama.")
    field = "from_on"


def may_name(actor: Member, membership: Membership) -> bool:
    """For oneself, or by whoever keeps the people of the organisation."""
    is_own = membership.person_id == actor.person_id and membership.organisation_id == actor.organisation_id
    return membership.is_active and (is_own or members.may_keep(actor, membership))


def offered(membership: Membership) -> Sequence[Person]:
    """Colleagues who may do what the absent person is told of: read reports, see tasks; by name."""
    needed = _may(membership) & {Permission.READ_REPORTS, Permission.SEE_TASKS}
    found = [one.membership for one in holders.of(membership.organisation_id)]
    return [one.person for one in found if one.id != membership.id and _may(one) >= needed]


def _may(membership: Membership) -> set[Permission]:
    return {permission for role in membership.role_set for permission in ROLE_MAY[role]}


def of(membership: Membership) -> Sequence[StandIn]:
    """Those that run or are to come, in which this person is away or stands in."""
    either = sa.or_(StandIn.absent_id == membership.person_id, StandIn.person_id == membership.person_id)
    query = (
        sa.select(StandIn)
        .options(joinedload(StandIn.absent), joinedload(StandIn.person))
        .where(StandIn.organisation_id == membership.organisation_id, either, StandIn.until_on >= clock.today())
    )
    return db.session.scalars(query.order_by(StandIn.from_on, StandIn.id)).all()


def away(organisation_id: UUID) -> Sequence[StandIn]:
    """Who of an organisation is away today, with who stands in."""
    today = clock.today()
    query = sa.select(StandIn).options(joinedload(StandIn.absent), joinedload(StandIn.person))
    running = (StandIn.organisation_id == organisation_id, StandIn.from_on <= today, StandIn.until_on >= today)
    return db.session.scalars(query.where(*running).order_by(StandIn.from_on, StandIn.id)).all()


def name(
    actor: Member,
    membership_id: UUID,
    *,
    person_id: UUID | None,
    from_on: date | None,
    until_on: date | None,
    once: str,
) -> UUID:
    """Both are told. The same form again makes no second.

    Raises NobodyChosen, NoDays, DaysBackwards, TooLong, DaysOver, Overlaps, NotFound.
    """
    require(actor, Permission.SEE_ORGANISATION)
    if person_id is None:
        raise NobodyChosen
    if from_on is None or until_on is None:
        raise NoDays
    _check(from_on, until_on)
    with transaction() as session:
        if made := onces.made(session, "stand_in.name", actor.person_id, once):
            return made
        membership = members.get_for(actor, membership_id)
        if not may_name(actor, membership):
            raise NotFound
        if person_id not in {one.id for one in offered(membership)}:
            raise NobodyChosen
        _refuse_overlap(session, membership, from_on, until_on)
        stand_in_id = uuid4()
        session.add(
            StandIn(
                id=stand_in_id,
                organisation_id=membership.organisation_id,
                absent_id=membership.person_id,
                person_id=person_id,
                from_on=from_on,
                until_on=until_on,
                made_by_id=actor.person_id,
                made_at=clock.now(),
            )
        )
        session.flush()
        onces.keep(session, "stand_in.name", actor.person_id, once, stand_in_id)
        _tell(session, actor, membership.organisation_id, membership.person_id, person_id)
        days = f"{from_on.isoformat()} {until_on.isoformat()}"
        audit.record(session, "stand_in.named", actor, stand_in_id, f"{membership.person_id} {person_id} {days}")
        return stand_in_id


def _check(from_on: date, until_on: date) -> None:
    if until_on < from_on:
        raise DaysBackwards
    if until_on - from_on > LONGEST:
        raise TooLong
    if until_on < clock.today():
        raise DaysOver


def _refuse_overlap(session: Session, membership: Membership, from_on: date, until_on: date) -> None:
    same = (StandIn.absent_id == membership.person_id, StandIn.organisation_id == membership.organisation_id)
    if session.scalar(sa.select(StandIn.id).where(*same, StandIn.from_on <= until_on, StandIn.until_on >= from_on)):
        raise Overlaps


def _tell(session: Session, actor: Member, organisation_id: UUID, *people: UUID) -> None:
    for person_id in people:
        if person_id != actor.person_id:
            outbox.tell(session, person_id, outbox.Notice.STAND_IN, organisation_id=organisation_id)


def end(actor: Member, stand_in_id: UUID) -> UUID:
    """From now on; both are told. Returns the membership of who was away. Raises NotFound."""
    require(actor, Permission.SEE_ORGANISATION)
    with transaction() as session:
        row = session.get(StandIn, stand_in_id)
        if row is None:
            raise NotFound
        theirs = (Membership.person_id == row.absent_id, Membership.organisation_id == row.organisation_id)
        membership_id = session.scalars(sa.select(Membership.id).where(*theirs)).one()
        if not may_name(actor, members.get_for(actor, membership_id)):
            raise NotFound
        _end(session, actor, row)
        return membership_id


def end_unfit(session: Session, actor: Member, membership: Membership) -> None:
    """What somebody does was changed: they stand in for nobody, and nobody for them, where it could not be chosen now.
    In the transaction of the act."""
    for row in of(membership):
        theirs = (Membership.person_id == row.absent_id, Membership.organisation_id == row.organisation_id)
        absent = session.scalars(sa.select(Membership).where(*theirs)).one()
        if row.person_id not in {one.id for one in offered(absent)}:
            _end(session, actor, row)


def _end(session: Session, actor: Member, row: StandIn) -> None:
    _tell(session, actor, row.organisation_id, row.absent_id, row.person_id)
    session.delete(row)
    audit.record(session, "stand_in.ended", actor, row.id, f"{row.absent_id} {row.person_id}")
