"""A small city for tests of coverage: RTs and what became of them, sessions; the figures, counted one by one.

The counting here is slow and plain, so that it can be seen to be right: sets, and a loop for each question.
"""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

import sqlalchemy as sa

from pepa import clock
from pepa.db import transaction
from pepa.domain import periods
from pepa.models.areas import Area, AreaChange
from pepa.models.outreach import Count, Manner, Standing, Target, Teaching, TeachingPlace

FIRST = date(2026, 1, 1)
TITLE = 90


@dataclass
class Rt:
    """level: rt, or rw for what is none. became: its followers, on the day `until`."""

    code: str
    name: str = "001"
    level: str = "rt"
    since: date = FIRST
    until: date | None = None
    became: list["Rt"] = field(default_factory=list)
    id: UUID = field(default_factory=uuid4)


@dataclass
class Session:
    """numbers: attendance as it was logged first, then as corrected, each with the quarter in which it counts."""

    code: str
    on: date
    rts: list[Rt]
    manner: Manner = Manner.MEETING
    standing: Standing = Standing.CONFIRMED
    numbers: list[tuple[int, str]] = field(default_factory=list)
    title_id: int = TITLE
    edition: int = 1
    period: str = ""

    def __post_init__(self) -> None:
        self.period = self.period or periods.of(self.on)
        self.numbers = self.numbers or [(0, self.period)]


def store(person_id: UUID, rts: list[Rt], sessions: list[Session]) -> list[UUID]:
    """In place of all that stands there; returns the ids of the sessions."""
    now = clock.now()
    with transaction() as session:
        for table in (Count, TeachingPlace, Teaching, AreaChange, Area, Target):
            session.execute(sa.delete(table))
        for rt in rts:
            dates = {"valid_from": rt.since, "valid_until": rt.until}
            session.add(Area(id=rt.id, kelurahan_code=rt.code, level=rt.level, name=rt.name, **dates))
        session.flush()
        for rt in rts:
            session.add_all(AreaChange(from_id=rt.id, to_id=then.id, on=rt.until, change="split") for then in rt.became)
        ids = []
        for one in sessions:
            row = Teaching(
                title_id=one.title_id,
                edition_number=one.edition,
                on=one.on,
                minutes=30,
                manner=one.manner,
                kelurahan_code=one.code,
                person_id=person_id,
                standing=one.standing,
                period=one.period,
                number=len(one.numbers),
                logged_at=now,
            )
            session.add(row)
            session.flush()
            ids.append(row.id)
            places = {rt.id for rt in one.rts}
            session.add_all(TeachingPlace(teaching_id=row.id, area_id=area_id) for area_id in places)
            session.add_all(
                Count(teaching_id=row.id, number=n, uncounted=total, period=period, is_late=n > 1, at=now)
                for n, (total, period) in enumerate(one.numbers, start=1)
            )
    return ids


def became(rt: Rt, day: date) -> list[Rt]:
    """What an RT is on a day: itself, or all that came out of it, step by step."""
    if rt.until is None or day < rt.until:
        return [rt]
    return [last for then in rt.became for last in became(then, day)]


def stands(rt: Rt, day: date) -> bool:
    return rt.level == "rt" and rt.since <= day and (rt.until is None or day < rt.until)


def figures(
    code: str, period: str, day: date, rts: list[Rt], sessions: list[Session], **narrowed: object
) -> tuple[int, ...]:
    """(rts, reached, never, sessions, attendance, late, posts) of a kelurahan, one by one."""
    counting = [one for one in sessions if one.standing is Standing.CONFIRMED]
    covering = [one for one in counting if one.manner is not Manner.GROUP]
    fits = [one for one in counting if all(getattr(one, name) == value for name, value in narrowed.items())]
    here = [rt for rt in rts if rt.code == code and stands(rt, day)]
    held = [one for one in fits if one in covering and one.code == code and one.period == period]
    reached = never = 0
    for rt in here:
        in_quarter = [one for one in fits if one in covering and one.period == period]
        reached += any(rt in became(named, day) for one in in_quarter for named in one.rts)
        never += not any(rt in became(named, day) for one in covering for named in one.rts)
    attendance = late = 0
    for one in fits:
        if one in covering and one.code == code:
            before = 0
            for total, counts_in in one.numbers:
                attendance += total - before if counts_in == one.period == period else 0
                late += total - before if counts_in == period != one.period else 0
                before = total
    posts = sum(one.manner is Manner.GROUP and one.code == code and one.period == period for one in fits)
    return (len(here), reached, never, len(held), attendance, late, posts)
