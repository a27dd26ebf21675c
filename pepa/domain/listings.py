"""The office's list of lingkungan, RW and RT as a CSV file: looked over first, stored in one act (library.md 12).

One line for each RT: `kode;kelurahan;lingkungan;rw;rt`. Between the cells `;`, `,` or a tab; UTF-8 with or without its
mark. Names are text: "003" keeps its zeros, and is the same RT as "3". Only kelurahan that the list names are looked
at; the columns stand in docs/guides/list-of-rt.md.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import area_changes, areas, audit, tables, uploads
from pepa.domain.areas import TALL, Part, Ward, natural
from pepa.errors import Failure, Invalid
from pepa.models.areas import Area, Level
from pepa.policy import Member, Permission, require
from pepa.words import N_

COLUMNS = ("kode", "kelurahan", "lingkungan", "rw", "rt")
LONGEST = 400_000  # letters of a list: all of the city's
LARGEST = 3 * LONGEST  # bytes of its file
Key = tuple[tuple[Level, tuple[tuple[int, str], ...]], ...]  # from large to small


class ListMissing(Invalid):
    says = N_("Pilih dulu filenya, atau tempel isinya.")
    field = "text"


class ListTooLong(Invalid):
    says = N_("Daftar ini terlalu panjang. Bagi menurut kecamatan.")
    field = "text"


class NotUtf8(Invalid):
    says = N_("File ini bukan CSV UTF-8. Di Excel: Simpan Sebagai, pilih CSV UTF-8.")
    field = "file"


class HeadWrong(Invalid):
    says = N_("Baris pertama belum berisi nama kolom: kode;kelurahan;lingkungan;rw;rt")
    field = "text"


class LinesWrong(Invalid):
    says = N_("Ada %(n)s baris yang salah. Betulkan di bawah, lalu periksa lagi.")
    field = "text"


class Unplaced(Invalid):
    says = N_("Kelurahan ini tidak ada. Pakai kode dari daftar kosong.")


class PlacedTwice(Invalid):
    says = N_("Ada dua kelurahan dengan nama ini. Tulis kodenya.")


class PlacedWrong(Invalid):
    says = N_("Kode dan nama kelurahan ini tidak cocok.")


class SaidBefore(Invalid):
    says = N_("Sama dengan baris %(n)s.")


class CellsWrong(Invalid):
    says = N_("Kolomnya lebih banyak daripada baris pertama.")


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
class Line:
    """A line of the list. key: where it belongs; None where something is wrong with it, which `wrong` then says."""

    number: int
    cells: Sequence[str]
    ward: Ward | None = None
    names: tuple[tuple[Level, str], ...] = ()
    wrong: Failure | None = None
    is_known: bool = False

    @property
    def key(self) -> Key:
        return tuple((level, natural(name)) for level, name in self.names)

    @property
    def label(self) -> str:
        """From small to large, as `Part.label`."""
        return ", ".join(f"{level.label} {name}" for level, name in reversed(self.names))


@dataclass
class Looked:
    """What a list would change. gone: what stands in its kelurahan and is not on it."""

    text: str
    lines: list[Line] = field(default_factory=list)
    gone: list[Part] = field(default_factory=list)

    @property
    def wrong(self) -> list[Line]:
        return [line for line in self.lines if line.wrong]

    @property
    def new(self) -> list[Line]:
        return [line for line in self.lines if not line.wrong and not line.is_known]

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
    for line in _lines(text):
        if line.wrong is None and line.ward:
            place = (line.ward.code, line.key)
            if place in said:
                line = Line(line.number, line.cells, wrong=SaidBefore(n=said[place]))
            else:
                said[place] = line.number
        looked.lines.append(line)
    stand = {ward.code: dict(_standing(ward.code)) for ward in looked.wards}
    looked.lines = [_compared(line, stand) for line in looked.lines]
    on_it = {(code, key[:length]) for code, key in said for length in range(1, len(key) + 1)}
    looked.gone = [part for code, parts in stand.items() for key, part in parts.items() if (code, key) not in on_it]
    return looked


def store(actor: Member, *, text: str, on: date, ends_others: bool) -> Looked:
    """What is new stands from a day on; what is not on the list ends on it, if that is asked. A second time nothing is
    new. Returns what was changed.

    Raises HeadWrong, LinesWrong, DayWrong, DayClosed.
    """
    require(actor, Permission.KEEP_AREAS)
    with transaction() as session:
        looked = look(actor, text)
        if looked.wrong:
            raise LinesWrong(n=len(looked.wrong))
        if looked.new or (ends_others and looked.gone):
            area_changes.check_day(
                on, max((p.valid_from for p in looked.gone if ends_others), default=date(2000, 1, 1))
            )
        if not ends_others:
            looked.gone = []
        for ward in looked.wards:
            _add(session, ward, [line for line in looked.new if line.ward == ward], on)
        ended = [part.id for part in looked.gone]
        if ended:
            session.execute(sa.update(Area).where(Area.id.in_(ended)).values(valid_until=on))
        if looked.new or ended:
            audit.record(session, "areas.listed", actor, None, f"{len(looked.new)} {len(ended)}")
    return looked


def _add(session: Session, ward: Ward, lines: Sequence[Line], on: date) -> None:
    """The parts that these lines name and what they lie in."""
    ids: dict[Key, UUID] = {key: part.id for key, part in _standing(ward.code)}
    for line in lines:
        for length in range(1, len(line.names) + 1):
            key, (level, name) = line.key[:length], line.names[length - 1]
            if key not in ids:
                ids[key] = uuid4()
                above = ids[key[:-1]] if length > 1 else None
                session.add(
                    Area(id=ids[key], kelurahan_code=ward.code, level=level, name=name, parent_id=above, valid_from=on)
                )
                session.flush()


def _standing(code: str) -> Iterator[tuple[Key, Part]]:
    key: Key = ()
    for part in areas.of(code, clock.today()):
        key = (*key[: part.depth], (part.level, natural(part.name)))
        yield key, part


def _compared(line: Line, stand: dict[str, dict[Key, Part]]) -> Line:
    if line.wrong or line.ward is None or line.key not in stand[line.ward.code]:
        return line
    return Line(line.number, line.cells, line.ward, line.names, is_known=True)


def _lines(text: str) -> Iterator[Line]:
    """Lines that say something, numbered as in the file. Raises HeadWrong."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";,\t", key=first.count)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    head: list[str] = []
    place = cache(_ward)  # one kelurahan is named by a hundred lines
    try:
        for row in rows:
            cells = [_plain(cell) for cell in row]
            if not any(cells):
                continue
            if not head:
                head = [cell.casefold() for cell in cells]
                if "rt" not in head or not {"kode", "kelurahan"} & set(head):
                    raise HeadWrong
                continue
            found = dict(zip(head, cells, strict=False))
            if any(found.get(level.value) for level in TALL) or len(cells) > len(head):
                yield _line(rows.line_num, cells, found, place, is_wide=any(cells[len(head) :]))
    except csv.Error:
        raise HeadWrong from None
    if not head:
        raise HeadWrong


def _line(
    number: int, cells: Sequence[str], found: dict[str, str], place: Callable[[str, str], Ward], *, is_wide: bool
) -> Line:
    try:
        if is_wide:
            raise CellsWrong
        ward = place(found.get("kode", ""), found.get("kelurahan", ""))
        names = tuple((level, area_changes.plain_name(found[level.value])) for level in TALL if found.get(level.value))
    except Invalid as failure:
        return Line(number, cells, wrong=failure)
    return Line(number, cells, ward, names)


def _plain(cell: str) -> str:
    """Without what Excel or we put around a text so that it stays one: an apostrophe before it, or ="003"."""
    cell = " ".join(cell.split())
    if cell.startswith('="') and cell.endswith('"'):
        cell = cell[2:-1]
    return cell.removeprefix("'")


def _ward(code: str, name: str) -> Ward:
    """Raises Unplaced, PlacedTwice, PlacedWrong."""
    digits = "".join(sign for sign in code if sign.isdigit())
    if code:
        found = [ward for ward in areas.wards() if ward.code.replace(".", "") == digits]
        if found and name and not _same(found[0].name, name):
            raise PlacedWrong
    else:
        found = [ward for ward in areas.wards() if _same(ward.name, name)]
    if not found:
        raise Unplaced
    if len(found) > 1:
        raise PlacedTwice
    return found[0]


def _same(one: str, other: str) -> bool:
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()


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
