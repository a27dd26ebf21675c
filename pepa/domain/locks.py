"""Locks: what opens a person's key (vault.md § 2): the passphrase, and beside it the authenticator or a passkey.
One of the hands that hold the vault.

What somebody is shown before it is theirs (words, an authenticator's secret, spare codes) is *drawn* from things that
only the page at hand holds: nothing of it is stored, and a page that is loaded again shows the same.
"""

from base64 import b32encode
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from secrets import token_bytes
from typing import Any
from uuid import UUID

from pepa import clock
from pepa.domain import keys
from pepa.models.people import Person
from pepa.models.reports import ALPHABET
from pepa.vault import otp, passphrase, sealing, wordlist
from pepa.vault.secret import Broken, Secret

WORDS = 6
ISSUER = "Calling Pepa"  # as an authenticator lists it
TOTP_BYTES = 20  # RFC 4226: the length of a SHA-1
SPARES, SPARE_SIGNS = 10, 12  # of 32 signs: 60 bits


@dataclass(frozen=True, repr=False)
class PersonKeys:
    """What a new or changed passphrase gives: the columns of a `people` row, and the pair for whoever just made it."""

    pair: keys.Pair
    public_key: bytes
    key_mac: bytes
    kdf: str
    secret_sealed: bytes
    totp_sealed: bytes


def new_person_keys(person_id: UUID, words: str, totp: str) -> PersonKeys:
    """Make a key pair for somebody. Slow by design (Argon2id 64 MiB, 3 passes). Raises Busy.

    words  the passphrase    totp  the shared secret in base32
    """
    pair = keys.Pair.new()
    kdf, sealed = relocked(person_id, pair, words)
    tag = keys.mac("person", person_id, pair.public)
    return PersonKeys(pair, pair.public, tag, kdf, sealed, seal_totp(person_id, totp))


def relocked(person_id: UUID, pair: keys.Pair, words: str) -> tuple[str, bytes]:
    """The same secret half under a passphrase, by today's settings: `kdf` and `secret_sealed`. Slow. Raises Busy."""
    kdf = passphrase.new_kdf()
    pepper = keys.here().server.sub("pepper")
    return kdf.to_json(), passphrase.lock(pair.secret, _derived(words, kdf), pepper, person_id)


def is_outdated(person: Person) -> bool:
    """Whether the passphrase was stretched by settings that were slow enough once and are no longer."""
    return not passphrase.Kdf.from_json(person.kdf).is_current


def seal_totp(person_id: UUID, totp: str) -> bytes:
    """An authenticator's secret for a `people` row."""
    return sealing.seal(_totp_key(), totp.encode(), sealing.associated("totp", person_id))


@lru_cache(maxsize=1)
def _nobody() -> passphrase.Kdf:
    return passphrase.new_kdf()


def unlock_person(person: Person | None, words: str) -> keys.Pair | None:
    """The pair that a passphrase opens, or None. Costs the same for a name that does not exist. Raises Busy."""
    derived = _derived(words, passphrase.Kdf.from_json(person.kdf) if person else _nobody())
    if person is None:
        return None
    try:
        secret = passphrase.unlock(person.secret_sealed, derived, keys.here().server.sub("pepper"), person.id)
    except Broken:
        return None
    return keys.Pair.from_secret(secret)


def is_passphrase(person: Person, words: str) -> bool:
    """Whether these words open this person's key: asked again of somebody who is at work. Raises Busy."""
    return unlock_person(person, words) is not None


def totp_step(person: Person, code: str) -> int | None:
    """The step (30 seconds each) that a typed code belongs to, or None: wrong, too old, or used before."""
    try:
        totp = sealing.unseal(_totp_key(), person.totp_sealed, sealing.associated("totp", person.id)).decode()
    except Broken:
        return None
    return step_of(totp, code, person.totp_step)


def step_of(totp: str, code: str, floor: int = 0) -> int | None:
    """The same of a secret that is nobody's yet. floor: the last step that was used"""
    return otp.matching_step(totp, code, int(clock.now().timestamp()), floor)


@dataclass(frozen=True)
class NewPasskey:
    """The public half of a passkey that a browser made, and how often it has signed."""

    credential_id: bytes
    public_key: bytes
    count: int


@lru_cache(maxsize=1)
def _passkey() -> Any:
    """Loaded with the first passkey: an office that has none carries nothing of it (ADR 18)."""
    return import_module("pepa.vault.passkey")


def passkey_asked(person: Person, site: str, challenge: bytes, known: list[bytes]) -> str:
    """What a browser is asked to make, in JSON. known: what this person has; site: the address of the program"""
    user = keys.mark("passkey user", person.id)
    asked: str = _passkey().asked(site, ISSUER, user, person.login, person.name, challenge, known)
    return asked


def passkey_made(answer: str, site: str, challenge: bytes) -> NewPasskey:
    """What it made. Raises keys.Unopened."""
    found = _passkey().made(answer, challenge, site)
    return NewPasskey(found.credential_id, found.public_key, found.count)


def passkey_count(answer: str, site: str, challenge: bytes, public_key: bytes) -> int:
    """How often a passkey has signed, by what it signed just now. Raises keys.Unopened."""
    count: int = _passkey().count(answer, challenge, site, public_key)
    return count


def seal_token(row_id: UUID, token: str) -> bytes:
    """The secret of a link that waits for its mail."""
    return sealing.seal(_link_key(), token.encode(), sealing.associated("link", row_id))


def open_token(row_id: UUID, sealed: bytes) -> str:
    """It again. Raises keys.Unopened."""
    return sealing.unseal(_link_key(), sealed, sealing.associated("link", row_id)).decode()


def _link_key() -> Secret:
    return keys.here().server.sub("ticket")


def _derived(words: str, kdf: passphrase.Kdf) -> Secret:
    with keys.slot(keys.here().login):
        return passphrase.derive(words, kdf)


def _totp_key() -> Secret:
    return keys.here().server.sub("totp")


def offer_passphrase() -> str:
    """Six Indonesian words drawn at random."""
    return passphrase.offer(WORDS)


def new_totp() -> str:
    """A new shared secret for an authenticator, base32."""
    return otp.new_secret()


def totp_now(secret: str) -> str:
    """The 6 digits of a shared secret at this moment."""
    return otp.now_code(secret, int(clock.now().timestamp()))


def totp_address(secret: str, login: str) -> str:
    """The otpauth address that an authenticator reads, as a QR code or as a link. As secret as the secret itself."""
    return otp.uri(secret, login, ISSUER)


def drawn_words(turn: int, *page: bytes | str) -> str:
    """The six words that a page offers at its first, second … turn. page: what only the page at hand holds"""
    return " ".join(wordlist.words_of(_drawn("words", str(turn), *page), WORDS))


def drawn_totp(*page: bytes | str) -> str:
    """The authenticator's secret that a page offers, base32."""
    return b32encode(_drawn("totp", *page)[:TOTP_BYTES]).decode("ascii")


def new_spares() -> list[str]:
    """Ten spare codes at random."""
    return drawn_spares(token_bytes(32))


def drawn_spares(*page: bytes | str) -> list[str]:
    """Ten spare codes, three groups of four signs each: `K7QM-2XPD-9RTA`."""
    return [_grouped(_drawn("spare", str(number), *page)) for number in range(SPARES)]


def _drawn(purpose: str, *page: bytes | str) -> bytes:
    return keys.mark("drawn", purpose, *page)


def _grouped(raw: bytes) -> str:
    number = int.from_bytes(raw, "big")
    signs = "".join(ALPHABET[number >> (5 * place) & 31] for place in range(SPARE_SIGNS))
    return "-".join(signs[begun : begun + 4] for begun in range(0, SPARE_SIGNS, 4))
