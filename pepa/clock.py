"""Time. Everything below the pages is aware and in UTC; only working days and pages know Asia/Jakarta."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

JAKARTA = ZoneInfo("Asia/Jakarta")

SECOND = timedelta(seconds=1)
_frozen: datetime | None = None


def now() -> datetime:
    """This instant, aware, in UTC."""
    return _frozen or datetime.now(UTC)


def monotonic() -> float:
    """Seconds that only go forward, for time-outs inside one process: a clock that is set does not move it."""
    return time.monotonic()


def today() -> date:
    """The calendar day in Serang."""
    return now().astimezone(JAKARTA).date()


def second(at: datetime | None = None) -> int:
    """Whole seconds since 1970, for the ticket of a form."""
    return int((at or now()).timestamp())


def minute(at: datetime | None = None) -> int:
    """Whole minutes since 1970, for cookies and handles."""
    return second(at) // 60


def hour(at: datetime) -> datetime:
    """The hour an instant lies in: all that is kept of the time of an anonymous act (vault.md, In the clear)."""
    return at.replace(minute=0, second=0, microsecond=0)


def hour_up(at: datetime) -> datetime:
    """The next full hour; an hour itself stays."""
    return at if hour(at) == at else hour(at) + timedelta(hours=1)


def quarter_up(at: datetime) -> datetime:
    """The next full quarter of an hour; a quarter itself stays."""
    floor = at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)
    return floor if floor == at else floor + timedelta(minutes=15)


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Hold the clock at one instant, for tests. Nests."""
    global _frozen
    if at.tzinfo is None:
        raise TypeError("a naive time")
    before, _frozen = _frozen, at.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before
