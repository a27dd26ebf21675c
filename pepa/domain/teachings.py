"""Sessions as they are read: the own ones by whoever taught, all of the city's by the office. Numbers and places."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from pepa.db import Page, db, keyset
from pepa.domain import areas, attendance, periods, plans
from pepa.domain.plans import Teacher
from pepa.errors import NotFound
from pepa.models.areas import Area, Level
from pepa.models.cadres import Cadre
from pepa.models.organisations import ROOTS, Membership, Organisation
from pepa.models.outreach import Count, Manner, Photo, Standing, Target, Teaching, TeachingPlace
from pepa.models.people import Person
from pepa.models.titles import Edition, State
from pepa.policy import Member, Permission, can, require

LAST = 20  # of the own ones that are shown


@dataclass(frozen=True)
class Logged:
    """One session with the numbers that hold. places: as people say them; who: whose it is.

    counts     all numbers that ever stood, the last one last
    is_typed   somebody of the office typed it from paper
    """

    teaching: Teaching
    counts: Sequence[Count]
    title: str
    ward: str
    places: Sequence[str]
    who: str
    is_typed: bool
    has_photo: bool

    @property
    def count(self) -> attendance.Attendance:
        last = self.counts[-1]
        cells = {name: getattr(last, name) for name in attendance.CELLS}
        return attendance.Attendance(cells, last.uncounted, last.disabled)

    @property
    def total(self) -> int:
        return self.counts[-1].total

    @property
    def standing(self) -> Standing:
        return Standing(self.teaching.standing)

    @property
    def manner(self) -> Manner:
        return Manner(self.teaching.manner)

    @property
    def place(self) -> str:
        """`Sumurpecung: RT 003, RT 004`, or the kelurahan alone."""
        return f"{self.ward}: {', '.join(self.places)}" if self.places else self.ward


@dataclass(frozen=True)
class Reached:
    """A quarter of one who teaches. rts: in confirmed sessions; target: of the own kelurahan, if one is set."""

    period: str
    rts: int
    sessions: int
    target: int | None


def seen_by(actor: Teacher) -> sa.ColumnElement[bool]:
    """The own ones and those that the actor typed; for whoever confirms, all members' and the office's cadres'."""
    own = plans.is_own(actor, Teaching)
    if not isinstance(actor, Member):
        return own
    if can(actor, Permission.CONFIRM_OUTREACH):
        theirs = sa.select(Cadre.id).where(Cadre.organisation_id == actor.organisation_id)
        return sa.or_(Teaching.person_id.in_(_people(actor)), Teaching.cadre_id.in_(theirs))
    return sa.or_(own, Teaching.typed_by_id == actor.person_id)


def _people(actor: Member) -> sa.Select[Any]:
    """Members of the actor's own organisation, and of those that hold no reports."""
    theirs = sa.or_(Organisation.id == actor.organisation_id, Organisation.kind.not_in(ROOTS))
    return sa.select(Membership.person_id).join(Organisation).where(theirs)


def get_for(actor: Teacher, teaching_id: UUID) -> Logged:
    """Raises NotFound."""
    found = _read(db.session.scalars(sa.select(Teaching).where(Teaching.id == teaching_id, seen_by(actor))).all())
    if not found:
        raise NotFound
    return found[0]


def own(actor: Teacher) -> Sequence[Logged]:
    """What the actor taught, the last first."""
    order = (Teaching.on.desc(), Teaching.logged_at.desc(), Teaching.id)
    query = sa.select(Teaching).where(plans.is_own(actor, Teaching)).order_by(*order).limit(LAST)
    return _read(db.session.scalars(query).all())


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to; None: all of it."""

    standing: Standing | None = None
    kelurahan_code: str | None = None
    title_id: int | None = None
    manner: Manner | None = None
    from_on: date | None = None
    until_on: date | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        exact = {"standing": self.standing, "kelurahan_code": self.kelurahan_code, "title_id": self.title_id,
                 "manner": self.manner}  # fmt: skip
        found = [getattr(Teaching, name) == value for name, value in exact.items() if value is not None]
        if self.from_on:
            found.append(Teaching.on >= self.from_on)
        if self.until_on:
            found.append(Teaching.on <= self.until_on)
        return found


def list_for(actor: Member, narrowed: Filter, at: str | None = None) -> Page[Logged]:
    """What was logged, in the order of its days, for the office."""
    require(actor, Permission.CONFIRM_OUTREACH)
    query = sa.select(Teaching).where(seen_by(actor), *narrowed.conditions())
    found = keyset(query, Teaching.on, Teaching.id, at=at)
    return Page(_read(found.items), found.earlier, found.later)


def _read(rows: Sequence[Teaching]) -> list[Logged]:
    """With their names, in four questions however many they are."""
    ids = [row.id for row in rows]
    counts, places = _counts(ids), _places(ids)
    titles, who = _titles(rows), _who(rows)
    wards = {ward.code: ward.name for ward in areas.wards()}
    photos = set(db.session.scalars(sa.select(Photo.teaching_id).where(Photo.teaching_id.in_(ids)))) if ids else set()
    return [
        Logged(
            row,
            counts[row.id],
            titles.get((row.title_id, row.edition_number), ""),
            wards.get(row.kelurahan_code, ""),
            places[row.id],
            who.get(row.cadre_id or row.person_id, ""),  # type: ignore[arg-type]
            row.typed_by_id is not None,
            row.id in photos,
        )
        for row in rows
    ]


def _counts(ids: Sequence[UUID]) -> dict[UUID, list[Count]]:
    found: dict[UUID, list[Count]] = defaultdict(list)
    query = sa.select(Count).where(Count.teaching_id.in_(ids)).order_by(Count.teaching_id, Count.number)
    for count in db.session.scalars(query) if ids else ():
        found[count.teaching_id].append(count)
    return found


def _places(ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    if ids:
        query = sa.select(TeachingPlace).where(TeachingPlace.teaching_id.in_(ids))
        rows = db.session.scalars(query).all()
        labels = _labels({row.area_id for row in rows})
        for row in rows:
            found[row.teaching_id].append(labels[row.area_id])
    return defaultdict(list, {key: sorted(names, key=areas.natural) for key, names in found.items()})


def _labels(ids: set[UUID]) -> dict[UUID, str]:
    """Parts as people say them, also of such as stand no more: with what each lies in."""
    found: dict[UUID, Area] = {}
    wanted = ids
    while wanted:
        for area in db.session.scalars(sa.select(Area).where(Area.id.in_(wanted))):
            found[area.id] = area
        above = {area.parent_id for area in found.values() if area.parent_id}
        wanted = above - found.keys()
    return {part.id: part.label for part in areas.tree(list(found.values()))}


def _titles(rows: Sequence[Teaching]) -> dict[tuple[int, int], str]:
    ids = {row.title_id for row in rows}
    query = sa.select(Edition.title_id, Edition.number, Edition.title).where(Edition.title_id.in_(ids))
    return {(title_id, number): name for title_id, number, name in db.session.execute(query)} if ids else {}


def _who(rows: Sequence[Teaching]) -> dict[UUID, str]:
    """Cadres and members have ids of one space."""
    found: dict[UUID, str] = {}
    for table, ids in ((Cadre, {row.cadre_id for row in rows}), (Person, {row.person_id for row in rows})):
        if ids - {None}:
            query = sa.select(table.id, table.name).where(table.id.in_(ids - {None}))
            found |= {row.id: row.name for row in db.session.execute(query)}
    return found


def withdrawn(actor: Teacher) -> Sequence[tuple[int, str, str]]:
    """Titles that the actor taught in an edition that was withdrawn since, or in one before it, and was not told of:
    number, name, why."""
    query = (
        sa.select(Edition.title_id, Edition.title, Edition.withdrawn_reason)
        .join(Teaching, sa.and_(Teaching.title_id == Edition.title_id, Teaching.edition_number <= Edition.number))
        .where(plans.is_own(actor, Teaching), ~Teaching.told_withdrawn, Edition.state == State.WITHDRAWN)
        .order_by(Edition.title_id, Edition.number.desc())
    )
    found: dict[int, tuple[int, str, str]] = {}
    for title_id, name, why in db.session.execute(query):
        found.setdefault(title_id, (title_id, name, why))
    return list(found.values())


def reached(actor: Teacher) -> Sequence[Reached]:
    """This quarter and the last one: how far the actor came, and the target of the own kelurahan. Nobody is ranked."""
    home, this = plans.home(actor), periods.current()
    return [_reached(actor, home, period) for period in (this, periods.before(this))]


def _reached(actor: Teacher, home: str | None, period: str) -> Reached:
    mine: tuple[Any, ...] = (plans.is_own(actor, Teaching), Teaching.period == period)
    covers = [manner.value for manner in Manner if manner.covers]
    counted = (*mine, Teaching.standing == Standing.CONFIRMED, Teaching.manner.in_(covers))
    rts = sa.select(sa.func.count(sa.distinct(TeachingPlace.area_id))).join(Teaching)
    rts = rts.join(Area, Area.id == TeachingPlace.area_id).where(*counted, Area.level == Level.RT.value)
    held = sa.select(sa.func.count()).select_from(Teaching).where(*mine, Teaching.standing != Standing.SET_ASIDE)
    target = db.session.get(Target, (home, period)) if home else None
    return Reached(period, db.session.scalar(rts) or 0, db.session.scalar(held) or 0, target.rts if target else None)
