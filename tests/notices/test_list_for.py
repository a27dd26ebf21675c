"""The list inside the program: what was told stands in it, whichever way it left besides; nothing one may not know."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import destruction, notices, outbox
from pepa.domain.outbox import Notice
from pepa.models.notices import NoticeRow
from pepa.models.organisations import Role
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.reports import Report, reference_of
from pepa.policy import Permission
from tests.duty.rosters import person
from tests.notices.lists import LISTED, OF_A_REPORT, empty, listed, said, told
from tests.people import member, office, tell
from tests.walls.test_hidden import hide, join

AT = datetime(2026, 3, 4, 10, 41, 27, tzinfo=clock.JAKARTA)


@pytest.fixture(autouse=True)
def _empty(context: Flask) -> None:
    empty()


@pytest.mark.parametrize("notice", LISTED)
def test_every_kind_lands_in_it_where_there_is_no_other_way(context: Flask, notice: Notice) -> None:
    report_id = tell().report_id if notice in OF_A_REPORT else None
    with transaction() as session:
        ratna = session.get_one(Person, person("ratna"))
        ratna.email, ratna.phone, ratna.has_mail, ratna.has_sms = None, None, False, False
    told("ratna", notice, report_id)
    (one,) = listed("ratna")
    assert (one.notice, one.is_read, one.report_id) == (notice, False, report_id)
    assert one.says
    assert one.says % {"kode": "L-1"}, "a code at most is filled in"
    assert notices.unread(member("ratna")) == 1


@pytest.mark.both
def test_the_hour_alone_is_kept_and_the_newest_stands_first(context: Flask) -> None:
    for minutes, notice in ((0, Notice.SHIFT), (90, Notice.MEMBERS), (45, Notice.STAND_IN)):
        with clock.frozen(AT + timedelta(minutes=minutes)):
            told("ratna", notice)
    assert said("ratna") == [Notice.MEMBERS, Notice.STAND_IN, Notice.SHIFT]
    for one in listed("ratna"):
        assert one.told_at == clock.hour(one.told_at)


@pytest.mark.both
def test_pages_by_key(context: Flask) -> None:
    for hours in range(5):
        with clock.frozen(AT + timedelta(hours=hours)):
            told("ratna", Notice.SHIFT)
    ratna = member("ratna")
    first = notices.list_for(ratna, size=3)
    then = notices.list_for(ratna, at=first.later, size=3)
    times = [one.told_at for one in (*first.items, *then.items)]
    assert len(times) == 5
    assert times == sorted(times, reverse=True)
    assert (first.earlier, then.later) == (None, None)


@pytest.mark.both
def test_each_organisation_has_its_own_and_what_is_about_oneself_stands_in_all(context: Flask) -> None:
    here = member("ratna")
    join("ratna", "legal_aid")
    told("ratna", Notice.MEMBERS)
    told("ratna", Notice.JOINED, kind="legal_aid")
    told("ratna", Notice.ACCOUNT)
    there = replace(here, organisation_id=office("legal_aid"), roles=frozenset({Role.WORKER}))
    assert set(said(here)) == {Notice.MEMBERS, Notice.ACCOUNT}
    assert set(said(there)) == {Notice.JOINED, Notice.ACCOUNT}
    assert (notices.unread(here), notices.unread(there)) == (2, 2)
    assert said("bayu") == [], "and nobody else's"


@pytest.mark.both
@pytest.mark.parametrize("notice", OF_A_REPORT)
def test_what_is_hidden_from_its_reader_leaves_no_line_and_no_count(context: Flask, notice: Notice) -> None:
    report_id = tell().report_id
    told("ratna", notice, report_id)
    told("ratna", Notice.SHIFT)
    assert set(said("ratna")) == {notice, Notice.SHIFT}
    hide(report_id, person("ratna"))
    assert said("ratna") == [Notice.SHIFT]
    assert notices.unread(member("ratna")) == 1


def test_nor_what_hides_from_a_body_that_they_are_of(context: Flask) -> None:
    report_id, ratna = tell().report_id, member("ratna")
    told("ratna", Notice.LATE_READING, report_id)
    join("ratna", "hospital", is_active=False)
    hide(report_id, office("hospital"))
    assert (said(ratna), notices.unread(ratna)) == ([], 0)


def test_nor_a_report_that_another_office_has_now(context: Flask) -> None:
    report_id = tell().report_id
    told("ratna", Notice.LATE_READING, report_id)
    with transaction() as session:
        session.execute(sa.update(Report).where(Report.id == report_id).values(holder_id=office("independent")))
    assert (said("ratna"), notices.unread(member("ratna"))) == ([], 0)


def test_nor_of_any_report_to_whoever_reads_none_any_more(context: Flask) -> None:
    told("ratna", Notice.ALARM, tell().report_id)
    told("ratna", Notice.LATE_ANSWER, tell().report_id)
    ratna = member("ratna")
    keeps_figures = replace(ratna, roles=frozenset({Role.DATA_OFFICER}))
    assert (len(said(ratna)), notices.unread(ratna)) == (2, 2)
    assert (said(keeps_figures), notices.unread(keeps_figures)) == ([], 0)


def test_whoever_leads_where_nobody_reads_hears_that_one_waits(context: Flask) -> None:
    report_id = tell(urgency="now").report_id
    told("joko", Notice.ALARM, report_id)
    for notice in (Notice.LATE_READING, Notice.EMERGENCY, Notice.POLICE, Notice.RESTRICTION):
        told("joko", notice, report_id)
    lines = listed("joko")
    assert len(lines) == 5
    assert all(one.report_id is None and "kode" not in one.says for one in lines), "and opens none"
    hide(report_id, person("joko"))
    assert said("joko") == []


def test_a_report_is_named_by_its_code_where_it_may_be_opened(context: Flask) -> None:
    report_id = tell().report_id
    told("ratna", Notice.LATE_READING, report_id)
    (one,) = listed("ratna")
    assert one.reference == reference_of(report_id)
    assert one.says % {"kode": one.reference} == f"Batas baca {reference_of(report_id)} lewat."


def test_it_goes_with_the_report(context: Flask) -> None:
    report_id = tell().report_id
    told("ratna", Notice.LATE_READING, report_id)
    assert destruction.destroy(report_id)
    assert not list(db.session.scalars(sa.select(NoticeRow.id).where(NoticeRow.report_id == report_id)))
    assert not list(db.session.scalars(sa.select(OutboxRow.id).where(OutboxRow.report_id == report_id)))


@pytest.mark.both
def test_what_is_told_once_is_listed_once(context: Flask) -> None:
    event = tell().report_id  # any number
    for again in (True, False):
        with transaction() as session:
            told_now = outbox.alert(session, office(), Notice.BREACH, to=Permission.KEEP_BREACHES, event=event)
        assert told_now is again
    assert said("wulan") == [Notice.BREACH]


def test_a_stand_in_of_that_office_is_listed_too(context: Flask) -> None:
    from_on = clock.today()
    join("nadia", "police")
    with transaction() as session:
        for organisation, stands_in in (("intake", "bayu"), ("police", "nadia")):
            session.execute(
                sa.insert(outbox.StandIn).values(
                    id=outbox.uuid4(),
                    organisation_id=office(organisation),
                    absent_id=person("ratna"),
                    person_id=person(stands_in),
                    from_on=from_on,
                    until_on=from_on,
                    made_by_id=person("wulan"),
                    made_at=clock.now(),
                )
            )
    told("ratna", Notice.SHIFT)
    assert said("bayu") == [Notice.SHIFT]
    assert not list(db.session.scalars(sa.select(NoticeRow.id).where(NoticeRow.person_id == person("nadia"))))
