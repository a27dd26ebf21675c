"""Suspected in one organisation: passphrase and phone are the same in the others, so they end and are told as well."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import approvals, audit, departures, feeds, members, notices, sessions
from pepa.errors import NotFound
from pepa.models.approvals import Approval
from pepa.models.audit import Chain
from pepa.models.organisations import Membership, Organisation, Role
from pepa.models.people import Person
from tests import cast
from tests.members.people import membership, newcomer, told, words
from tests.people import member, office

SAYS = "sesinya diakhiri: kalimat sandi atau HP-nya mungkin di tangan orang lain"


def in_two() -> str:
    """tegar of the legal aid body is at work there, and works for the psychologist too: the cookie."""
    cookie = cast.cookie_of("tegar")
    here = sa.select(Person.id).where(Person.login == "tegar")
    with transaction() as session:
        person = session.scalars(here).one()
        session.add(Membership(person_id=person, organisation_id=office("psychologist"), roles="worker"))
    return cookie


def leave(manner: str) -> None:
    one = membership("tegar", "psychologist")
    departures.leave(member("joko"), one, manner=manner, passphrase=words("joko"))


@pytest.mark.both
def test_what_is_open_elsewhere_ends_and_whoever_leads_there_is_told(context: Flask, database: str) -> None:
    cookie = in_two()
    leave("suspected")
    assert sessions.member(cookie) is None
    assert told("suspected") == {"nadia"}
    here = [(one.what, one.name) for one in members.changes(member("nadia"), office("legal_aid"))]
    assert (SAYS, "Tegar Contoh") in here
    assert audit.first_broken(Chain.STAFF) is None


def test_where_only_they_lead_everybody_there_and_the_administrators_are_told(context: Flask) -> None:
    nadia = member("nadia").person_id
    with transaction() as session:
        session.add(Membership(person_id=nadia, organisation_id=office(), roles="intake_officer"))
    one = membership("nadia", "intake")
    departures.leave(member("wulan"), one, manner="suspected", passphrase=words("wulan"))
    assert told("suspected") == {"tegar", "joko"}
    assert any("mungkin di tangan" in line.says for line in notices.list_for(member("joko")).items)


def test_a_head_of_the_independent_holder_can_be_put_out(context: Flask) -> None:
    """No administrator has a say there: its supervisors do, and give the role too; at the office they do not."""
    head, intan = newcomer("kepala", kind="independent", roles="head"), member("intan")
    given = members.given_by(intan, db.session.get_one(Organisation, office("independent")))
    assert Role.HEAD in given
    assert Role.ADMINISTRATOR not in given
    assert Role.HEAD not in members.given_by(member("wulan"), db.session.get_one(Organisation, office()))
    left = departures.leave(intan, head.membership_id, manner="suspected", passphrase=words("intan"))
    assert not left.is_active


def test_a_first_yes_and_a_calendar_of_theirs_elsewhere_end_too(context: Flask) -> None:
    who, bayu = newcomer(), member("bayu")
    approvals.approve(bayu, who.membership_id, public_key=who.key, passphrase=words("bayu"))
    address = feeds.make(bayu, once="f")
    with transaction() as session:
        session.add(Membership(person_id=bayu.person_id, organisation_id=office("legal_aid"), roles="worker"))
    one = membership("bayu", "legal_aid")
    departures.leave(member("nadia"), one, manner="suspected", passphrase=words("nadia"))
    assert db.session.get(Approval, who.membership_id) is None
    said = approvals.approve(member("ratna"), who.membership_id, public_key=who.key, passphrase=words("ratna"))
    assert said is approvals.Said.BEGUN
    with pytest.raises(NotFound):
        feeds.bookings_at(address)


def test_an_ordinary_leaving_touches_no_other_organisation(context: Flask) -> None:
    cookie = in_two()
    leave("ordinary")
    assert sessions.member(cookie)
    assert told("suspected") == set()


def test_whoever_works_nowhere_else_has_nobody_told_elsewhere(context: Flask) -> None:
    departures.leave(member("joko"), membership("bayu"), manner="suspected", passphrase=words("joko"))
    assert told("suspected") == set()


def test_the_page_says_so(app: Flask) -> None:
    with app.app_context():
        in_two()
        path = f"/petugas/anggota/{membership('tegar', 'psychologist')}/keluar"
        other = f"/petugas/anggota/{membership('bayu')}/keluar"
    client, says = cast.at_work(app, "joko"), "Yang sedang ia buka di lembaga lain juga terkunci"
    assert client.get(path).has(says)
    assert says not in client.get(other).text
