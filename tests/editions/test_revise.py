"""A draft is written anew: what is wrong is told at once, and of two editors neither loses a text."""

from dataclasses import replace

import pytest
from flask import Flask

from pepa.domain import editions
from pepa.domain.editions import ChangedMeanwhile, MovedOn
from pepa.domain.manuscripts import Faulty, Manuscript
from pepa.errors import NotAllowed, NotFound
from tests import cast, writing


def test_it_is_kept_as_it_was_typed(context: Flask) -> None:
    edition_id = writing.draft()
    edition = writing.row(edition_id)
    assert Manuscript.of(edition) == writing.TYPED
    assert (edition.version, edition.number) == (2, 1)


def test_the_office_reads_it_in_any_case_and_lines_are_tidied(context: Flask) -> None:
    edition_id = writing.draft(reviewers="hukum", poster="Satu  \r\nDua\r\n\r\n")
    edition = writing.row(edition_id)
    assert edition.reviewers == "kantor hukum"
    assert edition.poster == "Satu\nDua"


@pytest.mark.both
def test_of_two_editors_the_second_is_shown_both(context: Flask) -> None:
    edition_id = writing.draft("sekar")
    editions.revise(cast.member("ratna"), edition_id, manuscript=replace(writing.TYPED, title="Milik Ratna"), version=2)
    with pytest.raises(ChangedMeanwhile) as refused:
        editions.revise(
            cast.member("sekar"), edition_id, manuscript=replace(writing.TYPED, title="Milik Sekar"), version=2
        )
    assert refused.value.values == {"nama": "Ratna Contoh"}
    assert writing.row(edition_id).title == "Milik Ratna"
    assert set(editions.authors(edition_id).values()) == {"Ratna Contoh", "Sekar Contoh"}


def test_the_same_form_twice_changes_nothing(context: Flask) -> None:
    edition_id = writing.draft()
    again = editions.revise(cast.member("sekar"), edition_id, manuscript=writing.TYPED, version=1)
    assert again == edition_id
    assert writing.row(edition_id).version == 2


def test_what_readers_have_is_never_changed(context: Flask) -> None:
    for edition_id in (writing.proposed(), editions.of(cast.member("sekar"), 1)[0].id):
        with pytest.raises(MovedOn):
            editions.revise(
                cast.member("sekar"), edition_id, manuscript=replace(writing.TYPED, title="Lain"), version=2
            )


def test_who_does_not_write(context: Flask) -> None:
    edition_id = writing.draft()
    with pytest.raises(NotAllowed):
        editions.revise(cast.member("nadia"), edition_id, manuscript=writing.TYPED, version=2)


def test_nothing_is_no_draft(context: Flask) -> None:
    with pytest.raises(NotFound):
        editions.revise(cast.member("sekar"), cast.member("sekar").person_id, manuscript=writing.TYPED, version=1)


def test_what_cannot_be_kept_is_told_at_once(context: Flask) -> None:
    edition_id = writing.draft()
    wrong = replace(writing.TYPED, title="x" * 121, body="# Satu", sms="a & b", poster="\n".join("123456789"))
    with pytest.raises(Faulty) as refused:
        editions.revise(cast.member("sekar"), edition_id, manuscript=wrong, version=2)
    assert {fault.field for fault in refused.value.faults} == {"title", "body", "sms", "poster"}
    assert writing.row(edition_id).title == "Rumah yang aman"
