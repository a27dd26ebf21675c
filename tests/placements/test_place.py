"""In which organisations somebody works, chosen at once: exactly what was shown is left."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import departures, holders, keys, members, organisations, placements
from pepa.errors import NotAllowed, NotFound
from pepa.models.organisations import Membership, Organisation
from tests import cast
from tests.members.people import membership, told, words
from tests.people import member, office

THREE = ("legal_aid", "police", "hospital")


def place(*kinds: str, by: str = "joko", whose: str = "legal_aid", roles: tuple[str, ...] = ("worker",)) -> None:
    placements.place(
        member(by),
        membership("tegar", whose),
        organisation_ids=[office(kind) for kind in kinds],
        roles=list(roles),
        passphrase=words(by),
    )


def works_at() -> list[str]:
    db.session.rollback()
    person = membership("tegar", "legal_aid")
    found = members.all_of(db.session.get_one(members.Membership, person).person_id)
    return sorted(one.organisation.kind for one in found)


@pytest.mark.both
def test_given_three_and_two_taken_exactly_one_is_left(context: Flask, database: str) -> None:
    place(*THREE)
    assert works_at() == sorted(THREE)
    taken = [office("police")]
    shown = placements.difference(member("joko"), membership("tegar", "police"), organisation_ids=taken, roles=[])
    assert [one.kind for one in shown.left] == ["police"]
    assert sorted(one.kind for one in shown.ended) == ["hospital", "legal_aid"]
    place("police", whose="police")
    assert works_at() == ["police"]
    assert told("members") >= {"laras", "surya", "nadia", "puspa"}


def test_where_somebody_is_new_they_wait_for_a_key(context: Flask) -> None:
    place("legal_aid", "police")
    assert [one.person.login for one in holders.waiting(office("police"))] == ["tegar"]
    assert [one.person.login for one in holders.waiting(office("legal_aid"))] == []


def test_whoever_comes_back_comes_back_without_a_key(context: Flask) -> None:
    place("legal_aid", "police")
    place("police", whose="police")
    place("legal_aid", "police", whose="police")
    assert [one.person.login for one in holders.waiting(office("legal_aid"))] == ["tegar"]


def test_an_organisation_that_never_had_a_key_gets_it_with_its_first(context: Flask) -> None:
    """Nobody there could approve."""
    actor, tegar = member("joko"), membership("tegar")
    made = organisations.add(
        actor, name="Polsek Contoh", kind="police", agreement="", agreed_until_on=None, aids=[], hours="", phone="",
        person="", once="1",
    )  # fmt: skip
    both = [made, office("legal_aid")]
    placements.place(actor, tegar, organisation_ids=both, roles=["worker"], passphrase=words("joko"))
    assert (holders.waiting(made), len(holders.able(made)), keys.generation_of(made)) == ([], 1, 1)


def test_nobody_is_left_nowhere_nor_without_a_role(context: Flask) -> None:
    with pytest.raises(placements.NowhereLeft):
        place()
    with pytest.raises(placements.NoRole):
        place("legal_aid", "police", roles=())
    with pytest.raises(placements.NotGiven):
        place("legal_aid", "police", roles=("supervisor",))
    assert works_at() == ["legal_aid"]


def test_the_independent_holder_is_not_the_office_s_to_give(context: Flask) -> None:
    kinds = {one.kind for one, _ in placements.offered(member("joko"), membership("tegar"))}
    assert "independent" not in kinds
    with pytest.raises(placements.NowhereLeft):
        place("independent")


def independent() -> None:
    """tegar works for the independent holder too, whose own people decide."""
    with transaction() as session:
        person = db.session.get_one(Membership, membership("tegar", "legal_aid")).person_id
        session.add(Membership(person_id=person, organisation_id=office("independent"), roles="intake_officer"))


def test_where_it_is_not_the_actor_s_to_say_somebody_stays(context: Flask) -> None:
    independent()
    actor, tegar = member("joko"), membership("tegar", "legal_aid")
    assert "independent" not in {one.kind for one, _ in placements.offered(actor, tegar)}
    assert [one.kind for one in placements.kept(actor, tegar)] == ["independent"]
    place("police")
    assert works_at() == ["independent", "police"]


def test_what_is_left_to_somebody_else_alone_is_left_somewhere(context: Flask) -> None:
    independent()
    place(roles=())
    assert works_at() == ["independent"]


def test_that_stands_on_the_page_as_text(app: Flask) -> None:
    client = cast.at_work(app, "joko")
    with app.app_context():
        independent()
        path, home = f"/petugas/anggota/{membership('tegar', 'legal_aid')}/lembaga", str(office("legal_aid"))
        there = str(office("independent"))
    page = client.get(path)
    assert page.has("Tetap di sana, karena bukan Anda yang memutuskan: Inspektorat Contoh.")
    assert there not in (page.html or "")
    shown = client.post(path, [("organisation_ids", home), *sent(client)])
    assert shown.has("Yang tersisa", "LBH Teratai Contoh, Inspektorat Contoh", "Tidak ada yang berubah.")


def test_the_last_who_opens_stays(context: Flask) -> None:
    departures.leave(member("nadia"), membership("tegar"), manner="ordinary", passphrase=words("nadia"))
    actor, nadia = member("joko"), membership("nadia")
    shown = placements.difference(actor, nadia, organisation_ids=[office("police")], roles=["worker"])
    assert isinstance(shown.refused, departures.LastHolder)
    with pytest.raises(departures.LastHolder):
        placements.place(actor, nadia, organisation_ids=[office("police")], roles=["worker"], passphrase=words("joko"))
    assert [one.organisation.kind for one in members.all_of(member("nadia").person_id)] == ["legal_aid"]


def test_whoever_keeps_no_organisations_places_nobody(context: Flask) -> None:
    with pytest.raises(NotAllowed):
        place("legal_aid", "police", by="nadia")
    with pytest.raises(NotFound):
        placements.offered(member("joko"), membership("joko"))


def test_the_page_shows_what_is_left_before_it_saves(app: Flask) -> None:
    client = cast.at_work(app, "joko")
    with app.app_context():
        path, secret, police = f"/petugas/anggota/{membership('tegar')}/lembaga", words("joko"), str(office("police"))
        home = str(office("legal_aid"))
    client.get(path)
    shown = client.post(
        path, [("organisation_ids", home), ("organisation_ids", police), ("roles", "worker"), *sent(client)]
    )
    assert shown.h1 == "Ubah lembaga?"
    assert shown.has("Yang tersisa", "LBH Teratai Contoh, Unit PPA Contoh")
    with app.app_context():
        assert works_at() == ["legal_aid"]
    assert client.submit("Ya, ubah", passphrase="bukan ini").status == 422
    with clock.frozen(clock.now() + timedelta(seconds=5)):  # a wrong one is delayed
        assert client.submit("Ya, ubah", passphrase=secret).has("Lembaganya SUDAH diubah.")
    with app.app_context():
        assert works_at() == ["legal_aid", "police"]
        assert db.session.scalar(sa.select(Organisation.id).where(Organisation.kind == "police"))


def sent(client: cast.Client) -> list[tuple[str, str]]:
    assert client.page
    return [("csrf_token", client.page.value("csrf_token")), ("end", "1")]
