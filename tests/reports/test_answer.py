"""An officer answers: sealed, signed inside, the same form only once."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import follow_up, keys, reports
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.boxes import Grant
from pepa.models.messages import Message, Side
from pepa.policy import Reporter
from tests.people import member, office, tell


@pytest.fixture
def reporter(context: Flask) -> Reporter:
    return tell("Isi")


def written(reporter: Reporter) -> list[Message]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Message).where(Message.report_id == reporter.report_id)))


@pytest.mark.both
def test_the_reporter_reads_it(reporter: Reporter) -> None:
    ratna = member("ratna")
    made = reports.answer(ratna, reporter.report_id, text="Kami percaya.\n\u00a0Apakah Anda aman?", once="a")
    (seen,) = follow_up.following(reporter).messages
    assert seen.text == "Kami percaya.\n\u00a0Apakah Anda aman?"
    (row,) = written(reporter)
    assert (row.id, row.side, row.person_id, row.organisation_id) == (made, Side.OFFICE, ratna.person_id, office())
    (inside,) = reports.open_for(member("bayu"), reporter.report_id).messages
    assert inside.author == "Ratna Contoh"
    acts = sa.select(AuditEntry.act).where(AuditEntry.thing_id == reporter.report_id, AuditEntry.chain == "staff")
    assert list(db.session.scalars(acts.order_by(AuditEntry.number))) == ["report.answered", "report.opened"]


@pytest.mark.both
def test_the_same_form_twice_is_one_answer(reporter: Reporter) -> None:
    first = reports.answer(member("ratna"), reporter.report_id, text="Satu", once="a")
    assert reports.answer(member("ratna"), reporter.report_id, text="Satu", once="a") == first
    assert reports.answer(member("ratna"), reporter.report_id, text="Dua", once="b") != first
    assert len(written(reporter)) == 2


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_nothing_is_no_answer(reporter: Reporter, text: str) -> None:
    with pytest.raises(reports.NothingWritten) as nothing:
        reports.answer(member("ratna"), reporter.report_id, text=text, once="a")
    assert nothing.value.field == "text"
    assert written(reporter) == []


@pytest.mark.parametrize(
    ("login", "failure"), [("hadi", NotAllowed), ("sekar", NotAllowed), ("nadia", NotAllowed), ("intan", NotFound)]
)
def test_others_do_not_answer(reporter: Reporter, login: str, failure: type[Exception]) -> None:
    with pytest.raises(failure):
        reports.answer(member(login), reporter.report_id, text="x", once="a")
    assert written(reporter) == []


def test_a_planted_grant_stops_it_and_is_recorded(reporter: Reporter) -> None:
    other = tell("Lain")
    with transaction() as session:
        theirs = session.scalars(
            sa.select(Grant).where(Grant.box_id == other.box_id, Grant.holder_id == office())
        ).one()
        ours = sa.update(Grant).where(Grant.box_id == reporter.box_id, Grant.holder_id == office())
        session.execute(ours.values(key_sealed=theirs.key_sealed, mac=theirs.mac))
    ratna = member("ratna")
    with pytest.raises(keys.KeysUnsound):
        reports.answer(ratna, reporter.report_id, text="x", once="a")
    assert written(reporter) == []
    broken = sa.select(AuditEntry.person_id).where(AuditEntry.act == "report.broken")
    assert list(db.session.scalars(broken.where(AuditEntry.thing_id == reporter.report_id))) == [ratna.person_id]
