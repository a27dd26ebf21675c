"""A new key that is due: whoever can make it is told, and led to it from every page until somebody did."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import departures, keys, recovery, rekeys
from pepa.models.organisations import KeyWrap, Membership, Organisation
from pepa.models.recovery import RecoveryKey
from tests import cast
from tests.counting import FRAME, counting
from tests.members.people import membership, told, words
from tests.people import member, office

BANNER, ACT = "Kunci lembaga perlu dibuat baru", "Buat kunci baru"
HOLD = {"ratna", "sekar", "wulan", "hadi", "dian"}


def suspect(by: str = "joko", login: str = "bayu") -> None:
    """joko keeps accounts and holds no key."""
    departures.leave(member(by), membership(login), manner="suspected", passphrase=words(by))


@pytest.mark.both
def test_whoever_can_make_it_is_told_in_words_of_its_own(context: Flask, database: str) -> None:
    suspect()
    assert told("rekey") == HOLD
    assert told("members") == {*HOLD, "joko"}


def test_where_it_is_made_at_once_nobody_is_called_for_it(context: Flask) -> None:
    suspect(by="wulan")
    assert told("rekey") == set()
    assert keys.generation_of(office()) == 2


def test_where_it_cannot_be_made_at_once_the_leaving_is_recorded_and_it_stays_due(context: Flask) -> None:
    """Somebody changed the row of the sheets to which the new key would be sealed."""
    recovery.confirm(recovery.make(context.config["PEPA"]))
    with transaction() as session:
        session.execute(sa.update(RecoveryKey).values(mac=b"changed"))
    suspect(by="wulan")
    assert not db.session.get_one(Membership, membership("bayu")).is_active
    assert keys.generation_of(office()) == 1
    assert rekeys.is_due(member("ratna"))
    assert told("rekey") == HOLD


def test_an_ordinary_leaving_makes_none_due(context: Flask) -> None:
    departures.leave(member("joko"), membership("bayu"), manner="ordinary", passphrase=words("joko"))
    assert told("rekey") == set()
    assert not rekeys.is_due(member("ratna"))


def test_it_is_due_for_whoever_opens_the_present_key_alone(context: Flask) -> None:
    suspect()
    with transaction() as session:
        session.execute(sa.delete(KeyWrap).where(KeyWrap.person_id == member("dian").person_id))
    assert [login for login in ("ratna", "dian", "joko", "nadia") if rekeys.is_due(member(login))] == ["ratna"]


def test_every_page_leads_there_until_it_was_made(app: Flask) -> None:
    client, keyless = cast.at_work(app, "ratna"), cast.at_work(app, "joko")
    assert BANNER not in client.get("/petugas/tugas").text
    with app.app_context():
        suspect()
        secret = words("ratna")
    for path in ("/petugas/", "/petugas/tugas", "/petugas/ruang", FRAME):
        assert client.get(path).has(BANNER, "Siapa pun yang memegang kunci bisa membuatnya.")
        assert BANNER not in keyless.get(path).text
    own = keyless.get("/petugas/lembaga")
    assert own.has("perlu kunci baru"), "who keeps organisations finds it in the list"
    asked = client.get(client.get("/petugas/tugas").link(ACT))
    assert asked.h1 == "Buat kunci baru?"
    assert BANNER not in asked.text
    assert client.submit("Ya, buat kunci baru", passphrase=secret).has("Kunci baru SUDAH dibuat.")
    assert BANNER not in client.get("/petugas/tugas").text
    with app.app_context():
        assert not db.session.get_one(Organisation, office()).rekey_due


def test_a_page_of_its_own_organisation_says_it_once(app: Flask) -> None:
    with app.app_context():
        suspect()
        here = f"/petugas/lembaga/{office()}"
    assert cast.at_work(app, "ratna").get(here).text.count(BANNER) == 1
    assert cast.at_work(app, "joko").get(here).text.count(BANNER) == 1


def test_while_none_is_due_no_page_asks_anything_more(app: Flask) -> None:
    client, asked = cast.at_work(app, "ratna"), []
    for _ in range(2):
        with counting(app) as one:
            client.get(FRAME)
        asked.append([statement for statement in one if "rekey_due" in statement])
    assert len(asked[-1]) == 1, "it rides on who is at work"


def test_the_page_of_whoever_puts_somebody_out_says_who_makes_it(app: Flask) -> None:
    with app.app_context():
        path = f"/petugas/anggota/{membership('bayu')}/keluar"
    told_then = "oleh siapa pun yang memegang kunci. Mereka diberi tahu."
    assert cast.at_work(app, "joko").get(path).has(told_then)
    page = cast.at_work(app, "wulan").get(path)
    assert page.has("kunci lembaga juga dibuat baru, sekarang.")
    assert told_then not in page.text
