"""The text of a title: what is written is what is read, and what is wrong says where."""

import html
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepa.domain import blocks, markup
from pepa.domain.blocks import (
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
    Piece,
    Quiz,
    Steps,
    Warn,
)
from pepa.domain.markup import Unreadable

EVERY = """\
## Siapa yang boleh melapor

Siapa saja yang *tahu* boleh melapor.[^lapor] Telepon {nomor:sapa129}.

- satu
- dua,
  masih dua

1. dengar
2. sambungkan

![Seorang ibu duduk di samping anak](06-1.svg)
Ibu mendengar.

> Ibu: Ceritakan, Nak: pelan saja.
> Anak: Iya.

@ sapa129: siang dan malam
@ polisi: bahaya sekarang

! Ada bahaya sekarang? Telepon {nomor:polisi}.

? Siapa boleh melapor?
- Hanya keluarga
+ Siapa saja yang tahu
= Hukum membolehkannya.[^lapor]

>> Tunggu tiga jawaban.

[^lapor]: hukum | V | 2026-11-25 | UU 12/2022 | pasal 39 | peraturan.info | Siapa pun yang tahu boleh melapor.

---
"""

READ: tuple[Block, ...] = (
    Heading(2, "Siapa yang boleh melapor"),
    Paragraph("Siapa saja yang *tahu* boleh melapor.[^lapor] Telepon {nomor:sapa129}."),
    Bullets(("satu", "dua, masih dua")),
    Steps(("dengar", "sambungkan")),
    Picture("Seorang ibu duduk di samping anak", "06-1.svg", "Ibu mendengar."),
    Dialogue((("Ibu", "Ceritakan, Nak: pelan saja."), ("Anak", "Iya."))),
    Numbers((("sapa129", "siang dan malam"), ("polisi", "bahaya sekarang"))),
    Warn("Ada bahaya sekarang? Telepon {nomor:polisi}."),
    Quiz(
        "Siapa boleh melapor?",
        ((False, "Hanya keluarga"), (True, "Siapa saja yang tahu")),
        "Hukum membolehkannya.[^lapor]",
    ),
    Note("Tunggu tiga jawaban."),
    Claim(
        "lapor",
        ClaimKind.LAW,
        Mark.READ,
        date(2026, 11, 25),
        "UU 12/2022",
        "pasal 39",
        "peraturan.info",
        "Siapa pun yang tahu boleh melapor.",
    ),
    PageBreak(),
)

# Lines as an editor would type them, right and wrong, and whatever else a keyboard gives.
LINES = st.one_of(
    st.sampled_from(EVERY.splitlines()),
    st.sampled_from(
        ["", "", "#", "# a", "+ a", "= a", "!", "![", "![a](b.svg)", "![a](http://b)", "[^a]", "[^a]: ", "1.", "12. a"]
    ),
    st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="{}"), max_size=30),
    st.builds(
        "{}{}".format, st.sampled_from(["- ", "> ", ">> ", "@ ", "! ", "? ", "1. ", "## ", "  "]), st.text(max_size=20)
    ),
)
SOURCES = st.lists(LINES, max_size=25).map("\n".join)


def told(source: str) -> tuple[Block, ...] | Unreadable:
    """The blocks, or why not, whose sentence could be filled in."""
    try:
        return markup.parse(source)
    except Unreadable as wrong:
        str(wrong.says % wrong.values)
        return wrong


def test_every_kind_of_block_is_read() -> None:
    assert markup.parse(EVERY) == READ
    assert {type(block) for block in READ} == set(blocks.Block.__args__), "a kind without an example"


def test_what_is_written_is_read_again() -> None:
    assert markup.parse(markup.write(READ)) == READ
    assert markup.write(()) == ""


def test_a_source_without_articles_has_none() -> None:
    (claim,) = markup.parse("[^a]: angka | V2 | 2026-11-25 | SNPHAR 2024 | - | Antara | Satu dari dua.")
    assert isinstance(claim, Claim)
    assert claim.article == ""
    assert markup.parse(markup.write([claim])) == (claim,)


@given(SOURCES)
def test_nothing_typed_breaks_it_and_nothing_read_is_lost(source: str) -> None:
    read = told(source)
    if isinstance(read, Unreadable):
        assert 1 <= int(str(read.values["line"])) <= source.count("\n") + source.count("\r") + 1
        return
    written = markup.write(read)
    assert markup.parse(written) == read
    assert markup.write(markup.parse(written)) == written


@given(st.text())
def test_any_text_at_all_is_read_or_refused(text: str) -> None:
    for source in (text, f"? {text}", f"![{text}]({text})", f"[^a]: {text}", f"- {text}\n{text}"):
        told(source)


@given(st.text(max_size=60))
def test_no_letter_of_a_text_is_lost_in_its_pieces(text: str) -> None:
    forms = {"plain": "{}", "strong": "*{}*", "number": "{{nomor:{}}}", "claim": "[^{}]", "link": "{{tautan}}"}
    assert "".join(forms[piece.kind].format(piece.text) for piece in blocks.pieces(text)) == text


def test_the_pieces_of_a_text() -> None:
    text = "Telepon *sekarang* {nomor:sapa129}.[^a] Baca {tautan}, 2 * 3 * 4."
    assert list(blocks.pieces(text)) == [
        Piece("plain", "Telepon "),
        Piece("strong", "sekarang"),
        Piece("plain", " "),
        Piece("number", "sapa129"),
        Piece("plain", "."),
        Piece("claim", "a"),
        Piece("plain", " Baca "),
        Piece("link", ""),
        Piece("plain", ", 2 * 3 * 4."),
    ]


def test_a_sentence_without_its_number_is_left_out() -> None:
    text = "Kami ada.[^a] Kantor: {nomor:kantor}.[^a] Siang malam: {nomor:sapa129}. Baca {tautan}"
    assert blocks.plain(text, {"sapa129": "129", "kantor": ""}, link="pepa.id/b/1") == (
        "Kami ada. Siang malam: 129. Baca pepa.id/b/1"
    )
    assert blocks.plain("Info Warga\n\nKantor {nomor:kantor}\nPolisi {nomor:polisi}", {"polisi": "110"}) == (
        "Info Warga\n\nPolisi 110"
    )
    assert blocks.plain("*Tebal* {nomor:polisi}[^a].", {"polisi": "110"}) == "Tebal 110."


WRONG = [
    ("Baik.\n\n![](a.svg)", 3, "gambar ditulis"),
    ('![" onerror="alert(1)](javascript:alert(1))', 1, "gambar ditulis"),
    ("![a](//jahat.example/a.svg)", 1, "gambar ditulis"),
    ("![a](../a.svg)", 1, "gambar ditulis"),
    ("![a](data:image/svg+xml,a)", 1, "gambar ditulis"),
    ("a\n\nTelepon {nomor:123}.", 3, "tidak ada di daftar"),
    ("a {nama}", 1, "kurung kurawal"),
    ("@ tetangga: dia", 1, "tidak ada di daftar"),
    ("> tanpa nama", 1, "nama: kalimat"),
    ("? tanya\n- a\n- b\n= c", 1, "satu yang benar"),
    ("? tanya\n+ a\n- b", 1, "alasannya"),
    ("? tanya\n+ a\nb\n= c", 3, "kuis ditulis"),
    ("satu\n- dua", 2, "baris kosong"),
    ("## satu\ndua", 2, "baris kosong"),
    ("---\ndua", 2, "baris kosong"),
    ("baik\n\n-\ndua", 3, "tulis sesuatu"),
    ("1.", 1, "tulis sesuatu"),
    ("# satu", 1, "tidak boleh di awal"),
    ("[^a]: hukum | V | 2026-11-25 | UU | kalimat", 1, "sumber ditulis"),
    ("[^a]: gosip | V | 2026-11-25 | UU | - | hal | kalimat", 1, "tidak dikenal"),
    ("[^a]: hukum | V | 25-11-2026 | UU | - | hal | kalimat", 1, "tidak dikenal"),
    ("a\n\nke\u202ekiri", 3, "U+202E"),
    ("a\x00b", 1, "U+0000"),
    ("a" * (markup.LONGEST + 1), 1, "Bagi menjadi dua"),
    ("[^a]: angka | V2 | 2026-11-25 | S | - | h | k\n\n" * 2, 1, "dua kali"),
]


@pytest.mark.parametrize(("source", "line", "part"), WRONG)
def test_what_is_wrong_is_said_in_words_with_its_line(source: str, line: int, part: str) -> None:
    with pytest.raises(Unreadable) as wrong:
        markup.parse(source)
    assert wrong.value.values["line"] == line
    assert part in wrong.value.says % wrong.value.values


def test_lines_are_counted_from_where_the_source_begins() -> None:
    with pytest.raises(Unreadable) as wrong:
        markup.parse("baik\n\n# salah", first=40)
    assert wrong.value.values["line"] == 42


SCRIPTS = [
    "<script>alert(1)</script>",
    "![<img src=x onerror=alert(1)>](06-1.svg)",
    '![" onerror="alert(1)](06-1.svg)',
    "[klik](javascript:alert(1))",
    "<img src=x onerror=alert(1)>",
    "*<b onclick=alert(1)>tebal</b>*",
    "> <i>Ibu</i>: <svg onload=alert(1)>",
    "`<script>` &lt;script&gt;",
]


@pytest.mark.parametrize("source", SCRIPTS)
def test_a_script_is_text_and_comes_out_dead(source: str) -> None:
    """Only kinds that are ours become markup; all else is a text that is escaped where it is shown."""
    forms = {"plain": "{}", "strong": "<b>{}</b>", "number": "", "claim": "", "link": ""}
    shown = ""
    for block in markup.parse(source):
        for text in blocks.texts(block):
            shown += "".join(forms[one.kind].format(html.escape(one.text)) for one in blocks.pieces(text))
    assert not re.search(r"<(?!/?b>)", shown)
    assert "alert(1)" in shown or "script" in shown, "it is shown, not swallowed"
    assert '"' not in shown, "it cannot leave an attribute"


def test_every_text_of_a_block_is_told() -> None:
    told = " ".join(text for block in READ for text in blocks.texts(block))
    for word in ("melapor", "masih dua", "sambungkan", "Seorang ibu", "mendengar", "pelan", "siang", "bahaya", "tiga"):
        assert word in told
    assert "peraturan.info" not in told
