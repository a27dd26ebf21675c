"""Whoever left, or whose organisation is suspended, is told nothing more in its name: of each kind of notice, between
the telling and the sending and in the list; though they work elsewhere and go on to be told there.
"""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import departures, outbox
from pepa.domain.outbox import Notice
from pepa.models.notices import NoticeRow
from pepa.models.organisations import Membership, Organisation, Role
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from tests.duty.rosters import person
from tests.notices.lists import LISTED, OF_A_REPORT, PERSONAL, empty, said, told
from tests.people import member, office, tell
from tests.walls.test_hidden import join


def leave(kind: str = "intake") -> None:
    here = (Membership.person_id == person("ratna"), Membership.organisation_id == office(kind))
    actor = member("wulan")
    with transaction() as session:
        departures.close(session, actor, session.scalars(sa.select(Membership).where(*here)).one())


def suspend() -> None:
    with transaction() as session:
        session.get_one(Organisation, office()).is_active = False


def lose_the_membership_alone() -> None:
    """By whatever way that clears nothing up behind it."""
    with transaction() as session:
        ended = sa.update(Membership).where(Membership.organisation_id == office())
        session.execute(ended.where(Membership.person_id == person("ratna")).values(is_active=False))


def rows() -> list[OutboxRow]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(OutboxRow).where(OutboxRow.person_id == person("ratna"))))


def waiting(notice: Notice, report_id: UUID | None) -> list[outbox.Due]:
    """One notice that a worker has claimed and not sent yet."""
    empty()
    if notice in (Notice.LINK, Notice.CALENDAR):  # neither stands in a list
        with transaction() as session:
            of = None if notice is Notice.LINK else office()
            session.add(
                OutboxRow(
                    person_id=person("ratna"),
                    notice=notice.value,
                    channel="mail",
                    organisation_id=of,
                    due_at=outbox.clock.now(),
                )
            )
    else:
        told("ratna", notice, report_id)
    return [due for due in outbox.claim(100) if due.person_id == person("ratna")]


@pytest.mark.parametrize("how", [leave, suspend, lose_the_membership_alone])
@pytest.mark.parametrize("notice", Notice)
def test_nothing_leaves_in_the_name_of_where_they_were(context: Flask, notice: Notice, how: Callable[[], None]) -> None:
    report_id = tell().report_id if notice in OF_A_REPORT else None
    join("ratna", "legal_aid")
    claimed = waiting(notice, report_id)
    assert claimed
    assert all(outbox.reaches(due) for due in claimed), "while they are there"
    how()
    db.session.rollback()
    assert [outbox.reaches(due) for due in claimed] == [notice in PERSONAL] * len(claimed)
    if how is leave and notice not in PERSONAL:
        assert rows() == [], "and none waits"


@pytest.mark.parametrize("notice", Notice)
def test_nothing_at_all_leaves_to_who_works_nowhere(context: Flask, notice: Notice) -> None:
    claimed = waiting(notice, tell().report_id if notice in OF_A_REPORT else None)
    assert all(outbox.reaches(due) for due in claimed)
    leave()
    db.session.rollback()
    assert not any(outbox.reaches(due) for due in claimed)
    assert rows() == []
    assert not list(db.session.scalars(sa.select(NoticeRow.id).where(NoticeRow.person_id == person("ratna"))))


@pytest.mark.both
def test_one_whose_account_is_shut_hears_nothing(context: Flask) -> None:
    claimed = waiting(Notice.ACCOUNT, None)
    with transaction() as session:
        session.get_one(Person, person("ratna")).is_active = False
    assert not any(outbox.reaches(due) for due in claimed)


@pytest.mark.both
def test_the_list_of_where_they_were_is_gone_and_that_of_elsewhere_stays(context: Flask) -> None:
    ratna = member("ratna")
    join("ratna", "legal_aid")
    there = replace(ratna, organisation_id=office("legal_aid"), roles=frozenset({Role.WORKER}))
    empty()
    report_id = tell().report_id
    for notice in LISTED:
        told("ratna", notice, report_id if notice in OF_A_REPORT else None)
    told("ratna", Notice.JOINED, kind="legal_aid")
    leave()
    kept = set(db.session.scalars(sa.select(NoticeRow.notice).where(NoticeRow.person_id == person("ratna"))))
    personal = {notice for notice in PERSONAL if notice in LISTED}
    assert kept == {*personal, Notice.JOINED}
    assert set(said(there)) == {*personal, Notice.JOINED}
    assert set(said(ratna)) == personal, "even for a session that outlived it"
