"""Tables as files: what a spreadsheet would run stands inert, zeros stay, and both kinds hold the same."""

import io
import zipfile
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from pepa.domain import tables
from pepa.domain.tables import Table

TABLE = Table(
    "Daftar: RT/RW", ["Nama", "Jumlah"], [["RT 003", 3], ["=1+1", -2], [None, date(2026, 12, 1)]], ["+ catatan"]
)


def cells(book: bytes) -> list[str]:
    """Every text of a workbook, and that nothing in it is a formula."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        shared = ET.fromstring(archive.read("xl/sharedStrings.xml"))
    assert "<f>" not in sheet
    return ["".join(text.itertext()) for text in shared]


@pytest.mark.parametrize("sign", "=+-@\t\r")
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(sign: str) -> None:
    written = tables.csv(Table("x", ["a"], [[f"{sign}1+1"]])).decode("utf-8-sig")
    assert f"'{sign}1+1" in written


def test_csv_is_what_an_indonesian_excel_opens() -> None:
    raw = tables.csv(TABLE)
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.decode("utf-8-sig") == "Nama;Jumlah\r\nRT 003;3\r\n'=1+1;-2\r\n;01/12/2026\r\n\r\n'+ catatan\r\n"


def test_xlsx_holds_text_as_text() -> None:
    assert cells(tables.xlsx([TABLE])) == ["Nama", "Jumlah", "RT 003", "=1+1", "+ catatan"]


@pytest.mark.parametrize("name", ["", "[]:*?/\\", "x" * 60, "History's", "Sukawana"])
def test_a_sheet_has_a_name_that_excel_takes(name: str) -> None:
    assert tables.xlsx([Table(name, ["a"], []), Table(name + "2", ["a"], [])][:1]).startswith(b"PK")
