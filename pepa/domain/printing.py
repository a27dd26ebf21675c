"""Makes PDFs of HTML, and folds them into booklets. Belongs to the child that prints, and needs Pango from the system.

It knows the fonts of pepa/static/fonts and no others (FONTCONFIG_FILE, set by whoever starts it), and fetches nothing.
"""

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    StreamObject,
)
from weasyprint import CSS, HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

STYLE = Path(__file__).parents[1] / "templates/sheets/paper.css"
ACROSS, HIGH = 841.89, 595.276  # points, of an A4 that lies on its side


class Fetcher(URLFetcher):  # type: ignore[misc]
    """Gives a sheet its pictures and its QR. Whatever else it asks for there is not.

    parts: name → (bytes, media type)
    """

    def __init__(self, parts: Mapping[str, tuple[bytes, str]]) -> None:
        super().__init__(allowed_protocols=["sheet"])
        self._parts = parts

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        name = url.removeprefix("sheet:")
        if name == url or name not in self._parts:
            raise FatalURLFetchingError("a sheet asks for nothing from elsewhere")
        content, media = self._parts[name]
        return URLFetcherResponse(url, content, {"Content-Type": media})


def laid_out(html: str, parts: Mapping[str, tuple[bytes, str]]) -> tuple[bytes, int]:
    """HTML as a PDF, and its pages."""
    style = CSS(string=STYLE.read_text(encoding="utf-8"))
    source = HTML(string=html, url_fetcher=Fetcher(parts), base_url="sheet:")
    laid = source.render(stylesheets=[style], optimize_images=True, dpi=200)
    return laid.write_pdf(pdf_tags=True), len(laid.pages)


def imposed(pages: bytes) -> bytes:
    """A5 pages, two on each side of A4, in the order in which folded sheets are read. Turned on the short edge.

    A page is one form object, whose fonts all of them share: put together page by page it would be four times as large.
    """
    writer = PdfWriter()
    source = PdfReader(io.BytesIO(pages))
    forms: list[IndirectObject | None] = [_form(writer, page) for page in source.pages]
    forms += [None] * (-len(forms) % 4)
    for places in pairs(len(forms)):
        placed = {f"/P{side}": form for side, n in enumerate(places) if (form := forms[n])}
        drawn = DecodedStreamObject()
        drawn.set_data(
            "".join(f"q 1 0 0 1 {ACROSS / 2 * int(name[-1])} 0 cm {name} Do Q\n" for name in placed).encode()
        )
        sheet = writer.add_blank_page(ACROSS, HIGH)
        named = DictionaryObject({NameObject(name): form for name, form in placed.items()})
        sheet[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): named})
        sheet[NameObject("/Contents")] = writer._add_object(drawn)
    writer.metadata = {"/Title": (source.metadata.title if source.metadata else "") or ""}
    writer.root_object[NameObject("/Lang")] = source.root_object["/Lang"]
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def pairs(count: int) -> Iterator[tuple[int, int]]:
    """Which pages lie beside each other, from 0, front and back in turn. count: a multiple of four"""
    for n in range(0, count // 2, 2):
        yield count - 1 - n, n
        yield n + 1, count - 2 - n


def _form(writer: PdfWriter, page: PageObject) -> IndirectObject:
    """A page as something that can be drawn, with the resources that it has."""
    form = DecodedStreamObject()
    form.set_data(cast(StreamObject, page["/Contents"].get_object()).get_data())
    packed = form.flate_encode(9)
    packed |= {
        NameObject("/Type"): NameObject("/XObject"),
        NameObject("/Subtype"): NameObject("/Form"),
        NameObject("/BBox"): ArrayObject(FloatObject(float(edge)) for edge in page.mediabox),
        NameObject("/Resources"): page.raw_get("/Resources").clone(writer),
    }
    return writer._add_object(packed)
