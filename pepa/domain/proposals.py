"""Drafts of the short texts, proposed from a title's source: what an editor begins from, never what goes out unread.

Whatever the source says, each of them can be kept as it is (manuscripts.faults finds nothing).
"""

from collections.abc import Iterator, Mapping, Sequence

from pepa.domain import blocks, documents, markup
from pepa.domain.blocks import Block, Bullets, Heading, Paragraph, Steps
from pepa.domain.manuscripts import Manuscript

REACH = ("Bahaya sekarang: {nomor:polisi}", "Bercerita, gratis: {nomor:sapa129} atau WhatsApp {nomor:sapa129_wa}")
POSTER_REACH = "Bercerita: {nomor:sapa129}, gratis"
POSTER_LONGEST = 45  # letters of a line that is seen from afar
CARD = (
    "Polisi {nomor:polisi}",
    "Ambulans {nomor:ambulans}",
    "Layanan warga {nomor:sapa129}",
    "WhatsApp {nomor:sapa129_wa}",
    "Kantor {nomor:kantor}",
    "Simpan sebagai nomor biasa.",
)
_PLAIN_SIGNS = str.maketrans({"“": '"', "”": '"', "’": "'", "‘": "'", "–": "-", "—": "-", "…": "..."})


def proposed(typed: Manuscript, title_id: int, numbers: Mapping[str, str]) -> dict[str, str]:
    """The four short texts by their field. Raises Unreadable where the source cannot be read."""
    body = markup.parse(typed.body)
    return {
        "whatsapp": _whatsapp(typed.title, body, numbers),
        "sms": _sms(body, numbers),
        "poster": "\n".join([_cut(typed.title), *_lines(body), POSTER_REACH]),
        "card": "\n".join([f"Info Warga {title_id:02}", *CARD]),
    }


def _whatsapp(title: str, body: Sequence[Block], numbers: Mapping[str, str]) -> str:
    """The title, what the source says first, as much as fits, whom to reach, the address."""
    head, foot = [f"*{_unstarred(title)}*", ""], ["", *REACH, "", "Baca selengkapnya:", "{tautan}"]
    said: list[str] = []
    for sentence in _sentences(body):
        longer = "\n".join([*head, *said, sentence, *foot])
        sent = Manuscript(whatsapp=longer).document(numbers)
        if len(documents.chat(sent)) > documents.CHAT_LONGEST or len(said) == 8:
            break
        said.append(sentence)
    return "\n".join([*head, *said, *foot])


def _sms(body: Sequence[Block], numbers: Mapping[str, str]) -> str:
    """What the source says first, as far as one SMS holds it, and one number."""
    foot, said = "Bercerita, gratis: {nomor:sapa129}.", ""
    for sentence in _sentences(body):
        longer = f"{said}{sentence.translate(_PLAIN_SIGNS)} "
        sent = documents.sms(Manuscript(sms=longer + foot).document(numbers))
        if "&" in sent or documents.sms_parts(sent) != 1:
            break
        said = longer
    return said + foot


def _sentences(body: Sequence[Block]) -> Iterator[str]:
    """The sentences that the source begins with, bare of sources; a list comes a line an item."""
    for block in body:
        if isinstance(block, Paragraph):
            yield from map(_bare, blocks.sentences(block.text))
        elif isinstance(block, Bullets | Steps):
            yield from (f"- {_bare(item)}" for item in block.items)


def _lines(body: Sequence[Block]) -> list[str]:
    """What of the source is short enough for a poster: items first, then headings."""
    items = [item for block in body if isinstance(block, Bullets | Steps) for item in block.items]
    headings = [block.text for block in body if isinstance(block, Heading)]
    short = [line for text in (*items, *headings) if (line := _unstarred(_bare(text)).rstrip("."))]
    return [line for line in short if len(line) <= POSTER_LONGEST and "{" not in line][:3]


def _bare(text: str) -> str:
    """A text with its placeholders and *tebal*, without the sources that it stands on."""
    written = {"number": "{{nomor:{}}}", "strong": "*{}*", "claim": "", "link": ""}
    return "".join(written.get(piece.kind, "{}").format(piece.text) for piece in blocks.pieces(text)).strip()


def _unstarred(text: str) -> str:
    return text.replace("*", "").strip()


def _cut(title: str) -> str:
    """A title as the heading of a poster."""
    return title if len(title) <= POSTER_LONGEST else f"{title[:POSTER_LONGEST].rpartition(' ')[0] or title[:40]} …"
