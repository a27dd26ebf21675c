"""Where the city's people live: kecamatan, kelurahan, and in it lingkungan, RW and RT, each with its days.

The first two are the first data; the parts of a kelurahan come from the office. What a part was stays: a name that
changes, a part that is split, joined or moved leaves its old row with its last day, and a row that says what it became.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from uuid import UUID

import sqlalchemy as sa

from pepa.db import Kept, db
from pepa.errors import NotFound
from pepa.models.areas import Area, AreaChange, Level
from pepa.models.places import Kecamatan, Kelurahan

TALL = tuple(Level)  # from large to small


@dataclass(frozen=True)
class Ward:
    """A kelurahan as pages name it: its name may stand twice in the city, so its kecamatan goes along."""

    code: str
    name: str
    kecamatan_code: str
    kecamatan: str

    @property
    def label(self) -> str:
        return f"{self.name}, {self.kecamatan}"


@dataclass(frozen=True)
class Part:
    """A part of a kelurahan with its place in the tree.

    path   the names of what it lies in and its own, from large to small, such as ("RW 02", "RT 003")
    """

    id: UUID
    kelurahan_code: str
    level: Level
    name: str
    parent_id: UUID | None
    valid_from: date
    valid_until: date | None
    path: tuple[str, ...]

    @property
    def title(self) -> str:
        """`RT 003`: its level and its name, as text."""
        return self.path[-1]

    @property
    def label(self) -> str:
        """`RT 003, RW 02, Lingkungan Contoh`: from small to large, so that what differs comes first."""
        return ", ".join(reversed(self.path))

    @property
    def depth(self) -> int:
        return len(self.path) - 1


def _wards() -> tuple[Ward, ...]:
    query = sa.select(Kelurahan.code, Kelurahan.name, Kecamatan.code, Kecamatan.name).join(
        Kecamatan, Kecamatan.code == Kelurahan.kecamatan_code
    )
    return tuple(Ward(*row) for row in db.session.execute(query.order_by(Kecamatan.code, Kelurahan.code)))


wards = Kept(_wards)


def kecamatan() -> dict[str, str]:
    """Code → name, by name."""
    known = {one.kecamatan_code: one.kecamatan for one in wards()}
    return dict(sorted(known.items(), key=lambda one: one[1]))


def ward(code: str) -> Ward:
    """The kelurahan of that code. Raises NotFound."""
    found = next((one for one in wards() if one.code == code), None)
    if found is None:
        raise NotFound
    return found


def of(kelurahan_code: str, day: date) -> Sequence[Part]:
    """The parts of a kelurahan that stood on a day: each after what it lies in, "RT 2" before "RT 10".

    A part whose larger part stood no more on that day is shown at the top rather than not at all.
    """
    rows = list(db.session.scalars(sa.select(Area).where(Area.kelurahan_code == kelurahan_code, *stood(day))))
    lost = {row.parent_id for row in rows if row.parent_id} - {row.id for row in rows}
    return tree(rows, _earlier(lost) if lost else {})


def _earlier(ids: set[UUID]) -> Mapping[UUID, Sequence[UUID]]:
    """What these came out of, step by step: a part that was renamed later was there under its older name."""
    steps: dict[UUID, list[UUID]] = defaultdict(list)
    for change in db.session.scalars(sa.select(AreaChange)):
        steps[change.to_id].append(change.from_id)
    found = {}
    for one in ids:
        seen = [one]
        for after in seen:
            seen += [before for before in steps.get(after, ()) if before not in seen]
        found[one] = seen
    return found


def stood(day: date) -> tuple[sa.ColumnElement[bool], ...]:
    """What holds of the parts that stood on a day."""
    return (Area.valid_from <= day, sa.or_(Area.valid_until.is_(None), Area.valid_until > day))


def became(day: date) -> dict[UUID, frozenset[UUID]]:
    """What each part that stood no more on a day had become until then, however many steps lie between. A part that
    ended and became nothing is mapped to nothing; one that still stood is not in it."""
    steps: dict[UUID, list[UUID]] = defaultdict(list)
    for change in db.session.scalars(sa.select(AreaChange).where(AreaChange.on <= day)):
        steps[change.from_id].append(change.to_id)
    ended = set(db.session.scalars(sa.select(Area.id).where(Area.valid_until <= day)))
    return {one: frozenset(_ends(one, steps, ended)) for one in ended}


def _ends(one: UUID, steps: dict[UUID, list[UUID]], ended: set[UUID]) -> Iterator[UUID]:
    seen, waiting = {one}, [one]
    while waiting:
        for after in steps.get(waiting.pop(), ()):
            if after not in seen:
                seen.add(after)
                if after in ended:
                    waiting.append(after)
                else:
                    yield after


def tree(rows: Sequence[Area], earlier: Mapping[UUID, Sequence[UUID]] = MappingProxyType({})) -> list[Part]:
    """Parts in the order in which people read them. earlier: what a larger part was that has another row by now."""
    ids = {row.id for row in rows}
    below: dict[UUID | None, list[Area]] = defaultdict(list)
    for row in rows:
        larger = [row.parent_id, *earlier.get(row.parent_id, ())] if row.parent_id else []
        below[next((one for one in larger if one in ids), None)].append(row)
    found: list[Part] = []
    waiting: list[tuple[Area, tuple[str, ...]]] = [(row, ()) for row in _ordered(below[None])]
    while waiting:
        row, above = waiting.pop()
        part = _part(row, above)
        found.append(part)
        waiting += [(inner, part.path) for inner in _ordered(below[row.id])]
    return found


def _ordered(rows: Sequence[Area]) -> list[Area]:
    """The last first, since they are taken from the end."""
    return sorted(rows, key=lambda row: (TALL.index(Level(row.level)), natural(row.name), str(row.id)), reverse=True)


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """A key that puts "2" before "10" and "003" beside "3"."""
    return tuple((int(piece), "") if piece.isdigit() else (-1, piece.casefold()) for piece in _PIECES.findall(name))


_PIECES = re.compile(r"[0-9]+|[^0-9]+")


def _part(row: Area, above: tuple[str, ...]) -> Part:
    level = Level(row.level)
    return Part(
        row.id,
        row.kelurahan_code,
        level,
        row.name,
        row.parent_id,
        row.valid_from,
        row.valid_until,
        (*above, f"{level.label} {row.name}"),
    )
