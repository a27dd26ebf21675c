"""A passkey beside the authenticator: begun by the passphrase, in this session, within minutes; its owner is told."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import account, passkeys, sessions
from pepa.models.audit import AuditEntry
from pepa.models.outbox import OutboxRow
from pepa.models.passkeys import Passkey
from tests import cast
from tests.account.own import row, secrets_of, was_told
from tests.passkeys.device import HERE, Device
from tests.passkeys.own import added, asked_to_make, comes_in, kept, signed


def acts() -> list[str]:
    found = sa.select(AuditEntry.act).where(AuditEntry.act.like("account.passkey%")).order_by(AuditEntry.number)
    return list(db.session.scalars(found))


def test_the_page_adds_one(app: Flask) -> None:
    device = Device()
    client = cast.at_work(app, "ratna")
    client.open("/petugas/akun")
    page = client.click("Tambah kunci sandi")
    assert client.submit("Lanjut", name="HP <b>saya</b>", passphrase="bukan kalimat sandi itu").status == 422
    with app.app_context():
        words = secrets_of("ratna").passphrase
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        assert client.submit("Lanjut", name=" ", passphrase=words).has("Tulis nama untuk kunci sandi ini.")
        page = client.submit("Lanjut", name="HP <b>saya</b>", passphrase=words)
        (button,) = page.tree.select("[data-passkey]")
        asked = str(button["data-asked"])
        assert button.has_attr("hidden"), "where no script runs, a sentence says what is lacking"
        assert page.has("Browser ini belum bisa.")
        form, _ = page.form("Buat kunci sandi")
        sent = {str(one["name"]): str(one["value"]) for one in form.find_all("input")}
        page = client.post(str(form["action"]), {**sent, "passkey": device.make(asked)})
        page = client.open(str(page.location))
    assert page.has("Kunci sandi SUDAH ditambah.", "HP <b>saya</b>: ditambah", "belum dipakai")
    with app.app_context():
        assert comes_in("ratna", signed(device))
        assert was_told("ratna")
        assert acts() == ["account.passkey_added"]
    page = client.open("/petugas/akun")
    assert page.has("terakhir dipakai")


def test_what_a_browser_is_asked(context: Flask) -> None:
    first = Device()
    me = added("ratna", first)
    asked = json.loads(asked_to_make(me, "ratna"))
    assert asked["rp"] == {"name": "Calling Pepa", "id": "localhost"}
    assert asked["user"]["name"] == "ratna"
    assert row("ratna").id.hex not in json.dumps(asked)
    assert asked["attestation"] == "none"
    assert asked["authenticatorSelection"]["residentKey"] == "required", "found without a name that is said before"
    assert asked["authenticatorSelection"]["userVerification"] == "preferred"
    assert len(asked["excludeCredentials"]) == 1


def test_the_passphrase_is_needed_and_guessing_it_is_delayed(context: Flask) -> None:
    me = cast.member("ratna")
    with clock.frozen(clock.now()):
        waits = []
        for _ in range(7):
            with pytest.raises(sessions.WrongPassphrase) as refused:
                account.begin_passkey(me, name="HP", passphrase="bukan kalimat sandi itu", site=HERE)
            waits.append(refused.value.values["n"])
    assert waits[-1] > 1


def refuses(me: object, answer: str) -> bool:
    with pytest.raises(account.NotMade):
        account.add_passkey(me, name="HP", passkey=answer, site=HERE)  # type: ignore[arg-type]
    return db.session.query(Passkey).count() == 0


def test_it_is_made_in_the_session_that_asked_within_minutes(context: Flask) -> None:
    me, other = cast.member("ratna"), cast.member("ratna")
    asked = asked_to_make(me, "ratna")
    assert refuses(other, Device().make(asked))
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        assert refuses(me, Device().make(asked))


@pytest.mark.parametrize("more", [{"origin": "https://evil.example"}, {"host": "evil.example"}], ids=str)
def test_what_was_made_elsewhere_is_nothing_here(context: Flask, more: dict[str, str]) -> None:
    me = cast.member("ratna")
    assert refuses(me, Device().make(asked_to_make(me, "ratna"), **more))


@pytest.mark.parametrize("answer", ["", "x", "{}", "[" * 5000])
def test_what_is_no_answer_adds_none(context: Flask, answer: str) -> None:
    assert refuses(cast.member("ratna"), answer)


def test_what_was_asked_for_the_log_in_makes_none(context: Flask) -> None:
    me, device = cast.member("ratna"), Device()
    assert refuses(me, device.make(json.dumps(passkeys.asked_to_log_in())))
    assert refuses(me, device.sign(json.loads(asked_to_make(me, "ratna"))))


def test_sent_twice_it_is_there_once(context: Flask) -> None:
    me = cast.member("ratna")
    answer = Device().make(asked_to_make(me, "ratna"))
    ids = {account.add_passkey(me, name="HP", passkey=answer, site=HERE) for _ in range(2)}
    assert len(ids) == 1
    assert acts() == ["account.passkey_added"]


def test_another_persons_is_not_taken_over(context: Flask) -> None:
    device = Device()
    added("bayu", device)
    me = cast.member("ratna")
    with pytest.raises(account.NotMade):
        account.add_passkey(me, name="HP", passkey=device.make(asked_to_make(me, "ratna")), site=HERE)
    found = kept(device)
    assert found
    assert found.person_id == row("bayu").id


def test_ten_are_enough(context: Flask) -> None:
    for _ in range(10):
        me = added("ratna", Device())
    with pytest.raises(account.TooMany):
        asked_to_make(me, "ratna")


def test_telling_goes_to_its_owner_alone(context: Flask) -> None:
    added("ratna", Device())
    told = db.session.scalars(sa.select(OutboxRow.person_id).where(OutboxRow.notice == "account")).all()
    assert set(told) == {row("ratna").id}
