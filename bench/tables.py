"""Tables: for the terminal, as JSON, and gathered on one page."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "bench/out"
PAGE = ROOT / "docs/numbers.md"

HEAD = """# Numbers

What `make bench` printed last. Every measurement stands beside a floor of the same run, so that the ratios hold on
another machine and the absolute times do not. Aims are those of the founding issue; "misses" marks what is not reached.
"""


@dataclass(frozen=True)
class Table:
    """head names the columns, the first one of words, the others of figures; note says how it was measured."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def text(self) -> str:
        lines = [self.head, *self.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.head))]
        drawn = ["  ".join(_set(cell, widths, n) for n, cell in enumerate(line)).rstrip() for line in lines]
        rule = "  ".join("-" * width for width in widths)
        return "\n".join([self.title, "", drawn[0], rule, *drawn[1:], *(["", self.note] if self.note else [])])

    def markdown(self) -> str:
        lines = ["|" + "|".join(f" {cell} " for cell in line) + "|" for line in [self.head, *self.rows]]
        sides = "|" + "|".join([" --- ", *(" ---: " for _ in self.head[1:])]) + "|"
        note = [self.note, ""] if self.note else []
        return "\n".join([f"### {self.title}", "", *note, lines[0], sides, *lines[1:], ""])


def _set(cell: str, widths: Sequence[int], n: int) -> str:
    return cell.ljust(widths[n]) if n == 0 else cell.rjust(widths[n])


def against(value: float, least: float, aim: float | None = None) -> str:
    """What a ratio that may not be smaller is worth."""
    if value < least:
        return f">= {least:.2f} misses"
    if aim is None or value >= aim:
        return f">= {aim or least:.2f} holds"
    return f">= {least:.2f} holds, aim {aim:.2f} misses"


def within(value: float, most: float, unit: str = "") -> str:
    """What a figure that may not be larger is worth."""
    return f"<= {most:g}{unit} {'holds' if value <= most else 'misses'}"


def machine() -> str:
    """The machine, in words that name nobody's."""
    return f"{os.cpu_count()} cores, {platform.system()} on {platform.machine()}, Python {platform.python_version()}"


def keep(name: str, found: Sequence[Table]) -> None:
    """Keep a bench's tables as JSON."""
    OUT.mkdir(exist_ok=True)
    said = {"on": date.today().isoformat(), "machine": machine(), "tables": [asdict(table) for table in found]}  # noqa: DTZ011
    (OUT / f"{name}.json").write_text(json.dumps(said, indent=1) + "\n")


def write_page(names: Sequence[str]) -> None:
    """Put the last tables of every bench on the page."""
    parts = [HEAD]
    for name in names:
        file = OUT / f"{name}.json"
        if file.exists():
            said = json.loads(file.read_text())
            parts.append(f"## {name.capitalize()}\n\n{said['on']}, {said['machine']}.\n")
            parts += [Table(**table).markdown() for table in said["tables"]]
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text("\n".join(parts))
