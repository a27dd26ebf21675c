""" "Saya kenal orangnya": whoever says so sees nothing more of the report, and what they held goes back to the desk."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, storage
from pepa.db import db, transaction
from pepa.domain import callbacks, cases, conflicts, duty, inbox, notes, onces, police, reports, sessions, tickets
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.callbacks import Callback
from pepa.models.conflicts import Conflict, ConflictAct
from pepa.models.outbox import OutboxRow
from pepa.models.reports import Exclusion, Report, Stage
from pepa.policy import Reporter
from tests import cast
from tests.cases.test_open import sorted_out
from tests.duty.rosters import person, roster
from tests.people import member, tell

AT = datetime(2026, 3, 4, 8, 0, tzinfo=clock.JAKARTA)


def row(sent: Reporter) -> Report:
    db.session.rollback()
    return db.session.get_one(Report, sent.report_id)


def ringing(login: str) -> set[object]:
    return {alarm.report.id for alarm in duty.alarms_for(member(login))}


@pytest.mark.both
def test_from_that_moment_nothing_of_it_is_theirs(context: Flask) -> None:
    sent, ratna = tell("Isi", urgency="today"), member("ratna")
    reports.hold(ratna, sent.report_id)
    reports.open_for(ratna, sent.report_id)
    made = conflicts.declare(ratna, sent.report_id, reason="Adik saya", once="1")
    for act in (
        lambda: reports.open_for(ratna, sent.report_id),
        lambda: reports.hold(ratna, sent.report_id),
        lambda: notes.add(ratna, sent.report_id, note="x", once="x"),
        lambda: police.show(ratna, sent.report_id),
        lambda: conflicts.declare(ratna, sent.report_id, once="2"),
    ):
        with pytest.raises(NotFound):
            act()
    stands = db.session.get(Exclusion, (sent.report_id, ratna.person_id))
    assert stands
    assert stands.conflict_id == made
    assert sent.report_id not in {report.id for report in inbox.list_for(ratna, inbox.Filters(), size=500)}
    assert [told.reason for told in conflicts.history(member("wulan"), sent.report_id)] == ["Adik saya"]


@pytest.mark.both
def test_what_they_held_is_read_by_somebody_else_and_rings_anew(context: Flask) -> None:
    with clock.frozen(AT):
        roster(("ratna", AT, AT + timedelta(hours=24)), ("bayu", AT + timedelta(hours=24), AT + timedelta(hours=48)))
        sent = tell("Isi", urgency="now")
        reports.hold(member("ratna"), sent.report_id)
        reports.open_for(member("ratna"), sent.report_id)
        assert sent.report_id not in ringing("bayu")
        conflicts.declare(member("ratna"), sent.report_id, once="1")
        report = row(sent)
        assert (report.stage, report.held_by_id, report.held_at, report.read_by_id) == (
            Stage.RECEIVED,
            None,
            None,
            None,
        )
        assert report.read_due_at
        assert report.read_due_at > clock.now()
        assert sent.report_id in ringing("bayu")
        assert sent.report_id not in ringing("ratna")
        duty.ring()
    told = db.session.scalars(sa.select(OutboxRow.person_id).where(OutboxRow.report_id == sent.report_id))
    assert set(told) == {person("bayu")}, "Ratna is on duty, and may not know"


def test_what_a_colleague_holds_stays_as_it_is(context: Flask) -> None:
    sent = tell("Isi", urgency="today")
    reports.open_for(member("ratna"), sent.report_id)
    reports.hold(member("bayu"), sent.report_id)
    conflicts.declare(member("ratna"), sent.report_id, once="1")
    report = row(sent)
    assert (report.stage, report.held_by_id, report.read_by_id) == (Stage.READ, person("bayu"), None)


def test_what_was_sorted_by_them_is_sorted_again(context: Flask) -> None:
    sent = sorted_out("Isi")
    conflicts.declare(member("ratna"), sent.report_id, once="1")
    assert row(sent).stage == Stage.RECEIVED
    reports.open_for(member("bayu"), sent.report_id, shows_messages=True)
    assert row(sent).stage == Stage.READ


def test_the_whole_case_goes_with_it(context: Flask) -> None:
    first, second = sorted_out("Satu"), sorted_out("Dua")
    for sent in (first, second):
        reports.hold(member("ratna"), sent.report_id)
    made = cases.open_from(member("bayu"), first.report_id, number=1, once="c")
    cases.open_from(member("bayu"), second.report_id, case_id=made, number=1, once="c")
    conflicts.declare(member("ratna"), first.report_id, once="1")
    with pytest.raises(NotFound):
        reports.get_for(member("ratna"), second.report_id)
    with pytest.raises(NotFound):
        cases.show(member("ratna"), made)
    assert (row(first).held_by_id, row(second).held_by_id) == (None, None)
    assert {report.id for report in cases.show(member("bayu"), made).reports} == {first.report_id, second.report_id}


def test_a_case_that_takes_a_report_in_takes_it_from_them_as_well(context: Flask) -> None:
    first, second = sorted_out("Satu"), sorted_out("Dua")
    conflicts.declare(member("ratna"), first.report_id, once="1")
    reports.hold(member("ratna"), second.report_id)
    reports.open_for(member("bayu"), first.report_id)
    from_bayu = member("bayu")
    with transaction() as session:
        session.get_one(Report, first.report_id).stage = Stage.TRIAGED.value
    made = cases.open_from(from_bayu, first.report_id, number=1, once="c")
    assert row(second).held_by_id == person("ratna")
    cases.open_from(from_bayu, second.report_id, case_id=made, number=1, once="c")
    assert row(second).held_by_id is None
    with pytest.raises(NotFound):
        reports.get_for(member("ratna"), second.report_id)


@pytest.mark.both
def test_a_call_that_they_promised_is_kept_by_whoever_is_on_duty(context: Flask) -> None:
    with clock.frozen(AT):
        roster(("ratna", AT, AT + timedelta(hours=12)), ("bayu", AT + timedelta(hours=12), AT + timedelta(hours=24)))
        sent = tell("Isi", phone="0812-0000-1111")
        when = {"from_at": AT, "until_at": AT + timedelta(hours=1)}
        callbacks.promise(
            member("ratna"), sent.report_id, person_id=person("ratna"), reason="Ia minta", once="p", **when
        )
        conflicts.declare(member("ratna"), sent.report_id, once="1")
        assert db.session.scalars(sa.select(Callback.person_id)).all() == [person("bayu")]
        assert callbacks.of_the_day(member("ratna"), AT + timedelta(hours=8)) == []
        assert len(callbacks.of_the_day(member("bayu"), AT + timedelta(hours=8))) == 1


def test_what_they_were_typing_goes_and_their_session_stays(context: Flask) -> None:
    sent, other, ratna = tell("Isi"), tell("Lain"), cast.member("ratna")
    for one in (sent, other):
        sessions.keep_for(ratna, f"/petugas/laporan/{one.report_id}", {"text": "Ibu, kami"})
    sessions.keep_for(member("bayu"), f"/petugas/laporan/{sent.report_id}", {"text": "Ibu, saya"})
    conflicts.declare(ratna, sent.report_id, once="1")
    assert sessions.unsent(ratna) == [f"/petugas/laporan/{other.report_id}"]
    assert sessions.unsent(member("bayu")) == [f"/petugas/laporan/{sent.report_id}"]


def test_a_notice_that_waits_for_them_goes(context: Flask) -> None:
    with clock.frozen(AT):
        roster(("ratna", AT, AT + timedelta(hours=24)))
        sent = tell("Isi", urgency="now")
        duty.ring()
        waiting = sa.select(OutboxRow.person_id).where(OutboxRow.report_id == sent.report_id)
        assert set(db.session.scalars(waiting)) == {person("ratna")}
        conflicts.declare(member("ratna"), sent.report_id, once="1")
    assert db.session.scalars(waiting).all() == []


@pytest.mark.both
def test_the_same_form_sent_again_is_the_same_act(context: Flask) -> None:
    sent = tell("Isi")
    first = conflicts.declare(member("ratna"), sent.report_id, once="1")
    assert conflicts.declare(member("ratna"), sent.report_id, once="1") == first
    acts = sa.select(AuditEntry.note).where(AuditEntry.act == "conflict.declared")
    assert db.session.scalars(acts).all() == [str(person("ratna"))]
    assert db.session.scalars(sa.select(Conflict.act)).all() == [ConflictAct.DECLARED]


def test_no_report_is_left_without_a_reader(context: Flask) -> None:
    sent = tell("Isi")
    for login in ("ratna", "bayu"):
        conflicts.declare(member(login), sent.report_id, once=login)
    with pytest.raises(conflicts.NobodyElse):
        conflicts.declare(member("wulan"), sent.report_id, once="wulan")
    reports.get_for(member("wulan"), sent.report_id)
    theirs = tell("Isi", about="office")
    conflicts.declare(member("rahmat"), theirs.report_id, once="1")
    with pytest.raises(conflicts.NobodyElseThere):
        conflicts.declare(member("intan"), theirs.report_id, once="2")


def test_the_spool_does_not_bring_it_back_to_them(context: Flask) -> None:
    sent = tell("Isi")
    name = tickets.token_hash(sent.token).hex()
    before = storage.spool().get(name)
    conflicts.declare(member("ratna"), sent.report_id, once="1")
    kept = storage.spool().get(name)
    assert kept
    assert kept != before
    assert person("ratna").hex.encode() in kept


def test_only_whoever_reads_reports_has_a_report_to_know_people_in(context: Flask) -> None:
    sent = tell("Isi")
    for login in cast.CAST:
        if login not in ("ratna", "bayu", "wulan"):
            with pytest.raises((NotAllowed, NotFound)):
                conflicts.declare(member(login), sent.report_id, once=login)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Conflict)) == 0


@pytest.mark.parametrize("verb", [conflicts.declare, conflicts.hand_on])
def test_pressed_twice_at_once_both_are_answered_alike(
    context: Flask, monkeypatch: pytest.MonkeyPatch, verb: Callable[..., UUID]
) -> None:
    """The second asks whether its form was sent while the first is at work, and finds no report after it."""
    sent, ask, made = tell("Isi"), onces.made, list[UUID]()

    def press() -> UUID:
        return verb(member("ratna"), sent.report_id, reason="Adik saya", once="1")

    def asked(*which: Any) -> UUID | None:
        before = ask(*which)
        monkeypatch.setattr(onces, "made", ask)
        made.append(press())
        return before

    monkeypatch.setattr(onces, "made", asked)
    assert [press()] == made
    assert db.session.scalars(sa.select(Conflict.id)).all() == made
