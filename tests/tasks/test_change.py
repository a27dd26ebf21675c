"""A task is changed, handed on, finished, put away; its holder leaves."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import boards, tasks
from pepa.errors import NotFound
from pepa.models.boxes import Box, Grant
from pepa.models.organisations import Membership
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from pepa.models.tasks import Act, Outcome
from tests import cast
from tests.people import office
from tests.tasks.board import NOW, TEXT, day, made, move, order, read

NEWER = "Ibu itu sudah pulang."


def change(login: str, task_id: object, *, text: str | None = NEWER, wording: int = 1, due: int = 1) -> None:
    me = cast.member(login)
    tasks.change(me, task_id, deed="contact", due_on=day(due), wording=wording, text=text)  # type: ignore[arg-type]


def text_for(login: str, task_id: object) -> str | None:
    db.session.rollback()
    return tasks.open_for(cast.member(login), task_id).text  # type: ignore[arg-type]


@pytest.mark.both
def test_what_is_changed_opens_for_both(context: Flask, database: str) -> None:
    task_id = made("ratna", to=office("legal_aid"), text=TEXT)
    change("nadia", task_id, due=5)
    assert text_for("ratna", task_id) == NEWER
    assert (read(task_id).due_on, read(task_id).wording) == (day(5), 2)


def test_of_two_who_change_it_the_second_is_told_and_nothing_is_lost(context: Flask) -> None:
    task_id = made("ratna", text=TEXT)
    change("bayu", task_id)
    with pytest.raises(tasks.ChangedMeanwhile):
        change("ratna", task_id, text="Yang lain.")
    assert text_for("ratna", task_id) == NEWER
    change("bayu", task_id, wording=1)  # the same form sent again


def test_a_card_that_was_moved_meanwhile_may_still_be_changed(context: Flask) -> None:
    """And the other way round: what one does with the card is not what another writes on it."""
    task_id = made("ratna", text=TEXT)
    version = move("bayu", task_id, "doing")
    change("ratna", task_id)
    move("bayu", task_id, "waiting", version=version)
    assert text_for("ratna", task_id) == NEWER


def test_a_text_that_comes_later_gets_its_box(context: Flask) -> None:
    task_id = made("ratna", to=office("legal_aid"))
    change("ratna", task_id)
    assert text_for("tegar", task_id) == NEWER


def test_an_outsider_changes_nothing(context: Flask) -> None:
    task_id = made("ratna", text=TEXT)
    with pytest.raises(NotFound):
        change("nadia", task_id)


# ---- assign ----


def assign(login: str, task_id: object, to: object) -> None:
    holder = cast.member(to).person_id if isinstance(to, str) else to
    tasks.assign(cast.member(login), task_id, holder_id=holder, version=read(task_id).version)  # type: ignore[arg-type]


@pytest.mark.both
def test_handed_to_another_organisation_the_first_one_opens_it_no_more(context: Flask, database: str) -> None:
    task_id = made("ratna", to=office("legal_aid"), text=TEXT)
    assign("ratna", task_id, office("psychologist"))
    for login in ("ratna", "melati"):
        assert text_for(login, task_id) == TEXT
    with pytest.raises(NotFound):
        text_for("nadia", task_id)
    change("melati", task_id)
    assert text_for("ratna", task_id) == NEWER
    task = read(task_id)
    grants = sa.select(Grant.holder_id).where(Grant.box_id == task.box_id)
    assert set(db.session.scalars(grants)) == {office(), office("psychologist")}
    assert db.session.get_one(Box, task.box_id).epoch == 2


def told() -> list[str]:
    """Whoever is mailed that a task waits for somebody, by login."""
    db.session.rollback()
    query = sa.select(Person.login).join(OutboxRow, OutboxRow.person_id == Person.id)
    return sorted(db.session.scalars(query.where(OutboxRow.notice == "tasks_left")))


def test_whoever_keeps_the_board_it_comes_to_is_told(context: Flask) -> None:
    """Made for another organisation, handed on to it, handed back: each is told once, and nothing of the own."""
    task_id = made("ratna", to=office("legal_aid"), text=TEXT, once="a")
    made("ratna", to=office("legal_aid"), text=TEXT, once="a")  # sent again
    assert told() == ["nadia"]
    assign("nadia", task_id, "tegar")
    assert told() == ["nadia"]
    assign("ratna", task_id, office("psychologist"))
    assert told() == ["melati", "nadia"]
    made("ratna", to="bayu")
    assert told() == ["melati", "nadia"]


def test_within_the_office_no_key_is_turned(context: Flask) -> None:
    task_id = made("ratna", text=TEXT)
    assign("ratna", task_id, "bayu")
    assert db.session.get_one(Box, read(task_id).box_id).epoch == 1


def test_whoever_gets_it_from_a_partner_chooses_among_the_own(context: Flask) -> None:
    task_id = made("ratna", to=office("legal_aid"))
    assign("nadia", task_id, "tegar")
    assert read(task_id).person_id == cast.member("tegar").person_id
    with pytest.raises(tasks.NoSuchHolder):
        assign("ratna", task_id, "tegar")


def test_a_stale_page_hands_nothing_on(context: Flask) -> None:
    task_id = made("ratna")
    assign("ratna", task_id, "bayu")
    tasks.assign(cast.member("ratna"), task_id, holder_id=cast.member("bayu").person_id, version=1)  # sent again
    with pytest.raises(tasks.MovedMeanwhile):
        tasks.assign(cast.member("ratna"), task_id, holder_id=cast.member("sekar").person_id, version=1)


# ---- finish, archive ----


def test_what_was_not_possible_says_why(context: Flask) -> None:
    task_id, me = made("ratna"), cast.member("ratna")
    with pytest.raises(boards.NoReason):
        boards.finish(me, task_id, outcome="not_possible", version=1)
    version = boards.finish(me, task_id, outcome="not_possible", reason="away", version=1)
    assert (read(task_id).outcome, read(task_id).reason) == (Outcome.NOT_POSSIBLE, "away")
    boards.reopen(me, task_id, version=version)
    assert (read(task_id).outcome, read(task_id).reason, read(task_id).column) == (None, None, "before")


def test_the_board_has_this_weeks_done_newest_first(context: Flask) -> None:
    last_week, monday, today = [made("ratna") for _ in range(3)]
    for task_id, at in ((last_week, -3), (monday, -2), (today, 0)):
        with clock.frozen(NOW + (day(at) - day(0))):
            move("ratna", task_id, "done")
    with clock.frozen(NOW):
        assert order("ratna", "done") == [today, monday]
        assert boards.show(cast.member("ratna")).counts.done == 2
        assert [task.id for task in boards.column(cast.member("ratna"), boards.Column.DONE)] == [
            today,
            monday,
            last_week,
        ]


def test_an_archived_card_is_out_of_sight_until_it_comes_back_where_it_was(context: Flask) -> None:
    first, card, last = [made("ratna") for _ in range(3)]
    me = cast.member("ratna")
    boards.archive(me, card, version=1)
    boards.archive(me, card, version=1)  # sent again
    assert order("ratna", "before") == [first, last]
    assert [task.id for task in boards.archive_of(me)] == [card]
    with pytest.raises(tasks.Archived):
        move("ratna", card, "doing")
    boards.restore(me, card, version=2)
    assert order("ratna", "before") == [first, card, last]


# ---- late, lists ----


@pytest.mark.parametrize("at", ["00:30", "06:59", "23:30"])
@pytest.mark.parametrize(("due", "late"), [(-1, 1), (0, 0), (1, 0), (-3, 3)])
def test_late_is_from_the_day_after_by_the_clock_of_serang(context: Flask, at: str, due: int, late: int) -> None:
    hour, minute = map(int, at.split(":"))
    task_id = made("ratna", due=due)
    with clock.frozen(NOW.replace(hour=hour, minute=minute)):
        assert read(task_id).days_late(clock.today()) == late
        listed = {task.id for task in boards.due(cast.member("ratna"))}
        assert (task_id in listed) is (due <= 0)
        move("ratna", task_id, "done")
        assert read(task_id).days_late(clock.today()) == 0
        assert not list(boards.due(cast.member("ratna")))


def test_mine_due_and_waiting(context: Flask) -> None:
    with clock.frozen(NOW):
        mine, late, hers = made("ratna", to="ratna", due=4), made("ratna", to="ratna", due=-1), made("ratna", to="bayu")
        theirs, waiting = made("ratna", to=office("legal_aid")), made("ratna", to="ratna", due=9)
        made("bayu")
        move("ratna", waiting, "waiting")
        me = cast.member("ratna")
        assert [task.id for task in boards.mine(me)] == [late, mine, waiting]
        assert [task.id for task in boards.due(me)] == [late]
        assert {task.id for task in boards.waiting(me)} == {hers, theirs, waiting}
        counts = boards.counts(me)
        assert (counts.mine, counts.due, counts.waiting) == (3, 1, 3)
        assert boards.mine_now(me) == 1
        assert boards.mine_now(cast.member("bayu")) == 0


@pytest.mark.both
def test_a_long_list_is_read_page_by_page(context: Flask, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "PAGE", 3)
    wanted = [made("ratna", to="ratna", due=n // 2) for n in range(8)]
    me, found, at = cast.member("ratna"), [], None
    while not found or at:
        page = boards.mine(me, at)
        found += [task.id for task in page]
        at = page.later
    assert sorted(found) == sorted(wanted)
    assert [read(task_id).due_on for task_id in found] == [day(n // 2) for n in range(8)]


# ---- release ----


@pytest.mark.both
def test_who_leaves_leaves_nothing_behind_unseen(context: Flask, database: str) -> None:
    gone, admin = cast.member("tegar"), cast.member("joko")  # who ends a membership need not see tasks
    left = [made("nadia", to="tegar") for _ in range(5)]
    ended = made("nadia", to="tegar")
    move("tegar", ended, "done")
    with transaction() as session:
        person = session.get_one(Person, gone.person_id)
        person.is_active = False
        membership = session.scalars(sa.select(Membership).where(Membership.person_id == gone.person_id)).one()
        membership.is_active = False
        told = tasks.release(session, admin, person_id=gone.person_id, organisation_id=gone.organisation_id)
    assert told == 5
    nadia = cast.member("nadia")
    assert {task.id for task in boards.show(nadia, boards.Filters(nobody=True), is_wide=True).lanes[0].cards} == set(
        left
    )
    assert read(ended).person_id == gone.person_id
    acts = [(move.act, move.person.name if move.person else None) for move in tasks.history(nadia, left[0])]
    assert acts == [(Act.MADE, "Tegar Contoh"), (Act.LEFT, None)]
    notices = db.session.execute(sa.select(OutboxRow.person_id, OutboxRow.notice)).all()
    assert notices == [(nadia.person_id, "tasks_left")]
    with pytest.raises(tasks.NoSuchHolder):
        made("nadia", to=gone.person_id)


def test_who_had_nothing_open_is_nobodys_news(context: Flask) -> None:
    made("nadia", to="nadia")
    gone = cast.member("tegar")
    with transaction() as session:
        assert not tasks.release(session, gone, person_id=gone.person_id, organisation_id=gone.organisation_id)
    assert not db.session.scalar(sa.select(sa.func.count()).select_from(OutboxRow))
