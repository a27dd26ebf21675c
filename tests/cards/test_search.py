"""The shelf: cards are made by whoever may read, found as they sound, and open for nobody else."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import additions, boxes, cards, keys, reporters
from pepa.errors import NotAllowed
from pepa.models.additions import RedFlag
from pepa.models.audit import AuditEntry
from pepa.models.cards import Card
from pepa.models.organisations import Organisation
from pepa.models.people import Person
from pepa.models.reports import Exclusion, Report
from tests.people import member, office, tell


def person(login: str) -> UUID:
    return db.session.scalars(sa.select(Person.id).where(Person.login == login)).one()


def told(what: str, **more: str) -> UUID:
    return tell(what, **more).report_id


def found(typed: str, login: str = "ratna") -> list[UUID]:
    return [one.report.id for one in cards.search(member(login), typed=typed)]


def on_the_shelf() -> int:
    filled = sa.select(sa.func.count()).where(Card.organisation_id == office(), Card.generation > cards.EMPTY)
    return db.session.scalar(filled) or 0


@pytest.fixture
def shelf(context: Flask) -> dict[str, UUID]:
    stories = {
        "siti": told("Tetangga saya Siti Aminah dipukul suaminya, Mochamad Rizki.", place="Gang Kenari"),
        "dewi": told("Bu Dewi di Lontar Baru. Anaknya tidak boleh sekolah.", phone="+62 812-0000-1111"),
        "joko": told("Djoko mengancam ibunya. Ada pisau."),
    }
    cards.complete(member("ratna"))
    return stories


@pytest.mark.both
@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("siti", "siti"),
        ("Sity Aminah", "siti"),
        ("moh. riski", "siti"),
        ("kenari", "siti"),
        ("Amin", "siti"),
        ("amniah", "siti"),
        ("joko", "joko"),
        ("0812 0000 1111", "dewi"),
        ("+628120000", "dewi"),
    ],
)
def test_found_as_it_sounds(shelf: dict[str, UUID], typed: str, who: str) -> None:
    assert found(typed) == [shelf[who]]


@pytest.mark.parametrize(
    "typed", ["siti joko", "bambang", "", "%", "_", "' or 1=1 --", "812", "a" * 100_000, "\0", "\ud800"]
)
def test_what_is_not_there_is_not_found(shelf: dict[str, UUID], typed: str) -> None:
    assert found(typed) == []


def test_a_card_is_no_text_of_its_own(context: Flask) -> None:
    """What a card is written in is not what stands on it: names of its parts, dangers, a number among the words."""
    reporter = tell("Ada orang bernama Kata.", phone="0812 0000 2222")
    additions.add(reporter, answers=additions.Who(weapon="yes"), once="1")
    assert found("kata") == [reporter.report_id]
    for typed in ("words", "numbers", "flags", "added", "weapon", "uapon", "who", "08120000222", 'kata"', '"kata'):
        hits = [reporter.report_id] if typed in ("08120000222", 'kata"', '"kata') else []
        assert found(typed) == hits, typed
    assert found("1200002222 kata") == [reporter.report_id]


def test_a_reference_means_one_report(shelf: dict[str, UUID]) -> None:
    code = db.session.get_one(Report, shelf["dewi"]).reference
    for typed in (code, code.lower(), code[2:], f" {code[:4]} {code[4:]} "):
        assert found(typed) == [shelf["dewi"]], typed


def test_the_nearest_come_first(shelf: dict[str, UUID]) -> None:
    other = told("Sitti datang. Aminahwati juga.")
    begun = told("Sitiani dan Aminahwati.")
    cards.complete(member("bayu"))
    assert found("siti aminah") == [shelf["siti"], other, begun]


@pytest.mark.both
def test_a_card_is_made_once_and_that_is_no_reading(shelf: dict[str, UUID]) -> None:
    assert on_the_shelf() >= 3
    assert cards.complete(member("bayu")) == 0
    report = db.session.get_one(Report, shelf["siti"])
    assert report.is_unread
    acts = set(db.session.scalars(sa.select(AuditEntry.act).where(AuditEntry.thing_id == report.id)))
    assert acts == {"report.delivered"}
    made = sa.select(AuditEntry.note).where(AuditEntry.act == "shelf.indexed", AuditEntry.person_id == person("ratna"))
    assert int(db.session.scalars(made).one()) == on_the_shelf()


def test_at_most_so_many_in_one_request(context: Flask) -> None:
    for n in range(5):
        told(f"Cerita {n}")
    before = on_the_shelf()
    assert cards.complete(member("ratna"), most=2) == 2
    assert on_the_shelf() == before + 2
    assert cards.complete(member("ratna"), most=200) >= 3


@pytest.mark.both
def test_what_is_added_is_found_too(context: Flask) -> None:
    reporter = tell("Seorang tukang ojek.")
    cards.complete(member("ratna"))
    reporters.write(reporter, text="Namanya Noer Aini.", once="1")
    who = additions.Who(hurting="Mas Bambang")
    additions.add(reporter, answers=who, once="2")
    assert found("nur aini") == found("bambang") == found("ojek") == [reporter.report_id]


def test_whoever_loses_a_report_loses_its_card(shelf: dict[str, UUID]) -> None:
    with transaction() as session:
        cards.take_away(session, shelf["siti"], office())
    assert found("siti") == []
    assert cards.complete(member("ratna")) == 0


@pytest.mark.both
def test_nobody_else_finds_it(shelf: dict[str, UUID]) -> None:
    about = told("Siti tentang kantor", about="office")
    cards.complete(member("intan"))
    assert found("siti", "intan") == [about], "the independent holder has a shelf of its own"
    assert about not in found("siti")
    with pytest.raises(NotAllowed):
        cards.search(member("nadia"), typed="siti")
    with transaction() as session:
        session.add(Exclusion(report_id=shelf["siti"], excluded_id=person("bayu")))
    assert found("siti", "bayu") == []
    assert found("siti", "ratna") == [shelf["siti"]]


def test_a_card_opens_in_its_place_alone(shelf: dict[str, UUID]) -> None:
    one, other = (db.session.get_one(Card, (office(), shelf[name])).body_sealed for name in ("siti", "dewi"))
    with transaction() as session:
        session.get_one(Card, (office(), shelf["dewi"])).body_sealed = one
        session.get_one(Card, (office(), shelf["joko"])).body_sealed = other[:-1] + bytes([other[-1] ^ 1])
    assert found("siti") == [shelf["siti"]], "a copy elsewhere and a flipped bit open nothing"
    assert found("joko") == []


def test_no_word_stands_in_the_clear(shelf: dict[str, UUID]) -> None:
    sealed = b"".join(db.session.scalars(sa.select(Card.body_sealed)))
    assert b"siti" not in sealed.lower()
    notes = "".join(db.session.scalars(sa.select(AuditEntry.note)))
    found("siti aminah")
    assert "siti" not in notes.lower()


def test_what_was_tampered_with_is_not_tried_again_and_is_told(context: Flask) -> None:
    report_id = told("Siti")
    with transaction() as session:
        report = session.get_one(Report, report_id)
        report.body_sealed = report.body_sealed[:-1] + bytes([report.body_sealed[-1] ^ 1])
    assert cards.complete(member("ratna")) >= 1
    assert cards.complete(member("ratna")) == 0
    broken = sa.select(AuditEntry.thing_id).where(AuditEntry.act == "report.broken")
    assert db.session.scalars(broken).all() == [report_id]


@pytest.mark.both
def test_a_new_generation_rebuilds_the_shelf(shelf: dict[str, UUID]) -> None:
    """The old key opened it; whoever has the new one makes it anew, as far as old grants still open."""
    before = on_the_shelf()
    with transaction() as session:
        row = session.get_one(Organisation, office())
        people = session.scalars(sa.select(Person).where(Person.login.in_(("ratna", "bayu"))))
        session.add_all(keys.new_organisation_key(row, list(people)))
    assert cards.complete(member("ratna")) == before
    assert found("siti") == [shelf["siti"]]


def test_after_turning_the_key_a_card_still_finds(shelf: dict[str, UUID]) -> None:
    ratna = member("ratna")
    box = boxes.open_for(ratna, db.session.get_one(Report, shelf["siti"]).box_id)
    with transaction() as session:
        boxes.rotate(session, box, boxes.holders_of(session, box))
        cards.empty_again(session, shelf["siti"])
    assert cards.complete(ratna) == 1
    assert found("siti") == [shelf["siti"]]


@pytest.mark.both
def test_what_is_added_while_a_card_is_filled_is_not_lost(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    reporter, ratna, real = tell("Ada yang luka."), member("ratna"), cards._sources

    def add_meanwhile(found: Sequence[Report]) -> Any:
        read = real(found)
        monkeypatch.setattr(cards, "_sources", real)
        additions.add(reporter, answers=additions.Who(weapon="yes", hurt="Zulaikha"), once="1")
        return read

    monkeypatch.setattr(cards, "_sources", add_meanwhile)
    cards.complete(ratna)
    assert found("Zulaikha") == [reporter.report_id]
    assert list(cards.marks_of(ratna, [reporter.report_id])[reporter.report_id].flags) == [RedFlag.WEAPON]


def test_a_search_through_a_part_says_so(context: Flask) -> None:
    tell("Isi")
    ratna = member("ratna")
    assert cards.is_behind(ratna)
    cards.complete(ratna)
    assert not cards.is_behind(ratna)
