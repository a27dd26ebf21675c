"""A text that was kept is sent: it goes to whom it chose, its clocks begin then, and it is sent once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import (
    additions,
    arrivals,
    cards,
    duty,
    reporters,
    reports,
    unsent,
)
from pepa.errors import Busy, NotFound
from pepa.models.additions import Answer
from pepa.models.audit import AuditEntry
from pepa.models.boxes import Grant
from pepa.models.organisations import Organisation
from pepa.models.reports import Exclusion, Stage, Urgency
from pepa.policy import Reporter
from tests.intake.test_replay import lose
from tests.people import member, office
from tests.unsent.texts import AT, DAY, TOLD, change, kept, row, save


@pytest.mark.both
def test_sent_it_is_a_report_like_any_other(context: Flask) -> None:
    with clock.frozen(AT):
        reporter = save("Isi", **TOLD)
        code = reporters.code(reporter)
    later = AT + 40 * DAY
    with clock.frozen(later):
        unsent.send(reporter)
        unsent.send(reporter)
        report = row(reporter)
        assert (report.stage, report.holder_id) == (Stage.RECEIVED, office())
        assert (report.received_at, report.destroy_at) == (clock.hour(later), None)
        assert report.read_due_at
        assert report.read_due_at > later
        assert (report.urgency, report.kecamatan) == (Urgency.NOW, "kasemen")
        duty.ring()
        assert row(reporter).alarm_step == 1
        opened = reports.open_for(member("ratna"), reporter.report_id)
    assert (opened.told.what, opened.told.place, opened.told.told_at) == ("Isi", "Gang Mawar", later)
    assert unsent.saved(reporter) is None
    again = reporters.by_token(reporters.open_code(code or ""))
    assert again, "the code stays"
    acts = sa.select(AuditEntry.act).where(AuditEntry.thing_id == report.id, AuditEntry.chain == "anonymous")
    assert list(db.session.scalars(acts.order_by(AuditEntry.number)))[:2] == ["report.saved", "report.delivered"]


@pytest.mark.both
def test_it_goes_to_whom_its_text_chose(context: Flask) -> None:
    about_us = save("Isi", about="office")
    about_them = save("Isi", about="partner", about_partner=office("hospital"))
    for reporter in (about_us, about_them):
        unsent.send(reporter)
    assert row(about_us).holder_id == office("independent")
    with pytest.raises(NotFound):
        reports.open_for(member("ratna"), about_us.report_id)
    assert reports.open_for(member("intan"), about_us.report_id).told.what == "Isi"
    assert row(about_them).holder_id == office()
    assert db.session.get(Exclusion, (about_them.report_id, office("hospital")))
    assert cards.search(member("ratna"), typed="isi") is not None


def test_what_she_changed_it_to_decides(context: Flask) -> None:
    reporter = save("Isi")
    unsent.change(reporter, reports.Told(what="Isi", about="office"), version=0)
    unsent.send(reporter)
    assert row(reporter).holder_id == office("independent")


def test_dangers_that_were_told_beside_it_count(context: Flask) -> None:
    reporter = save("Isi", urgency="soon")
    additions.add(reporter, answers=additions.Who(strangled=Answer.YES), once="a")
    assert (row(reporter).stage, row(reporter).urgency) == (Stage.DRAFT, Urgency.SOON)
    unsent.send(reporter)
    assert row(reporter).urgency is Urgency.NOW


@pytest.mark.parametrize("column", ["public_key", "key_mac"])
def test_where_keys_fail_it_stays_kept(context: Flask, column: str) -> None:
    reporter = save("Isi")
    with transaction() as session:
        setattr(session.get_one(Organisation, office()), column, b"x" * 32)
    with pytest.raises(Busy):
        unsent.send(reporter)
    assert (row(reporter).stage, kept(reporter).what) == (Stage.DRAFT, "Isi")


def test_sent_five_times_at_once(context: Flask) -> None:
    reporter = save("Isi", urgency="now")

    def send(_: int) -> None:
        with context.app_context():
            unsent.send(reporter)
            db.session.remove()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(send, range(5)))
    assert row(reporter).stage == Stage.RECEIVED
    holders = sa.select(sa.func.count()).where(Grant.box_id == reporter.box_id)
    assert db.session.scalar(holders) == 2


@pytest.mark.both
def test_changed_and_sent_at_once(context: Flask) -> None:
    """What is read is one of the two whole, and whoever changed it too late is told."""
    for turn in range(4):
        reporter = save("Satu")

        def put(reporter: Reporter = reporter) -> str:
            with context.app_context():
                try:
                    change(reporter, "Dua")
                except unsent.SentMeanwhile:
                    return "Satu"
                finally:
                    db.session.remove()
                return "Dua"

        def send(reporter: Reporter = reporter) -> None:
            with context.app_context():
                unsent.send(reporter)
                db.session.remove()

        with ThreadPoolExecutor(2) as pool:
            acts = [pool.submit(act) for act in ((put, send) if turn % 2 else (send, put))]
            said = next(one for act in acts if (one := act.result()))
        db.session.rollback()
        assert reports.open_for(member("ratna"), reporter.report_id).told.what == said


def test_from_the_spool_it_comes_home_as_sent(context: Flask) -> None:
    reporter = save("Isi", about="office")
    unsent.send(reporter)
    lose(reporter)
    arrivals.replay()
    assert row(reporter).stage == Stage.RECEIVED
    assert reports.open_for(member("intan"), reporter.report_id).told.what == "Isi"
