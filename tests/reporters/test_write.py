"""The reporter writes once more: sealed, by the hour, and the same form only once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, boxes, reporters, reports
from pepa.domain.keys import KeysUnsound
from pepa.errors import NotAllowed
from pepa.models.audit import AuditEntry, Chain
from pepa.models.boxes import Grant
from pepa.models.messages import Message, Side
from pepa.models.reports import Report, Stage
from pepa.policy import Reporter
from tests.people import member, tell

AT = datetime(2026, 3, 4, 3, 41, 27, tzinfo=UTC)


@pytest.fixture
def reporter(context: Flask) -> Reporter:
    return tell("Isi")


def written(reporter: Reporter) -> list[Message]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Message).where(Message.report_id == reporter.report_id)))


def test_the_office_reads_it(reporter: Reporter) -> None:
    reporters.write(reporter, text="Baris satu\nBaris dua", once="a")
    (message,) = reports.open_for(member("ratna"), reporter.report_id, shows_messages=True).messages
    assert (message.side, message.text, message.author) == (Side.REPORTER, "Baris satu\nBaris dua", None)


@pytest.mark.both
def test_only_the_hour_stands_in_the_clear(reporter: Reporter) -> None:
    with clock.frozen(AT):
        reporters.write(reporter, text="Isi", once="a")
    (row,) = written(reporter)
    assert (row.sent_at, row.person_id, row.organisation_id) == (clock.hour(AT), None, None)
    (message,) = reports.open_for(member("ratna"), reporter.report_id, shows_messages=True).messages
    assert message.at == AT, "the exact time is sealed"
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.act == "report.continued")).one()
    assert (entry.chain, entry.at) == (Chain.ANONYMOUS, clock.hour(AT))
    assert audit.first_broken(Chain.ANONYMOUS) is None


@pytest.mark.both
def test_the_same_form_twice_is_one_message(reporter: Reporter) -> None:
    first = reporters.write(reporter, text="Isi", once="a")
    assert reporters.write(reporter, text="Isi", once="a") == first
    assert reporters.write(reporter, text="Isi yang diubah", once="a") == first
    assert len(written(reporter)) == 1
    assert reporters.write(reporter, text="Isi", once="b") != first
    assert len(written(reporter)) == 2


@pytest.mark.both
def test_the_same_form_at_once_is_one_message(reporter: Reporter, context: Flask) -> None:
    def write(_: int) -> str:
        with context.app_context():
            made = str(reporters.write(reporter, text="Isi", once="a"))
            db.session.remove()
            return made

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(write, range(4)))) == 1
    assert len(written(reporter)) == 1


def test_another_reporter_s_form_is_another(reporter: Reporter) -> None:
    other = tell("Lain")
    assert reporters.write(reporter, text="Satu", once="a") != reporters.write(other, text="Dua", once="a")
    assert [len(written(one)) for one in (reporter, other)] == [1, 1]


@pytest.mark.parametrize("text", ["", "  ", "\n\t\u00a0"])
def test_nothing_is_no_message(reporter: Reporter, text: str) -> None:
    with pytest.raises(reporters.NothingWritten) as nothing:
        reporters.write(reporter, text=text, once="a")
    assert nothing.value.field == "text"
    assert written(reporter) == []


@pytest.mark.parametrize("stage", [Stage.HELP, Stage.OTHER])
def test_what_was_settled_is_to_be_read_again(reporter: Reporter, stage: Stage) -> None:
    with transaction() as session:
        session.get_one(Report, reporter.report_id).stage = stage.value
    reporters.write(reporter, text="Masih terjadi", once="a")
    assert db.session.get_one(Report, reporter.report_id).stage == Stage.RECEIVED


def test_what_is_being_read_stays_where_it_is(reporter: Reporter) -> None:
    reports.open_for(member("ratna"), reporter.report_id, shows_messages=True)
    reporters.write(reporter, text="Tambahan", once="a")
    assert db.session.get_one(Report, reporter.report_id).stage == Stage.READ


def test_a_member_does_not_write_as_a_reporter(reporter: Reporter) -> None:
    with pytest.raises(NotAllowed):
        reporters.write(member("ratna"), text="Isi", once="a")  # type: ignore[arg-type]
    assert written(reporter) == []


def test_a_planted_grant_stops_it(reporter: Reporter) -> None:
    with transaction() as session:
        session.execute(
            sa.update(Grant)
            .where(Grant.box_id == reporter.box_id, Grant.holder_kind == "reporter")
            .values(key_sealed=b"x" * 120)
        )
    with pytest.raises(KeysUnsound):
        reporters.write(reporter, text="Isi", once="a")
    assert written(reporter) == []
    assert boxes.open_for(member("ratna"), reporter.box_id)
