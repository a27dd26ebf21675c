"""A title's blocks as a page shows them: numbers filled in, sentences without theirs gone, sources numbered."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from pepa.domain import blocks
from pepa.domain.blocks import Block, Claim, Note, Numbers, PageBreak, Piece
from pepa.models.outputs import TitlePicture
from pepa.web import formats

CHATS = ("sapa129_wa", "kantor_wa")  # numbers that open a chat, not a call


@dataclass(frozen=True)
class Dialled:
    """A number as it is shown, what it is for, and where its link leads."""

    number: str
    what: str
    leads: str


class Told:
    """A text on its way to a page.

    numbers   by name, empty where there is none (`numbers.held`)
    claims    what it may stand on, by key; `sources` gives those that it names, in their order
    leads     whether notes for whoever leads an evening are shown
    """

    def __init__(
        self,
        text: Sequence[Block],
        *,
        numbers: Mapping[str, str],
        claims: Mapping[str, Claim],
        pictures: Mapping[str, TitlePicture] | None = None,
        leads: bool = False,
    ) -> None:
        self._numbers, self._claims, self._pictures = numbers, claims, pictures or {}
        self._order: list[str] = []
        self.blocks = [block for block in text if self._is_shown(block, leads)]
        for block in self.blocks:
            for one in blocks.texts(block):
                self._order += [p.text for p in blocks.pieces(self._kept(one)) if p.kind == "claim"]
        self._order = [key for key in dict.fromkeys(self._order) if key in claims]

    def _is_shown(self, block: Block, leads: bool) -> bool:
        """A block of which nothing is left once its sentences without a number are gone is no block."""
        match block:
            case Claim() | PageBreak():
                return False
            case Note():
                return leads
            case Numbers(rows=rows):
                return any(self._numbers.get(name) for name, _ in rows)
            case _:
                return any(self._kept(text) for text in blocks.texts(block))

    @staticmethod
    def kind(block: Block) -> str:
        """Which block it is, for a template."""
        return type(block).__name__

    @property
    def sources(self) -> list[Claim]:
        """What the text stands on, in the order in which it names them."""
        return [self._claims[key] for key in self._order]

    def _kept(self, text: str) -> str:
        parts = blocks.sentences(text)
        return " ".join(part for part in parts if all(self._numbers.get(name) for name in blocks.numbers_in(part)))

    def cut(self, text: str) -> Iterator[Piece]:
        """A text in its pieces: a number is one that can be dialled, a claim its place among the sources."""
        for piece in blocks.pieces(self._kept(text)):
            if piece.kind == "number":
                yield replace(piece, kind="chat" if piece.text in CHATS else "number", text=self._numbers[piece.text])
            elif piece.kind == "claim":
                if piece.text in self._order:
                    yield replace(piece, text=str(self._order.index(piece.text) + 1))
            elif piece.kind != "link":
                yield piece

    def has(self, text: str) -> bool:
        """Whether anything is left of it."""
        return bool(self._kept(text))

    def dialled(self, rows: Sequence[tuple[str, str]]) -> list[Dialled]:
        """The rows of a block of numbers that are set."""
        return [
            Dialled(number, what, leads(name, number)) for name, what in rows if (number := self._numbers.get(name))
        ]

    def picture(self, name: str) -> TitlePicture | None:
        return self._pictures.get(name)

    def drawing(self, name: str) -> Markup | None:
        """A drawing of ours to stand in the page, or None where there is no such one: a photo is had by its link."""
        found = self._pictures.get(name)
        return Markup(lines(found.svg)) if found and found.svg else None  # noqa: S704 - of a seed alone


def leads(name: str, number: str) -> str:
    """The address that dials a number, or opens its chat."""
    dial = formats.dial(number)
    return f"https://wa.me/{formats.chat(dial)}" if name in CHATS else f"tel:{dial}"


def lines(svg: str) -> str:
    """What is drawn, without its own frame: the page gives it one, and a name."""
    inner = re.sub(r"^.*?<svg[^>]*>|</svg>.*$", "", svg, flags=re.DOTALL)
    return re.sub(r">\s+<", "><", inner.strip())
