"""What waits for whom, what is due, and the sources of all titles: some at a time, by key, at one question each."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from pepa import clock
from pepa.domain import library, reviews
from pepa.domain.library import Queue
from pepa.models.titles import State
from tests import cast, counting, shelf, writing


def waiting(login: str) -> list[UUID]:
    return [each.id for each in library.waiting_for(cast.member(login))]


def test_it_waits_for_the_fields_that_were_not_heard(context: Flask) -> None:
    edition_id = writing.proposed(reviewers="hukum psikolog_anak")
    assert waiting("nadia") == waiting("melati") == waiting("wulan") == [edition_id]
    assert waiting("laras") == waiting("endah") == waiting("ratna") == waiting("puspa") == []
    reviews.approve(cast.member("nadia"), edition_id, field="hukum", version=2)
    assert waiting("nadia") == []
    assert waiting("melati") == [edition_id]


def test_once_all_were_heard_it_waits_for_whoever_publishes(context: Flask) -> None:
    edition_id = writing.reviewed()
    assert waiting("nadia") == []
    assert waiting("wulan") == waiting("hadi") == [edition_id]


def test_counts_are_those_of_the_lists(context: Flask) -> None:
    writing.draft()
    writing.proposed()
    writing.overdue(3, clock.today())
    writing.overdue(4, clock.today() + timedelta(days=20))
    me = cast.member("nadia")
    assert library.counted(me) == library.Counted(mine=1, drafts=1, in_review=1, due=1)
    due = [each.title_id for each in library.queue(me, Queue.DUE)]
    assert due == [3, 4], "what is due soon stands there too, after what is due"


@pytest.mark.both
def test_each_edition_is_on_one_page_of_its_list(context: Flask) -> None:
    """cases/education 53: many of the same moment, none twice and none missing."""
    for title_id in range(100, 220):
        shelf.title(title_id, state=State.DRAFT)
    me, seen, at = cast.member("sekar"), [], None
    while True:
        page = library.queue(me, Queue.DRAFTS, at=at)
        seen += [each.title_id for each in page]
        at = page.later
        if at is None:
            break
    assert seen == list(range(100, 220))


def test_sources_that_are_due_first(context: Flask) -> None:
    writing.overdue(3, clock.today() + timedelta(days=10))
    listed, found = library.sources(cast.member("nadia"), only_due=True)
    assert {each.edition.title_id for each in listed} == {each.title_id for each in found} == {3}
    listed, found = library.sources(cast.member("nadia"))
    assert len(found.items) == library.TITLES_A_PAGE
    assert found.items[0].title_id == 3
    dues = [each.due_on for each in listed]
    assert dues == sorted(day for day in dues if day)
    assert all(each.looked.by for each in listed), "the demo compared them all"


def test_a_list_asks_as_much_whatever_its_length(app: Flask) -> None:
    client = cast.at_work(app, "nadia")
    with app.app_context():
        writing.proposed()
    few = len(counting.own_questions(app, client, "/petugas/pustaka?antrean=bidang"))
    with app.app_context():
        for _ in range(5):
            writing.proposed()
    assert len(counting.own_questions(app, client, "/petugas/pustaka?antrean=bidang")) == few
    assert few <= 6 + counting.BESIDES


def test_a_partner_finds_what_waits_on_the_own_desk(app: Flask) -> None:
    client = cast.at_work(app, "nadia")
    assert "naskah menunggu Anda" not in client.open("/petugas/").text
    with app.app_context():
        writing.proposed()
    client.open("/petugas/")
    assert client.click("1 naskah menunggu Anda").has("Rumah yang aman")


def test_an_edition_that_is_due_is_no_other_state(context: Flask) -> None:
    writing.overdue(3, clock.today())
    edition = library.queue(cast.member("nadia"), Queue.DUE).items[0]
    assert edition.state == State.PUBLISHED
    assert edition.is_due(clock.today())
    assert not edition.is_due(clock.today() - timedelta(days=1))
