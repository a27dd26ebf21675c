"""What an editor types: everything that an edition says, and what is wrong with it before it may be kept.

Pure: no table and no clock. All that is wrong is told at once, each fault beside its field.
"""

import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from itertools import chain
from unicodedata import normalize

from pepa.domain import blocks, documents, markup
from pepa.domain.blocks import Block, Claim, ClaimKind, Picture
from pepa.domain.documents import Document, Unprintable
from pepa.errors import Invalid
from pepa.models.titles import Edition, Field
from pepa.words import N_

TITLE_LONGEST = 120  # letters
SENTENCE_LONGEST = 300  # letters of what is new, and of a reason
LINE_LONGEST = 200  # letters of what is to be looked at
MOST_MINUTES, MOST_MONTHS = 120, 12
LAW_MONTHS = 6  # law is looked at again so soon
HEAVIEST = 14_336  # bytes of a page on the line, with its headers (web/padding)
AROUND = 4_900  # bytes of it around a text; measured on the seeds, 4,700 at the most in either language
SOURCES = ("body", "guide", "quiz", "script")
NAMES = {
    "judul": "title",
    "isi": "body",
    "panduan": "guide",
    "kuis": "quiz",
    "naskah": "script",
    "poster": "poster",
    "kartu": "card",
}
ADDRESS = "https://" + "x" * 32  # as long as an address of ours gets
# What a card in somebody's wallet may not say, whoever finds it.
TELLING = re.compile(
    r"kekerasan|kdrt|perempuan|\banak|\bppa\b|uptd|perkosa|pelecehan|seksual|korban|penyintas|aduan|lapor|lindung|pukul",
    re.IGNORECASE,
)


class Faulty(Invalid):
    """A text that cannot be kept as it is. faults: all that is wrong, each with its field"""

    says = N_("Belum disimpan. Betulkan yang ditandai.")

    def __init__(self, faults: Sequence[Invalid]) -> None:
        super().__init__(faults[0].says, field=faults[0].field, **faults[0].values)
        self.faults = faults


@dataclass(frozen=True)
class Manuscript:
    """What an edition says, as in models/titles.Edition; lines end in a bare newline."""

    title: str = ""
    audience: str = ""
    topics: str = ""
    minutes: int = 5
    body: str = ""
    guide: str = ""
    quiz: str = ""
    script: str = ""
    whatsapp: str = ""
    sms: str = ""
    poster: str = ""
    card: str = ""
    reviewers: str = Field.OFFICE
    checks: str = ""
    changes: str = ""
    due_months: int = MOST_MONTHS

    @classmethod
    def of(cls, edition: Edition) -> "Manuscript":
        return cls(**{part.name: getattr(edition, part.name) for part in fields(cls)})

    def tidy(self) -> "Manuscript":
        """The same with plain line ends, without space around, read by the office in any case."""
        texts = {
            name: "\n".join(line.rstrip() for line in re.split(r"\r\n|\r|\n", normalize("NFC", value))).strip()
            for name, value in asdict(self).items()
            if isinstance(value, str)
        }
        chosen = {Field(code) for code in texts["reviewers"].split()} | {Field.OFFICE}
        texts["reviewers"] = " ".join(each.value for each in Field if each in chosen)
        texts["title"] = " ".join(texts["title"].split())
        return Manuscript(**{**asdict(self), **texts})

    def digest(self) -> bytes:
        """32 bytes that change with every letter of it."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).digest()

    def blocks(self) -> Iterator[Block]:
        """All its blocks. Raises Unreadable."""
        return chain.from_iterable(markup.parse(getattr(self, name)) for name in SOURCES)

    def claims(self) -> tuple[Claim, ...]:
        """What it says of law, figures, telephones and health, with its sources. Raises Unreadable."""
        return tuple(block for block in markup.parse(self.body) if isinstance(block, Claim))

    def pictures(self) -> tuple[str, ...]:
        """The names of its pictures, each once. Raises Unreadable."""
        return tuple(dict.fromkeys(block.file for block in self.blocks() if isinstance(block, Picture)))

    def weights(self, drawings: Mapping[str, str]) -> dict[str, int]:
        """About how many bytes the page of each source is on the line, compressed. drawings: lines of a picture by name

        Raises Unreadable.
        """
        found = {}
        for name in SOURCES:
            shown = {block.file for block in markup.parse(getattr(self, name)) if isinstance(block, Picture)}
            drawn = "".join(drawings.get(file, "") for file in sorted(shown))
            found[name] = AROUND + len(zlib.compress(f"{self.title}{getattr(self, name)}{drawn}".encode(), 9))
        return found

    def document(self, numbers: Mapping[str, str]) -> Document:
        """It as it is pressed, but for what only its publishing gives."""
        return Document(
            title_id=0,
            version=1,
            title=self.title,
            neutral="Info Warga",
            audience=(),
            minutes=self.minutes,
            published_on=date.min,
            address=ADDRESS,
            numbers=numbers,
            body=self.body,
            guide=self.guide,
            quiz=self.quiz,
            script=self.script,
            whatsapp=self.whatsapp,
            sms=self.sms,
            poster=tuple(self.poster.splitlines()),
            card=tuple(self.card.splitlines()),
        )


def claim_digest(claim: Claim) -> bytes:
    """32 bytes that stand for a claim as it is written; a check holds for nothing else."""
    told = {**asdict(claim), "checked_on": claim.checked_on.isoformat()}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).digest()


def months_of(claim: Claim) -> int:
    """For how long a look at its source holds."""
    return LAW_MONTHS if claim.kind is ClaimKind.LAW else MOST_MONTHS


def markers(blocks_: Iterator[Block] | Sequence[Block]) -> set[str]:
    """The keys of the claims that texts stand on."""
    told = (text for block in blocks_ for text in blocks.texts(block))
    return {piece.text for text in told for piece in blocks.pieces(text) if piece.kind == "claim"}


def check(manuscript: Manuscript, numbers: Mapping[str, str], *, today: date) -> None:
    """Raises Faulty, with all that is wrong."""
    if found := list(faults(manuscript, numbers, today=today)):
        raise Faulty(found)


def faults(manuscript: Manuscript, numbers: Mapping[str, str], *, today: date) -> Iterator[Invalid]:
    """What keeps a text from being kept, each beside its field. numbers: name in blocks.NUMBERS → the number"""
    yield from _head(manuscript)
    yield from _sources(manuscript, today)
    yield from _letters(manuscript, numbers)
    yield from _sent(manuscript, numbers)


def _head(typed: Manuscript) -> Iterator[Invalid]:
    if not typed.title:
        yield Invalid(N_("Tulis judulnya."), field="title")
    if len(typed.title) > TITLE_LONGEST:
        yield _long("title", typed.title, TITLE_LONGEST)
    if not 1 <= typed.minutes <= MOST_MINUTES:
        yield Invalid(N_("Tulis angka 1 sampai %(most)s."), field="minutes", most=MOST_MINUTES)
    if not 1 <= typed.due_months <= MOST_MONTHS:
        yield Invalid(N_("Tulis angka 1 sampai %(most)s."), field="due_months", most=MOST_MONTHS)
    if len(typed.changes) > SENTENCE_LONGEST:
        yield _long("changes", typed.changes, SENTENCE_LONGEST)
    if longest := next((line for line in typed.checks.splitlines() if len(line) > LINE_LONGEST), None):
        yield _long("checks", longest, LINE_LONGEST)


def _long(field: str, text: str, most: int) -> Invalid:
    return Invalid(N_("%(letters)s huruf. Paling banyak %(most)s huruf."), field=field, letters=len(text), most=most)


def _sources(typed: Manuscript, today: date) -> Iterator[Invalid]:
    """Each source is read, its claims stand in the body, and every claim that it stands on is there.

    Nobody has looked at a source on a day that is still to come.
    """
    read: dict[str, Sequence[Block]] = {}
    for name in SOURCES:
        try:
            read[name] = markup.parse(getattr(typed, name))
        except markup.Unreadable as wrong:
            yield markup.Unreadable(wrong.says, field=name, **wrong.values)
    claims = [block for block in read.get("body", ()) if isinstance(block, Claim)]
    keys = {claim.key for claim in claims}
    for claim in claims:
        if claim.checked_on > today:
            yield Invalid(
                N_("Baris %(line)s: tanggal %(day)s belum tiba. Tulis hari sumber ini dibaca."),
                field="body",
                line=_line_of(claim, typed.body),
                day=claim.checked_on.isoformat(),
            )
    for name, found in read.items():
        if name != "body" and any(isinstance(block, Claim) for block in found):
            yield Invalid(N_("Tulis sumber di bagian Isi, bukan di sini."), field=name)
        elif "body" in read and (missing := sorted(markers(found) - keys)):
            yield Invalid(N_("Sumber [^%(key)s] belum ditulis di bagian Isi."), field=name, key=missing[0])


def _line_of(claim: Claim, body: str) -> int:
    """Where a claim begins, counted from 1."""
    return next(line for line, text in enumerate(body.split("\n"), 1) if text.strip().startswith(f"[^{claim.key}]:"))


def _letters(typed: Manuscript, numbers: Mapping[str, str]) -> Iterator[Invalid]:
    """What no font of ours has: the sheet would show a box."""
    for part, text in typed.document(numbers).told():
        for line, sign in documents.uncovered(text)[:1]:
            yield Invalid(
                N_("Baris %(line)s: huruf “%(sign)s” (U+%(code)s) tidak bisa dicetak. Ganti."),
                field=NAMES[part],
                line=line,
                sign=sign,
                code=f"{ord(sign):04X}",
            )


def _sent(typed: Manuscript, numbers: Mapping[str, str]) -> Iterator[Invalid]:
    """What is sent or printed as it stands."""
    document = typed.document(numbers)
    readable = set()
    for name in ("whatsapp", "sms", "poster", "card"):
        text = getattr(typed, name)
        try:
            markup.check(text)
            readable.add(name)
        except markup.Unreadable as wrong:
            yield markup.Unreadable(wrong.says, field=name, **wrong.values)
        if any(piece.kind == "claim" for piece in blocks.pieces(text)):
            yield Invalid(N_("Di sini tidak ada sumber [^…]. Hapus tandanya."), field=name)
    if "whatsapp" in readable and (letters := len(documents.chat(document))) > documents.CHAT_LONGEST:
        yield Invalid(
            N_("%(letters)s huruf. Paling banyak %(most)s huruf."),
            field="whatsapp",
            letters=letters,
            most=documents.CHAT_LONGEST,
        )
    if "sms" in readable:
        try:
            documents.check_sms(documents.sms(document))
        except Unprintable as wrong:
            yield wrong
    if len(document.poster) > documents.POSTER_LINES + 1:
        yield Invalid(
            N_("Paling banyak %(most)s baris di bawah judulnya."), field="poster", most=documents.POSTER_LINES
        )
    if len(document.card) > documents.CARD_LINES:
        yield Invalid(N_("Paling banyak %(most)s baris."), field="card", most=documents.CARD_LINES)
    if telling := TELLING.search(typed.card):
        yield Invalid(
            N_("Kata “%(word)s” di kartu bisa membahayakan pembawanya. Ganti."), field="card", word=telling[0]
        )
