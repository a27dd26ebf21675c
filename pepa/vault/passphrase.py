"""Passphrases: what a member types, and the lock that it makes for the secret half of her key pair (vault.md § 2)."""

import json
import secrets
import unicodedata
from base64 import b64decode, b64encode
from dataclasses import dataclass
from os import urandom
from typing import Any, Final, Self
from uuid import UUID

from nacl.pwhash import argon2id

from pepa.vault import wordlist
from pepa.vault.sealing import associated, seal, unseal
from pepa.vault.secret import Broken, Secret

PASSES: Final = 3
MEMORY: Final = 64 * 1024 * 1024
# A row says how its passphrase is stretched. What asks for more than this was not written by us.
MOST_PASSES: Final = 32
MOST_MEMORY: Final = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kdf:
    """How a passphrase becomes a key by Argon2id: ops passes over mem bytes, salt of 16 bytes. Not secret.

    ValueError for settings that Argon2id cannot take or that would stop the server.
    """

    ops: int
    mem: int
    salt: bytes

    def __post_init__(self) -> None:
        fits = 1 <= self.ops <= MOST_PASSES and argon2id.MEMLIMIT_MIN <= self.mem <= MOST_MEMORY
        if not fits or len(self.salt) != argon2id.SALTBYTES:
            raise ValueError("not settings for Argon2id")

    @property
    def is_current(self) -> bool:
        """At least as slow as what new passphrases get; otherwise the next login renews it."""
        return self.ops >= PASSES and self.mem >= MEMORY

    def to_json(self) -> str:
        salt = b64encode(self.salt).decode("ascii")
        return json.dumps({"alg": "argon2id", "ops": self.ops, "mem": self.mem, "salt": salt})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Broken when the text is not what `to_json` writes."""
        kdf = cls._read(text)
        if kdf is None:
            raise Broken("kdf")
        return kdf

    @classmethod
    def _read(cls, text: str) -> Self | None:
        try:
            found: Any = json.loads(text)
            if found["alg"] != "argon2id" or type(found["ops"]) is not int or type(found["mem"]) is not int:
                return None
            return cls(found["ops"], found["mem"], b64decode(found["salt"], validate=True))
        except (ValueError, KeyError, TypeError, RecursionError):
            return None


def new_kdf() -> Kdf:
    """64 MiB, 3 passes, a new salt: about 0.15 s."""
    return Kdf(PASSES, MEMORY, urandom(argon2id.SALTBYTES))


def derive(passphrase: str, kdf: Kdf) -> Secret:
    """The key of a passphrase, 32 bytes. Slow by design: take a slot first.

    The same from every keyboard: NFKC, spaces at the ends dropped and between words made one. Capitals count.
    """
    spoken = " ".join(unicodedata.normalize("NFKC", passphrase).split()).encode("utf-8", "surrogatepass")
    return Secret(argon2id.kdf(32, spoken, kdf.salt, opslimit=kdf.ops, memlimit=kdf.mem))


def lock(secret: Secret, passphrase_key: Secret, pepper: Secret, person_id: UUID) -> bytes:
    """Seal a person's secret half under her passphrase, then under the pepper, which can so be turned without her."""
    inner = seal(passphrase_key, secret.reveal(), associated("person secret", person_id))
    return seal(pepper, inner, associated("person pepper", person_id))


def unlock(locked: bytes, passphrase_key: Secret, pepper: Secret, person_id: UUID) -> Secret:
    """The secret half. Broken for a wrong passphrase, another person's row, another server key, a changed row."""
    inner = unseal(pepper, locked, associated("person pepper", person_id))
    return Secret(unseal(passphrase_key, inner, associated("person secret", person_id)))


def offer(words: int = 6) -> str:
    """A random passphrase of Indonesian words, 11 bits each."""
    return " ".join(secrets.choice(wordlist.WORDS) for _ in range(words))
