"""Whatever people try in whatever order: nothing is out that was not looked at by others, and one edition is out."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db
from pepa.domain import editions, reviews
from pepa.domain.manuscripts import Manuscript
from pepa.errors import Failure
from pepa.models.titles import TRANSITIONS, Author, Edition, State
from pepa.policy import Member
from tests import cast, writing

PEOPLE = ("sekar", "wulan", "hadi", "nadia", "tegar", "laras", "melati", "joko")


def act(dice: random.Random, edition: Edition, me: Member) -> Callable[[], object]:
    """What somebody may try with an edition, with the version on screen or an older one; rarely what leads back."""
    version = edition.version - (dice.random() < 0.1)
    typed = replace(Manuscript.of(edition), title=f"Judul {dice.randrange(3)}", changes="Baru.")
    keys = [claim.key for claim in Manuscript.of(edition).claims()]
    field = dice.choice([*reviews.fields_of(me), "kantor", "hukum"])
    tries: dict[Callable[[], object], float] = {
        lambda: editions.revise(me, edition.id, manuscript=typed, version=version): 1,
        lambda: editions.propose(me, edition.id, version=version): 3,
        lambda: reviews.check_claims(me, edition.id, keys=keys, version=version): 3,
        lambda: reviews.approve(me, edition.id, field=field, version=version): 6,
        lambda: reviews.publish(me, edition.id, version=version): 4,
        lambda: reviews.send_back(me, edition.id, note="Lagi.", version=version): 0.2,
        lambda: editions.draft_edition(me, edition.title_id): 2,
        lambda: editions.withdraw(me, edition.id, reason="Salah."): 0.3,
    }
    return dice.choices(list(tries), list(tries.values()))[0]


def editions_of(title_id: int) -> list[Edition]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Edition).where(Edition.title_id == title_id).order_by(Edition.number)))


def states(title_id: int) -> dict[UUID, State]:
    return {each.id: State(each.state) for each in editions_of(title_id)}


@pytest.mark.parametrize("seed", range(6))
def test_random_walks(context: Flask, seed: int) -> None:
    dice = random.Random(seed)
    people = {login: cast.member(login) for login in PEOPLE}
    title_id = writing.row(writing.draft()).title_id
    for step in range(800):
        edition = dice.choice(editions_of(title_id))
        before = states(title_id)
        me = people[dice.choice(PEOPLE)]
        with suppress(Failure):
            act(dice, edition, me)()
        after = states(title_id)
        for edition_id, state in before.items():
            assert after[edition_id] is state or after[edition_id] in TRANSITIONS[state]
        _holds(title_id)
        if step > 100 and len(after) > 1:
            break
    assert len(states(title_id)) > 1, "a walk that never publishes tries nothing"


def _holds(title_id: int) -> None:
    found = editions_of(title_id)
    assert sum(each.state == State.PUBLISHED for each in found) <= 1
    assert sum(each.state in editions.OPEN for each in found) <= 1
    for edition in found:
        if edition.published_at is None:
            continue
        wrote = set(db.session.scalars(sa.select(Author.person_id).where(Author.edition_id == edition.id)))
        assert edition.published_by_id not in wrote
        speakers = reviews.heard(edition)
        assert set(speakers) >= set(reviews.needed(edition, Manuscript.of(edition).claims()))
        assert len(set(speakers.values())) == len(speakers), "one person speaks for one field"
        assert not set(speakers.values()) & set(editions.authors(edition.id).values())
