"""Sets a document as HTML, for paper, screens and books. Belongs to the child that prints: the server never loads it.

The templates stand in templates/sheets and are read by Jinja alone; what they are given is text, which they escape.
"""

import base64
import gettext
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import segno
from babel.dates import format_date
from fontTools.ttLib import TTFont
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pepa.domain import blocks, markup
from pepa.domain.blocks import Block, Claim, Numbers, Piece
from pepa.domain.documents import FONTS, Document, Format

TEMPLATES = Path(__file__).parents[1] / "templates/sheets"
TRANSLATIONS = Path(__file__).parents[1] / "translations"
MODULE_BORDER = 4  # empty modules around a QR, without which none is found
QR_SIDE = 20.0  # millimetres of the modules themselves, at the least
POINT = 25.4 / 72  # millimetres
SAPA = "sapa129"
LEADS = 120  # letters of a sentence that shares a screen with the list behind it
# Where the words of a poster have to fit: across, down, and how large letters may become.
NAME_WIDTH = 200.0  # millimetres, of a certificate
POSTER_WIDTH, HEADING_HIGH, LINES_HIGH = 257.0, 112.0, 150.0  # millimetres

Source = Callable[[str], str]  # the address of a picture, from its file's name


@dataclass(frozen=True)
class Stretch:
    """Some words of one look. figures: of the claims that its last word carries"""

    kind: str
    text: str
    figures: tuple[int, ...] = ()

    def split(self) -> Iterator["Stretch"]:
        """The same with the word that carries figures on its own, so that no line begins with a figure."""
        words, space, last = self.text.rpartition(" ")
        if not self.figures or not space:
            if self.text or self.figures:
                yield self
        else:
            yield Stretch(self.kind, words + space)
            yield replace(self, text=last)


class Typeset:
    """A document on its way to one output.

    source: what an <img> of a picture is given; the claims that its text stands on are numbered as they come
    """

    def __init__(self, document: Document, source: Source) -> None:
        self.document, self.source = document, source
        self._claims = {block.key: block for block in markup.parse(document.body) if isinstance(block, Claim)}
        self._order: list[str] = []

    # ---- what templates ask ----

    def blocks(self, part: str, *, notes: bool = False) -> list[Block]:
        """What is left of a part where sentences, rows and lists without their numbers are gone.

        notes: whether those for whoever leads are among it
        """
        source: str = getattr(self.document, part)
        return list(self._filled(markup.parse(source), notes=notes))

    def screens(self) -> list[tuple[str, list[Block]]]:
        """The body, a block a screen, each with the heading that it stands under. A picture keeps its dialogue, and a
        list the sentence that leads to it."""
        found: list[tuple[str, list[Block]]] = []
        heading = ""
        for block in self.blocks("body"):
            before = found[-1][1][-1] if found and found[-1][0] == heading else None
            match block, before:
                case blocks.Heading(text=heading), _:
                    pass
                case blocks.PageBreak(), _:
                    pass
                case blocks.Dialogue(), blocks.Picture():
                    found[-1][1].append(block)
                case (blocks.Bullets() | blocks.Steps(), blocks.Paragraph(text=text)) if len(text) <= LEADS:
                    found[-1][1].append(block)
                case _:
                    found.append((heading, [block]))
        return found

    def cut(self, text: str) -> Iterator[Stretch]:
        """A text in its stretches: numbers filled in, claims as figures behind the word that they follow."""
        kept = " ".join(part for part in blocks.sentences(text) if self._is_known(part))
        before = Stretch("plain", "")
        for piece in blocks.pieces(kept):
            if piece.kind == "claim":
                before = replace(before, figures=(*before.figures, self._place(piece.text)))
                continue
            yield from before.split()
            before = Stretch(piece.kind, self._filled_in(piece))
        yield from before.split()

    def _filled_in(self, piece: Piece) -> str:
        named = {"number": self.number(piece.text), "link": self.document.address}
        return named.get(piece.kind, piece.text)

    def told(self, text: str) -> str:
        """A text without anything but its letters."""
        return blocks.plain(text, self.document.numbers, link=self.document.address)

    def number(self, name: str) -> str:
        """A telephone number by its name, or nothing."""
        return self.document.numbers.get(name, "")

    def sources(self) -> list[Claim]:
        """The claims that have been stood on so far, in the order of their figures."""
        return [self._claims[key] for key in self._order if key in self._claims]

    def day(self) -> str:
        return format_date(
            self.document.published_on, "d MMMM yyyy", locale="en" if self.document.language == "en" else "id"
        )

    @property
    def short_address(self) -> str:
        """The address as it is typed."""
        return self.document.address.partition("://")[2]

    # ---- what it does for them ----

    def _is_known(self, text: str) -> bool:
        return all(self.number(name) for name in blocks.numbers_in(text))

    def _place(self, key: str) -> int:
        if key not in self._order:
            self._order.append(key)
        return self._order.index(key) + 1

    def _filled(self, all_of: Sequence[Block], *, notes: bool) -> Iterator[Block]:
        for block in all_of:
            if isinstance(block, Claim) or (isinstance(block, blocks.Note) and not notes):
                continue
            if (left := self._left_of(block)) is not None:
                yield left

    def _left_of(self, block: Block) -> Block | None:
        match block:
            case Numbers(rows=rows):
                known = tuple(row for row in rows if self.number(row[0]) and self.told(row[1]))
                return Numbers(known) if known else None
            case blocks.Bullets(items=items) | blocks.Steps(items=items):
                items = tuple(filter(self.told, items))
                return replace(block, items=items) if items else None
            case blocks.Dialogue(lines=lines):
                lines = tuple(line for line in lines if self.told(line[1]))
                return blocks.Dialogue(lines) if lines else None
            case blocks.Paragraph(text=text) | blocks.Warn(text=text) | blocks.Note(text=text):
                return block if self.told(text) else None
            case _:
                return block


@cache
def _environment(language: str) -> Environment:
    """The templates in a language. Their sentences are Indonesian, and what has no translation stays so."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = gettext.translation("messages", TRANSLATIONS, [language], fallback=True)
    made.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {"kind": lambda block: type(block).__name__.lower(), "name_size": name_size}
    made.filters |= {"dial": dial}
    return made


def dial(number: str) -> str:
    """The digits of a number, for a `tel:` link."""
    return "".join(sign for sign in number if sign.isdigit() or sign == "+")


def render(template: str, language: str = "id", **values: object) -> str:
    """A template of templates/sheets with these values."""
    return _environment(language).get_template(template).render(**values)


# ---- paper ----


def paper(document: Document, form: Format, *, tight: bool = False) -> str:
    """The HTML that a PDF is printed from. Its pictures are `sheet:<file>`, its QR is `sheet:qr`.

    tight: in slightly smaller letters, for where that saves a sheet
    """
    setting = Typeset(document, lambda file: f"sheet:{file}")
    values: dict[str, object] = {"tight": tight}
    if form is Format.POSTER:
        values = poster(setting)
    elif form is Format.CARD:
        values = {"lines": [line for line in document.card if setting.told(line).strip()]}
    return render(
        f"{form.name.lower()}.html", document.language, sheet=setting, qr_side=qr_side(document.scanned), **values
    )


def qr(address: str) -> bytes:
    """A QR as SVG: black modules on a white box with its border, whatever lies behind it."""
    drawn = io.BytesIO()
    code = segno.make_qr(address, error="m")
    code.save(drawn, kind="svg", border=MODULE_BORDER, dark="#000", light="#fff", omitsize=True, xmldecl=False)
    return drawn.getvalue()


def qr_side(address: str) -> float:
    """How wide it is with its border, in millimetres, so that the modules have their two centimetres."""
    modules = segno.make_qr(address, error="m").symbol_size(border=0)[0]
    return QR_SIDE * (modules + 2 * MODULE_BORDER) / modules


def poster(setting: Typeset) -> dict[str, object]:
    """What a poster says and how large: its heading, its lines, and the last of them around its number."""
    heading, *lines = [line for line in setting.document.poster if setting.told(line).strip()]
    before = after = ""
    if lines and SAPA in blocks.numbers_in(lines[-1]):
        before, _, after = lines.pop().partition(f"{{nomor:{SAPA}}}")
    told = [setting.told(line) for line in lines]
    return {
        "heading": setting.told(heading),
        "heading_size": fitting([setting.told(heading)], HEADING_HIGH, most=120),
        "lines": told,
        "line_size": fitting(told, LINES_HIGH, most=60, between=8.0),
        "before": before.strip().rstrip(":,"),
        "after": setting.told(after).strip().lstrip(",. "),
    }


def fitting(lines: Sequence[str], high: float, *, most: int, between: float = 0.0) -> int:
    """The largest size in points at which these lines fit a poster. between: millimetres between two of them"""
    for size in range(most, 12, -1):
        rows = sum(len(broken(line, POSTER_WIDTH, size)) for line in lines)
        whole = all(wide(word, size) <= POSTER_WIDTH for line in lines for word in line.split())
        if whole and rows * size * 1.2 * POINT + between * len(lines) <= high:
            return size
    return 12


def name_size(name: str) -> int:
    """The largest size in points at which a name stands on a certificate in two lines at the most (case 68)."""
    return next(
        (
            size
            for size in range(34, 12, -1)
            if len(broken(name, NAME_WIDTH, size)) <= 2 and all(wide(word, size) <= NAME_WIDTH for word in name.split())
        ),
        12,
    )


def broken(line: str, width: float, size: float) -> list[str]:
    """A line as it is broken where no more words fit."""
    rows = [""]
    for word in line.split():
        longer = f"{rows[-1]} {word}".strip()
        if rows[-1] and wide(longer, size) > width:
            rows.append(word)
        else:
            rows[-1] = longer
    return rows


def wide(text: str, size: float) -> float:
    """How wide a bold text is, in millimetres."""
    advances, missing, units = _advances()
    return sum(advances.get(ord(sign), missing) for sign in text) / units * size * POINT


@cache
def _advances() -> tuple[dict[int, int], int, int]:
    with TTFont(FONTS / "NotoSans-Bold.ttf", lazy=True) as font:
        metrics = font["hmtx"].metrics
        widths = {point: metrics[name][0] for point, name in font.getBestCmap().items()}
        return widths, metrics[".notdef"][0], font["head"].unitsPerEm


# ---- screens and books ----


def page(document: Document, form: Format) -> str:
    """One HTML file that asks the net for nothing: its pictures stand in it."""
    setting = Typeset(document, partial(inside, document))
    return render(f"{form.name.lower()}.html", document.language, sheet=setting, qr=_raster_qr(document))


def pack(documents: Sequence[Document]) -> str:
    """The whole library in one file, dated by the newest of its titles."""
    settings = [Typeset(document, partial(inside, document)) for document in documents]
    newest = max(settings, key=lambda setting: setting.document.published_on)
    return render("pack.html", sheets=settings, day=newest.day())


def book(document: Document) -> str:
    """The text of an EPUB, well-formed XML; its pictures lie beside it."""
    setting = Typeset(document, lambda file: f"{Path(file).stem}.{suffix(document, file)}")
    return render("epub.html", document.language, sheet=setting)


def suffix(document: Document, file: str) -> str:
    return "jpg" if (document.pictures or {})[file].media == "image/jpeg" else "png"


def inside(document: Document, file: str) -> str:
    """A picture as an address that holds it."""
    drawing = (document.pictures or {})[file]
    return f"data:{drawing.media};base64,{base64.b64encode(drawing.raster).decode()}"


def _raster_qr(document: Document) -> str:
    drawn = io.BytesIO()
    segno.make_qr(document.scanned, error="m").save(drawn, kind="png", border=MODULE_BORDER, scale=4)
    return f"data:image/png;base64,{base64.b64encode(drawn.getvalue()).decode()}"
