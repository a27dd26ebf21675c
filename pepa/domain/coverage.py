"""Where something was taught and where not yet: one reckoning behind screen, paper, CSV and XLSX.

The rules of counting stand in docs/guides/counting-coverage.md. In short:

- An RT is reached in a quarter by one confirmed session at least that names it and was no group chat.
- It is reckoned against the RTs that stood on the quarter's last day, or today while the quarter runs. A session that
  named an RT which was renamed, split, joined or moved until then reached what came out of it.
- Attendance is that of the quarter's sessions as they were corrected last. What is corrected after a close counts by
  its difference in the open quarter, where it stands apart, and what was closed stays as it was.
- "Never" and "last" look at every quarter; those of a closed one at what counted in it or before.

Nothing here is ever read together with reports: no figure of this page stands beside one about a case.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from pepa import clock
from pepa.db import db
from pepa.domain import areas, periods
from pepa.domain.areas import Part, Ward
from pepa.models.areas import Area, Level
from pepa.models.outreach import Count, Manner, Standing, Target, Teaching, TeachingPlace
from pepa.models.places import Kelurahan
from pepa.models.titles import Edition, State
from pepa.policy import Member, Permission, require

Conditions = tuple[sa.ColumnElement[bool], ...]
COVERING = tuple(manner for manner in Manner if manner.covers)
SEXES, AGES = ("f", "m"), ("child", "teen", "adult", "elder")
HEADS = (*(f"{sex}_{age}" for sex in SEXES for age in AGES), "uncounted")  # what Count.total adds up


@dataclass(frozen=True)
class Asked:
    """What is looked at: a quarter, and what narrows it. None narrows nothing."""

    period: str
    kecamatan: str | None = None
    title_id: int | None = None
    manner: Manner | None = None

    @property
    def day(self) -> date:
        """The day whose RTs are reckoned against."""
        return min(periods.last_day(self.period), clock.today())


@dataclass(frozen=True)
class Tally:
    """Figures of a kelurahan, a kecamatan or the city.

    rts        that stood; reached: of these in the quarter; never: of these in no quarter yet
    sessions   confirmed, without group chats; posts: group chats
    attendance kehadiran: whoever comes twice is counted twice
    late       by how much sessions of closed quarters were corrected in this one: no part of attendance
    withdrawn  sessions whose edition was withdrawn since
    last_on    the last session's day, whatever its quarter; of a closed one not after it, as never
    target     None where none was set
    """

    rts: int = 0
    reached: int = 0
    never: int = 0
    sessions: int = 0
    attendance: int = 0
    late: int = 0
    posts: int = 0
    withdrawn: int = 0
    last_on: date | None = None
    target: int | None = None

    @property
    def share(self) -> int | None:
        """In whole percent, None where there is no RT: nothing of nothing is not everything.

        100 only where each was reached, 0 only where none was.
        """
        if not self.rts:
            return None
        rounded = (200 * self.reached + self.rts) // (2 * self.rts)
        return max(1, min(99, rounded)) if 0 < self.reached < self.rts else rounded

    def __add__(self, other: "Tally") -> "Tally":
        """The figures of both. Each RT lies in one kelurahan, so RTs add up; percents never do."""
        days = [day for day in (self.last_on, other.last_on) if day]
        targets = [target for target in (self.target, other.target) if target is not None]
        added = {name: getattr(self, name) + getattr(other, name) for name in _ADDED}
        both = Tally(last_on=max(days, default=None), target=sum(targets) if targets else None)
        return replace(both, **added)


_ADDED = ("rts", "reached", "never", "sessions", "attendance", "late", "posts", "withdrawn")


@dataclass(frozen=True)
class Coverage:
    """What was asked and what was found, by kelurahan in the order of their codes. is_closed: the quarter was."""

    asked: Asked
    is_closed: bool
    rows: Sequence[tuple[Ward, Tally]]

    @cached_property
    def total(self) -> Tally:
        return sum((tally for _, tally in self.rows), Tally())

    @cached_property
    def by_kecamatan(self) -> Mapping[str, Tally]:
        found: dict[str, Tally] = {}
        for ward, tally in self.rows:
            found[ward.kecamatan] = found.get(ward.kecamatan, Tally()) + tally
        return found


def of(actor: Member, asked: Asked) -> Coverage:
    """The city, or one kecamatan of it, in a quarter. Raises NoPeriod."""
    require(actor, Permission.SEE_COVERAGE)
    wards = [ward for ward in areas.wards() if asked.kecamatan in (None, ward.kecamatan_code)]
    is_closed = periods.is_closed(asked.period)
    ever = _ever(asked, is_closed)
    rts, hit, never = _reached(asked, ever)
    held, withdrawn = _held(asked), _withdrawn(asked)
    attended, late = _attended(asked)
    last, targets = _last(ever), _targets(asked.period)
    return Coverage(
        asked,
        is_closed,
        [
            (
                ward,
                Tally(
                    rts[ward.code],
                    hit[ward.code],
                    never[ward.code],
                    held[ward.code, True],
                    attended[ward.code],
                    late[ward.code],
                    held[ward.code, False],
                    withdrawn[ward.code],
                    last.get(ward.code),
                    targets.get(ward.code),
                ),
            )
            for ward in wards
        ],
    )


@dataclass(frozen=True)
class Reach:
    """An RT inside a kelurahan. sessions: in the quarter, within what narrows it; last_on: as `Tally`."""

    part: Part
    sessions: int
    last_on: date | None


@dataclass(frozen=True)
class Inside:
    """A kelurahan's own page. loose: sessions of the quarter that named no RT: an RW, or the whole kelurahan."""

    asked: Asked
    is_closed: bool
    ward: Ward
    tally: Tally
    rts: Sequence[Reach]
    loose: int


def inside(actor: Member, kelurahan_code: str, asked: Asked) -> Inside:
    """One kelurahan with its RTs; its figures are those of its row in the city's list. Raises NotFound, NoPeriod."""
    ward = areas.ward(kelurahan_code)
    city = of(actor, asked)
    tally = next((tally for one, tally in city.rows if one == ward), Tally())
    reaches = _reaches(ward, asked, _ever(asked, city.is_closed))
    return Inside(asked, city.is_closed, ward, tally, reaches, _loose(ward, asked))


def _reaches(ward: Ward, asked: Asked, ever: Conditions) -> list[Reach]:
    rts = [part for part in areas.of(ward.code, asked.day) if part.level is Level.RT]
    came_from: dict[UUID, set[UUID]] = {part.id: {part.id} for part in rts}
    for before, now in areas.became(asked.day).items():
        for rt_id in now & came_from.keys():
            came_from[rt_id].add(before)
    named = set().union(*came_from.values())
    held: dict[UUID, list[tuple[UUID, date, bool]]] = {area_id: [] for area_id in named}
    # What counts is looked at and not looked for: else SQLite begins with every session that was ever confirmed.
    query = (
        sa.select(TeachingPlace.area_id, Teaching.id, Teaching.on, sa.and_(*_counted(asked)), sa.and_(*ever))
        .join(Teaching, Teaching.id == TeachingPlace.teaching_id)
        .where(TeachingPlace.area_id.in_(named))
    )
    for area_id, teaching_id, on, is_counted, is_held in db.session.execute(query):
        if is_held:
            held[area_id].append((teaching_id, on, is_counted))
    return [_reach(part, [one for area_id in came_from[part.id] for one in held[area_id]]) for part in rts]


def _reach(part: Part, held: Sequence[tuple[UUID, date, bool]]) -> Reach:
    """held: id, day, and whether it counts in the quarter. A session that named two parts of what is one now is one."""
    counted = {teaching_id for teaching_id, _, is_counted in held if is_counted}
    return Reach(part, len(counted), max((on for _, on, _ in held), default=None))


def _loose(ward: Ward, asked: Asked) -> int:
    names_one = sa.exists().where(
        TeachingPlace.teaching_id == Teaching.id, Area.id == TeachingPlace.area_id, Area.level == Level.RT
    )
    query = sa.select(sa.func.count()).select_from(Teaching)
    ours = query.where(*_counted(asked), Teaching.kelurahan_code == ward.code, ~names_one)
    return db.session.scalars(ours).one()


class _Reached(NamedTuple):
    """RTs by kelurahan: how many stood, were reached in the quarter, and were reached in no quarter yet."""

    rts: Counter[str]
    hit: Counter[str]
    never: Counter[str]


def _reached(asked: Asked, ever: Conditions) -> _Reached:
    named = _named(asked).subquery()
    any_time = sa.exists().where(TeachingPlace.area_id == Area.id, Teaching.id == TeachingPlace.teaching_id, *ever)
    # Most were named in the quarter: only the others are looked up one by one.
    known_one = sa.case((named.c.area_id.is_not(None), sa.true()), else_=any_time)
    query = (
        sa.select(
            Area.id, Area.kelurahan_code, sa.and_(*areas.stood(asked.day)), named.c.area_id.is_not(None), known_one
        )
        .outerjoin(named, named.c.area_id == Area.id)
        .where(Area.level == Level.RT)
    )
    became = areas.became(asked.day)
    rts, hit, known = dict[UUID, str](), set[UUID](), set[UUID]()
    for rt_id, code, stands, is_hit, is_known in db.session.execute(query):
        if stands:
            rts[rt_id] = code
        if is_known:
            now = became.get(rt_id) or (rt_id,)
            known.update(now)
            if is_hit:
                hit.update(now)
    return _Reached(
        Counter(rts.values()),
        Counter(rts[rt_id] for rt_id in hit if rt_id in rts),
        Counter(code for rt_id, code in rts.items() if rt_id not in known),
    )


def _counted(asked: Asked | None = None, manners: Sequence[Manner] = COVERING) -> Conditions:
    """What holds of the sessions that count; of those in a quarter and within what narrows it, where that is asked."""
    if asked is None:
        return (Teaching.standing == Standing.CONFIRMED, Teaching.manner.in_(manners))
    if asked.manner is not None:
        manners = [manner for manner in manners if manner is asked.manner]
    narrowed = (Teaching.title_id == asked.title_id,) if asked.title_id is not None else ()
    return (Teaching.period == asked.period, *_counted(manners=manners), *narrowed)


def _ever(asked: Asked, is_closed: bool) -> Conditions:
    """What holds of the sessions that "never" and "last" look at. What comes in after the close counts in a later
    quarter, on whatever day it was."""
    return (*_counted(), Teaching.period <= asked.period) if is_closed else _counted()


def _named(asked: Asked) -> sa.Select[UUID]:
    """The ids of what was named by a session that counts in the quarter."""
    places = sa.select(TeachingPlace.area_id).join(Teaching, Teaching.id == TeachingPlace.teaching_id)
    return places.where(*_counted(asked)).distinct()


def _held(asked: Asked) -> Counter[tuple[str, bool]]:
    """How many sessions by kelurahan, True for those that cover and False for what was posted in groups."""
    query = (
        sa.select(Teaching.kelurahan_code, Teaching.manner, sa.func.count())
        .where(*_counted(asked, tuple(Manner)))
        .group_by(Teaching.kelurahan_code, Teaching.manner)
    )
    found = Counter[tuple[str, bool]]()
    for code, manner, count in db.session.execute(query):
        found[code, Manner(manner).covers] += count
    return found


def _last(ever: Conditions) -> dict[str, date]:
    """The day of each kelurahan's last session."""
    last = (
        sa.select(Teaching.on)
        .where(Teaching.kelurahan_code == Kelurahan.code, *ever)
        .order_by(Teaching.on.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = db.session.execute(sa.select(Kelurahan.code, last).where(last.is_not(None)))
    return {row[0]: row[1] for row in found}


def _attended(asked: Asked) -> tuple[Counter[str], Counter[str]]:
    """Attendance by kelurahan: the first numbers of the quarter's sessions, and by how much each correction of one
    differs from what it corrects; and by how much sessions of other quarters were corrected in this one."""
    first, now, before = Count, aliased(Count), aliased(Count)
    told = (
        sa.select(Teaching.kelurahan_code, sa.func.sum(_total(first)))
        .join(first, sa.and_(first.teaching_id == Teaching.id, first.number == 1))
        .where(*_counted(asked))
        .group_by(Teaching.kelurahan_code)
    )
    is_ours = Teaching.period == asked.period
    corrected = (
        sa.select(Teaching.kelurahan_code, is_ours, sa.func.sum(_total(now) - _total(before)))
        .select_from(now)
        .join(before, sa.and_(before.teaching_id == now.teaching_id, before.number == now.number - 1))
        .join(Teaching, Teaching.id == now.teaching_id)
        .where(now.period == asked.period, now.number > 1, *_counted(asked)[1:])
        .group_by(Teaching.kelurahan_code, is_ours)
    )
    attended, late = _by_code(told), Counter[str]()
    for code, is_own, more in db.session.execute(corrected):
        (attended if is_own else late)[code] += more
    return attended, late


def _total(count: type[Count]) -> sa.ColumnElement[int]:
    """As Count.total, in SQL."""
    first, *others = (getattr(count, name) for name in HEADS)
    added: sa.ColumnElement[int] = sum(others, first)
    return added


def _withdrawn(asked: Asked) -> Counter[str]:
    """How many sessions used an edition that was withdrawn since. They stay."""
    gone = sa.select(Edition.title_id, Edition.number).where(Edition.state == State.WITHDRAWN)
    pairs = [(title_id, number) for title_id, number in db.session.execute(gone)]
    if not pairs:
        return Counter()
    query = (
        sa.select(Teaching.kelurahan_code, sa.func.count())
        .where(*_counted(asked), sa.tuple_(Teaching.title_id, Teaching.edition_number).in_(pairs))
        .group_by(Teaching.kelurahan_code)
    )
    return _by_code(query)


def _targets(period: str) -> Mapping[str, int]:
    return _by_code(sa.select(Target.kelurahan_code, Target.rts).where(Target.period == period))


def _by_code(query: sa.Select[str, int]) -> Counter[str]:
    return Counter({row[0]: row[1] for row in db.session.execute(query)})


def titles() -> dict[int, str]:
    """What was ever published, by its number, under the name of its last edition."""
    out = (State.PUBLISHED, State.REPLACED, State.WITHDRAWN)
    query = sa.select(Edition.title_id, Edition.title).where(Edition.state.in_(out)).order_by(Edition.number)
    found = {row[0]: row[1] for row in db.session.execute(query)}
    return dict(sorted(found.items()))
