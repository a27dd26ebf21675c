"""What is wrong is taken back at once, with its reason: its files are gone in the same transaction. Cases 45 and 46."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import editions
from pepa.domain.editions import MovedOn, NoReason, NoReplacement
from pepa.errors import NotAllowed
from pepa.models.outputs import Output
from pepa.models.titles import State
from tests import cast, writing


def output(title_id: int) -> None:
    with transaction() as session:
        session.add(
            Output(
                title_id=title_id, language="id", format="a4", edition_number=1, file_name="x", media_type="x", size=1,
                digest=b"", made_from=b"", made_at=clock.now(), body=b"x",
            )
        )  # fmt: skip


def first() -> editions.Edition:
    found = editions.published(1)
    assert found
    return found


@pytest.mark.both
def test_readers_are_told_why_and_the_files_are_gone(context: Flask) -> None:
    for title_id in (0, 1, 2):
        output(title_id)
    edition_id = first().id
    editions.withdraw(cast.member("ratna"), edition_id, reason=" Pasalnya\nsalah. ", replacement_id=2)
    edition = writing.row(edition_id)
    assert (edition.state, edition.withdrawn_reason, edition.replacement_id) == (State.WITHDRAWN, "Pasalnya salah.", 2)
    assert edition.withdrawn_by_id == cast.member("ratna").person_id
    assert editions.published(1) is None
    assert db.session.scalars(sa.select(Output.title_id)).all() == [2]


@pytest.mark.parametrize("login", ["ratna", "sekar", "wulan", "dian", "hadi"])
def test_any_editor_does_so_and_whoever_leads(context: Flask, login: str) -> None:
    editions.withdraw(cast.member(login), first().id, reason="Salah.")
    assert editions.published(1) is None


def test_whoever_wrote_it_does_so_too(context: Flask) -> None:
    edition_id = writing.published("sekar")
    editions.withdraw(cast.member("sekar"), edition_id, reason="Salah.")
    assert writing.row(edition_id).state == State.WITHDRAWN


@pytest.mark.parametrize("login", ["nadia", "asep", "joko"])
def test_nobody_else_does(context: Flask, login: str) -> None:
    with pytest.raises(NotAllowed):
        editions.withdraw(cast.member(login), first().id, reason="Salah.")


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 301])
def test_not_without_a_reason_that_can_be_read(context: Flask, reason: str) -> None:
    with pytest.raises(NoReason):
        editions.withdraw(cast.member("ratna"), first().id, reason=reason)


@pytest.mark.parametrize("other", [1, 404])
def test_what_replaces_it_is_another_title_that_is_there(context: Flask, other: int) -> None:
    output(1)
    with pytest.raises(NoReplacement):
        editions.withdraw(cast.member("ratna"), first().id, reason="Salah.", replacement_id=other)
    assert first().state == State.PUBLISHED
    assert db.session.scalars(sa.select(Output.title_id)).all() == [1]


def test_a_draft_is_not_withdrawn_and_what_is_withdrawn_not_twice(context: Flask) -> None:
    with pytest.raises(MovedOn):
        editions.withdraw(cast.member("ratna"), writing.draft(), reason="Salah.")
    edition_id = first().id
    editions.withdraw(cast.member("ratna"), edition_id, reason="Salah.")
    editions.withdraw(cast.member("ratna"), edition_id, reason="Salah.")  # the same form again
    with pytest.raises(MovedOn):
        editions.withdraw(cast.member("wulan"), edition_id, reason="Lain.")
