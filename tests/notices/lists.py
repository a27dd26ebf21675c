"""Lists of the cast: `told("ratna", Notice.SHIFT)` writes a notice, `said("ratna")` is what the list says."""

from uuid import UUID

import sqlalchemy as sa

from pepa.db import db, transaction
from pepa.domain import notices, outbox
from pepa.domain.outbox import Notice
from pepa.models.notices import NoticeRow
from pepa.models.outbox import OutboxRow
from pepa.policy import Member
from tests.duty.rosters import person
from tests.people import member, office

PERSONAL = (Notice.ACCOUNT, Notice.LINK, Notice.TASKS, Notice.TRIAL)
OF_A_REPORT = (Notice.ALARM, Notice.CANCELLED, Notice.LATE_READING, Notice.LATE_ANSWER, Notice.POLICE, Notice.EMERGENCY)
LISTED = [notice for notice in Notice if notice not in (Notice.LINK, Notice.CALENDAR)]


def empty() -> None:
    """Nobody was told anything yet."""
    with transaction() as session:
        for table in (OutboxRow, NoticeRow):
            session.execute(sa.delete(table))


def told(login: str, notice: Notice, report_id: UUID | None = None, *, kind: str = "intake") -> UUID:
    """What was told to somebody in an organisation's name, by its id in the list."""
    of = None if notice in PERSONAL else office(kind)
    to = person(login)
    with transaction() as session:
        before = set(session.scalars(sa.select(NoticeRow.id).where(NoticeRow.person_id == to)))
        outbox.tell(session, to, notice, report_id, organisation_id=of)
        session.flush()
        (new,) = set(session.scalars(sa.select(NoticeRow.id).where(NoticeRow.person_id == to))) - before
        return new


def listed(who: "str | Member") -> list[notices.Told]:
    db.session.rollback()
    return notices.list_for(member(who) if isinstance(who, str) else who).items


def said(who: "str | Member") -> list[Notice]:
    return [one.notice for one in listed(who)]
