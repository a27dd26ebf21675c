"""What comes out of the press: looked at as paper, read as text. Cases education 1, 2, 5, 6, 8, 9, 33."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pypdf
import pypdfium2
import pytest
import zxingcpp

from pepa.domain import blocks, markup, printers
from pepa.domain.documents import MEDIA, PDF, Document, Drawing, Format, Unprintable
from tests.sheets.samples import every, pressed, pressed_once

POINT = 25.4 / 72  # millimetres
STORY, ARTICLE = 6, 1
SHEETS = [form for form in Format if MEDIA[form] == PDF]
SIZES = {  # millimetres, and the most bytes
    Format.A4: (210, 297, 60_000),
    Format.BOOKLET: (297, 210, 60_000),
    Format.POSTER: (297, 420, 20_000),
    Format.CARD: (210, 297, 25_000),
    Format.QUIZ: (210, 297, 40_000),
    Format.SCRIPT: (210, 297, 30_000),
    Format.GUIDE: (210, 297, 30_000),
}


def reader(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content))


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


def text_of(content: bytes) -> str:
    """All text in the order in which it stands, without the line at the foot of each page."""
    document = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def told(document: Document, part: str, *, notes: bool = False) -> Iterator[str]:
    """What a reader has to find on paper of a part."""
    for block in markup.parse(getattr(document, part)):
        if isinstance(block, blocks.Note) and not notes:
            continue
        if isinstance(block, blocks.Numbers):
            known = [(document.numbers[name], why) for name, why in block.rows if document.numbers[name]]
            yield from (blocks.plain(text, document.numbers) for row in known for text in row)
        elif isinstance(block, blocks.Picture):
            yield blocks.plain(block.caption, document.numbers)
        elif isinstance(block, blocks.Dialogue):
            yield from (f"{who} {blocks.plain(said, document.numbers)}" for who, said in block.lines)
        else:
            yield from (blocks.plain(text, document.numbers) for text in blocks.texts(block))


@pytest.mark.parametrize("form", SHEETS)
@pytest.mark.parametrize("title_id", [ARTICLE, STORY])
def test_a_sheet_is_neutral_small_and_in_our_letters(title_id: int, form: Format) -> None:
    """Cases 1, 5: no font of the system, no size that grows."""
    document = every()[title_id]
    if form not in pressed(title_id):
        assert form is Format.SCRIPT
        assert not document.script
        return
    made = pressed(title_id)[form]
    pdf = reader(made.body)
    wide, high, most = SIZES[form]
    assert len(made.body) <= most
    assert pdf.metadata
    assert pdf.metadata.title == document.neutral
    assert not pdf.metadata.author
    assert not pdf.outline
    assert pdf.root_object["/Lang"] == "id"
    for page in pdf.pages:
        assert (round(float(page.mediabox.width) * POINT), round(float(page.mediabox.height) * POINT)) == (wide, high)
    names = {name for page in pdf.pages for name in fonts(page)}
    assert names
    assert {name.split("+")[1] for name in names} <= {
        "Noto-Sans", "Noto-Sans-Bold", "Noto-Sans-Math", "Noto-Sans-Symbols2",
    }  # fmt: skip
    assert document.title.encode() not in made.body


def fonts(page: pypdf.PageObject) -> Iterator[str]:
    """Names of the fonts of a page, and of the pages that are drawn on it."""
    resources = page["/Resources"].get_object()
    drawn = [each.get_object() for each in resources.get("/XObject", {}).values()]
    inner = [each["/Resources"].get_object() for each in drawn if "/Resources" in each]
    for found in [resources, *inner]:
        for font in found["/Font"].get_object().values() if "/Font" in found else ():
            yield str(font.get_object()["/BaseFont"])


def test_two_pages_of_text_stay_small() -> None:
    """Case 5, the golden size: an article without pictures."""
    made = pressed(ARTICLE)[Format.A4]
    assert made.pages == 2
    assert len(made.body) <= 60_000


@pytest.mark.parametrize("title_id", [ARTICLE, STORY])
def test_the_words_are_those_of_the_source_once(title_id: int) -> None:
    """Case 9. Sources, the top and the foot stand on it as well, so its words are at least these and few more."""
    document = every()[title_id]
    for form, part, notes in ((Format.A4, "body", False), (Format.GUIDE, "guide", True)):
        text = text_of(pressed(title_id)[form].body)
        body = text.partition("Dari mana kami tahu?")[0]
        wanted = words(" ".join(told(document, part, notes=notes)))
        found = words(re.sub(r"(?<=[a-z.?\"])\d{1,2}\b", "", body.replace("\ufffe", "-")))
        for word, times in wanted.items():
            if len(word) > 3:
                assert found[word] >= times, f"{word} is not on paper"
        top = words(f"{document.title} {document.neutral} {' '.join(document.audience)}")
        foot = words(
            "Info Warga Versi Desember pepa serangkota Minta tolong Masih berlaku Pindai menit Panduan fasilitator"
        )
        twice = {
            word
            for word, times in found.items()
            if len(word) > 3 and not word.isdigit() and times > wanted[word] + top[word] + 8 * foot[word]
        }
        assert not twice, f"printed more often than written: {twice}"


@pytest.mark.parametrize("form", [form for form in SHEETS if form is not Format.CARD])
def test_every_page_says_which_version_it_is(form: Format) -> None:
    made = pressed(STORY)[form]
    for page in pypdfium2.PdfDocument(made.body):
        text = " ".join(page.get_textpage().get_text_bounded().split())
        if text:
            assert "Info Warga 06 · Versi 3 · 1 Desember 2026 · pepa.serangkota.go.id/b/6" in text
            assert "129" in text


def test_a_sheet_of_a_demo_says_that_nobody_has_looked_at_it() -> None:
    document = replace(every()[ARTICLE], sample=True)
    asked = printers.outputs([(document, [Format.A4, Format.CARD, Format.QUIZ, Format.HTML, Format.SLIDES])])
    for made in asked:
        text = text_of(made.body) if MEDIA[made.format] == PDF else made.body.decode()
        assert "CONTOH, belum ditinjau" in text
        assert made.format not in pressed(ARTICLE) or b"CONTOH" not in pressed(ARTICLE)[made.format].body


# ---- the square ----


def scanned(content: bytes) -> list[zxingcpp.Barcode]:
    """What a telephone reads on the first page, from 200 points an inch."""
    page = pypdfium2.PdfDocument(content)[0]
    picture = page.render(scale=200 / 72).to_pil().convert("L")
    return list(zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode))


@pytest.mark.parametrize("form", SHEETS)
def test_the_square_leads_to_the_version(form: Format) -> None:
    """Case 33: black on white, with its border, two centimetres wide, and read by a decoder."""
    (code,) = scanned(pressed(STORY)[form].body)
    assert code.text == "https://pepa.serangkota.go.id/b/6?v=3"
    side = (code.position.top_right.x - code.position.top_left.x) / 200 * 25.4
    assert side >= 19.7  # the decoder finds the middle of the outer modules' edges
    page = pypdfium2.PdfDocument(pressed(STORY)[form].body)[0].render(scale=200 / 72).to_pil().convert("L")
    module = side / 33
    border = round(3.4 * module / 25.4 * 200)
    left, top = code.position.top_left.x - border, code.position.top_left.y - border
    edge = page.crop((left, top, left + 2, code.position.bottom_left.y + border))
    assert edge.getextrema() == (255, 255), "something stands in the border"


def test_a_sheet_that_was_copied_is_still_read() -> None:
    page = pypdfium2.PdfDocument(pressed(ARTICLE)[Format.A4].body)[0]
    copy = page.render(scale=110 / 72).to_pil().convert("L").point([min(255, grey + 60) for grey in range(256)])
    assert zxingcpp.read_barcodes(copy)[0].text == "https://pepa.serangkota.go.id/b/1?v=3"


# ---- what a sheet must not say ----

TELLING = re.compile(
    r"kekerasan|kdrt|perempuan|\banak|ppa\b|uptd|seksual|korban|penyintas|aduan|lapor|lindung|aman\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("title_id", [1, 5, 9, 14, 15])
def test_a_card_betrays_nobody(title_id: int) -> None:
    text = text_of(pressed_once(every()[title_id], Format.CARD).body)
    cards = text.replace("pepa.serangkota.go.id", "")
    assert not TELLING.search(cards), TELLING.search(cards)
    assert every()[title_id].title not in text
    assert cards.count(f"{title_id:02}-3") == 10
    assert "Kantor" not in cards, "a number that nobody has given is left out with its line"


def test_ten_cards_are_of_the_size_of_a_wallet() -> None:
    made = pressed(ARTICLE)[Format.CARD]
    assert made.pages == 1
    page = pypdfium2.PdfDocument(made.body)[0]
    text = page.get_textpage()
    found = text.search("Layanan warga")
    places = []
    while place := found.get_next():
        left, bottom, _, _ = text.get_charbox(place[0])
        places.append((left * POINT, bottom * POINT))
    assert len(places) == 10
    assert sorted({round(x - places[0][0]) for x, _ in places}) == [0, 85]
    assert sorted({round(places[0][1] - y) for _, y in places}) == [0, 54, 108, 162, 216]


def test_every_card_and_poster_of_the_seeds_fits() -> None:
    made = printers.outputs([(document, [Format.CARD, Format.POSTER, Format.GUIDE]) for document in every().values()])
    for one in made:
        text = "".join(text_of(one.body).split())
        if one.format is Format.GUIDE:
            assert one.pages
            assert one.pages <= 2
            continue
        assert one.pages == 1
        lines = one.document.card if one.format is Format.CARD else one.document.poster[:-1]
        for line in lines:
            told = "".join(blocks.plain(line, one.document.numbers).split())
            assert text.count(told) >= (10 if told and one.format is Format.CARD else 1), told
        if one.format is Format.CARD:
            page = pypdfium2.PdfDocument(one.body)[0]
            corners = page.get_textpage().search(f"{one.document.title_id:02}-3")
            index, _ = corners.get_next()
            _, bottom, _, top = page.get_textpage().get_charbox(index)
            between = page.get_textpage().get_text_bounded(32, bottom - 1, 240, top + 4).strip()
            assert not between, f"{between} stands beside the corner: too many lines"


def test_a_few_lines_more_than_two_pages_are_set_tighter() -> None:
    """Of the seeds, only the picture stories need a second sheet of paper."""
    made = printers.outputs([(every()[title_id], [Format.A4]) for title_id in (2, 4)])
    assert [one.pages for one in made] == [2, 2]


def test_an_unknown_number_takes_its_sentence_along() -> None:
    document = replace(every()[ARTICLE], numbers={**every()[ARTICLE].numbers, "sapa129_wa": "", "kantor": "(0254) 1"})
    text = text_of(pressed_once(document, Format.A4).body)
    assert "lewat WhatsApp" not in text
    assert "kantor kami di Kota Serang" in text
    assert "(0254) 1" in text


# ---- pages ----


def test_no_heading_stands_alone_at_the_foot() -> None:
    """Case 8: whatever the length of the text, two lines of it stand below a heading."""
    asked = []
    for lines in range(1, 61, 7):
        filler = "\n\n".join(["Baris pengisi."] * lines)
        part = "\n\n".join(
            f"## Kepala {n}\n\n{'Isi bagian ini cukup panjang untuk dua baris. ' * 3}" for n in range(24)
        )
        lists = "\n\n".join(f"## Kepala {n}\n\n- Satu butir.\n- Dua butir.\n- Tiga butir." for n in range(12, 20))
        asked.append((replace(every()[ARTICLE], body=f"{filler}\n\n{part}\n\n{lists}", quiz=""), [Format.A4]))
    for made in printers.outputs(asked):
        for page in pypdfium2.PdfDocument(made.body):
            text = page.get_textpage()
            found = text.search("Kepala ")
            while place := found.get_next():
                left, bottom, _, _ = text.get_charbox(place[0])
                below = text.get_text_bounded(left - 2, 20 / POINT, left + 80 / POINT, bottom - 2)
                assert len(below.split("\n")) >= 2, f"{text.get_text_range(place[0], 10)}: {below!r}"


def test_a_title_of_120_letters_fits() -> None:
    long = ("Sangat panjang judulnya " * 6)[:119] + "?"
    document = replace(every()[ARTICLE], title=long, poster=(long, *["Baris yang panjang sekali pun muat di sini"] * 5))
    for form in (Format.A4, Format.BOOKLET, Format.POSTER):
        made = pressed_once(document, form)
        assert " ".join(long.split()) in " ".join(text_of(made.body).split())
    poster = pypdfium2.PdfDocument(pressed_once(document, Format.POSTER).body)
    assert len(poster) == 1
    text = poster[0].get_textpage()
    boxes = [text.get_charbox(n) for n in range(text.count_chars())]
    assert all(box[2] * POINT <= 279 for box in boxes), "a line runs off the sheet"


def test_the_poster_has_its_number_in_the_largest_letters() -> None:
    page = pypdfium2.PdfDocument(pressed(ARTICLE)[Format.POSTER].body)[0].get_textpage()
    heights = {}
    for what in ("129", "Bukan", "Ini bukan salahmu"):
        index, _ = page.search(what).get_next()
        _, bottom, _, top = page.get_charbox(index)
        heights[what] = top - bottom
    assert heights["129"] > heights["Ini bukan salahmu"]
    assert heights["Bukan"] * POINT >= 20


def test_a_booklet_is_read_in_order_once_it_is_folded() -> None:
    document = every()[ARTICLE]
    made = pressed(ARTICLE)[Format.BOOKLET]
    assert made.pages
    spread = pypdfium2.PdfDocument(made.body)
    assert len(spread) * 2 == made.pages + -made.pages % 4
    sides: dict[int, str] = {}
    count = len(spread) * 2
    for n, page in enumerate(spread):
        wide = page.get_width()
        text = page.get_textpage()
        halves = [text.get_text_bounded(0, 0, wide / 2, 600), text.get_text_bounded(wide / 2, 0, wide, 600)]
        left, right = (count - n, n + 1) if n % 2 == 0 else (n + 1, count - n)
        sides |= {left: halves[0], right: halves[1]}
    order = [sides[n] for n in sorted(sides)]
    assert document.title in order[0]
    for n, side in enumerate(order, 1):
        if side.strip():
            assert re.search(rf"\b{n}\s*$", side), f"page {n} ends with another number"


def test_no_page_of_a_booklet_is_stored_twice() -> None:
    made = pressed(STORY)[Format.BOOKLET]
    assert len(made.body) <= 45_000


def test_the_quiz_has_its_answers_on_a_page_of_their_own() -> None:
    pages = [
        page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pressed(ARTICLE)[Format.QUIZ].body)
    ]
    first, last = pages[0], pages[-1]
    assert "Jawaban" not in first
    assert "Membuat pasangan bergantung" not in first
    assert "Jawaban" in last
    quiz = [block for block in markup.parse(every()[ARTICLE].quiz) if isinstance(block, blocks.Quiz)]
    letters = ["ABC"[next(n for n, (right, _) in enumerate(question.answers) if right)] for question in quiz]
    answered = re.findall(r"^([A-C]) (?=\w)", last, re.MULTILINE)
    assert answered == letters


# ---- what is refused ----


def test_a_large_photo_is_made_small_and_twelve_of_them_stay_under_the_limit() -> None:
    """Case 6."""
    from tests.uploads.samples import photo

    picture = photo()
    names = [f"f-{n}.jpg" for n in range(12)]
    body = "\n\n".join(f"![Sebuah gambar contoh yang cukup panjang](f-{n}.jpg)\nKeterangan {n}." for n in range(12))
    document = replace(every()[ARTICLE], body=body, quiz="", pictures={name: Drawing(b"", picture) for name in names})
    assert len(pressed_once(document, Format.A4).body) <= 2_000_000


def test_what_is_above_the_limit_is_refused() -> None:
    from tests.sheets.noise import noise

    document = replace(
        every()[ARTICLE],
        body="![Sebuah gambar contoh](a.png)\nSatu.",
        quiz="",
        pictures={"a.png": Drawing(b"", noise())},
    )
    with pytest.raises(Unprintable) as refused:
        pressed_once(document, Format.HTML)
    assert refused.value.values["most"] == 2000


def test_the_same_document_gives_the_same_bytes() -> None:
    """Case 28: whoever goes on with a download finds the same file."""
    document = every()[STORY]
    again = printers.outputs([(document, document.formats(more=True, prints=True))])
    assert {made.format: made.body for made in again} == {form: made.body for form, made in pressed(STORY).items()}
