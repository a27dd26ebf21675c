"""Codes: known answers (B19), check digits, and the key that a code becomes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepa.vault.codes import Slip, check_digits, from_token, grouped, parse, stretch
from pepa.vault.secret import Secret
from pepa.vault.server import ServerKey

KEY = ServerKey.from_bytes(bytes(range(32))).sub("code")
TOKEN = Secret(bytes(range(200, 232)))
KNOWN = "15111802843458342447"
SALT = bytes(range(16))
TOKENS = st.binary(min_size=32, max_size=32).map(Secret)


def test_known_code() -> None:
    assert from_token(KEY, TOKEN) == KNOWN
    assert grouped(KNOWN) == "1511 1802 8434 5834 2447"


def test_known_key_of_a_code() -> None:
    stretched = stretch(KNOWN, SALT)
    assert stretched.locator.hex() == "e7c231144123bb1ea47531a15a502774ec92bb62e61a1498b71abd59242d4e6a"
    assert stretched.key.reveal().hex() == "14c89c2be72a5fb036a3a7dcac1fc40fbf6df024a1c37108aad7faf7993520b4"


@pytest.mark.parametrize(
    ("body", "digits"),
    # The first is the example of ISO 7064 itself.
    [("794", "44"), ("000000000000000000", "98"), ("999999999999999999", "28"), (KNOWN[:18], KNOWN[18:])],
)
def test_known_check_digits(body: str, digits: str) -> None:
    assert check_digits(body) == digits
    assert int(body + digits) % 97 == 1


@given(token=TOKENS)
def test_always_the_same_20_digits(token: Secret) -> None:
    code = from_token(KEY, token)
    assert len(code) == 20
    assert set(code) <= set("0123456789")
    assert from_token(KEY, token) == code
    assert parse(code) == code
    assert int(code) % 97 == 1


def test_another_token_or_server_gives_another_code() -> None:
    keys = [ServerKey.new().sub("code") for _ in range(20)]
    assert len({from_token(key, Secret(bytes([n]) * 32)) for key in keys for n in range(20)}) == 400


def test_a_code_may_begin_with_zeros() -> None:
    """Of some thousand codes some begin with 00, and none is shorter for it."""
    codes = [from_token(KEY, Secret(number.to_bytes(32, "big"))) for number in range(2000)]
    assert any(code.startswith("00") for code in codes)
    assert {len(code) for code in codes} == {20}


def test_digits_are_spread_evenly() -> None:
    codes = [from_token(KEY, Secret(number.to_bytes(32, "big"))) for number in range(2000)]
    for place in range(18):
        for digit in "0123456789":
            assert 130 < sum(code[place] == digit for code in codes) < 280


CODES = [KNOWN, *(from_token(KEY, Secret(bytes([n]) * 32)) for n in range(6)), "0" * 18 + "98", "9" * 18 + "28"]


@pytest.mark.parametrize("code", CODES)
def test_every_wrong_digit_is_noticed(code: str) -> None:
    for at in range(20):
        for digit in "0123456789".replace(code[at], ""):
            assert slip(code[:at] + digit + code[at + 1 :]) == ("check", 0)


@pytest.mark.parametrize("code", CODES)
def test_every_swap_of_neighbours_is_noticed(code: str) -> None:
    for at in range(19):
        if code[at] != code[at + 1]:
            assert slip(code[:at] + code[at + 1] + code[at] + code[at + 2 :]) == ("check", 0)


def test_most_other_slips_are_noticed() -> None:
    """Groups swapped, or anything else that somebody types: 1 in 97 passes for a code, and then opens nothing."""
    passed = 0
    for number in range(2000):
        a, b, *others = grouped(from_token(KEY, Secret(number.to_bytes(32, "big")))).split()
        try:
            parse(" ".join((b, a, *others)))
        except Slip:
            continue
        passed += 1
    assert 5 <= passed <= 45


def test_check_digits_have_one_spelling() -> None:
    """00, 01 and 99 would be 97, 98 and 02 modulo 97: they are never written, so never taken."""
    for body in (f"{number:018}" for number in range(500)):
        digits = check_digits(body)
        assert 2 <= int(digits) <= 98
        for twin in {int(digits) - 97, int(digits) + 97} & {0, 1, 99}:
            assert slip(f"{body}{twin:02}") == ("check", 0)


def slip(typed: str) -> tuple[str, int]:
    with pytest.raises(Slip) as caught:
        parse(typed)
    return caught.value.kind, caught.value.n


# ---- the key ----


def test_code_salt_and_purpose_each_change_the_key() -> None:
    stretched = [stretch(KNOWN, SALT), stretch(KNOWN, bytes(16)), stretch(CODES[1], SALT)]
    made = {one.locator for one in stretched} | {one.key.reveal() for one in stretched}
    assert len(made) == 6
    assert {len(value) for value in made} == {32}


@pytest.mark.parametrize("size", [0, 15, 17])
def test_salt_of_another_size(size: int) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        stretch(KNOWN, bytes(size))
