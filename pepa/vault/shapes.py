"""A code in other clothes: two telephone numbers for somebody's contacts, or six words to learn by heart.

Both are the same number, so nothing more is stored. What is typed is taken for words first, then for digits.
"""

import re
from typing import Final

from pepa.vault import codes, wordlist
from pepa.vault.codes import BODY, DIGITS, Slip

WORDS: Final = 6
CHECK_BITS: Final = 6  # 6 × 11 bits hold 60 of the number and these
PRIME: Final = 61  # 2 is a primitive root of it, so whichever two words change places, the check tells
BEGINS: Final = 4  # letters that tell a word from all others
HALF: Final = DIGITS // 2
PHONES: Final = re.compile(rf"(?:0|62)8(\d{{{HALF}}})(?:0|62)8(\d{{{HALF}}})")
BOTH: Final = 2 * (HALF + 2)
_NUMBERS: Final = {word[:BEGINS]: number for number, word in enumerate(wordlist.WORDS)}


def phones(code: str) -> tuple[str, str]:
    """The 20 digits as two numbers, each 08 and ten digits."""
    return "08" + code[:HALF], "08" + code[HALF:]


def words(code: str) -> list[str]:
    """The first 18 digits as a number of 60 bits, then that number modulo 61 as its check."""
    number = int(code[:BODY])
    return wordlist.words_of((((number << CHECK_BITS) | number % PRIME) << 6).to_bytes(9, "big"), WORDS)


def parse(typed: str) -> str:
    """The 20 digits in what was typed or pasted, in whichever shape. Raises Slip, which tells as much as it can."""
    spoken = [token for token in codes.tokens_of(typed) if token.isalpha() and len(token) >= BEGINS]
    found = _in_words(spoken) or _in_phones(typed)
    if found:
        return found
    try:
        return codes.parse(typed)
    except Slip as slip:
        raise _slip_of(spoken, typed, slip) from None


def _numbers(spoken: list[str]) -> list[int | None]:
    return [_NUMBERS.get(word.lower()[:BEGINS]) for word in spoken]


def _in_words(spoken: list[str]) -> str | None:
    """Six words in a row that fit their check; between two such codes nobody chooses."""
    numbers = _numbers(spoken)
    codes_found = {_joined(numbers[at : at + WORDS]) for at in range(len(numbers) - WORDS + 1)} - {None}
    return codes_found.pop() if len(codes_found) == 1 else None


def _joined(numbers: list[int | None]) -> str | None:
    whole = 0
    for number in numbers:
        if number is None:
            return None
        whole = whole << wordlist.BITS | number
    body, check = divmod(whole, 1 << CHECK_BITS)
    if body >= 10**BODY or body % PRIME != check:
        return None
    digits = f"{body:0{BODY}}"
    return digits + codes.check_digits(digits)


def _in_phones(typed: str) -> str | None:
    """Two numbers, also with the country's 62, and the other way round where contacts have sorted them so."""
    runs = list(codes.runs_of(typed))
    for text in ("".join(runs), *runs):
        if two := PHONES.fullmatch(text):
            a, b = two.groups()
            return next((code for code in (a + b, b + a) if codes.is_code(code)), None)
    return None


def _slip_of(spoken: list[str], typed: str, slip: Slip) -> Slip:
    """What to say: of words where most of a code was typed in words, of two numbers where it looks like those."""
    digits = "".join(codes.runs_of(typed))
    numbers = _numbers(spoken)
    if len([number for number in numbers if number is not None]) >= WORDS // 2 and len(digits) < HALF:
        return _slip_in_words(numbers)
    missing = BOTH - len(digits)
    if digits.startswith("08") and (abs(missing) <= 2 or HALF <= len(digits) <= HALF + 3):
        return Slip("short" if missing > 0 else "long" if missing else "check", abs(missing))
    return slip


def _slip_in_words(numbers: list[int | None]) -> Slip:
    if None in numbers:
        return Slip("word", numbers.index(None) + 1)
    missing = WORDS - len(numbers)
    return Slip("few" if missing > 0 else "many" if missing else "mixed", abs(missing))
