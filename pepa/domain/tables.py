"""Tables as files for a spreadsheet: CSV as an Indonesian Excel opens it, and XLSX. Both are made in memory.

Excel in a locale of comma decimals wants `;` between cells, a byte order mark before UTF-8, and runs what begins with
= + - @: such a cell gets an apostrophe, which Excel does not show. A code with zeros in front stands as text.
"""

import csv as _csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import xlsxwriter

Cell = str | int | date | None
RUN = ("=", "+", "-", "@", "\t", "\r")  # what a cell may not begin with
SHEET_NAME = 31  # letters, at most


@dataclass(frozen=True)
class Table:
    """A heading, a row of names, rows of cells. notes: sentences below, such as how it was counted.

    None is an empty cell. Numbers are numbers, everything else is text.
    """

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()


def inert(text: str) -> str:
    """A text that no spreadsheet runs."""
    return f"'{text}" if text.startswith(RUN) else text


def csv(table: Table) -> bytes:
    """One table, its notes below an empty line."""
    out = io.StringIO()
    writer = _csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([inert(cell) for cell in table.head])
    writer.writerows([_written(cell) for cell in row] for row in table.rows)
    if table.notes:
        writer.writerow([])
        writer.writerows([inert(note)] for note in table.notes)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _written(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case date():
            return f"{cell:%d/%m/%Y}"
        case int():
            return str(cell)
        case _:
            return inert(cell)


def xlsx(tables: Iterable[Table]) -> bytes:
    """One sheet a table. Text is written as text, so that nothing is run and no zero is lost."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold, day = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "dd/mm/yyyy"})
        for number, table in enumerate(tables, start=1):
            sheet = book.add_worksheet(_sheet_name(table.name, number))
            sheet.freeze_panes(1, 1)
            sheet.repeat_rows(0)
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
            for column, name in enumerate(table.head):
                sheet.write_string(0, column, name, bold)
                sheet.set_column(column, column, _width(table, column))
            for at, row in enumerate(table.rows, start=1):
                for column, cell in enumerate(row):
                    match cell:
                        case None:
                            pass
                        case date():
                            sheet.write_datetime(at, column, cell, day)
                        case int():
                            sheet.write_number(at, column, cell)
                        case _:
                            sheet.write_string(at, column, cell)
            for at, note in enumerate(table.notes, start=len(table.rows) + 2):
                sheet.write_string(at, 0, note)
    return out.getvalue()


def _sheet_name(name: str, number: int) -> str:
    """Excel refuses some signs, more than 31 letters, and an empty name."""
    plain = "".join(" " if sign in "[]:*?/\\'" else sign for sign in name).strip()
    return plain[:SHEET_NAME].strip() or str(number)


def _width(table: Table, column: int) -> int:
    longest = max((len(_written(row[column])) for row in table.rows), default=0)
    return min(40, max(longest, len(table.head[column]) // 2, 6) + 2)
