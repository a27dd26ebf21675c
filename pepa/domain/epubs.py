"""An EPUB: a zip of XHTML, a style and pictures (EPUB 3.3, W3C). Belongs to the child that prints."""

import io
import zipfile
from pathlib import Path

from pepa.domain import typesetting
from pepa.domain.documents import Document

MADE = (1980, 1, 1, 0, 0, 0)  # of every file in it, so that the same text gives the same bytes
CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="book/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>
"""


def zipped(document: Document, text: str) -> bytes:
    """The book. text: its one page, well-formed XML, whose pictures lie beside it."""
    pictures = {
        f"{Path(file).stem}.{typesetting.suffix(document, file)}": drawing
        for file, drawing in sorted((document.pictures or {}).items())
    }
    parts = {
        "META-INF/container.xml": CONTAINER.encode(),
        "book/book.opf": typesetting.render("epub_package.xml", document=document, pictures=pictures).encode(),
        "book/nav.xhtml": typesetting.render("epub_nav.xml", document=document).encode(),
        "book/text.xhtml": text.encode(),
        "book/screen.css": (typesetting.TEMPLATES / "screen.css").read_bytes(),
        **{f"book/{name}": drawing.raster for name, drawing in pictures.items()},
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as book:
        # The first file has to be this one, as it is: by it a reader knows what it has.
        book.writestr(zipfile.ZipInfo("mimetype", MADE), b"application/epub+zip", zipfile.ZIP_STORED)
        for name, content in parts.items():
            packed = zipfile.ZIP_STORED if name.endswith((".png", ".jpg")) else zipfile.ZIP_DEFLATED
            book.writestr(zipfile.ZipInfo(name, MADE), content, packed, 9)
    return file.getvalue()
