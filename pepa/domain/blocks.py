"""The text of a title, in twelve kinds of block; `markup` reads and writes them.

Text stays text: nothing in it is markup until `pieces` names it, and whoever shows it escapes it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from pepa.words import N_, Choice

# The name of a number in a text, and the row of `numbers` or the setting that holds it.
NUMBERS = {
    "polisi": "110",
    "darurat": "112",
    "ambulans": "119",
    "pemadam": "113",
    "sapa129": "129",
    "sapa129_lain": "sapa_phone",
    "sapa129_wa": "sapa_whatsapp",
    "kantor": "office_number",
    "kantor_wa": "office_whatsapp",
}


WORD = r"[a-z0-9][a-z0-9_-]{0,39}"
_STRONG = r"\*([^*{}\[\]\s](?:[^*{}\[\]]*[^*{}\[\]\s])?)\*"
_INSIDE = re.compile(rf"\{{nomor:({WORD})\}}|(\{{tautan\}})|\[\^({WORD})\]|{_STRONG}")
_SENTENCE = re.compile(r"\S.*?(?:[.?…][\"”)]*(?:\[\^[^\]]*\])*(?=\s)|$)")


class ClaimKind(Choice):
    """What a claim speaks of; law and health need a second reviewer of that field."""

    LAW = "hukum", N_("Hukum")
    FIGURE = "angka", N_("Angka")
    TELEPHONE = "telepon", N_("Telepon")
    HEALTH = "kesehatan", N_("Kesehatan")


class Mark(Choice):
    """How sure a claim is."""

    READ = "V", N_("dibaca di sumbernya")
    SECOND_HAND = "V2", N_("dibaca di halaman yang menyebut sumbernya")
    UNKNOWN = "U", N_("belum dicek")


@dataclass(frozen=True)
class Heading:
    """judul. level: 2 or 3, since 1 is the title itself"""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """paragraf"""

    text: str


@dataclass(frozen=True)
class Bullets:
    """daftar"""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Steps:
    """langkah"""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """gambar. shows: what is drawn, for whoever does not see it; file: a bare name; caption: may be empty"""

    shows: str
    file: str
    caption: str


@dataclass(frozen=True)
class Dialogue:
    """dialog. lines: (who, what is said)"""

    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Numbers:
    """nomor. rows: (name in NUMBERS, what it is for)"""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Warn:
    """peringatan"""

    text: str


@dataclass(frozen=True)
class Quiz:
    """kuis. answers: (is it right, the answer), two or more, at least one of them right"""

    question: str
    answers: tuple[tuple[bool, str], ...]
    why: str


@dataclass(frozen=True)
class Note:
    """catatan fasilitator"""

    text: str


@dataclass(frozen=True)
class Claim:
    """klaim dan sumber. article: empty where the source has none; page: where the source was read"""

    key: str
    kind: ClaimKind
    mark: Mark
    checked_on: date
    source: str
    article: str
    page: str
    says: str


@dataclass(frozen=True)
class PageBreak:
    """jeda halaman"""


Block = Heading | Paragraph | Bullets | Steps | Picture | Dialogue | Numbers | Warn | Quiz | Note | Claim | PageBreak


@dataclass(frozen=True)
class Piece:
    """A stretch of a text. kind: plain, strong, number (text: its name), claim (text: its key) or link"""

    kind: str
    text: str


def pieces(text: str) -> Iterator[Piece]:
    """A text in its stretches, in order; what is not named here is plain, whatever it looks like."""
    end = 0
    for found in _INSIDE.finditer(text):
        if found.start() > end:
            yield Piece("plain", text[end : found.start()])
        end = found.end()
        number, link, claim, strong = found.groups()
        if number is not None:
            yield Piece("number", number)
        elif link is not None:
            yield Piece("link", "")
        elif claim is not None:
            yield Piece("claim", claim)
        else:
            yield Piece("strong", strong)
    if end < len(text):
        yield Piece("plain", text[end:])


def plain(text: str, numbers: Mapping[str, str], *, link: str = "") -> str:
    """A text, of one line or more, as it is printed or sent: numbers filled in, no marks of claims.

    numbers: name → the number; a sentence whose number is unknown or empty is left out, and a line that held only it
    """
    filled = {"claim": "", "link": link}
    lines = []
    for line in text.split("\n"):
        kept = [part for part in sentences(line) if all(numbers.get(name) for name in numbers_in(part))]
        if kept or not line.strip():
            lines.append(
                "".join(
                    numbers[piece.text] if piece.kind == "number" else filled.get(piece.kind, piece.text)
                    for piece in pieces(" ".join(kept))
                )
            )
    return "\n".join(lines)


def sentences(text: str) -> list[str]:
    """The sentences of one line, each with the claims that it stands on."""
    return _SENTENCE.findall(text)


def numbers_in(text: str) -> list[str]:
    """The names of the numbers that a text holds."""
    return [piece.text for piece in pieces(text) if piece.kind == "number"]


def texts(block: Block) -> Iterator[str]:
    """Every text of a block, in reading order. Of a claim nothing: it stands among the sources."""
    match block:
        case Heading(text=text) | Paragraph(text=text) | Warn(text=text) | Note(text=text):
            yield text
        case Bullets(items=items) | Steps(items=items):
            yield from items
        case Picture(shows=shows, caption=caption):
            yield shows
            if caption:
                yield caption
        case Dialogue(lines=rows):
            yield from (said for _, said in rows)
        case Numbers(rows=rows):
            yield from (said for _, said in rows)
        case Quiz(question=question, answers=answers, why=why):
            yield question
            yield from (answer for _, answer in answers)
            yield why
        case Claim() | PageBreak():
            pass
