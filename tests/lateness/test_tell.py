"""Late: whoever holds it and the supervisors at the limit, the head at twice; each once, and only while it is so."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, delivery
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import additions, audit, duty, exclusions, follow_up, lateness, outbox, reporters, reports, withdrawals
from pepa.domain.outbox import Notice
from pepa.models.audit import Chain
from pepa.models.lateness import Limit, Telling
from pepa.models.organisations import Membership
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.reports import Exclusion, Report
from tests.duty.rosters import person, roster
from tests.people import member, tell

AT = datetime(2026, 3, 4, 8, 0, tzinfo=clock.JAKARTA)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _alone(context: Flask) -> Iterator[None]:
    """Ratna is on duty; nothing of the demo's is due."""
    with transaction() as session:
        values = {"held_by_id": person("hadi"), "answer_due_at": None, "stage": "read"}
        session.execute(sa.update(Report).values(**values))
    with clock.frozen(AT):
        roster(("ratna", AT, AT + 24 * HOUR))
        yield


def told(notice: Notice) -> list[str]:
    db.session.rollback()
    query = sa.select(Person.login).join(OutboxRow).where(OutboxRow.notice == notice.value)
    return sorted(db.session.scalars(query))


def look(at: timedelta) -> int:
    with clock.frozen(AT + at):
        return lateness.tell()


@pytest.mark.both
def test_reading_late_whoever_is_on_duty_then_the_head(context: Flask) -> None:
    reporter = tell(urgency="now")  # to be read by 08.15
    assert look(15 * MINUTE) == 0, "due is not late"
    assert look(15 * MINUTE + timedelta(seconds=1)) == 1
    assert told(Notice.LATE_READING) == ["ratna", "wulan"]
    assert look(20 * MINUTE) == 0, "told once"
    assert look(30 * MINUTE) == 0
    assert look(31 * MINUTE) == 1
    assert told(Notice.LATE_READING) == ["hadi", "ratna", "wulan"]
    assert look(48 * HOUR) == 2, "by now an answer is late, and twice as late, too"
    db.session.rollback()
    assert db.session.get(Telling, (reporter.report_id, "read", 2))
    assert audit.first_broken(Chain.STAFF) is None


@pytest.mark.both
def test_an_answer_that_is_late_is_told_to_whoever_holds_it(context: Flask) -> None:
    reporter = tell(urgency="today")  # to be answered by 14.00
    reports.open_for(member("bayu"), reporter.report_id)
    reports.hold(member("bayu"), reporter.report_id)
    assert look(6 * HOUR) == 0
    assert look(6 * HOUR + MINUTE) == 1
    assert told(Notice.LATE_ANSWER) == ["bayu", "wulan"]
    assert told(Notice.LATE_READING) == []
    assert look(12 * HOUR + MINUTE) == 1
    assert told(Notice.LATE_ANSWER) == ["bayu", "hadi", "wulan"]


def test_due_today_is_not_late_today_at_one_minute_past_midnight(context: Flask) -> None:
    """B50, with the server's clock in UTC: a limit of this day lies ahead all night."""
    reporter = tell(urgency="soon")  # read by Thursday 16.00
    night = datetime(2026, 3, 5, 0, 1, tzinfo=clock.JAKARTA).astimezone(UTC)
    with clock.frozen(night):
        row = db.session.get_one(Report, reporter.report_id)
        assert row.read_due_at
        assert row.read_due_at.astimezone(clock.JAKARTA).date() == clock.today()
        assert not lateness.is_late(row, Limit.READ)
        assert lateness.tell() == 0
        assert not follow_up.following(reporter).late


def test_somebody_who_may_not_know_is_told_nothing(context: Flask) -> None:
    reporter = tell(urgency="now")
    with transaction() as session:
        session.add(Exclusion(report_id=reporter.report_id, excluded_id=person("wulan")))
    assert look(HOUR) == 2
    assert told(Notice.LATE_READING) == ["hadi", "ratna"]


def test_where_nobody_could_be_told_whoever_comes_is(context: Flask) -> None:
    reporter = tell(urgency="today")
    with transaction() as session:
        session.execute(sa.update(Person).values(is_active=False))
    assert look(3 * HOUR) == 0
    with transaction() as session:
        session.execute(sa.update(Person).where(Person.login == "wulan").values(is_active=True))
    assert look(4 * HOUR) == 1
    assert told(Notice.LATE_READING) == ["wulan"]
    assert db.session.get_one(Report, reporter.report_id).is_unread


def test_whoever_holds_it_and_has_left_is_not_told(context: Flask) -> None:
    reporter = tell(urgency="today")
    reports.hold(member("bayu"), reporter.report_id)
    with transaction() as session:
        session.get_one(Person, person("bayu")).is_active = False
    look(7 * HOUR)
    assert told(Notice.LATE_ANSWER) == ["ratna", "wulan"]


@pytest.mark.parametrize("ends", ["answered", "cancelled", "destroyed"])
def test_what_was_put_right_before_it_left_is_not_told(context: Flask, config: Config, ends: str) -> None:
    """B44: a notice in the queue looks again at the moment at which it leaves."""
    reporter = tell(urgency="today")
    opened = reports.open_for(member("ratna"), reporter.report_id)
    with clock.frozen(AT + 7 * HOUR):
        assert lateness.tell() == 1
        if ends == "answered":
            reports.answer(member("ratna"), reporter.report_id, text="Kami baca.", once=opened.once)
        elif ends == "cancelled":
            withdrawals.withdraw(reporter, came_by=())
        else:
            with transaction() as session:
                session.execute(sa.update(OutboxRow).values(report_id=UUID(int=1)))
        assert delivery.send_due(config) == (ends == "cancelled"), "of which somebody is told instead"
    assert told(Notice.LATE_ANSWER) == []


def test_an_alarm_that_somebody_holds_meanwhile_wakes_nobody(context: Flask, config: Config) -> None:
    reporter = tell(urgency="now")
    duty.ring()
    reports.hold(member("bayu"), reporter.report_id)
    assert delivery.send_due(config) == 0
    assert told(Notice.ALARM) == []


def queued(at: timedelta) -> list[tuple[Notice, UUID]]:
    """The notices that would leave now: what is said, and to whom."""
    with clock.frozen(AT + at):
        return [(due.notice, due.person_id) for due in outbox.claim() if lateness.stands(due)]


def test_once_she_turned_the_office_away_nothing_of_it_leaves_to_them(context: Flask) -> None:
    """The code of a report says that it exists."""
    reporter = tell(urgency="now")
    reports.hold(member("bayu"), reporter.report_id)
    additions.add(reporter, answers=additions.Who(weapon="yes"), once="a")
    look(20 * MINUTE)
    assert told(Notice.LATE_READING) == ["bayu", "wulan"], "they wait to be sent"
    assert told(Notice.ALARM) == ["bayu"]
    exclusions.exclude(reporter, about="office")
    assert told(Notice.LATE_READING) == told(Notice.ALARM) == [], "what waited is gone with the right to know"
    assert queued(50 * MINUTE) == []


def test_nothing_leaves_to_whoever_may_know_no_more(context: Flask) -> None:
    reporter = tell(urgency="now")
    look(20 * MINUTE)
    with transaction() as session:
        session.add(Exclusion(report_id=reporter.report_id, excluded_id=person("ratna")))
        left = sa.select(Membership).where(Membership.person_id == person("wulan"))
        session.scalars(left).one().is_active = False
    assert queued(20 * MINUTE) == []


def test_a_danger_that_is_told_later_leaves_to_whoever_holds_it(context: Flask) -> None:
    reporter = tell(urgency="today")
    reports.open_for(member("ratna"), reporter.report_id)
    reports.hold(member("ratna"), reporter.report_id)
    with transaction() as session:
        session.get_one(Report, reporter.report_id).stage = "triaged"
    additions.add(reporter, answers=additions.Who(weapon="yes"), once="a")
    assert queued(MINUTE) == [(Notice.ALARM, person("ratna"))]


def test_many_at_once_are_few_notices(context: Flask) -> None:
    for number in range(lateness.AT_MOST + 3):
        tell(f"Laporan {number}", urgency="now")
    look(20 * MINUTE)
    assert told(Notice.LATE_READING) == ["ratna"] * lateness.AT_MOST + ["wulan"] * lateness.AT_MOST


@pytest.mark.both
def test_two_workers_tell_once(context: Flask) -> None:
    for _ in range(3):
        tell(urgency="now")
    barrier = Barrier(2)

    def work() -> int:
        with context.app_context():
            barrier.wait()
            try:
                return lateness.tell()
            finally:
                db.session.remove()

    with clock.frozen(AT + 20 * MINUTE), ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(lambda _: work(), range(2))) == 3
    assert told(Notice.LATE_READING) == ["ratna"] * 3 + ["wulan"] * 3


def test_what_lies_aside_is_looked_over_together(context: Flask) -> None:
    reporter = tell(urgency="now")
    with transaction() as session:
        session.get_one(Report, reporter.report_id).is_aside = True
    assert look(HOUR) == 0


def test_the_reporter_reads_who_knows_once_that_is_so(context: Flask) -> None:
    reporter = tell(urgency="today")
    with clock.frozen(AT + 3 * HOUR):
        found = follow_up.following(reporter)
        assert (found.late, found.is_told) == (True, False)
        lateness.tell()
        assert follow_up.following(reporter).is_told
        assert lateness.was_told(reporter.report_id, Limit.READ) == AT + 3 * HOUR
    opened = reports.open_for(member("ratna"), reporter.report_id)
    with clock.frozen(AT + 4 * HOUR):
        found = follow_up.following(reporter)
        assert (found.late, found.due_at) == (False, AT + 6 * HOUR), "read: now an answer is due"
        reports.answer(member("ratna"), reporter.report_id, text="Kami baca.", once=opened.once)
        assert follow_up.following(reporter).due_at is None


@pytest.mark.both
def test_she_reads_no_superior_knows_where_none_was_told(context: Flask) -> None:
    reporter = tell(urgency="today")
    superiors = sa.update(Person).where(Person.login.in_(["wulan", "hadi"]))
    with transaction() as session:
        session.execute(superiors.values(is_active=False))
    assert look(3 * HOUR) == 1
    assert told(Notice.LATE_READING) == ["ratna"]
    with clock.frozen(AT + 3 * HOUR):
        assert not follow_up.following(reporter).is_told
    with transaction() as session:
        session.execute(superiors.values(is_active=True))
    look(5 * HOUR)
    assert told(Notice.LATE_READING) == ["hadi", "ratna"]
    with clock.frozen(AT + 5 * HOUR):
        assert follow_up.following(reporter).is_told, "now the head knows"


def test_she_reads_it_neither_where_too_many_were_late_to_tell_of_hers(context: Flask) -> None:
    sent = [tell(f"Laporan {number}", urgency="now") for number in range(lateness.AT_MOST + 2)]
    look(20 * MINUTE)
    with clock.frozen(AT + 20 * MINUTE):
        assert sum(follow_up.following(reporter).is_told for reporter in sent) == lateness.AT_MOST


def test_what_begins_anew_is_told_anew(context: Flask) -> None:
    reporter = tell(urgency="today")
    opened = reports.open_for(member("ratna"), reporter.report_id)
    look(7 * HOUR)
    reports.answer(member("ratna"), reporter.report_id, text="Kami baca.", once=opened.once)
    with clock.frozen(AT + 8 * HOUR):
        reporters.write(reporter, text="Ada lagi.", once="a")
    assert look(15 * HOUR) == 1
    db.session.rollback()
    assert told(Notice.LATE_ANSWER) == ["ratna", "ratna", "wulan", "wulan"]


def test_at_another_office_it_is_told_anew(context: Flask) -> None:
    """Whom she turned away was told; those who have it now were not."""
    reporter = tell(urgency="now")
    look(20 * MINUTE)
    with clock.frozen(AT + 25 * MINUTE):
        exclusions.exclude(reporter, about="office")
    with clock.frozen(AT + 20 * HOUR):
        found = follow_up.following(reporter)
        assert (found.late, found.is_told) == (True, False)
        assert lateness.tell() >= 1
        assert follow_up.following(reporter).is_told
    assert told(Notice.LATE_READING) == ["intan", "rahmat"], "what waited for the others is gone"


def test_a_case_is_read_and_told_anew_at_another_office(context: Flask) -> None:
    reporter = tell(urgency="now")
    look(5 * HOUR)
    with transaction() as session:
        session.get_one(Report, reporter.report_id).stage = "case"
    exclusions.exclude(reporter, about="office")
    db.session.rollback()
    assert db.session.get_one(Report, reporter.report_id).is_unread
    assert list(db.session.scalars(sa.select(Telling))) == []


def test_a_danger_that_is_told_after_reading_is_late_anew(context: Flask) -> None:
    reporter = tell(urgency="now")
    look(20 * MINUTE)
    with clock.frozen(AT + 25 * MINUTE):
        reports.open_for(member("ratna"), reporter.report_id)
    with clock.frozen(AT + HOUR):
        additions.add(reporter, answers=additions.Who(weapon="yes"), once="a")
        assert not follow_up.following(reporter).is_told
    assert look(80 * MINUTE) == 1
    assert told(Notice.LATE_READING) == ["ratna", "ratna", "wulan", "wulan"]


def test_a_notice_says_a_code_and_nothing_else(context: Flask) -> None:
    reporter = tell("Suami saya", urgency="now", place="Jalan Mawar 7", kecamatan=None)
    look(20 * MINUTE)
    code = db.session.get_one(Report, reporter.report_id).reference
    with clock.frozen(AT + 20 * MINUTE):
        said = {lateness.words(due) for due in outbox.claim()}
    assert said == {f"Batas baca {code} lewat. Buka program."}
