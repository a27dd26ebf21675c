"""What became of a part of a kelurahan: added, renamed, split, joined, moved, ended. Each keeps what was.

The old row ends on the day on which the new one begins, and a row of `area_changes` leads from one to the other. What
lay in the old one lies in the new one.
"""

import re
from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import areas, audit, onces, periods
from pepa.domain.areas import TALL, Part, natural
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.areas import Area, AreaChange, Change, Level
from pepa.models.outreach import Period
from pepa.policy import Member, Permission, require
from pepa.words import N_

LONGEST_NAME = 40  # letters
MOST_PARTS = 10  # that one is split into
_PREFIX = re.compile(r"(?:lingkungan|link|lk|rw|rt)[. ]+(?=.)", re.IGNORECASE)
_SPOILED = re.compile(r"[\x00-\x1f\x7f;,]|^[=+@-]")


class NameMissing(Invalid):
    says = N_("Tulis dulu nomor atau namanya.")
    field = "name"


class NameSpoiled(Invalid):
    says = N_("Nama ini terlalu panjang, atau ada tanda yang tidak bisa dipakai.")
    field = "name"


class NameTaken(Invalid):
    says = N_("Nama ini sudah ada di tempat itu: %(nama)s.")
    field = "name"


class PartMissing(Invalid):
    says = N_("Pilih dulu yang mana.")
    field = "parent_id"


class DayClosed(Invalid):
    says = N_("Hari itu ada di triwulan yang sudah ditutup. Pakai hari yang lebih baru.")
    field = "on"


class DayWrong(Invalid):
    says = N_("Pakai hari sejak %(awal)s sampai hari ini.")
    field = "on"


class StillFull(Conflict):
    says = N_("Masih ada RT atau RW di dalamnya. Pindahkan atau akhiri itu dulu.")


class TooFew(Invalid):
    says = N_("Tulis paling sedikit dua, paling banyak sepuluh, dipisah koma.")
    field = "names"


class NotBeside(Invalid):
    says = N_("Yang bisa digabung: dua yang setingkat dan di tempat yang sama.")
    field = "other_id"


def get_for(actor: Member, area_id: UUID) -> Part:
    """One that stands today. Raises NotFound."""
    require(actor, Permission.KEEP_AREAS)
    row = db.session.get(Area, area_id)
    found = [part for part in areas.of(row.kelurahan_code, clock.today()) if part.id == area_id] if row else []
    if not found:
        raise NotFound
    return found[0]


def plain_name(text: str) -> str:
    """A name without its level: "RT 003" is "003". Raises NameMissing, NameSpoiled."""
    name = _PREFIX.sub("", " ".join(text.split()), count=1)
    if not name:
        raise NameMissing
    if len(name) > LONGEST_NAME or _SPOILED.search(name):
        raise NameSpoiled
    return name


def add(
    actor: Member, *, kelurahan_code: str, level: str, name: str, parent_id: UUID | None, on: date, once: str
) -> UUID:
    """One more part, from a day on. The same form again adds none.

    Raises NotFound, NameMissing, NameSpoiled, NameTaken, PartMissing, DayWrong, DayClosed.
    """
    require(actor, Permission.KEEP_AREAS)
    areas.ward(kelurahan_code)
    name = plain_name(name)
    with transaction() as session:
        if made := onces.made(session, "area.add", actor.organisation_id, once):
            return made
        check_day(on)
        parent = session.get(Area, parent_id) if parent_id else None
        if parent_id and (parent is None or parent.kelurahan_code != kelurahan_code or not _holds(parent, level)):
            raise PartMissing
        _check_free(session, kelurahan_code, level, name, parent_id)
        row = _new(kelurahan_code, level, name, parent_id, on)
        session.add(row)
        onces.keep(session, "area.add", actor.organisation_id, once, row.id)
        audit.record(session, "area.added", actor, row.id)
    return row.id


def rename(actor: Member, area_id: UUID, *, name: str, on: date) -> UUID:
    """Another name from a day on; what is in it stays in it. The same name changes nothing.

    Raises NotFound, NameMissing, NameSpoiled, NameTaken, DayWrong, DayClosed.
    """
    require(actor, Permission.KEEP_AREAS)
    name = plain_name(name)
    with transaction() as session:
        row = _standing(session, area_id, on)
        if row.name == name:
            return row.id
        _check_free(session, row.kelurahan_code, row.level, name, row.parent_id, but=[row.id])
        return _become(session, actor, [row], [name], on, Change.RENAMED)[0]


def split(actor: Member, area_id: UUID, *, names: str, on: date) -> list[UUID]:
    """Several out of one, their names with commas between. What is in it comes to the first of them.

    Raises NotFound, TooFew, NameSpoiled, NameTaken, DayWrong, DayClosed.
    """
    require(actor, Permission.KEEP_AREAS)
    wanted = [plain_name(name) for name in names.split(",") if name.strip()]
    if not 2 <= len({natural(name) for name in wanted}) == len(wanted) <= MOST_PARTS:
        raise TooFew
    with transaction() as session:
        row = _standing(session, area_id, on)
        for name in wanted:
            _check_free(session, row.kelurahan_code, row.level, name, row.parent_id, but=[row.id], field="names")
        return _become(session, actor, [row], wanted, on, Change.SPLIT)


def merge(actor: Member, area_id: UUID, *, other_id: UUID | None, name: str, on: date) -> UUID:
    """One out of two that stand side by side; what is in either is in it.

    Raises NotFound, NotBeside, NameMissing, NameSpoiled, NameTaken, DayWrong, DayClosed.
    """
    require(actor, Permission.KEEP_AREAS)
    name = plain_name(name)
    with transaction() as session:
        row = _standing(session, area_id, on)
        other = _standing(session, other_id, on) if other_id and other_id != area_id else None
        if other is None or _place_of(other) != _place_of(row):
            raise NotBeside
        _check_free(session, row.kelurahan_code, row.level, name, row.parent_id, but=[row.id, other.id])
        return _become(session, actor, [row, other], [name], on, Change.MERGED)[0]


def move(actor: Member, area_id: UUID, *, parent_id: UUID | None, on: date) -> UUID:
    """Into another larger part, of another kelurahan too where it holds nothing itself.

    Raises NotFound, PartMissing, StillFull, NameTaken, DayWrong, DayClosed.
    """
    require(actor, Permission.KEEP_AREAS)
    with transaction() as session:
        row, parent = _standing(session, area_id, on), session.get(Area, parent_id) if parent_id else None
        if parent is None or not _holds(parent, row.level) or not parent.stood_on(clock.today()):
            raise PartMissing
        if parent.id == row.parent_id:
            return row.id
        if parent.kelurahan_code != row.kelurahan_code and _inner(session, [row.id]):
            raise StillFull
        _check_free(session, parent.kelurahan_code, row.level, row.name, parent.id, field="parent_id")
        return _become(session, actor, [row], [row.name], on, Change.MOVED, into=parent)[0]


def end(actor: Member, area_id: UUID, *, on: date) -> None:
    """It stands no more from a day on, and nothing came out of it. Raises NotFound, StillFull, DayWrong, DayClosed."""
    require(actor, Permission.KEEP_AREAS)
    with transaction() as session:
        row = _standing(session, area_id, on)
        if _inner(session, [row.id]):
            raise StillFull
        row.valid_until = on
        audit.record(session, "area.ended", actor, row.id)


def check_day(on: date, since: date = date(2000, 1, 1)) -> None:
    """Whether places may change on this day: figures that were closed stay as they are. Raises DayWrong, DayClosed."""
    if not since <= on <= clock.today():
        raise DayWrong(awal=f"{since:%d/%m/%Y}")
    if db.session.scalar(sa.select(sa.exists().where(Period.code >= periods.of(on)))):
        raise DayClosed


def _standing(session: Session, area_id: UUID, on: date) -> Area:
    row = session.get(Area, area_id)
    if row is None or not row.stood_on(clock.today()):
        raise NotFound
    check_day(on, row.valid_from)
    return row


def _place_of(row: Area) -> tuple[str, str, UUID | None]:
    return (row.kelurahan_code, row.level, row.parent_id)


def _holds(parent: Area, level: str) -> bool:
    """Whether something of that level may lie in it: an RT in an RW or a lingkungan, never the other way round."""
    return TALL.index(Level(parent.level)) < TALL.index(Level(level))


def _inner(session: Session, ids: Sequence[UUID]) -> Sequence[Area]:
    """What lies in these and stands."""
    query = sa.select(Area).where(Area.parent_id.in_(ids), Area.valid_until.is_(None))
    return list(session.scalars(query))


def _check_free(
    session: Session,
    code: str,
    level: str,
    name: str,
    parent_id: UUID | None,
    *,
    but: Sequence[UUID] = (),
    field: str = "name",
) -> None:
    """Raises NameTaken where another one of that name stands there: "3" and "003" are one name."""
    beside = sa.select(Area).where(Area.kelurahan_code == code, Area.level == level, Area.valid_until.is_(None))
    ours = beside.where(Area.parent_id == parent_id if parent_id else Area.parent_id.is_(None))
    for row in session.scalars(ours):
        if row.id not in but and natural(row.name) == natural(name):
            raise NameTaken(field=field, nama=row.name)


def _new(code: str, level: str, name: str, parent_id: UUID | None, on: date) -> Area:
    return Area(id=uuid4(), kelurahan_code=code, level=level, name=name, parent_id=parent_id, valid_from=on)


def _become(
    session: Session,
    actor: Member,
    old: Sequence[Area],
    names: Sequence[str],
    on: date,
    change: Change,
    into: Area | None = None,
) -> list[UUID]:
    """These end, those begin, what lay in the old ones lies in the first of the new."""
    code, parent_id = (into.kelurahan_code, into.id) if into else (old[0].kelurahan_code, old[0].parent_id)
    new = [_new(code, old[0].level, name, parent_id, on) for name in names]
    session.add_all(new)
    session.flush()
    for inner in _inner(session, [row.id for row in old]):
        inner.parent_id = new[0].id
    for row in old:
        row.valid_until = on
        session.add_all(AreaChange(from_id=row.id, to_id=then.id, on=on, change=change) for then in new)
        audit.record(session, f"area.{change.value}", actor, row.id)
    return [row.id for row in new]
