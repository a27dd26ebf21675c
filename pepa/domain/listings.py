"""The office's list of lingkungan, RW and RT as a CSV file: looked over first, stored in one act (library.md 12).

UTF-8 with or without its mark; what a line says is in `area_lines`. Only kelurahan that the list names are looked at.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import area_changes, area_lines, area_moves, areas, audit, tables, uploads
from pepa.domain.area_lines import COLUMNS, Line, Names, label_of
from pepa.domain.area_moves import Key
from pepa.domain.areas import TALL, Part, Ward, natural
from pepa.errors import Conflict, Invalid
from pepa.models.areas import Area, AreaChange, Change, Level
from pepa.policy import Member, Permission, require
from pepa.words import N_

LONGEST = 400_000  # letters of a list: all of the city's
LARGEST = 3 * LONGEST  # bytes of its file


class ListMissing(Invalid):
    says = N_("Pilih dulu filenya, atau tempel isinya.")
    field = "text"


class ListTooLong(Invalid):
    says = N_("Daftar ini terlalu panjang. Bagi menurut kecamatan.")
    field = "text"


class NotUtf8(Invalid):
    says = N_("File ini bukan CSV UTF-8. Di Excel: Simpan Sebagai, pilih CSV UTF-8.")
    field = "file"


class LinesWrong(Invalid):
    says = N_("Ada %(n)s baris yang salah. Betulkan di bawah, lalu periksa lagi.")
    field = "text"


class SaidBefore(Invalid):
    says = N_("Sama dengan baris %(n)s.")


class AreasChanged(Conflict):
    says = N_("Wilayah ini baru saja diubah orang lain. Periksa lagi, lalu simpan.")


class Piece(uploads.Arriving):
    """The file of the form, held in memory: it holds no secret."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.raw = bytearray()

    def write(self, chunk: bytes) -> None:
        self.raw += chunk[: LARGEST + 1 - len(self.raw)]

    def end(self) -> None:
        self.is_over = True


class Brought(uploads.Upload):
    """One file."""

    most = 1

    def next_one(self, name: str) -> uploads.Arriving:
        return Piece(name)


@dataclass(frozen=True)
class Added:
    """A part that the list adds. was: what it is now, where that is known: it moved."""

    ward: Ward
    key: Key
    names: Names
    was: Part | None

    @property
    def name(self) -> str:
        """As the list has it; what moved keeps its own: "001" stays so where the list says "1"."""
        return self.was.name if self.was else self.names[-1][1]

    @property
    def label(self) -> str:
        return label_of((*self.names[:-1], (self.names[-1][0], self.name)))


@dataclass
class Looked:
    """What a list would change.

    added  what is to be there and is not, larger parts first; some of it moved there
    gone   what stands in its kelurahan, is not on it, and is nowhere else on it
    stand  what stands, by kelurahan; mark: as `_mark`, from before that was read
    """

    text: str
    lines: list[Line] = field(default_factory=list)
    added: list[Added] = field(default_factory=list)
    gone: list[Part] = field(default_factory=list)
    stand: dict[str, dict[Key, Part]] = field(default_factory=dict)
    mark: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def wrong(self) -> list[Line]:
        return [line for line in self.lines if line.wrong]

    @property
    def new(self) -> list[Line]:
        return [line for line in self.lines if not (line.wrong or line.is_known or line.is_moved)]

    @property
    def moved(self) -> list[Added]:
        return [one for one in self.added if one.was]

    @property
    def known(self) -> list[Line]:
        return [line for line in self.lines if line.is_known]

    @property
    def wards(self) -> list[Ward]:
        return list(dict.fromkeys(line.ward for line in self.lines if line.ward))


def text_of(brought: uploads.Upload, pasted: str) -> str:
    """The list, from the file where one was chosen. Raises ListMissing, ListTooLong, NotUtf8."""
    file = next((one for one in brought.files if isinstance(one, Piece)), None)
    if file is None:
        text = pasted
    elif len(file.raw) > LARGEST:
        raise ListTooLong(field="file")
    else:
        try:
            text = file.raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise NotUtf8 from None
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if not text.strip():
        raise ListMissing
    if len(text) > LONGEST:
        raise ListTooLong
    return text


def look(actor: Member, text: str) -> Looked:
    """What this list would change today, line by line. Nothing is stored. Raises HeadWrong, ListTooLong."""
    require(actor, Permission.KEEP_AREAS)
    if len(text) > LONGEST:
        raise ListTooLong
    looked = Looked(text)
    said: dict[tuple[str, Key], int] = {}
    for line in area_lines.read(text):
        if line.wrong is None and line.ward:
            place = (line.ward.code, line.key)
            if place in said:
                line = Line(line.number, line.cells, wrong=SaidBefore(n=said[place]))
            else:
                said[place] = line.number
        looked.lines.append(line)
    looked.mark = _mark(looked.wards)
    looked.stand = {ward.code: dict(_standing(ward.code)) for ward in looked.wards}
    names: dict[str, dict[Key, Names]] = {ward.code: {} for ward in looked.wards}
    for line in looked.lines:
        if line.ward:
            for length in range(1, len(line.names) + 1):
                names[line.ward.code].setdefault(line.key[:length], line.names[:length])
    for ward in looked.wards:
        _compare(looked, ward, names[ward.code])
    moved = {(one.ward.code, one.key) for one in looked.moved}
    looked.lines = [_marked(line, looked.stand, moved) for line in looked.lines]
    return looked


def _compare(looked: Looked, ward: Ward, names: Mapping[Key, Names]) -> None:
    """What is added and what is gone in one kelurahan, whose list names these."""
    stand = looked.stand[ward.code]
    gone = {key: part for key, part in stand.items() if key not in names}
    moved = area_moves.found(gone, [key for key in names if key not in stand])
    was = {now: gone[before] for before, now in moved.items()}
    added = sorted((key for key in names if key not in stand), key=len)
    looked.added += [Added(ward, key, names[key], was.get(key)) for key in added]
    looked.gone += [part for key, part in gone.items() if key not in moved]


def _marked(line: Line, stand: Mapping[str, Mapping[Key, Part]], moved: Set[tuple[str, Key]]) -> Line:
    if line.wrong or line.ward is None:
        return line
    code = line.ward.code
    return replace(line, is_known=line.key in stand[code], is_moved=(code, line.key) in moved)


def _mark(wards: Sequence[Ward]) -> dict[str, tuple[int, int]]:
    """How many parts there ever were and how many of them ended, by kelurahan. Whatever changes makes one more of
    either, and nothing makes less: while both stay, all does."""
    ours = Area.kelurahan_code.in_([ward.code for ward in wards])
    query = sa.select(Area.kelurahan_code, sa.func.count(), sa.func.count(Area.valid_until)).where(ours)
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query.group_by(Area.kelurahan_code))}


def store(actor: Member, *, text: str, on: date, ends_others: bool) -> Looked:
    """What is new stands from a day on, and what moved where it is on the list; what is not on it ends that day, if
    that is asked. A second time nothing is new. Returns what was changed.

    All is matched before the one write lock is taken; inside it only that nothing changed since.

    Raises HeadWrong, LinesWrong, DayWrong, DayClosed, AreasChanged.
    """
    require(actor, Permission.KEEP_AREAS)
    looked = look(actor, text)
    if looked.wrong:
        raise LinesWrong(n=len(looked.wrong))
    if not ends_others:
        looked.gone = []
    if not (looked.added or looked.gone):
        return looked
    ids = {(one.ward.code, one.key): uuid4() for one in looked.added}
    ids |= {(code, key): part.id for code, parts in looked.stand.items() for key, part in parts.items()}
    rows = [_row(one, ids, on) for one in looked.added]
    became = {one.was.id: ids[one.ward.code, one.key] for one in looked.added if one.was}
    changes = [{"from_id": was, "to_id": now, "on": on, "change": Change.MOVED.value} for was, now in became.items()]
    left = {part.id: part for part in looked.gone} | {one.was.id: one.was for one in looked.added if one.was}
    along = [
        {"id": part.id, "parent_id": became[part.parent_id]}
        for parts in looked.stand.values()
        for part in parts.values()
        if part.parent_id in became and part.id not in left
    ]
    with transaction() as session:
        area_changes.check_day(on, max((part.valid_from for part in left.values()), default=date(2000, 1, 1)))
        if _mark(looked.wards) != looked.mark:
            raise AreasChanged
        for level in TALL:  # what others lie in first
            _put(session, sa.insert(Area), [row for row in rows if row["level"] == level.value])
        _put(session, sa.insert(AreaChange), changes)
        _put(session, sa.update(Area), [{"id": one, "valid_until": on} for one in left])
        _put(session, sa.update(Area), along)
        audit.record(session, "areas.listed", actor, None, f"{len(rows) - len(became)} {len(looked.gone)}")
    return looked


def _row(one: Added, ids: Mapping[tuple[str, Key], UUID], on: date) -> dict[str, Any]:
    return {
        "id": ids[one.ward.code, one.key],
        "kelurahan_code": one.ward.code,
        "level": one.names[-1][0].value,
        "name": one.name,
        "parent_id": ids[one.ward.code, one.key[:-1]] if len(one.key) > 1 else None,
        "valid_from": on,
    }


def _put(session: Session, statement: sa.Executable, rows: Sequence[dict[str, Any]]) -> None:
    """All of them at once."""
    if rows:
        session.execute(statement, rows)


def _standing(code: str) -> Iterator[tuple[Key, Part]]:
    key: Key = ()
    for part in areas.of(code, clock.today()):
        key = (*key[: part.depth], (part.level, natural(part.name)))
        yield key, part


def blank() -> bytes:
    """A list to fill in: its columns, and a line for each kelurahan."""
    return tables.csv(tables.Table("RT", COLUMNS, [(ward.code, ward.name, "", "", "") for ward in areas.wards()]))


def export(actor: Member) -> bytes:
    """What stands today, as a list that can be read in again."""
    require(actor, Permission.KEEP_AREAS)
    rows = []
    for ward in areas.wards():
        parts = areas.of(ward.code, clock.today())
        for n, part in enumerate(parts):
            if n + 1 == len(parts) or parts[n + 1].depth <= part.depth:  # what holds others is said by them
                names = {title.split(" ", 1)[0].casefold(): title for title in part.path}
                rows.append((ward.code, ward.name, *(names.get(level.value, "") for level in TALL)))
    return tables.csv(tables.Table("RT", COLUMNS, rows))


def counts(actor: Member) -> dict[str, int]:
    """How many RTs stand today by kelurahan; one without any is not in it."""
    require(actor, Permission.KEEP_AREAS)
    query = (
        sa.select(Area.kelurahan_code, sa.func.count())
        .where(Area.level == Level.RT, *areas.stood(clock.today()))
        .group_by(Area.kelurahan_code)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}
