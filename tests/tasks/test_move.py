"""A card is moved: it lands where it was put, whoever else moves something meanwhile."""

import random
import threading
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import boards, columns, ranks, tasks
from pepa.errors import NotAllowed, NotFound
from pepa.models.tasks import Act, Column, Task
from tests import cast
from tests.people import office
from tests.tasks.board import NOW, made, move, order, read

C = Column


@pytest.mark.both
def test_two_hundred_moves_end_as_the_model_says(context: Flask, database: str) -> None:
    """To the top, to the end, in between, over all columns; with gaps so small that ranks are made anew."""
    dice, me = random.Random(7), cast.member("ratna")
    model: dict[str, list[UUID]] = {column.value: [] for column in C}
    model["before"] = [made("ratna") for _ in range(8)]
    versions = dict.fromkeys(model["before"], 1)
    for n in range(200):
        column = dice.choice(list(model))
        card = dice.choice(list(versions))
        others = [one for one in model[column] if one != card]
        # Half of them right behind the first card: that is where gaps are halved until none is left.
        place = min(1, len(others)) if n % 2 else dice.randint(0, len(others))
        after = others[place - 1] if place else None
        versions[card] = boards.move(me, card, column=C(column), after=after, version=versions[card])
        for cards in model.values():
            if card in cards:
                cards.remove(card)
        model[column].insert(place, card)
    for column, cards in model.items():
        assert order("ratna", column) == cards, column


@settings(max_examples=60)
@given(gaps=st.lists(st.integers(0, 3), min_size=2, max_size=6), place=st.integers(0, 6))
def test_whatever_the_gaps_it_lands_behind_its_neighbour(
    gaps: list[int], place: int, hypothesis_context: Flask
) -> None:
    with transaction() as session:
        session.execute(sa.delete(tasks.Move))
        session.execute(sa.delete(Task))
    ids, rank = [made("ratna") for _ in gaps], 0
    with transaction() as session:
        for task_id, gap in zip(ids, gaps, strict=True):
            rank += gap
            session.execute(sa.update(Task).where(Task.id == task_id).values(rank=rank))
    before = order("ratna", "before")
    card = made("ratna")
    at = min(place, len(before))
    move("ratna", card, "before", before[at - 1] if at else None)
    assert order("ratna", "before") == [*before[:at], card, *before[at:]]


@pytest.fixture(scope="module")
def hypothesis_context(sqlite_template, tmp_path_factory):  # type: ignore[no-untyped-def]
    """One installation for all examples."""
    from tests.installations import copied, opened

    with opened(copied(sqlite_template, tmp_path_factory.mktemp("moves") / "pepa")) as app, app.app_context():
        yield app


@pytest.mark.both
def test_two_at_once_move_two_cards_and_both_stay(context: Flask, database: str) -> None:
    """Within a moment, from two pages: neither is lost, neither is stale."""
    cards = [made("ratna") for _ in range(2)]
    start, failed = threading.Barrier(2), []

    def go(login: str, card: UUID) -> None:
        with context.app_context():
            me = cast.member(login)
            start.wait()
            try:
                boards.move(me, card, column=C.DOING, version=1)
            except Exception as error:
                failed.append(error)

    threads = [threading.Thread(target=go, args=pair) for pair in zip(("ratna", "bayu"), cards, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert set(order("ratna", "doing")) == set(cards)


def test_one_card_moved_twice_in_a_row_needs_no_reload(context: Flask) -> None:
    """Each answer carries the fresh version; that another card moved between is nobody's matter."""
    card, other = made("ratna"), made("ratna")
    version = move("ratna", card, "doing", version=1)
    move("bayu", other, "doing", version=1)
    assert move("ratna", card, "waiting", version=version) == version + 1


@pytest.mark.both
def test_of_two_who_move_the_same_card_the_second_is_told(context: Flask, database: str) -> None:
    card = made("ratna")
    move("bayu", card, "doing", version=1)
    with pytest.raises(tasks.MovedMeanwhile):
        move("ratna", card, "waiting", version=1)
    assert read(card).column == "doing"


def test_the_same_form_sent_again_moves_nothing(context: Flask) -> None:
    card, other = made("ratna"), made("ratna")
    version = move("ratna", card, "before", other, version=1)
    assert move("ratna", card, "before", other, version=1) == version
    assert len(tasks.history(cast.member("ratna"), card)) == 2


def test_behind_a_card_that_left_the_column_it_is_not_put_anywhere(context: Flask) -> None:
    card, other = made("ratna"), made("ratna")
    move("bayu", other, "doing")
    with pytest.raises(ranks.NeighbourGone):
        move("ratna", card, "before", other)
    assert read(card).version == 1


def test_behind_a_card_of_strangers_nothing_is_put(context: Flask) -> None:
    """Or where it lands would tell that there is one."""
    card, theirs = made("ratna"), made("melati")
    with pytest.raises(ranks.NeighbourGone):
        move("ratna", card, "before", theirs)


def test_an_outsider_moves_nothing(context: Flask) -> None:
    card = made("ratna")
    for login in ("nadia", "intan"):
        with pytest.raises(NotFound):
            move(login, card, "doing")
    with pytest.raises(NotAllowed):
        move("joko", card, "doing")


def test_a_partner_moves_what_it_holds_and_both_see_it(context: Flask) -> None:
    card = made("ratna", to=office("legal_aid"))
    move("tegar", card, "doing")
    assert order("ratna", "doing") == order("nadia", "doing") == [card]


def test_since_when_it_waits_is_kept_while_it_is_only_put_up_and_down(context: Flask) -> None:
    card, other = made("ratna"), made("ratna")
    with clock.frozen(NOW):
        move("ratna", card, "waiting")
        move("ratna", other, "waiting")
    move("ratna", card, "waiting", other)
    assert read(card).column_at == NOW


def test_to_done_it_is_finished_and_out_of_it_open_again(context: Flask) -> None:
    card = made("ratna")
    move("ratna", card, "done")
    assert read(card).outcome == "done"
    move("ratna", card, "doing")
    assert read(card).outcome is None
    acts = [one.act for one in tasks.history(cast.member("ratna"), card)]
    assert acts == [Act.MADE, Act.FINISHED, Act.REOPENED]


def test_a_soft_limit_is_said_and_keeps_nobody_out(context: Flask) -> None:
    cards = [made("ratna") for _ in range(3)]
    columns.set_limit(cast.member("wulan"), column=C.DOING, most=2)
    for card in cards:
        move("ratna", card, "doing")
    limit = boards.show(cast.member("ratna")).lanes[1].limit
    assert limit
    assert (limit.count, limit.most, limit.is_over) == (3, 2, True)


def test_a_hard_limit_refuses_what_comes_and_never_what_goes(context: Flask) -> None:
    cards = [made("ratna") for _ in range(4)]
    for card in cards[:3]:
        move("ratna", card, "doing")
    columns.set_limit(cast.member("wulan"), column=C.DOING, most=2, is_hard=True)  # lower than what is there
    with pytest.raises(columns.ColumnFull):
        move("ratna", cards[3], "doing")
    assert read(cards[3]).column == "before"
    move("ratna", cards[0], "doing", cards[1])
    move("ratna", cards[0], "waiting")
    with pytest.raises(columns.ColumnFull):
        move("ratna", cards[3], "doing")
    move("ratna", cards[1], "done")
    move("ratna", cards[3], "doing")


def test_a_hard_limit_holds_for_what_is_made_and_what_comes_back_but_not_for_what_others_hand_over(
    context: Flask,
) -> None:
    wulan = cast.member("wulan")
    away = made("ratna")
    boards.archive(wulan, away, version=read(away).version)
    made("ratna")
    columns.set_limit(wulan, column=C.BEFORE, most=1, is_hard=True)
    with pytest.raises(columns.ColumnFull):
        made("ratna")
    with pytest.raises(columns.ColumnFull):
        boards.restore(wulan, away, version=read(away).version)
    assert read(made("ratna", to=office("police"))).column == "before"
    assert read(made("nadia", to=office("intake"))).organisation_id == wulan.organisation_id


def test_a_limit_counts_the_own_organisation_alone_and_can_be_lifted(context: Flask) -> None:
    columns.set_limit(cast.member("nadia"), column=C.DOING, most=1, is_hard=True)
    for login in ("ratna", "ratna", "tegar"):
        move(login, made(login), "doing")
    with pytest.raises(columns.ColumnFull):
        move("tegar", made("tegar"), "doing")
    columns.set_limit(cast.member("nadia"), column=C.DOING, most=None)
    move("tegar", made("tegar"), "doing")
    with pytest.raises(NotAllowed):
        columns.set_limit(cast.member("tegar"), column=C.DOING, most=1)
    with pytest.raises(columns.NotMost):
        columns.set_limit(cast.member("nadia"), column=C.DOING, most=0)


def test_no_limit_is_set_at_first(context: Flask) -> None:
    assert columns.limits_of(cast.member("ratna")) == {}


def test_moves_of_one_organisation_leave_the_others_order_alone(context: Flask) -> None:
    theirs = [made("melati") for _ in range(3)]
    for _ in range(20):
        move("ratna", made("ratna"), "before")
    assert order("melati", "before") == theirs
    db.session.rollback()
