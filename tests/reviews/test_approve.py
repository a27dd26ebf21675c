"""Each field is spoken for by somebody else than the author, and by one person each; a change makes that void."""

from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask

from pepa.domain import editions, reviews
from pepa.domain.editions import MovedOn, NotReady, ReadAnew
from pepa.domain.reviews import AlreadySpoke, AuthorJudges, NoNote, NotYourField
from pepa.errors import NotAllowed
from pepa.models.reviews import Verdict
from pepa.models.titles import Field, State
from tests import cast, writing

TELEPHONE = "[^sapa]: telepon | V | 2026-11-25 | KemenPPPA | - | kemenpppa.go.id | SAPA 129 gratis."


def test_fields_are_heard_one_by_one(context: Flask) -> None:
    edition_id = writing.proposed()
    reviews.approve(cast.member("nadia"), edition_id, field="hukum", version=2)
    assert reviews.heard(writing.row(edition_id)) == {Field.LAW: "Nadia Contoh"}
    reviews.approve(cast.member("wulan"), edition_id, field="kantor", version=2)
    assert reviews.heard(writing.row(edition_id)) == {Field.LAW: "Nadia Contoh", Field.OFFICE: "Wulan Contoh"}


def test_saying_it_twice_is_saying_it_once(context: Flask) -> None:
    edition_id = writing.proposed()
    said = {reviews.approve(cast.member("nadia"), edition_id, field="hukum", version=2) for _ in range(3)}
    assert len(said) == 1
    assert len(reviews.verdicts(writing.row(edition_id))) == 1


@pytest.mark.parametrize(
    ("login", "field"),
    [("wulan", "hukum"), ("nadia", "kantor"), ("ratna", "kantor"), ("puspa", "hukum"), ("nadia", "apa saja")],
)
def test_nobody_speaks_for_a_field_of_others(context: Flask, login: str, field: str) -> None:
    with pytest.raises(NotYourField):
        reviews.approve(cast.member(login), writing.proposed(), field=field, version=2)


def test_an_author_approves_nothing(context: Flask) -> None:
    edition_id = writing.proposed("wulan")
    with pytest.raises(AuthorJudges):
        reviews.approve(cast.member("wulan"), edition_id, field="kantor", version=2)
    reviews.approve(cast.member("hadi"), edition_id, field="kantor", version=2)


def test_whoever_changed_a_word_is_an_author(context: Flask) -> None:
    edition_id = writing.draft("sekar")
    changed = replace(writing.TYPED, changes="Satu kata.")
    editions.revise(cast.member("wulan"), edition_id, manuscript=changed, version=2)
    editions.propose(cast.member("sekar"), edition_id, version=3)
    with pytest.raises(AuthorJudges):
        reviews.approve(cast.member("wulan"), edition_id, field="kantor", version=3)


def test_one_person_speaks_for_one_field(context: Flask) -> None:
    edition_id = writing.proposed(reviewers="kesehatan psikolog_anak")
    reviews.approve(cast.member("melati"), edition_id, field="psikolog_anak", version=2)
    with pytest.raises(AlreadySpoke):
        reviews.approve(cast.member("melati"), edition_id, field="kesehatan", version=2)
    reviews.approve(cast.member("ilham"), edition_id, field="kesehatan", version=2)


def test_a_change_makes_it_void(context: Flask) -> None:
    edition_id = writing.reviewed()
    reviews.send_back(cast.member("nadia"), edition_id, note="Kalimat kedua.", version=2)
    editions.revise(cast.member("sekar"), edition_id, manuscript=replace(writing.TYPED, title="Rumah aman"), version=2)
    editions.propose(cast.member("sekar"), edition_id, version=3)
    edition = writing.row(edition_id)
    assert reviews.heard(edition) == {}
    assert {said.is_void for said in reviews.verdicts(edition)} == {True}
    with pytest.raises(ReadAnew):
        reviews.approve(cast.member("nadia"), edition_id, field="hukum", version=2)
    reviews.approve(cast.member("nadia"), edition_id, field="hukum", version=3)


def again(edition_id: UUID, *, by: str = "nadia") -> None:
    """Sent back, and proposed as it was."""
    reviews.send_back(cast.member(by), edition_id, note="Kalimat kedua.", version=2)
    editions.propose(cast.member("sekar"), edition_id, version=2)


@pytest.mark.both
def test_sending_back_takes_back_what_was_approved(context: Flask) -> None:
    """The same text again is heard anew by that field; the others have said what they think of it."""
    edition_id = writing.reviewed()
    again(edition_id)
    edition = writing.row(edition_id)
    assert reviews.heard(edition) == {Field.OFFICE: "Wulan Contoh"}
    said = {(each.field, each.verdict): each.is_void for each in reviews.verdicts(edition)}
    assert said[Field.LAW, Verdict.APPROVED]
    assert not said[Field.OFFICE, Verdict.APPROVED]
    with pytest.raises(NotReady):
        reviews.publish(cast.member("hadi"), edition_id, version=2)
    reviews.approve(cast.member("nadia"), edition_id, field="hukum", version=2)
    assert set(reviews.heard(writing.row(edition_id))) == {Field.OFFICE, Field.LAW}
    reviews.publish(cast.member("hadi"), edition_id, version=2)


def test_a_colleague_s_approval_is_taken_back_as_well(context: Flask) -> None:
    edition_id = writing.reviewed()
    again(edition_id, by="tegar")
    assert Field.LAW not in reviews.heard(writing.row(edition_id))


def test_whoever_sends_back_speaks_for_no_other_field_either(context: Flask) -> None:
    edition_id = writing.proposed(reviewers="kesehatan psikolog_anak")
    reviews.approve(cast.member("melati"), edition_id, field="psikolog_anak", version=2)
    again(edition_id, by="melati")
    assert reviews.heard(writing.row(edition_id)) == {}


def test_whoever_wrote_is_heard_no_more_though_the_text_is_as_it_was(context: Flask) -> None:
    """Approved, sent back by another, a word changed and changed back: what was approved is one's own."""
    body = f"{writing.TYPED.body}\n{TELEPHONE}".replace("rumah.[^aman]", "rumah.[^aman][^sapa]")
    edition_id = writing.proposed("sekar", body=body)
    reviews.check_claims(cast.member("wulan"), edition_id, keys=["sapa"], version=2)
    reviews.approve(cast.member("wulan"), edition_id, field="kantor", version=2)
    reviews.send_back(cast.member("nadia"), edition_id, note="Kalimat kedua.", version=2)
    first = replace(writing.TYPED, body=body)
    for version, typed in ((2, replace(first, title="Lain")), (3, first)):
        editions.revise(cast.member("wulan"), edition_id, manuscript=typed, version=version)
    editions.propose(cast.member("sekar"), edition_id, version=4)
    edition = writing.row(edition_id)
    assert reviews.heard(edition) == {}
    assert [each.by for each in reviews.looked_at(edition, first.claims())] == [None, None]


def test_only_what_waits_is_approved(context: Flask) -> None:
    with pytest.raises(MovedOn):
        reviews.approve(cast.member("nadia"), writing.draft(), field="hukum", version=2)


def test_it_is_sent_back_with_what_is_to_be_changed(context: Flask) -> None:
    edition_id = writing.proposed()
    with pytest.raises(NoNote):
        reviews.send_back(cast.member("nadia"), edition_id, note="  ", version=2)
    with pytest.raises(NotYourField):
        reviews.send_back(cast.member("laras"), edition_id, note="Lain", version=2)
    reviews.send_back(cast.member("nadia"), edition_id, note="Pasal 6.\nBukan 5.", version=2)
    edition = writing.row(edition_id)
    assert edition.state == State.DRAFT
    said = reviews.verdicts(edition)[0]
    assert (said.field, said.verdict, said.note) == (Field.LAW, Verdict.SENT_BACK, "Pasal 6.\nBukan 5.")
    with pytest.raises(MovedOn):
        reviews.send_back(cast.member("nadia"), edition_id, note="Lagi", version=2)


def test_whoever_writes_takes_it_back(context: Flask) -> None:
    edition_id = writing.proposed("sekar")
    reviews.send_back(cast.member("sekar"), edition_id, note="Ada yang lupa.", version=2)
    assert writing.row(edition_id).state == State.DRAFT


def test_who_is_no_member(context: Flask) -> None:
    with pytest.raises(NotAllowed):
        reviews.approve(replace(cast.member("nadia"), roles=frozenset()), writing.proposed(), field="hukum", version=2)
