"""What can be printed and sent is known before anything is pressed. Cases education 2, 4, 30, 34, 36, 38."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from pepa.domain import documents
from pepa.domain.documents import FONTS, LETTERS, MORE, Document, Drawing, Format, Unprintable
from tests import glyphs

PLAIN = Document(
    title_id=7,
    version=3,
    title="Anak (0–6 th): aman?",
    neutral="Info Warga 07",
    audience=("warga",),
    minutes=5,
    published_on=date(2026, 12, 1),
    address="https://pepa.example/b/7",
    numbers={"polisi": "110", "sapa129": "129", "kantor": ""},
    body="## Judul\n\nTeks *tebal*.",
    whatsapp="*Anak*\n\nSatu & dua #3 + 100% 😊?\n\nTelepon {nomor:sapa129}\n\nBaca:\n{tautan}",
    sms="Telepon {nomor:sapa129}, gratis.",
)
CANNOT = ["😊", "ꦗ", "ᮞ", "中", "ع"]


def test_the_fonts_have_the_letters_that_are_promised() -> None:
    found = {name: set(TTFont(FONTS / name).getBestCmap()) for name in glyphs.CUTS}
    assert set().union(*found.values()) >= LETTERS
    regular, bold = found["NotoSans-Regular.ttf"], found["NotoSans-Bold.ttf"]
    assert regular == bold
    assert {path.name for path in FONTS.iterdir()} == {*glyphs.CUTS, "OFL.txt", "fonts.conf"}
    assert sum((FONTS / name).stat().st_size for name in glyphs.CUTS) <= 120_000


def test_the_fonts_may_be_given_on() -> None:
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text()
    for name in glyphs.CUTS:
        assert "Open Font License" in str(TTFont(FONTS / name)["name"].getDebugName(13))


@pytest.mark.parametrize("sign", CANNOT)
def test_a_letter_that_no_font_has_is_refused_with_its_line(sign: str) -> None:
    assert documents.uncovered(f"Satu\nDua {sign}") == [(2, sign)]
    with pytest.raises(Unprintable) as refused:
        replace(PLAIN, guide=f"Satu\n\nDua {sign}").check()
    assert refused.value.values == {"part": "panduan", "line": 3, "sign": sign, "code": f"{ord(sign):04X}"}


@pytest.mark.parametrize("sign", ["✓", "→", "×", "–", "“", "é", "Ŋ", "☐", "ẓ", "’"])
def test_a_letter_that_the_fonts_have_is_taken(sign: str) -> None:
    assert not documents.uncovered(sign)


def test_a_file_has_a_name_that_says_nothing() -> None:
    names = [documents.filename(7, 3, form) for form in Format if form is not Format.PACK]
    assert names[0] == "pepa-07-v3-a4.pdf"
    assert len(set(names)) == len(names)
    assert documents.pack_name(date(2026, 12, 1)) == "pepa-20261201-paket.html"
    assert all(re.fullmatch(r"pepa-[0-9]{2,}-v[0-9]+-[a-z0-9]+\.[a-z]{3,4}", name) for name in names)


def test_a_document_goes_through_the_pipe_unchanged() -> None:
    drawn = replace(PLAIN, pictures={"06-1.svg": Drawing(b"<svg/>", b"\x89PNG\x00")}, card=("Info Warga 07", "Satu"))
    assert Document.load(json.loads(json.dumps(drawn.dump()))) == drawn


def test_whatever_an_output_is_made_of_changes_the_digest() -> None:
    changed = [
        replace(PLAIN, numbers={**PLAIN.numbers, "kantor": "0254"}),
        replace(PLAIN, version=4),
        replace(PLAIN, card=("Info Warga 07",)),
        replace(PLAIN, pictures={"a.svg": Drawing(b"<svg/>", b"")}),
        replace(PLAIN, pictures={"a.svg": Drawing(b"", b"<svg/>")}),
    ]
    digests = [PLAIN.digest(), PLAIN.digest("1"), *(one.digest() for one in changed)]
    assert len(set(digests)) == len(digests)
    assert replace(PLAIN, title="Anak (0–6 th): aman?").digest() == PLAIN.digest()


def test_what_can_be_made_follows_what_there_is() -> None:
    assert set(PLAIN.formats(more=False, prints=True)) == {
        Format.A4, Format.SLIDES, Format.WHATSAPP, Format.SMS, Format.HTML,
    }  # fmt: skip
    whole = replace(
        PLAIN, guide="1. Satu", quiz="? Ya?\n+ Ya\n- Tidak\n= Ya.", script="Satu", poster=("A",), card=("B",)
    )
    assert set(whole.formats(more=True, prints=True)) == set(Format) - {Format.PACK}
    assert set(whole.formats(more=False, prints=True)) == set(Format) - {Format.PACK} - MORE
    without_pango = whole.formats(more=True, prints=False)
    assert set(without_pango) == {Format.SLIDES, Format.WHATSAPP, Format.SMS, Format.HTML, Format.EPUB}


def test_the_chat_text_keeps_its_signs_and_ends_with_the_address_once() -> None:
    sent = documents.chat(PLAIN)
    assert sent.splitlines()[0] == "*Anak*"
    assert "Satu & dua #3 + 100% 😊?" in sent
    assert "Telepon 129" in sent
    assert sent.splitlines()[-1] == PLAIN.address
    assert sent.count(PLAIN.address) == 1


def test_a_long_chat_text_is_refused() -> None:
    room = 900 - len(documents.chat(replace(PLAIN, whatsapp="x"))) + 1
    replace(PLAIN, whatsapp="x" * room).check()
    with pytest.raises(Unprintable) as refused:
        replace(PLAIN, whatsapp="x" * (room + 1)).check()
    assert refused.value.field == "whatsapp"
    assert refused.value.values["letters"] == 901


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("“kutip”", 0),
        ("a–b", 0),
    ],
)
def test_an_sms_is_counted_as_the_networks_count(text: str, parts: int) -> None:
    assert documents.sms_parts(text) == parts


@pytest.mark.parametrize("text", ["satu & dua", "“kutip”", "satu – dua", "a" * 307])
def test_an_sms_that_would_break_is_refused(text: str) -> None:
    with pytest.raises(Unprintable) as refused:
        replace(PLAIN, sms=text).check()
    assert refused.value.field == "sms"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30))
def test_a_text_is_printable_or_says_why(text: str) -> None:
    refused = documents.uncovered(text)
    assert {sign for _, sign in refused} == {sign for sign in text if ord(sign) not in LETTERS}


def test_a_long_poster_or_card_is_refused() -> None:
    replace(PLAIN, poster=("A",) * 6, card=("B",) * 8).check()
    for wrong in ({"poster": ("A",) * 7}, {"card": ("B",) * 9}):
        with pytest.raises(Unprintable) as refused:
            replace(PLAIN, **wrong).check()
        assert refused.value.field in wrong
