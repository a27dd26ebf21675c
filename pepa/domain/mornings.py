"""The morning's mail about tasks: numbers and codes alone, none where there is nothing to say (rooms.md rule 28).

One a day for each person, on working days, from seven in the morning. When it leaves, everything is asked again: what
was done meanwhile, and who still belongs where.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from uuid import UUID

import sqlalchemy as sa

from pepa import clock
from pepa.db import db, insert_once, transaction
from pepa.domain import boards, limits, outbox, police, tasks
from pepa.models.organisations import Membership, Organisation
from pepa.models.people import Person
from pepa.models.places import Holiday
from pepa.models.stand_ins import StandIn
from pepa.models.tasks import Digest, Task
from pepa.policy import ROLE_MAY, Permission

FROM, UNTIL = time(7), time(12)  # by the clock of Serang; one that could not be made in time is not made at all
NAMED = 5  # codes of a kind
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Sums:
    """Codes of somebody's tasks: late, due today, waiting for others."""

    late: Sequence[str]
    today: Sequence[str]
    waiting: Sequence[str]

    @property
    def is_empty(self) -> bool:
        return not (self.late or self.today or self.waiting)


def of(person_id: UUID) -> Sums:
    """What somebody has to know this morning, in each organisation whose tasks they see; nothing once they left.

    What nobody has yet is due for whoever keeps the board. A task that two of their organisations see is named once.
    """
    late: list[str] = []
    today: list[str] = []
    waiting: dict[str, None] = {}
    for membership in _members(Membership.person_id == person_id):
        organisation_id = membership.organisation_id
        theirs: sa.ColumnElement[bool] = Task.person_id.in_([person_id, *_stood_in_for(person_id, organisation_id)])
        if _may(membership, Permission.KEEP_BOARD):
            theirs = sa.or_(theirs, Task.person_id.is_(None))
        query = sa.select(Task.code, Task.due_on).where(Task.organisation_id == organisation_id, theirs)
        for code, due_on in db.session.execute(
            query.where(boards.is_due(clock.today())).order_by(Task.due_on, Task.code)
        ):
            (late if due_on < clock.today() else today).append(code)
        waits = sa.select(Task.code).where(boards.waits(person_id, organisation_id), tasks.seen_by(organisation_id))
        waiting.update(dict.fromkeys(db.session.scalars(waits.order_by(Task.due_on, Task.code))))
    return Sums(late, today, list(waiting))


def _stood_in_for(person_id: UUID, organisation_id: UUID) -> Sequence[UUID]:
    """Colleagues who are away today, whose tasks somebody is told of."""
    today = clock.today()
    running = (StandIn.from_on <= today, StandIn.until_on >= today, StandIn.organisation_id == organisation_id)
    return db.session.scalars(sa.select(StandIn.absent_id).where(StandIn.person_id == person_id, *running)).all()


def _members(*which: sa.ColumnElement[bool]) -> list[Membership]:
    """Active ones whose roles let them see tasks."""
    query = (
        sa.select(Membership)
        .join(Person)
        .join(Organisation)
        .where(*which, Membership.is_active, Person.is_active, Organisation.is_active)
        .order_by(Membership.person_id, Membership.organisation_id)
    )
    return [one for one in db.session.scalars(query) if _may(one, Permission.SEE_TASKS)]


def _may(membership: Membership, permission: Permission) -> bool:
    return any(permission in ROLE_MAY[role] for role in membership.role_set)


def tell() -> int:
    """Write this morning's mails, each person's once. Called by `delivery`; returns how many."""
    if not _is_time():
        return 0
    today = clock.today()
    told = sa.exists().where(Digest.person_id == Membership.person_id, Digest.on == today)
    people = {one.person_id for one in _members(Person.email.is_not(None), ~told)}
    return sum(_tell_one(person_id) for person_id in sorted(people))


def _is_time() -> bool:
    here = clock.now().astimezone(clock.JAKARTA)
    if not FROM <= here.time() < UNTIL:
        return False
    approved = sa.select(Holiday.on).where(Holiday.on == here.date(), Holiday.approved_at.is_not(None))
    holidays = set(db.session.scalars(approved))
    return limits.is_working_day(here.date(), holidays)


def _tell_one(person_id: UUID) -> bool:
    """The day is noted where there is nothing to say, too: what comes later in the day is no morning's mail."""
    with transaction() as session:
        if not insert_once(session, Digest, {"person_id": person_id, "on": clock.today()}):
            return False
        if of(person_id).is_empty:
            return False
        outbox.tell(session, person_id, outbox.Notice.TASKS)
        return True


def stands(due: outbox.Due) -> bool:
    """Whether there is still something to say when it leaves, on the same day, to somebody who may still hear it."""
    if due.notice is not outbox.Notice.TASKS:
        return True
    is_of_today = db.session.get(Digest, (due.person_id, clock.today())) is not None
    return is_of_today and not of(due.person_id).is_empty


def words(due: outbox.Due) -> str:
    """What a notice says at the moment at which it leaves."""
    if due.notice is not outbox.Notice.TASKS:
        return police.words(due)
    sums = of(due.person_id)
    told = {"late": _told(sums.late), "today": _told(sums.today), "waiting": _told(sums.waiting)}
    return due.notice.label % told


def _told(codes: Sequence[str]) -> str:
    """`2 (T-81K, T-77A)`"""
    named = ", ".join(codes[:NAMED]) + (", …" if len(codes) > NAMED else "")
    return f"{len(codes)} ({named})" if codes else "0"


def purge() -> int:
    """Forget whom a mail was written to thirty days ago. Returns how many."""
    with transaction() as session:
        gone = session.execute(sa.delete(Digest).where(Digest.on < clock.today() - KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]
