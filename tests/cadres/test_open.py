"""A cadre's card: made once, opened by its PIN, told to wait, ended; it logs and hands in, and may nothing else."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import cadres
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.cadres import Cadre, CadreSession
from pepa.policy import Permission, can
from tests.people import member
from tests.shelf import kelurahan

CODE, PIN, WRONG = "ABCD2345EFGH6789JKLM", "012345", "999999"


def made(once: str = "1", name: str = "Siti Contoh") -> UUID:
    return cadres.make(member("dian"), name=name, kelurahan_code=kelurahan(), once=once)


def carded(code: str = CODE) -> UUID:
    cadre_id = made()
    cadres.print_card(member("dian"), cadre_id, code=code, pin=PIN)
    return cadre_id


@pytest.mark.both
def test_a_card_and_its_pin_open_what_it_may(context: Flask) -> None:
    cadre_id = carded()
    cookie = cadres.open_card(code=" abcd-2345 efgh 6789 jklm ", pin="01 23-45")
    card = cadres.by_cookie(cookie)
    assert card
    assert (card.cadre_id, card.label) == (cadre_id, "Siti Contoh")
    assert {p for p in Permission if can(card, p)} == {Permission.HAND_IN, Permission.LOG_OUTREACH}


def test_neither_code_nor_pin_stands_in_the_database(context: Flask) -> None:
    carded()
    row = db.session.scalars(sa.select(Cadre)).one()
    kept = (row.token_hash or b"") + row.pin_hash
    assert CODE.encode() not in kept
    assert PIN.encode() not in kept
    assert len(row.pin_hash) == len(cadres._mark(CODE))


def test_the_same_pin_is_another_mark_on_another_card(context: Flask) -> None:
    carded()
    other = made("2", "Wati Contoh")
    cadres.print_card(member("dian"), other, code=CODE[::-1], pin=PIN)
    assert len(set(db.session.scalars(sa.select(Cadre.pin_hash)))) == 2


def test_the_same_form_makes_one_cadre(context: Flask) -> None:
    assert made() == made()
    assert len(list(cadres.list_for(member("dian")))) == 1


@pytest.mark.parametrize(("code", "pin"), [(CODE, WRONG), (CODE[::-1], PIN), ("", ""), ("é", "é"), (CODE, "")])
def test_whatever_is_wrong_is_said_alike(context: Flask, code: str, pin: str) -> None:
    carded()
    with pytest.raises(cadres.WrongPin):
        cadres.open_card(code=code, pin=pin)
    assert not db.session.scalars(sa.select(CadreSession)).all()


@pytest.mark.both
def test_wrong_pins_wait_longer_and_never_for_ever(context: Flask) -> None:
    carded()
    now, waits = clock.now(), []
    for _ in range(14):
        with clock.frozen(now), pytest.raises(cadres.WrongPin):
            cadres.open_card(code=CODE, pin=WRONG)
        with clock.frozen(now):
            try:
                cadres.open_card(code=CODE, pin=WRONG)
                raise AssertionError
            except cadres.PinWaits as waiting:
                waits.append(int(str(waiting.values["n"])) - 1)
            except cadres.WrongPin:
                waits.append(0)
        now += timedelta(seconds=cadres.LONGEST_WAIT + 1)
    assert waits[:1] == [0]
    told = [wait for wait in waits if wait]
    assert told == sorted(told)
    assert told[-1] == cadres.LONGEST_WAIT
    with clock.frozen(now):
        assert cadres.by_cookie(cadres.open_card(code=CODE, pin=PIN))


def test_while_it_waits_the_right_pin_waits_too(context: Flask) -> None:
    carded()
    with clock.frozen(clock.now()):
        for _ in range(cadres.FREE_TRIES + 1):
            with pytest.raises(cadres.WrongPin):
                cadres.open_card(code=CODE, pin=WRONG)
        with pytest.raises(cadres.PinWaits):
            cadres.open_card(code=CODE, pin=PIN)


def test_it_ends_after_idle_time_and_by_leaving(context: Flask) -> None:
    carded()
    now = clock.now()
    with clock.frozen(now):
        cookie = cadres.open_card(code=CODE, pin=PIN)
    with clock.frozen(now + timedelta(minutes=59)):
        assert cadres.by_cookie(cookie)
    with clock.frozen(now + timedelta(minutes=118)):
        card = cadres.by_cookie(cookie)
        assert card
    with clock.frozen(now + timedelta(minutes=180)):
        assert cadres.by_cookie(cookie) is None
        assert cadres.purge() == 1
    again = cadres.open_card(code=CODE, pin=PIN)
    cadres.shut(card)
    assert cadres.by_cookie(again) is None


def test_a_new_pin_and_an_end_shut_what_is_open(context: Flask) -> None:
    cadre_id = carded()
    cookie = cadres.open_card(code=CODE, pin=PIN)
    cadres.renew_pin(member("dian"), cadre_id, pin="654321", once="1")
    assert cadres.by_cookie(cookie) is None
    with pytest.raises(cadres.WrongPin):
        cadres.open_card(code=CODE, pin=PIN)
    cookie = cadres.open_card(code=CODE, pin="654321")
    cadres.end(member("dian"), cadre_id)
    assert cadres.by_cookie(cookie) is None
    with pytest.raises(cadres.WrongPin):
        cadres.open_card(code=CODE, pin="654321")
    acts = db.session.scalars(sa.select(AuditEntry.act).where(AuditEntry.thing_id == cadre_id))
    assert next(iter(acts)) == "cadre.made"


def test_an_old_page_brings_no_lost_card_back(context: Flask) -> None:
    cadre_id, dian, newer = carded(), member("dian"), CODE[::-1]
    cadres.renew_pin(dian, cadre_id, pin="111111", once="1")
    with pytest.raises(cadres.CardReplaced):  # the tab of the card, from before its new PIN
        cadres.print_card(dian, cadre_id, code=CODE, pin=PIN)
    cadres.print_card(dian, cadre_id, code=newer, pin="222222")
    cookie = cadres.open_card(code=newer, pin="222222")
    with pytest.raises(cadres.CardReplaced):
        cadres.print_card(dian, cadre_id, code=CODE, pin=PIN)
    with pytest.raises(cadres.CardReplaced):
        cadres.renew_pin(dian, cadre_id, pin="111111", once="1")
    cadres.print_card(dian, cadre_id, code=newer, pin="222222")  # its own page once more
    assert cadres.by_cookie(cookie), "nothing was replaced, so nothing was shut"
    with pytest.raises(cadres.WrongPin):
        cadres.open_card(code=CODE, pin=PIN)


def test_only_who_keeps_cards_of_this_office(context: Flask) -> None:
    cadre_id = made()
    with pytest.raises(NotAllowed):
        cadres.make(member("ratna"), name="X", kelurahan_code=kelurahan(), once="9")
    with pytest.raises(NotFound):
        cadres.end(member("intan"), cadre_id)


def test_what_is_missing_is_said(context: Flask) -> None:
    with pytest.raises(cadres.NameMissing):
        cadres.make(member("dian"), name=" ", kelurahan_code=kelurahan(), once="1")
    with pytest.raises(cadres.PlaceMissing):
        cadres.make(member("dian"), name="X", kelurahan_code="99", once="1")
    with pytest.raises(cadres.NotInKelurahan):
        cadres.make(member("dian"), name="X", kelurahan_code=kelurahan(), area_id=made("3"), once="1")


@pytest.mark.parametrize("text", [None, "", "x", "00", "00" * 32, "é"])
def test_another_cookie_is_nobody(context: Flask, text: str | None) -> None:
    assert cadres.by_cookie(text) is None
