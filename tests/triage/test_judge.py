"""Judging: never lowered without a reason, whatever was told; what health can still do is said while it can."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import additions, boxes, cases, judgements, links, reporters, reports, triage
from pepa.domain.judgements import Judged, Ticked, Window
from pepa.models.additions import RedFlag
from pepa.models.reports import CoarseGroup, Report, Stage, Urgency
from pepa.models.triages import Lowered, Triage
from pepa.policy import Reporter
from tests.people import member, tell

AT = datetime(2026, 11, 25, 3, 41, 27, tzinfo=UTC)
HOUR = timedelta(hours=1)
URGENCIES, FLAGS = st.sampled_from(list(Urgency)), st.lists(st.sampled_from(list(RedFlag)), unique=True)


@pytest.fixture
def sent(context: Flask) -> Reporter:
    with clock.frozen(AT):
        return tell(urgency="soon")


def judge(sent: Reporter, login: str = "ratna", **more: object) -> None:
    me = member(login)
    reports.open_for(me, sent.report_id)
    with clock.frozen(clock.now()):
        number = course(sent).number
        triage.judge(me, sent.report_id, **{"urgency": "today", "number": number, "once": f"j{number}", **more})  # type: ignore[arg-type]


def course(sent: Reporter) -> judgements.Course:
    me = member("ratna")
    return judgements.of(me, reports.seen(me, sent.report_id))


def windows(sent: Reporter, now: datetime) -> list[Window]:
    last = course(sent).last
    assert last
    return list(last.windows(now))


# ---- urgency


@given(present=URGENCIES, chosen=URGENCIES, flags=FLAGS)
def test_lower_needs_a_reason_and_nothing_else_does(present: Urgency, chosen: Urgency, flags: list[RedFlag]) -> None:
    report = Report(urgency=present)
    order = list(Urgency)
    floor = Urgency.NOW if flags else present
    if order.index(chosen) > order.index(floor):
        with pytest.raises(triage.LoweredWithoutReason):
            triage._reason(report, chosen, flags, None, "")
        assert triage._reason(report, chosen, flags, "gone", "") is Lowered.GONE
        with pytest.raises(triage.ReasonUnsaid):
            triage._reason(report, chosen, flags, "other", "  ")
    else:
        assert triage._reason(report, chosen, flags, "gone", "") is None, "what was not lowered has no reason"


@given(present=URGENCIES, flags=FLAGS, repeat=st.booleans())
def test_a_danger_or_a_repeat_proposes_now(present: Urgency, flags: list[RedFlag], repeat: bool) -> None:
    proposed = judgements.urgency_of(present, flags, repeat=repeat)
    assert proposed is (Urgency.NOW if flags or repeat else present)
    assert not judgements.is_lower(proposed, present)


def test_what_was_unticked_is_not_proposed_again(sent: Reporter) -> None:
    with clock.frozen(AT + HOUR):
        additions.add(sent, answers=additions.Who(weapon="yes"), once="a")
    judge(sent, urgency="today", lowered="mistake", flags=[])
    me = member("ratna")
    opened = reports.seen(me, sent.report_id)
    last = course(sent).last
    assert judgements.flags_of(additions.to(me, opened), last) == {}
    additions.add(sent, answers=additions.Who(strangled="yes"), once="b")
    assert list(judgements.flags_of(additions.to(me, opened), last)) == [RedFlag.STRANGLED], "told since: it is"


def test_whoever_ticked_a_danger_first_stays_named(sent: Reporter) -> None:
    judge(sent, urgency="now", flags=["weapon"])
    judge(sent, "bayu", urgency="now", flags=["weapon", "suicidal"])
    last = course(sent).last
    assert last
    assert {flag: tick.by for flag, tick in last.flags.items()} == {
        RedFlag.WEAPON: "Ratna Contoh",
        RedFlag.SUICIDAL: "Bayu Contoh",
    }


def test_a_linked_report_of_the_last_year_is_a_repeat(context: Flask) -> None:
    with clock.frozen(AT - timedelta(days=400)):
        old = tell("Dulu")
    with clock.frozen(AT - timedelta(days=300)):
        within = tell("Tahun ini")
    with clock.frozen(AT):
        sent = tell("Sekarang")
    me = member("ratna")
    row = db.session.get_one(Report, sent.report_id)
    links.link(me, sent.report_id, other_id=old.report_id)
    assert not links.is_repeat(me, row)
    links.link(me, sent.report_id, other_id=within.report_id)
    assert links.is_repeat(me, db.session.get_one(Report, sent.report_id))
    assert not links.is_repeat(me, db.session.get_one(Report, old.report_id)), "what came first is none"


# ---- rows


@pytest.mark.both
def test_each_judgement_is_a_row_of_its_own(sent: Reporter) -> None:
    judge(sent, urgency="today", note="Satu")
    judge(sent, urgency="now", note="Dua")
    found = course(sent)
    assert [(one.number, one.note, one.by) for one in found.judged] == [
        (1, "Satu", "Ratna Contoh"),
        (2, "Dua", "Ratna Contoh"),
    ]
    assert db.session.get_one(Report, sent.report_id).stage == Stage.TRIAGED


@pytest.mark.both
def test_the_database_itself_refuses_a_number_twice(sent: Reporter) -> None:
    judge(sent)
    row = db.session.scalars(sa.select(Triage)).one()
    with pytest.raises(triage.JudgedMeanwhile) as first:
        triage.judge(member("bayu"), sent.report_id, urgency="today", number=0, once="x")
    assert first.value.values == {"nama": "Ratna Contoh"}
    values = {column.key: getattr(row, column.key) for column in sa.inspect(Triage).column_attrs}
    with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
        connection.execute(sa.insert(Triage), [{**values, "id": sent.report_id}])


def test_it_opens_after_the_key_was_turned(sent: Reporter) -> None:
    judge(sent, note="Sebelum")
    me = member("ratna")
    box = boxes.open_for(me, sent.box_id)
    with transaction() as session:
        boxes.rotate(session, box, boxes.holders_of(session, box))
    judge(sent, note="Sesudah")
    assert [one.note for one in course(sent).judged] == ["Sebelum", "Sesudah"]


# ---- what health can still do (rule 2)


@pytest.mark.parametrize("group", ["household", "child", "other", "unknown"])
def test_nothing_is_said_of_what_is_not_sexual(sent: Reporter, group: str) -> None:
    judge(sent, group=group)
    assert windows(sent, AT + HOUR) == []
    judge(sent, group=group, sexual=True)
    assert [window.hours for window in windows(sent, AT + HOUR)] == [72], "a child's, too, where it is ticked"


def test_an_unknown_time_counts_as_now(sent: Reporter) -> None:
    judge(sent, group="sexual")
    assert windows(sent, AT + 71 * HOUR) == [Window(72, None)]
    assert windows(sent, AT + 73 * HOUR) == [Window(120, None)]
    assert windows(sent, AT + 121 * HOUR) == []


def test_a_known_time_says_until_when(sent: Reporter) -> None:
    happened_at = AT - 10 * HOUR
    judge(sent, group="sexual", happened_at=happened_at)
    assert windows(sent, AT) == [Window(72, happened_at + 72 * HOUR)]
    assert windows(sent, happened_at + 72 * HOUR) == [Window(120, happened_at + 120 * HOUR)], "at its end it is over"


@pytest.mark.parametrize(
    ("ago", "at_once", "later"),
    [("recent", [72], [120]), ("days", [120], []), ("older", [], []), ("often", [72], [120]), ("unknown", [72], [120])],
)
def test_what_she_said_of_the_time_is_taken(sent: Reporter, ago: str, at_once: list[int], later: list[int]) -> None:
    with clock.frozen(AT):
        additions.add(sent, answers=additions.When(ago=ago), once="a")
    judge(sent, urgency="now", group="sexual")
    assert [window.hours for window in windows(sent, AT + HOUR)] == at_once
    assert [window.hours for window in windows(sent, AT + 80 * HOUR)] == later


def test_an_officer_who_ticks_72_hours_is_believed(sent: Reporter) -> None:
    with clock.frozen(AT):
        additions.add(sent, answers=additions.When(ago="older"), once="a")
    me = member("ratna")
    reports.open_for(me, sent.report_id)
    with clock.frozen(AT + 5 * HOUR):
        triage.judge(me, sent.report_id, urgency="now", flags=["within_72h"], group="sexual", number=0, once="j")
    assert [window.hours for window in windows(sent, AT + 6 * HOUR)] == [72]


def test_a_time_that_has_not_come_is_refused(sent: Reporter) -> None:
    reports.open_for(member("ratna"), sent.report_id)
    with pytest.raises(triage.NotYet):
        judge(sent, happened_at=clock.now() + HOUR)


@given(began=st.integers(-200, 0), now=st.integers(0, 200), exact=st.booleans())
def test_one_window_at_a_time_and_it_closes(began: int, now: int, exact: bool) -> None:
    begun = AT + began * HOUR
    one = Judged(
        1, AT, "x", Urgency.NOW, None, "", {RedFlag.WEAPON: Ticked(AT)}, CoarseGroup.SEXUAL, False, begun, exact
    )
    age = now - began
    found = one.windows(AT + now * HOUR)
    assert [window.hours for window in found] == ([72] if age < 72 else [120] if age < 120 else [])
    assert all((window.until is not None) == exact for window in found)


# ---- what nobody saw, and two at once


def test_what_she_wrote_stays_unread_where_it_is_not_shown(sent: Reporter) -> None:
    judge(sent)
    reporters.write(sent, text="Dia pulang bawa parang.", once="w")
    me = member("bayu")
    reports.open_for(me, sent.report_id)
    with pytest.raises(reports.MovedOn):
        triage.end_otherwise(me, sent.report_id, outcome="abuse_of_form", answer="", number=1, once="o")
    reports.open_for(me, sent.report_id, shows_messages=True)
    triage.end_otherwise(me, sent.report_id, outcome="abuse_of_form", answer="", number=1, once="o")
    assert db.session.get_one(Report, sent.report_id).stage == Stage.OTHER


def test_a_report_that_is_back_is_not_read_where_her_words_are_not_shown(sent: Reporter) -> None:
    judge(sent)
    triage.end_otherwise(member("ratna"), sent.report_id, outcome="abuse_of_form", answer="", number=1, once="o")
    reporters.write(sent, text="Ada lagi.", once="w")
    assert reports.open_for(member("ratna"), sent.report_id).report.is_unread
    assert not reports.open_for(member("ratna"), sent.report_id, shows_messages=True).report.is_unread


def test_nothing_ends_by_a_page_that_is_older_than_a_judgement(sent: Reporter) -> None:
    judge(sent)
    judge(sent, "bayu", urgency="now", flags=["weapon"])
    old: dict[str, object] = {"number": 1, "once": "o"}
    with pytest.raises(triage.JudgedMeanwhile):
        triage.end_otherwise(member("ratna"), sent.report_id, outcome="abuse_of_form", answer="", **old)  # type: ignore[arg-type]
    with pytest.raises(triage.JudgedMeanwhile):
        triage.give_help(member("ratna"), sent.report_id, help="deed", problem="x", done="y", **old)  # type: ignore[arg-type]
    with pytest.raises(triage.JudgedMeanwhile):
        cases.open_from(member("ratna"), sent.report_id, **old)  # type: ignore[arg-type]
    assert db.session.get_one(Report, sent.report_id).stage == Stage.TRIAGED


# ---- limits


def test_lowering_an_old_report_makes_nothing_late(sent: Reporter) -> None:
    with clock.frozen(AT + HOUR):
        judge(sent)
        reports.answer(member("ratna"), sent.report_id, text="Kami baca.", once="1")
    later = AT + timedelta(days=21)
    with clock.frozen(later):
        reporters.write(sent, text="Lagi.", once="w")
        reports.open_for(member("ratna"), sent.report_id, shows_messages=True)
        before = db.session.get_one(Report, sent.report_id).answer_due_at
        judge(sent, urgency="soon", lowered="said_so")
        db.session.rollback()
        assert db.session.get_one(Report, sent.report_id).answer_due_at == before
        reports.answer(member("ratna"), sent.report_id, text="Sudah.", once="2")
        judge(sent, urgency="now")
        db.session.rollback()
        assert db.session.get_one(Report, sent.report_id).answer_due_at is None, "what was answered asks for nothing"
