"""What changed is told by line and by word, and nothing of either text is lost."""

from dataclasses import replace

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


def test_only_fields_that_changed_are_told() -> None:
    assert differences.between(TYPED, TYPED) == {}
    changed = replace(TYPED, title="Rumah aman", minutes=4)
    assert list(differences.between(TYPED, changed)) == ["title", "minutes"]
    assert next(iter(differences.between(Manuscript(), TYPED))) == "title"
