"""The seed titles: whole, of the length of real material, sourced, and nothing in them that is wrong today."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from pepa.domain import blocks, markup
from pepa.domain.blocks import NUMBERS, Claim, ClaimKind, Heading, Mark, Note, Numbers
from pepa.models.titles import Field, Kind, State
from pepa.seeds import reading, titles
from pepa.seeds.titles import Title
from tests import drawings

FILES = sorted(titles.TITLES.glob("*.md"))
EVERY = titles.every()
STORIES = [title for title in EVERY if title.front.kind is Kind.STORY]
LONGEST_LINK = "https://" + "x" * 32

GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
# What a card in somebody's wallet may not say, nor a poster's preview.
TELLING = re.compile(
    r"kekerasan|kdrt|perempuan|anak|ppa\b|uptd|perkosa|pelecehan|seksual|korban|penyintas|aduan|lapor|lindung|pukul|pepa",
    re.IGNORECASE,
)
# Gone since 2 January 2026, never to be said of a person, or soothing (education-facts, A).
NEVER = re.compile(
    r"\b(aib|suka sama suka|oknum|pelaku|TPPK|BPJS|P2TP2A|Polwan|denda|paling singkat|minimal \d+ tahun penjara)\b"
    r"|Rp ?\d|\bjuta rupiah|!",
    re.IGNORECASE,
)
# Articles of laws that no longer stand, or that frighten whoever needs help.
GONE = re.compile(
    r"(UU 35/2014|Perlindungan Anak)[^|]*\| PA pasal 8[12]\b|UU 17/2016|Permendikbudristek|PP 61/2014"
    r"|ITE pasal (27 ayat|45 ayat|30\b)|KUHP pasal 41[12]\b|PORNO pasal (6|8|29)\b"
)
# What nobody may say without a source.
SOURCED = re.compile(
    r"\b(pasal \d|UU \d|undang-undang|dipidana|penjara sampai|persen|penelitian|survei|72 jam|\d+×24 jam|berhak)\b",
    re.IGNORECASE,
)
DIGITS = re.compile(r"\b(110|112|113|119|129|148|0?8\d{2,3}[- ]?\d{3,}|\(?021\)?[- ]?\d+)\b")


def named(title: Title) -> str:
    return f"{title.front.id:02}-{title.front.slug}"


each = pytest.mark.parametrize("title", EVERY, ids=named)


@cache
def numbers() -> dict[str, str]:
    """What the numbers are while the office has given none of its own."""
    rows = {row.code: row.number for row in reading.numbers()}
    return {name: rows.get(code, "") for name, code in NUMBERS.items()}


def said(title: Title) -> Iterator[str]:
    """All that a reader could meet, but for the sources."""
    yield title.front.title
    for block in title.blocks:
        yield from blocks.texts(block)
    yield from (line for text in (title.whatsapp, title.sms) for line in text.splitlines() if line)
    yield from (*title.poster, *title.card)


def words(parts: tuple[blocks.Block, ...]) -> int:
    told = [blocks.plain(text, dict.fromkeys(NUMBERS, "1")) for part in parts for text in blocks.texts(part)]
    return sum(len(text.split()) for text in told)


def references(text: str) -> set[str]:
    return {piece.text for piece in blocks.pieces(text) if piece.kind == "claim"}


def test_all_of_them_are_there() -> None:
    assert [title.front.id for title in EVERY] == list(range(1, len(FILES) + 1))
    assert len({title.front.slug for title in EVERY}) == len(EVERY)
    assert len({title.front.title for title in EVERY}) == len(EVERY)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_written_is_what_is_read(path: Path) -> None:
    title = titles.read(path)
    for part in (title.body, title.guide, title.quiz, title.script):
        assert markup.parse(markup.write(part)) == part


def test_a_file_that_is_half_right_is_refused_with_its_place(tmp_path: Path) -> None:
    good = FILES[0].read_text(encoding="utf-8")
    wrong = {
        "+++\nid = 1\n+++\n": "has no ['kartu', 'kuis'",
        good.replace("=== kuis", "=== quiz"): "quiz",
        good.replace("=== sms", "=== kuis"): "there twice",
        good.replace("[^empat]: hukum", "[^lima]: hukum"): "empat",
        good.replace('state = "in_review"', 'state = "published"'): "planted as published",
        good.replace('state = "in_review"', 'state = "terbit"'): "terbit",
        good.replace('reviewers = ["hukum", "kantor"]', 'reviewers = ["kantor"]'): "no lawyer",
        good.replace("id = 1\n", "id = 99\n"): "title 99",
        good.replace("## Arti", "# Arti"): f"Baris {good[: good.index('## Arti')].count(chr(10)) + 1}:",
    }
    for text, part in wrong.items():
        path = tmp_path / FILES[0].name
        path.write_text(text, encoding="utf-8")
        with pytest.raises(reading.Malformed, match=re.escape(FILES[0].name)) as refused:
            titles.read(path)
        assert part in str(refused.value)


@each
def test_the_front_is_whole(title: Title) -> None:
    front = title.front
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", front.slug)
    assert 1 <= len(front.title) <= 120
    assert front.audience
    assert front.topics
    assert 3 <= front.minutes <= 30
    assert title.neutral == f"Info Warga {front.id:02}"
    laws = any(claim.kind is ClaimKind.LAW for claim in title.claims.values())
    assert front.due_months in ((6,) if laws and front.kind is not Kind.STORY else (6, 12))


@each
def test_it_waits_for_those_who_have_to_look(title: Title) -> None:
    """Every seed speaks a number that nobody has dialled yet, so none is planted as published."""
    front = title.front
    assert front.state is State.IN_REVIEW
    assert Field.OFFICE in front.reviewers
    assert any("telepon semua nomor" in check for check in front.checks)
    assert all(re.match(r"[A-Z][^:]+: .{15,}", check) for check in front.checks)
    assert len(front.checks) >= len(front.reviewers)
    if front.kind is Kind.STORY:
        assert Field.CHILD_PSYCHOLOGY in front.reviewers


@each
def test_it_is_as_long_as_real_material(title: Title) -> None:
    assert (450 if title.front.kind is Kind.STORY else 600) <= words(title.body) <= 950
    assert words(title.guide) >= 90
    assert any(isinstance(block, Note) for block in title.guide)
    assert not title.script or words(title.script) >= 110
    assert len(title.questions) >= 5
    assert len(title.questions) == len(title.quiz), "nothing but questions in a quiz"


@each
def test_claims_are_complete(title: Title) -> None:
    for claim in title.claims.values():
        assert claim.mark is not Mark.UNKNOWN, f"{claim.key}: what nobody has seen is no claim"
        assert claim.kind is not ClaimKind.LAW or re.search(r"pasal \d", claim.article), claim.key
        assert claim.kind is not ClaimKind.LAW or re.search(r"(UU|PP|Per\w+) \d+/\d{4}", claim.source), claim.key
        assert date(2026, 11, 1) <= claim.checked_on <= date(2026, 12, 31)
        assert len(claim.says) >= 20
        assert claim.says.endswith(".")
        assert not GONE.search(f"{claim.source} | {claim.article}"), claim.key


@each
def test_nothing_is_said_without_its_source(title: Title) -> None:
    """A text that speaks of law or figures stands on a claim: itself, or the sentence beside it in the same block."""
    for block in title.body:
        for text in () if isinstance(block, Heading) else blocks.texts(block):
            if SOURCED.search(blocks.plain(text, dict.fromkeys(NUMBERS, ""))):
                assert references(text), text


@each
def test_a_claim_of_law_or_health_names_its_reviewer(title: Title) -> None:
    kinds = {claim.kind for claim in title.claims.values()}
    assert ClaimKind.LAW not in kinds or Field.LAW in title.front.reviewers
    carers = {Field.HEALTH, Field.CHILD_PSYCHOLOGY}
    assert ClaimKind.HEALTH not in kinds or carers & set(title.front.reviewers)


@each
def test_numbers_come_from_the_settings(title: Title) -> None:
    """A number that is typed into a text would outlive the number."""
    for text in said(title):
        assert not DIGITS.search(text), text
    reach = [name for block in title.body if isinstance(block, Numbers) for name, _ in block.rows]
    assert {"polisi", "sapa129"} <= set(reach) | {name for text in said(title) for name in blocks.numbers_in(text)}


@each
def test_no_word_that_is_wrong_or_blames(title: Title) -> None:
    for text in [*said(title), *(claim.says for claim in title.claims.values() if "pelaku" not in claim.says)]:
        assert not NEVER.search(text), text


@each
def test_it_is_easy_to_read(title: Title) -> None:
    told = [
        len(blocks.plain(sentence, dict.fromkeys(NUMBERS, "1")).split())
        for block in title.blocks
        for text in blocks.texts(block)
        for sentence in blocks.sentences(text)
    ]
    assert sum(told) / len(told) <= 14
    assert max(told) <= 24
    long = [word for text in said(title) for word in re.findall(r"\w+", text) if len(word) > 18]
    assert not long


@each
def test_the_chat_text_fits_and_ends_with_the_address(title: Title) -> None:
    sent = blocks.plain(title.whatsapp, numbers(), link=LONGEST_LINK)
    assert 200 <= len(sent) <= 900
    assert sent.splitlines()[-1] == LONGEST_LINK
    assert sent.count(LONGEST_LINK) == 1
    assert "_" not in sent.replace(LONGEST_LINK, "")
    assert sent.count("*") % 2 == 0


@each
def test_the_sms_is_one_sms(title: Title) -> None:
    sent = blocks.plain(title.sms, numbers())
    assert 60 <= len(sent) <= 160
    assert set(sent) <= GSM7 - {"\n", "\r"}
    assert "&" not in sent
    assert "http" not in sent


@each
def test_the_poster_is_seen_from_afar(title: Title) -> None:
    heading, *lines = title.poster
    assert 1 <= len(heading) <= 40
    assert 3 <= len(lines) <= 5
    assert max(len(blocks.plain(line, numbers())) for line in lines) <= 45
    assert any("{nomor:" in line for line in lines)


@each
def test_the_card_betrays_nobody(title: Title) -> None:
    card = blocks.plain("\n".join(title.card), numbers())
    assert not TELLING.search(card), TELLING.search(card)
    assert title.card[0] == title.neutral
    assert len(title.card) <= 8
    assert max(map(len, card.splitlines())) <= 36
    assert "{nomor:" in "\n".join(title.card)
    assert not references("\n".join((*title.card, *title.poster, title.sms, title.whatsapp)))


@each
def test_quiz_answers_exist_and_say_why(title: Title) -> None:
    for question in title.questions:
        assert question.question.endswith("?")
        assert sum(right for right, _ in question.answers) == 1, question.question
        assert len({answer for _, answer in question.answers}) == len(question.answers)
        assert len(question.why.split()) >= 4


@each
def test_every_claim_is_used_where_it_is_read(title: Title) -> None:
    used = {key for block in title.body for text in blocks.texts(block) for key in references(text)}
    claims = [block for block in title.body if isinstance(block, Claim)]
    assert used == {claim.key for claim in claims}
    assert title.body[-len(claims) :] == tuple(claims), "the sources stand folded at the end"


@pytest.mark.parametrize("title", STORIES, ids=named)
def test_a_story_has_its_pictures(title: Title) -> None:
    assert len(title.pictures) == 8
    for picture in title.pictures:
        assert 40 <= len(picture.shows) <= 200, "whoever does not see it reads what is drawn"
        assert picture.caption
        assert (titles.PICTURES / picture.file).is_file()


def test_no_picture_is_left_over() -> None:
    named_ones = {picture.file for title in EVERY for picture in title.pictures}
    assert {path.name for path in titles.PICTURES.iterdir() if path.suffix != ".png"} == named_ones


def test_each_drawing_has_its_points() -> None:
    """Four greys, 480 across, for whatever knows no SVG; `python -m tests.drawings` draws them."""
    drawn = {path.stem: path for path in titles.PICTURES.glob("*.png")}
    assert drawn.keys() == {path.stem for path in titles.PICTURES.glob("*.svg")}
    assert sum(path.stat().st_size for path in drawn.values()) <= 5_500 * len(drawn)
    for path in drawn.values():
        with Image.open(path) as picture:
            assert picture.size == (480, 360)
            greys = picture.convert("RGB").getcolors()
        assert greys
        assert {grey for _, grey in greys} <= {(tone,) * 3 for tone in drawings.GREYS}
        assert len(greys) >= 3, "nothing is drawn on it"
        assert path.stat().st_size <= 7_000


@pytest.mark.parametrize("path", sorted(titles.PICTURES.glob("*.svg")), ids=lambda path: path.name)
def test_a_picture_is_plain_lines(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    root = ET.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    assert len(text) <= 10_000
    assert not re.search(r"<!|<\?|&|href|url\(|data:|javascript|style|class=", text)
    assert root.tag == f"{space}svg"
    assert (root.get("width"), root.get("height")) == ("480", "360")
    assert root.get("viewBox") == "0 0 480 360"
    shapes = {"svg", "g", "path", "circle", "ellipse", "line", "rect", "polyline", "polygon"}
    for part in root.iter():
        assert part.tag.removeprefix(space) in shapes, "no text, no script, nothing fetched"
        assert not [name for name in part.attrib if name.startswith("on") or "}" in name]
        assert part.get("fill", "none") in {"none", "#fff", "#000", "#555", "#aaa"}, "four greys are enough"
        assert part.get("stroke", "#000") in {"none", "#fff", "#000", "#555", "#aaa"}
        assert not (part.text or "").strip()
