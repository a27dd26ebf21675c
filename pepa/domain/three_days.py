"""The three days that the law gives: 3x24 hours, through nights and holidays (UU 12/2022 art. 41, UU 27/2022 art. 41
and 46). What runs so begins at an hour that somebody typed, and is reminded of at the same marks."""

from datetime import datetime, timedelta

from pepa import clock
from pepa.errors import Invalid

OVER = 72
REMIND = (24, 48, 66, OVER)  # hours that have passed
AHEAD = timedelta(minutes=5)
AGO = timedelta(days=365)  # before that it is a slip of the year


def first() -> datetime:
    """What began after this is not reminded of yet."""
    return clock.now() - timedelta(hours=REMIND[0])


def mark(from_at: datetime) -> int:
    """The last of the hours to remind at that has passed; 0 before the first."""
    passed = int((clock.now() - from_at) / timedelta(hours=1))
    return max((hours for hours in REMIND if hours <= passed), default=0)


def check(from_at: datetime, ahead: type[Invalid], ago: type[Invalid]) -> None:
    """Raises ahead for an hour that has not come, ago for one of more than a year before."""
    if from_at > clock.now() + AHEAD:
        raise ahead
    if from_at < clock.now() - AGO:
        raise ago
