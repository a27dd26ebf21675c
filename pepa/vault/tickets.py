"""Tickets: what a form carries before anything is stored, and what the citizen's cookie carries afterwards.

Both are urlsafe text of `token (32) ‖ moment (4) ‖ MAC (16)`, 70 characters, no padding. They differ in the MAC's
purpose, so that a form's ticket is no cookie: the cookie's moment moves with every page and ends the reading. In which
units a moment is counted is for the caller to know.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from hmac import compare_digest
from os import urandom
from re import compile as pattern
from typing import Final, NamedTuple

from pepa.vault.secret import Secret

TOKEN_SIZE: Final = 32
_BODY: Final = TOKEN_SIZE + 4
_MAC: Final = 16
_TICKET: Final = b"pepa-ticket"
_STAMP: Final = b"pepa-stamp"
# 70 characters hold four bits more than 52 bytes: they are zero in what we write, and in what we take.
_SHAPE: Final = pattern("[A-Za-z0-9_-]{69}[AQgw]")


class Ticket(NamedTuple):
    """token: 256 random bits, the report's first key; moment: when it was made, a number of 32 bits."""

    token: Secret
    moment: int


def mint(key: Secret, moment: int) -> str:
    """A new ticket, for a hidden field of the form. key: the server's sub-key "ticket"."""
    return _written(_TICKET, key, urandom(TOKEN_SIZE), moment)


def read(key: Secret, text: str) -> Ticket | None:
    """The ticket that `mint` wrote, or None for anything else; never raises. Its age is for the caller to judge."""
    return _read(_TICKET, key, text)


def stamp(key: Secret, token: Secret, moment: int) -> str:
    """The citizen's cookie: a token and the moment of its last use."""
    return _written(_STAMP, key, token.reveal(), moment)


def read_stamp(key: Secret, text: str) -> Ticket | None:
    """What `stamp` was given, or None for anything else; never raises."""
    return _read(_STAMP, key, text)


def token_hash(token: Secret) -> bytes:
    """32 bytes for the database, from which the token cannot be found again."""
    return blake2b(token.reveal(), digest_size=32, person=b"pepa-token-hash").digest()


def wrap_key(token: Secret) -> Secret:
    """The key that wraps the secret half of the report's key pair for its reporter."""
    return Secret(blake2b(token.reveal(), digest_size=32, person=b"pepa-token-wrap").digest())


def _tag(person: bytes, key: Secret, body: bytes) -> bytes:
    return blake2b(body, key=key.reveal(), digest_size=_MAC, person=person).digest()


def _written(person: bytes, key: Secret, token: bytes, moment: int) -> str:
    body = token + moment.to_bytes(4, "big")
    return urlsafe_b64encode(body + _tag(person, key, body)).rstrip(b"=").decode("ascii")


def _read(person: bytes, key: Secret, text: str) -> Ticket | None:
    if not _SHAPE.fullmatch(text):
        return None
    raw = urlsafe_b64decode(text + "==")
    body = raw[:_BODY]
    if not compare_digest(_tag(person, key, body), raw[_BODY:]):
        return None
    return Ticket(Secret(body[:TOKEN_SIZE]), int.from_bytes(body[TOKEN_SIZE:], "big"))
