"""Nothing goes out unless everything was looked at by others; all that is missing is told in one list."""

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import editions, reviews
from pepa.domain.editions import MovedOn, NotReady, ReadAnew
from pepa.domain.manuscripts import Manuscript
from pepa.domain.reviews import AuthorJudges, later
from pepa.errors import NotAllowed
from pepa.models.titles import TRANSITIONS, Edition, State
from tests import cast, writing


def test_it_goes_out_once_all_have_spoken(context: Flask) -> None:
    edition_id = writing.reviewed()
    reviews.publish(cast.member("hadi"), edition_id, version=2)
    reviews.publish(cast.member("hadi"), edition_id, version=2)
    edition = writing.row(edition_id)
    assert edition.state == State.PUBLISHED
    assert edition.published_by_id == cast.member("hadi").person_id
    assert edition.due_on == later(clock.today(), 6)


def test_all_that_is_missing_is_told_in_one_list(context: Flask) -> None:
    edition_id = writing.proposed(reviewers="hukum psikolog_anak")
    with pytest.raises(NotReady) as refused:
        reviews.publish(cast.member("hadi"), edition_id, version=2)
    told = [lack.says % lack.values for lack in refused.value.lacks]
    assert len(told) == 4
    assert "[^aman]" in told[0]
    assert all("Belum disetujui" in line for line in told[1:])
    writing.look(edition_id)
    reviews.publish(cast.member("hadi"), edition_id, version=2)


def test_a_law_needs_its_reviewer_though_nobody_named_one(context: Flask) -> None:
    edition_id = writing.proposed(reviewers="kantor")
    reviews.check_claims(cast.member("nadia"), edition_id, keys=["aman"], version=2)
    reviews.approve(cast.member("wulan"), edition_id, field="kantor", version=2)
    with pytest.raises(NotReady) as refused:
        reviews.publish(cast.member("hadi"), edition_id, version=2)
    assert [str(lack.values["bidang"]) for lack in refused.value.lacks] == ["hukum"]


@pytest.mark.both
def test_the_edition_before_is_replaced_in_the_same_breath(context: Flask) -> None:
    first = writing.published("sekar")
    title_id = writing.row(first).title_id
    me = cast.member("ratna")
    second = editions.draft_edition(me, title_id)
    typed = editions.Manuscript.of(writing.row(second))
    editions.revise(me, second, manuscript=editions.replace(typed, changes="Nomornya baru."), version=1)
    editions.propose(me, second, version=2)
    writing.approve(second)
    reviews.publish(cast.member("hadi"), second, version=2)
    assert writing.row(first).state == State.REPLACED
    assert writing.row(second).state == State.PUBLISHED
    assert editions.published(title_id).id == second  # type: ignore[union-attr]


def test_no_author_publishes(context: Flask) -> None:
    edition_id = writing.proposed("wulan")
    with pytest.raises(AuthorJudges):
        reviews.publish(cast.member("wulan"), edition_id, version=2)


@pytest.mark.parametrize("login", ["ratna", "nadia", "dian", "joko"])
def test_who_does_not_publish(context: Flask, login: str) -> None:
    with pytest.raises(NotAllowed):
        reviews.publish(cast.member(login), writing.reviewed(), version=2)


def test_only_what_was_read_is_published(context: Flask) -> None:
    edition_id = writing.reviewed()
    with pytest.raises(ReadAnew):
        reviews.publish(cast.member("hadi"), edition_id, version=1)
    with pytest.raises(MovedOn):
        reviews.publish(cast.member("hadi"), writing.draft(), version=2)


def test_an_old_look_at_a_source_is_missing_again(context: Flask) -> None:
    edition_id = writing.reviewed()
    with clock.frozen(clock.now() + timedelta(days=200)), pytest.raises(NotReady):
        reviews.publish(cast.member("hadi"), edition_id, version=2)


def test_what_is_marked_as_not_checked_does_not_go_out(context: Flask) -> None:
    """It may wait in review for whoever can tell; readers would be told that it was not checked."""
    edition_id = writing.reviewed(body=writing.TYPED.body.replace("| V |", "| U |"))
    with pytest.raises(NotReady) as refused:
        reviews.publish(cast.member("hadi"), edition_id, version=2)
    assert [lack.says % lack.values for lack in refused.value.lacks] == [
        "Sumber [^aman] masih bertanda U. Kembalikan, lalu tulis V atau V2."
    ]


def test_the_day_is_serang_s_a_minute_before_midnight(context: Flask) -> None:
    late = datetime(2026, 12, 31, 23, 59, tzinfo=clock.JAKARTA)
    with clock.frozen(late):
        edition_id = writing.published()
        (looked,) = reviews.looked_at(writing.row(edition_id), Manuscript.of(writing.row(edition_id)).claims())
        assert (looked.on, writing.row(edition_id).due_on) == (date(2026, 12, 31), date(2027, 6, 30))
    with clock.frozen(datetime(2027, 6, 29, 23, 59, tzinfo=clock.JAKARTA)):
        assert not writing.row(edition_id).is_due(clock.today())
    with clock.frozen(datetime(2027, 6, 30, 0, 1, tzinfo=clock.JAKARTA)):
        assert writing.row(edition_id).is_due(clock.today())


def test_it_is_due_once_the_first_source_grows_old(context: Flask) -> None:
    edition_id = writing.reviewed()
    checked_on = clock.today()
    with clock.frozen(clock.now() + timedelta(days=100)):
        reviews.publish(cast.member("hadi"), edition_id, version=2)
    assert writing.row(edition_id).due_on == later(checked_on, 6)


def test_what_is_due_again_is_looked_at_and_stays(context: Flask) -> None:
    edition_id = writing.published()
    with clock.frozen(clock.now() + timedelta(days=200)):
        assert writing.row(edition_id).is_due(clock.today())
        with pytest.raises(NotReady):
            reviews.renew(cast.member("hadi"), edition_id, version=2)
        reviews.check_claims(cast.member("nadia"), edition_id, keys=["aman"], version=2)
        reviews.renew(cast.member("hadi"), edition_id, version=2)
        assert not writing.row(edition_id).is_due(clock.today())
    with pytest.raises(MovedOn):
        reviews.renew(cast.member("hadi"), writing.draft(), version=2)


def test_the_demo_shows_a_full_library(context: Flask) -> None:
    rows = db.session.scalars(sa.select(Edition).order_by(Edition.title_id)).all()
    assert [row.title_id for row in rows] == list(range(1, 19))
    for row in rows:
        assert row.state == State.PUBLISHED
        assert row.due_on
        assert not reviews.lacking(row)


def test_every_state_is_reached_and_left_as_the_table_says() -> None:
    assert set(TRANSITIONS) == set(State)
    reached = {State.DRAFT}
    while more := {to for state in reached for to in TRANSITIONS[state]} - reached:
        reached |= more
    assert reached == set(State)
    assert not TRANSITIONS[State.REPLACED]
    assert not TRANSITIONS[State.WITHDRAWN]
