"""Sheets as they are typed, line by line: each slip is told at its line, and only that line is asked again."""

from collections.abc import Sequence

from pepa.domain import keys, recovery
from pepa.errors import Failure, Invalid
from pepa.words import N_

LINES = range(1, recovery.LINES + 1)


class ShortLine(Invalid):
    """A line that has not its four words."""

    says = N_("Satu baris ada 4 kata.")


class Retyping:
    """So many sheets of one set.

    known  of a set of this database, which the first one tells already; False before there is one
    """

    def __init__(self, count: int, *, known: bool = True) -> None:
        self._count, self._known = count, known
        self._found: list[recovery.Sheet] = []
        self._lines: dict[int, Sequence[str]] = {}

    @property
    def next(self) -> tuple[int, int] | None:
        """Which sheet and which line of it is to be typed now, each from 1; None once all are there."""
        if self.whole == self._count:
            return None
        return self.whole + 1, next(line for line in LINES if line not in self._lines)

    @property
    def whole(self) -> int:
        """How many sheets are there and fit."""
        return len(self._found)

    def take(self, typed: str) -> None:
        """The next line. Raises what there is to say: recovery.WrongWord, NoSet, OtherSheets, OldSheets; ShortLine."""
        if self.next is None:
            raise ValueError("all sheets are there")
        _, line = self.next
        words = recovery.read_line(typed, line)
        if len(words) != recovery.ACROSS:
            raise ShortLine
        self._lines[line] = words
        if len(self._lines) == len(LINES):
            self._close()

    def _close(self) -> None:
        """The sheet is whole: it fits, or what is wrong is asked again."""
        try:
            sheet = recovery.read_sheet(" ".join(word for line in LINES for word in self._lines[line]))
        except recovery.WrongWord as wrong:
            self._forget(wrong)
            raise
        self._lines.clear()
        if self._known:
            recovery.look(sheet)
        if self._found:
            recovery.pair_of([*self._found, sheet])
        self._found.append(sheet)

    def _forget(self, wrong: recovery.WrongWord) -> None:
        """Its line, or two where words of both changed places; all of them where nobody knows which."""
        last = wrong.n + (wrong.kind == "swapped")
        lines = {(place - 1) // recovery.ACROSS + 1 for place in (wrong.n, last)} if wrong.n else set(LINES)
        self._lines = {line: words for line, words in self._lines.items() if line not in lines}

    def pair(self) -> keys.Pair:
        """What they give. Raises NoSet."""
        return recovery.pair_of(self._found)


def said(failure: Failure) -> str:
    """Its sentence, for whoever types."""
    return failure.says % failure.values
