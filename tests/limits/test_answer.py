"""By when a report is answered: set when it comes, moved with its urgency, cleared by the answer (rules 3, 4)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pepa import clock
from pepa.db import Kept, db, transaction
from pepa.domain import additions, exclusions, intake, limits, reporters, reports, withdrawals
from pepa.models.installation import Setting
from pepa.models.places import Holiday
from pepa.models.reports import Report, Urgency
from pepa.policy import Reporter
from tests.duty.rosters import roster
from tests.people import member, office, tell

MORNING = datetime(2026, 3, 4, 10, 20, tzinfo=clock.JAKARTA)  # a Wednesday
HOUR = timedelta(hours=1)
moments = st.integers(0, 365 * 86400 - 1).map(
    lambda s: datetime(2026, 1, 1, tzinfo=clock.JAKARTA) + timedelta(seconds=s)
)


@pytest.fixture(autouse=True)
def _morning(context: Flask) -> Iterator[None]:
    with clock.frozen(MORNING):
        roster()
        yield


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=clock.JAKARTA)


def report(reporter: Reporter) -> Report:
    db.session.rollback()
    return db.session.get_one(Report, reporter.report_id)


@pytest.mark.both
@pytest.mark.parametrize(
    ("urgency", "due_at"),
    [("now", at(4, 13)), ("today", at(4, 17)), ("soon", at(9, 16)), (None, at(4, 17))],
)
def test_it_is_set_when_a_report_comes(context: Flask, urgency: str | None, due_at: datetime) -> None:
    assert report(tell(urgency=urgency)).answer_due_at == due_at


def test_holidays_do_not_count(context: Flask) -> None:
    with transaction() as session:
        session.add(Holiday(on=date(2026, 3, 5), name="Libur", kind="national", source="test", is_certain=True))
    Kept.forget()
    assert limits.answer_limit(office(), Urgency.SOON, MORNING) == at(10, 16)


def test_over_lebaran_nothing_is_promised_on_a_holiday(context: Flask) -> None:
    """B24: every working day of the seeded table between two dates, and none beside them."""
    holidays = set(db.session.scalars(sa.select(Holiday.on)))
    for day in range(16, 30):
        limit = limits.answer_limit(office(), Urgency.PLAN, at(day, 9))
        assert limits.is_working_day(limit.date(), holidays)
        between = [at(day, 9).date() + timedelta(days=n) for n in range(1, (limit.date() - at(day, 9).date()).days + 1)]
        assert sum(limits.is_working_day(one, holidays) for one in between) == 5


def test_how_long_is_a_setting(context: Flask) -> None:
    with transaction() as session:
        for key, value in (("contact_now_minutes", "30"), ("contact_plan_days", "1")):
            session.merge(Setting(key=key, value=value))
    Kept.forget()
    assert limits.answer_limit(office(), Urgency.NOW, MORNING) == at(4, 11)
    assert limits.answer_limit(office(), Urgency.PLAN, MORNING) == at(5, 16)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(moments, st.sampled_from(list(Urgency)))
def test_it_tells_no_more_than_the_hour(context: Flask, moment: datetime, urgency: Urgency) -> None:
    limit = limits.answer_limit(office(), urgency, moment)
    assert limit > moment
    assert (limit.minute, limit.second, limit.microsecond) == (0, 0, 0)
    assert limit >= limits.reading_limit(office(), urgency, moment)
    assert limits.answer_limit(office(), urgency, moment + HOUR) >= limit


@pytest.mark.both
def test_an_answer_ends_it_and_another_message_begins_it_again(context: Flask) -> None:
    reporter = tell(urgency="today")
    opened = reports.open_for(member("ratna"), reporter.report_id, shows_messages=True)
    assert report(reporter).answer_due_at == at(4, 17), "read is not answered"
    reports.answer(member("ratna"), reporter.report_id, text="Kami baca.", once=opened.once)
    assert report(reporter).answer_due_at is None
    with clock.frozen(at(5, 9)):
        reporters.write(reporter, text="Ada lagi.", once="a")
        assert report(reporter).answer_due_at == at(5, 15)
    with clock.frozen(at(5, 11)):
        reporters.write(reporter, text="Halo?", once="b")
        assert report(reporter).answer_due_at == at(5, 15), "the first one counts"


@pytest.mark.both
def test_what_comes_while_the_answer_is_typed_is_still_to_be_answered(context: Flask) -> None:
    reporter = tell(urgency="today")
    opened = reports.open_for(member("ratna"), reporter.report_id, shows_messages=True)
    reporters.write(reporter, text="Ia sudah di depan pintu.", once="a")
    with clock.frozen(at(4, 11)):
        reports.answer(member("ratna"), reporter.report_id, text="Kami baca.", once=opened.once)
        assert report(reporter).answer_due_at == at(4, 17)
        opened = reports.open_for(member("ratna"), reporter.report_id, shows_messages=True)
        reports.answer(member("ratna"), reporter.report_id, text="Kami datang.", once=opened.once)
        assert report(reporter).answer_due_at is None


def test_what_was_closed_and_asks_again_while_the_answer_is_typed_too(context: Flask) -> None:
    reporter = tell(urgency="today")
    opened = reports.open_for(member("ratna"), reporter.report_id, shows_messages=True)
    with transaction() as session:
        session.get_one(Report, reporter.report_id).stage = "help"
    reporters.write(reporter, text="Ada lagi.", once="a")
    reports.answer(member("ratna"), reporter.report_id, text="Selesai.", once=opened.once)
    assert report(reporter).is_unread
    assert report(reporter).answer_due_at == at(4, 17)


def test_a_danger_that_is_told_brings_it_forward(context: Flask) -> None:
    reporter = tell(urgency="soon")
    additions.add(reporter, answers=additions.Who(weapon="yes"), once="a")
    assert report(reporter).answer_due_at == at(4, 13)


def test_what_is_lowered_counts_from_its_coming_by_the_lower_one(context: Flask) -> None:
    reporter = tell(urgency="now")
    with transaction() as session:
        row = session.get_one(Report, reporter.report_id)
        row.urgency = Urgency.TODAY
        limits.put_off(row)
    assert report(reporter).answer_due_at == at(4, 16), "six hours from the hour at which it came"
    assert report(reporter).read_due_at == at(4, 12)


def test_cancelled_nothing_is_due(context: Flask) -> None:
    reporter = tell(urgency="today")
    withdrawals.withdraw(reporter, came_by=())
    assert report(reporter).answer_due_at is None
    assert limits.begin_answer(report(reporter)) is None
    assert report(reporter).answer_due_at is None


def test_at_another_office_it_begins_anew(context: Flask) -> None:
    reporter = tell(urgency="soon")
    with clock.frozen(at(6, 10)):
        exclusions.exclude(reporter, about="office", about_partner=None)
        assert report(reporter).answer_due_at == at(11, 16)


def test_what_is_only_kept_is_promised_nothing(context: Flask) -> None:
    kept = intake.deliver(intake.mint_ticket(), what="Nanti saja.", keep=True)
    assert db.session.get_one(Report, kept.report_id).answer_due_at is None
