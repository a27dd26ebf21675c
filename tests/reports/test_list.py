"""The desk's list: by urgency, then the oldest first; each office its own."""

from datetime import datetime, time, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import reports
from pepa.errors import NotAllowed
from pepa.models.reports import Report, Urgency
from tests.people import member, office, tell

AT = datetime.combine(clock.today() + timedelta(days=1), time(10, 41, 27), clock.JAKARTA)


@pytest.mark.both
def test_the_most_urgent_first_and_then_the_oldest(context: Flask) -> None:
    for hours, urgency in ((0, "soon"), (1, "now"), (2, "today"), (3, "now"), (4, None)):
        with clock.frozen(AT + timedelta(hours=hours)):
            tell(urgency=urgency)
    rows = reports.list_for(member("ratna"), size=500).items
    order = [(list(Urgency).index(row.urgency), row.received_at) for row in rows]
    assert order == sorted(order)
    assert {row.urgency for row in rows} == {Urgency.NOW, Urgency.TODAY, Urgency.SOON}


@pytest.mark.both
def test_page_by_page_each_report_once(context: Flask) -> None:
    for n in range(9):
        tell(urgency=("now", "today", "soon")[n % 3])
    everything = [row.id for row in reports.list_for(member("ratna"), size=500)]
    seen, at = [], None
    while True:
        page = reports.list_for(member("ratna"), at=at, size=4)
        seen += [row.id for row in page]
        if page.later is None:
            break
        at = page.later
    assert seen == everything
    assert len(set(seen)) == len(seen) >= 9


@pytest.mark.both
def test_each_office_its_own(context: Flask) -> None:
    about_us, about_them = tell(about="office"), tell(about="nobody")
    ours = {row.id for row in reports.list_for(member("ratna"), stage="all", size=500)}
    theirs = {row.id for row in reports.list_for(member("intan"), stage="all", size=500)}
    assert about_them.report_id in ours - theirs
    assert about_us.report_id in theirs - ours
    holders = {row.id: row.holder_id for row in db.session.execute(sa.select(Report.id, Report.holder_id))}
    assert {holders[report_id] for report_id in ours} == {office()}
    assert {holders[report_id] for report_id in theirs} == {office("independent")}


def test_by_stage(context: Flask) -> None:
    reporter, ratna = tell(), member("ratna")
    received = {row.id for row in reports.list_for(ratna, size=500)}
    assert reporter.report_id in received
    reports.open_for(ratna, reporter.report_id)
    assert reporter.report_id not in {row.id for row in reports.list_for(ratna, size=500)}
    assert reporter.report_id in {row.id for row in reports.list_for(ratna, stage="read", size=500)}
    assert {row.id for row in reports.list_for(ratna, stage="all", size=500)} > received


def test_counted_no_further_than_asked(context: Flask) -> None:
    for _ in range(3):
        tell()
    ratna = member("ratna")
    waiting = sum(1 for _ in reports.list_for(ratna, size=500))
    assert reports.unread_count(ratna) == waiting
    assert reports.unread_count(ratna, 2) == 2


@pytest.mark.parametrize("login", ["hadi", "sekar", "dian", "joko", "nadia", "galih"])
def test_those_who_do_not_read_see_no_list(context: Flask, login: str) -> None:
    for ask in (lambda: reports.list_for(member(login)), lambda: reports.unread_count(member(login))):
        with pytest.raises(NotAllowed):
            ask()


def test_listing_is_not_reading_and_opens_nothing(context: Flask) -> None:
    reporter = tell("Isi")
    list(reports.list_for(member("ratna"), size=500))
    assert db.session.get_one(Report, reporter.report_id).is_unread
