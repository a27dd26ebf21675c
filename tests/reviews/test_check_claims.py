"""A claim is compared with its source by somebody of its field; that holds for a time, for the claim as it stood."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from pepa import clock
from pepa.domain import editions, reviews
from pepa.domain.editions import MovedOn, ReadAnew
from pepa.domain.manuscripts import Manuscript
from pepa.domain.reviews import AuthorJudges, NothingTicked, NotYourField
from pepa.models.titles import Edition
from tests import cast, writing

TELEPHONE = "[^sapa]: telepon | U | 2026-11-25 | KemenPPPA | - | kemenpppa.go.id | SAPA 129 gratis."
BODY = writing.TYPED.body.replace("rumah.[^aman]", "rumah.[^aman][^sapa]") + f"\n{TELEPHONE}"


def looked(edition: Edition) -> dict[str, str | None]:
    return {one.claim.key: one.by for one in reviews.looked_at(edition, Manuscript.of(edition).claims())}


def test_it_is_told_who_compared_it_and_when(context: Flask) -> None:
    edition_id = writing.proposed(body=BODY)
    assert looked(writing.row(edition_id)) == {"aman": None, "sapa": None}
    reviews.check_claims(cast.member("nadia"), edition_id, keys=["aman", "tidak-ada"], version=2)
    reviews.check_claims(cast.member("wulan"), edition_id, keys=["sapa"], version=2)
    assert looked(writing.row(edition_id)) == {"aman": "Nadia Contoh", "sapa": "Wulan Contoh"}


@pytest.mark.both
def test_the_same_claim_twice_is_one_row_by_the_last_one(context: Flask) -> None:
    edition_id = writing.proposed()
    for login in ("nadia", "tegar", "tegar"):
        reviews.check_claims(cast.member(login), edition_id, keys=["aman"], version=2)
    assert looked(writing.row(edition_id)) == {"aman": "Tegar Contoh"}


@pytest.mark.parametrize("login", ["wulan", "laras", "puspa", "asep"])
def test_law_is_compared_by_those_who_know_it(context: Flask, login: str) -> None:
    with pytest.raises(NotYourField):
        reviews.check_claims(cast.member(login), writing.proposed(), keys=["aman"], version=2)


def test_an_author_compares_nothing(context: Flask) -> None:
    edition_id = writing.proposed("sekar", body=BODY)
    with pytest.raises(AuthorJudges):
        reviews.check_claims(cast.member("sekar"), edition_id, keys=["sapa"], version=2)


def test_nothing_ticked_is_told(context: Flask) -> None:
    with pytest.raises(NothingTicked):
        reviews.check_claims(cast.member("nadia"), writing.proposed(), keys=[], version=2)


def test_what_is_not_asked_for_yet_or_changed_meanwhile(context: Flask) -> None:
    edition_id = writing.draft()
    with pytest.raises(MovedOn):
        reviews.check_claims(cast.member("nadia"), edition_id, keys=["aman"], version=2)
    editions.propose(cast.member("sekar"), edition_id, version=2)
    with pytest.raises(ReadAnew):
        reviews.check_claims(cast.member("nadia"), edition_id, keys=["aman"], version=1)


def test_a_claim_that_is_written_anew_is_compared_anew(context: Flask) -> None:
    edition_id = writing.reviewed()
    reviews.send_back(cast.member("nadia"), edition_id, note="Pasalnya 6.", version=2)
    changed = replace(writing.TYPED, body=writing.TYPED.body.replace("pasal 5", "pasal 6"))
    editions.revise(cast.member("sekar"), edition_id, manuscript=changed, version=2)
    assert looked(writing.row(edition_id)) == {"aman": None}


def test_a_claim_that_did_not_change_stays_compared_in_the_next_edition(context: Flask) -> None:
    edition_id = writing.published()
    following = editions.draft_edition(cast.member("ratna"), writing.row(edition_id).title_id)
    assert looked(writing.row(following)) == {"aman": "Nadia Contoh"}


def test_a_look_at_the_law_grows_old_in_half_a_year(context: Flask) -> None:
    edition_id = writing.reviewed()
    edition, now = writing.row(edition_id), clock.now()
    with clock.frozen(now + timedelta(days=180)):
        assert looked(edition) == {"aman": "Nadia Contoh"}
    with clock.frozen(now + timedelta(days=185)):
        assert looked(edition) == {"aman": None}
