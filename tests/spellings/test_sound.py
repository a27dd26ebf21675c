"""Names as they sound in Serang."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepa.domain import spellings

SAME = [
    ("Siti", "Sity"),
    ("Siti", "St."),
    ("Muhammad", "Moh."),
    ("Muhammad", "Mochamad"),
    ("Mohammed", "Muhamad"),
    ("Soekarno", "Sukarno"),
    ("Djoko", "Joko"),
    ("Tjahyani", "Cahyani"),
    ("Fitri", "Pitri"),
    ("Novita", "Nopita"),
    ("Rizki", "Riski"),
    ("Aisyah", "Aisah"),
    ("Aisya", "Aisah"),
    ("Nurul", "Noerul"),
    ("Khadijah", "Kadija"),
    ("Yusuf", "Iusup"),
    ("ANNISA", "anisa"),
    ("Zahra", "Sahra"),
    ("Ａｎｉ", "ani"),
    ("Renée", "Renee"),
]
OTHER = [("Siti", "Sita"), ("Joko", "Eko"), ("Ani", "Ana"), ("Dewi", "Dedi"), ("Ratna", "Rina")]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_name_is_the_same_word(one: str, other: str) -> None:
    assert list(spellings.words(one)) == list(spellings.words(other)) != []


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_another_name_stays_another(one: str, other: str) -> None:
    assert list(spellings.words(one)) != list(spellings.words(other))


def test_words_come_out_of_a_sentence_without_titles() -> None:
    assert list(spellings.words('Hj. Siti "Noer" Aini, RT 03/RW-05')) == ["siti", "nur", "aini", "rt", "03", "ru", "05"]


@given(st.text(max_size=60))
def test_any_text_gives_words_that_stay_as_they_are(text: str) -> None:
    for word in spellings.words(text):
        assert word == word.casefold()
        assert " " not in word
        assert word


@given(st.text(alphabet="abcdeinrstu", min_size=4, max_size=9), st.data())
def test_one_slip_is_near_and_two_far_apart_are_not(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    assert spellings.near(word, word[:at] + "z" + word[at + 1 :])
    assert spellings.near(word, word[:at] + word[at + 1 :])
    assert spellings.near(word, word[:at] + "z" + word[at:])
    if at + 1 < len(word):
        assert spellings.near(word, word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    assert not spellings.near(word, "z" + word[1:-1] + "z")
    assert not spellings.near(word, word + "zz")


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [("+62 812-3456-789", "08123456789"), ("62812 3456 789", "08123456789"), ("(0254) 62", "025462"), ("٠٨١", "081")],
)
def test_numbers_as_they_are_dialled(typed: str, dialled: str) -> None:
    assert spellings.digits(typed) == dialled


LETTERS = "aabcdn\u0645\U0001d5ba7"


@given(
    st.text(alphabet=LETTERS, min_size=1, max_size=6), st.lists(st.text(LETTERS, min_size=3, max_size=8), max_size=30)
)
def test_a_text_is_looked_through_as_word_by_word(wanted: str, shelf: list[str]) -> None:
    text = f" {json.dumps(' '.join(shelf))[1:-1]} ".encode()
    meant = {word: nearness for word in shelf if (nearness := spellings.nearness(wanted, word))}
    found = {}
    for place, nearness in spellings.alike(wanted, text):
        assert text[place - 1 : place] == b" "
        word = json.loads(b'"%s"' % text[place:].split(b" ")[0])
        found[word] = nearness
    assert found == meant


@given(st.text(alphabet="adinsu", min_size=4, max_size=7), st.data())
def test_no_slip_is_overlooked(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    slips = [word[:at] + "z" + word[at + 1 :], word[:at] + word[at + 1 :], word[:at] + "z" + word[at:]]
    slips += [word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]]
    for slip in slips:
        assert list(spellings.alike(word, f" lain {slip} ".encode()))[:1] == [(6, spellings.nearness(word, slip))]
        assert spellings.nearness(word, slip)
