"""A passkey in the place of six digits: asked for by us, here, for this, a moment ago, once; beside the words."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import locks, passkeys, sessions
from pepa.models.audit import AuditEntry
from pepa.models.outbox import OutboxRow
from pepa.models.passkeys import Passkey
from pepa.seeds.demo import Account
from pepa.vault import passphrase
from tests.account.own import logs_in, row, secrets_of
from tests.passkeys.device import HERE, Device, raw, text
from tests.passkeys.own import added, comes_in, kept, signed


@pytest.fixture
def device(context: Flask) -> Device:
    """Ratna's."""
    key = Device()
    added("ratna", key)
    return key


def later(minutes: float) -> datetime:
    return clock.now() + timedelta(minutes=minutes)


def test_it_lets_its_owner_in_and_says_when(device: Device) -> None:
    assert comes_in("ratna", signed(device))
    found = kept(device)
    assert found
    assert found.sign_count == 1
    assert found.used_at
    assert clock.now() - found.used_at < timedelta(minutes=1)
    assert comes_in("ratna", signed(device)), "and again, with a new answer"


def test_six_digits_and_spare_codes_serve_as_before(device: Device) -> None:
    mine = secrets_of("ratna")
    assert logs_in("ratna", mine.passphrase, locks.totp_now(mine.totp_secret))


def test_it_is_nothing_without_the_passphrase(device: Device) -> None:
    assert not comes_in("ratna", signed(device), words="bukan kalimat sandi itu")


def test_it_is_its_owners_alone(device: Device) -> None:
    assert not comes_in("bayu", signed(device))
    assert not comes_in("nobody", signed(device), words="bukan kalimat sandi itu")


def test_an_answer_serves_once(device: Device) -> None:
    answer = signed(device)
    assert comes_in("ratna", answer)
    assert not comes_in("ratna", answer)
    with clock.frozen(later(1)):
        assert not comes_in("ratna", answer)
    assert not told_of_a_copy(), "what was sent twice is no copy"


def test_one_that_never_counts_serves_once_as_well(context: Flask) -> None:
    device = Device(counts=False)
    added("ratna", device)
    answer = signed(device)
    assert comes_in("ratna", answer)
    assert not comes_in("ratna", answer)
    with clock.frozen(later(1)):
        assert comes_in("ratna", signed(device))


@pytest.mark.both
def test_an_answer_serves_one_of_two_that_come_at_once(database: str, app: Flask) -> None:
    with app.app_context():
        device = Device(counts=False)
        added("ratna", device)
        answer = signed(device)
    came, start = [], threading.Barrier(2)

    def enter() -> None:
        with app.app_context():
            start.wait()
            came.append(comes_in("ratna", answer))

    threads = [threading.Thread(target=enter) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == [False, True]


@pytest.mark.parametrize(("minutes", "taken"), [(4, True), (6, False), (-6, False)])
def test_an_answer_is_good_for_minutes(device: Device, minutes: int, taken: bool) -> None:
    answer = signed(device)
    with clock.frozen(later(minutes)):
        assert comes_in("ratna", answer) is taken


def test_a_device_that_counts_backwards_is_refused_and_its_owner_told(device: Device) -> None:
    device.count = 6
    assert comes_in("ratna", signed(device))
    device.count = 3
    before = told()
    assert not comes_in("ratna", signed(device))
    assert told_of_a_copy()
    assert told() == before + 1
    found = kept(device)
    assert found
    assert found.sign_count == 7
    device.count = 7
    with clock.frozen(later(1)):
        assert comes_in("ratna", signed(device)), "whoever counts on is let in"


def told() -> int:
    mine = (OutboxRow.person_id == row("ratna").id, OutboxRow.notice == "account")
    return db.session.scalar(sa.select(sa.func.count()).select_from(OutboxRow).where(*mine)) or 0


def told_of_a_copy() -> bool:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.exists().where(AuditEntry.act == "session.passkey_copied"))) or False


def changed(answer: str, part: str, change: Callable[[bytes], bytes]) -> str:
    document = json.loads(answer)
    document["response"][part] = text(change(raw(document["response"][part])))
    return json.dumps(document)


def flipped(place: int) -> Callable[[bytes], bytes]:
    def change(part: bytes) -> bytes:
        one = bytearray(part)
        one[place] ^= 1
        return bytes(one)

    return change


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("signature", flipped(-1)),
        ("signature", lambda _: b""),
        ("authenticatorData", flipped(0)),
        ("authenticatorData", flipped(36)),
        ("authenticatorData", lambda part: part[:20]),
        ("clientDataJSON", lambda part: part.replace(b".get", b".create")),
        ("clientDataJSON", lambda part: part.replace(b"localhost", b"loca1host")),
        ("clientDataJSON", lambda part: part + b" "),
    ],
)
def test_nothing_of_it_can_be_changed(device: Device, part: str, change: Callable[[bytes], bytes]) -> None:
    answer = signed(device)
    assert not comes_in("ratna", changed(answer, part, change))
    with clock.frozen(later(1)):
        assert comes_in("ratna", answer), "the change it was"


@pytest.mark.parametrize(
    "more",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8080"},
        {"origin": "https://localhost"},
        {"host": "evil.example"},
    ],
    ids=str,
)
def test_what_was_signed_elsewhere_is_nothing_here(device: Device, more: dict[str, str]) -> None:
    assert not comes_in("ratna", signed(device, **more))


def test_where_here_is_comes_from_outside(device: Device) -> None:
    """A name that a request carried is never asked: the door passes what the installation says of itself."""
    answer = signed(device, origin="https://pepa.example:8443", host="pepa.example")
    assert comes_in("ratna", answer, site="https://Pepa.example:8443/")


def test_a_challenge_that_we_did_not_give_is_none(device: Device) -> None:
    asked = passkeys.asked_to_log_in()
    ours = raw(str(asked["challenge"]))
    other = passkeys.challenge("make", b"")  # it was for something else
    for wrong in (
        other,
        bytes(40),
        ours[:-1] + bytes([ours[-1] ^ 1]),
        bytes(8) + ours[8:],
        b"",
        ours[:24],
        ours + b"x",
    ):
        assert not passkeys.shown(row("ratna").id, device.sign({"challenge": text(wrong)}), HERE), wrong
    assert passkeys.shown(row("ratna").id, device.sign(asked), HERE)


@pytest.mark.parametrize(
    "answer",
    ["x", "[]", "null", "{}", '{"response": 1}', "[" * 5000, '{"rawId": 1, "response": {"clientDataJSON": "e30"}}',
     '{"rawId": "é", "response": {"clientDataJSON": "bnVsbA"}}', "{" + " " * 20_000 + "}"],
)  # fmt: skip
def test_what_is_no_answer_is_a_wrong_log_in(device: Device, answer: str) -> None:
    assert not comes_in("ratna", answer)


def test_wrong_answers_are_delayed_as_digits_are(device: Device) -> None:
    with clock.frozen(clock.now()):
        waits = []
        for _ in range(8):
            with pytest.raises(sessions.WrongLogin) as refused:
                sessions.log_in(login="ratna", passphrase=secrets_of("ratna").passphrase, code="", passkey="x")
            waits.append(refused.value.values["n"])
    assert waits[-1] > 1


def test_a_planted_or_moved_one_lets_nobody_in(device: Device) -> None:
    """By somebody who can write to the database and has no server key."""
    thief = Device()
    added("bayu", thief)
    with transaction() as session:
        session.execute(sa.update(Passkey).where(Passkey.credential_id == thief.id).values(person_id=row("ratna").id))
    assert not comes_in("ratna", signed(thief))
    with transaction() as session:
        public = sa.select(Passkey.public_key).where(Passkey.credential_id == thief.id).scalar_subquery()
        session.execute(sa.update(Passkey).where(Passkey.credential_id == device.id).values(public_key=public))
    thief.id = device.id
    with clock.frozen(later(1)):
        assert not comes_in("ratna", signed(thief))


def test_an_unknown_name_costs_the_same(
    device: Device, accounts: dict[str, Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    derived = []
    real = passphrase.derive
    monkeypatch.setattr(passphrase, "derive", lambda words, kdf: derived.append(kdf.mem) or real(words, kdf))
    for n, (name, words) in enumerate((("ratna", "salah"), ("nobody", "salah"), ("ratna", None))):
        with clock.frozen(later(n)):
            assert not comes_in(name, signed(Device() if words is None else device), words)
    assert len(set(derived)) == 1
    assert len(derived) == 3


def test_what_stands_behind_it_is_loaded_with_the_first_one_alone() -> None:
    """An office that has none pays nothing for it: 17 MB a process."""
    seen = "import pepa.app, sys; print('webauthn' in sys.modules, 'cryptography' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "False"]
