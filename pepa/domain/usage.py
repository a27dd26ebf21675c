"""How often a title is read, printed, sent: a counter per title, output and day. Nobody is in it.

Counted in memory, and written now and then in one go: reading takes no write lock. What a process had not written when
it ended is lost, at most `MOST` readings or `SECONDS` of them; the figures are for choosing what to write next.
"""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from pepa import clock
from pepa.db import DatabaseFault, db, insert_once, transaction
from pepa.domain.documents import Format
from pepa.models.outputs import Use
from pepa.policy import Member, Permission, require
from pepa.words import N_

PAGE = "page"  # the reading itself
# What is read on a page; all other formats are those of outputs.
PAGES = {
    PAGE: N_("Dibaca di halaman"),
    f"{PAGE}-kuis": N_("Kuis dibaca"),
    f"{PAGE}-panduan": N_("Panduan dibaca"),
    f"{PAGE}-naskah": N_("Naskah dibaca"),
}
MOST, SECONDS = 50, 60.0  # readings, and how long they wait to be written
Key = tuple[int, str, date]


class _Waiting:
    """What this process has counted and not written yet."""

    def __init__(self) -> None:
        self._lock, self._counts, self._since = threading.Lock(), Counter[Key](), 0.0

    def add(self, key: Key) -> None:
        with self._lock:
            if not self._counts:
                self._since = clock.monotonic()
            self._counts[key] += 1

    def take(self, *, all_of_them: bool) -> Counter[Key]:
        """What is to be written now, and no longer waits; nothing where it may wait on."""
        with self._lock:
            waited = clock.monotonic() - self._since
            if not (all_of_them or sum(self._counts.values()) >= MOST or waited >= SECONDS):
                return Counter()
            taken, self._counts = self._counts, Counter()
            return taken

    def put_back(self, counts: Counter[Key]) -> None:
        with self._lock:
            self._counts += counts


_waiting = _Waiting()


def count(title_id: int, format: str = PAGE) -> None:  # noqa: A002 - the column's name
    """Somebody took an output of a title just now."""
    _waiting.add((title_id, format, clock.today()))


def write(*, all_of_them: bool = False) -> int:
    """Write what was counted, where there is enough of it. For after an answer is out: it takes the write lock.

    Returns how many readings were written. Where the database does not answer they wait on.
    """
    counts = _waiting.take(all_of_them=all_of_them)
    if not counts:
        return 0
    try:
        with transaction() as session:
            for (title_id, format_, on), times in counts.items():
                place = {"title_id": title_id, "format": format_, "on": on}
                insert_once(session, Use, {**place, "times": 0})
                here = (Use.title_id == title_id, Use.format == format_, Use.on == on)
                session.execute(sa.update(Use).where(*here).values(times=Use.times + times))
    except DatabaseFault:
        _waiting.put_back(counts)
        return 0
    return counts.total()


@dataclass(frozen=True)
class Taken:
    """How often an output of a title was taken in a span of days."""

    title_id: int
    format: str
    times: int

    @property
    def label(self) -> str:
        """What was taken, in words."""
        return PAGES.get(self.format) or (Format(self.format).label if self.format in set(Format) else self.format)


def since(actor: Member, *, days: int = 90) -> Sequence[Taken]:
    """What was taken in the last days, by title and output."""
    require(actor, Permission.SEE_LIBRARY)
    times = sa.func.sum(Use.times)
    rows = db.session.execute(
        sa.select(Use.title_id, Use.format, times)
        .where(Use.on > clock.today() - timedelta(days=days))
        .group_by(Use.title_id, Use.format)
        .order_by(Use.title_id, Use.format)
    )
    return [Taken(*row) for row in rows]
