"""Three sheets, any two of which give the secret (cases B15, B19): known answers, all pairs, every kind of slip."""

from collections.abc import Callable
from itertools import combinations, permutations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pepa.vault import pairs, sheets
from pepa.vault.secret import Secret
from pepa.vault.sheets import Mismatch, Sheet, Slip
from pepa.vault.wordlist import WORDS

SECRET = bytes(range(32))
SLOPE = bytes(range(200, 232))
SET = 0xABCDE
# Made once by a program of its own: logarithms to the base 3 instead of shifts, strings of bits instead of numbers.
KNOWN_SHARES = [
    "c8c8c8c8c8c8c8c8d8d8d8d8d8d8d8d8c8c8c8c8c8c8c8c8f8f8f8f8f8f8f8f8",
    "8b888d8e87848182b3b0b5b6bfbcb9babbb8bdbeb7b4b1b2c3c0c5c6cfccc9ca",
    "434147454b494f4d636167656b696f6d636167656b696f6d232127252b292f2d",
]
KNOWN_WORDS = """
    besar teks pita mayang
    madya jurnal bungkus bemo
    skema rumput drama pipi
    maizena kedai bungkus bemo
    saku gayung desember media
    mantap kurang tamu bohlam
    utuh rimpang rantai murid
"""
SECRETS = st.binary(min_size=32, max_size=32)
OTHERS = st.integers(1, len(WORDS) - 1)


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> list[Sheet]:
    monkeypatch.setattr(sheets, "urandom", lambda size: SLOPE)
    return sheets.split(Secret(SECRET), SET)


def typed(sheet: Sheet) -> list[str]:
    return sheets.words_of(sheet)


def again(words: list[str]) -> Sheet:
    return sheets.parse(" ".join(words))


def slip(words: list[str]) -> tuple[str, int]:
    with pytest.raises(Slip) as caught:
        again(words)
    return caught.value.kind, caught.value.n


def mismatch(*found: Sheet) -> str:
    with pytest.raises(Mismatch) as caught:
        sheets.join(found)
    return caught.value.kind


# ---- the field and the shares ----


@pytest.mark.parametrize(("a", "b", "product"), [(0x57, 0x83, 0xC1), (0x57, 0x13, 0xFE), (0x57, 0x02, 0xAE)])
def test_products_of_fips_197(a: int, b: int, product: int) -> None:
    """Sections 4.2 and 4.2.1 of the standard."""
    assert sheets._times(a, b) == sheets._times(b, a) == product


def test_each_but_nought_has_its_inverse() -> None:
    assert sheets._inverse(0x53) == 0xCA
    assert all(sheets._times(a, sheets._inverse(a)) == 1 for a in range(1, 256))


def by_logarithms() -> Callable[[int, int], int]:
    """Another way to multiply: 3 gives every number of the field but 0."""
    powers, logs, at = [0] * 255, [0] * 256, 1
    for exponent in range(255):
        powers[exponent], logs[at] = at, exponent
        at ^= (at << 1) ^ (0x11B if at & 0x80 else 0)
    return lambda a, b: powers[(logs[a] + logs[b]) % 255] if a and b else 0


def test_products_agree_with_logarithms() -> None:
    times = by_logarithms()
    assert all(sheets._times(a, b) == times(a, b) for a in range(256) for b in range(256))


def test_known_shares(known: list[Sheet]) -> None:
    assert [sheet.share.reveal().hex() for sheet in known] == KNOWN_SHARES
    assert [sheet.number for sheet in known] == [1, 2, 3]


def test_known_words(known: list[Sheet]) -> None:
    assert typed(known[0]) == KNOWN_WORDS.split()
    assert sheets.parse(KNOWN_WORDS).share.reveal().hex() == KNOWN_SHARES[0]


@given(raw=SECRETS)
@example(raw=bytes(32))
@example(raw=b"\xff" * 32)
def test_any_two_in_any_order_give_the_secret(raw: bytes) -> None:
    made = sheets.split(Secret(raw), SET)
    for two in permutations(made, 2):
        assert sheets.join([again(typed(sheet)) for sheet in two]).reveal() == raw
    assert sheets.join(made).reveal() == raw


@given(raw=SECRETS, other=SECRETS, which=st.integers(0, 2))
def test_one_sheet_tells_nothing(raw: bytes, other: bytes, which: int) -> None:
    """For every other secret there is a line through the very same point."""
    (sheet,) = sheets.split(Secret(raw), SET)[which : which + 1]
    inverse = sheets._inverse(sheet.number)
    share = sheet.share.reveal()
    slope = bytes(sheets._times(s ^ y, inverse) for s, y in zip(other, share, strict=True))
    assert bytes(s ^ sheets._times(a, sheet.number) for s, a in zip(other, slope, strict=True)) == share


def test_made_twice_the_sheets_differ() -> None:
    one, two = sheets.split(Secret(SECRET), SET), sheets.split(Secret(SECRET), SET)
    assert all(a.share != b.share for a, b in zip(one, two, strict=True))


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_secret_of_another_size_is_not_split(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        sheets.split(Secret(bytes(size)), SET)


# ---- what does not go together ----


def test_one_is_too_few_and_the_same_twice_as_well(known: list[Sheet]) -> None:
    assert mismatch() == mismatch(known[0]) == "one"
    assert mismatch(known[1], known[1]) == "same"
    assert mismatch(*known, known[2]) == "same"


def test_of_two_sets(known: list[Sheet]) -> None:
    others = sheets.split(Secret(SECRET), SET + 1)
    for mine in known:
        for theirs in others:
            assert mismatch(mine, theirs) == "sets"


def test_three_of_which_one_is_foreign_under_the_same_number(known: list[Sheet]) -> None:
    """Two sets in a million have the same number; what they give differs."""
    assert mismatch(known[0], known[1], sheets.split(Secret(SECRET[::-1]), SET)[2]) == "sets"


def test_a_set_s_number_comes_from_its_public_key() -> None:
    assert sheets.set_id_of(bytes(32)) == 0xF565A
    many = {sheets.set_id_of(pairs.KeyPair.new().public) for _ in range(200)}
    assert len(many) > 190
    assert max(many) < 1 << 20


def test_a_sheet_does_not_show_itself(known: list[Sheet]) -> None:
    assert known[0].share.reveal().hex() not in repr(known[0])


# ---- typing ----


def test_typed_in_any_way(known: list[Sheet]) -> None:
    words = typed(known[2])
    whole = [" ".join(words), "\n".join(words), ", ".join(words).upper(), " ".join(word[:4] for word in words)]
    lines = "\n".join(f"{n + 1}. {' '.join(words[n * 4 : n * 4 + 4])}" for n in range(7))
    for text in [*whole, lines, "  ".join(words).replace("a", "\uff41")]:
        assert sheets.parse(text).share == known[2].share


@pytest.mark.parametrize("at", range(28))
def test_one_wrong_word_is_named(known: list[Sheet], at: int) -> None:
    words = typed(known[0])
    words[at] = WORDS[(WORDS.index(words[at]) + 1) % len(WORDS)]
    assert slip(words) == ("word", at + 1)


@settings(max_examples=20)  # each looks through 57,000 changes
@given(raw=SECRETS, at=st.integers(0, 27), other=OTHERS)
def test_whichever_word_it_is(raw: bytes, at: int, other: int) -> None:
    words = typed(sheets.split(Secret(raw), SET)[1])
    words[at] = WORDS[(WORDS.index(words[at]) + other) % len(WORDS)]
    with pytest.raises(Slip) as caught:
        again(words)
    assert (caught.value.kind, caught.value.n) in {("word", at + 1), ("mixed", 0)}


@pytest.mark.parametrize("at", range(27))
def test_two_that_changed_places_are_named(known: list[Sheet], at: int) -> None:
    words = typed(known[1])
    assert words[at] != words[at + 1]
    words[at], words[at + 1] = words[at + 1], words[at]
    assert slip(words) == ("swapped", at + 1)


def test_more_than_one_wrong_is_said_to_be_more(known: list[Sheet]) -> None:
    words = typed(known[0])
    for one, other in list(combinations(range(28), 2))[::60]:
        spoilt = list(words)
        spoilt[one], spoilt[other] = WORDS[0], WORDS[1]
        assert slip(spoilt) == ("mixed", 0)


def test_too_few_too_many_and_no_such_word(known: list[Sheet]) -> None:
    words = typed(known[0])
    assert slip(words[:-3]) == ("few", 3)
    assert slip([]) == ("few", 28)
    assert slip([*words, words[0]]) == ("many", 1)
    for wrong in ("qqqq", "aba", "x"):
        assert slip([*words[:8], wrong, *words[9:]]) == ("unlisted", 9)


def test_a_line_by_itself(known: list[Sheet]) -> None:
    words = typed(known[0])
    assert sheets.read_words(" ".join(word[:4] for word in words[8:12]), 9) == words[8:12]
    with pytest.raises(Slip) as caught:
        sheets.read_words("abad qqqq", 9)
    assert (caught.value.kind, caught.value.n) == ("unlisted", 10)


def test_a_slip_carries_no_word(known: list[Sheet]) -> None:
    words = typed(known[0])
    words[3] = WORDS[0]
    with pytest.raises(Slip) as caught:
        again(words)
    assert not any(word in repr(caught.value) for word in words)


@pytest.mark.parametrize("number", [0, 4, 15])
def test_no_fourth_sheet(number: int) -> None:
    forged = typed(Sheet(number, SET, Secret(bytes(32))))
    with pytest.raises(Slip):
        again(forged)
