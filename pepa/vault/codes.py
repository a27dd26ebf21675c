"""The code that a reporter keeps: 18 digits made from her token and two check digits (ISO 7064 MOD 97-10).

The same token always gives the same code, so nothing of it is stored. What is typed is folded generously; a slip of the
finger is told at once and cheaply (vault.md § 4), before any Argon2.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby
from typing import Final, Literal

from nacl.pwhash import argon2id

from pepa.vault.secret import Secret

DIGITS: Final = 20
BODY: Final = 18
GROUP: Final = 4
SALT_SIZE: Final = argon2id.SALTBYTES
PASSES: Final = 2
MEMORY: Final = 19 * 1024 * 1024
# Longer than any message with a code in it that somebody pastes; what follows is not looked at.
TYPED: Final = 2000
FOLDED: Final = {"O": "0", "o": "0", "I": "1", "i": "1", "L": "1", "l": "1"}
UNREADABLE: Final = "?"

SlipKind = Literal["empty", "short", "long", "check", "few", "many", "word", "mixed"]


class Slip(Exception):
    """What was typed cannot be a code.

    kind: "empty" (no digit in it), "short" or "long" (by n digits), "check" (20 places, but one wrong or two swapped);
          of words "few" or "many" (by n), "word" (the n-th is in no list), "mixed" (six, but one wrong or two swapped)
    """

    def __init__(self, kind: SlipKind, n: int = 0) -> None:
        super().__init__(kind, n)
        self.kind = kind
        self.n = n


@dataclass(frozen=True, slots=True, eq=False)
class Stretched:
    """locator: 32 bytes by which the database finds the code's wrap; key: opens that wrap."""

    locator: bytes
    key: Secret


def from_token(code_key: Secret, token: Secret) -> str:
    """The 20 digits of a token. code_key: the server's sub-key "code"."""
    number = int.from_bytes(blake2b(token.reveal(), key=code_key.reveal(), person=b"pepa-code").digest(), "big")
    body = f"{number % 10**BODY:0{BODY}}"
    return body + check_digits(body)


def check_digits(body: str) -> str:
    """Two digits, 02 to 98, that make the whole number 1 modulo 97: every wrong digit and every swap of two shows."""
    return f"{98 - int(body) * 100 % 97:02}"


def grouped(code: str, size: int = GROUP) -> str:
    """For eyes and for reading aloud: of a report's, five groups of four."""
    return " ".join(code[at : at + size] for at in range(0, len(code), size))


def stretch(code: str, salt: bytes) -> Stretched:
    """Argon2id (19 MiB, 2 passes, one lane) over a code. Slow by design: take a slot first.

    salt: the installation's, 16 bytes (ValueError otherwise)
    """
    if len(salt) != SALT_SIZE:
        raise ValueError("a salt has 16 bytes")
    root = argon2id.kdf(64, code.encode("ascii"), salt, opslimit=PASSES, memlimit=MEMORY)
    return Stretched(
        blake2b(key=root, digest_size=32, person=b"pepa-locator").digest(),
        Secret(blake2b(key=root, digest_size=32, person=b"pepa-code-wrap").digest()),
    )


def parse(typed: str) -> str:
    """The 20 digits in what was typed or pasted, also with words around them. Slip when there is no code in it."""
    runs = list(runs_of(typed))
    whole = "".join(runs)
    if not whole:
        raise Slip("empty")
    if len(whole) != DIGITS:
        # A pasted message may carry other numbers, a date before the code: then one stretch of digits is the code.
        codes = {run for run in runs if is_code(run)}
        if len(codes) == 1:
            return codes.pop()
        raise Slip("short", DIGITS - len(whole)) if len(whole) < DIGITS else Slip("long", len(whole) - DIGITS)
    if not is_code(whole):
        raise Slip("check")
    return whole


def is_code(digits: str) -> bool:
    """20 of them, and the last two fit the others."""
    return len(digits) == DIGITS and UNREADABLE not in digits and check_digits(digits[:BODY]) == digits[BODY:]


def runs_of(typed: str) -> Iterator[str]:
    """Stretches of digits that no word interrupts, each joined over its spaces, dots and dashes."""
    for is_number, tokens in groupby(map(_digits, tokens_of(typed)), key=lambda digits: digits is not None):
        if is_number:
            yield "".join(token for token in tokens if token)


def tokens_of(typed: str) -> list[str]:
    """Letters and digits between anything else. Full-width, Arabic and other digits become 0-9."""
    signs = []
    for sign in unicodedata.normalize("NFKC", typed[:TYPED]):
        digit = unicodedata.decimal(sign, None)
        if digit is not None:
            signs.append(str(digit))
        else:
            signs.append(sign if sign.isalpha() else " ")
    return "".join(signs).split()


def _digits(token: str) -> str | None:
    """The digits of a token, UNREADABLE for a letter among them that is none; None for a word."""
    places = [at for at, sign in enumerate(token) if sign.isdigit()]
    if not places:
        return None
    ends = token[: places[0]], token[places[-1] + 1 :]
    head, tail = ("" if _is_word(end) else end for end in ends)
    core = head + token[places[0] : places[-1] + 1] + tail
    return "".join(sign if sign.isdigit() else FOLDED.get(sign, UNREADABLE) for sign in core)


def _is_word(letters: str) -> bool:
    """A word that lost its space ("kode1234"), not a digit or two that look like letters."""
    return len(letters) > 1 and any(letter not in FOLDED for letter in letters)
