"""Safe hours, as people write them: "Senin-Jumat 09.00-11.00", "jam 2 siang sampai jam 4 sore", "setelah jam 9".

Read with care: what is not understood whole is not understood at all, and an officer decides with the words in sight.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time

from pepa import clock

QUIET_FROM, QUIET_UNTIL = time(21), time(7)  # nobody is called at night who did not say so
DAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
ENGLISH = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EVERY = r"(?:setiap|tiap|semua) hari|every day"
EACH = r"\b(?:setiap|tiap|semua) (?=hari kerja|hari (?:{name})|(?:{name}))"  # "setiap hari Rabu": the Wednesdays
WORKDAYS = r"hari kerja|weekdays"
TO = r"(?:-|–|—|s/?d|sampai|hingga|to|until)"
PART = r"(?:pagi|siang|sore|malam)"
EARLIEST = 6  # an hour before this one, written without a part of the day, may be meant for the afternoon
PARTS = {
    "pagi": {hour: hour for hour in range(3, 12)},
    "siang": {10: 10, 11: 11, 12: 12, 1: 13, 2: 14, 3: 15, 4: 16},
    "sore": {hour: hour + 12 for hour in range(3, 7)},
    "malam": {hour: hour + 12 for hour in range(6, 12)},
}
AT = rf"(?:jam |pukul )?(\d{{1,2}})(?:[.:](\d{{2}}))?(?: ?({PART}))?"
SPAN = re.compile(rf"{AT} ?{TO} ?{AT}")
AFTER = re.compile(rf"(?:setelah|sesudah|after) {AT}")
BEFORE = re.compile(rf"(?:sebelum|before) {AT}")
DAY, TIMES = "@", "#"  # where days and spans stood in the text
ORDER = re.compile(rf"{DAY}*{TIMES}+|{TIMES}+{DAY}+")
FILLERS = re.compile(r"\b(?:hari|jam|pukul|wib|dan|and|dari|from|at|saja|only|atau|or)\b|[^\w]")


@dataclass(frozen=True)
class Hours:
    """days: 0 is Monday. spans: from and until, by the clock of Serang."""

    days: frozenset[int]
    spans: tuple[tuple[time, time], ...]

    def hold(self, from_at: datetime, until_at: datetime) -> bool:
        """Whether a stretch of time lies whole inside of them."""
        here, there = from_at.astimezone(clock.JAKARTA), until_at.astimezone(clock.JAKARTA)
        if here.date() != there.date() or here.weekday() not in self.days:
            return False
        return any(start <= here.time() and there.time() <= end for start, end in self.spans)


def read(text: str) -> Hours | None:
    """What somebody wrote, or None where any of it is not understood, nor which of its days have which hours."""
    plain = re.sub(f"[{DAY}{TIMES}]", " ", text.casefold().replace("jum'at", "jumat").replace("jum’at", "jumat"))
    rest = " ".join(plain.split())
    days, rest = _days(rest)
    spans: list[tuple[time, time]] = []
    try:
        for pattern, ends in ((SPAN, None), (AFTER, (None, QUIET_FROM)), (BEFORE, (QUIET_UNTIL, None))):
            spans += [_span(match, ends) for match in pattern.finditer(rest)]
            rest = pattern.sub(f" {TIMES} ", rest)
    except (ValueError, KeyError):
        return None
    if FILLERS.sub("", rest) or not spans or any(start >= end for start, end in spans):
        return None
    if not ORDER.fullmatch(re.sub(f"[^{DAY}{TIMES}]", "", rest)):
        return None
    return Hours(days, tuple(spans))


def _span(match: re.Match[str], ends: tuple[time | None, time | None] | None) -> tuple[time, time]:
    if ends is None:
        first, last = match.groups()[:3], match.groups()[3:]
        return _time(first[0], first[1], first[2]), _time(last[0], last[1], last[2])
    at = _time(*match.groups())
    return ends[0] or at, ends[1] or at


def _time(hour: str, minute: str | None, part: str | None) -> time:
    """Raises ValueError for what is no time of a day, and for what may be either half of it ("jam 2")."""
    number = int(hour)
    if part:
        return time(PARTS[part][number], int(minute or 0))
    if 0 < number < EARLIEST or (minute is None and number <= 12):
        raise ValueError(hour)
    return time(number, int(minute or 0))


def _days(rest: str) -> tuple[frozenset[int], str]:
    """The days that are named, every day where none is; and the text with a mark where they stood."""
    found: set[int] = set()
    numbers = {name: number for names in (DAYS, ENGLISH) for number, name in enumerate(names)}
    name = "|".join(numbers)
    rest = re.sub(EACH.format(name=name), "", rest)
    for pattern, named in ((EVERY, range(7)), (WORKDAYS, range(5))):
        if re.search(pattern, rest):
            found |= set(named)
            rest = re.sub(pattern, f" {DAY} ", rest)
    for match in re.finditer(rf"\b({name}) ?{TO} ?({name})\b", rest):
        first, last = numbers[match[1]], numbers[match[2]]
        found |= {day % 7 for day in range(first, (last if last >= first else last + 7) + 1)}
    rest = re.sub(rf"\b(?:{name}) ?{TO} ?(?:{name})\b", f" {DAY} ", rest)
    found |= {numbers[one] for one in re.findall(rf"\b({name})\b", rest)}
    return frozenset(found or range(7)), re.sub(rf"\b(?:{name})\b", f" {DAY} ", rest)


def is_quiet(from_at: datetime, until_at: datetime) -> bool:
    """Whether a stretch of time touches the night."""
    here, there = from_at.astimezone(clock.JAKARTA), until_at.astimezone(clock.JAKARTA)
    return here.date() != there.date() or here.time() < QUIET_UNTIL or there.time() > QUIET_FROM
