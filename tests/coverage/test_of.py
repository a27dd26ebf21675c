"""Coverage: the rule by hand, and against a count that is slow and plain."""

import ast
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pepa import clock
from pepa.db import transaction
from pepa.domain import coverage, periods
from pepa.domain.coverage import Asked, Tally
from pepa.errors import NotAllowed
from pepa.models.outreach import Manner, Standing, Target
from pepa.models.titles import State
from pepa.policy import Member
from tests import shelf
from tests.coverage.worlds import FIRST, TITLE, Rt, Session, figures, store
from tests.people import member

A, B = "36.73.01.1001", "36.73.02.1001"
NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
DAY, PERIOD = date(2026, 12, 1), "2026-Q4"


@pytest.fixture
def actor(context: Flask) -> Member:
    shelf.title(TITLE)
    shelf.title(TITLE + 1)
    return member("hadi")


def row(actor: Member, code: str = A, **asked: object) -> Tally:
    with clock.frozen(NOW):
        found = coverage.of(actor, Asked(**{"period": PERIOD, **asked}))  # type: ignore[arg-type]
    return next(tally for ward, tally in found.rows if ward.code == code)


def put(actor: Member, rts: list[Rt], *sessions: Session) -> None:
    store(actor.person_id, rts, list(sessions))


def test_an_rt_is_reached_once_however_often_it_was_taught(actor: Member) -> None:
    """Two sessions in one RT on one day: two sessions, twice the attendance, one RT."""
    one, two = Rt(A, "001"), Rt(A, "002")
    twice = [Session(A, DAY, [one], numbers=[(12, PERIOD)]) for _ in range(2)]
    put(actor, [one, two], *twice)
    found = row(actor)
    assert (found.rts, found.reached, found.never, found.sessions, found.attendance) == (2, 1, 1, 2, 24)
    assert (found.share, found.last_on) == (50, DAY)


def test_a_session_in_two_rts_reaches_both_and_counts_its_people_once(actor: Member) -> None:
    rts = [Rt(A, "001"), Rt(A, "002")]
    put(actor, rts, Session(A, DAY, rts, numbers=[(30, PERIOD)]))
    found = row(actor)
    assert (found.reached, found.sessions, found.attendance) == (2, 1, 30)


@pytest.mark.parametrize("standing", [Standing.LOGGED, Standing.SET_ASIDE])
def test_what_the_office_did_not_confirm_covers_nothing(actor: Member, standing: Standing) -> None:
    rt = Rt(A)
    put(actor, [rt], Session(A, DAY, [rt], standing=standing, numbers=[(9, PERIOD)]))
    assert row(actor) == Tally(rts=1, never=1)


def test_a_post_in_a_group_is_spread_and_no_coverage(actor: Member) -> None:
    rt = Rt(A)
    put(actor, [rt], Session(A, DAY, [rt], manner=Manner.GROUP, numbers=[(90, PERIOD)]))
    assert row(actor) == Tally(rts=1, never=1, posts=1)


def test_nothing_of_nothing_is_not_everything(actor: Member) -> None:
    put(actor, [], Session(A, DAY, [], numbers=[(20, PERIOD)]))
    found = row(actor)
    assert (found.rts, found.share, found.sessions, found.attendance) == (0, None, 1, 20)


def test_a_session_of_an_rw_reaches_no_rt(actor: Member) -> None:
    rt, rw = Rt(A), Rt(A, level="rw")
    put(actor, [rt, rw], Session(A, DAY, [rw]))
    found = row(actor)
    assert (found.rts, found.reached, found.never, found.sessions) == (1, 0, 1, 1)


def test_what_an_rt_became_in_the_quarter_was_reached(actor: Member) -> None:
    """Split in two after the session: both were invited to it. The session that named both parts of a joined one is
    one RT."""
    day = date(2026, 11, 1)
    parts = [Rt(A, "001", since=day), Rt(A, "007", since=day)]
    split = Rt(A, "001", until=day, became=parts)
    joined = Rt(B, "002", since=day)
    two = [Rt(B, "002", until=day, became=[joined]), Rt(B, "003", until=day, became=[joined])]
    before = day - timedelta(days=3)
    put(actor, [split, *parts, joined, *two], Session(A, before, [split]), Session(B, before, two))
    assert (row(actor).rts, row(actor).reached, row(actor).never) == (2, 2, 0)
    assert (row(actor, B).rts, row(actor, B).reached) == (1, 1)


def test_an_rt_that_moved_is_reckoned_where_it_is(actor: Member) -> None:
    day = date(2026, 11, 1)
    there = Rt(B, "009", since=day)
    here = Rt(A, "004", until=day, became=[there])
    put(actor, [here, there], Session(A, date(2026, 10, 5), [here], numbers=[(8, PERIOD)]))
    assert (row(actor).rts, row(actor).reached, row(actor).sessions, row(actor).attendance) == (0, 0, 1, 8)
    assert (row(actor, B).rts, row(actor, B).reached, row(actor, B).sessions) == (1, 1, 0)


def test_an_rt_that_ended_and_became_nothing_is_reckoned_nowhere(actor: Member) -> None:
    rt = Rt(A, until=date(2026, 11, 1))
    put(actor, [rt], Session(A, date(2026, 10, 5), [rt]))
    assert (row(actor).rts, row(actor).reached, row(actor).sessions) == (0, 0, 1)


def test_a_quarter_that_is_over_is_reckoned_by_its_last_day(actor: Member) -> None:
    old, new = Rt(A, "001", until=date(2026, 10, 1)), Rt(A, "002", since=date(2026, 10, 1))
    put(actor, [old, new], Session(A, date(2026, 9, 30), [old]))
    assert (row(actor, period="2026-Q3").rts, row(actor, period="2026-Q3").reached) == (1, 1)
    assert (row(actor).rts, row(actor).reached) == (1, 0)


def test_a_correction_after_the_close_counts_in_the_open_quarter(actor: Member) -> None:
    """What was closed stays; the difference comes to the open one, and is marked."""
    rt = Rt(A)
    put(actor, [rt], Session(A, date(2026, 9, 1), [rt], numbers=[(20, "2026-Q3"), (25, "2026-Q3"), (22, PERIOD)]))
    assert row(actor, period="2026-Q3").attendance == 25
    assert (row(actor).attendance, row(actor).late, row(actor).sessions, row(actor).reached) == (0, -3, 0, 0)


def test_what_counts_in_the_open_quarter_is_corrected_there(actor: Member) -> None:
    """A session of a closed quarter that was logged after it counts here: so does its correction, marked or not."""
    rt = Rt(A)
    put(actor, [rt], Session(A, date(2026, 9, 1), [rt], period=PERIOD, numbers=[(20, PERIOD), (15, PERIOD)]))
    assert (row(actor).attendance, row(actor).late, row(actor).sessions) == (15, 0, 1)


@pytest.mark.both
def test_a_closed_quarter_keeps_where_nobody_was_and_who_was_last(actor: Member) -> None:
    """Neither a session of a later day nor one that comes in late changes it, by kelurahan or by RT."""
    rts, was, day = [Rt(A, f"00{n}") for n in range(1, 4)], "2026-Q3", date(2026, 9, 1)
    early, late = Session(A, day, rts[:1]), Session(A, date(2026, 9, 30), rts[1:2], period=PERIOD)
    put(actor, rts, early)
    with clock.frozen(NOW):
        periods.close(actor, was)
        closed = coverage.inside(actor, A, Asked(was))
        assert (closed.tally.never, closed.tally.last_on, closed.is_closed) == (2, day, True)
        put(actor, rts, early, late, Session(A, DAY, rts[2:]))
        after = coverage.inside(actor, A, Asked(was))
    assert after == closed
    assert [one.last_on for one in after.rts] == [day, None, None]
    assert (row(actor).never, row(actor).last_on) == (0, DAY)


def test_a_withdrawn_edition_s_sessions_stay_and_are_marked(actor: Member) -> None:
    shelf.title(TITLE, number=2, state=State.WITHDRAWN, withdrawn_reason="Salah nomor")
    rts = [Rt(A, "001"), Rt(A, "002")]
    put(actor, rts, Session(A, DAY, rts[:1], edition=2), Session(A, DAY, rts[1:]))
    found = row(actor)
    assert (found.sessions, found.withdrawn, found.reached) == (2, 1, 2)


def test_title_and_manner_narrow_what_was_reached_and_not_where_nobody_was(actor: Member) -> None:
    rts = [Rt(A, f"00{n}") for n in range(1, 5)]
    doors = Session(A, DAY, rts[:1], manner=Manner.DOORS, title_id=TITLE + 1)
    put(actor, rts, doors, Session(A, DAY, rts[1:2]), Session(A, DAY, rts[2:3], title_id=TITLE + 1))
    assert [row(actor, **narrowed).reached for narrowed in ({}, {"title_id": TITLE}, {"manner": Manner.DOORS})] == [
        3,
        1,
        1,
    ]
    assert {row(actor, **narrowed).never for narrowed in ({}, {"title_id": TITLE}, {"manner": Manner.DOORS})} == {1}
    assert row(actor, manner=Manner.GROUP) == Tally(rts=4, never=1, last_on=DAY)


def test_the_city_adds_up_rts_and_never_percents(actor: Member) -> None:
    rts = [Rt(A, "001"), *(Rt(B, f"00{n}") for n in range(1, 10))]
    put(actor, rts, Session(A, DAY, rts[:1]))
    with transaction() as session:
        more = {"period": PERIOD, "set_at": NOW, "set_by_id": actor.person_id}
        session.add_all([Target(kelurahan_code=A, rts=1, **more), Target(kelurahan_code=B, rts=4, **more)])
    with clock.frozen(NOW):
        found = coverage.of(actor, Asked(PERIOD))
    assert len(found.rows) == 67
    assert (found.total.share, found.total.reached, found.total.rts, found.total.target) == (10, 1, 10, 5)
    assert found.by_kecamatan["Serang"].share == 100
    assert found.by_kecamatan["Walantaka"].target is None


def test_one_kecamatan(actor: Member) -> None:
    rts = [Rt(A), Rt(B)]
    put(actor, rts, Session(A, DAY, rts[:1]), Session(B, DAY, rts[1:]))
    with clock.frozen(NOW):
        found = coverage.of(actor, Asked(PERIOD, kecamatan="36.73.02"))
    assert {ward.kecamatan for ward, _ in found.rows} == {"Kasemen"}
    assert (found.total.rts, found.total.reached, found.total.sessions) == (1, 1, 1)


@given(rts=st.integers(0, 400), data=st.data())
def test_a_share_is_whole_only_where_all_is(rts: int, data: st.DataObject) -> None:
    reached = data.draw(st.integers(0, rts))
    share = Tally(rts=rts, reached=reached).share
    if rts == 0:
        assert share is None
    else:
        assert share is not None
        assert (share == 100) is (reached == rts)
        assert (share == 0) is (reached == 0)
        assert abs(share - 100 * reached / rts) <= 1


@pytest.mark.parametrize("login", ["ratna", "sekar", "joko", "nadia", "asep"])
def test_others_see_none(context: Flask, login: str) -> None:
    with pytest.raises(NotAllowed):
        coverage.of(member(login), Asked(PERIOD))


def test_what_is_no_quarter_is_refused(actor: Member) -> None:
    with pytest.raises(periods.NoPeriod):
        coverage.of(actor, Asked("2026"))


# ---- any city ----

DAYS = st.dates(date(2026, 7, 1), date(2026, 12, 31))


@st.composite
def cities(draw: st.DrawFn) -> tuple[list[Rt], list[Session]]:
    rts = [
        Rt(draw(st.sampled_from([A, B])), level=draw(st.sampled_from(["rt", "rt", "rt", "rw"])))
        for _ in range(draw(st.integers(0, 5)))
    ]
    for rt in list(rts):
        _change(draw, rt, rts, depth=0)
    sessions = []
    for _ in range(draw(st.integers(0, 8))):
        on = draw(DAYS)
        named = draw(st.lists(st.sampled_from(rts), max_size=3)) if rts else []
        numbers = [(draw(st.integers(0, 50)), periods.of(on))]
        if draw(st.booleans()):
            numbers.append((draw(st.integers(0, 50)), draw(st.sampled_from([periods.of(on), "2026-Q4"]))))
        sessions.append(
            Session(
                draw(st.sampled_from([A, B])),
                on,
                named,
                draw(st.sampled_from(Manner)),
                draw(st.sampled_from([Standing.CONFIRMED, Standing.CONFIRMED, Standing.LOGGED])),
                numbers,
                draw(st.sampled_from([TITLE, TITLE + 1])),
            )
        )
    return rts, sessions


def _change(draw: st.DrawFn, rt: Rt, rts: list[Rt], depth: int) -> None:
    """Let an RT end and become something, some of it something else again; one that stands may be joined."""
    if depth > 2 or not draw(st.booleans()):
        return
    rt.until = draw(st.dates(rt.since, date(2027, 1, 5)))
    for _ in range(draw(st.integers(0, 2))):
        then = Rt(draw(st.sampled_from([A, B])), level=rt.level, since=rt.until)
        rts.append(then)
        rt.became.append(then)
        _change(draw, then, rts, depth + 1)


@pytest.mark.both
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(city=cities(), period=st.sampled_from(["2026-Q3", "2026-Q4"]), title_id=st.sampled_from([None, TITLE]),
       manner=st.sampled_from([None, Manner.DOORS]))  # fmt: skip
def test_as_counted_one_by_one(
    actor: Member, city: tuple[list[Rt], list[Session]], period: str, title_id: int | None, manner: Manner | None
) -> None:
    rts, sessions = city
    put(actor, rts, *sessions)
    narrowed = {name: value for name, value in (("title_id", title_id), ("manner", manner)) if value is not None}
    asked = Asked(period, title_id=title_id, manner=manner)
    with clock.frozen(NOW):
        found = {ward.code: tally for ward, tally in coverage.of(actor, asked).rows}
        inside = {code: coverage.inside(actor, code, asked) for code in (A, B)}
        day = asked.day
    for code in (A, B):
        tally = found[code]
        got = (tally.rts, tally.reached, tally.never, tally.sessions, tally.attendance, tally.late, tally.posts)
        assert tally.attendance >= 0
        assert got == figures(code, period, day, rts, sessions, **narrowed)
        assert inside[code].tally == tally
        assert len(inside[code].rts) == tally.rts
        assert sum(one.sessions > 0 for one in inside[code].rts) == tally.reached
        assert sum(one.last_on is None for one in inside[code].rts) == tally.never
    assert day >= FIRST


def test_no_coverage_is_read_beside_reports() -> None:
    """Neither the reckoning nor what shows it knows a table of reports, of cases or of arrivals."""
    told = {"Report", "Case", "Triage", "Callback", "PoliceClock", "Call"}
    root = Path(coverage.__file__).parent.parent
    beside = ("domain/digests.py", "domain/targets.py", "web/figures.py", "blueprints/staff/coverage.py")
    for file in ("domain/coverage.py", "domain/periods.py", "domain/areas.py", *beside, "blueprints/staff/targets.py"):
        tree = ast.parse((root / file).read_text())
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom | ast.Import)]
        names = {f"{getattr(node, 'module', '')}.{alias.name}" for node in imports for alias in node.names}
        assert not [name for name in names if set(name.lower().split(".")) & {"reports", "cases", "triage", "intake"}]
        assert not {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & told, file
