"""What looks like a machine, or like very many at once: taken like everything else, and put aside (ADR 7).

Nothing is refused, and nothing is counted by address: a carrier has thousands of phones behind one. What is counted
lives in this process's memory and says neither who nor what.
"""

import threading
from collections import deque
from hashlib import blake2b
from secrets import token_bytes
from typing import TypeVar

from pepa import clock
from pepa.models.reports import Urgency

HASTY = 2  # seconds from form to sending: nobody types in less
QUICK = 30  # the form is longer than what most people read and answer in this time
SPAN = 300.0  # seconds that are looked back
SOME, MANY = 3, 60  # in these seconds and in this process: quick ones; all that look like people's
LONG = 40  # letters from which the same text twice is no coincidence
MOST = 10_000  # texts and tickets that are remembered
K = TypeVar("K")
T = TypeVar("T")


class Watch:
    """What one process has seen lately.

    hasty, quick   seconds        some, many   reports in `SPAN`        long   letters
    """

    def __init__(
        self, *, hasty: float = HASTY, quick: float = QUICK, some: int = SOME, many: int = MANY, long: int = LONG
    ) -> None:
        self._hasty, self._quick, self._some, self._many, self._long = hasty, quick, some, many, long
        self._lock = threading.Lock()
        self._times: deque[float] = deque(maxlen=many + 1)
        self._quick_times: deque[float] = deque(maxlen=some + 1)
        self._day, self._key = clock.today(), token_bytes(32)
        self._texts: dict[bytes, None] = {}
        self._judged: dict[str, bool] = {}

    def is_odd(
        self, ticket: str, text: str, *, seconds: float, is_filled: bool = False, urgency: str | None = None
    ) -> bool:
        """Whether a new report is put aside; remembers it either way. Asked again about a ticket it says the same: who
        presses twice sends one report.

        ticket     its name in the spool
        seconds    from the form's making to its sending, by our own clock: a phone's may be wrong
        is_filled  a field that no person sees holds something
        urgency    what was ticked: among very many at once, whoever needs help now stays in sight
        """
        with self._lock:
            if ticket not in self._judged:
                _keep(self._judged, ticket, is_filled or self._judge(text, seconds, urgency))
            return self._judged[ticket]

    def _judge(self, text: str, seconds: float, urgency: str | None) -> bool:
        quick, now = 0 <= seconds < self._quick, clock.monotonic()
        is_quick_flood = quick and _count(self._quick_times) >= self._some
        if quick:
            self._quick_times.append(now)
        is_same = self._is_same(text)  # asked always, for it remembers
        if is_same or is_quick_flood or 0 <= seconds < self._hasty:
            return True
        is_flood = _count(self._times) >= self._many
        self._times.append(now)
        return is_flood and urgency != Urgency.NOW

    def _is_same(self, text: str) -> bool:
        """Whether this text came before today. Kept is a mark under a key that nobody has tomorrow."""
        if (today := clock.today()) != self._day:
            self._day, self._key = today, token_bytes(32)
            self._texts.clear()
        words = " ".join(text.casefold().split())
        if len(words) < self._long:
            return False
        mark = blake2b(words.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).digest()
        came_before = mark in self._texts
        _keep(self._texts, mark, None)
        return came_before


def _keep(kept: dict[K, T], mark: K, value: T) -> None:
    """Remember it, and forget the oldest where there are too many."""
    if len(kept) >= MOST:
        del kept[next(iter(kept))]
    kept[mark] = value


def _count(times: deque[float]) -> int:
    """How many of these lie in the last `SPAN` seconds; older ones are dropped."""
    while times and clock.monotonic() - times[0] > SPAN:
        times.popleft()
    return len(times)


watch = Watch()
