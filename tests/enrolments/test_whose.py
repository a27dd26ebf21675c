"""Whose a link is: only somebody who could make just this one sees it, sends it again or ends it; while they could."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import departures, enrolments, joining, link_mails, roles
from pepa.errors import NotFound
from pepa.models.enrolments import Enrolment
from pepa.models.organisations import Membership
from pepa.policy import Member
from tests import cast
from tests.client import Client
from tests.joining.newcomers import filled, joined, link, page, person
from tests.members.people import membership, newcomer, words
from tests.people import office


def made() -> Enrolment:
    return db.session.scalars(sa.select(Enrolment)).one()


def is_hidden(who: Member, row: Enrolment) -> bool:
    """From the list, and from whatever is done with it."""
    for verb in (enrolments.get_for, enrolments.again, enrolments.cancel):
        with pytest.raises(NotFound):
            verb(who, row.id)
    return row.id not in {one.id for one in enrolments.list_for(who)}


def test_a_supervisor_does_not_get_an_administrators_link_by_sending_it_again(context: Flask) -> None:
    link("joko", roles=("administrator",))
    assert is_hidden(cast.member("wulan"), made())


def test_nor_the_way_back_of_a_head(context: Flask) -> None:
    enrolments.bring_back(cast.member("joko"), person("hadi"))
    assert is_hidden(cast.member("wulan"), made())
    assert [row.id for row in enrolments.list_for(cast.member("joko"))] == [made().id]


def test_nobody_sends_the_own_way_back_again(context: Flask) -> None:
    enrolments.bring_back(cast.member("joko"), person("wulan"))
    assert is_hidden(cast.member("wulan"), made())


def test_a_coordinator_of_one_organisation_has_no_say_about_a_way_back_into_two(context: Flask) -> None:
    tegar = person("tegar")
    with transaction() as session:
        session.add(Membership(person_id=tegar, organisation_id=office("psychologist"), roles="worker"))
    enrolments.bring_back(cast.member("joko"), tegar)
    assert is_hidden(cast.member("nadia"), made())


def test_the_office_has_no_link_into_the_independent_holder(context: Flask) -> None:
    for whom in ("intan", "rahmat"):
        with pytest.raises(NotFound):
            enrolments.bring_back(cast.member("joko"), person(whom))
    link("intan", roles=("intake_officer",))
    assert is_hidden(cast.member("joko"), made())


@pytest.mark.parametrize("kind", ["intake", "independent"])
def test_a_supervisor_whom_nobody_approved_rules_over_nobody(context: Flask, kind: str) -> None:
    new = newcomer("baru", kind, "supervisor").at_work()
    other = {"intake": "bayu", "independent": "rahmat"}[kind]
    with pytest.raises(NotFound):
        link_by(new)
    with pytest.raises(NotFound):
        enrolments.bring_back(new, person(other))
    with pytest.raises(NotFound):
        departures.leave(new, membership(other, kind), manner="ordinary", passphrase=words(other))
    with pytest.raises(NotFound):
        roles.choose(new, membership(other, kind), roles=["outreach"], version=0)


def link_by(me: Member) -> None:
    """An invitation by somebody who is not of the cast."""
    enrolments.invite(me, organisation_id=me.organisation_id, roles=["case_manager"], name="C", email="", once="m")


def test_a_link_ends_with_whoever_made_it(context: Flask) -> None:
    token = link("wulan", roles=("supervisor",))
    again = enrolments.bring_back(cast.member("wulan"), person("ratna")).token
    assert again
    departures.leave(cast.member("joko"), membership("wulan"), manner="suspected", passphrase=words("joko"))
    with pytest.raises(enrolments.Over):
        joined(token)
    drawn = page(again)
    with pytest.raises(enrolments.Over):
        joining.renew(drawn, **filled(drawn))


def in_two(login: str, does: str) -> Membership:
    """A second membership, at the legal aid body."""
    with transaction() as session:
        one = Membership(person_id=person(login), organisation_id=office("legal_aid"), roles=does)
        session.add(one)
    return db.session.get_one(Membership, one.id)


def test_whoever_leaves_one_organisation_in_peace_still_invites_into_the_other(context: Flask) -> None:
    token, joko = link("wulan"), cast.member("joko")
    departures.leave(joko, in_two("wulan", "worker").id, manner="ordinary", passphrase=words("joko"))
    assert joined(token)


def test_under_suspicion_all_their_links_end(context: Flask) -> None:
    token, joko = link("wulan"), cast.member("joko")
    departures.leave(joko, in_two("wulan", "worker").id, manner="suspected", passphrase=words("joko"))
    with pytest.raises(enrolments.Over):
        joined(token)


def test_and_with_their_right(app: Flask) -> None:
    with app.app_context():
        token = link("wulan", email="citra@contoh.example")
        row = db.session.get_one(Membership, membership("wulan"))
        roles.choose(cast.member("joko"), row.id, roles=["intake_officer"], version=row.version)
        assert link_mails.letter(made().id) is None
        with pytest.raises(enrolments.Over):
            joined(token)
    shown = Client(app).get(f"/petugas/bergabung/{token}")
    assert shown.status == 410
    assert shown.has("Yang membuatnya tidak bisa lagi mengundang ke sini.", "Minta yang baru dari pengelola.")


def test_a_way_back_ends_when_the_person_rises_above_its_maker(context: Flask) -> None:
    token = enrolments.bring_back(cast.member("wulan"), person("bayu")).token
    assert token
    row = db.session.get_one(Membership, membership("bayu"))
    roles.choose(cast.member("joko"), row.id, roles=["head", "intake_officer"], version=row.version)
    drawn = page(token)
    with pytest.raises(enrolments.Over):
        joining.renew(drawn, **filled(drawn))


def test_a_newer_secret_has_still_to_be_mailed(context: Flask) -> None:
    """It was made while the first mail was on the line."""
    link("wulan", email="citra@contoh.example")
    on_the_line = link_mails.letter(made().id)
    assert on_the_line
    enrolments.again(cast.member("wulan"), made().id)
    link_mails.posted(made().id, on_the_line.token)
    db.session.rollback()
    newer = link_mails.letter(made().id)
    assert newer
    assert newer.token != on_the_line.token
