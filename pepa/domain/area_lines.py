"""What the lines of a list of RTs say (library.md 12).

One line for each RT: `kode;kelurahan;lingkungan;rw;rt`. Between the cells `;`, `,` or a tab. Names are text: "003"
keeps its zeros, and is the same RT as "3". The columns stand in docs/guides/list-of-rt.md.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from pepa.domain import area_changes, areas
from pepa.domain.area_moves import Key
from pepa.domain.areas import TALL, Ward, natural
from pepa.errors import Failure, Invalid
from pepa.models.areas import Level
from pepa.words import N_

COLUMNS = ("kode", "kelurahan", "lingkungan", "rw", "rt")
Names = tuple[tuple[Level, str], ...]  # as typed, from large to small


class HeadWrong(Invalid):
    says = N_("Baris pertama belum berisi nama kolom: kode;kelurahan;lingkungan;rw;rt")
    field = "text"


class Unplaced(Invalid):
    says = N_("Kelurahan ini tidak ada. Pakai kode dari daftar kosong.")


class PlacedTwice(Invalid):
    says = N_("Ada dua kelurahan dengan nama ini. Tulis kodenya.")


class PlacedWrong(Invalid):
    says = N_("Kode dan nama kelurahan ini tidak cocok.")


class CellsWrong(Invalid):
    says = N_("Kolomnya lebih banyak daripada baris pertama.")


def label_of(names: Names) -> str:
    """From small to large, as `Part.label`."""
    return ", ".join(f"{level.label} {name}" for level, name in reversed(names))


@dataclass(frozen=True)
class Line:
    """A line of the list. wrong: what is wrong with it; is_known: it stands; is_moved: it stands at another place."""

    number: int
    cells: Sequence[str]
    ward: Ward | None = None
    names: Names = ()
    wrong: Failure | None = None
    is_known: bool = False
    is_moved: bool = False

    @cached_property
    def key(self) -> Key:
        return tuple((level, natural(name)) for level, name in self.names)

    @property
    def label(self) -> str:
        return label_of(self.names)


def read(text: str) -> Iterator[Line]:
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
