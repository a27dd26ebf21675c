"""Key pairs (X25519): whoever holds the public half seals, who holds the secret half opens (libsodium's sealed box)."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, Self

from nacl.bindings import crypto_box_keypair, crypto_box_seal, crypto_box_seal_open, crypto_scalarmult_base
from nacl.exceptions import CryptoError

from pepa.vault import wordlist
from pepa.vault.secret import Broken, Secret

KEY_SIZE: Final = 32


@dataclass(frozen=True, slots=True, eq=False)
class KeyPair:
    """public, secret: 32 bytes each."""

    public: bytes
    secret: Secret

    @classmethod
    def new(cls) -> Self:
        public, secret = crypto_box_keypair()
        return cls(public, Secret(secret))

    @classmethod
    def from_secret(cls, secret: Secret) -> Self:
        """The pair of a secret half. Broken when it has not 32 bytes."""
        # The library does not look at the length and would read past the end.
        if len(secret.reveal()) != KEY_SIZE:
            raise Broken("secret half")
        return cls(crypto_scalarmult_base(secret.reveal()), secret)


def seal_to(public: bytes, plain: bytes) -> bytes:
    """Seal to the holder of a public key: 48 bytes longer than `plain`. Broken when `public` is no usable key.

    Anybody can seal to a public key: who it was is not proven, so the plaintext names its place and is checked.
    """
    sealed = _sealed(public, plain)
    if sealed is None:
        raise Broken("public key")
    return sealed


def _sealed(public: bytes, plain: bytes) -> bytes | None:
    try:
        return crypto_box_seal(plain, public)
    except CryptoError:
        return None


def unseal_with(pair: KeyPair, sealed: bytes) -> bytes:
    """What `seal_to(pair.public, …)` was given. Broken for everything else."""
    plain = _opened(pair, sealed)
    if plain is None:
        raise Broken("sealed box")
    return plain


def _opened(pair: KeyPair, sealed: bytes) -> bytes | None:
    try:
        return crypto_box_seal_open(sealed, pair.public, pair.secret.reveal())
    except CryptoError:
        return None


def fingerprint(public: bytes) -> list[str]:
    """Four words (44 bits) that two people read to each other to compare a public key."""
    return wordlist.words_of(blake2b(public, digest_size=8, person=b"pepa-fingerprint").digest(), 4)
