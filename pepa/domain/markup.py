"""The line format in which a title is written: twelve kinds of block, read and written without loss.

A block is one or more lines; an empty line ends it (claims may follow each other without one). What a line begins with
says what it is:

    ## Judul                     a heading (## or ###)
    - butir                      a list, one item a line
    1. langkah                   steps, numbered by us
    ![isi gambar](06-1.svg)      a picture, what it shows in words; lines below it are its caption
    > Ibu: Ceritakan, Nak.       a dialogue, one speaker a line
    @ sapa129: siang dan malam   telephone numbers by name, one a line
    ! Bahaya sekarang? …         a warning
    ? Siapa boleh melapor?       a question of the quiz; "- " wrong, "+ " right, "= " why
    >> Tunggu jawaban peserta.   a note that only the facilitator reads
    [^rumah]: hukum | V | 2026-11-25 | UU 23/2004 | pasal 5 | peraturan.info | Hukum menyebut empat bentuk.
    ---                          a new page
    anything else                a paragraph

Inside a text: *tebal*, {nomor:sapa129}, {tautan} (the address of the title), [^rumah] (the claim that it stands on).
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from pepa.domain.blocks import (
    NUMBERS,
    WORD,
    Block,
    Bullets,
    Claim,
    ClaimKind,
    Dialogue,
    Heading,
    Mark,
    Note,
    Numbers,
    PageBreak,
    Paragraph,
    Picture,
    Quiz,
    Steps,
    Warn,
    numbers_in,
)
from pepa.errors import Invalid
from pepa.words import N_

LONGEST = 60_000  # letters of a source; the longest seed has a third of it
_PICTURE = re.compile(r"!\[([^\[\]]+)\]\(([a-z0-9][a-z0-9-]{0,39}\.(?:svg|png|jpg))\)")
_STEP = re.compile(r"[0-9]{1,2}\. ")
_CLAIM = re.compile(rf"\[\^({WORD})\]: ")
_SAID = re.compile(r"([^:]{1,40}): (.+)")
_MARKERS = ("# ", "## ", "### ", "- ", "+ ", "= ", "> ", ">> ", "@ ", "! ", "? ", "![", "[^")
# Letters that turn the direction of a text or take no room: no source needs them, and a reviewer would not see them.
_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


class Unreadable(Invalid):
    """A source that cannot be read; `values["line"]` is the line, counted from 1."""

    says = N_("Baris %(line)s: tulisan ini tidak terbaca.")
    field = "source"


def parse(source: str, *, first: int = 1) -> tuple[Block, ...]:
    """The blocks of a source. first: the number of its first line. Raises Unreadable, and nothing else."""
    if len(source) > LONGEST:
        raise Unreadable(N_("Tulisan lebih panjang dari %(most)s huruf. Bagi menjadi dua."), line=first, most=LONGEST)
    found = [_block(chunk, line) for chunk, line in _chunks(source, first)]
    keys = [block.key for block in found if isinstance(block, Claim)]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise Unreadable(N_("Sumber [^%(key)s] ditulis dua kali."), line=first, key=twice)
    return tuple(found)


def write(blocks: Sequence[Block]) -> str:
    """The source of blocks: what `parse` reads as the same blocks."""
    return "".join(f"{chunk}\n\n" for chunk in map(_written, blocks)).removesuffix("\n")


def check(text: str, *, first: int = 1) -> None:
    """A text that is sent or printed as it stands (SMS, poster): no letter unseen, every number known."""
    for _ in _lines(text, first):
        pass


def _lines(source: str, first: int) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, whitespace evened out."""
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", source), first):
        line = " ".join(unicodedata.normalize("NFC", raw).split())
        if unseen := next((sign for sign in line if unicodedata.category(sign) in _UNSEEN), None):
            raise Unreadable(
                N_("Baris %(line)s: ada huruf yang tidak terlihat (U+%(sign)s). Hapus dulu."),
                line=number,
                sign=f"{ord(unseen):04X}",
            )
        _check_inside(line, number)
        yield number, line


def _chunks(source: str, first: int) -> Iterator[tuple[list[str], int]]:
    """Lines that stand together, with the number of the first of them."""
    chunk: list[str] = []
    start = first
    for number, line in _lines(source, first):
        if f"{line} " in _MARKERS or _STEP.fullmatch(f"{line} "):
            raise Unreadable(N_("Baris %(line)s: tulis sesuatu setelah “%(marker)s”."), line=number, marker=line)
        if chunk and (not line or _CLAIM.match(line)):
            yield chunk, start
            chunk = []
        if line:
            start = start if chunk else number
            chunk.append(line)
    if chunk:
        yield chunk, start


def _check_inside(line: str, number: int) -> None:
    """Braces stand for a number or the address and nothing else, so that no slip is printed a thousand times."""
    for name in numbers_in(line):
        if name not in NUMBERS:
            raise Unreadable(
                N_("Baris %(line)s: nomor “%(name)s” tidak ada di daftar. Yang ada: %(known)s."),
                line=number,
                name=name,
                known=", ".join(NUMBERS),
            )
    rest = re.sub(rf"\{{nomor:{WORD}\}}|\{{tautan\}}", "", line)
    if "{" in rest or "}" in rest:
        raise Unreadable(N_("Baris %(line)s: kurung kurawal hanya untuk {nomor:…} atau {tautan}."), line=number)


def _block(lines: list[str], line: int) -> Block:
    top = lines[0]
    if top == "---":
        _alone(lines, line)
        return PageBreak()
    if top.startswith(("## ", "### ")):
        _alone(lines, line)
        marker, _, text = top.partition(" ")
        return Heading(len(marker), text)
    if top.startswith("!["):
        return _picture(lines, line)
    if found := _CLAIM.match(top):
        return _claim(found[1], " ".join(lines)[found.end() :], line)
    for marker, read in _READERS.items():
        if top.startswith(marker):
            return read(lines, line)
    if _STEP.match(top):
        return Steps(tuple(_items(lines, line, _STEP)))
    if top.startswith(("# ", "+ ", "= ", "[^")):
        raise Unreadable(N_("Baris %(line)s: “%(marker)s” tidak boleh di awal baris ini."), line=line, marker=top[:2])
    return Paragraph(_joined(lines, line))


def _alone(lines: list[str], line: int) -> None:
    if len(lines) > 1:
        raise Unreadable(N_("Baris %(line)s: beri satu baris kosong sebelum baris ini."), line=line + 1)


def _joined(lines: list[str], line: int) -> str:
    """Lines of one text. A marker in the middle means that an empty line was forgotten."""
    for number, each in enumerate(lines[1:], line + 1):
        if each == "---" or each.startswith(_MARKERS) or _STEP.match(each):
            raise Unreadable(N_("Baris %(line)s: beri satu baris kosong sebelum baris ini."), line=number)
    return " ".join(lines)


def _items(lines: list[str], line: int, marker: re.Pattern[str]) -> list[str]:
    """The items of a list; a line without the marker goes on with the item above it."""
    items: list[list[str]] = []
    starts = []
    for number, each in enumerate(lines, line):
        if found := marker.match(each):
            items.append([each[found.end() :]])
            starts.append(number)
        else:
            items[-1].append(each)
    return [_joined(item, start) for item, start in zip(items, starts, strict=True)]


def _said(lines: list[str], line: int, marker: str) -> tuple[tuple[str, str], ...]:
    """Rows of `marker name: text`."""
    rows = []
    for number, text in enumerate(_items(lines, line, re.compile(re.escape(marker))), line):
        found = _SAID.fullmatch(text)
        if not found:
            raise Unreadable(N_("Baris %(line)s: tulis “nama: kalimat”."), line=number)
        rows.append((found[1].strip(), found[2]))
    return tuple(rows)


def _numbers(lines: list[str], line: int) -> Numbers:
    rows = _said(lines, line, "@ ")
    for name, _ in rows:
        _check_inside(f"{{nomor:{name}}}", line)
    return Numbers(rows)


def _prefixed(lines: list[str], line: int, marker: str) -> str:
    """A text whose first line, and maybe the others, carry the marker."""
    return _joined([lines[0].removeprefix(marker), *(each.removeprefix(marker) for each in lines[1:])], line)


def _picture(lines: list[str], line: int) -> Picture:
    found = _PICTURE.fullmatch(lines[0])
    if not found or not found[1].strip():
        raise Unreadable(
            N_("Baris %(line)s: gambar ditulis %(form)s, huruf kecil tanpa spasi."),
            line=line,
            form="![apa yang terlihat](nama-file.svg)",
        )
    return Picture(found[1].strip(), found[2], _joined(["", *lines[1:]], line).strip())


def _quiz(lines: list[str], line: int) -> Quiz:
    question: list[str] = []
    answers: list[tuple[bool, str]] = []
    why = ""
    for number, each in enumerate(lines, line):
        marker, text = each[:2], each[2:]
        if marker == "? " and not question:
            question.append(text)
        elif marker in ("- ", "+ ") and not why:
            answers.append((marker == "+ ", text))
        elif marker == "= " and answers and not why:
            why = text
        else:
            raise Unreadable(N_("Baris %(line)s: kuis ditulis “? ”, lalu “- ” atau “+ ”, lalu “= ”."), line=number)
    if not (why and len(answers) > 1 and any(right for right, _ in answers)):
        raise Unreadable(
            N_("Baris %(line)s: kuis perlu 2 jawaban, satu yang benar (“+ ”), dan alasannya (“= ”)."), line=line
        )
    return Quiz(question[0], tuple(answers), why)


def _claim(key: str, text: str, line: int) -> Claim:
    parts = [part.strip() for part in text.split(" | ")]
    if len(parts) != 7 or not all(parts):
        raise Unreadable(
            N_("Baris %(line)s: sumber ditulis jenis | tanda | tanggal | sumber | pasal | halaman | kalimat."),
            line=line,
        )
    kind, mark, day, source, article, page, says = parts
    try:
        return Claim(
            key,
            ClaimKind(kind),
            Mark(mark),
            date.fromisoformat(day),
            source,
            "" if article == "-" else article,
            page,
            says,
        )
    except ValueError:
        raise Unreadable(
            N_("Baris %(line)s: jenis (%(kinds)s), tanda (%(marks)s) atau tanggal (2026-11-25) tidak dikenal."),
            line=line,
            kinds=", ".join(ClaimKind),
            marks=", ".join(Mark),
        ) from None


_READERS: dict[str, Callable[[list[str], int], Block]] = {
    ">> ": lambda lines, line: Note(_prefixed(lines, line, ">> ")),
    "> ": lambda lines, line: Dialogue(_said(lines, line, "> ")),
    "- ": lambda lines, line: Bullets(tuple(_items(lines, line, re.compile("- ")))),
    "@ ": _numbers,
    "! ": lambda lines, line: Warn(_prefixed(lines, line, "! ")),
    "? ": _quiz,
}


def _written(block: Block) -> str:  # noqa: C901 - one case a kind
    match block:
        case Heading(level, text):
            return f"{'#' * level} {text}"
        case Paragraph(text):
            return text
        case Warn(text):
            return f"! {text}"
        case Note(text):
            return f">> {text}"
        case Bullets(items):
            return "\n".join(f"- {item}" for item in items)
        case Steps(items):
            return "\n".join(f"{place}. {item}" for place, item in enumerate(items, 1))
        case Picture(shows, file, caption):
            return f"![{shows}]({file})" + (f"\n{caption}" if caption else "")
        case Dialogue(lines):
            return "\n".join(f"> {who}: {said}" for who, said in lines)
        case Numbers(rows):
            return "\n".join(f"@ {name}: {said}" for name, said in rows)
        case Quiz(question, answers, why):
            offered = [f"{'+' if right else '-'} {answer}" for right, answer in answers]
            return "\n".join([f"? {question}", *offered, f"= {why}"])
        case Claim(key, kind, mark, checked_on, source, article, page, says):
            return f"[^{key}]: " + " | ".join([kind, mark, checked_on.isoformat(), source, article or "-", page, says])
        case PageBreak():
            return "---"
