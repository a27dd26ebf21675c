"""What people type and paste (citizen.md 6; cases/citizen.md, Code entry)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepa.vault.codes import Slip, check_digits, grouped, parse

CODE = "15111802843458342447"
SHOWN = grouped(CODE)
ZEROS = "000111000111000110"
ZEROS += check_digits(ZEROS)


def digits_from(zero: str, code: str = CODE) -> str:
    return "".join(chr(ord(zero) + int(digit)) for digit in code)


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(CODE, id="no gaps"),
        pytest.param(SHOWN, id="as shown"),
        pytest.param(f"  {SHOWN}\t ", id="spaces at the ends"),
        pytest.param(SHOWN.replace(" ", "   "), id="wide gaps"),
        pytest.param(" ".join(CODE), id="digit by digit"),
        pytest.param(SHOWN.replace(" ", "\u00a0"), id="NBSP"),
        pytest.param(SHOWN.replace(" ", "\u202f"), id="narrow NBSP"),
        pytest.param(SHOWN.replace(" ", "-"), id="hyphens"),
        pytest.param(SHOWN.replace(" ", " – "), id="dashes"),
        pytest.param(SHOWN.replace(" ", "\u2011"), id="hyphens that do not break"),
        pytest.param(SHOWN.replace(" ", "."), id="dots"),
        pytest.param(SHOWN + ".", id="a dot at the end"),
        pytest.param(SHOWN.replace(" ", ", "), id="commas"),
        pytest.param(SHOWN.replace(" ", "/"), id="strokes"),
        pytest.param(SHOWN.replace(" ", "_"), id="underscores"),
        pytest.param(SHOWN.replace(" ", "\n"), id="line breaks"),
        pytest.param(SHOWN.replace(" ", "\r\n"), id="line breaks of Windows"),
        pytest.param(SHOWN.replace(" ", "\u2028"), id="line separators"),
        pytest.param(digits_from("\uff10"), id="full-width digits"),
        pytest.param(grouped(digits_from("\u0660")), id="Arabic digits"),
        pytest.param(digits_from("\u06f0"), id="Persian digits"),
        pytest.param(digits_from("\ua9d0"), id="Javanese digits"),
        pytest.param(f"\u2068{SHOWN}\u2069", id="isolated by a chat"),
        pytest.param(SHOWN.replace(" ", "\u200b"), id="zero width spaces"),
        pytest.param(f"\ufeff{SHOWN}", id="byte order mark"),
        pytest.param(f"*{SHOWN}*", id="bold in a chat"),
        pytest.param(f'"{SHOWN}"', id="quoted"),
        pytest.param(f"({SHOWN})", id="in brackets"),
    ],
)
def test_any_gaps_and_digits(typed: str) -> None:
    assert parse(typed) == CODE


@pytest.mark.parametrize(
    "typed",
    [
        f"kode: {SHOWN}",
        f"Kode:{SHOWN}",
        f"KODE {CODE} ya",
        f"kode{CODE}",
        f"{CODE}ya",
        f"Ini kodenya: {SHOWN}. Simpan baik-baik.",
        f"Kode saya\n{SHOWN}\nterima kasih 🙏",
        f"[14.32, 25/11/2026] Ani: {SHOWN}",
        f"25/11/26 14.32 - Ani: kode: {SHOWN}",
        f"{SHOWN} dikirim pukul 14.32",
        f"{SHOWN} sekali lagi {SHOWN}",
        "1511 1802 lalu 8434 5834 lalu 2447",
    ],
)
def test_pasted_with_words_around_it(typed: str) -> None:
    assert parse(typed) == CODE


@pytest.mark.parametrize(
    "letters",
    [ZEROS.replace("0", letter) for letter in "OoＯ"] + [ZEROS.replace("1", letter) for letter in "IlLiＩ"],
)
def test_letters_that_look_like_digits(letters: str) -> None:
    assert parse(letters) == ZEROS


def test_letters_that_look_like_digits_at_each_place() -> None:
    for at, digit in enumerate(CODE):
        for letter in {"0": "Oo", "1": "Il"}.get(digit, ""):
            changed = CODE[:at] + letter + CODE[at + 1 :]
            assert parse(changed) == CODE
            assert parse(grouped(changed)) == CODE


def test_a_token_without_a_digit_is_a_word() -> None:
    """ "Olli" is somebody's name, not 0111."""
    assert parse(f"Olli, Ill, oO: {SHOWN}") == CODE


@pytest.mark.parametrize("letter", ["S", "B", "s", "Z", "x", "é"])
def test_other_letters_are_a_slip_not_a_guess(letter: str) -> None:
    for at in (0, 1, 5, 19):
        changed = CODE[:at] + letter + CODE[at + 1 :]
        for typed in (changed, grouped(changed)):
            assert slip(typed) == ("check", 0)


@pytest.mark.parametrize(
    ("typed", "kind", "n"),
    [
        ("", "empty", 0),
        (" \n\t", "empty", 0),
        ("-.-", "empty", 0),
        ("kode", "empty", 0),
        ("Olli", "empty", 0),
        (SHOWN[:-1], "short", 1),
        (SHOWN[:-5], "short", 4),
        ("1", "short", 19),
        ("kode: 1511 1802", "short", 12),
        (SHOWN + "7", "long", 1),
        (SHOWN + " 2447", "long", 4),
        (SHOWN[:-1] + "6", "check", 0),
        (f"25/11 {SHOWN[:-1]}6", "long", 4),
        (f"kode 25/11: {SHOWN[:-1]}6", "long", 4),
    ],
)
def test_slips_are_told(typed: str, kind: str, n: int) -> None:
    assert slip(typed) == (kind, n)


def test_two_different_codes_are_not_chosen_between() -> None:
    assert slip(f"{SHOWN} atau {ZEROS}") == ("long", 20)


def test_a_slip_holds_nothing_of_what_was_typed() -> None:
    with pytest.raises(Slip) as caught:
        parse(SHOWN[:-1])
    assert "1511" not in repr(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("text", ["x", "1", "O1", "1O", "\u0301", "㎜", "١", "\u200b", "1 ", "a1", "\ufdfa"])
def test_a_flood_of_text_is_only_a_slip(text: str) -> None:
    with pytest.raises(Slip):
        parse(text * 1_000_000)


def test_what_follows_far_behind_is_not_looked_at() -> None:
    assert slip("1" * 1_000_000) == ("long", 1980)


GAPS = st.text(" .-\n\u00a0–/,", max_size=3)
SIGNS = {digit: [digit, chr(0xFF10 + n), chr(0x660 + n), chr(0x6F0 + n)] for n, digit in enumerate("0123456789")}


@given(data=st.data(), body=st.integers(0, 10**18 - 1).map(lambda number: f"{number:018}"))
def test_any_code_in_any_spelling(data: st.DataObject, body: str) -> None:
    code = body + check_digits(body)
    typed = "".join(data.draw(st.sampled_from(SIGNS[digit])) + data.draw(GAPS) for digit in code)
    assert parse(data.draw(GAPS) + typed) == code


@given(typed=st.text(st.characters(exclude_categories=()), max_size=60))
def test_anything_else_is_a_slip(typed: str) -> None:
    with pytest.raises(Slip) as caught:
        parse(typed)
    assert caught.value.kind in {"empty", "short", "long", "check"}
    assert (caught.value.n > 0) == (caught.value.kind in {"short", "long"})


def slip(typed: str) -> tuple[str, int]:
    with pytest.raises(Slip) as caught:
        parse(typed)
    return caught.value.kind, caught.value.n
