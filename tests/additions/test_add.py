"""Adding to a report: kept once, sealed, by the hour; a danger is read sooner, and nothing is ever read later."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import additions, boxes, duty, follow_up, reports
from pepa.errors import NotAllowed
from pepa.models.additions import ASKED, Addition
from pepa.models.audit import AuditEntry
from pepa.models.outbox import OutboxRow
from pepa.models.reports import Report, Urgency
from pepa.policy import Reporter
from tests.citizen.walks import MORNING, later
from tests.people import member, tell

SAID = {"hurt": "adik", "hurting": "tetangga"}


@pytest.fixture(autouse=True)
def calm(context: Flask) -> None:
    """What rings in the demo has rung."""
    duty.ring()
    with transaction() as session:
        session.execute(sa.delete(OutboxRow))


@pytest.fixture
def reporter(context: Flask) -> Reporter:
    return tell()


def report(reporter: Reporter) -> Report:
    db.session.rollback()
    return db.session.get_one(Report, reporter.report_id)


def add(reporter: Reporter, once: str = "o", **who: Any) -> object:
    return additions.add(reporter, answers=additions.Who(**who), once=once)


def told() -> list[OutboxRow]:
    """The notices that wait for somebody."""
    return list(db.session.scalars(sa.select(OutboxRow)))


def test_it_is_sealed_and_of_the_hour(reporter: Reporter) -> None:
    with clock.frozen(MORNING):
        made = additions.add(reporter, answers=additions.Who(**SAID), once="o")
        row = db.session.get_one(Addition, made)
        assert row.sent_at == clock.hour(MORNING)
        assert b"tetangga" not in row.body_sealed
        (entry,) = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.act == "report.added"))
        assert (entry.chain, entry.at, entry.thing_id) == ("anonymous", clock.hour(MORNING), reporter.report_id)
        officer = member("ratna")
        (added,) = additions.to(officer, reports.open_for(officer, reporter.report_id))
        assert (added.at, added.answers) == (MORNING, additions.Who(**SAID))


def test_nothing_answered_is_nothing_kept(reporter: Reporter) -> None:
    for answers in (additions.When(), additions.Who(hurt=" "), additions.Contact()):
        assert additions.add(reporter, answers=answers, once="o") is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Addition)) == 0


def test_sent_again_it_is_the_same(reporter: Reporter) -> None:
    first = add(reporter, **SAID)
    assert add(reporter, **SAID) == first
    assert add(reporter, hurt="adik") != first, "what was mended in between is kept as well"
    assert add(reporter, "another form", **SAID) != first


def test_an_officer_s_box_opens_it_after_the_key_was_turned(reporter: Reporter) -> None:
    officer = member("ratna")
    add(reporter, **SAID)
    box = boxes.open_for(officer, reporter.box_id)
    with transaction() as session:
        boxes.rotate(session, box, boxes.holders_of(session, box))
    add(reporter, "later", hurt="lagi")
    found = additions.to(officer, reports.open_for(officer, reporter.report_id))
    assert [one.answers for one in found] == [additions.Who(**SAID), additions.Who(hurt="lagi")]


def test_what_later_formats_know_is_left_alone(reporter: Reporter) -> None:
    box = boxes.open_for(reporter, reporter.box_id)
    row_id = reporter.report_id
    document = {"kind": "when", "at": MORNING.isoformat(), "place": "Pasar", "invented_later": 7}
    epoch, sealed = boxes.seal_body(box, "addition", row_id, document)
    values = {"id": row_id, "report_id": row_id, "sent_at": MORNING, "body_epoch": epoch, "body_sealed": sealed}
    with transaction() as session:
        boxes.insert(session, [boxes.Row(Addition, values)])
    officer = member("ratna")
    (added,) = additions.to(officer, reports.open_for(officer, row_id))
    assert added.answers == additions.When(place="Pasar")


def test_staff_and_strangers_add_nothing(reporter: Reporter) -> None:
    with pytest.raises(NotAllowed):
        additions.add(member("ratna"), answers=additions.When(place="x"), once="o")  # type: ignore[arg-type]


# ---- dangers


def test_each_yes_rings(context: Flask) -> None:
    for question in ASKED:
        reporter = tell()
        assert duty.ring() == 0
        add(reporter, **{question: "yes"})
        assert report(reporter).is_alarming
        assert duty.ring() == 1, question


def test_any_other_answer_does_not(reporter: Reporter) -> None:
    for answer in ("no", "unknown", "unsaid", None):
        add(reporter, str(answer), **SAID, **dict.fromkeys(ASKED, answer))
        assert report(reporter).urgency is Urgency.TODAY
    assert duty.ring() == 0


def test_within_72_hours_is_read_today_and_wakes_nobody(context: Flask) -> None:
    quiet, sooner = tell(urgency="soon"), additions.When(ago="recent")
    additions.add(quiet, answers=sooner, once="o")
    assert report(quiet).urgency is Urgency.TODAY
    assert duty.ring() == 0


def test_the_limit_moves_forward_and_never_back(context: Flask) -> None:
    with clock.frozen(MORNING):
        quiet = tell(urgency="soon")
        tomorrow = report(quiet).read_due_at
        add(quiet, weapon="yes")
        first = report(quiet)
        assert first.urgency is Urgency.NOW
        assert first.read_due_at is not None
        assert tomorrow is not None
        assert first.read_due_at < tomorrow
        assert first.read_due_at == clock.quarter_up(MORNING + timedelta(minutes=15))
    limit = first.read_due_at
    with clock.frozen(later(20)):
        add(quiet, "again", strangled="yes")
        additions.add(quiet, answers=additions.When(ago="recent"), once="o")
        assert (report(quiet).urgency, report(quiet).read_due_at) == (Urgency.NOW, limit)


def test_raising_is_recorded_once_and_by_the_hour(reporter: Reporter) -> None:
    with clock.frozen(MORNING):
        add(reporter, weapon="yes")
        add(reporter, "again", strangled="yes")
        (entry,) = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.act == "report.raised"))
        assert (entry.chain, entry.at, entry.person_id) == ("anonymous", clock.hour(MORNING), None)


def test_a_danger_after_reading_makes_it_unread_and_rings(reporter: Reporter) -> None:
    officer = member("ratna")
    reports.open_for(officer, reporter.report_id)
    assert not report(reporter).is_unread
    add(reporter, **SAID)
    assert not report(reporter).is_unread, "no danger: it waits where it is"
    add(reporter, "danger", threatened="yes")
    assert report(reporter).is_alarming
    assert report(reporter).read_due_at is not None
    assert duty.ring() == 1
    reports.open_for(officer, reporter.report_id)
    assert not report(reporter).is_unread
    assert duty.ring() == 0


def test_whoever_holds_it_is_told(reporter: Reporter) -> None:
    """Holding it keeps the alarm quiet, so the alarm would not say that there is more."""
    reports.hold(member("ratna"), reporter.report_id)
    add(reporter, children="yes")
    assert duty.ring() == 0
    (row,) = told()
    assert (row.person_id, row.notice) == (member("ratna").person_id, "alarm")
    add(reporter, children="yes")
    assert len(told()) == 1, "sent again it tells nobody again"


def test_nobody_who_may_not_know_is_told(context: Flask) -> None:
    about_office = tell(about="office")
    reports.hold(member("intan"), about_office.report_id)
    add(about_office, weapon="yes")
    (row,) = told()
    assert row.person_id == member("intan").person_id


def test_adding_opens_what_was_closed(reporter: Reporter) -> None:
    """As a message does (domain.md, States)."""
    for stage in ("help", "other"):
        with transaction() as session:
            session.get_one(Report, reporter.report_id).stage = stage
        additions.add(reporter, answers=additions.When(place="Pasar"), once=stage)
        assert report(reporter).is_unread


# ---- how she may be called


def test_a_number_told_before_is_enough(context: Flask) -> None:
    plan = additions.Contact(reach="back", hours="pagi")
    assert additions.add(tell(phone="0812-3456-7890"), answers=plan, once="o")
    with pytest.raises(additions.NumberMissing):
        additions.add(tell("Lain."), answers=plan, once="o")


def test_one_that_was_tampered_with_stops_it_and_is_recorded(reporter: Reporter) -> None:
    made = add(reporter, **SAID)
    with transaction() as session:
        session.execute(sa.update(Addition).where(Addition.id == made).values(body_sealed=b"x" * 400))
    officer = member("ratna")
    opened = reports.open_for(officer, reporter.report_id)
    with pytest.raises(Exception, match=str(made)):
        additions.to(officer, opened)
    assert db.session.scalar(sa.select(AuditEntry.thing_id).where(AuditEntry.act == "report.broken"))


def test_the_reporter_herself_reads_none_of_it(reporter: Reporter) -> None:
    add(reporter, **SAID)
    assert "tetangga" not in repr(follow_up.following(reporter))
