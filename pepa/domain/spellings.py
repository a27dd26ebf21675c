"""Names as they sound: what two people in Serang would write for the same name becomes the same word."""

import json
import re
import unicodedata
from collections.abc import Iterator

LONGEST = 40  # letters of a word that are looked at
SHORTEST_START, SHORTEST_SLIP = 3, 4  # letters that were typed
WHOLE, START, SLIP = 3, 2, 1  # how near a word is to one that was typed
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


def nearness(wanted: str, word: str) -> int:
    """How near a word is to one that was typed: the same, begun so, one slip away, or 0."""
    if word == wanted:
        return WHOLE
    if len(wanted) >= SHORTEST_START and word.startswith(wanted):
        return START
    return SLIP if len(wanted) >= SHORTEST_SLIP and near(word, wanted) else 0


def alike(wanted: str, text: bytes) -> Iterator[tuple[int, int]]:
    """Where in a text words stand that may be meant by one that was typed, and how near each is (`nearness`).

    text: words as JSON writes them, a space before and after each

    One slip leaves one half of a word as it is, or has swapped the two letters between them: so only words that begin
    with the first half or end with the second are looked at, and not each of a shelf.
    """
    half = len(wanted) // 2
    patterns = [b" %s(?= )" % _escaped(wanted)]
    if len(wanted) >= SHORTEST_SLIP:
        first, last = wanted[:half], wanted[half:]
        between = first[:-1] + last[0] + first[-1] + last[1:]
        patterns = [b" %s[^ ]*" % _escaped(first), b" %s(?= )" % _escaped(between), b"%s(?= )" % _escaped(last)]
    elif len(wanted) >= SHORTEST_START:
        patterns = [b" %s[^ ]*" % _escaped(wanted)]
    known: dict[bytes, int] = {}
    for pattern in patterns:
        for found in re.finditer(pattern, text):
            begins = text.rfind(b" ", 0, found.start() + 1) + 1
            word = text[begins : found.end()]
            if word not in known:
                known[word] = nearness(wanted, json.loads(b'"%s"' % word))
            if known[word]:
                yield begins, known[word]


def _escaped(word: str) -> bytes:
    return re.escape(json.dumps(word)[1:-1].encode("ascii"))
