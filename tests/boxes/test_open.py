"""Whoever holds a grant opens; whoever does not finds nothing."""

from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import boxes, keys
from pepa.errors import NotFound
from pepa.models.boxes import Grant
from pepa.models.organisations import KeyWrap, Organisation
from pepa.models.people import Person
from pepa.vault.pairs import seal_to
from tests.people import holder, member, office, tell


@pytest.mark.both
def test_holder_and_reporter_open_the_same_key(context: Flask) -> None:
    reporter = tell()
    hers, theirs = boxes.open_for(reporter, reporter.box_id), boxes.open_for(member("ratna"), reporter.box_id)
    assert hers.secret == theirs.secret
    assert (hers.number, set(hers.secrets)) == (1, {1})
    assert "Secret" not in repr(theirs), "a box shows no key"


def test_every_member_with_a_wrap_opens_and_the_one_without_does_not(context: Flask) -> None:
    reporter = tell()
    for login in ("ratna", "bayu", "sekar", "wulan", "hadi", "dian"):
        assert boxes.open_for(member(login), reporter.box_id).number == 1
    with pytest.raises(NotFound):
        boxes.open_for(member("joko"), reporter.box_id)  # the administrator


@pytest.mark.parametrize("login", ["nadia", "melati", "puspa", "intan"])
def test_others_find_nothing(context: Flask, login: str) -> None:
    reporter = tell()
    with pytest.raises(NotFound):
        boxes.open_for(member(login), reporter.box_id)


def test_another_report_s_reporter_finds_nothing(context: Flask) -> None:
    first, second = tell(), tell()
    with pytest.raises(NotFound):
        boxes.open_for(first, second.box_id)
    with pytest.raises(NotFound):
        boxes.open_for(first, uuid4())


def test_a_report_about_the_office_is_the_independent_holder_s_alone(context: Flask) -> None:
    reporter = tell(about="office")
    assert boxes.open_for(member("intan"), reporter.box_id).number == 1
    with pytest.raises(NotFound):
        boxes.open_for(member("ratna"), reporter.box_id)
    holders = set(db.session.scalars(sa.select(Grant.holder_id).where(Grant.box_id == reporter.box_id)))
    assert holders == {office("independent"), reporter.report_id}


def test_a_new_generation_of_the_office_opens_what_was_sealed_to_the_old(context: Flask) -> None:
    before = tell()
    with transaction() as session:
        row = session.get_one(Organisation, office())
        people = session.scalars(sa.select(Person).where(Person.login.in_(["ratna", "wulan"])))
        session.add_all(keys.new_organisation_key(row, list(people)))
    after = tell()
    for reporter, generation in ((before, 1), (after, 2)):
        grant = sa.select(Grant.holder_generation).where(Grant.box_id == reporter.box_id, Grant.holder_id == office())
        assert db.session.scalar(grant) == generation
        assert boxes.open_for(member("ratna"), reporter.box_id).number == 1
    assert boxes.open_for(member("bayu"), before.box_id).number == 1
    with pytest.raises(NotFound):
        boxes.open_for(member("bayu"), after.box_id)  # was not given the new generation


def test_a_wrap_that_is_not_ours_is_left_out(context: Flask) -> None:
    reporter = tell()
    planted = keys.new_pair()
    ratna = member("ratna")
    with transaction() as session:
        wrap = session.get_one(KeyWrap, (office(), 1, ratna.person_id))
        wrap.secret_sealed = seal_to(ratna.keyring.person.public, planted.secret.reveal())
    with pytest.raises(NotFound):
        boxes.open_for(member("ratna"), reporter.box_id)
    assert boxes.open_for(member("bayu"), reporter.box_id).number == 1
    assert holder("intake").public != planted.public
