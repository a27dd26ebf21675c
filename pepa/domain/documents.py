"""What a title is before it is pressed: its sources, filled by nobody yet, and what can be made of them.

Pure: no table, no clock, no file but the fonts' names. The server and its child (`press`) both read this.
"""

import base64
import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pepa.domain import blocks, markup
from pepa.errors import Invalid
from pepa.words import N_, Choice

FONTS = Path(__file__).parents[1] / "static/fonts"
LARGEST = 2_000_000  # bytes of one output; phones that have 1 GB open no more
CHAT_LONGEST = 900  # letters of a chat message
SMS_LONGEST = 2  # parts
POSTER_LINES = 5  # below its heading
CARD_LINES = 8


class Format(Choice):
    """What a title comes as. The code is part of a file's name, so it says nothing about the title."""

    A4 = "a4", N_("Lembar A4, hitam putih")
    BOOKLET = "a5", N_("Buku kecil A5")
    POSTER = "a3", N_("Poster A3")
    CARD = "kartu", N_("Kartu saku, sepuluh selembar")
    SLIDES = "slide", N_("Slide")
    WHATSAPP = "chat", N_("Teks WhatsApp")
    SMS = "sms", N_("Teks SMS")
    HTML = "hp", N_("Satu file untuk HP")
    EPUB = "epub", N_("EPUB")
    QUIZ = "kuis", N_("Kuis dengan jawaban")
    SCRIPT = "naskah", N_("Naskah untuk dibacakan")
    GUIDE = "panduan", N_("Panduan fasilitator")
    PACK = "paket", N_("Semua judul, satu file")


PDF, PAGE, TEXT, BOOK = (
    "application/pdf",
    "text/html; charset=utf-8",
    "text/plain; charset=utf-8",
    "application/epub+zip",
)
_ENDINGS = {PDF: "pdf", PAGE: "html", TEXT: "txt", BOOK: "epub"}
MEDIA = {
    Format.A4: PDF,
    Format.BOOKLET: PDF,
    Format.POSTER: PDF,
    Format.CARD: PDF,
    Format.SLIDES: PAGE,
    Format.WHATSAPP: TEXT,
    Format.SMS: TEXT,
    Format.HTML: PAGE,
    Format.EPUB: BOOK,
    Format.QUIZ: PDF,
    Format.SCRIPT: PDF,
    Format.GUIDE: PDF,
    Format.PACK: PAGE,
}
MORE = frozenset({Format.BOOKLET, Format.POSTER, Format.EPUB})  # where the setting outputs_more says so
# How it is put on both sides of a sheet, where that matters: said on the screen, beside the file.
HINTS = {
    Format.BOOKLET: N_("Cetak bolak-balik, balik di sisi pendek, lalu lipat. Coba dulu dengan satu lembar."),
    Format.A4: N_("Cetak bolak-balik, balik di sisi panjang."),
    Format.CARD: N_("Cetak pada kertas tebal, ukuran 100 persen, lalu potong di garis."),
}


def _letters(*ranges: tuple[int, int]) -> frozenset[int]:
    return frozenset(point for first, last in ranges for point in range(first, last + 1))


# The letters that our fonts have: Latin with its marks, what a text needs beside them, arrows, boxes and check marks.
LETTERS = _letters(
    (0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x17F), (0x218, 0x21B), (0x2BC, 0x2BC), (0x2BE, 0x2BF), (0x1E00, 0x1EFF),
    (0x2010, 0x2015), (0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026), (0x2030, 0x2030), (0x2032, 0x2033),
    (0x2039, 0x203A), (0x20AC, 0x20AC), (0x2122, 0x2122), (0x2190, 0x2193), (0x2212, 0x2212), (0x2264, 0x2265),
    (0x260E, 0x260E), (0x2610, 0x2611), (0x2713, 0x2713), (0x2717, 0x2717),
)  # fmt: skip
# GSM 03.38, what one sign of an SMS can be; the second row costs two.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("^{}\\[~]|€")


class Unprintable(Invalid):
    """A text that cannot become one of the outputs. `values["part"]` names the part that it stands in."""

    says = N_("Bagian %(part)s: tulisan ini tidak bisa dicetak.")
    field = "source"


@dataclass(frozen=True)
class Drawing:
    """A picture of a text. svg: lines for paper, empty for a photo; raster: PNG or JPEG for everything else"""

    svg: bytes
    raster: bytes

    @property
    def media(self) -> str:
        return "image/jpeg" if self.raster.startswith(b"\xff\xd8") else "image/png"


@dataclass(frozen=True)
class Document:
    """An edition of a title, whole.

    neutral: the name that files, tabs and previews show; address: https://…/b/7
    audience: labels; numbers: name in blocks.NUMBERS → the number, empty where there is none
    body, guide, quiz, script: sources in the lines of `markup`, the last three maybe empty
    whatsapp, sms: text with its placeholders; poster, card: lines, the first of them its heading
    sample: of a demo, where nobody real has looked at it; every sheet says so
    """

    title_id: int
    version: int
    title: str
    neutral: str
    audience: tuple[str, ...]
    minutes: int
    published_on: date
    address: str
    numbers: Mapping[str, str]
    body: str
    guide: str = ""
    quiz: str = ""
    script: str = ""
    whatsapp: str = ""
    sms: str = ""
    poster: tuple[str, ...] = ()
    card: tuple[str, ...] = ()
    pictures: Mapping[str, Drawing] | None = None
    language: str = "id"
    sample: bool = False

    @property
    def scanned(self) -> str:
        """What the square on every sheet leads to: there it says what has changed since this version."""
        return f"{self.address}?v={self.version}"

    def formats(self, *, more: bool, prints: bool) -> list[Format]:
        """What can be made of it. more: the setting outputs_more; prints: there is what makes PDFs."""
        sources = {
            Format.WHATSAPP: self.whatsapp,
            Format.SMS: self.sms,
            Format.QUIZ: self.quiz,
            Format.SCRIPT: self.script,
            Format.GUIDE: self.guide,
            Format.POSTER: self.poster,
            Format.CARD: self.card,
        }
        return [
            each
            for each in Format
            if each is not Format.PACK
            and sources.get(each, self.body)
            and (more or each not in MORE)
            and (prints or MEDIA[each] != PDF)
        ]

    def dump(self) -> dict[str, Any]:
        """Itself in what JSON knows."""
        pictures = {
            name: [base64.b64encode(part).decode() for part in (drawing.svg, drawing.raster)]
            for name, drawing in sorted((self.pictures or {}).items())
        }
        plain = asdict(replace(self, pictures=None))
        return plain | {"published_on": self.published_on.isoformat(), "pictures": pictures}

    @classmethod
    def load(cls, plain: Mapping[str, Any]) -> "Document":
        """What `dump` wrote."""
        pictures = {name: Drawing(*map(base64.b64decode, parts)) for name, parts in plain["pictures"].items()}
        rows = {name: tuple(plain[name]) for name in ("audience", "poster", "card")}
        day = date.fromisoformat(plain["published_on"])
        return cls(**{**plain, **rows, "published_on": day, "pictures": pictures})

    def digest(self, *more: str) -> bytes:
        """32 bytes that change where anything changes that an output is made of."""
        text = json.dumps([self.dump(), *more], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).digest()

    def sources(self) -> tuple[str, ...]:
        """Everything of it that is written in the lines of `markup`."""
        return self.body, self.guide, self.quiz, self.script

    def told(self) -> Iterator[tuple[str, str]]:
        """Everything of it that is printed, with the name of the part."""
        yield "judul", self.title
        yield "isi", self.body
        yield "panduan", self.guide
        yield "kuis", self.quiz
        yield "naskah", self.script
        yield "poster", "\n".join(self.poster)
        yield "kartu", "\n".join(self.card)

    def check(self) -> None:
        """Raises Unprintable where an output would come out wrong: a letter that no font has, a picture that is not
        there, a text too long; Unreadable where a source is none."""
        for part, text in self.told():
            for line, sign in uncovered(text):
                raise Unprintable(
                    N_("Bagian %(part)s, baris %(line)s: huruf “%(sign)s” (U+%(code)s) tidak bisa dicetak. Ganti."),
                    part=part,
                    line=line,
                    sign=sign,
                    code=f"{ord(sign):04X}",
                )
        drawn = (block for part in self.sources() for block in markup.parse(part) if isinstance(block, blocks.Picture))
        if missing := next((block.file for block in drawn if block.file not in (self.pictures or {})), None):
            raise Unprintable(N_("Gambar %(file)s belum ada."), part="isi", file=missing)
        if len(chat(self)) > CHAT_LONGEST:
            raise Unprintable(
                N_("Teks WhatsApp %(letters)s huruf. Paling banyak %(most)s."),
                part="whatsapp",
                letters=len(chat(self)),
                most=CHAT_LONGEST,
                field="whatsapp",
            )
        if self.sms:
            check_sms(sms(self))
        if len(self.poster) > POSTER_LINES + 1 or len(self.card) > CARD_LINES:
            raise Unprintable(
                N_("Poster paling banyak %(poster)s baris di bawah judulnya, kartu %(card)s baris."),
                part="poster",
                poster=POSTER_LINES,
                card=CARD_LINES,
                field="poster" if len(self.poster) > POSTER_LINES + 1 else "card",
            )


def filename(title_id: int, version: int, form: Format, language: str = "id") -> str:
    """The name of a file: number, version, language where it is another, format; never the title."""
    spoken = "" if language == "id" else f"-{language.partition('-')[0]}"
    return f"pepa-{title_id:02}-v{version}{spoken}-{form.value}.{_ENDINGS[MEDIA[form]]}"


def pack_name(day: date) -> str:
    """The name of the file that holds the whole library."""
    return f"pepa-{day:%Y%m%d}-{Format.PACK.value}.html"


def uncovered(text: str) -> list[tuple[int, str]]:
    """Letters that our fonts do not have, each with its line counted from 1."""
    return [
        (number, sign)
        for number, line in enumerate(text.splitlines(), 1)
        for sign in line
        if ord(sign) not in LETTERS and sign != "\t"
    ]


def printable(name: str) -> str:
    """A name as our fonts can print it: a letter that they lack by its bare letter, or by a dot (cases/education 4).

    A text of ours is refused instead; a person's name has to come out.
    """
    bare = (sign if ord(sign) in LETTERS else unicodedata.normalize("NFKD", sign)[0] for sign in name)
    return "".join(sign if ord(sign) in LETTERS else "•" for sign in bare)


def chat(document: Document) -> str:
    """The WhatsApp text as it is sent: *tebal* stays, the address is its last line, once."""
    told = [line for line in document.whatsapp.splitlines() if line.strip() != "{tautan}"]
    text = blocks.plain("\n".join(_kept_bold(line) for line in told), document.numbers, link=document.address)
    return f"{text.rstrip()}\n{document.address}" if text.strip() else ""


def _kept_bold(line: str) -> str:
    """`plain` takes the stars of *tebal* away, and a chat wants them: two more, and one pair is left."""
    return "".join(f"**{piece.text}**" if piece.kind == "strong" else _source(piece) for piece in blocks.pieces(line))


def _source(piece: blocks.Piece) -> str:
    named = {"number": f"{{nomor:{piece.text}}}", "link": "{tautan}", "claim": f"[^{piece.text}]"}
    return named.get(piece.kind, piece.text)


def sms(document: Document) -> str:
    """The SMS text as it is sent."""
    return blocks.plain(document.sms, document.numbers, link=document.address).strip()


def sms_parts(text: str) -> int:
    """In how many parts an SMS is sent, 0 where it is empty or holds a sign that the telephone's alphabet lacks."""
    if not set(text) <= _GSM | _GSM_TWICE:
        return 0
    signs = sum(2 if sign in _GSM_TWICE else 1 for sign in text)
    return -(-signs // 153) if signs > 160 else min(signs, 1)


def check_sms(text: str) -> None:
    """Raises Unprintable: one part or two, in the telephone's own alphabet, without the & at which old phones stop."""
    if stranger := next((sign for sign in text if sign not in _GSM | _GSM_TWICE or sign == "&"), None):
        raise Unprintable(
            N_("Tanda “%(sign)s” tidak bisa dikirim dengan SMS. Ganti."), part="sms", sign=stranger, field="sms"
        )
    if sms_parts(text) > SMS_LONGEST:
        raise Unprintable(
            N_("SMS terlalu panjang. Paling banyak %(most)s bagian."), part="sms", most=SMS_LONGEST, field="sms"
        )
