"""Keys that were made, given and taken away after the copy was made: the spool knows of them (case A25)."""

import secrets
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from pepa import storage
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import (
    approvals,
    departures,
    enrolments,
    holders,
    joining,
    key_files,
    keys,
    locks,
    recovery,
    rekeys,
    reports,
    restores,
)
from pepa.errors import NotFound
from pepa.models.organisations import KeyWrap, Membership, Organisation
from pepa.models.people import Person
from tests.backups.copies import made
from tests.incidents.restored import restored
from tests.installations import opened
from tests.members.people import membership, newcomer, words
from tests.members.people import told as people_told
from tests.people import member, office, tell
from tests.restores.places import elsewhere, put_back, sheets


def renew(login: str = "ratna") -> None:
    rekeys.renew(member(login), passphrase=words(login))


def leave(login: str, manner: str) -> None:
    departures.leave(member("wulan"), membership(login), manner=manner, passphrase=words("wulan"))


def wraps_of(login: str) -> set[int]:
    theirs = sa.select(KeyWrap.generation).join(Person, Person.id == KeyWrap.person_id).where(Person.login == login)
    return set(db.session.scalars(theirs.where(KeyWrap.organisation_id == office())))


@pytest.mark.both
def test_what_was_sealed_to_a_newer_key_opens(config: Config, database: str, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair, before = sheets(config), tell("Dulu")
        path = made(pair)
        renew()
        told = tell("Sesudah kunci baru")
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair) as (_, done):
        assert (done.keys, done.came_home, done.shut) == (1, 1, 0)
        assert "1 newer keys of organisations came with them." in restores.told(done)
        assert keys.generation_of(office()) == 2
        for login in ("ratna", "wulan"):
            assert reports.open_for(member(login), told.report_id).told.what == "Sesudah kunci baru"
            assert reports.open_for(member(login), before.report_id).told.what == "Dulu"
        assert [one.generation for one in recovery.held(pair, office())][-1] == 2
        assert rekeys.take_home() == 0, "once"
        renew()
        assert keys.generation_of(office()) == 101, "the numbers of the life that was lost stay its own"
        assert reports.open_for(member("ratna"), told.report_id).told.what == "Sesudah kunci baru"


@pytest.mark.parametrize("manner", ["suspected", "ordinary"])
def test_who_left_does_not_have_the_key_again(config: Config, tmp_path: Path, manner: str) -> None:
    """Their membership is back, to be looked at; what they opened with it is not."""
    with opened(config) as app, app.app_context():
        pair, before = sheets(config), tell("Dulu")
        path = made(pair)
        leave("bayu", manner)
        told = tell("Sesudah ia pergi")
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair):
        assert db.session.get_one(Membership, membership("bayu")).is_active
        assert wraps_of("bayu") == set()
        for report in (before, told):
            with pytest.raises(NotFound):
                reports.open_for(member("bayu"), report.report_id)
        assert reports.open_for(member("ratna"), told.report_id).told.what == "Sesudah ia pergi"


def test_a_newcomer_who_was_given_it_has_it(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair, who = sheets(config), newcomer()
        path = made(pair)
        for login in ("ratna", "bayu"):
            approvals.approve(member(login), who.membership_id, public_key=who.key, passphrase=words(login))
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair):
        assert who.person_id in holders.able(office())


def test_somebody_with_another_key_pair_by_now_gets_none_of_it(config: Config, tmp_path: Path) -> None:
    """Nor keeps what the copy has: it opens by the passphrase that they gave up."""
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        path = made(pair)
        renew()
        told = tell("Isi")
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with opened(config) as app, app.app_context():
        other = keys.new_pair().public
        with transaction() as session:
            session.execute(sa.update(Person).where(Person.login == "bayu").values(public_key=other))
            key_files.lay(session, office())
        shutil.copytree(config.spool, there.spool, dirs_exist_ok=True)
    with put_back(there, path, pair):
        assert wraps_of("bayu") == set()
        assert reports.open_for(member("ratna"), told.report_id).told.what == "Isi"


def test_a_passphrase_that_was_given_up_opens_nothing_again(config: Config, tmp_path: Path) -> None:
    """Stolen with the phone; the way back gave another pair, which the copy does not know."""
    with opened(config) as app, app.app_context():
        pair, before = sheets(config), tell("Dulu")
        path = made(pair)
        way = enrolments.bring_back(member("joko"), member("bayu").person_id)
        page = joining.Page(way.token or "", secrets.token_hex(32))
        new = page.words(0)
        joining.renew(page, words=new, words_again=new, digits=locks.totp_now(page.totp), idle_minutes=15)
        mine = db.session.scalars(sa.select(Person.public_key).where(Person.login == "bayu")).one().hex()
        for login in ("ratna", "wulan"):
            approvals.approve(member(login), membership("bayu"), public_key=mine, passphrase=words(login))
        told = tell("Sesudah kalimat baru")
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair):
        assert wraps_of("bayu") == set()
        for report in (before, told):
            with pytest.raises(NotFound):
                reports.open_for(member("bayu"), report.report_id)
            assert reports.open_for(member("ratna"), report.report_id)
        assert rekeys.take_home() == 0
        assert wraps_of("bayu") == set()


@pytest.mark.both
def test_that_a_new_key_is_due_comes_back(config: Config, database: str, tmp_path: Path) -> None:
    """Somebody suspected left, and whoever put them out could make none."""
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        path = made(pair)
        departures.leave(member("joko"), membership("bayu"), manner="suspected", passphrase=words("joko"))
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair):
        assert db.session.get_one(Organisation, office()).rekey_due
        assert "wulan" in people_told("rekey")
        renew()
        assert not db.session.get_one(Organisation, office()).rekey_due
        rekeys.take_home()
        assert not db.session.get_one(Organisation, office()).rekey_due, "of the life that was lost"


def test_due_for_a_key_that_is_newer_than_the_copy(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        path = made(pair)
        renew()
        departures.leave(member("joko"), membership("bayu"), manner="suspected", passphrase=words("joko"))
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair):
        assert keys.generation_of(office()) == 2
        assert db.session.get_one(Organisation, office()).rekey_due


def test_without_the_file_it_is_said(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        path = made(pair)
        renew()
        told = tell("Isi")
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    for file in there.spool.rglob("*.keys"):
        file.write_bytes(b"cut" + file.read_bytes())
    with put_back(there, path, pair) as (_, done):
        assert (done.keys, done.came_home, done.shut) == (0, 1, 1)
        assert any(says.startswith("1 of what is here NOBODY can open") for says in restores.told(done))
        assert keys.generation_of(office()) == 1
        renew()
        with pytest.raises(NotFound):
            reports.open_for(member("ratna"), told.report_id)


def test_laid_after_the_restore(config: Config, tmp_path: Path) -> None:
    """A disk that was saved later; the office made a key of its own meanwhile."""
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        path = made(pair)
        leave("bayu", "suspected")
        told = tell("Isi")
    there = elsewhere(config, tmp_path / "there")
    with put_back(there, path, pair):
        renew()
        assert keys.generation_of(office()) == 101
        assert wraps_of("bayu") == {1, 101}
    shutil.copytree(config.spool, there.spool, dirs_exist_ok=True)
    with opened(there) as app:
        done = app.test_cli_runner().invoke(args=["pepa", "replay"])
        assert "1 reports came home from the spool." in done.output
        with app.app_context():
            assert keys.generation_of(office()) == 101
            assert reports.open_for(member("ratna"), told.report_id).told.what == "Isi"
            assert wraps_of("bayu") == {101}


def test_where_nothing_was_put_back_the_rows_say_who_holds_it(config: Config) -> None:
    with opened(config) as app, app.app_context():
        renew()
        (file,) = (one for one in key_files.all_laid() if one.organisation_id == office())
        assert file.holders == holders.able(office())
        assert file.public == db.session.get_one(Organisation, office()).public_key
        kept = dict(storage.spool().laid(storage.KEYS))[office().hex]
        leave("bayu", "ordinary")
        storage.spool().lay(office().hex, storage.KEYS, kept)
        assert rekeys.take_home() == 0
        assert wraps_of("bayu") == set()


def test_a_file_that_is_not_there_is_laid(config: Config) -> None:
    with opened(config) as app, app.app_context():
        assert list(key_files.all_laid()) == []
        rekeys.take_home()
        assert {office(), office("independent")} <= {one.organisation_id for one in key_files.all_laid()}


def test_another_key_of_the_same_number_stays(config: Config) -> None:
    with opened(config) as app, app.app_context():
        rekeys.take_home()
        restored()
        keys.open_installation(config)
        other = keys.new_pair().public
        with transaction() as session:
            row = session.get_one(Organisation, office())
            row.public_key, row.key_mac = other, keys.mac("organisation", row.id, row.generation, other)
        assert rekeys.take_home() == 0
        assert db.session.get_one(Organisation, office()).public_key == other
        assert wraps_of("bayu") == {1}
        assert rekeys.holds(member("intan"), office("independent")), "what is as it was stays so"
