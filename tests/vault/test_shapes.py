"""A code as two telephone numbers and as six words: known answers (B19), any way of typing them, slips told."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepa.vault import codes
from pepa.vault.codes import Slip, check_digits
from pepa.vault.shapes import parse, phones, words
from pepa.vault.wordlist import WORDS

CODE = "15111802843458342447"
ALIKE = ["0" * 18 + "98", "9" * 18 + "28", CODE]
BODIES = st.integers(0, 10**18 - 1).map(lambda number: f"{number:018}")
GAPS = st.sampled_from([" ", "  ", ", ", "\n", "-", " – ", ". ", "/", "\u00a0"])


def slip(typed: str) -> tuple[str, int]:
    with pytest.raises(Slip) as caught:
        parse(typed)
    return caught.value.kind, caught.value.n


def test_known_shapes() -> None:
    assert phones(CODE) == ("081511180284", "083458342447")
    assert words(CODE) == ["bujur", "ketapang", "daur", "lanjut", "daya", "aliran"]
    assert words("0" * 18 + "98") == [WORDS[0]] * 6


@given(body=BODIES)
def test_each_shape_is_the_code(body: str) -> None:
    code = body + check_digits(body)
    for typed in (code, codes.grouped(code), " ".join(phones(code)), " ".join(words(code))):
        assert parse(typed) == code


@given(data=st.data(), body=BODIES)
def test_words_in_any_spelling(data: st.DataObject, body: str) -> None:
    """Large letters, other gaps, a list with numbers, an end that is written wrong: four letters tell a word."""
    code = body + check_digits(body)
    spell = st.sampled_from([str, str.upper, str.capitalize, lambda word: word[:4], lambda word: word + "ku"])
    spelt = [data.draw(spell)(word) for word in words(code)]
    before = [f"{place}. " if data.draw(st.booleans()) else "" for place in range(1, 7)]
    assert parse(data.draw(GAPS).join(map("".join, zip(before, spelt, strict=True)))) == code


@given(data=st.data(), body=BODIES)
def test_numbers_in_any_spelling(data: st.DataObject, body: str) -> None:
    code = body + check_digits(body)
    numbers = [data.draw(st.sampled_from([number, "+62" + number[1:], "62 " + number[1:]])) for number in phones(code)]
    gap, name = data.draw(GAPS), data.draw(st.sampled_from(["", "Bu Tin ", "Toko: "]))
    typed = [f"{number[:4]}{gap}{number[4:8]}{gap}{number[8:]}" for number in numbers]
    assert parse(f"{name}{typed[0]} {name}{typed[1]}") == code


def test_contacts_sort_the_numbers_as_they_like() -> None:
    first, second = phones(CODE)
    assert parse(f"Bu Ani {second}\nPak Udin {first}") == CODE


@pytest.mark.parametrize(
    "typed",
    [
        "Kata-katanya: {}",
        "ini dia ya: {}. jaga",
        "{} sekali lagi {}",
        "[14.32, 25/11/2026] Ani: {}",
        "\u2068{}\u2069",
        "*{}*",
        "bujur bujur {}",
    ],
)
def test_words_with_others_around_them(typed: str) -> None:
    assert parse(typed.replace("{}", " ".join(words(CODE)))) == CODE


@pytest.mark.parametrize("code", ALIKE)
def test_any_two_words_that_change_places_are_noticed(code: str) -> None:
    spelt = words(code)
    for a, b in itertools.combinations(range(6), 2):
        changed = list(spelt)
        changed[a], changed[b] = changed[b], changed[a]
        if changed != spelt:
            assert slip(" ".join(changed)) == ("mixed", 0)


def test_most_wrong_words_are_noticed() -> None:
    """1 in 61 passes for a code, and then opens nothing."""
    spelt, passed = words(CODE), 0
    for place in range(6):
        for other in WORDS[:: 2048 // 256]:
            changed = [*spelt[:place], other, *spelt[place + 1 :]]
            try:
                passed += parse(" ".join(changed)) != CODE
            except Slip:
                continue
    assert 5 <= passed <= 60


def test_more_than_eighteen_digits_are_no_code() -> None:
    """60 bits hold a little more than 18 digits do: what is over is never written, so never taken."""
    number = 10**18
    whole = (number << 6) | number % 61
    spelt = [WORDS[whole >> (11 * place) & 2047] for place in reversed(range(6))]
    assert slip(" ".join(spelt)) == ("mixed", 0)


@pytest.mark.parametrize(
    ("typed", "kind", "n"),
    [
        ("bujur ketapang daur lanjut daya", "few", 1),
        ("bujur ketapang daur", "few", 3),
        ("ketapang bujur daur lanjut daya aliran abad", "many", 1),
        ("bujur ketapang dauz lanjut daya aliran", "word", 3),
        ("xujur ketapang daur lanjut daya aliran", "word", 1),
        ("ketapang bujur daur lanjut daya aliran", "mixed", 0),
        ("bujur", "empty", 0),
        ("", "empty", 0),
        ("0815-1118-0284", "short", 12),
        ("0815-1118-0284 0834-5834-244", "short", 1),
        ("0815-1118-0284 0834-5834-24477", "long", 1),
        ("0815-1118-0284 0834-5834-2448", "check", 0),
        ("0815-1118-0284 0934-5834-2447", "check", 0),
        ("1511 1802", "short", 12),
        ("1511 1802 8434 5834 2447 7", "long", 1),
        ("bujur ketapang daur 1511 1802 8434 5834 2448", "check", 0),
    ],
)
def test_slips_are_told(typed: str, kind: str, n: int) -> None:
    assert slip(typed) == (kind, n)


def test_two_codes_in_words_are_not_chosen_between() -> None:
    assert slip(" ".join([*words(CODE), *words("9" * 18 + "28")])) == ("many", 6)


def test_a_slip_holds_nothing_of_what_was_typed() -> None:
    with pytest.raises(Slip) as caught:
        parse("ketapang bujur daur lanjut daya aliran")
    assert "bujur" not in repr(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("text", ["bujur ", "bujur daur ", "08", "0815-1118-0284 ", "acak acap\n", "ق "])
def test_a_flood_of_text_is_only_a_slip(text: str) -> None:
    with pytest.raises(Slip):
        parse(text * 500_000)


@given(typed=st.text(st.characters(exclude_categories=()), max_size=60))
def test_anything_else_is_a_slip(typed: str) -> None:
    with pytest.raises(Slip) as caught:
        parse(typed)
    assert (caught.value.n > 0) == (caught.value.kind in {"short", "long", "few", "many", "word"})
