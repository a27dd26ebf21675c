"""A WhatsApp chat, pasted or exported: its messages and who wrote them. Whatever is not understood stays as written.

Formats that phones were seen to make, with two or four digits of the year, points or colons, 12 or 24 hours:

    25/11/26 14.30 - Nama: …          Android
    [25/11/26 14.30.15] Nama: …       iPhone
    [14.30, 25/11/2026] Nama: …       copied from WhatsApp Web
    [25/11 14.30] Nama: …             copied on a phone
"""

import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

MEMBERS = 2000  # of an archive
UNPACKED = 50 * 1024 * 1024  # bytes of all that an archive holds: photos and sound are packed already
CHUNK = 65_536
LONGEST_LINE = 400  # letters of what the program itself writes
_SPOILED = (BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)


class Unreadable(ValueError):
    """An archive that cannot be read, or was made to do harm."""


@dataclass(frozen=True, repr=False)
class Message:
    """One message. raw: its lines as written; text: without what stands before it. at: as written; sender: None where
    nobody is named."""

    raw: str
    at: str
    sender: str | None
    text: str


@dataclass(frozen=True, repr=False)
class Transcript:
    """left_out: lines of the program that made the chat, which tell nothing."""

    messages: Sequence[Message]
    left_out: int = 0

    @property
    def text(self) -> str:
        """All that was written, as it was written."""
        return "\n".join(message.raw for message in self.messages)

    @property
    def senders(self) -> Sequence[tuple[str, int]]:
        """Who wrote how many, the one with the most first."""
        return Counter(message.sender for message in self.messages if message.sender).most_common()

    @property
    def said(self) -> Sequence[Message]:
        """Those that somebody is named for."""
        return [message for message in self.messages if message.sender]

    @property
    def omitted(self) -> int:
        """Photos and sounds that were left out when it was exported."""
        return sum(bool(_OMITTED.fullmatch(_plain(message.text))) for message in self.messages)


# Signs that steer the direction of a line: iPhones put them before times, names of files and lines of the program.
_STEERS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_GAP = "[ \u00a0\u202f]"
_DAY = r"\d{1,4}[./-]\d{1,2}(?:[./-]\d{2,4})?"
_TIME = rf"\d{{1,2}}[.:]\d{{2}}(?:[.:]\d{{2}})?(?:{_GAP}?(?:[AaPp]\.?{_GAP}?[Mm]\.?|pagi|siang|sore|malam))?"
_HEADS = [
    re.compile(head)
    for head in (
        rf"(?P<at>{_DAY},?{_GAP}{{1,2}}(?:pukul{_GAP})?{_TIME}){_GAP}[-\u2013]{_GAP}",
        rf"\[(?P<at>{_DAY},?{_GAP}{{1,2}}{_TIME})\]{_GAP}",
        rf"\[(?P<at>{_TIME},{_GAP}{_DAY})\]{_GAP}",
    )
]
_SENDER = re.compile(rf"(?:~{_GAP}?)?(?P<sender>[^:\n]{{1,100}}):(?:{_GAP}|$)")
# Only sentences that are known: whatever else carries no name may have been written by a person.
_PROGRAM = re.compile(
    r"end-to-end.*\b(?:encrypted|dienkripsi)|\b(?:encrypted|dienkripsi)\b.*end-to-end"
    r"|security code.*changed|kode keamanan.*berubah"
    r"|disappearing messages|pesan sementara"
    r"|business account|akun bisnis",
    re.IGNORECASE,
)
_OMITTED = re.compile(
    r"<(?:media omitted|media tidak disertakan)>"
    r"|(?:image|video|audio|sticker|gif|document|contact card) omitted"
    r"|(?:gambar|video|audio|stiker|gif|dokumen|kartu kontak) (?:tidak disertakan|dihilangkan)",
    re.IGNORECASE,
)


@dataclass
class _Begun:
    """A message while its lines come."""

    at: str
    sender: str | None
    raw: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def done(self) -> Message:
        return Message("\n".join(self.raw), self.at, self.sender, "\n".join(self.text))


def read(text: str) -> Transcript:
    """The messages of a chat, the first first. What is no chat is one message that nobody is named for."""
    messages, begun, left_out = [], _Begun("", None), 0
    for line in text.split("\n"):
        head = _head(line)
        if head is None:
            begun.raw.append(line)
            begun.text.append(line)
            continue
        at, rest = head
        sender, said = _sender(rest)
        if _is_program(sender, said):
            left_out += 1
            continue
        messages += _if_any(begun)
        begun = _Begun(at, sender, [line.strip(_STEERS)], [said])
    return Transcript([*messages, *_if_any(begun)], left_out)


def _if_any(begun: _Begun) -> list[Message]:
    return [begun.done()] if any(line.strip() for line in begun.raw) else []


def _head(line: str) -> tuple[str, str] | None:
    """Time and rest of a line that begins a message."""
    plain = line.lstrip(_STEERS)
    found = next((match for head in _HEADS if (match := head.match(plain))), None)
    return (found["at"], plain[found.end() :]) if found else None


def _sender(rest: str) -> tuple[str | None, str]:
    """Who is named at the beginning, and what follows."""
    found = _SENDER.match(rest.lstrip(_STEERS))
    if found is None or not _plain(found["sender"]):
        return None, rest
    return _plain(found["sender"]), rest.lstrip(_STEERS)[found.end() :]


def _is_program(sender: str | None, said: str) -> bool:
    """iPhones name the chat before such a line, and steer it. It is short: a long one was written by a person."""
    return len(said) <= LONGEST_LINE and bool(_PROGRAM.search(said)) and (sender is None or said[:1] in _STEERS)


def _plain(text: str) -> str:
    return text.strip(_STEERS + " \u00a0\u202f\n")


# Files


def is_archive(head: bytes | bytearray) -> bool:
    return head.startswith(b"PK\x03\x04")


def is_text(head: bytes | bytearray) -> bool:
    """Whether what begins like this may be a text."""
    return decoded(bytes(head), cut=True) is not None


def decoded(content: bytes, *, cut: bool = False) -> str | None:
    """An exported text, a line break one letter; None for what is none. cut: its last sign may be half."""
    coding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(coding)
    except UnicodeDecodeError as error:
        if not cut or len(content) - error.start > 3:
            return None
        text = content[: error.start].decode(coding)
    if coding != "utf-16" and "\0" in text:
        return None
    return text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def is_chat_name(name: str) -> bool:
    """As the two kinds of phones call the text of a chat, in both languages."""
    last = name.replace("\\", "/").rpartition("/")[2].strip(_STEERS).lower()
    return last == "_chat.txt" or (last.endswith(".txt") and "chat" in last and "whatsapp" in last)


def unpacked(content: bytes) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Name and bytes of whatever lies in an archive, in its order; each is to be read before the next is asked for.

    Bounded by what comes out, whatever the archive says of itself. Names are told, never used. Raises Unreadable, also
    while bytes are read.
    """
    if content.count(b"PK\x01\x02") > MEMBERS:
        raise Unreadable("members")
    try:
        archive = ZipFile(BytesIO(content))
        members = archive.infolist()
    except _SPOILED as error:
        raise Unreadable(type(error).__name__) from None
    left = [UNPACKED]
    for member in members:
        if not member.is_dir():
            yield member.filename, _bytes_of(archive, member, left)


def _bytes_of(archive: ZipFile, member: ZipInfo, left: list[int]) -> Iterator[bytes]:
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise Unreadable("packed otherwise")
    try:
        with archive.open(member) as file:
            while left[0] > 0 and (chunk := file.read(min(CHUNK, left[0]))):
                left[0] -= len(chunk)
                yield chunk
    except _SPOILED as error:
        raise Unreadable(type(error).__name__) from None
    if left[0] <= 0:
        raise Unreadable("too much")
