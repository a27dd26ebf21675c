"""A title is drafted under the next number, an edition as a copy of the newest."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db
from pepa.domain import editions
from pepa.domain.manuscripts import Faulty, Manuscript
from pepa.errors import NotAllowed, NotFound
from pepa.models.titles import Edition, State, Title
from tests import cast, shelf, writing


def test_a_title_takes_the_next_number(context: Flask) -> None:
    shelf.title(31)
    edition_id = editions.draft_title(cast.member("sekar"), title=" Judul  baru ", kind="poster", once="1")
    edition = writing.row(edition_id)
    assert (edition.title_id, edition.number, edition.state, edition.title) == (32, 1, State.DRAFT, "Judul baru")
    title = db.session.get_one(Title, 32)
    assert (title.slug, title.kind) == ("judul-baru", "poster")
    assert editions.is_author(cast.member("sekar"), edition_id)


def test_a_form_that_is_sent_five_times_drafts_once(context: Flask) -> None:
    me = cast.member("sekar")
    made = {editions.draft_title(me, title="Judul baru", kind="artikel", once="1") for _ in range(5)}
    assert len(made) == 1
    assert db.session.scalar(sa.select(sa.func.count()).where(Edition.title == "Judul baru")) == 1


def test_two_titles_of_one_name_have_two_slugs(context: Flask) -> None:
    me = cast.member("sekar")
    for once in "123":
        editions.draft_title(me, title="Ŋ", kind="artikel", once=once)
    slugs = db.session.scalars(sa.select(Title.slug).where(Title.id > 18).order_by(Title.id)).all()
    assert slugs == ["judul", "judul-2", "judul-3"]


@pytest.mark.parametrize("title", ["", "   ", "x" * 121, "Aman 😊"])
def test_a_title_that_cannot_be_kept(context: Flask, title: str) -> None:
    with pytest.raises(Faulty) as refused:
        editions.draft_title(cast.member("sekar"), title=title, kind="artikel", once="1")
    assert {fault.field for fault in refused.value.faults} == {"title"}


def test_a_title_of_120_letters_is_kept(context: Flask) -> None:
    edition_id = editions.draft_title(cast.member("sekar"), title="x" * 120, kind="artikel", once="1")
    assert len(writing.row(edition_id).title) == 120


@pytest.mark.parametrize("login", ["nadia", "asep", "joko", "hadi"])
def test_who_does_not_write(context: Flask, login: str) -> None:
    with pytest.raises(NotAllowed):
        editions.draft_title(cast.member(login), title="Judul", kind="artikel", once="1")
    with pytest.raises(NotAllowed):
        editions.draft_edition(cast.member(login), 1)


def test_the_next_edition_begins_as_a_copy(context: Flask) -> None:
    me = cast.member("ratna")
    before = editions.published(1)
    assert before
    typed = Manuscript.of(before)
    edition_id = editions.draft_edition(me, 1)
    edition = writing.row(edition_id)
    assert (edition.number, edition.state, edition.version) == (2, State.DRAFT, 1)
    assert Manuscript.of(edition) == typed == typed.tidy(), "so that a save without a change is none"
    assert editions.draft_edition(cast.member("sekar"), 1) == edition_id, "one draft a title"
    assert editions.published(1), "readers have the first one as long as the second is not published"


def test_what_was_withdrawn_is_begun_anew_too(context: Flask) -> None:
    before = editions.published(1)
    assert before
    editions.withdraw(cast.member("ratna"), before.id, reason="Pasalnya salah.")
    assert writing.row(editions.draft_edition(cast.member("ratna"), 1)).number == 2


def test_no_edition_of_nothing(context: Flask) -> None:
    with pytest.raises(NotFound):
        editions.draft_edition(cast.member("sekar"), 404)
    with pytest.raises(NotFound):
        editions.of(cast.member("sekar"), 404)


@pytest.mark.both
def test_titles_that_are_drafted_at_once_have_each_a_number(app: Flask) -> None:
    with app.app_context():
        me = cast.member("sekar")

    def draft(once: int) -> int:
        with app.app_context():
            edition_id = editions.draft_title(me, title="Judul baru", kind="artikel", once=str(once))
            return writing.row(edition_id).title_id

    with ThreadPoolExecutor(6) as pool:
        numbers = list(pool.map(draft, range(6)))
    assert sorted(numbers) == list(range(19, 25))
