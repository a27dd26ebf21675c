"""A partner with one person who forgot, died or is gone: the office gives its key up, and the place goes on."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import (
    approvals,
    audit,
    boxes,
    departures,
    enrolments,
    forfeits,
    holders,
    joining,
    keys,
    regrants,
    rekeys,
    sessions,
    standings,
    tasks,
)
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import Chain
from pepa.models.organisations import KeyWrap, Organisation
from pepa.models.people import Person
from pepa.policy import Member
from tests import cast
from tests.joining.newcomers import WORDS, filled, page, person
from tests.members.people import PASSPHRASE, Newcomer, forget_told, membership, newcomer, told, words
from tests.people import holder, member, office, tell


def leave(login: str, **how: bool) -> None:
    departures.leave(member("joko"), membership(login), manner="ordinary", passphrase=words("joko"), **how)


@pytest.fixture
def alone(context: Flask) -> dict[str, UUID]:
    return with_one()


def with_one() -> dict[str, UUID]:
    """A legal aid body shares a task and a report with the office, and has a task of its own; nadia alone opens it."""
    wulan, nadia, reporter = member("wulan"), member("nadia"), tell("Isi laporan")
    due = {"deed": "contact", "due_on": clock.today()}
    shared = tasks.create(wulan, holder_id=office("legal_aid"), once="t", text="Bersama", **due)  # type: ignore[arg-type]
    own = tasks.create(nadia, holder_id=nadia.person_id, once="t", text="Milik sendiri", **due)  # type: ignore[arg-type]
    with transaction() as session:
        boxes.share(session, boxes.open_for(member("ratna"), reporter.box_id), holder("legal_aid"))
    leave("tegar")
    return {"shared": shared, "own": own, "box": reporter.box_id}


def brought_back() -> Member:
    """nadia, by the link that joko made, in a session of her own."""
    made = forfeits.bring_back(member("joko"), person("nadia"), passphrase=words("joko"))
    assert made.token
    drawn = page(made.token)
    return at_work(joining.renew(drawn, **filled(drawn)))


def at_work(cookie: str) -> Member:
    db.session.rollback()
    found = sessions.member(cookie)
    assert found
    return found


def begun_anew(who: Member, passphrase: str) -> None:
    asked = approvals.ask(member("joko"), approvals.own(who).membership.id)
    assert asked.is_lost
    approvals.allow(member("joko"), asked.membership.id, public_key=asked.public_key, passphrase=words("joko"))
    approvals.begin_anew(who, passphrase=passphrase)


@pytest.mark.both
def test_by_verbs_alone_from_one_who_forgot_to_what_is_shared_again(alone: dict[str, UUID], database: str) -> None:
    made = forfeits.bring_back(member("joko"), person("nadia"), passphrase=words("joko"))
    assert made.token
    assert not approvals.is_lost(db.session.get_one(Organisation, office("legal_aid")))
    drawn = page(made.token)
    cookie = joining.renew(drawn, **filled(drawn))
    assert holders.able(office("legal_aid")) == set()
    begun_anew(at_work(cookie), WORDS)
    nadia = at_work(cookie)
    assert keys.generation_of(office("legal_aid")) == 2
    assert rekeys.holds(nadia, office("legal_aid"))
    assert regrants.shut_for(nadia, office("legal_aid")) == 3
    assert regrants.give(member("wulan"), office("legal_aid")) == 0
    assert [tasks.open_for(nadia, alone[one]).text for one in ("shared", "own")] == ["Bersama", None]
    assert set(boxes.open_for(nadia, alone["box"]).secrets) == {1, 2}
    assert regrants.shut_for(nadia, office("legal_aid")) == 1, "what was only theirs is told to be shut"
    assert audit.first_broken(Chain.STAFF) is None


def test_whoever_died_leaves_and_somebody_new_goes_on(alone: dict[str, UUID]) -> None:
    with pytest.raises(departures.LastOfPartner):
        leave("nadia")
    found = departures.plan(member("joko"), membership("nadia"))
    assert found.refused is None
    assert found.forfeit
    assert (found.forfeit.organisation.id, found.forfeit.things) == (office("legal_aid"), 1)
    leave("nadia", gives_up=True)
    who = newcomer("baru", "legal_aid", "coordinator")
    assert isinstance(who, Newcomer)
    begun_anew(who.at_work(), PASSPHRASE)
    assert regrants.give(member("wulan"), office("legal_aid")) == 0
    assert tasks.open_for(who.at_work(), alone["shared"]).text == "Bersama"


def test_until_the_link_is_used_the_key_stands_and_its_owner_is_told(alone: dict[str, UUID]) -> None:
    forget_told()
    forfeits.bring_back(member("joko"), person("nadia"), passphrase=words("joko"))
    assert told("members") == {"nadia"}
    assert tasks.open_for(member("nadia"), alone["own"]).text == "Milik sendiri"


def test_nobody_else_gives_a_partner_up(alone: dict[str, UUID]) -> None:
    who = newcomer("baru", "legal_aid", "coordinator")
    nadia, here = person("nadia"), membership("nadia")
    with pytest.raises(NotAllowed):
        forfeits.bring_back(who.at_work(), nadia, passphrase=PASSPHRASE)
    with pytest.raises(NotAllowed):
        forfeits.bring_back(member("wulan"), nadia, passphrase=words("wulan"))
    with pytest.raises(NotFound):
        departures.leave(who.at_work(), here, manner="ordinary", passphrase=PASSPHRASE, gives_up=True)
    assert holders.able(office("legal_aid")) == {nadia}


def test_without_the_office_s_word_no_link_shuts_it(alone: dict[str, UUID]) -> None:
    for way in (
        lambda: enrolments.bring_back(member("joko"), person("nadia")),
        lambda: enrolments.bring_back_at_machine(person("nadia")),
    ):
        with pytest.raises(enrolments.LastOfPartner) as refused:
            way()
        assert refused.value.values == {"organisation": "LBH Teratai Contoh"}
        assert "lembar" not in enrolments.LastOfPartner.says, "a partner is on no recovery sheets"


def test_the_word_is_for_that_link_alone(alone: dict[str, UUID]) -> None:
    forfeits.bring_back(member("joko"), person("nadia"), passphrase=words("joko"))
    with pytest.raises(enrolments.LastOfPartner):
        enrolments.bring_back(member("joko"), person("nadia"))


def test_the_passphrase_is_asked_and_a_root_holder_is_never_given_up(alone: dict[str, UUID]) -> None:
    with pytest.raises(sessions.WrongPassphrase):
        forfeits.bring_back(member("joko"), person("nadia"), passphrase="bukan ini")
    with transaction() as session:
        others = sa.select(Person.id).where(Person.login != "ratna")
        session.execute(sa.delete(KeyWrap).where(KeyWrap.organisation_id == office(), KeyWrap.person_id.in_(others)))
    with clock.frozen(clock.now() + timedelta(seconds=5)), pytest.raises(enrolments.LastHolder) as refused:
        forfeits.bring_back(member("joko"), person("ratna"), passphrase=words("joko"))
    assert not isinstance(refused.value, enrolments.LastOfPartner)
    with pytest.raises(NotFound):
        forfeits.bring_back(member("joko"), person("joko"), passphrase=words("joko"))


def test_what_is_shut_for_its_people_too_keeps_it_from_ending_no_more(alone: dict[str, UUID]) -> None:
    assert standings.alone(office("legal_aid")) == 1
    leave("nadia", gives_up=True)
    assert standings.alone(office("legal_aid")) == 0
    assert standings.end(member("joko"), office("legal_aid"), passphrase=words("joko")).ended_at


def test_the_page_says_what_stays_shut_before_it_asks(app: Flask) -> None:
    client = cast.at_work(app, "joko")
    with app.app_context():
        with_one()
        nadia, secret, here = person("nadia"), words("joko"), membership("nadia")
    left = client.get(f"/petugas/anggota/{here}/keluar")
    assert left.has("1 hal yang hanya dipegang lembaga ini tertutup untuk seterusnya.", "Ya, catat keluar")
    asked = client.open(f"/petugas/undang/lupa/{nadia}")
    assert asked.h1 == "Jalan masuk baru untuk Nadia Contoh?"
    assert asked.has(
        "Hanya orang ini yang membuka kunci LBH Teratai Contoh",
        "1 hal yang hanya dipegang lembaga ini tertutup untuk seterusnya.",
        "Yang juga dipegang kantor bisa dibagikan lagi",
    )
    assert client.submit("Ya, buat tautan", passphrase="").status == 422
    assert client.submit("Ya, buat tautan", passphrase=secret).h1 == "Tautan untuk Nadia Contoh"


def test_leaving_by_the_page_gives_it_up(app: Flask) -> None:
    client = cast.at_work(app, "joko")
    with app.app_context():
        with_one()
        here, secret = membership("nadia"), words("joko")
    client.get(f"/petugas/anggota/{here}/keluar")
    assert client.submit("Ya, catat keluar", manner="ordinary", passphrase=secret).has("SUDAH dicatat keluar.")
    coordinator = cast.at_work(app, "puspa")
    with app.app_context():
        other = membership("puspa")
    assert coordinator.get(f"/petugas/anggota/{other}/keluar").status == 404
