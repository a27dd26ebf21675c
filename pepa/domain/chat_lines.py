"""A session in one line of a chat, in a fixed order, which the office pastes in (docs/guides/outreach.md).

    PEPA#7#25/11/2026#Sumurpecung#003 004#25#tatap muka#60#P 2 5 10 3#L 0 1 4 0#D 1

title, day, kelurahan, RTs ("-" for none; "003/02" where several RWs have an RT 003), how many came, how; then, where
they are known: minutes, women by the four ages, men by the four ages, of these with a disability.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from pepa.domain import areas, attendance
from pepa.errors import Invalid
from pepa.models.areas import Level
from pepa.models.outreach import Manner
from pepa.words import N_

FEWEST = 7  # parts, the first of them PEPA
MANNERS = {
    "tatap muka": Manner.MEETING,
    "tatap": Manner.MEETING,
    "rumah": Manner.DOORS,
    "dari rumah ke rumah": Manner.DOORS,
    "grup": Manner.GROUP,
    "grup chat": Manner.GROUP,
    "ceramah": Manner.SERMON,
    "khotbah": Manner.SERMON,
}


class LineWrong(Invalid):
    """part: which one, counted from 1 behind PEPA. typed: what stands there."""

    says = N_('Bagian %(part)s tidak terbaca: "%(typed)s". Urutannya ada di petunjuk.')
    field = "line"


class LineShort(Invalid):
    says = N_("Baris ini kurang lengkap. Mulai dengan PEPA, lalu enam bagian dengan tanda # di antaranya.")
    field = "line"


class SeveralRts(LineWrong):
    says = N_("RT %(typed)s ada di beberapa RW. Tulis dengan RW-nya, seperti 003/02.")


@dataclass(frozen=True)
class Read:
    """What a line says, for the form that the office looks at before it is kept."""

    title_id: int
    on: date
    kelurahan_code: str
    area_ids: Sequence[UUID]
    present: int
    manner: Manner
    minutes: int | None = None
    cells: Mapping[str, int] = field(default_factory=dict)
    disabled: int | None = None


def read(line: str) -> Read:
    """Raises LineShort, LineWrong, SeveralRts."""
    parts = [" ".join(part.split()) for part in line.strip().strip("#").split("#")]
    if len(parts) < FEWEST or parts[0].upper() != "PEPA":
        raise LineShort
    title, day, ward, rts, present, manner, *more = parts[1:]
    on, code = _day(day), _ward(ward)
    if not title.isdecimal():
        raise LineWrong(part=1, typed=title)
    if not present.isdecimal():
        raise LineWrong(part=5, typed=present)
    if manner.casefold() not in MANNERS:
        raise LineWrong(part=6, typed=manner)
    minutes, cells, disabled = _rest(more)
    how = MANNERS[manner.casefold()]
    return Read(int(title), on, code, _rts(rts, code, on), int(present), how, minutes, cells, disabled)


def _day(typed: str) -> date:
    found = re.fullmatch(r"(\d{1,2})\D(\d{1,2})\D(\d{4})", typed)
    try:
        day, month, year = map(int, found.groups()) if found else (0, 0, 0)
        return date(year, month, day)
    except ValueError:
        raise LineWrong(part=2, typed=typed) from None


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def _ward(typed: str) -> str:
    """By its name, with its kecamatan behind a comma where two have the same one; or by its code."""
    name, _, kecamatan = typed.partition(",")
    found = [ward for ward in areas.wards() if typed == ward.code or _plain(ward.name) == _plain(name)]
    if kecamatan:
        found = [ward for ward in found if _plain(ward.kecamatan) == _plain(kecamatan)]
    if len(found) != 1:
        raise LineWrong(part=3, typed=typed)
    return found[0].code


def _rts(typed: str, code: str, on: date) -> list[UUID]:
    if typed in ("", "-"):
        return []
    known = [part for part in areas.of(code, on) if part.level is Level.RT]
    return [_rt(name, known) for name in re.split(r"[ ,;]+", typed) if name]


def _rt(typed: str, known: Sequence[areas.Part]) -> UUID:
    name, _, rw = typed.partition("/")
    found = [part for part in known if _same(part.name, name) and (not rw or _in_rw(part, rw))]
    if not found:
        raise LineWrong(part=4, typed=typed)
    if len(found) > 1:
        raise SeveralRts(part=4, typed=typed)
    return found[0].id


def _same(one: str, other: str) -> bool:
    return areas.natural(one) == areas.natural(other)


def _in_rw(part: areas.Part, rw: str) -> bool:
    return any(_same(above, f"RW {rw}") for above in part.path)


def _rest(more: Sequence[str]) -> tuple[int | None, dict[str, int], int | None]:
    """Minutes, the two rows of ages and the disabled ones, each of which may be missing."""
    minutes: int | None = None
    disabled: int | None = None
    cells: dict[str, int] = {}
    for place, part in enumerate(more, FEWEST):
        letter, _, numbers = part.upper().partition(" ")
        row = numbers.split()
        if part.isdecimal() and place == FEWEST:
            minutes = int(part)
        elif letter in ("P", "L") and len(row) == 4 and all(number.isdecimal() for number in row):
            sex = "f" if letter == "P" else "m"
            cells |= {f"{sex}_{age}": int(number) for (age, _), number in zip(attendance.AGES, row, strict=True)}
        elif letter == "D" and len(row) == 1 and row[0].isdecimal():
            disabled = int(row[0])
        elif part:
            raise LineWrong(part=place, typed=part)
    return minutes, cells, disabled
