"""Passphrases and the lock that they make: known answers (B19), and what must not open."""

import dataclasses
import json
import secrets
from collections.abc import Sequence
from uuid import UUID

import pytest

from pepa.vault import sealing
from pepa.vault.passphrase import Kdf, derive, lock, new_kdf, offer, unlock
from pepa.vault.secret import Broken, Secret
from pepa.vault.server import ServerKey
from pepa.vault.wordlist import WORDS
from tests.vault.shown import shown

PHRASE = "Enam kata yang tenang"
QUICK = Kdf(1, 8192, bytes(range(16)))
PEPPER = ServerKey.from_bytes(bytes(range(32))).sub("pepper")
HALF = Secret(bytes(range(32)))
PERSON = UUID("12345678-1234-5678-1234-567812345678")
KNOWN_LOCK = bytes.fromhex(
    "016465666768696a6b6c6d6e6f707172737475767778797a7b3979342c7a194e5f814cf5011362220d66c97dbafd88afad2873d77f58ec7990"
    "b4a4990e3824790cf80421456e782d96ff801d9ebf73f855221d439af275ebd6b874f73be3fa262af7729004f1c034b8732af7018ae965674a"
)


def test_known_keys() -> None:
    assert derive(PHRASE, QUICK).reveal().hex() == "06e018ad93ba5465ddbc3b89ecca8a2b8004fd9f6e8672b9fa0d746747b3305a"
    slow = dataclasses.replace(new_kdf(), salt=bytes(range(16)))
    assert derive(PHRASE, slow).reveal().hex() == "9025a453068e180256c5fde4ec1a52ee88e5ab0598250a92ffc683c615a21b87"


def test_known_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    assert unlock(KNOWN_LOCK, derive(PHRASE, QUICK), PEPPER, PERSON) == HALF
    monkeypatch.setattr(sealing, "urandom", lambda size: bytes(range(100, 100 + size)))
    assert lock(HALF, derive(PHRASE, QUICK), PEPPER, PERSON) == KNOWN_LOCK


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(f" {PHRASE}\n", id="spaces at the ends"),
        pytest.param("Enam  kata\tyang   tenang", id="wide gaps"),
        pytest.param(PHRASE.replace(" ", "\u00a0"), id="NBSP"),
        pytest.param(PHRASE.replace("kata", "ｋａｔａ"), id="full-width"),
    ],
)
def test_same_from_every_keyboard(typed: str) -> None:
    assert derive(typed, QUICK) == derive(PHRASE, QUICK)


def test_accents_typed_in_one_or_two() -> None:
    assert derive("caf\u00e9 pagi", QUICK) == derive("cafe\u0301 pagi", QUICK)


@pytest.mark.parametrize(
    "typed",
    ["", "enam kata yang tenang", "Enamkatayangtenang", "Enam kata yang tenan", "Enam kata yang tenang\0"],
)
def test_anything_else_is_another_key(typed: str) -> None:
    assert derive(typed, QUICK) != derive(PHRASE, QUICK)


def test_a_lone_surrogate_is_taken() -> None:
    assert len(derive("\ud800 enam kata yang tenang", QUICK).reveal()) == 32


def test_each_setting_changes_the_key() -> None:
    settings = [QUICK, Kdf(2, 8192, QUICK.salt), Kdf(1, 16384, QUICK.salt), Kdf(1, 8192, bytes(16))]
    assert len({derive(PHRASE, kdf).reveal() for kdf in settings}) == 4


# ---- settings ----


def test_new_settings() -> None:
    kdf = new_kdf()
    assert (kdf.ops, kdf.mem, len(kdf.salt)) == (3, 64 * 1024 * 1024, 16)
    assert kdf.is_current
    assert new_kdf().salt != kdf.salt


@pytest.mark.parametrize(("ops", "mem", "current"), [(3, 64, True), (4, 128, True), (2, 64, False), (3, 63, False)])
def test_older_settings_are_renewed(ops: int, mem: int, current: bool) -> None:
    assert Kdf(ops, mem * 1024 * 1024, bytes(16)).is_current is current


def test_settings_come_back() -> None:
    assert json.loads(QUICK.to_json()) == {"alg": "argon2id", "ops": 1, "mem": 8192, "salt": "AAECAwQFBgcICQoLDA0ODw=="}
    for kdf in (QUICK, new_kdf()):
        assert Kdf.from_json(kdf.to_json()) == kdf


@pytest.mark.parametrize(
    "change",
    [
        {"alg": "argon2i"},
        {"ops": 0},
        {"ops": 33},
        {"ops": "3"},
        {"ops": True},
        {"ops": 1.5},
        {"mem": 8191},
        {"mem": 2 * 1024**3},
        {"mem": None},
        {"salt": ""},
        {"salt": "AAAA"},
        {"salt": "not base64"},
        {"salt": "AAECAwQF!BgcICQoLDA0ODw=="},
        {"salt": None},
        {"salt": "é"},
    ],
    ids=repr,
)
def test_settings_that_we_did_not_write(change: dict[str, object]) -> None:
    with pytest.raises(Broken):
        Kdf.from_json(json.dumps({**json.loads(QUICK.to_json()), **change}))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", "1", "[" * 100_000])
def test_no_settings(text: str) -> None:
    with pytest.raises(Broken):
        Kdf.from_json(text)


# ---- the lock ----


def test_comes_back() -> None:
    key = derive(PHRASE, QUICK)
    assert unlock(lock(HALF, key, PEPPER, PERSON), key, PEPPER, PERSON) == HALF
    assert lock(HALF, key, PEPPER, PERSON) != lock(HALF, key, PEPPER, PERSON)


def test_needs_passphrase_and_pepper_and_its_person() -> None:
    key, other = derive(PHRASE, QUICK), Secret(bytes(32))
    locked = lock(HALF, key, PEPPER, PERSON)
    elsewhere = UUID(int=PERSON.int + 1)
    for passphrase_key, pepper, person in (
        (other, PEPPER, PERSON),
        (key, other, PERSON),
        (key, PEPPER, elsewhere),
        (PEPPER, key, PERSON),
    ):
        with pytest.raises(Broken):
            unlock(locked, passphrase_key, pepper, person)


def test_the_outer_lock_alone_is_turned() -> None:
    """A new pepper goes around the same inner lock, without the passphrase."""
    key, new = derive(PHRASE, QUICK), Secret(bytes(range(1, 33)))
    outer = sealing.associated("person pepper", PERSON)
    turned = sealing.seal(new, sealing.unseal(PEPPER, lock(HALF, key, PEPPER, PERSON), outer), outer)
    assert unlock(turned, key, new, PERSON) == HALF


def test_a_flipped_bit_at_each_byte() -> None:
    key = derive(PHRASE, QUICK)
    for byte in range(len(KNOWN_LOCK)):
        changed = bytearray(KNOWN_LOCK)
        changed[byte] ^= 1 << byte % 8
        with pytest.raises(Broken):
            unlock(bytes(changed), key, PEPPER, PERSON)


def test_cut() -> None:
    key = derive(PHRASE, QUICK)
    for length in range(len(KNOWN_LOCK)):
        with pytest.raises(Broken):
            unlock(KNOWN_LOCK[:length], key, PEPPER, PERSON)


def test_a_failure_shows_no_key() -> None:
    key, pepper = Secret(b"MARK-of-a-key-that-has-32-bytes."), Secret(b"MARK-of-a-pepper-of-32-bytes-00.")
    locked = lock(Secret(b"MARK of a secret half"), key, pepper, PERSON)
    with pytest.raises(Broken) as wrong_phrase:
        unlock(locked, PEPPER, pepper, PERSON)
    with pytest.raises(Broken) as wrong_pepper:
        unlock(locked, key, PEPPER, PERSON)
    for caught in (wrong_phrase, wrong_pepper):
        assert "<Secret>" in shown(caught.value)
        assert "MARK" not in shown(caught.value)


# ---- offers ----


@pytest.mark.parametrize("count", [1, 6, 8])
def test_offered_words(count: int) -> None:
    words = offer(count).split(" ")
    assert len(words) == count
    assert set(words) <= set(WORDS)


def test_six_words_by_default_each_time_others() -> None:
    offers = [offer() for _ in range(200)]
    assert {len(phrase.split(" ")) for phrase in offers} == {6}
    assert len(set(offers)) == 200
    assert len({word for phrase in offers for word in phrase.split(" ")}) > 700
    assert min(map(len, offers)) >= 6 * 4 + 5 > 15


def test_words_are_drawn_by_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """By `secrets`, from all of the list; never by `random`, which whoever sees some words can foretell."""
    drawn: list[Sequence[str]] = []

    def choice(words: Sequence[str]) -> str:
        drawn.append(words)
        return words[-1]

    monkeypatch.setattr(secrets, "choice", choice)
    assert offer(2) == f"{WORDS[-1]} {WORDS[-1]}"
    assert drawn == [WORDS, WORDS]
