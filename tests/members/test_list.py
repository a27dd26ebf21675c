"""The people of an organisation on one page, and the table of who may do what."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import approvals, audit, members, rights
from pepa.errors import NotFound
from pepa.models.organisations import Role
from pepa.models.people import Person
from pepa.policy import ROLE_MAY, Permission
from tests import cast
from tests.counting import BESIDES, own_questions
from tests.members.people import newcomer, words
from tests.people import member, office


@pytest.mark.both
def test_who_is_there_who_opens_and_when_they_last_came(context: Flask, database: str) -> None:
    bayu = db.session.scalars(sa.select(Person.id).where(Person.login == "bayu")).one()
    with transaction() as session:
        audit.record(session, "session.opened", None, bayu)
    found = {one.membership.person.login: one for one in members.listed(member("ratna"), office())}
    assert list(found) == ["bayu", "dian", "hadi", "joko", "ratna", "sekar", "wulan"]
    assert (found["bayu"].seen_on, found["ratna"].seen_on) == (clock.today(), None)
    assert [one.holder.can_open for one in found.values()] == [True, True, True, False, True, True, True]


def test_of_another_organisation_nobody_is_told(context: Flask) -> None:
    for login in ("ratna", "nadia"):
        with pytest.raises(NotFound):
            members.listed(member(login), office("hospital"))
        with pytest.raises(NotFound):
            members.changes(member(login), office("hospital"))
    assert len(members.listed(member("joko"), office("hospital"))) == 2


def test_what_was_changed_is_told_to_everybody_there(context: Flask) -> None:
    who = newcomer("baru", "legal_aid", "worker")
    approvals.approve(member("nadia"), who.membership_id, public_key=who.key, passphrase=words("nadia"))
    (told,) = members.changes(member("tegar"), office("legal_aid"))
    assert (told.name, told.what, told.by) == ("Baru Contoh", "diberi kunci", "Nadia Contoh")


def test_the_page_and_its_questions(app: Flask) -> None:
    client = cast.at_work(app, "wulan")
    with app.app_context():
        newcomer()
        path = f"/petugas/anggota/lembaga/{office()}"
    page = client.get(path)
    assert page.has("Baru Contoh", "menunggu kunci", "tanpa kunci", "bisa membuka", "petugas penerima")
    assert len(page.body) < 30_000
    assert len(own_questions(app, client, path)) <= BESIDES + 5


def test_every_permission_has_words_in_one_part() -> None:
    """The mend: a line for it in `WORDS` of pepa/domain/rights.py."""
    said = [one for part in rights.WORDS.values() for one in part]
    assert len(said) == len(set(said))
    assert set(said) == set(Permission) - rights.MACHINES


@pytest.mark.parametrize("role", Role)
def test_the_table_is_that_of_policy(role: Role) -> None:
    lines = [line for part in rights.table(role) for line in part.lines]
    assert len(lines) == len(ROLE_MAY[role])
    assert all(role in line.roles for line in lines)


def test_the_table_is_readable_by_everybody(app: Flask) -> None:
    client = cast.at_work(app, "asep")
    page = client.get("/petugas/anggota/peran")
    assert page.has("membaca laporan", "petugas penerima, penyelia", "hanya di kantor penerima dan pemegang mandiri")
    assert len(page.body) < 30_000
    mine = client.get("/petugas/anggota/peran?peran=administrator")
    assert mine.has("menambah, menahan, mengakhiri lembaga")
    assert "membaca laporan" not in mine.text
