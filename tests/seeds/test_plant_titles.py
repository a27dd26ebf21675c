"""The library as it is planted: whole, waiting for its reviewers, and left alone once somebody changed it."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import seeds
from pepa.cli import upgrade
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import keys, markup
from pepa.domain.manuscripts import Manuscript
from pepa.models.outputs import TitlePicture
from pepa.models.reviews import ClaimCheck, Review
from pepa.models.titles import Author, Edition, State, Title
from pepa.seeds import titles
from tests.installations import opened


@pytest.fixture
def planted(empty_config: Config) -> None:
    """An installation without a demo."""
    with opened(empty_config) as app, app.app_context():
        upgrade()
        keys.install(empty_config)
        seeds.plant()


@pytest.mark.usefixtures("planted")
def test_real_titles_wait_for_their_reviewers(empty_config: Config) -> None:
    with opened(empty_config) as app, app.app_context():
        rows = db.session.scalars(sa.select(Edition).order_by(Edition.title_id)).all()
        assert [row.title_id for row in rows] == list(range(1, 19))
        assert {(row.number, row.state) for row in rows} == {(1, State.IN_REVIEW)}
        assert all(row.reviewers and row.checks for row in rows)
        assert not db.session.scalars(sa.select(Author)).all()


@pytest.mark.usefixtures("planted")
def test_what_is_planted_is_what_was_written(empty_config: Config) -> None:
    with opened(empty_config) as app, app.app_context():
        for title in titles.every():
            row = db.session.scalars(sa.select(Edition).where(Edition.title_id == title.front.id)).one()
            assert tuple(markup.parse(row.body)) == title.body
            assert tuple(markup.parse(row.guide)) == title.guide
            assert tuple(markup.parse(row.quiz)) == title.quiz
            assert tuple(markup.parse(row.script)) == title.script
            assert Manuscript.of(row) == Manuscript.of(row).tidy()
            assert (row.whatsapp, row.sms) == (title.whatsapp, title.sms)
            assert row.poster.splitlines() == list(title.poster)
            assert row.card.splitlines() == list(title.card)
            drawn = db.session.scalars(sa.select(TitlePicture).where(TitlePicture.title_id == title.front.id)).all()
            assert {picture.name for picture in drawn} == {picture.file for picture in title.pictures}
            assert all(picture.png.startswith(b"\x89PNG") for picture in drawn)


def test_planting_again_leaves_what_was_changed(context: Flask) -> None:
    with transaction() as session:
        edition = session.scalars(sa.select(Edition).where(Edition.title_id == 2)).one()
        edition.title = "Judul yang diubah kantor"
        gone = session.scalars(sa.select(Edition).where(Edition.title_id == 17)).one()
        session.execute(sa.delete(Review).where(Review.edition_id == gone.id))
        session.delete(gone)
        session.execute(sa.delete(ClaimCheck).where(ClaimCheck.title_id == 17))
        session.flush()
        session.delete(session.get_one(Title, 17))
    assert seeds.plant() == 1
    assert db.session.scalars(sa.select(Edition.title).where(Edition.title_id == 2)).one() == "Judul yang diubah kantor"
    assert db.session.get(Title, 17) is not None
