"""What changed between two texts, by line and within a line by word, so that a reviewer reads what is new. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from pepa.domain.manuscripts import Manuscript
from pepa.words import N_, Choice

AROUND = 1  # lines shown on each side of a change
MOST_PIECES = 1200  # of a line that is told word by word: some 600 words, and what stands between them
MOST_LINES = 2000  # of a text whose lines are sought in the other
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


class Change(Choice):
    """What became of a stretch."""

    SAME = "same", N_("tetap")
    OUT = "out", N_("dihapus")
    IN = "in", N_("baru")


@dataclass(frozen=True)
class Stretch:
    """A piece of a line."""

    change: Change
    text: str


@dataclass(frozen=True)
class Line:
    """A line with what changed in it. skipped: how many lines that stay the same are left out before it"""

    stretches: tuple[Stretch, ...]
    skipped: int = 0

    @property
    def is_same(self) -> bool:
        return all(stretch.change is Change.SAME for stretch in self.stretches)


def between(before: Manuscript, after: Manuscript) -> dict[str, list[Line]]:
    """The fields that changed, in their order, each with its changed lines and those around them."""
    old, new = asdict(before), asdict(after)
    changed = (name for name in new if old[name] != new[name])
    return {name: shown(lines(str(old[name]), str(new[name]))) for name in changed}


def lines(before: str, after: str) -> list[Line]:
    """All lines of both texts: what stays and goes makes the old one, what stays and comes the new one.

    Empty lines are left out. The work is bounded: it grows with the square of what is compared.
    """
    old, new = ([line for line in text.split("\n") if line.strip()] for text in (before, after))
    if max(len(old), len(new)) > MOST_LINES:
        return list(_changed(old, new))
    return [
        line
        for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        for line in (map(_same, old[a:b]) if kind == "equal" else _changed(old[a:b], new[c:d]))
    ]


def shown(all_lines: Sequence[Line]) -> list[Line]:
    """The lines that changed and those around them; the others are counted."""
    near = {
        around
        for place, line in enumerate(all_lines)
        if not line.is_same
        for around in range(place - AROUND, place + AROUND + 1)
    }
    found, skipped = [], 0
    for place, line in enumerate(all_lines):
        if place in near:
            found.append(Line(line.stretches, skipped))
            skipped = 0
        else:
            skipped += 1
    return found


def _same(text: str) -> Line:
    return Line((Stretch(Change.SAME, text),))


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    for before, after in zip_longest(old, new):
        if before is None or after is None:
            yield Line((Stretch(Change.IN, after) if before is None else Stretch(Change.OUT, before),))
        else:
            yield Line(tuple(_by_word(before, after)))


def _by_word(before: str, after: str) -> Iterator[Stretch]:
    """One line against another. What has little in common is told as a whole: word by word nobody could read it."""
    if before == after:
        yield Stretch(Change.SAME, before)
        return
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    is_long = max(len(old), len(new)) > MOST_PIECES
    # Spaces agree everywhere and tell nothing: a match never begins with one.
    matcher = SequenceMatcher(str.isspace, [] if is_long else old, [] if is_long else new, autojunk=False)
    if is_long or matcher.quick_ratio() < 0.4 or matcher.ratio() < 0.4:
        yield from (Stretch(change, text) for change, text in ((Change.OUT, before), (Change.IN, after)) if text)
        return
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            yield Stretch(Change.SAME, "".join(old[a:b]))
        else:
            if a < b:
                yield Stretch(Change.OUT, "".join(old[a:b]))
            if c < d:
                yield Stretch(Change.IN, "".join(new[c:d]))
