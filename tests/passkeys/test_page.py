"""The log-in page with a passkey: asked of everybody alike, sent in a hidden field, digits beside it as ever."""

import json
from datetime import timedelta

import pytest
from flask import Flask

from pepa import clock
from pepa.domain import locks
from pepa.seeds.demo import Account
from tests import cast
from tests.client import Client, Page
from tests.passkeys.device import Device, raw
from tests.passkeys.own import added

BUTTON = "[data-passkey]"


@pytest.fixture
def device(app: Flask) -> Device:
    key = Device()
    with app.app_context():
        added("ratna", key)
    return key


def asked(client: Client) -> dict[str, str]:
    told = client.get("/petugas/masuk/passkey")
    assert told.headers["Content-Type"] == "application/json"
    assert told.headers["Cache-Control"] == "no-store"
    assert told.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not told.cookies
    return dict(json.loads(told.body))


def send(client: Client, account: Account, answer: str, **changed: str) -> Page:
    nonce = client.get("/petugas/masuk").value("nonce")
    typed = {"login": account.login, "passphrase": account.passphrase, "passkey": answer, **changed}
    page = client.post("/petugas/masuk", {**typed, "nonce": nonce, "end": "1"})
    return client.open(page.location) if page.location else page


def test_nobody_has_one_nobody_is_asked(app: Flask) -> None:
    page = Client(app).get("/petugas/masuk")
    assert not page.tree.select(BUTTON)
    assert b"passkey.js" not in page.body


def test_it_is_offered_hidden_until_a_script_runs(app: Flask, device: Device) -> None:
    page = Client(app).get("/petugas/masuk")
    (button,) = page.tree.select(BUTTON)
    assert button.has_attr("hidden")
    assert button["type"] == "button", "Enter sends the digits"
    assert button["data-from"] == "/petugas/masuk/passkey"


def test_it_opens_the_desk_by_the_address_of_the_installation(
    app: Flask, accounts: dict[str, Account], device: Device
) -> None:
    """The browser of this test is at https://localhost; the installation says http://localhost of itself."""
    client = Client(app)
    page = send(client, accounts["ratna"], device.sign(asked(client), origin="https://localhost"))
    assert page.status == 422
    assert page.has("Belum masuk.", "Salah satu dari tiga ini tidak cocok. Coba lagi dalam 1 detik.")
    assert page.value("passkey") == "", "it will not do a second time"
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        assert send(client, accounts["ratna"], device.sign(asked(client))).h1 == "Janji hari ini"


def test_digits_open_it_beside_a_passkey(app: Flask, accounts: dict[str, Account], device: Device) -> None:
    account = accounts["ratna"]
    page = send(Client(app), account, "", code=locks.totp_now(account.totp_secret))
    assert page.h1 == "Janji hari ini"


def test_a_wrong_answer_is_not_made_good_by_digits(app: Flask, accounts: dict[str, Account], device: Device) -> None:
    account = accounts["ratna"]
    assert send(Client(app), account, "{}", code=locks.totp_now(account.totp_secret)).status == 422


def test_what_is_asked_says_nothing_of_anybody(app: Flask, device: Device) -> None:
    client = Client(app)
    one, two = asked(client), asked(client)
    assert len(raw(one["challenge"])) == 40
    assert one["challenge"] != two["challenge"]
    assert {**one, "challenge": ""} == {"challenge": "", "timeout": 300_000, "userVerification": "preferred"}


def test_an_unknown_name_is_the_same_answer(app: Flask, accounts: dict[str, Account], device: Device) -> None:
    bodies = set()
    for minute, changed in enumerate(({"login": "nobdy"}, {"login": "bayu"}, {"passphrase": "salah semua ini"})):
        client = Client(app)
        with clock.frozen(clock.now() + timedelta(minutes=minute)):
            page = send(client, accounts["ratna"], device.sign(asked(client)), **changed)
        assert page.status == 422
        name = changed.get("login", "ratna").encode()
        bodies.add(page.body.replace(page.value("nonce").encode(), b"").replace(name, b""))
    assert len(bodies) == 1


def test_whoever_is_at_work_may_ask_as_well(app: Flask, device: Device) -> None:
    assert asked(cast.at_work(app, "ratna"))["challenge"]
