"""A draft goes to its reviewers once its text is whole; all that it lacks is told in one list."""

import pytest
from flask import Flask

from pepa.domain import editions
from pepa.domain.editions import NotReady, ReadAnew
from pepa.errors import NotAllowed
from pepa.models.titles import State
from tests import cast, writing


def test_a_whole_draft_waits_for_its_reviewers(context: Flask) -> None:
    edition_id = writing.draft()
    editions.propose(cast.member("sekar"), edition_id, version=2)
    editions.propose(cast.member("sekar"), edition_id, version=2)
    assert writing.row(edition_id).state == State.IN_REVIEW


def test_all_that_it_lacks_is_told_in_one_list(context: Flask) -> None:
    body = (
        writing.TYPED.body
        + "\n\n[^lain]: angka | U | 2026-11-25 | BPS | - | bps.go.id | Tidak dipakai.\n\n![Rumah](99-1.png)"
    )
    edition_id = writing.draft(body=body, audience="", topics="")
    with pytest.raises(NotReady) as refused:
        editions.propose(cast.member("sekar"), edition_id, version=2)
    lacks = [fault.says % fault.values for fault in refused.value.lacks]
    assert [fault.field for fault in refused.value.lacks] == ["audience", "topics", "body", "body"]
    assert "[^lain]" in lacks[2]
    assert "99-1.png" in lacks[3]
    assert writing.row(edition_id).state == State.DRAFT


def test_a_new_edition_says_what_has_changed(context: Flask) -> None:
    edition_id = editions.draft_edition(cast.member("sekar"), 1)
    with pytest.raises(NotReady) as refused:
        editions.propose(cast.member("sekar"), edition_id, version=1)
    assert [fault.field for fault in refused.value.lacks] == ["changes"]


def test_what_was_changed_meanwhile_is_read_anew(context: Flask) -> None:
    edition_id = writing.draft()
    with pytest.raises(ReadAnew):
        editions.propose(cast.member("sekar"), edition_id, version=1)


def test_who_does_not_write(context: Flask) -> None:
    with pytest.raises(NotAllowed):
        editions.propose(cast.member("hadi"), writing.draft(), version=2)
