"""A new key: whoever could open opens on, what was there stays readable, what comes next is under the new one."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import boxes, cards, holders, keys, notes, recovery, rekeys, reports, sessions
from pepa.errors import NotAllowed
from pepa.models.boxes import Box, Grant
from pepa.models.cards import Card
from pepa.models.installation import Installation
from pepa.models.organisations import Organisation
from pepa.models.recovery import RecoveryWrap
from tests.members.people import newcomer, told, words
from tests.people import member, office, tell

INTAKE = ["bayu", "dian", "hadi", "ratna", "sekar", "wulan"]


def renew(login: str = "ratna") -> None:
    rekeys.renew(member(login), passphrase=words(login))


def generation() -> int:
    db.session.rollback()
    return keys.generation_of(office())


@pytest.mark.both
def test_everybody_who_could_open_can_open_on(context: Flask, database: str) -> None:
    reporter = tell("Dulu")
    notes.add(member("ratna"), reporter.report_id, note="Catatan lama", once="n")
    before = keys.fingerprint(db.session.get_one(Organisation, office()).public_key or b"")
    renew()
    assert generation() == 2
    assert [one.membership.person.login for one in holders.of(office()) if one.can_open] == INTAKE
    assert keys.fingerprint(db.session.get_one(Organisation, office()).public_key or b"") != before
    assert reports.open_for(member("bayu"), reporter.report_id).told.what == "Dulu"
    assert [one.text for one in notes.of(member("bayu"), reporter.report_id)] == ["Catatan lama"]
    new = tell("Baru")
    assert reports.open_for(member("wulan"), new.report_id).told.what == "Baru"
    assert told("members") >= set(INTAKE)


@pytest.mark.both
def test_its_boxes_are_turned_before_they_are_written_again(context: Flask, database: str) -> None:
    reporter = tell()
    renew()
    assert db.session.get_one(Box, reporter.box_id).rotation_due
    reports.answer(member("bayu"), reporter.report_id, text="Jawaban", once="a")
    grant = sa.select(Grant.epoch, Grant.holder_generation).where(
        Grant.box_id == reporter.box_id, Grant.holder_id == office()
    )
    assert db.session.execute(grant).all() == [(2, 2)]
    assert not db.session.get_one(Box, reporter.box_id).rotation_due


def test_its_shelf_is_built_anew(context: Flask) -> None:
    reporter = tell("Suara pecah di malam hari")
    assert cards.search(member("ratna"), typed="pecah")
    renew()
    cards.complete(member("bayu"))
    mine = sa.select(Card.generation).where(Card.report_id == reporter.report_id, Card.organisation_id == office())
    assert db.session.scalars(mine).all() == [2]
    assert reporter.report_id in {found.report.id for found in cards.search(member("bayu"), typed="pecah")}


def test_whoever_is_not_there_any_more_does_not_get_it(context: Flask) -> None:
    with transaction() as session:
        session.execute(sa.text("update people set is_active = false where login = 'bayu'"))
    renew()
    assert not rekeys.holds(member("bayu"), office())


def test_who_holds_no_key_cannot_make_one(context: Flask) -> None:
    with pytest.raises(NotAllowed):
        rekeys.renew(member("joko"), passphrase=words("joko"))
    with pytest.raises(rekeys.NotAHolder):
        rekeys.make(newcomer().at_work())
    assert generation() == 1


def test_the_passphrase_is_asked_again(context: Flask) -> None:
    with pytest.raises(sessions.WrongPassphrase):
        rekeys.renew(member("ratna"), passphrase="bukan ini")
    assert generation() == 1


def test_a_root_holders_new_key_is_sealed_to_the_sheets_too(context: Flask) -> None:
    config = context.config["PEPA"]
    assert db.session.get(Installation, 1)
    pair = recovery.make(config)
    recovery.confirm(pair)
    renew()
    sealed = sa.select(RecoveryWrap.generation).where(RecoveryWrap.organisation_id == office())
    assert 2 in db.session.scalars(sealed).all()
    assert [one.generation for one in recovery.held(pair, office())][-1] == 2


@pytest.mark.both
def test_of_two_who_make_one_at_once_one_is_told(context: Flask, database: str) -> None:
    people, start = [member("ratna"), member("bayu")], Barrier(2)

    def makes(turn: int) -> str:
        with context.app_context():
            start.wait(10)
            try:
                rekeys.make(people[turn])
            except rekeys.MadeMeanwhile:
                return "told"
            finally:
                db.session.remove()
            return "made"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(makes, range(2)))
    assert said in (["made", "told"], ["made", "made"])
    assert generation() == 1 + said.count("made")
    assert boxes.open_for(member("bayu"), tell().box_id).is_newest
