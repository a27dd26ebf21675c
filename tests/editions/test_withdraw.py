"""What is wrong is taken back at once, with its reason: its files are gone in the same transaction. Cases 45 and 46."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import editions, reviews
from pepa.domain.editions import MovedOn, NoReason, NoReplacement, NotReady
from pepa.errors import NotAllowed
from pepa.models.audit import AuditEntry
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


def test_a_draft_is_not_withdrawn(context: Flask) -> None:
    with pytest.raises(MovedOn):
        editions.withdraw(cast.member("ratna"), writing.draft(), reason="Salah.")


def acts() -> int:
    query = sa.select(sa.func.count()).where(AuditEntry.act == "edition.withdrawn")
    return db.session.scalar(query) or 0


def test_a_slip_in_the_reason_is_mended(context: Flask) -> None:
    """When it was taken back, and by whom, stays."""
    edition_id = first().id
    for _ in range(2):  # the same form again
        editions.withdraw(cast.member("ratna"), edition_id, reason="Slah.", replacement_id=2)
    at = writing.row(edition_id).withdrawn_at
    assert acts() == 1
    editions.withdraw(cast.member("wulan"), edition_id, reason="Salah.", replacement_id=2)
    editions.withdraw(cast.member("wulan"), edition_id, reason="Salah.", replacement_id=3)
    edition = writing.row(edition_id)
    assert (edition.withdrawn_reason, edition.replacement_id, edition.withdrawn_at) == ("Salah.", 3, at)
    assert edition.withdrawn_by_id == cast.member("ratna").person_id
    assert acts() == 3
    with pytest.raises(NoReplacement):
        editions.withdraw(cast.member("wulan"), edition_id, reason="Salah.", replacement_id=1)


def test_the_page_offers_to_mend_it(app: Flask) -> None:
    with app.app_context():
        edition_id = first().id
    client = cast.at_work(app, "ratna")
    client.open(f"/petugas/pustaka/naskah/{edition_id}/tarik")
    assert client.submit("Ya, tarik", reason="Slah.", replacement_id="2").has("Judul ini SUDAH ditarik.")
    page = client.click("Ubah alasannya")
    assert (page.value("reason"), page.value("replacement_id")) == ("Slah.", "2")
    assert client.submit("Simpan", reason="Salah.").has("Salah.")
    with app.app_context():
        edition = writing.row(edition_id)
        assert (edition.withdrawn_reason, edition.replacement_id) == ("Salah.", 2)


def test_what_was_said_of_it_says_nothing_of_its_copy(context: Flask) -> None:
    """A copy of the text that was taken back does not go out on the words that let the first one out."""
    edition_id = writing.published("sekar")
    me, title_id = cast.member("ratna"), writing.row(edition_id).title_id
    following = editions.draft_edition(me, title_id)
    editions.revise(me, following, manuscript=replace(writing.TYPED, changes="Sama."), version=1)
    editions.propose(me, following, version=2)
    writing.approve(following)
    editions.withdraw(cast.member("ratna"), edition_id, reason="Salah.")
    assert writing.row(following).state == State.DRAFT
    with pytest.raises(MovedOn):
        reviews.publish(cast.member("hadi"), following, version=2)
    editions.propose(me, following, version=2)
    with pytest.raises(NotReady) as refused:
        reviews.publish(cast.member("hadi"), following, version=2)
    assert len([lack for lack in refused.value.lacks if {"bidang", "source"} & lack.values.keys()]) == 3
    editions.withdraw(cast.member("ratna"), edition_id, reason="Salah sekali.")
    assert writing.row(following).state == State.IN_REVIEW, "a slip that is mended says nothing of the next one"
    writing.look(following)
    reviews.publish(cast.member("hadi"), following, version=2)
    assert writing.row(following).state == State.PUBLISHED
