"""Three sheets of paper, any two of which give a secret of 32 bytes; one alone gives nothing (vault.md § 3).

A sheet is 28 words of the word list, 308 bits: `number (4) ‖ set (20) ‖ share (256) ‖ check (28)`. The shares are
Shamir's over GF(2^8), byte by byte (Shamir, "How to share a secret", 1979; the field is that of AES, FIPS 197): a line
through the secret at 0, of which sheet x holds the point at x. The check covers all that stands before it, so a sheet
with one wrong word is not only found out: the word is told, since there is one place alone at which another word fits.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from os import urandom
from typing import Final, Literal

from pepa.vault import wordlist
from pepa.vault.secret import Secret

SHEETS: Final = 3
NEEDED: Final = 2
WORDS: Final = 28
LINE: Final = 4  # words in a line
SIZE: Final = 32  # bytes of the secret, and of a share
BEGINS: Final = 4  # letters that tell a word from all others
_NUMBER_BITS, _SET_BITS, _CHECK_BITS = 4, 20, 28
_NUMBERS: Final = {word[:BEGINS]: number for number, word in enumerate(wordlist.WORDS)}
_FIELD: Final = 0x11B  # x^8 + x^4 + x^3 + x + 1

SlipKind = Literal["few", "many", "unlisted", "word", "swapped", "mixed"]
MismatchKind = Literal["one", "same", "sets"]


class Slip(Exception):
    """What was typed is no sheet. n: which word, counted from 1; of "few" and "many" how many.

    kind: "few", "many"; "unlisted" (the n-th is in no list); "word" (the n-th is another than the sheet's);
          "swapped" (the n-th and the next changed places); "mixed" (more than that is wrong)
    """

    def __init__(self, kind: SlipKind, n: int = 0) -> None:
        super().__init__(kind, n)
        self.kind = kind
        self.n = n


class Mismatch(Exception):
    """Sheets that give no secret together. kind: "one" (too few), "same" (one twice), "sets" (of different sets)"""

    def __init__(self, kind: MismatchKind) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, eq=False, repr=False)
class Sheet:
    """number: 1 to 3; set_id: 20 bits that all sheets of a set have; share: 32 bytes."""

    number: int
    set_id: int
    share: Secret


def set_id_of(public: bytes) -> int:
    """The number of a set, by the public half of the key pair that its sheets give."""
    return int.from_bytes(blake2b(public, digest_size=4, person=b"pepa-sheet-set").digest(), "big") >> (32 - _SET_BITS)


def split(secret: Secret, set_id: int) -> list[Sheet]:
    """Three sheets of a new set. ValueError for a secret of another size."""
    raw = secret.reveal()
    if len(raw) != SIZE:
        raise ValueError("a secret of 32 bytes is split")
    slope = urandom(SIZE)
    return [
        Sheet(x, set_id, Secret(bytes(s ^ _times(a, x) for s, a in zip(raw, slope, strict=True))))
        for x in range(1, SHEETS + 1)
    ]


def join(found: Sequence[Sheet]) -> Secret:
    """The secret, of two sheets or more; that it is the right one is for the caller to see. Raises Mismatch."""
    if len({sheet.set_id for sheet in found}) > 1:
        raise Mismatch("sets")
    if len(found) < NEEDED:
        raise Mismatch("one")
    if len({sheet.number for sheet in found}) < len(found):
        raise Mismatch("same")
    one, *others = found
    secrets = [_line(one, other) for other in others]
    if any(secret != secrets[0] for secret in secrets):
        raise Mismatch("sets")
    return secrets[0]


def words_of(sheet: Sheet) -> list[str]:
    """The 28 words to print."""
    body = (sheet.number << _SET_BITS | sheet.set_id) << SIZE * 8 | int.from_bytes(sheet.share.reveal(), "big")
    whole = body << _CHECK_BITS | _check(body)
    return wordlist.words_of((whole << 4).to_bytes(39, "big"), WORDS)


def read_words(typed: str, first: int = 1) -> list[str]:
    """The words of what was typed, each as the list has it: four letters are enough. first: the place of its first.

    Raises Slip "unlisted".
    """
    numbers = _numbers(typed, first)
    return [wordlist.WORDS[number] for number in numbers]


def parse(typed: str) -> Sheet:
    """A sheet, of its 28 words. Raises Slip, which tells as much as it can."""
    numbers = _numbers(typed, 1)
    if len(numbers) != WORDS:
        missing = WORDS - len(numbers)
        raise Slip("few" if missing > 0 else "many", abs(missing))
    whole = _joined(numbers)
    sheet = _sheet(whole)
    if sheet is None:
        raise _slip_in(whole)
    return sheet


def _numbers(typed: str, first: int) -> list[int]:
    signs = (sign if sign.isalpha() else " " for sign in unicodedata.normalize("NFKC", typed))
    found = []
    for place, word in enumerate("".join(signs).lower().split(), first):
        number = _NUMBERS.get(word[:BEGINS])
        if number is None:
            raise Slip("unlisted", place)
        found.append(number)
    return found


def _joined(numbers: Sequence[int]) -> int:
    whole = 0
    for number in numbers:
        whole = whole << wordlist.BITS | number
    return whole


def _sheet(whole: int) -> Sheet | None:
    body, check = whole >> _CHECK_BITS, whole & (1 << _CHECK_BITS) - 1
    head, share = body >> SIZE * 8, body & (1 << SIZE * 8) - 1
    number = head >> _SET_BITS
    if check != _check(body) or not 1 <= number <= SHEETS:
        return None
    return Sheet(number, head & (1 << _SET_BITS) - 1, Secret(share.to_bytes(SIZE, "big")))


def _check(body: int) -> int:
    raw = body.to_bytes(SIZE + 3, "big")
    return int.from_bytes(blake2b(raw, digest_size=4, person=b"pepa-sheet").digest(), "big") >> (32 - _CHECK_BITS)


def _slip_in(whole: int) -> Slip:
    """Where one change makes a sheet of it, that is what is wrong: of 57,000 changes none other fits by chance more
    often than once in 4,000."""
    for at in range(WORDS - 1):
        differ = (_word(whole, at) ^ _word(whole, at + 1)) * (1 << _shift(at) | 1 << _shift(at + 1))
        if differ and _sheet(whole ^ differ):
            return Slip("swapped", at + 1)
    wrong = {at for at in range(WORDS) for other in range(1, 1 << wordlist.BITS) if _sheet(whole ^ other << _shift(at))}
    return Slip("word", wrong.pop() + 1) if len(wrong) == 1 else Slip("mixed")


def _shift(at: int) -> int:
    return wordlist.BITS * (WORDS - 1 - at)


def _word(whole: int, at: int) -> int:
    return whole >> _shift(at) & (1 << wordlist.BITS) - 1


def _times(a: int, b: int) -> int:
    """The product in GF(2^8)."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0x100:
            a ^= _FIELD
        b >>= 1
    return product


def _inverse(a: int) -> int:
    """a to the 254th, which is 1/a."""
    power = 1
    for _ in range(254):
        power = _times(power, a)
    return power


def _line(one: Sheet, other: Sheet) -> Secret:
    """Where the line through two points is at 0 (Lagrange): minus is plus here, and both are XOR."""
    apart = _inverse(one.number ^ other.number)
    mine, theirs = _times(other.number, apart), _times(one.number, apart)
    pairs = zip(one.share.reveal(), other.share.reveal(), strict=True)
    return Secret(bytes(_times(a, mine) ^ _times(b, theirs) for a, b in pairs))
