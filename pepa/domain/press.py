"""A program of its own that prints: documents come in by a pipe as JSON, their outputs go out by another.

    python -m pepa.domain.press <{"documents": […], "formats": [[…], …]} >outputs
    python -m pepa.domain.press <{"pack": […]} >outputs
    python -m pepa.domain.press <{"template": "…", "values": {…}, "qr": "https://…"} >output

Nothing of the server is loaded here but what a document is; nothing that prints is loaded there. It reads fonts,
templates and what it is given, and writes nowhere. It ends with 0 once all is made, with a line of JSON before the
outputs that says what each is; with 3 where something cannot be printed: {"says": …, "values": {…}}.
"""

import json
import os
import sys
from typing import Any

from fontTools.ttLib import TTFont

from pepa.domain import documents, epubs, typesetting
from pepa.domain.documents import FONTS, LARGEST, LETTERS, MEDIA, PDF, Document, Format, Unprintable
from pepa.words import N_

try:
    from pepa.domain import printing
except (ImportError, OSError):  # Pango is not there, or too old for it
    PRINTS = False
else:
    PRINTS = True

SVG = "image/svg+xml"
REFUSED = 3
TWO_SIDES = 2  # pages that one sheet of paper has
Output = tuple[dict[str, Any], bytes]  # {"document": its place, "format": …, "pages": …}, and the bytes


def made(document: Document, form: Format) -> tuple[bytes, int | None]:
    """One output of a document, and its pages where it has some. Raises Unprintable."""
    pages: int | None = None
    match form:
        case Format.WHATSAPP:
            content = documents.chat(document).encode()
        case Format.SMS:
            content = documents.sms(document).encode()
        case Format.EPUB:
            content = epubs.zipped(document, typesetting.book(document))
        case _ if MEDIA[form] == PDF:
            content, pages = printed(document, form)
        case _:
            content = typesetting.page(document, form).encode()
    if len(content) > LARGEST:
        raise Unprintable(
            N_("%(format)s menjadi %(size)s kB. Paling banyak %(most)s kB: kecilkan gambarnya."),
            format=form.label,
            size=len(content) // 1000,
            most=LARGEST // 1000,
        )
    return content, pages


def printed(document: Document, form: Format) -> tuple[bytes, int]:
    """A PDF and its pages, before they are folded."""
    parts = {"qr": (typesetting.qr(document.scanned), SVG)} | {
        name: (drawing.svg, SVG) if drawing.svg else (drawing.raster, drawing.media)
        for name, drawing in (document.pictures or {}).items()
    }
    content, pages = printing.laid_out(typesetting.paper(document, form), parts)
    if form is Format.A4 and pages > TWO_SIDES:
        tight, fewer = printing.laid_out(typesetting.paper(document, form, tight=True), parts)
        content, pages = (tight, fewer) if fewer < pages else (content, pages)
    return (printing.imposed(content) if form is Format.BOOKLET else content), pages


def check_fonts() -> None:
    """Raises Unprintable where a font is missing, or lacks letters that it should have.

    That whoever started this has named our fonts is taken for granted nowhere: a sheet in the system's fonts is none.
    """
    found: set[int] = set()
    for path in sorted(FONTS.glob("*.ttf")):
        with TTFont(path, lazy=True) as font:
            found |= font.getBestCmap().keys()
    if missing := LETTERS - found:
        raise Unprintable(
            N_("Huruf cetak hilang: %(count)s huruf, mulai “%(sign)s”. Pasang lagi folder %(folder)s."),
            count=len(missing),
            sign=chr(min(missing)),
            folder="pepa/static/fonts",
        )
    if os.environ.get("FONTCONFIG_FILE") != str(FONTS / "fonts.conf"):
        raise RuntimeError("FONTCONFIG_FILE does not name our fonts")


def can_print() -> bool:
    """Whether a sheet comes out: Pango is there, and new enough."""
    try:
        return PRINTS and printing.laid_out("<p>129</p>", {})[1] == 1
    except (AttributeError, OSError):
        return False


def answer(asked: dict[str, Any]) -> list[Output]:
    """What is asked for. Raises Unprintable."""
    if "template" in asked:
        parts = {"qr": (typesetting.qr(asked["qr"]), SVG)} if asked["qr"] else {}
        html = typesetting.render(asked["template"], **asked["values"])
        sheet, count = printing.laid_out(html, parts)
        return [({"pages": count}, sheet)]
    if "pack" in asked:
        texts = [Document.load(plain) for plain in asked["pack"]]
        return [({"document": 0, "format": Format.PACK.value, "pages": None}, typesetting.pack(texts).encode())]
    outputs: list[Output] = []
    for place, (plain, forms) in enumerate(zip(asked["documents"], asked["formats"], strict=True)):
        for form in forms:
            content, pages = made(Document.load(plain), Format(form))
            outputs.append(({"document": place, "format": form, "pages": pages}, content))
    return outputs


def main(asked: bytes) -> tuple[int, bytes]:
    """How the program ends, and all that it says."""
    question = json.loads(asked)
    try:
        check_fonts()
        if "probe" in question:
            return 0, json.dumps({"prints": can_print()}).encode()
        outputs = answer(question)
    except Unprintable as refused:
        return REFUSED, json.dumps({"says": refused.says, "values": refused.values}).encode()
    head = [{**what, "size": len(content)} for what, content in outputs]
    return 0, json.dumps(head).encode() + b"\n" + b"".join(content for _, content in outputs)


if __name__ == "__main__":
    code, told = main(sys.stdin.buffer.read())
    sys.stdout.buffer.write(told)
    sys.exit(code)
