"""Names as they sound: what two people in Serang would write for the same name becomes the same word."""

import re
import unicodedata
from collections.abc import Iterator

LONGEST = 40  # letters of a word that are looked at
# Short forms that are written as often as the name itself.
SHORT = {
    **dict.fromkeys(("m", "mhd", "moh", "moch", "mokh", "much", "muh", "mohd", "md"), "muhamad"),
    **dict.fromkeys(("abd", "abdl"), "abdul"),
    "st": "siti",
    "hj": "",
    "h": "",
    "nr": "nur",
}
# Old spelling, and letters that Indonesian ears do not tell apart. In this order.
SOUNDS = (
    ("oe", "u"),
    ("dj", "j"),
    ("tj", "c"),
    ("sj", "s"),
    ("nj", "n"),
    ("sy", "s"),
    ("sh", "s"),
    ("kh", "k"),
    ("ch", "c"),
    ("ph", "p"),
    ("th", "t"),
    ("dh", "d"),
    ("dz", "z"),
    ("ny", "n"),
    ("f", "p"),
    ("v", "p"),
    ("z", "s"),
    ("q", "k"),
    ("x", "ks"),
    ("y", "i"),
    ("w", "u"),
)
_TWICE = re.compile(r"(.)\1+")
_PATTERNS = tuple((re.compile(written), heard) for written, heard in SOUNDS)


def words(text: str) -> Iterator[str]:
    """The words of a text as they sound, in their order; numbers stay digits. `oo`, `mm`, a final h are one sound."""
    for raw in re.findall(r"[^\W_]+", _plain(text)):
        heard = sound(raw[:LONGEST])
        if heard:
            yield heard


def sound(word: str) -> str:
    """One word, plain letters, as it sounds; empty for a title that is no name."""
    if word in SHORT:
        return SHORT[word]
    for pattern, heard in _PATTERNS:
        word = pattern.sub(heard, word)
    word = _TWICE.sub(r"\1", word)
    word = word.removesuffix("h") if len(word) > 2 else word
    return "muhamad" if word in ("mohamad", "muhamed", "mohamed", "mokamad", "mukamad", "mocamad") else word


def _plain(text: str) -> str:
    """Lower case, without marks on letters; full-width and other digits are 0-9."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def digits(text: str) -> str:
    """The digits of a telephone number as it is dialled at home: 62 and +62 are 0."""
    found = "".join(str(unicodedata.decimal(sign)) for sign in text if sign.isdecimal())
    abroad = found.startswith("62") and ("+" in text or len(found) > 9)
    return "0" + found[2:] if abroad else found


def near(one: str, other: str) -> bool:
    """At most one letter wrong, missing, too many, or two neighbours swapped."""
    if one == other:
        return True
    long, short = (one, other) if len(one) >= len(other) else (other, one)
    if len(long) - len(short) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(long, short, strict=False)) if a != b), len(short))
    if len(long) > len(short):
        return long[at + 1 :] == short[at:]
    swapped = long[at : at + 2] == short[at : at + 2][::-1] and long[at + 2 :] == short[at + 2 :]
    return swapped or long[at + 1 :] == short[at + 1 :]
