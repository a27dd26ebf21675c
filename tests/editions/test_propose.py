"""A draft goes to its reviewers once its text is whole; all that it lacks is told in one list."""

import hashlib

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db
from pepa.domain import editions
from pepa.domain.editions import NotReady, ReadAnew
from pepa.errors import NotAllowed
from pepa.models.titles import Edition, State
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


def test_a_text_whose_page_is_too_heavy_is_told_with_its_size(context: Flask) -> None:
    """A page comes to an old phone with what a slow line carries at once."""
    words = [hashlib.sha256(str(number).encode()).hexdigest()[:8] for number in range(2000)]
    fits, heavy = (f"{writing.TYPED.body}\n\n{' '.join(words[:many])}" for many in (1000, 2000))
    editions.propose(cast.member("sekar"), writing.draft(body=fits), version=2)
    with pytest.raises(NotReady) as refused:
        editions.propose(cast.member("sekar"), writing.draft(body=heavy), version=2)
    (fault,) = refused.value.lacks
    assert fault.field == "body"
    assert fault.values["size"] > fault.values["most"] == 14_336
    assert str(fault.values["size"]) in fault.says % fault.values


def test_every_seed_fits(context: Flask) -> None:
    for edition in db.session.scalars(sa.select(Edition)):
        assert "Halamannya" not in str([fault.says for fault in editions.lacking(edition)])


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
