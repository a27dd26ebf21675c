"""Cancelling by the code: the code ends now, the report is hidden, and nothing is destroyed that somebody must look at.

Cases D16, B24 (as far as marks go), C25 (withdraw and answer at once).
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, storage
from pepa.db import db, transaction
from pepa.domain import (
    additions,
    arrivals,
    audit,
    duty,
    inbox,
    intake,
    lateness,
    outbox,
    reporters,
    reports,
    tickets,
    withdrawals,
)
from pepa.models.additions import Ago, Answer
from pepa.models.audit import AuditEntry, Chain
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.reports import CoarseGroup, Exclusion, Reading, Report, Stage
from pepa.policy import Reporter
from tests.duty.rosters import roster
from tests.intake.test_replay import lose
from tests.people import member, tell

AT = datetime(2026, 11, 25, 3, 41, 27, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def row(reporter: Reporter) -> Report:
    db.session.rollback()
    return db.session.get_one(Report, reporter.report_id)


def withdraw(reporter: Reporter, *came_by: str) -> Report:
    withdrawals.withdraw(reporter, came_by=came_by)
    return row(reporter)


def listed(login: str = "ratna", stage: Stage | None = None) -> set[object]:
    return {report.id for report in inbox.list_for(member(login), inbox.Filters(stage=stage))}


def put(reporter: Reporter, **values: object) -> None:
    with transaction() as session:
        session.execute(sa.update(Report).where(Report.id == reporter.report_id).values(**values))


def sort_out(reporter: Reporter, group: CoarseGroup = CoarseGroup.OTHER) -> None:
    """An officer has read it, and said what it is about; then its reporter wrote again."""
    reports.open_for(member("ratna"), reporter.report_id)
    put(reporter, coarse_group=group.value)


@pytest.mark.both
def test_hidden_at_once_and_kept_fourteen_days(context: Flask) -> None:
    reporter = tell(urgency="today")
    sort_out(reporter)
    code = reporters.code(reporter)
    assert code
    with clock.frozen(AT):
        report = withdraw(reporter)
    assert (report.stage, report.withdrawn_at) == (Stage.WITHDRAWN, clock.hour(AT))
    assert report.destroy_at == clock.hour(AT) + HOUR + 14 * DAY, "an hour later rather than a minute early"
    assert report.id not in listed()
    assert report.id not in listed(stage=Stage.RECEIVED)
    assert report.id in listed(stage=Stage.WITHDRAWN)
    with pytest.raises(reporters.CodeUnknown):
        reporters.open_code(code)
    assert reporters.by_token(reporter.token) is None
    assert db.session.scalar(sa.select(sa.func.count()).where(Reading.report_id == report.id)) == 0


def test_officers_have_it_sealed_and_marked(context: Flask) -> None:
    reporter = tell("Isi")
    withdraw(reporter)
    opened = reports.open_for(member("ratna"), reporter.report_id)
    assert opened.told.what == "Isi"
    assert opened.report.stage == Stage.WITHDRAWN, "and looking does not read it back"


def test_an_urgent_one_no_longer_rings(context: Flask) -> None:
    reporter = tell(urgency="now")
    duty.ring()
    report = withdraw(reporter)
    assert report.alarm_at
    assert (report.alarm_at.minute, report.is_alarming) == (0, False)
    assert report.id not in {found.id for found in reports.alarms_for(member("ratna"))}


@pytest.mark.parametrize(
    ("told", "group"),
    [
        ({"urgency": "now"}, CoarseGroup.OTHER),
        ({}, CoarseGroup.CHILD),
        ({}, CoarseGroup.SEXUAL),
        ({}, CoarseGroup.HOUSEHOLD),
        ({}, CoarseGroup.UNKNOWN),
    ],
)
def test_somebody_looks_first(context: Flask, told: dict[str, str], group: CoarseGroup) -> None:
    reporter = tell(**told)
    sort_out(reporter, group)
    report = withdraw(reporter)
    assert (report.stage, report.destroy_at) == (Stage.WITHDRAWN, None)


@pytest.mark.parametrize("told", [{"speaker": "child"}, {"speaker": "for"}, {}])
def test_what_nobody_read_nobody_destroys(context: Flask, told: dict[str, str]) -> None:
    """A relative who tells about a child ticks nothing that says so: it stands in her words alone."""
    reporter = tell("Paman memperkosa anak 9 tahun.", urgency="today", **told)
    assert withdraw(reporter).destroy_at is None


def test_what_was_sorted_and_not_read_since_is_seen_first(context: Flask) -> None:
    reporter = tell(urgency="soon")
    sort_out(reporter)
    put(reporter, stage=Stage.HELP.value)
    reporters.write(reporter, text="Sekarang juga anak saya.", once="a")
    assert withdraw(reporter).destroy_at is None


@pytest.mark.parametrize(
    "answers", [additions.When(ago=Ago.RECENT), additions.Who(strangled=Answer.YES), additions.Who(lives_in=Answer.YES)]
)
def test_a_danger_that_was_told_is_looked_at_whatever_the_urgency_says(
    context: Flask, answers: additions.Answers
) -> None:
    reporter = tell(urgency="soon")
    additions.add(reporter, answers=answers, once="a")
    sort_out(reporter)
    put(reporter, urgency="soon")
    assert withdraw(reporter).destroy_at is None


def test_an_answer_that_is_no_danger_is_none(context: Flask) -> None:
    reporter = tell(urgency="soon")
    additions.add(reporter, answers=additions.Who(hurt="saya", strangled=Answer.NO), once="a")
    sort_out(reporter)
    assert withdraw(reporter).destroy_at


@pytest.mark.parametrize("stage", [Stage.TRIAGED, Stage.CASE, Stage.HELP, Stage.OTHER])
def test_once_it_is_sorted_the_code_ends_and_a_flag_is_raised(context: Flask, stage: Stage) -> None:
    reporter = tell()
    code = reporters.code(reporter)
    put(reporter, stage=stage.value)
    report = withdraw(reporter)
    assert (report.stage, report.destroy_at, report.is_flagged) == (stage, None, True)
    assert report.id in listed()
    with pytest.raises(reporters.CodeUnknown):
        reporters.open_code(code or "")


def test_a_read_one_too(context: Flask) -> None:
    reporter = tell()
    reports.open_for(member("ratna"), reporter.report_id)
    assert withdraw(reporter).stage == Stage.WITHDRAWN


# Who is told


def told() -> list[str]:
    db.session.rollback()
    cancelled = OutboxRow.notice == outbox.Notice.CANCELLED.value
    return sorted(db.session.scalars(sa.select(Person.login).join(OutboxRow).where(cancelled)))


@pytest.mark.both
@pytest.mark.parametrize("stage", [Stage.READ, Stage.CASE])
def test_whoever_holds_it_is_told_once(context: Flask, stage: Stage) -> None:
    reporter = tell()
    reports.open_for(member("bayu"), reporter.report_id)
    reports.hold(member("bayu"), reporter.report_id)
    put(reporter, stage=stage.value)
    withdraw(reporter, "cookie")
    withdraw(reporter, "cookie")
    assert told() == ["bayu"]


def test_held_by_nobody_whoever_is_on_duty_else_the_supervisor_is_told(context: Flask) -> None:
    first, second = tell(), tell()
    with clock.frozen(AT):
        roster(("ratna", AT - HOUR, AT + HOUR))
        withdraw(first)
        assert told() == ["ratna"]
        roster()
        withdraw(second)
    assert told() == ["ratna", "wulan"]


def test_it_is_told_by_a_sentence_that_says_nothing_of_it(context: Flask) -> None:
    reporter = tell()
    reports.hold(member("bayu"), reporter.report_id)
    withdraw(reporter)
    due = next(one for one in outbox.claim(100) if one.notice is outbox.Notice.CANCELLED)
    assert lateness.stands(due)
    assert lateness.words(due) == "Piket: ada yang perlu dilihat. Buka program."
    with transaction() as session:
        session.add(Exclusion(report_id=reporter.report_id, excluded_id=due.person_id))
    assert not lateness.stands(due)


def test_a_flood_of_them_is_few_notices(context: Flask) -> None:
    for number in range(lateness.AT_MOST + 2):
        reporter = tell(f"Laporan {number}")
        reports.hold(member("bayu"), reporter.report_id)
        withdraw(reporter)
    assert told() == ["bayu"] * lateness.AT_MOST


def test_sent_again_it_is_done_once(context: Flask) -> None:
    reporter = tell()
    with clock.frozen(AT):
        withdraw(reporter, "cookie")
    with clock.frozen(AT + 3 * DAY):
        report = withdraw(reporter, "cookie")
    assert report.withdrawn_at == clock.hour(AT)
    assert withdrawals.was_withdrawn(["cookie"])
    assert not withdrawals.was_withdrawn([])
    assert not withdrawals.was_withdrawn(["another"])
    query = sa.select(AuditEntry).where(AuditEntry.act == "report.withdrawn", AuditEntry.thing_id == report.id)
    (entry,) = db.session.scalars(query)
    assert (entry.chain, entry.at) == (Chain.ANONYMOUS, clock.hour(AT))
    assert audit.first_broken(Chain.ANONYMOUS) is None


def test_its_own_form_sent_again_makes_no_code(context: Flask) -> None:
    ticket = intake.mint_ticket()
    sent = intake.deliver(ticket, what="Isi")
    reporter = reporters.by_token(sent.token)
    assert reporter
    withdraw(reporter)
    with pytest.raises(intake.Left):
        intake.deliver(ticket, what="Isi")
    with pytest.raises(intake.Left):
        intake.deliver(ticket, what="Isi lain")
    assert reporters.code(reporter) is None, "whoever was still on the page makes none either"
    assert row(reporter).withdrawn_at


# What an officer does


def test_held_back_and_let_go(context: Flask) -> None:
    reporter, ratna = tell(), member("ratna")
    with clock.frozen(AT):
        withdraw(reporter)
    with clock.frozen(AT + DAY):
        assert withdrawals.keep_back(ratna, reporter.report_id, reason="forced").destroy_at is None
        withdrawals.keep_back(ratna, reporter.report_id, reason="forced")
    seen = withdrawals.decided(reporter.report_id)
    assert seen
    assert (seen.name, seen.reason, seen.at) == (ratna.name, "forced", AT + DAY)
    with clock.frozen(AT + 2 * DAY):
        report = withdrawals.release(ratna, reporter.report_id)
        assert report.destroy_at == clock.hour(AT) + HOUR + 14 * DAY, "the fourteen days hold all the same"
    seen = withdrawals.decided(reporter.report_id)
    assert seen
    assert seen.reason is None
    query = sa.select(AuditEntry.act, AuditEntry.note).where(AuditEntry.thing_id == reporter.report_id)
    acts = db.session.execute(query.where(AuditEntry.chain == Chain.STAFF.value).order_by(AuditEntry.number)).all()
    assert [tuple(act) for act in acts] == [("report.kept", "forced"), ("report.released", "")]


def test_what_nobody_cancelled_is_neither(context: Flask) -> None:
    reporter = tell()
    for act in (lambda: withdrawals.keep_back(member("ratna"), reporter.report_id, reason="forced"),):
        with pytest.raises(withdrawals.NotWithdrawn):
            act()
    with pytest.raises(withdrawals.NotWithdrawn):
        withdrawals.release(member("ratna"), reporter.report_id)
    assert row(reporter).destroy_at is None


# At once, again, and after an older database


@pytest.mark.both
def test_an_answer_at_once(context: Flask) -> None:
    """Whichever is first: an answer that nobody can read any more is refused, and its writer is told."""
    for turn in range(4):
        reporter = tell()

        def answer(report_id: object = reporter.report_id) -> str:
            with context.app_context():
                try:
                    reports.answer(member("ratna"), report_id, text="Jawaban", once="a")  # type: ignore[arg-type]
                except reports.Withdrawn:
                    return "told"
                finally:
                    db.session.remove()
                return "kept"

        def cancel(reporter: Reporter = reporter) -> str:
            with context.app_context():
                withdrawals.withdraw(reporter, came_by=())
                db.session.remove()
                return "cancelled"

        with ThreadPoolExecutor(2) as pool:
            both = [pool.submit(act) for act in ((answer, cancel) if turn % 2 else (cancel, answer))]
            done = {one.result() for one in both}
        assert "cancelled" in done
        db.session.rollback()
        messages = len(reports.open_for(member("ratna"), reporter.report_id).messages)
        assert messages == ("kept" in done)
        assert row(reporter).stage == Stage.WITHDRAWN


@pytest.mark.both
def test_an_older_database_or_the_spool_brings_it_back_as_cancelled(context: Flask) -> None:
    reporter, other = tell("Satu", urgency="now"), tell("Dua")
    code = reporters.code(reporter)
    with clock.frozen(AT):
        withdraw(reporter)
    lose(reporter)
    arrivals._last = None  # as a process begins that finds the older copy
    arrivals.replay()
    report = row(reporter)
    assert (report.stage, report.destroy_at) == (Stage.WITHDRAWN, None)
    assert arrivals.sender(reporter.token) is None
    with pytest.raises(reporters.CodeUnknown):
        reporters.open_code(code or "")
    assert row(other).stage == Stage.RECEIVED


def test_what_the_disk_could_not_mark_is_marked_later(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    reporter = tell()
    name = tickets.token_hash(reporter.token).hex()

    def refuse(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(storage.os, "fsync", refuse)
        withdraw(reporter)
        storage.spool().unmark(name, storage.WITHDRAWN)
    assert withdrawals.apply_marks() == 0
    assert storage.spool().is_marked(name, storage.WITHDRAWN)
