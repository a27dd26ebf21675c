"""What changed is told by line and by word, and nothing of either text is lost."""

from collections.abc import Callable
from dataclasses import replace
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepa.domain import differences
from pepa.domain.differences import Change, Line
from pepa.domain.manuscripts import Manuscript
from tests.writing import TYPED

words = st.lists(st.sampled_from(["rumah", "aman", "pasal", "5", ".", "", "orang tua", "*tebal*"]), max_size=8)
texts = st.lists(words.map(" ".join), max_size=8).map("\n".join)


def side(found: list[Line], other: Change) -> list[str]:
    """One of the two texts, out of what changed between them."""
    kept = [[s for s in line.stretches if s.change is not other] for line in found]
    return ["".join(s.text for s in line) for line in kept]


@given(texts, texts)
def test_both_texts_come_out_of_what_changed(before: str, after: str) -> None:
    found = differences.lines(before, after)
    for text, other in ((before, Change.IN), (after, Change.OUT)):
        told = [line for line in side(found, other) if line]
        assert told == [line for line in text.split("\n") if line]


@given(texts)
def test_the_same_text_has_no_difference(text: str) -> None:
    assert all(line.is_same for line in differences.lines(text, text))
    assert differences.shown(differences.lines(text, text)) == []


def test_a_changed_word_is_told_within_its_line() -> None:
    (line,) = differences.lines("Pasal 5 melarang itu.", "Pasal 6 melarang itu.")
    assert [(s.change.value, s.text) for s in line.stretches] == [
        ("same", "Pasal "),
        ("out", "5"),
        ("in", "6"),
        ("same", " melarang itu."),
    ]


def test_a_line_that_is_another_one_is_told_as_a_whole() -> None:
    (line,) = differences.lines("Telepon polisi dulu.", "Dengarkan ia sampai selesai bercerita, lalu tanya.")
    assert [s.change for s in line.stretches] == [Change.OUT, Change.IN]


def test_what_stays_far_from_a_change_is_counted() -> None:
    before = "\n".join(map(str, range(20)))
    found = differences.shown(differences.lines(before, before.replace("\n10\n", "\nsepuluh\n")))
    assert [line.skipped for line in found] == [9, 0, 0]
    assert "".join(s.text for s in found[0].stretches) == "9"


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pairs each comparison may look at, at most."""
    found = []

    class Counting(SequenceMatcher[str]):
        def __init__(self, junk: Callable[[str], bool] | None, a: list[str], b: list[str], *, autojunk: bool) -> None:
            found.append(len(a) * len(b))
            super().__init__(junk, a, b, autojunk=autojunk)

    monkeypatch.setattr(differences, "SequenceMatcher", Counting)
    return found


def test_a_paragraph_of_9000_words_is_told_as_a_whole(sizes: list[int]) -> None:
    before = " ".join(f"kata{number}" for number in range(9000))
    (line,) = differences.lines(before, before.replace("kata4500 ", "kata "))
    assert [stretch.change for stretch in line.stretches] == [Change.OUT, Change.IN]
    assert max(sizes) <= differences.MOST_PIECES**2


def test_signs_without_a_space_are_counted_as_well(sizes: list[int]) -> None:
    differences.lines("," * 60_000, "." * 60_000)
    assert max(sizes) <= differences.MOST_PIECES**2


def test_lines_without_end_are_not_sought_in_one_another(sizes: list[int]) -> None:
    before = "a\n\n" * 20_000
    assert side(differences.lines(before, before + "b"), Change.OUT)[-1] == "b"
    assert max(sizes, default=0) <= differences.MOST_LINES**2


def test_empty_lines_are_sought_nowhere(sizes: list[int]) -> None:
    differences.lines("satu" + "\n" * 5000 + "dua", "satu" + "\n" * 5000 + "tiga")
    assert max(sizes) <= 4


def test_six_hundred_words_are_told_word_by_word(sizes: list[int]) -> None:
    before = " ".join(f"kata{number}" for number in range(600))
    (line,) = differences.lines(before, before.replace("kata300 ", "lain "))
    assert [(s.change, s.text) for s in line.stretches if s.change is not Change.SAME] == [
        (Change.OUT, "kata300"),
        (Change.IN, "lain"),
    ]
    assert len(sizes) == 2


def test_only_fields_that_changed_are_told() -> None:
    assert differences.between(TYPED, TYPED) == {}
    changed = replace(TYPED, title="Rumah aman", minutes=4)
    assert list(differences.between(TYPED, changed)) == ["title", "minutes"]
    assert next(iter(differences.between(Manuscript(), TYPED))) == "title"
