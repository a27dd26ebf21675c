"""How a text is set, whatever it says: nothing is lost, nothing becomes markup, no figure begins a line."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pepa.domain import blocks, markup, typesetting
from pepa.domain.documents import Document, Drawing, Format, Unprintable
from pepa.domain.typesetting import Typeset, fitting, wide
from tests.blocks.test_parse import SOURCES
from tests.sheets.samples import every

ARTICLE = 1
DRAWING = Drawing(b"", b"\x89PNG")


def set_in(body: str, **numbers: str) -> Typeset:
    document = replace(every()[ARTICLE], body=body, quiz="", numbers={**dict.fromkeys(blocks.NUMBERS, ""), **numbers})
    return Typeset(document, lambda file: file)


def text_of(page: str) -> str:
    return " ".join(re.sub(r"\s+", " ", part) for part in ET.fromstring(page).itertext())


@settings(max_examples=60)
@given(SOURCES)
def test_whatever_can_be_read_is_set_as_well_formed_text(source: str) -> None:
    try:
        parsed = markup.parse(source)
    except markup.Unreadable:
        return
    files = {block.file: DRAWING for block in parsed if isinstance(block, blocks.Picture)}
    document = replace(every()[ARTICLE], body=source, quiz="", pictures=files)
    squeezed = re.sub(r"\W+", "", text_of(typesetting.book(document)))
    for block in parsed:
        if isinstance(block, blocks.Paragraph | blocks.Heading | blocks.Warn):
            kept = [
                part for part in blocks.sentences(block.text) if all(map(document.numbers.get, blocks.numbers_in(part)))
            ]
            stretches = [piece.text for piece in blocks.pieces(" ".join(kept)) if piece.kind in ("plain", "strong")]
            for stretch in stretches:
                assert re.sub(r"\W+", "", stretch) in squeezed, stretch


def test_a_figure_hangs_on_its_word() -> None:
    setting = set_in("Satu dua tiga.[^a] Empat *lima enam*[^b][^a] tujuh.")
    found = [(it.kind, it.text, it.figures) for it in setting.cut(setting.document.body)]
    assert found == [
        ("plain", "Satu dua ", ()),
        ("plain", "tiga.", (1,)),
        ("plain", " Empat ", ()),
        ("strong", "lima ", ()),
        ("strong", "enam", (2, 1)),
        ("plain", " tujuh.", ()),
    ]


def test_a_block_without_its_number_is_gone_with_its_list() -> None:
    body = (
        "Telepon {nomor:kantor}.\n\n- Telepon {nomor:kantor}.\n- Datang.\n\n- Hanya {nomor:kantor}.\n\n"
        "@ kantor: kantor kami\n@ polisi: bahaya\n\n@ kantor: kantor kami\n\n! Telepon {nomor:kantor}.\n\n"
        "> Ibu: Telepon {nomor:kantor}.\n\n1. Telepon {nomor:kantor}.\n2. Tunggu."
    )
    left = set_in(body, polisi="110").blocks("body")
    assert left == [
        blocks.Bullets(("Datang.",)),
        blocks.Numbers((("polisi", "bahaya"),)),
        blocks.Steps(("Tunggu.",)),
    ]
    assert len(set_in(body, polisi="110", kantor="1").blocks("body")) == 8


def test_what_only_the_facilitator_reads_is_in_her_guide_alone() -> None:
    setting = set_in("Satu.\n\n>> Rahasia.")
    assert setting.blocks("body") == [blocks.Paragraph("Satu.")]
    assert len(setting.blocks("body", notes=True)) == 2


def test_sources_stand_in_the_order_of_their_figures_and_unused_ones_nowhere() -> None:
    claims = "\n".join(
        f"[^{key}]: hukum | V | 2026-11-25 | Sumber {key} | pasal 1 | peraturan.info | Bunyinya begini."
        for key in ("satu", "dua", "tiga")
    )
    setting = set_in(f"Kata.[^tiga] Lagi.[^satu]\n\n{claims}")
    for block in setting.blocks("body"):
        for text in blocks.texts(block):
            list(setting.cut(text))
    assert [claim.key for claim in setting.sources()] == ["tiga", "satu"]


@given(st.lists(st.text(alphabet="abcdefghij ", min_size=1, max_size=60), min_size=1, max_size=5))
def test_a_poster_s_lines_fit_whatever_they_say(lines: list[str]) -> None:
    size = fitting(lines, 150.0, most=60, between=8.0)
    assert 12 <= size <= 60
    if size > 12:
        for line in lines:
            assert all(wide(row, size) <= typesetting.POSTER_WIDTH for row in typesetting.broken(line, 257.0, size))


@pytest.mark.parametrize(
    ("last", "before", "after"),
    [
        ("{nomor:sapa129}, gratis", "", "gratis"),
        ("Bercerita: {nomor:sapa129}, gratis", "Bercerita", "gratis"),
        ("Bertanya dulu: {nomor:sapa129}", "Bertanya dulu", ""),
        ("{nomor:sapa129} atau {nomor:polisi}", "", "atau 110"),
        ("Tidak ada nomor", "", ""),
    ],
)
def test_the_last_line_of_a_poster_stands_around_its_number(last: str, before: str, after: str) -> None:
    setting = set_in("Satu.", sapa129="129", polisi="110")
    document = replace(setting.document, poster=("Judul", "Satu", last))
    told = typesetting.poster(Typeset(document, str))
    assert (told["before"], told["after"]) == (before, after)
    assert told["lines"] == (["Satu"] if "{" in last else ["Satu", last])


def test_another_language_has_its_own_words() -> None:
    document: Document = replace(every()[ARTICLE], language="en", title="What is violence?")
    page = typesetting.page(document, Format.HTML)
    assert 'lang="en"' in page
    assert "1 December 2026" in page
    assert "How do we know?" in page
    assert "Dari mana kami tahu?" in typesetting.page(replace(document, language="su-x-banten"), Format.HTML)


def test_a_picture_that_is_not_there_is_said() -> None:
    with pytest.raises(Unprintable) as refused:
        replace(every()[ARTICLE], body="![Sebuah gambar](a-1.png)").check()
    assert refused.value.values["file"] == "a-1.png"
