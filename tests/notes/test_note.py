"""Inner notes: the office's alone, and of two who change one nobody's text is lost."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import boxes, cards, exclusions, follow_up, keys, notes, reports
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.notes import Note
from pepa.models.organisations import KeyWrap, Organisation
from pepa.models.people import Person
from pepa.models.reports import Exclusion
from pepa.policy import Reporter
from tests import cast
from tests.people import member, office, tell

WORD = "Tandabunyi"


@pytest.fixture
def sent(context: Flask) -> Reporter:
    return tell()


def texts(sent: Reporter, login: str = "ratna") -> list[str | None]:
    db.session.rollback()
    return [note.text for note in notes.of(member(login), sent.report_id)]


def test_colleagues_read_it_and_nobody_else(sent: Reporter) -> None:
    notes.add(member("ratna"), sent.report_id, note=f" {WORD}. ", once="a")
    assert texts(sent) == texts(sent, "bayu") == [f"{WORD}."]
    assert follow_up.following(sent).messages == ()
    assert not cards.search(member("ratna"), typed=WORD), "no search knows of it"
    assert texts(sent, "intan") == []


def test_the_reporter_s_own_key_does_not_open_it(sent: Reporter) -> None:
    """She holds her report's box: a note must not lie in it."""
    note_id = notes.add(member("ratna"), sent.report_id, note=WORD, once="a")
    sealed = db.session.get_one(Note, note_id).body_sealed
    box = boxes.open_for(sent, sent.box_id)
    with pytest.raises(keys.Unopened):
        boxes.open_body(box, "note", note_id, box.number, sealed)


def test_it_stays_where_it_is_when_the_report_goes_to_another_holder(sent: Reporter) -> None:
    notes.add(member("ratna"), sent.report_id, note=WORD, once="a")
    exclusions.exclude(sent, about="office")
    reports.open_for(member("intan"), sent.report_id)
    assert texts(sent, "intan") == []
    with pytest.raises(NotFound):
        notes.add(member("ratna"), sent.report_id, note="Lagi", once="b")


@pytest.mark.both
def test_the_same_form_twice_is_one_note(sent: Reporter) -> None:
    first = notes.add(member("ratna"), sent.report_id, note="Isi", once="a")
    assert notes.add(member("ratna"), sent.report_id, note="Isi", once="a") == first
    assert texts(sent) == ["Isi"]


@pytest.mark.both
def test_a_change_has_its_own_name_and_version(sent: Reporter) -> None:
    ratna, bayu = member("ratna"), member("bayu")
    note_id = notes.add(ratna, sent.report_id, note="Satu", once="a")
    notes.change(bayu, sent.report_id, note_id, note="Dua", version=1)
    (note,) = notes.of(ratna, sent.report_id)
    assert (note.text, note.by, note.version, note.last_by) == ("Dua", "Ratna Contoh", 2, "Bayu Contoh")
    with pytest.raises(notes.ChangedMeanwhile) as first:
        notes.change(ratna, sent.report_id, note_id, note="Tiga", version=1)
    assert first.value.values == {"nama": "Bayu Contoh"}
    assert texts(sent) == ["Dua"]
    assert notes.change(bayu, sent.report_id, note_id, note="Dua", version=1) == note_id, "the same form sent again"


def test_each_is_recorded_by_its_id_alone(sent: Reporter) -> None:
    note_id = notes.add(member("ratna"), sent.report_id, note=WORD, once="a")
    notes.change(member("ratna"), sent.report_id, note_id, note="Lain", version=1)
    query = sa.select(AuditEntry.act, AuditEntry.note).where(AuditEntry.act.in_(["note.written", "note.changed"]))
    assert [tuple(row) for row in db.session.execute(query.order_by(AuditEntry.number))] == [
        ("note.written", note_id.hex),
        ("note.changed", note_id.hex),
    ]


def test_an_older_key_of_the_office_still_opens_it_for_whoever_had_it(sent: Reporter) -> None:
    note_id = notes.add(member("ratna"), sent.report_id, note="Lama", once="a")
    with transaction() as session:
        row = session.get_one(Organisation, office())
        people = session.scalars(sa.select(Person).where(Person.login.in_(("ratna", "bayu"))))
        session.add_all(keys.new_organisation_key(row, list(people)))
        bayu = sa.select(Person.id).where(Person.login == "bayu").scalar_subquery()
        session.execute(sa.delete(KeyWrap).where(KeyWrap.person_id == bayu, KeyWrap.generation == 1))
    assert texts(sent) == ["Lama"]
    assert texts(sent, "bayu") == [None], "it is there, and not for everybody"
    with pytest.raises(NotFound):
        notes.change(member("bayu"), sent.report_id, note_id, note="Baru", version=1)
    notes.change(member("ratna"), sent.report_id, note_id, note="Baru", version=1)
    assert texts(sent, "bayu") == ["Baru"], "what is changed is sealed anew"


def test_one_that_is_opened_alone_is_recorded(sent: Reporter) -> None:
    note_id = notes.add(member("ratna"), sent.report_id, note="Isi", once="a")
    assert notes.get_for(member("wulan"), sent.report_id, note_id).text == "Isi"
    seen = sa.select(AuditEntry.person_id).where(AuditEntry.act == "note.seen", AuditEntry.note == note_id.hex)
    assert list(db.session.scalars(seen)) == [member("wulan").person_id]


@pytest.mark.parametrize("text", ["", " \n"])
def test_nothing_is_no_note(sent: Reporter, text: str) -> None:
    with pytest.raises(notes.NothingNoted):
        notes.add(member("ratna"), sent.report_id, note=text, once="a")


def test_the_verbs_ask_for_themselves(sent: Reporter) -> None:
    note_id = notes.add(member("wulan"), sent.report_id, note="Isi", once="a")
    other = tell("Lain")
    with pytest.raises(NotFound):
        notes.get_for(member("ratna"), other.report_id, note_id)
    for login in cast.CAST:
        if login not in ("ratna", "bayu", "wulan"):
            with pytest.raises((NotAllowed, NotFound)):
                notes.change(member(login), sent.report_id, note_id, note="x", version=1)
    with transaction() as session:
        session.add(Exclusion(report_id=sent.report_id, excluded_id=member("bayu").person_id))
    with pytest.raises(NotFound):
        notes.get_for(member("bayu"), sent.report_id, note_id)


def test_one_that_was_moved_opens_nothing_and_is_recorded(sent: Reporter) -> None:
    one, other = (notes.add(member("ratna"), sent.report_id, note=text, once=text) for text in ("Satu", "Dua"))
    with transaction() as session:
        session.get_one(Note, one).body_sealed = session.get_one(Note, other).body_sealed
    with pytest.raises(keys.Unopened):
        notes.of(member("ratna"), sent.report_id)
    assert db.session.scalars(sa.select(AuditEntry).where(AuditEntry.act == "report.broken")).first()
