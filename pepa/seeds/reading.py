"""Reads the seed data beside this file (data/*.csv, data/*.toml) into plain values. Knows no table and no database.

Each function reads its file anew and gives its rows in the order of the file. A row that is malformed, and a field or
key that is unknown or missing, raises Malformed with the file and the place in it: what is half right is not planted.
"""

import csv
import tomllib
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

DATA = Path(__file__).with_name("data")


class Malformed(ValueError):
    """A seed file that cannot be read; the message names the file and the row."""


class Mark(StrEnum):
    """How sure a fact is."""

    VERIFIED = "V"  # read in a stored copy of the named source
    SECOND_HAND = "V2"  # read in a page that tells of the source
    PRACTICE = "P"  # what others do
    DECIDED = "D"  # ours, until the office decides otherwise
    UNKNOWN = "U"  # not found: the office is to be asked


class HolidayKind(StrEnum):
    """National and shared-leave days stand still alike; an expected one has its day fixed only shortly before."""

    NATIONAL = "national"
    SHARED_LEAVE = "cuti_bersama"
    EXPECTED = "expected"


class CallPath(StrEnum):
    """Where the officer goes after choosing the type of a call."""

    REPORT = "report"  # the whole form
    SCRIPT = "script"  # the yes-or-no script first
    NOTE = "note"  # counted, nothing more


class SettingKind(StrEnum):
    """What an administrator types. A table is kept as rows elsewhere; its default is the table's name."""

    LINE = "line"
    TELEPHONE = "telephone"
    ADDRESS = "address"
    YES_NO = "yes_no"
    WHOLE = "whole"
    TABLE = "table"


class Checked(StrEnum):
    """How a telephone number was checked: read in the sources, or called."""

    READ = "read"
    CALLED = "called"


@dataclass(frozen=True)
class Kecamatan:
    """A district: Kemendagri code 36.73.xx, and how many kelurahan it has."""

    code: str
    name: str
    kelurahan: int
    source: str
    mark: Mark


@dataclass(frozen=True)
class Kelurahan:
    """A ward: Kemendagri code 36.73.xx.yyyy. Names repeat, so it is never shown without its kecamatan.

    also: another spelling in use, for the search; empty where there is none
    """

    code: str
    name: str
    also: str
    source: str
    mark: Mark

    @property
    def kecamatan_code(self) -> str:
        return self.code.rpartition(".")[0]


@dataclass(frozen=True)
class Number:
    """A number to show. tel: what a link dials; chat: an address for writing instead, or empty."""

    code: str
    number: str
    tel: str
    chat: str
    label_id: str
    what: str
    checked_on: date
    checked_how: Checked
    source: str
    mark: Mark


@dataclass(frozen=True)
class Holiday:
    """A day on which working-day clocks stand still."""

    on: date
    name: str
    kind: HolidayKind
    source: str
    mark: Mark

    @property
    def is_certain(self) -> bool:
        return self.kind is not HolidayKind.EXPECTED


@dataclass(frozen=True)
class Category:
    """One value of one list of domain.md; the code stays for ever."""

    list: str
    code: str
    label_id: str
    source: str
    mark: Mark


@dataclass(frozen=True)
class CallType:
    """What a telephone call turned out to be."""

    code: str
    label_id: str
    path: CallPath
    note: str
    source: str
    mark: Mark


@dataclass(frozen=True)
class ReadyAnswer:
    """A sentence to start an answer from; {sapaan} is how the reporter is addressed."""

    code: str
    text: str


@dataclass(frozen=True)
class Setting:
    """A setting with what a new installation starts from.

    default: as typed, empty where the office must be asked; for a table the table's name
    blocks:  going live is refused while it is empty
    word:    its name in the sentences of words.md, or empty
    unit:    of a whole number: minutes, hours, days, working_days, months, years, people, reports, sessions
    """

    code: str
    label: str
    kind: SettingKind
    default: str
    blocks: bool
    note: str
    mark: Mark
    word: str = ""
    unit: str = ""


@dataclass(frozen=True)
class CastMember:
    """A demo account. duty: its turn in the organisation's roster, 0 for none."""

    login: str
    name: str
    roles: tuple[str, ...]
    holds_key: bool = True
    duty: int = 0

    @property
    def email(self) -> str:
        return f"{self.login}@contoh.example"


@dataclass(frozen=True)
class CastOrganisation:
    """A demo organisation with its members; kind and roles are codes of models/organisations.py."""

    code: str
    name: str
    kind: str
    note: str
    members: tuple[CastMember, ...] = field(metadata={"key": "member", "row": CastMember})


@dataclass(frozen=True)
class DemoAnswer:
    """What an officer (by: a login of the cast) wrote back, hours before the seeding."""

    by: str
    hours_ago: int
    text: str


@dataclass(frozen=True)
class DemoReport:
    """A made-up report. Empty means that the question was skipped; the codes are those of models/reports.py.

    kecamatan: a Kemendagri code, or regency, elsewhere, unknown
    """

    code: str
    what: str
    hours_ago: int
    urgency: str = ""
    speaker: str = ""
    kecamatan: str = ""
    place: str = ""
    phone: str = ""
    about: str = "nobody"
    about_partner: str = ""
    answers: tuple[DemoAnswer, ...] = field(default=(), metadata={"key": "answer", "row": DemoAnswer})


class _Row(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Row = TypeVar("Row", bound=_Row)


def _from_text(kind: Any, value: str) -> object:
    """A cell of a CSV file as what its column holds."""
    if kind is int:
        if not (value.isascii() and value.isdigit()):
            raise ValueError(f"{value!r} is no whole number")
        return int(value)
    return date.fromisoformat(value) if kind is date else kind(value)


def _from_toml(part: Field[Any], value: object) -> object:
    """A value of a TOML file as what its field holds; no value is bent to fit."""
    if "row" in part.metadata and isinstance(value, list):
        return tuple(row(part.metadata["row"], each) for each in value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value) and part.type == tuple[str, ...]:
        return tuple(value)
    kind: Any = part.type
    if isinstance(value, str) and isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(value)
    if type(value) is not kind:
        raise ValueError(f"{part.name} is {value!r}")
    return value


def row(kind: type[Row], table: object) -> Row:
    """A TOML table as a row: every key known, none missing but those with a default."""
    if not isinstance(table, dict):
        raise ValueError(f"{table!r} is no table")
    parts = {part.metadata.get("key", part.name): part for part in fields(kind)}
    if unknown := table.keys() - parts.keys():
        raise ValueError(f"unknown {sorted(unknown)}")
    if missing := {key for key, part in parts.items() if part.default is MISSING} - table.keys():
        raise ValueError(f"missing {sorted(missing)}")
    return kind(**{parts[key].name: _from_toml(parts[key], value) for key, value in table.items()})


def _csv(kind: type[Row], name: str) -> tuple[Row, ...]:
    """The rows of a CSV file whose header is exactly the fields of the kind, in their order."""
    parts = fields(kind)
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file, strict=True)
        if next(lines, None) != [part.name for part in parts]:
            raise Malformed(f"{name}: its header must be {','.join(part.name for part in parts)}")
        try:
            return tuple(
                kind(*(_from_text(part.type, cell) for part, cell in zip(parts, line, strict=True))) for line in lines
            )
        except (ValueError, csv.Error) as wrong:
            raise Malformed(f"{name}, line {lines.line_num}: {wrong}") from wrong


def _toml(kind: type[Row], name: str, key: str) -> tuple[Row, ...]:
    """The rows of a TOML file that holds one array of tables."""
    try:
        content = tomllib.loads((DATA / name).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as wrong:
        raise Malformed(f"{name}: {wrong}") from wrong
    if content.keys() != {key}:
        raise Malformed(f"{name}: holds {sorted(content)}, not [[{key}]] alone")
    rows = []
    for place, table in enumerate(content[key], 1):
        try:
            rows.append(row(kind, table))
        except ValueError as wrong:
            raise Malformed(f"{name}, {key} {place}: {wrong}") from wrong
    return tuple(rows)


def kecamatan() -> tuple[Kecamatan, ...]:
    return _csv(Kecamatan, "kecamatan.csv")


def kelurahan() -> tuple[Kelurahan, ...]:
    return _csv(Kelurahan, "kelurahan.csv")


def numbers() -> tuple[Number, ...]:
    """In the order in which a page shows them."""
    return _csv(Number, "numbers.csv")


def holidays() -> tuple[Holiday, ...]:
    return _csv(Holiday, "holidays.csv")


def categories() -> tuple[Category, ...]:
    return _csv(Category, "categories.csv")


def call_types() -> tuple[CallType, ...]:
    return _csv(CallType, "call_types.csv")


def ready_answers() -> tuple[ReadyAnswer, ...]:
    return _toml(ReadyAnswer, "ready_answers.toml", "answer")


def settings() -> tuple[Setting, ...]:
    return _toml(Setting, "settings.toml", "setting")


def cast() -> tuple[CastOrganisation, ...]:
    return _toml(CastOrganisation, "organisations.toml", "organisation")


def demo_reports() -> tuple[DemoReport, ...]:
    return _toml(DemoReport, "demo_reports.toml", "report")
