"""Roles are changed by somebody else, hold from the next request on, and what is left is shown before."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import departures, holders, keys, roles, sessions
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.organisations import KeyWrap, Membership, Organisation, Role
from pepa.policy import Permission, can
from tests import cast
from tests.cast import Client
from tests.members.people import membership, told
from tests.people import member, office


def choose(by: str, login: str, *codes: str, version: int = 1) -> Membership:
    return roles.choose(member(by), membership(login), roles=codes, version=version)


def of(login: str) -> set[str]:
    db.session.rollback()
    return set(db.session.get_one(Membership, membership(login)).roles.split())


@pytest.mark.both
def test_a_session_that_runs_ends_and_the_next_has_the_new_roles(context: Flask, database: str) -> None:
    """A cookie that is used again after a change of roles is dead at once."""
    cookie = cast.cookie_of("ratna")
    choose("wulan", "ratna", "case_manager", "intake_officer")
    assert sessions.member(cookie) is None
    assert of("ratna") == {"case_manager", "intake_officer"}
    assert told("members") >= {"ratna", "bayu", "wulan", "joko"}
    choose("wulan", "ratna", "case_manager", version=2)
    assert not can(member("ratna"), Permission.READ_REPORTS)
    notes = db.session.scalars(sa.select(AuditEntry.note).where(AuditEntry.act == "member.roles")).all()
    assert notes == ["intake_officer > intake_officer case_manager", "intake_officer case_manager > case_manager"]


def test_exactly_what_was_shown_is_left(context: Flask) -> None:
    choose("joko", "ratna", "intake_officer", "case_manager", "data_officer")
    shown = roles.difference(member("joko"), membership("ratna"), roles=["data_officer"], version=2)
    assert (shown.given, shown.taken) == ([], [Role.INTAKE_OFFICER, Role.CASE_MANAGER])
    assert (shown.left, shown.refused, shown.loses_key) == ([Role.DATA_OFFICER], None, False)
    choose("joko", "ratna", "data_officer", version=2)
    assert of("ratna") == {"data_officer"}


def test_whoever_only_keeps_accounts_holds_no_key_any_more(context: Flask) -> None:
    shown = roles.difference(member("joko"), membership("bayu"), roles=["administrator"], version=1)
    assert shown.loses_key
    choose("joko", "bayu", "administrator")
    assert db.session.scalars(sa.select(KeyWrap).where(KeyWrap.person_id == member("bayu").person_id)).all() == []


def test_an_office_that_never_had_a_key_gets_it_with_the_first_role_that_needs_one(context: Flask) -> None:
    with transaction() as session:
        here = session.get_one(Organisation, office())
        here.generation, here.public_key, here.key_mac = 0, None, None
        session.execute(sa.delete(KeyWrap).where(KeyWrap.organisation_id == here.id))
        theirs = sa.update(Membership).where(Membership.organisation_id == here.id)
        session.execute(theirs.values(roles="administrator"))
    choose("joko", "bayu", "administrator", "supervisor")
    assert keys.generation_of(office()) > 0
    assert holders.able(office()) == {member("bayu").person_id}


@pytest.mark.parametrize("login", ["wulan", "joko", "nadia", "intan"])
def test_never_one_s_own(context: Flask, login: str) -> None:
    with pytest.raises(NotFound):
        choose(login, login, "head", "supervisor")


@pytest.mark.parametrize(
    ("by", "login", "codes"),
    [
        ("wulan", "ratna", ["administrator"]),  # not hers to give
        ("wulan", "ratna", ["coordinator"]),  # there is none in the office
        ("nadia", "tegar", ["supervisor"]),  # nor this at a partner
        ("intan", "rahmat", ["administrator"]),
    ],
)
def test_what_is_not_theirs_to_give_is_refused(context: Flask, by: str, login: str, codes: list[str]) -> None:
    with pytest.raises(roles.NotGiven):
        choose(by, login, *codes)


@pytest.mark.parametrize(
    ("by", "login"), [("wulan", "joko"), ("wulan", "hadi"), ("nadia", "ilham"), ("joko", "rahmat")]
)
def test_whose_roles_are_not_theirs_to_take_is_not_found(context: Flask, by: str, login: str) -> None:
    with pytest.raises(NotFound):
        choose(by, login, "worker")


def test_whoever_keeps_no_people_changes_none(context: Flask) -> None:
    with pytest.raises(NotAllowed):
        choose("ratna", "bayu", "supervisor")


def test_of_two_who_change_at_once_the_second_is_told(context: Flask) -> None:
    choose("joko", "ratna", "data_officer")
    with pytest.raises(roles.ChangedMeanwhile):
        choose("wulan", "ratna", "case_manager")
    with pytest.raises(roles.ChangedMeanwhile):
        roles.difference(member("wulan"), membership("ratna"), roles=["case_manager"], version=1)
    assert of("ratna") == {"data_officer"}


def test_the_same_again_changes_nothing(context: Flask) -> None:
    cookie = cast.cookie_of("ratna")
    choose("wulan", "ratna", "intake_officer", version=7)
    assert sessions.member(cookie)


def test_no_role_at_all_is_refused(context: Flask) -> None:
    with pytest.raises(roles.NoRole):
        choose("wulan", "ratna")


def test_the_last_administrator_keeps_the_role(context: Flask) -> None:
    choose("joko", "hadi", "head", "administrator")
    choose("hadi", "joko", "data_officer")
    with pytest.raises(NotAllowed):
        choose("joko", "hadi", "head", version=2)
    assert isinstance(departures.fault(db.session(), db.session.get_one(Membership, membership("hadi")), {Role.HEAD}),
                      departures.LastAdministrator)  # fmt: skip


def test_the_page_shows_what_is_left_before_it_saves(app: Flask) -> None:
    client = cast.at_work(app, "wulan")
    with app.app_context():
        path = f"/petugas/anggota/{membership('ratna')}"
    page = client.get(path)
    assert page.h1 == "Ratna Contoh"
    client.get(page.link("Ubah peran"))
    shown = client.submit("Lihat perubahannya", roles="data_officer")
    assert shown.h1 == "Ubah peran?"
    with app.app_context():
        assert of("ratna") == {"intake_officer"}, "nothing is saved yet"
    assert client.submit("Ya, ubah").has("Peran SUDAH diubah")
    with app.app_context():
        assert "data_officer" in of("ratna")


def test_a_role_of_one_s_own_is_in_no_form(app: Flask) -> None:
    client: Client = cast.at_work(app, "wulan")
    with app.app_context():
        mine = membership("wulan")
    page = client.get(f"/petugas/anggota/{mine}")
    assert page.has("Peran sendiri tidak bisa diubah sendiri")
    assert "Ubah peran" not in page.text
    assert client.get(f"/petugas/anggota/{mine}/peran").status == 404
