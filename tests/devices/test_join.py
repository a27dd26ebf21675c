"""A phone of the office: its code is typed once, its cookie hands in until somebody ends it."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import devices
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.devices import Device
from pepa.policy import Permission, can
from tests.people import member

LABEL = "HP piket"


def registered() -> UUID:
    return devices.register(member("wulan"), label=LABEL, once="1")


def code() -> str:
    groups = devices.code_of(devices.get_for(member("wulan"), registered()))
    assert groups
    return " ".join(groups)


@pytest.mark.both
def test_a_typed_code_makes_a_phone_that_hands_in_alone(context: Flask) -> None:
    cookie = devices.join(code=code().lower())
    phone = devices.by_cookie(cookie)
    assert phone
    assert phone.label == LABEL
    assert [permission for permission in Permission if can(phone, permission)] == [Permission.HAND_IN]
    stored = db.session.scalars(sa.select(Device)).one()
    assert stored.secret_hash is not None
    assert cookie not in stored.secret_hash.hex()


def test_the_same_form_makes_one_phone(context: Flask) -> None:
    assert registered() == registered()
    assert len(devices.list_for(member("wulan"))) == 1


def test_a_lost_reply_costs_nothing_and_a_seen_phone_ends_the_code(context: Flask) -> None:
    typed = code()
    lost, kept = devices.join(code=typed), devices.join(code=typed)
    assert devices.by_cookie(lost) is None
    assert devices.by_cookie(kept)
    with pytest.raises(devices.CodeUnknown):
        devices.join(code=typed)
    assert devices.code_of(devices.get_for(member("wulan"), registered())) is None
    assert devices.by_cookie(kept)


def test_after_half_an_hour_the_code_is_over(context: Flask) -> None:
    typed = code()
    with clock.frozen(clock.now() + timedelta(minutes=31)), pytest.raises(devices.CodeUnknown):
        devices.join(code=typed)


@pytest.mark.parametrize("typed", ["", "AAAA", "A" * 16, "é" * 16, "0" * 500])
def test_another_code_is_refused(context: Flask, typed: str) -> None:
    code()
    with pytest.raises(devices.CodeUnknown):
        devices.join(code=typed)


@pytest.mark.parametrize("text", [None, "", "x", "00", "00" * 32, "é"])
def test_another_cookie_is_nobody(context: Flask, text: str | None) -> None:
    assert devices.by_cookie(text) is None


def test_an_ended_phone_is_dead_at_once(context: Flask) -> None:
    cookie, device_id = devices.join(code=code()), registered()
    devices.end(member("wulan"), device_id)
    assert devices.by_cookie(cookie) is None
    assert not devices.list_for(member("wulan"))
    acts = db.session.scalars(sa.select(AuditEntry.act).where(AuditEntry.thing_id == device_id))
    assert list(acts) == ["device.registered", "device.joined", "device.ended"]


def test_only_its_own_supervisor_ends_it(context: Flask) -> None:
    device_id = registered()
    with pytest.raises(NotFound):
        devices.end(member("intan"), device_id)
    with pytest.raises(NotAllowed):
        devices.end(member("ratna"), device_id)


def test_a_label_is_needed(context: Flask) -> None:
    with pytest.raises(devices.LabelMissing):
        devices.register(member("wulan"), label=" ", once="1")
